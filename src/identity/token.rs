use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vocabulary::{Instant, SessionId, UserId};

use crate::base::Fault;

/// Lifetime of an access token.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// Lifetime of a refresh token and of a session without use.
pub const REFRESH_SECONDS: i64 = 30 * 86_400;

const ISSUER: &str = "kaoqin";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

/// A signed statement that `user` is signed in with `session` until `now` + `seconds`.
pub fn issue_access(
    secret: &str,
    user: UserId,
    session: SessionId,
    now: Instant,
    seconds: i64,
) -> Result<String, Fault> {
    let issued = now.millis().div_euclid(1000);
    let claims = Claims {
        iss: ISSUER.to_owned(),
        sub: user.to_string(),
        sid: session.to_string(),
        iat: issued,
        exp: issued + seconds,
    };
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes()))
        .map_err(|e| Fault::new("token cannot be signed", e))
}

/// Who signed in, if the token is ours and not expired at `now`.
pub fn read_access(secret: &str, token: &str, now: Instant) -> Option<(UserId, SessionId)> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[ISSUER]);
    rules.set_required_spec_claims(&["exp", "iss", "sub"]);
    // The library asks the system clock; ours is injected.
    rules.validate_exp = false;
    let claims =
        decode::<Claims>(token, &DecodingKey::from_secret(secret.as_bytes()), &rules).ok()?.claims;
    if claims.exp <= now.millis().div_euclid(1000) {
        return None;
    }
    Some((claims.sub.parse().ok()?, claims.sid.parse().ok()?))
}

/// A new refresh token: 244 random bits.
pub fn new_refresh() -> String {
    let mut bytes = Vec::with_capacity(32);
    bytes.extend_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes.extend_from_slice(uuid::Uuid::new_v4().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a refresh token.
pub fn fingerprint(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_is_good_for_fifteen_minutes_and_only_with_its_secret() {
        let now = Instant::from_millis(1_770_000_000_000);
        let token = issue_access(SECRET, UserId(7), SessionId(9), now, ACCESS_SECONDS).unwrap();
        assert_eq!(read_access(SECRET, &token, now), Some((UserId(7), SessionId(9))));
        assert_eq!(read_access(SECRET, &token, now.plus_seconds(ACCESS_SECONDS)), None);
        assert_eq!(read_access("another secret of thirty-two chars!", &token, now), None);
        assert_eq!(read_access(SECRET, &format!("{token}x"), now), None);
    }

    #[test]
    fn a_token_without_signature_is_forged() {
        let now = Instant::from_millis(1_770_000_000_000);
        let body = URL_SAFE_NO_PAD
            .encode(r#"{"iss":"kaoqin","sub":"1","sid":"1","iat":0,"exp":99999999999}"#);
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        assert_eq!(read_access(SECRET, &format!("{head}.{body}."), now), None);
    }

    #[test]
    fn refresh_tokens_never_repeat_and_are_stored_as_hashes() {
        let (a, b) = (new_refresh(), new_refresh());
        assert_ne!(a, b);
        assert_ne!(fingerprint(&a), a);
    }
}
