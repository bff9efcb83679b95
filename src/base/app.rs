use std::sync::Arc;

use sea_orm::FromQueryResult;
use sea_orm_migration::MigratorTrait;
use vocabulary::{LocalDate, Zone};

use super::{Clock, Config, Db, Fault, Load, Query, Wake};

/// What every verb is given. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub wake: Wake,
    pub load: Load,
}

#[derive(FromQueryResult)]
struct Value {
    value: String,
}

impl App {
    /// Connects. The embedded mode brings its own schema up to date and keeps its own signing secret; a group
    /// installation runs `kaoqin migrate` as a step of its own.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, Fault> {
        let db = Db::connect(&config.database_url, &config.db).await?;
        let config = if config.embedded() {
            migrations::Migrator::up(&db.for_migrations(), None).await?;
            let given = config.jwt_secret().to_owned();
            if given.is_empty() { config.with_secret(kept_secret(&db).await?) } else { config }
        } else {
            config
        };
        let wake = match &config.redis_url {
            Some(url) => Wake::through_redis(url)?,
            None if config.embedded() => Wake::default(),
            None => Wake::through_postgres(&config.database_url),
        };
        Ok(Self { db, clock, config: Arc::new(config), wake, load: Load::default() })
    }

    /// Connected to nothing: enough to describe the API. Must be called inside a runtime.
    pub fn idle() -> Self {
        Self {
            db: Db::idle(),
            clock: Clock::system(),
            config: Arc::new(Config::new("sqlite::memory:", "")),
            wake: Wake::default(),
            load: Load::default(),
        }
    }

    /// The date in the zone of the installation.
    pub fn today(&self) -> LocalDate {
        self.config.zone().date(self.clock.now())
    }

    pub fn zone(&self) -> Zone {
        self.config.zone()
    }
}

/// The signing secret in the database file; made at the first start.
async fn kept_secret(db: &Db) -> Result<String, Fault> {
    let tx = db.begin().await?;
    let fresh = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    tx.run(
        "INSERT INTO setting (key, value) VALUES ('jwt_secret', $1) ON CONFLICT (key) DO NOTHING",
        vec![fresh.into()],
    )
    .await?;
    let kept: Option<Value> =
        tx.row("SELECT value FROM setting WHERE key = 'jwt_secret'", vec![]).await?;
    tx.commit().await?;
    kept.map(|v| v.value).ok_or_else(|| Fault::text("the signing secret was not kept"))
}
