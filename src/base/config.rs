use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use vocabulary::Zone;

use super::{DataKeys, DbOptions, Synchronous};

/// Fewest characters of a signing secret.
const MIN_SECRET: usize = 32;
/// The file that is read if it exists and no other is named.
const DEFAULT_FILE: &str = "kaoqin.toml";

/// Every knob. A flag wins over the environment (`KAOQIN_` and the name in upper case), that over the
/// file; names in the file are those of the flags with underscores.
#[derive(Clone, Default, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DB [default: sqlite://kaoqin.db]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// Redis for wake-ups between processes: redis://HOST [default: none; PostgreSQL wakes them]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_url: Option<String>,
    /// Address and port of the API [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Signs access tokens, at least 32 characters; required with PostgreSQL, made and kept in the SQLite file
    #[arg(long, global = true, value_name = "TEXT", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_secret: Option<String>,
    /// Keys that identity numbers are encrypted with, NAME:KEY[,NAME:KEY…]; a key is 32 bytes in base 64, the first one
    /// encrypts; made and kept in the SQLite file
    #[arg(long, global = true, value_name = "KEYS", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_keys: Option<String>,
    /// Where photos and attachments lie: a folder, or s3://BUCKET[/PREFIX] with the AWS_ variables of the environment
    /// [default: a folder beside the SQLite file, else kaoqin-blobs]
    #[arg(long, global = true, value_name = "PLACE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blobs: Option<String>,
    /// What is logged, for example info or kaoqin=debug,warn [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Form of the log: text or json [default: text]
    #[arg(long, global = true, value_name = "FORM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
    /// Zone of the installation, for people without one of their own [default: Asia/Shanghai]
    #[arg(long, global = true, value_name = "ZONE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When SQLite forces its log to disk: full (every commit) or normal [default: full]
    #[arg(long, global = true, value_name = "MODE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlite_synchronous: Option<Synchronous>,
    /// Connections to the database, 2 to 64; half as many more read single people [default: 8]
    #[arg(long, global = true, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<u32>,
    /// Tasks that compute results in this process, 0 to 16 [default: 2]
    #[arg(long, global = true, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<u32>,
    /// Milliseconds in which 95 of 100 answers should be given; above it bulk work slows down, 1 to 60000
    /// [default: 50]
    #[arg(long, global = true, value_name = "MS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_budget_ms: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// A knob has a wrong value. The text names the knob.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

fn wrong(key: &str, what: impl fmt::Display) -> ConfigError {
    ConfigError(format!("{key} (KAOQIN_{}): {what}", key.to_uppercase()))
}

const KEYS: &[&str] = &[
    "database_url",
    "redis_url",
    "listen",
    "jwt_secret",
    "data_keys",
    "blobs",
    "log",
    "log_format",
    "zone",
    "sqlite_synchronous",
    "pool",
    "workers",
    "latency_budget_ms",
];

impl Settings {
    /// Flags over environment over file.
    pub fn load(flags: &Self, file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        let path = file.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_path_buf);
        if file.is_some() && !path.is_file() {
            return Err(ConfigError(format!("--config: there is no file {}", path.display())));
        }
        if path.is_file() {
            figment = figment.merge(Toml::file_exact(path));
        }
        figment
            .merge(Env::prefixed("KAOQIN_").only(KEYS))
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|e| {
                let key = e.path.join(".");
                if key.is_empty() { ConfigError(e.to_string()) } else { wrong(&key, e.kind) }
            })
    }
}

/// Settings of one process, checked.
#[derive(Clone)]
pub struct Config {
    pub database_url: String,
    pub redis_url: Option<String>,
    pub listen: String,
    pub db: DbOptions,
    /// A folder, or the address of a bucket.
    pub blobs: String,
    pub workers: usize,
    /// Above this p95 of the answers bulk work slows down.
    pub latency_budget_millis: i64,
    zone: Zone,
    jwt_secret: String,
    data_keys: Option<DataKeys>,
}

/// Encrypts on databases that are made for a moment.
const TRIAL_KEY: &str = "trial:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

impl Config {
    /// Defaults on this database; for tests.
    pub fn new(database_url: impl Into<String>, jwt_secret: impl Into<String>) -> Self {
        Self {
            database_url: database_url.into(),
            redis_url: None,
            listen: "127.0.0.1:8080".to_owned(),
            db: DbOptions::default(),
            blobs: "kaoqin-blobs".to_owned(),
            workers: 2,
            latency_budget_millis: 50,
            zone: Zone::SHANGHAI,
            jwt_secret: jwt_secret.into(),
            data_keys: DataKeys::parse(TRIAL_KEY).ok(),
        }
    }

