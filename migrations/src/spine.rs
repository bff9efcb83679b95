//! The first schema: facts, rules, results, marks, users. The DDL is in `spine/*.sql`, one file per
//! room, commented as prose. Words in braces are the few things that differ between the databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect;

pub struct Spine;

impl MigrationName for Spine {
    fn name(&self) -> &str {
        "m0001_spine"
    }
}

const FILES: [&str; 9] = [
    include_str!("spine/ground.sql"),
    include_str!("spine/people.sql"),
    include_str!("spine/calendars.sql"),
    include_str!("spine/shifts.sql"),
    include_str!("spine/rules.sql"),
    include_str!("spine/punches.sql"),
    include_str!("spine/requests.sql"),
    include_str!("spine/precompute.sql"),
    include_str!("spine/identity.sql"),
];

/// Shards of marks; see `dirty`.
const SHARDS: i32 = 64;

/// Years that have partitions of their own from the start; all others live in DEFAULT.
const YEARS: std::ops::RangeInclusive<i32> = 2025..=2027;

const PUNCH_COLUMNS: &str = "
  wall BIGINT NOT NULL,             -- seconds of the local wall clock
  zone TEXT NOT NULL,
  flag TEXT,                        -- in, out
  source TEXT NOT NULL,             -- terminal, wechat, web, makeup, import
  method TEXT,                      -- face, finger, card, pin, gps, wifi, manual
  device TEXT NOT NULL,             -- '' = none
  reason TEXT,                      -- of a punch entered by hand
  raw TEXT,                         -- the record as it came
  author_id BIGINT,
  received_at BIGINT NOT NULL";

const RESULT_COLUMNS: &str = "
  person_id BIGINT NOT NULL,
  work_date DATE NOT NULL,
  org_id BIGINT,                    -- department of the date
  scheme_id BIGINT,                 -- scheme of the date
  state TEXT NOT NULL,              -- future, in_progress, final, locked
  day_type TEXT,                    -- work, rest, holiday; null = not in service
  shift TEXT,                       -- codes of the shifts of the date
  due_tenths INTEGER NOT NULL,
  actual_tenths INTEGER NOT NULL,
  regular_minutes INTEGER NOT NULL,
  late_tenths INTEGER NOT NULL,
  late_raw_minutes INTEGER NOT NULL,
  late_count INTEGER NOT NULL,
  early_tenths INTEGER NOT NULL,
  early_raw_minutes INTEGER NOT NULL,
  early_count INTEGER NOT NULL,
  absence_tenths INTEGER NOT NULL,
  absence_days_hundredths INTEGER NOT NULL,
  shortfall_minutes INTEGER NOT NULL,
  weekday_overtime_minutes INTEGER NOT NULL,
  rest_overtime_minutes INTEGER NOT NULL,
  holiday_overtime_minutes INTEGER NOT NULL,
  unconfirmed_minutes INTEGER NOT NULL,
  presence_minutes INTEGER NOT NULL,
  night_minutes INTEGER NOT NULL,
  leave_minutes INTEGER NOT NULL,
  exceptions INTEGER NOT NULL,      -- how many are open
  detail TEXT,                      -- JSON of what the columns do not hold; null when there is nothing
  hash BIGINT NOT NULL,             -- of the whole content, so that equal results are not written
  engine_version INTEGER NOT NULL,
  evaluated_wall BIGINT,            -- the 'now' of a result that is not final
  due_at BIGINT,                    -- the next instant at which time alone can change it
  computed_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, work_date)";

fn punch_table(backend: DbBackend) -> String {
    if backend == DbBackend::Sqlite {
        return format!(
            "CREATE TABLE punch (\n  id INTEGER PRIMARY KEY AUTOINCREMENT,\n  \
             person_id BIGINT NOT NULL,\n  at BIGINT NOT NULL,{PUNCH_COLUMNS}\n);\n\
             CREATE INDEX punch_person ON punch (person_id, at);\n"
        );
    }
    let mut sql = format!(
        "CREATE SEQUENCE punch_id;\nCREATE TABLE punch (\n  \
         id BIGINT NOT NULL DEFAULT nextval('punch_id'),\n  person_id BIGINT NOT NULL,\n  \
         at BIGINT NOT NULL,{PUNCH_COLUMNS},\n  PRIMARY KEY (person_id, at, id)\n) \
         PARTITION BY RANGE (at);\nCREATE TABLE punch_default PARTITION OF punch DEFAULT;\n\
         CREATE INDEX punch_by_id ON punch (id);\n"
    );
    for year in YEARS {
        sql.push_str(&format!(
            "CREATE TABLE punch_{year} PARTITION OF punch FOR VALUES FROM ({}) TO ({});\n",
            dialect::year_start_millis(year),
            dialect::year_start_millis(year + 1)
        ));
    }
    sql
}

fn day_result_table(backend: DbBackend) -> String {
    if backend == DbBackend::Sqlite {
        return format!("CREATE TABLE day_result ({RESULT_COLUMNS}\n) WITHOUT ROWID;\n");
    }
    let mut sql = format!(
        "CREATE TABLE day_result ({RESULT_COLUMNS}\n) PARTITION BY RANGE (work_date);\n\
         CREATE TABLE day_result_default PARTITION OF day_result DEFAULT;\n"
    );
    for year in YEARS {
        sql.push_str(&format!(
            "CREATE TABLE day_result_{year} PARTITION OF day_result \
             FOR VALUES FROM ('{year}-01-01') TO ('{}-01-01');\n",
            year + 1
        ));
    }
    sql
}

#[async_trait::async_trait]
impl MigrationTrait for Spine {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = manager.get_database_backend();
        for file in FILES {
            let sql = dialect::fill(file, backend)
                .replace("{PUNCH_TABLE}", &punch_table(backend))
                .replace("{DAY_RESULT_TABLE}", &day_result_table(backend));
            dialect::run_script(db, &sql).await?;
        }
        let shards: Vec<String> = (0..SHARDS).map(|n| format!("({n}, 0)")).collect();
        db.execute_unprepared(&format!(
            "INSERT INTO shard (no, turn) VALUES {}",
            shards.join(", ")
        ))
        .await?;
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("steps are forward only".to_owned()))
    }
}
