//! Everybody punches once over HTTP, beside the same rows as one statement and one commit per punch.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use hyper::Method;
use sea_orm::Value;
use tokio::task::JoinSet;

use super::data::World;
use super::floor::like;
use super::http::{Call, Door, Load};
use super::query::lines;
use super::report::Report;
use super::users::{User, users};
use super::{broken, recompute};
use crate::base::{App, Db, DbOptions, Dialect, Failure, Fault, Query};
use crate::house;

/// Connections with one punch under way.
const CONNECTIONS: [usize; 2] = [32, 128];
/// Connections of the floor.
const FLOOR_CONNECTIONS: u32 = 32;
/// Seconds between two runs: a punch of the same second is the same punch.
const PAUSE: i64 = 60;

pub async fn run(world: &World, report: &Report, rounds: u32) -> Result<(), Failure> {
    recompute::drain(&world.app).await?;
    let users = users(world, world.size.people).await?;
    world.vacuum().await?;
    let mut floor = Floor::open(world).await?;
    let door = Door::open(house::endpoint(&world.app)?).await?;
    let mut key = 0;
    for connections in CONNECTIONS {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            others.push(floor.run().await?);
            key += 1;
            let calls: Arc<[Call]> = users.iter().map(|u| punch(u, key)).collect();
            own.push(door.load(&calls, connections).await?);
            recompute::drain(&world.app).await?;
            world.app.clock.step_seconds(PAUSE);
        }
        lines(world, report, &format!("intake_{connections}"), &own, &others);
    }
    floor.db.close().await;
    Ok(door.close().await?)
}

/// A punch for oneself.
pub fn punch(user: &User, key: u32) -> Call {
    Call {
        method: Method::POST,
        path: "/api/v1/me/punches".to_owned(),
        token: user.token.clone(),
        key: Some(format!("bench-{key}-{}", user.person)),
        body: "{}",
    }
}

const PUNCH: &str = "INSERT INTO floor_punch \
    (person_id, at, wall, zone, source, device, author_id, received_at) \
    VALUES ($1, $2, $2 / 1000 + 28800, 'Asia/Shanghai', 'web', '', $1, $2)";
const MARK: &str = "INSERT INTO floor_dirty_mark \
    (shard, person_id, from_date, to_date, cause, lane, at) \
    VALUES ($1 / 256 % 64, $1, '2026-03-30', '2026-04-02', 'punch', 1, $2)";
const KEY: &str = "INSERT INTO floor_idempotency \
    (actor, operation, key, body_hash, outcome, at, keep_until) \
    VALUES ('user:' || $1, 'record_punch', 'bench-' || $2 || '-' || $1, \
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', \
      '{\"id\":\"1234567\",\"at\":\"2026-04-01T04:00:00.000Z\",\"known\":false}', $2, $2)";
const AUDIT: &str = "INSERT INTO floor_audit \
    (at, user_id, channel, operation, object, object_id, detail) \
    VALUES ($2, $1, 'api', 'record', 'punch', '1234567', \
      '{\"at\":\"2026-04-01T04:00:00.000Z\",\"person_id\":\"' || $1 || '\"}')";

/// The rows of a punch, without a question.
struct Floor {
    db: Db,
    people: i64,
    millis: i64,
}

impl Floor {
    async fn open(world: &World) -> Result<Self, Fault> {
        let app: &App = &world.app;
        let tx = app.db.begin().await?;
        for table in ["punch", "dirty_mark", "idempotency", "audit"] {
            like(&tx, table).await?;
        }
        tx.commit().await?;
        let options = DbOptions { pool: FLOOR_CONNECTIONS, ..app.config.db.clone() };
        let db = Db::connect(&app.config.database_url, &options).await?;
        let people = i64::from(world.size.people);
        Ok(Self { db, people, millis: app.clock.now().millis() })
    }

    /// Everybody punches once.
    async fn run(&mut self) -> Result<Load, Fault> {
        self.millis += PAUSE * 1000;
        let (people, millis) = (self.people, self.millis);
        let next = Arc::new(AtomicUsize::new(1));
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..FLOOR_CONNECTIONS {
            let (db, next) = (self.db.clone(), next.clone());
            tasks.spawn(async move {
                let mut took = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let person = i64::try_from(n).unwrap_or(i64::MAX);
                    if person > people {
                        return Ok::<_, Fault>(took);
                    }
                    let started = Instant::now();
                    write(&db, person, millis).await?;
                    took.push(started.elapsed().as_secs_f64());
                }
            });
        }
        let mut took = Vec::new();
        while let Some(done) = tasks.join_next().await {
            took.extend(done.map_err(|e| broken("a connection ended", e))??);
        }
        Ok(Load { seconds: started.elapsed().as_secs_f64(), took })
    }
}

/// One statement and one commit; on SQLite, which has no such statement, four and one commit.
async fn write(db: &Db, person: i64, millis: i64) -> Result<(), Fault> {
    let values: Vec<Value> = vec![person.into(), millis.into()];
    if db.dialect() == Dialect::Postgres {
        static ONE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
            let typed = |sql: &str| {
                let big = |n: &str| format!("CAST({n} AS BIGINT)");
                sql.replace("$1", &big("$1")).replace("$2", &big("$2"))
            };
            let [punch, mark, key, audit] = [PUNCH, MARK, KEY, AUDIT].map(typed);
            format!("WITH p AS ({punch}), m AS ({mark}), k AS ({key}) {audit}")
        });
        db.for_migrations().run(&ONE, values).await?;
        return Ok(());
    }
    let tx = db.begin().await?;
    for sql in [PUNCH, MARK, KEY, AUDIT] {
        tx.run(sql, values.clone()).await?;
    }
    tx.commit().await
}
