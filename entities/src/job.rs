//! Work that takes longer than a request may. Written in the transaction of what asks for it.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, JobId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: JobId,
    pub kind: String,
    /// queued, running, done, failed, cancelled
    pub state: String,
    /// JSON: where to look, never facts
    pub params: String,
    pub progress_done: i64,
    /// null = not known yet
    pub progress_total: Option<i64>,
    /// JSON: where to look
    pub result: Option<String>,
    /// JSON: code, zh, en
    pub error: Option<String>,
    /// null = the program by itself
    pub author_id: Option<UserId>,
    /// leases since the last progress
    pub attempts: i32,
    /// raised with every lease; a holder writes only in his own turn
    pub turn: i64,
    /// not to be leased before; null = at once
    pub lease_until: Option<Instant>,
    pub created_at: Instant,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
