//! Queries of the users screen and of one's own sessions.

use sea_orm::FromQueryResult;
use vocabulary::{AuditId, Instant, LocalDate, RoleId, SessionId, UserId};

use super::store::UserRow;
use crate::base::{Fault, Query};

#[derive(FromQueryResult)]
pub struct SessionRow {
    pub id: SessionId,
    pub user_agent: String,
    pub created_at: Instant,
    pub last_used_at: Instant,
    pub expires_at: Instant,
}

/// The live sessions of a user, newest use first.
pub async fn sessions(
    q: &impl Query,
    user: UserId,
    now: Instant,
) -> Result<Vec<SessionRow>, Fault> {
    q.rows(
        "SELECT id, user_agent, created_at, last_used_at, expires_at FROM session \
         WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
         ORDER BY last_used_at DESC, id DESC LIMIT 200",
        vec![user.into(), now.into()],
    )
    .await
}

/// Users after `after` in the order of their ids; `text` is looked for in login and display name.
pub async fn users(
    q: &impl Query,
    text: Option<&str>,
    after: UserId,
    limit: u32,
) -> Result<Vec<UserRow>, Fault> {
    let pattern = text.map(|t| format!("%{}%", like(&t.to_lowercase())));
    q.rows(
        "SELECT * FROM app_user WHERE id > $1 AND ($2 IS NULL OR lower(login) LIKE $2 ESCAPE '\\' \
           OR lower(display_name) LIKE $2 ESCAPE '\\') ORDER BY id LIMIT $3",
        vec![after.into(), pattern.into(), i64::from(limit).into()],
    )
    .await
}

/// Makes text harmless inside a LIKE pattern with escape `\`.
fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[derive(FromQueryResult)]
pub struct AssignmentRow {
    pub user_id: UserId,
    pub role_id: RoleId,
    pub role_code: String,
    pub scope: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

/// Role assignments of the users with ids from `first` to `last`.
pub async fn assignments(
    q: &impl Query,
    first: UserId,
    last: UserId,
) -> Result<Vec<AssignmentRow>, Fault> {
    q.rows(
        "SELECT a.user_id, a.role_id, r.code AS role_code, a.scope, a.valid_from, a.valid_to \
         FROM role_assignment a JOIN role r ON r.id = a.role_id \
         WHERE a.user_id BETWEEN $1 AND $2 ORDER BY a.user_id, a.id",
        vec![first.into(), last.into()],
    )
    .await
}

#[derive(FromQueryResult)]
pub struct AuditRow {
    pub id: AuditId,
    pub at: Instant,
    pub user_id: Option<UserId>,
    pub channel: String,
    pub operation: String,
    pub object: String,
    pub object_id: String,
    pub detail: String,
}

/// Which audit entries are wanted.
pub struct AuditFilter {
    pub object: Option<String>,
    pub object_id: Option<String>,
    pub user: Option<UserId>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// Entries older than this one.
    pub before: Option<AuditId>,
    pub limit: u32,
}

/// Audit entries, newest first.
pub async fn audit_entries(q: &impl Query, f: &AuditFilter) -> Result<Vec<AuditRow>, Fault> {
    q.rows(
        "SELECT * FROM audit WHERE ($1 IS NULL OR object = $1) AND ($2 IS NULL OR object_id = $2) \
           AND ($3 IS NULL OR user_id = $3) AND ($4 IS NULL OR at >= $4) AND ($5 IS NULL OR at < $5) \
           AND ($6 IS NULL OR id < $6) ORDER BY id DESC LIMIT $7",
        vec![
            f.object.clone().into(),
            f.object_id.clone().into(),
            f.user.into(),
            f.from.into(),
            f.to.into(),
            f.before.into(),
            i64::from(f.limit).into(),
        ],
    )
    .await
}
