use std::str::FromStr;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::{Fault, Tx};

/// How long a statement waits for another writer of the SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// A PostgreSQL session that stays inside a transaction without a word is dead.
const IDLE_IN_TRANSACTION: &str = "60s";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// Isolation of a write transaction. SQLite has one writer and needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    ReadCommitted,
    RepeatableRead,
}

/// When SQLite forces its log to disk.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    /// At every commit: no accepted fact is lost when the power fails.
    Full,
    /// At checkpoints: the last commits may be lost with the power, never the file.
    Normal,
}

/// Settings of the connection.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// Connections of a pool.
    pub pool: u32,
    pub synchronous: Synchronous,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self { pool: 8, synchronous: Synchronous::Full }
    }
}

#[derive(Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, reader: SqlitePool },
    Postgres { pool: PgPool, points: PgPool },
}

/// The database behind one interface. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    read: DatabaseConnection,
    points: DatabaseConnection,
}

impl Db {
    /// Connects to `sqlite://path` (made if absent) or `postgres://…`.
    pub async fn connect(url: &str, options: &DbOptions) -> Result<Self, Fault> {
        if url.starts_with("sqlite:") {
            Self::sqlite(url, options).await
        } else {
            Self::postgres(url, options).await
        }
    }

    /// Pools that connect when first used, to an empty database in memory.
    pub(super) fn idle() -> Self {
        let pool = SqlitePoolOptions::new().connect_lazy_with(SqliteConnectOptions::new());
        let read = DatabaseConnection::from(pool.clone());
        let points = read.clone();
        Self { pools: Pools::Sqlite { writer: pool.clone(), reader: pool }, read, points }
    }

    async fn sqlite(url: &str, options: &DbOptions) -> Result<Self, Fault> {
        let base = SqliteConnectOptions::from_str(url)
            .map_err(Fault::from)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match options.synchronous {
                Synchronous::Full => SqliteSynchronous::Full,
                Synchronous::Normal => SqliteSynchronous::Normal,
            })
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-65536");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(base.clone())
            .await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(options.pool)
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(base.pragma("query_only", "on"))
            .await?;
        let read = DatabaseConnection::from(reader.clone());
        let points = read.clone();
        Ok(Self { pools: Pools::Sqlite { writer, reader }, read, points })
    }

    async fn postgres(url: &str, options: &DbOptions) -> Result<Self, Fault> {
        let connect = PgConnectOptions::from_str(url).map_err(Fault::from)?;
        let connect = connect.application_name("kaoqin").options([
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
            ("tcp_keepalives_idle", "30"),
            ("jit", "off"),
        ]);
        let sized = |size: u32| {
            PgPoolOptions::new()
                .max_connections(size)
                .test_before_acquire(false)
                .acquire_timeout(ACQUIRE_TIMEOUT)
        };
        // Planning a read of one person over the partitions takes ten times as long as the read.
        let generic = connect.clone().options([("plan_cache_mode", "force_generic_plan")]);
        let points = sized(options.pool.div_ceil(2)).connect_lazy_with(generic);
        let pool = sized(options.pool).connect_with(connect).await?;
        let (read, point) = (pool.clone().into(), points.clone().into());
        Ok(Self { pools: Pools::Postgres { pool, points }, read, points: point })
    }

    pub fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A write transaction: READ COMMITTED, or BEGIN IMMEDIATE on the one writer of SQLite.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        self.begin_with(Isolation::ReadCommitted).await
    }

    pub async fn begin_with(&self, isolation: Isolation) -> Result<Tx, Fault> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Ok(Tx::sqlite(writer.begin_with("BEGIN IMMEDIATE").await?))
            }
            Pools::Postgres { pool, .. } => {
                let begin = match isolation {
                    Isolation::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
                    Isolation::RepeatableRead => "BEGIN ISOLATION LEVEL REPEATABLE READ",
                };
                begun(pool, begin).await
            }
        }
    }

    /// A read-only transaction that sees one state of the database from beginning to end.
    pub async fn snapshot(&self) -> Result<Tx, Fault> {
        match &self.pools {
            Pools::Sqlite { reader, .. } => Ok(Tx::sqlite(reader.begin_with("BEGIN").await?)),
            Pools::Postgres { pool, .. } => {
                begun(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
            }
        }
    }

    /// The read side for single statements. Never write through it.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The read side for single statements that find a few rows by their keys, whatever is bound: they are
    /// planned once per connection. Never list through it.
    pub fn points(&self) -> &DatabaseConnection {
        &self.points
    }

    /// The connection migrations run on.
    pub fn for_migrations(&self) -> DatabaseConnection {
        match &self.pools {
            Pools::Sqlite { writer, .. } => DatabaseConnection::from(writer.clone()),
            Pools::Postgres { pool, .. } => DatabaseConnection::from(pool.clone()),
        }
    }

    pub async fn close(self) {
        match self.pools {
            Pools::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, points } => {
                points.close().await;
                pool.close().await;
            }
        }
    }
}

/// Begins in a task of its own, which goes on when nobody waits for it any more: a client has hung up, a time
/// limit is over. A connection that is given back between BEGIN and its answer would stay in the transaction.
async fn begun(pool: &PgPool, begin: &'static str) -> Result<Tx, Fault> {
    let pool = pool.clone();
    let task = tokio::spawn(async move { pool.begin_with(begin).await });
    let begun = task.await.map_err(|e| Fault::new("a transaction did not begin", e))?;
    Ok(Tx::postgres(begun?))
}
