//! Marks say which dates of a person must be computed again. Inserted and deleted, never updated.

use sea_orm::entity::prelude::*;
use vocabulary::{BatchId, Instant, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mark_batch")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: BatchId,
    pub cause: String,
    pub object: String,
    pub total: i64,
    /// running, paused
    pub state: String,
    pub lane: i32,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
