//! A period set counts its changes. One small table; nothing is rewritten.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct PeriodVersions;

impl MigrationName for PeriodVersions {
    fn name(&self) -> &str {
        "m0007_period_versions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PeriodVersions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE period_set ADD COLUMN version INTEGER NOT NULL DEFAULT 1";
        dialect::run_script(manager.get_connection(), sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
