//! A range of the roster that is being edited and counts for nobody yet.

use sea_orm::entity::prelude::*;
use vocabulary::{DraftId, Instant, LocalDate, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_draft")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: DraftId,
    pub name: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub state: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
