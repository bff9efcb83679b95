//! The outcome of a write with an Idempotency-Key, stored by that write's own transaction.

use sea_orm::entity::prelude::*;
use vocabulary::Instant;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub body_hash: String,
    pub outcome: String,
    pub at: Instant,
    pub keep_until: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
