use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kaoqin::base::{App, Blobs, Clock, Config, Db, DbOptions, Load, Query, Wake};
use sea_orm_migration::MigratorTrait;
use vocabulary::{Instant, WallTime, Zone};

/// A database of its own with the schema, and an [`App`] whose clock stands still until it is stepped.
pub struct World {
    pub app: App,
    /// Keeps the SQLite file while the test runs.
    _folder: Option<tempfile::TempDir>,
    drop_database: Option<(String, String)>,
}

const SECRET: &str = "a secret for tests with more than 32 characters";

/// When tests begin: Tuesday 2026-03-10, 12:00 in Shanghai.
pub fn start() -> Instant {
    let noon: WallTime = "2026-03-10T12:00:00".parse().unwrap();
    Zone::SHANGHAI.instant(noon)
}

impl World {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let mut world = Self::on(&url).await;
        world._folder = Some(folder);
        world
    }

    /// `None` where there is no PostgreSQL.
    pub async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = super::postgres_url().await?;
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("kaoqin_test_{}_{count}", std::process::id());
        let admin =
            Db::connect(&server, &DbOptions { pool: 1, ..DbOptions::default() }).await.unwrap();
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let create = format!("CREATE DATABASE {name}");
        for sql in [&drop, &create] {
            admin.for_migrations().run(sql, vec![]).await.unwrap();
        }
        admin.close().await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let mut world = Self::on(&format!("{base}/{name}")).await;
        world.drop_database = Some((server, drop));
        Some(world)
    }

    async fn on(url: &str) -> Self {
        kaoqin::house::prepare();
        let options = DbOptions { pool: 4, ..DbOptions::default() };
        let db = Db::connect(url, &options).await.unwrap();
        migrations::Migrator::up(&db.for_migrations(), None).await.unwrap();
        let app = App {
            db,
            clock: Clock::stepped(start()),
            config: Arc::new(Config::new(url, SECRET)),
            wake: Wake::default(),
            load: Load::default(),
            blobs: Blobs::memory(),
        };
        Self { app, _folder: None, drop_database: None }
    }

    /// Sets the clock to a wall time in Shanghai.
    pub fn at(&self, wall: &str) {
        self.app.clock.set(Zone::SHANGHAI.instant(wall.parse().unwrap()));
    }

    /// The number that a scalar query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self
            .app
            .db
            .read()
            .row::<One>(&format!("SELECT CAST(({sql}) AS BIGINT) AS n"), vec![])
            .await;
        row.unwrap().unwrap().n
    }
}

#[derive(sea_orm::FromQueryResult)]
struct One {
    n: i64,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some((server, sql)) = self.drop_database.take() {
            // Best effort, on a thread of its own because the runtime is busy with this drop.
            let done = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                if let Ok(runtime) = runtime {
                    runtime.block_on(async {
                        let options = DbOptions { pool: 1, ..DbOptions::default() };
                        if let Ok(db) = Db::connect(&server, &options).await {
                            db.for_migrations().run(&sql, vec![]).await.ok();
                        }
                    });
                }
            });
            done.join().ok();
        }
    }
}
