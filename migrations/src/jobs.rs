//! Asynchronous jobs, what-if runs, alerts. Only new tables; nothing existing is touched.

use sea_orm_migration::prelude::*;

use crate::dialect;

pub struct Jobs;

impl MigrationName for Jobs {
    fn name(&self) -> &str {
        "m0004_jobs"
    }
}

const FILES: [&str; 3] = [
    include_str!("jobs/jobs.sql"),
    include_str!("jobs/what_if.sql"),
    include_str!("jobs/alerts.sql"),
];

#[async_trait::async_trait]
impl MigrationTrait for Jobs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = manager.get_database_backend();
        for file in FILES {
            dialect::run_script(db, &dialect::fill(file, backend)).await?;
        }
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
