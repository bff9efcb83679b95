use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{Instant, PersonId, SessionId, UserId};

use crate::Item;
use crate::examples::utc;
use crate::rights::GrantView;

/// Sign-in with login name and password.
#[derive(Clone, Object)]
#[oai(example)]
pub struct SignInCreate {
    #[oai(validator(min_length = 1, max_length = 100))]
    pub login: String,
    #[oai(validator(min_length = 1, max_length = 200))]
    pub password: String,
}

impl Example for SignInCreate {
    fn example() -> Self {
        Self { login: "zhang.wei".to_owned(), password: "correct horse battery".to_owned() }
    }
}

/// Exchange of a refresh token.
#[derive(Clone, Object)]
#[oai(example)]
pub struct RefreshCreate {
    #[oai(validator(min_length = 1, max_length = 200))]
    pub refresh_token: String,
}

impl Example for RefreshCreate {
    fn example() -> Self {
        Self { refresh_token: "Zm9sbG93aW5nIHRva2Vu".to_owned() }
    }
}

/// Tokens of a session.
#[derive(Clone, Object)]
#[oai(example)]
pub struct TokenView {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Lifetime of the access token.
    pub expires_in_seconds: i64,
    /// Works once; the answer carries the next one. Using one twice ends the session.
    pub refresh_token: String,
    pub session_id: SessionId,
}

impl Example for TokenView {
    fn example() -> Self {
        Self {
            access_token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJl".to_owned(),
            token_type: "Bearer".to_owned(),
            expires_in_seconds: 900,
            refresh_token: "Zm9sbG93aW5nIHRva2Vu".to_owned(),
            session_id: SessionId(9),
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct MeView {
    pub user_id: UserId,
    pub login: String,
    pub display_name: String,
    /// The employee this user is, if any.
    pub person_id: Option<PersonId>,
    pub permissions: Vec<GrantView>,
}

impl Example for MeView {
    fn example() -> Self {
        Self {
            user_id: UserId(2),
            login: "zhang.wei".to_owned(),
            display_name: "张伟".to_owned(),
            person_id: Some(PersonId(8)),
            permissions: vec![GrantView::example()],
        }
    }
}

/// A signed-in device.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct SessionView {
    pub id: SessionId,
    pub user_agent: String,
    pub created_at: Instant,
    pub last_used_at: Instant,
    pub expires_at: Instant,
    /// The session of this request.
    pub current: bool,
}

impl Example for SessionView {
    fn example() -> Self {
        Self {
            id: SessionId(9),
            user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)".to_owned(),
            created_at: utc(10, "00:30:00"),
            last_used_at: utc(10, "09:00:20"),
            expires_at: utc(40, "00:30:00"),
            current: true,
        }
    }
}

impl Item for SessionView {}

/// Change of one's own password. All other sessions end.
#[derive(Clone, Object)]
#[oai(example)]
pub struct PasswordPatch {
    #[oai(validator(max_length = 200))]
    pub old_password: String,
    /// At least 10 characters.
    #[oai(validator(min_length = 10, max_length = 200))]
    pub new_password: String,
}

impl Example for PasswordPatch {
    fn example() -> Self {
        Self {
            old_password: "correct horse battery".to_owned(),
            new_password: "another horse battery".to_owned(),
        }
    }
}

/// Sessions were ended as asked.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EndedView {
    pub ended: bool,
}

impl Example for EndedView {
    fn example() -> Self {
        Self { ended: true }
    }
}
