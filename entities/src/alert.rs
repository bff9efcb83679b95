//! Something somebody has to look at. Never deleted; resolving is a state.

use sea_orm::entity::prelude::*;
use vocabulary::{AlertId, Instant, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AlertId,
    pub code: String,
    /// info, warning, critical
    pub severity: String,
    /// what it is about, for example nightly_sample:2026-03-11
    pub object: String,
    /// JSON
    pub detail: String,
    /// open, acknowledged, resolved
    pub state: String,
    pub opened_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub acknowledged_by: Option<UserId>,
    pub resolved_at: Option<Instant>,
    pub resolved_by: Option<UserId>,
    /// of the last step
    pub comment: Option<String>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
