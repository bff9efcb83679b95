//! Results are stored in a denser form: what was computed before is thrown away and marked to be computed
//! again. Everything derived can be rebuilt from the facts.

use sea_orm_migration::prelude::*;

pub struct Compact;

impl MigrationName for Compact {
    fn name(&self) -> &str {
        "m0002_compact"
    }
}

const STATEMENTS: [&str; 3] = [
    "DELETE FROM day_result",
    "DELETE FROM period_summary",
    // Shard, reach and lane as `dirty` has them: everybody from his first day on, as mass work.
    "INSERT INTO dirty_mark (shard, person_id, from_date, cause, lane, at) \
     SELECT CAST((id / 256) % 64 AS INTEGER), id, hired_on, 'engine', 4, 0 FROM person",
];

#[async_trait::async_trait]
impl MigrationTrait for Compact {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in STATEMENTS {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
