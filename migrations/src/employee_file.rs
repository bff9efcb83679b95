//! The employee file: search tokens, fields, cards, custom items, archives, attachments.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct EmployeeFile;

impl MigrationName for EmployeeFile {
    fn name(&self) -> &str {
        "m0011_employee_file"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for EmployeeFile {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = dialect::fill(include_str!("employee_file.sql"), manager.get_database_backend());
        dialect::run_script(manager.get_connection(), &sql).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
