//! One row per write, in the transaction of the write. Never updated.

use sea_orm::entity::prelude::*;
use vocabulary::{AuditId, Instant, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AuditId,
    pub at: Instant,
    pub user_id: Option<UserId>,
    pub channel: String,
    pub operation: String,
    pub object: String,
    pub object_id: String,
    pub detail: String,
}

impl ActiveModelBehavior for ActiveModel {}
