//! Events of the life cycle, and what a person was on the date of a result.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Employment;

impl MigrationName for Employment {
    fn name(&self) -> &str {
        "m0010_employment"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Employment {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("employment.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
