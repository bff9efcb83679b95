//! How busy the processes are; rows of the last seconds.

use sea_orm::entity::prelude::*;
use vocabulary::Instant;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "node_pulse")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    pub p95_millis: i64,
    /// Marks that have waited in the interactive lane.
    pub waiting: i64,
    /// Bulk tasks, in hundredths of one that works all the time.
    pub bulk_percent: i64,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
