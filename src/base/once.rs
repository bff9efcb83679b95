use sea_orm::FromQueryResult;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use vocabulary::Instant;

use super::{Actor, Failure, Fault, Query, Refusal, Tx};

/// How long keys are kept.
pub const KEEP_DAYS: i64 = 7;
/// How long the keys of punches are kept.
pub const KEEP_PUNCH_DAYS: i64 = 30;
/// Longest key.
pub const MAX_KEY: usize = 100;

const DAY_MILLIS: i64 = 86_400_000;

/// Why a repeated write is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnceRefusal {
    KeyReused,
    KeyInvalid,
    StillRunning,
}

impl Refusal for OnceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::KeyReused => "idempotency_key_reused",
            Self::KeyInvalid => "idempotency_key_invalid",
            Self::StillRunning => "still_running",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::StillRunning => 409,
            Self::KeyReused | Self::KeyInvalid => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::KeyReused => "该 Idempotency-Key 已用于另一个请求内容".to_owned(),
            Self::KeyInvalid => "Idempotency-Key 须为 1–100 个字符".to_owned(),
            Self::StillRunning => "相同请求正在处理中，请稍后重试".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::KeyReused => "This Idempotency-Key was used with another body".to_owned(),
            Self::KeyInvalid => "Idempotency-Key must have 1 to 100 characters".to_owned(),
            Self::StillRunning => "The same request is still running; try again later".to_owned(),
        }
    }
}

/// A write that may be sent again: the client's key and the fingerprint of what was sent.
#[derive(Clone, Debug)]
pub struct Once {
    pub key: Option<String>,
    pub body_hash: String,
    pub keep_days: i64,
}

impl Once {
    /// For a write whose input is `body`.
    pub fn new(key: Option<String>, body: &impl Serialize) -> Result<Self, Fault> {
        let text = serde_json::to_vec(body)?;
        let hash = Sha256::digest(&text);
        let body_hash = hash.iter().map(|b| format!("{b:02x}")).collect();
        Ok(Self { key, body_hash, keep_days: KEEP_DAYS })
    }

    /// A write nobody will repeat.
    pub fn never() -> Self {
        Self { key: None, body_hash: String::new(), keep_days: KEEP_DAYS }
    }
}

#[derive(FromQueryResult)]
struct StoredRow {
    body_hash: String,
    outcome: String,
}

/// The stored outcome of this key, if it was used before; else claims the key. Call it first in the
/// transaction of the write, and [`finish`] with the outcome last.
pub async fn begin_once<T: DeserializeOwned>(
    tx: &Tx,
    actor: &Actor,
    operation: &str,
    once: &Once,
    at: Instant,
) -> Result<Option<T>, Failure> {
    let Some(key) = &once.key else { return Ok(None) };
    if key.is_empty() || key.chars().count() > MAX_KEY {
        return Err(OnceRefusal::KeyInvalid.into());
    }
    let keep_until = at.plus_millis(once.keep_days * DAY_MILLIS);
    // A concurrent holder of the same key makes this wait until he commits or rolls back.
    let claimed = tx
        .run(
            "INSERT INTO idempotency (actor, operation, key, body_hash, outcome, at, keep_until) \
             VALUES ($1, $2, $3, $4, '', $5, $6) \
             ON CONFLICT (actor, operation, key) DO UPDATE SET body_hash = excluded.body_hash, \
               outcome = '', at = excluded.at, keep_until = excluded.keep_until \
               WHERE idempotency.keep_until <= excluded.at",
            vec![
                actor.key().into(),
                operation.into(),
                key.as_str().into(),
                once.body_hash.as_str().into(),
                at.into(),
                keep_until.into(),
            ],
        )
        .await?;
    if claimed == 1 {
        return Ok(None);
    }
    let stored: Option<StoredRow> = tx
        .row(
            "SELECT body_hash, outcome FROM idempotency \
             WHERE actor = $1 AND operation = $2 AND key = $3",
            vec![actor.key().into(), operation.into(), key.as_str().into()],
        )
        .await?;
    match stored {
        Some(s) if s.body_hash != once.body_hash => Err(OnceRefusal::KeyReused.into()),
        Some(s) if s.outcome.is_empty() => Err(OnceRefusal::StillRunning.into()),
        Some(s) => Ok(Some(serde_json::from_str(&s.outcome)?)),
        None => Err(OnceRefusal::StillRunning.into()),
    }
}

/// Stores the outcome of a claimed key.
pub async fn finish_once<T: Serialize>(
    tx: &Tx,
    actor: &Actor,
    operation: &str,
    once: &Once,
    outcome: &T,
) -> Result<(), Fault> {
    let Some(key) = &once.key else { return Ok(()) };
    tx.run(
        "UPDATE idempotency SET outcome = $4 WHERE actor = $1 AND operation = $2 AND key = $3",
        vec![
            actor.key().into(),
            operation.into(),
            key.as_str().into(),
            serde_json::to_string(outcome)?.into(),
        ],
    )
    .await?;
    Ok(())
}
