//! What everybody of a locked period shares.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, PeriodId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_book")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_id: PeriodId,
    /// deflate: JSON
    pub facts: Vec<u8>,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
