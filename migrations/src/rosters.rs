//! Team rosters, templates, drafts, swaps, notices. New tables, and columns that are null for what is there.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Rosters;

impl MigrationName for Rosters {
    fn name(&self) -> &str {
        "m0013_rosters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Rosters {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("rosters.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
