//! The SQL that writes users, sessions and tokens; and the reads that go with it.

use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, SessionId, UserId};

use crate::base::{Fault, Query, Tx};

#[derive(Debug, FromQueryResult)]
pub struct GrantRow {
    pub login: String,
    pub display_name: String,
    pub person_id: Option<PersonId>,
    pub permissions: Option<String>,
    pub scope: Option<String>,
    pub valid_to: Option<LocalDate>,
}

/// The user of a live session with one row per role assignment valid today (one row without role if he has
/// none); no row if the session has ended or the user is locked or disabled.
pub async fn grants(
    q: &impl Query,
    session: SessionId,
    user: UserId,
    now: Instant,
    today: LocalDate,
) -> Result<Vec<GrantRow>, Fault> {
    q.rows(
        "SELECT u.login, u.display_name, u.person_id, r.permissions, \
           COALESCE(a.scope, u.scope) AS scope, a.valid_to \
         FROM session s JOIN app_user u ON u.id = s.user_id \
         LEFT JOIN role_assignment a ON a.user_id = u.id AND a.valid_from <= $4 \
           AND (a.valid_to IS NULL OR a.valid_to >= $4) \
         LEFT JOIN role r ON r.id = a.role_id \
         WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 \
           AND u.state = 'active'",
        vec![session.into(), user.into(), now.into(), today.into()],
    )
    .await
}

/// The person of the user of a live session: `$n` session, then user and now.
pub fn person_sql(n: usize) -> String {
    format!(
        "SELECT u.person_id FROM session s JOIN app_user u ON u.id = s.user_id \
         WHERE s.id = ${n} AND s.user_id = ${} AND s.revoked_at IS NULL AND s.expires_at > ${} \
           AND u.state = 'active'",
        n + 1,
        n + 2
    )
}

#[derive(Clone, Debug, FromQueryResult)]
pub struct UserRow {
    pub id: UserId,
    pub login: String,
    pub display_name: String,
    pub person_id: Option<PersonId>,
    pub password_hash: String,
    pub state: String,
    pub failed_attempts: i32,
    pub locked_until: Option<Instant>,
    pub last_login_at: Option<Instant>,
    pub version: i32,
    pub phone: Option<String>,
    pub scope: String,
    pub auth_methods: String,
}

pub async fn user_by_login(q: &impl Query, login: &str) -> Result<Option<UserRow>, Fault> {
    q.row("SELECT * FROM app_user WHERE login = $1", vec![login.into()]).await
}

pub async fn user(q: &impl Query, id: UserId) -> Result<Option<UserRow>, Fault> {
    q.row("SELECT * FROM app_user WHERE id = $1", vec![id.into()]).await
}

/// The user, locked against parallel sign-ins until the transaction ends.
pub async fn lock_user(tx: &Tx, id: UserId) -> Result<Option<UserRow>, Fault> {
    // An update that changes nothing takes the row lock on both databases.
    tx.row("UPDATE app_user SET version = version WHERE id = $1 RETURNING *", vec![id.into()]).await
}

pub async fn set_attempts(
    tx: &Tx,
    id: UserId,
    failed: i32,
    locked_until: Option<Instant>,
) -> Result<(), Fault> {
    tx.run(
        "UPDATE app_user SET failed_attempts = $2, locked_until = $3 WHERE id = $1",
        vec![id.into(), failed.into(), locked_until.into()],
    )
    .await?;
    Ok(())
}

pub async fn signed_in(tx: &Tx, id: UserId, at: Instant) -> Result<(), Fault> {
    tx.run(
        "UPDATE app_user SET failed_attempts = 0, locked_until = NULL, last_login_at = $2 WHERE id = $1",
        vec![id.into(), at.into()],
    )
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
pub(super) struct IdRow {
    pub id: i64,
}

pub async fn insert_session(
    tx: &Tx,
    user: UserId,
    user_agent: &str,
    at: Instant,
    expires_at: Instant,
) -> Result<SessionId, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO session (user_id, user_agent, created_at, last_used_at, expires_at) \
             VALUES ($1, $2, $3, $3, $4) RETURNING id",
            vec![user.into(), user_agent.into(), at.into(), expires_at.into()],
        )
        .await?;
    row.map(|r| SessionId(r.id)).ok_or_else(|| Fault::text("session was not inserted"))
}

