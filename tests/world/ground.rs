//! Databases: migrated and furnished once, copied for every seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kaoqin::base::{App, Blobs, Clock, Config, Db, DbOptions, Load, Query, Synchronous, Wake};
use sea_orm_migration::MigratorTrait;

use crate::company;

const SECRET: &str = "a secret for tests with more than 32 characters";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The furnished database that is copied.
pub enum Ground {
    Sqlite { folder: tempfile::TempDir },
    Postgres { server: String, name: String },
}

/// A copy; it goes when this is dropped or closed.
pub struct Site {
    pub url: String,
    file: Option<PathBuf>,
    database: Option<(String, String)>,
}

fn options(pool: u32) -> DbOptions {
    DbOptions { pool, synchronous: Synchronous::Normal }
}

/// An application of its own on a database, as another process would have it.
pub async fn app(url: &str, clock: &Clock) -> App {
    App {
        db: Db::connect(url, &options(8)).await.unwrap(),
        clock: clock.clone(),
        config: Arc::new(Config::new(url, SECRET)),
        wake: Wake::default(),
        load: Load::default(),
        blobs: Blobs::memory(),
    }
}

async fn furnish(url: &str) {
    let clock = Clock::stepped(company::founded());
    let app = app(url, &clock).await;
    migrations::Migrator::up(&app.db.for_migrations(), None).await.unwrap();
    company::found(&app).await;
    app.db.close().await;
}

/// A name no other process and no other seed uses.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("kaoqin_world_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}

async fn on_server(server: &str, sql: &str) {
    let db = Db::connect(server, &options(1)).await.unwrap();
    db.for_migrations().run(sql, vec![]).await.unwrap();
    db.close().await;
}

fn within(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

impl Ground {
    /// `None` where there is no such server.
    pub async fn new(kind: Kind) -> Option<Self> {
        kaoqin::house::prepare();
        match kind {
            Kind::Sqlite => {
                let memory = Path::new("/dev/shm");
                let folder = if memory.is_dir() {
                    tempfile::tempdir_in(memory).unwrap()
                } else {
                    tempfile::tempdir().unwrap()
                };
                furnish(&format!("sqlite://{}", folder.path().join("ground.db").display())).await;
                Some(Self::Sqlite { folder })
            }
            Kind::Postgres => {
                let server = crate::postgres::postgres_url().await?;
                let name = unique();
                on_server(&server, &format!("CREATE DATABASE {name}")).await;
                furnish(&within(&server, &name)).await;
                Some(Self::Postgres { server, name })
            }
        }
    }

    pub async fn copy(&self) -> Site {
        let name = unique();
        match self {
            Self::Sqlite { folder } => {
                let file = folder.path().join(format!("{name}.db"));
                std::fs::copy(folder.path().join("ground.db"), &file).unwrap();
                let url = format!("sqlite://{}", file.display());
                Site { url, file: Some(file), database: None }
            }
            Self::Postgres { server, name: ground } => {
                on_server(server, &format!("CREATE DATABASE {name} TEMPLATE {ground}")).await;
                // Crashes of the machine are not what is tried here.
                on_server(server, &format!("ALTER DATABASE {name} SET synchronous_commit = off"))
                    .await;
                let url = within(server, &name);
                Site { url, file: None, database: Some((server.clone(), name)) }
            }
        }
    }

    pub async fn close(self) {
        if let Self::Postgres { server, name } = self {
            on_server(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

impl Site {
    pub async fn close(self) {
        if let Some((server, name)) = &self.database {
            on_server(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
        if let Some(file) = &self.file {
            for end in ["", "-wal", "-shm", ".drain"] {
                std::fs::remove_file(format!("{}{end}", file.display())).ok();
            }
        }
    }
}
