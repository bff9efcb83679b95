use vocabulary::SessionId;

use super::{Caller, IdentityRefusal, Tokens, password, store, token};
use crate::base::{Actor, App, Channel, Failure, audit};

/// Exchanges a refresh token for new tokens. Each works once: a second use means that somebody else holds
/// it, so the whole session ends.
pub async fn refresh(app: &App, refresh_token: &str) -> Result<Tokens, Failure> {
    let hash = token::fingerprint(refresh_token);
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let Some(row) = store::refresh_token(&tx, &hash).await? else {
        return Err(IdentityRefusal::RefreshInvalid.into());
    };
    let live = row.revoked_at.is_none()
        && row.expires_at > now
        && row.session_expires_at > now
        && row.state == "active";
    if !live {
        return Err(IdentityRefusal::RefreshInvalid.into());
    }
    if row.used_at.is_some() || !store::use_refresh(&tx, &hash, now).await? {
        let actor = Actor { user: Some(row.user_id), person: None, channel: Channel::Api };
        store::revoke(&tx, row.user_id, row.session_id, now).await?;
        let id = row.session_id.to_string();
        let detail = serde_json::json!({ "reason": "refresh token used twice" });
        audit(&tx, &actor, now, "revoke_session", "session", &id, detail).await?;
        tx.commit().await?;
        return Err(IdentityRefusal::RefreshInvalid.into());
    }
    let expires = now.plus_seconds(token::REFRESH_SECONDS);
    let next = token::new_refresh();
    store::insert_refresh(&tx, &token::fingerprint(&next), row.session_id, now, expires).await?;
    store::extend_session(&tx, row.session_id, now, expires).await?;
    let (secret, seconds) = (app.config.jwt_secret(), token::ACCESS_SECONDS);
    let access = token::issue_access(secret, row.user_id, row.session_id, now, seconds)?;
    tx.commit().await?;
    Ok(Tokens { access, refresh: next, session: row.session_id })
}

/// Ends the session of this request.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<(), Failure> {
    revoke_session(app, caller, caller.session).await
}

/// Ends one of the caller's sessions.
pub async fn revoke_session(app: &App, caller: &Caller, id: SessionId) -> Result<(), Failure> {
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    if !store::revoke(&tx, caller.user, id, now).await? {
        return Err(IdentityRefusal::SessionNotFound.into());
    }
    let detail = serde_json::json!({});
    audit(&tx, &caller.actor(), now, "revoke_session", "session", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets a new password for the caller and ends all his other sessions.
pub async fn change_password(
    app: &App,
    caller: &Caller,
    old: &str,
    new: &str,
) -> Result<(), Failure> {
    let user =
        store::user(app.db.read(), caller.user).await?.ok_or(IdentityRefusal::UserNotFound)?;
    if !password::verify(old, Some(&user.password_hash)).await? {
        return Err(IdentityRefusal::WrongPassword.into());
    }
    let changed = store::UserRow { password_hash: password::hash(new).await?, ..user };
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    if !store::update_user(&tx, &changed, changed.version).await? {
        return Err(IdentityRefusal::VersionConflict.into());
    }
    store::revoke_all(&tx, caller.user, Some(caller.session), now).await?;
    let detail = serde_json::json!({});
    let id = caller.user.to_string();
    audit(&tx, &caller.actor(), now, "change_password", "user", &id, detail).await?;
    tx.commit().await?;
    Ok(())
}