pub async fn insert_refresh(
    tx: &Tx,
    hash: &str,
    session: SessionId,
    at: Instant,
    expires_at: Instant,
) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO refresh_token (hash, session_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)",
        vec![hash.into(), session.into(), at.into(), expires_at.into()],
    )
    .await?;
    Ok(())
}

#[derive(Debug, FromQueryResult)]
pub struct RefreshRow {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub used_at: Option<Instant>,
    pub expires_at: Instant,
    pub session_expires_at: Instant,
    pub revoked_at: Option<Instant>,
    pub state: String,
}

pub async fn refresh_token(q: &impl Query, hash: &str) -> Result<Option<RefreshRow>, Fault> {
    q.row(
        "SELECT t.session_id, s.user_id, t.used_at, t.expires_at, \
           s.expires_at AS session_expires_at, s.revoked_at, u.state \
         FROM refresh_token t JOIN session s ON s.id = t.session_id \
         JOIN app_user u ON u.id = s.user_id WHERE t.hash = $1",
        vec![hash.into()],
    )
    .await
}

/// True for the one request that uses the token first.
pub async fn use_refresh(tx: &Tx, hash: &str, at: Instant) -> Result<bool, Fault> {
    let n = tx
        .run(
            "UPDATE refresh_token SET used_at = $2 WHERE hash = $1 AND used_at IS NULL",
            vec![hash.into(), at.into()],
        )
        .await?;
    Ok(n == 1)
}

pub async fn extend_session(
    tx: &Tx,
    id: SessionId,
    at: Instant,
    expires_at: Instant,
) -> Result<(), Fault> {
    tx.run(
        "UPDATE session SET last_used_at = $2, expires_at = $3 WHERE id = $1",
        vec![id.into(), at.into(), expires_at.into()],
    )
    .await?;
    Ok(())
}

/// Ends a session of `user`; false if he has no such live session.
pub async fn revoke(tx: &Tx, user: UserId, id: SessionId, at: Instant) -> Result<bool, Fault> {
    let n = tx
        .run(
            "UPDATE session SET revoked_at = $3 WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL",
            vec![user.into(), id.into(), at.into()],
        )
        .await?;
    Ok(n == 1)
}

/// Ends all sessions of a user but `keep`.
pub async fn revoke_all(
    tx: &Tx,
    user: UserId,
    keep: Option<SessionId>,
    at: Instant,
) -> Result<u64, Fault> {
    tx.run(
        "UPDATE session SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL",
        vec![user.into(), keep.unwrap_or_default().into(), at.into()],
    )
    .await
}

/// A user as he is written first.
pub struct UserInsert<'a> {
    pub login: &'a str,
    pub display_name: &'a str,
    pub person: Option<PersonId>,
    pub phone: Option<&'a str>,
    pub scope: &'a str,
    pub auth_methods: &'a str,
    pub password_hash: &'a str,
}

/// `None` if the login is taken.
pub async fn insert_user(
    tx: &Tx,
    u: &UserInsert<'_>,
    at: Instant,
) -> Result<Option<UserId>, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO app_user (login, display_name, person_id, phone, scope, auth_methods, \
               password_hash, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8) \
             ON CONFLICT (login) DO NOTHING RETURNING id",
            vec![
                u.login.into(),
                u.display_name.into(),
                u.person.into(),
                u.phone.into(),
                u.scope.into(),
                u.auth_methods.into(),
                u.password_hash.into(),
                at.into(),
            ],
        )
        .await?;
    Ok(row.map(|r| UserId(r.id)))
}

/// True if `version` was the present one.
pub async fn update_user(tx: &Tx, user: &UserRow, version: i32) -> Result<bool, Fault> {
    let n = tx
        .run(
            "UPDATE app_user SET display_name = $3, password_hash = $4, state = $5, person_id = $6, \
               phone = $7, scope = $8, auth_methods = $9, failed_attempts = $10, locked_until = $11, \
               version = version + 1 WHERE id = $1 AND version = $2",
            vec![
                user.id.into(),
                version.into(),
                user.display_name.as_str().into(),
                user.password_hash.as_str().into(),
                user.state.as_str().into(),
                user.person_id.into(),
                user.phone.clone().into(),
                user.scope.as_str().into(),
                user.auth_methods.as_str().into(),
                user.failed_attempts.into(),
                user.locked_until.into(),
            ],
        )
        .await?;
    Ok(n == 1)
}
