use vocabulary::{Instant, SessionId, UserId};

use super::{IdentityRefusal, password, store, token};
use crate::base::{Actor, App, Channel, Failure, Fault, Tx, audit};

/// Wrong passwords in a row that lock an account.
pub const MAX_FAILED_ATTEMPTS: i32 = 5;
/// How long it stays locked.
pub const LOCK_SECONDS: i64 = 15 * 60;
/// Longest user agent that is kept, in characters.
const MAX_USER_AGENT: usize = 200;

/// Tokens of a session.
#[derive(Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub session: SessionId,
}

/// Checks login and password and opens a session. Five wrong passwords in a row lock the account for
/// fifteen minutes; while it is locked even the right password is refused.
pub async fn sign_in(
    app: &App,
    login: &str,
    given: &str,
    user_agent: &str,
) -> Result<Tokens, Failure> {
    let found = store::user_by_login(app.db.read(), login).await?;
    let active = found.filter(|u| u.state != "disabled" && u.auth_methods.contains("\"password\""));
    let hash = active.as_ref().map(|u| u.password_hash.as_str());
    let right = password::verify(given, hash).await?;
    let Some(user) = active else { return Err(IdentityRefusal::InvalidCredentials.into()) };

    let tx = app.db.begin().await?;
    let now = app.clock.now();
    // Counted on what is stored now: parallel guesses all count.
    let Some(user) = store::lock_user(&tx, user.id).await? else {
        return Err(IdentityRefusal::InvalidCredentials.into());
    };
    if user.state == "disabled" {
        return Err(IdentityRefusal::InvalidCredentials.into());
    }
    if let Some(until) = user.locked_until.filter(|t| *t > now) {
        let seconds = (until.millis() - now.millis() + 999) / 1000;
        return Err(IdentityRefusal::AccountLocked { seconds }.into());
    }
    if !right {
        let failed = user.failed_attempts.saturating_add(1);
        let locked = failed >= MAX_FAILED_ATTEMPTS;
        let until = locked.then(|| now.plus_seconds(LOCK_SECONDS));
        store::set_attempts(&tx, user.id, if locked { 0 } else { failed }, until).await?;
        if locked {
            let detail = serde_json::json!({ "until": until });
            audit(&tx, &actor(user.id), now, "lock_user", "user", &user.id.to_string(), detail)
                .await?;
        }
        tx.commit().await?;
        return Err(IdentityRefusal::InvalidCredentials.into());
    }
    if user.state != "active" {
        return Err(IdentityRefusal::AccountHeld.into());
    }
    store::signed_in(&tx, user.id, now).await?;
    let tokens = issue_session(app, &tx, user.id, user_agent, now, token::ACCESS_SECONDS).await?;
    let detail = serde_json::json!({ "session": tokens.session });
    audit(&tx, &actor(user.id), now, "sign_in", "user", &user.id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// Opens a session without asking for a password. For commands that print ready-to-use tokens.
pub async fn issue_session(
    app: &App,
    tx: &Tx,
    user: UserId,
    user_agent: &str,
    now: Instant,
    access_seconds: i64,
) -> Result<Tokens, Fault> {
    let agent: String = user_agent.chars().take(MAX_USER_AGENT).collect();
    let expires = now.plus_seconds(token::REFRESH_SECONDS);
    let session = store::insert_session(tx, user, &agent, now, expires).await?;
    let refresh = token::new_refresh();
    store::insert_refresh(tx, &token::fingerprint(&refresh), session, now, expires).await?;
    let secret = app.config.jwt_secret();
    let access = token::issue_access(secret, user, session, now, access_seconds)?;
    Ok(Tokens { access, refresh, session })
}

fn actor(user: UserId) -> Actor {
    Actor { user: Some(user), person: None, channel: Channel::Api }
}
