//! Marks of one cause that concerns many people. Its state and lane count for all of them.

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
    /// running, paused, done
    pub state: String,
    pub lane: i32,
    pub author_id: Option<UserId>,
    pub at: Instant,
    /// Marks left when last looked at.
    pub seen_left: Option<i64>,
    pub seen_at: Option<Instant>,
    /// Marks worked off in a minute of the last seconds.
    pub per_minute: Option<i64>,
    pub done_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