    /// Checks every value. The secret may stay empty: [`super::App::open`] asks the database for it.
    pub fn checked(s: &Settings) -> Result<Self, ConfigError> {
        let url = s.database_url.clone().unwrap_or_else(|| "sqlite://kaoqin.db".to_owned());
        let embedded = url.starts_with("sqlite:");
        if !embedded && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(wrong("database_url", "expected sqlite://… or postgres://…"));
        }
        let secret = s.jwt_secret.clone().unwrap_or_default();
        if !secret.is_empty() && secret.chars().count() < MIN_SECRET {
            return Err(wrong("jwt_secret", "expected at least 32 characters"));
        }
        let listen = s.listen.clone().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        if listen.parse::<std::net::SocketAddr>().is_err() {
            return Err(wrong("listen", "expected ADDRESS:PORT such as 127.0.0.1:8080"));
        }
        if let Some(redis) = &s.redis_url
            && !redis.starts_with("redis://")
            && !redis.starts_with("rediss://")
        {
            return Err(wrong("redis_url", "expected redis://HOST:PORT"));
        }
        let zone = s.zone.as_deref().unwrap_or("Asia/Shanghai");
        let pool = s.pool.unwrap_or(8);
        let workers = s.workers.unwrap_or(2);
        if !(2..=64).contains(&pool) {
            return Err(wrong("pool", "expected 2 to 64"));
        }
        if workers > 16 {
            return Err(wrong("workers", "expected 0 to 16"));
        }
        let budget = s.latency_budget_ms.unwrap_or(50);
        if !(1..=60_000).contains(&budget) {
            return Err(wrong("latency_budget_ms", "expected 1 to 60000"));
        }
        let data_keys = s.data_keys.as_deref().map(DataKeys::parse).transpose();
        Ok(Self {
            blobs: s.blobs.clone().unwrap_or_else(|| blobs_beside(&url)),
            data_keys: data_keys.map_err(|e| wrong("data_keys", e))?,
            database_url: url,
            redis_url: s.redis_url.clone(),
            listen,
            db: DbOptions { pool, synchronous: s.sqlite_synchronous.unwrap_or(Synchronous::Full) },
            workers: usize::try_from(workers).unwrap_or(2),
            latency_budget_millis: i64::from(budget),
            zone: zone.parse().map_err(|e| wrong("zone", e))?,
            jwt_secret: secret,
        })
    }

    /// True on the bundled SQLite.
    pub fn embedded(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }

    /// Whoever signs tokens for several processes must be told the secret; the embedded mode makes its own.
    pub fn signs(self) -> Result<Self, ConfigError> {
        if self.jwt_secret.is_empty() && !self.embedded() {
            return Err(wrong("jwt_secret", "required with PostgreSQL"));
        }
        Ok(self)
    }

    /// Signs access tokens. Never log it.
    pub fn jwt_secret(&self) -> &str {
        &self.jwt_secret
    }

    /// The same settings on another database.
    pub fn on(self, database_url: String) -> Self {
        Self { blobs: blobs_beside(&database_url), database_url, ..self }
    }

    /// The same settings with another secret.
    pub fn with_secret(self, jwt_secret: String) -> Self {
        Self { jwt_secret, ..self }
    }

    /// The same settings with other keys.
    pub fn with_data_keys(self, keys: DataKeys) -> Self {
        Self { data_keys: Some(keys), ..self }
    }

    /// What identity numbers are encrypted with; `None` = nobody has named keys.
    pub fn data_keys(&self) -> Option<&DataKeys> {
        self.data_keys.as_ref()
    }

    /// The zone of the installation: dates of rights, and people who have no zone of their own.
    pub fn zone(&self) -> Zone {
        self.zone
    }
}

/// The folder of blobs that belongs to a database.
fn blobs_beside(url: &str) -> String {
    let file = url.strip_prefix("sqlite:").map(|f| f.trim_start_matches("//"));
    let file = file.map(|f| f.split('?').next().unwrap_or_default());
    match file {
        Some(file) if !file.is_empty() && !file.contains(":memory:") => format!("{file}.blobs"),
        _ => "kaoqin-blobs".to_owned(),
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("listen", &self.listen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(change: impl FnOnce(&mut Settings)) -> Result<Config, ConfigError> {
        let mut s = Settings::default();
        change(&mut s);
        Config::checked(&s)
    }

    #[test]
    fn without_any_setting_everything_is_embedded() {
        let c = settings(|_| {}).unwrap();
        assert_eq!(c.database_url, "sqlite://kaoqin.db");
        assert_eq!(c.listen, "127.0.0.1:8080");
        assert!(c.embedded());
    }

    #[test]
    fn a_wrong_value_is_named_with_its_key() {
        let text = |r: Result<Config, ConfigError>| r.unwrap_err().to_string();
        assert!(text(settings(|s| s.listen = Some("here".into()))).contains("KAOQIN_LISTEN"));
        assert!(text(settings(|s| s.zone = Some("Mars".into()))).contains("KAOQIN_ZONE"));
        assert!(
            text(settings(|s| s.jwt_secret = Some("short".into()))).contains("KAOQIN_JWT_SECRET")
        );
        assert!(text(settings(|s| s.pool = Some(0))).contains("KAOQIN_POOL"));
        let budget = text(settings(|s| s.latency_budget_ms = Some(0)));
        assert!(budget.contains("KAOQIN_LATENCY_BUDGET_MS"));
        let pg = settings(|s| s.database_url = Some("postgres://localhost/x".into()));
        assert!(text(pg.and_then(Config::signs)).contains("KAOQIN_JWT_SECRET"));
    }

    #[test]
    fn blobs_lie_beside_the_database_file() {
        assert_eq!(
            blobs_beside("sqlite:///var/lib/kaoqin.db?mode=rwc"),
            "/var/lib/kaoqin.db.blobs"
        );
        assert_eq!(settings(|_| {}).unwrap().blobs, "kaoqin.db.blobs");
        assert_eq!(blobs_beside("postgres://h/x"), "kaoqin-blobs");
    }

    #[test]
    fn an_unknown_key_of_the_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kaoqin.toml");
        std::fs::write(&file, "databse_url = \"sqlite://x\"\n").unwrap();
        let text = Settings::load(&Settings::default(), Some(&file)).err().unwrap().to_string();
        assert!(text.contains("databse_url"), "{text}");
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kaoqin.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\npool = 5\n").unwrap();
        let flags = Settings { listen: Some("127.0.0.1:2".into()), ..Settings::default() };
        let s = Settings::load(&flags, Some(&file)).unwrap();
        assert_eq!((s.listen.as_deref(), s.pool), (Some("127.0.0.1:2"), Some(5)));
    }
}
