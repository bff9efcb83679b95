//! Lanes: claiming that costs the same however many marks there are, batches that can be paused and
//! moved, and the pulse of the processes.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Lanes;

impl MigrationName for Lanes {
    fn name(&self) -> &str {
        "m0005_lanes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Lanes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("lanes.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
