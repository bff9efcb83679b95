//! Positions, employment kinds, dimensions, teams.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Organisation;

impl MigrationName for Organisation {
    fn name(&self) -> &str {
        "m0008_organisation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Organisation {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("organisation.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
