//! Versions of departments, their defaults, distances in the tree. Rewrites org_closure, which is small.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct OrgVersions;

impl MigrationName for OrgVersions {
    fn name(&self) -> &str {
        "m0009_org_versions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for OrgVersions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("org_versions.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
