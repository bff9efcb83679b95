use std::sync::Arc;

use sea_orm::FromQueryResult;
use sea_orm_migration::MigratorTrait;
use vocabulary::{LocalDate, Zone};

use super::{Blobs, Clock, Config, DataKeys, Db, Fault, Load, Query, Wake};

/// What every verb is given. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub wake: Wake,
    pub load: Load,
    pub blobs: Blobs,
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
            let config = match given.is_empty() {
                true => {
                    let fresh = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
                    let fresh = fresh.map(|u| u.simple().to_string()).concat();
                    config.with_secret(kept(&db, "jwt_secret", fresh).await?)
                }
                false => config,
            };
            match config.data_keys() {
                Some(_) => config,
                None => {
                    let text = kept(&db, "data_keys", DataKeys::fresh("k1")?).await?;
                    config.with_data_keys(DataKeys::parse(&text).map_err(Fault::text)?)
                }
            }
        } else {
            config
        };
        let wake = match &config.redis_url {
            Some(url) => Wake::through_redis(url)?,
            None if config.embedded() => Wake::default(),
            None => Wake::through_postgres(&config.database_url),
        };
        let blobs = Blobs::open(&config.blobs)?;
        Ok(Self { db, clock, config: Arc::new(config), wake, load: Load::default(), blobs })
    }

    /// Connected to nothing: enough to describe the API. Must be called inside a runtime.
    pub fn idle() -> Self {
        Self {
            db: Db::idle(),
            clock: Clock::system(),
            config: Arc::new(Config::new("sqlite::memory:", "")),
            wake: Wake::default(),
            load: Load::default(),
            blobs: Blobs::memory(),
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

/// A secret in the database file; made at the first start.
async fn kept(db: &Db, key: &str, fresh: String) -> Result<String, Fault> {
    let tx = db.begin().await?;
    tx.run(
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
        vec![key.into(), fresh.into()],
    )
    .await?;
    let kept: Option<Value> =
        tx.row("SELECT value FROM setting WHERE key = $1", vec![key.into()]).await?;
    tx.commit().await?;
    kept.map(|v| v.value).ok_or_else(|| Fault::text("a secret was not kept"))
}
