//! Closing of attendance periods. The DDL is in `periods.sql`.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Periods;

impl MigrationName for Periods {
    fn name(&self) -> &str {
        "m0003_periods"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Periods {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("periods.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
