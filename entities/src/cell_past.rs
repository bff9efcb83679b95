//! What a cell was before it was changed or removed.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cell_past")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub layer: String,
    pub subject_id: i64,
    pub work_date: LocalDate,
    pub version: i32,
    pub shift_ids: String,
    pub source: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub ended_by: Option<UserId>,
    pub ended_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
