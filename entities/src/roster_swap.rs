//! A swap as a landed fact (临时换班).

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, SwapId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_swap")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: SwapId,
    pub kind: String,
    pub reason: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub cancelled_at: Option<Instant>,
    pub cancelled_by: Option<UserId>,
    pub cancel_reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
