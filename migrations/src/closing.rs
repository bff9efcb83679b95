//! Closing: locking of attendance periods, and statements.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Closing;

impl MigrationName for Closing {
    fn name(&self) -> &str {
        "m0006_closing"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Closing {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("closing.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
