use poem_openapi::Object;
use poem_openapi::types::{Any, Example};
use serde_json::json;
use vocabulary::{Instant, UserId};

use crate::Item;
use crate::examples::utc;

/// One entry of the audit log.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AuditView {
    pub id: vocabulary::AuditId,
    pub at: Instant,
    pub user_id: Option<UserId>,
    /// What the user signs in with.
    pub login: Option<String>,
    /// `api`, `cli`, `system`.
    pub channel: String,
    pub operation: String,
    pub object: String,
    pub object_id: String,
    /// What was written, as JSON; of a change the fields that differ, `old` and `new`.
    pub detail: Any<serde_json::Value>,
}

impl Example for AuditView {
    fn example() -> Self {
        Self {
            id: vocabulary::AuditId(310),
            at: utc(10, "02:00:00"),
            user_id: Some(UserId(2)),
            login: Some("zhang.wei".to_owned()),
            channel: "api".to_owned(),
            operation: "create_user".to_owned(),
            object: "user".to_owned(),
            object_id: "3".to_owned(),
            detail: Any(json!({ "new": { "login": "li.na" } })),
        }
    }
}

impl Item for AuditView {}
