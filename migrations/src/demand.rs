//! Checks of rosters, and demand.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Demand;

impl MigrationName for Demand {
    fn name(&self) -> &str {
        "m0014_demand"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Demand {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("demand.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
