use sea_orm::FromQueryResult;
use vocabulary::{AlertId, Instant, UserId};

use crate::base::{Fault, Query, Scope};

/// An alert as it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AlertRow {
    pub id: AlertId,
    pub code: String,
    pub severity: String,
    pub object: String,
    /// JSON.
    pub detail: String,
    pub state: String,
    pub opened_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub acknowledged_by: Option<UserId>,
    pub resolved_at: Option<Instant>,
    pub resolved_by: Option<UserId>,
    pub comment: Option<String>,
    pub version: i32,
}

/// Which alerts are wanted.
#[derive(Clone, Debug, Default)]
pub struct AlertFilter {
    pub id: Option<AlertId>,
    pub state: Option<&'static str>,
    pub code: Option<String>,
    /// Older than this one.
    pub before: Option<AlertId>,
    pub limit: u32,
}

/// Alerts, newest first. They are about the installation, not about single people: only a scope of everybody sees
/// them.
pub async fn alerts(
    q: &impl Query,
    scope: &Scope,
    f: &AlertFilter,
) -> Result<Vec<AlertRow>, Fault> {
    if !scope.is_everybody() {
        return Ok(Vec::new());
    }
    q.rows(
        "SELECT * FROM alert WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR state = $2) \
           AND ($3 IS NULL OR code = $3) AND ($4 IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        vec![
            f.id.into(),
            f.state.into(),
            f.code.clone().into(),
            f.before.into(),
            i64::from(f.limit).into(),
        ],
    )
    .await
}

/// One alert.
pub async fn alert(q: &impl Query, scope: &Scope, id: AlertId) -> Result<Option<AlertRow>, Fault> {
    let filter = AlertFilter { id: Some(id), limit: 1, ..AlertFilter::default() };
    Ok(alerts(q, scope, &filter).await?.pop())
}
