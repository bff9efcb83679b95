//! Rights: users, roles, scopes.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Rights;

impl MigrationName for Rights {
    fn name(&self) -> &str {
        "m0012_rights"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Rights {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("rights.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
