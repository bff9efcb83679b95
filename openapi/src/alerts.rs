//! Alerts.

use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use serde_json::Value;
use vocabulary::{AlertId, Instant, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AlertSeverity {
    Info,
    Warning,
    Critical,
}

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AlertState {
    Open,
    /// Somebody looks after it.
    Acknowledged,
    Resolved,
}

/// Something somebody has to look at.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AlertView {
    pub id: AlertId,
    /// For example `results_not_reproduced`.
    pub code: String,
    pub severity: AlertSeverity,
    /// What it is about, for example `nightly_sample:2026-03-11`.
    pub object: String,
    pub detail: Any<Value>,
    pub state: AlertState,
    pub opened_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub acknowledged_by: Option<UserId>,
    pub resolved_at: Option<Instant>,
    pub resolved_by: Option<UserId>,
    /// Of the last step.
    pub comment: Option<String>,
}

/// What is said about a step.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct AlertPatch {
    #[oai(validator(max_length = 500))]
    pub comment: Option<String>,
}

impl Example for AlertPatch {
    fn example() -> Self {
        Self { comment: Some("已重算，原因为手工改库".to_owned()) }
    }
}
