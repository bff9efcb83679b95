//! Alerts.

use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use serde_json::{Value, json};
use vocabulary::{AlertId, Instant, UserId};

use crate::Item;
use crate::examples::utc;

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
#[oai(example, skip_serializing_if_is_none)]
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

impl Example for AlertView {
    fn example() -> Self {
        let found = json!({ "from": "2026-02-09", "to": "2026-03-10", "people": 50, "days": 1500,
                            "different": 1, "found": [] });
        Self {
            id: AlertId(4),
            code: "results_not_reproduced".to_owned(),
            severity: AlertSeverity::Critical,
            object: "nightly_sample:2026-03-11".to_owned(),
            detail: Any(found),
            state: AlertState::Acknowledged,
            opened_at: utc(10, "18:30:12"),
            acknowledged_at: Some(utc(11, "01:05:40")),
            acknowledged_by: Some(UserId(2)),
            resolved_at: None,
            resolved_by: None,
            comment: Some("正在核对".to_owned()),
        }
    }
}

impl Item for AlertView {}

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
