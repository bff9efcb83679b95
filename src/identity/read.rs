//! Queries of the users screen and of one's own sessions.

use sea_orm::{FromQueryResult, Value};
use vocabulary::{AuditId, Instant, LocalDate, PersonId, SessionId, UserId};

use super::store::UserRow;
use super::user::user_within;
use crate::base::{Fault, Query, Scope};

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

/// Which users are wanted.
pub struct UserFilter {
    pub id: Option<UserId>,
    /// Part of login, display name or phone number.
    pub text: Option<String>,
    pub person: Option<PersonId>,
    /// Code of a role he holds.
    pub role: Option<String>,
    /// `active`, `locked`, `disabled`.
    pub state: Option<&'static str>,
    /// Ids after this one.
    pub after: UserId,
    pub today: LocalDate,
    pub now: Instant,
    pub limit: u32,
}

impl UserFilter {
    pub fn one(id: UserId, today: LocalDate, now: Instant) -> Self {
        let (text, person, role, state) = (None, None, None, None);
        Self { id: Some(id), text, person, role, state, after: UserId(0), today, now, limit: 1 }
    }
}

/// Users within scope in the order of their ids.
pub async fn users(q: &impl Query, scope: &Scope, f: &UserFilter) -> Result<Vec<UserRow>, Fault> {
    let pattern = f.text.as_ref().map(|t| format!("%{}%", like(&t.to_lowercase())));
    let mut values: Vec<Value> = vec![
        f.after.into(),
        pattern.into(),
        i64::from(f.limit).into(),
        f.id.into(),
        f.person.into(),
        f.role.clone().into(),
        f.state.into(),
        f.now.into(),
        f.today.into(),
    ];
    let seen = user_within(scope, "$9", "u.person_id", &mut values);
    let sql = format!(
        "SELECT u.* FROM app_user u WHERE u.id > $1 AND ($2 IS NULL OR lower(u.login) LIKE $2 ESCAPE '\\' \
           OR lower(u.display_name) LIKE $2 ESCAPE '\\' OR u.phone LIKE $2 ESCAPE '\\') \
           AND ($4 IS NULL OR u.id = $4) AND ($5 IS NULL OR u.person_id = $5) \
           AND ($6 IS NULL OR EXISTS (SELECT 1 FROM role_assignment a JOIN role r ON r.id = a.role_id \
             WHERE a.user_id = u.id AND r.code = $6)) \
           AND ($7 IS NULL OR $7 = CASE WHEN u.state = 'active' AND u.locked_until > $8 THEN 'locked' \
             ELSE u.state END) \
           AND $9 IS NOT NULL AND {seen} ORDER BY u.id LIMIT $3"
    );
    q.rows(&sql, values).await
}

/// Makes text harmless inside a LIKE pattern with escape `\`.
fn like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[derive(FromQueryResult)]
pub struct AuditRow {
    pub id: AuditId,
    pub at: Instant,
    pub user_id: Option<UserId>,
    /// The name the user signs in with.
    pub login: Option<String>,
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
    pub operation: Option<String>,
    pub channel: Option<String>,
    pub user: Option<UserId>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// Entries older than this one.
    pub before: Option<AuditId>,
    pub today: LocalDate,
    pub limit: u32,
}

/// Audit entries, newest first: all of them for whoever sees everybody, else those of users who are employees within
/// scope today.
pub async fn audit_entries(
    q: &impl Query,
    scope: &Scope,
    f: &AuditFilter,
) -> Result<Vec<AuditRow>, Fault> {
    let mut values: Vec<Value> = vec![
        f.object.clone().into(),
        f.object_id.clone().into(),
        f.user.into(),
        f.from.into(),
        f.to.into(),
        f.before.into(),
        i64::from(f.limit).into(),
        f.operation.clone().into(),
        f.channel.clone().into(),
        f.today.into(),
    ];
    let seen = user_within(scope, "$10", "u.person_id", &mut values);
    let sql = format!(
        "SELECT e.id, e.at, e.user_id, u.login, e.channel, e.operation, e.object, e.object_id, e.detail \
         FROM audit e LEFT JOIN app_user u ON u.id = e.user_id \
         WHERE ($1 IS NULL OR e.object = $1) AND ($2 IS NULL OR e.object_id = $2) \
           AND ($3 IS NULL OR e.user_id = $3) AND ($4 IS NULL OR e.at >= $4) \
           AND ($5 IS NULL OR e.at < $5) AND ($6 IS NULL OR e.id < $6) \
           AND ($8 IS NULL OR e.operation = $8) AND ($9 IS NULL OR e.channel = $9) \
           AND $10 IS NOT NULL AND {seen} ORDER BY e.id DESC LIMIT $7"
    );
    q.rows(&sql, values).await
}
