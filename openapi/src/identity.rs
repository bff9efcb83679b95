use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use serde_json::json;
use vocabulary::{Instant, LocalDate, OrgId, PersonId, RoleId, SessionId, UserId};

use crate::Item;
use crate::examples::{march, utc};

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
        let scope = ScopeView { all: false, org_ids: vec![OrgId(3)], person_ids: Vec::new() };
        let permission = "day.view".to_owned();
        Self {
            user_id: UserId(2),
            login: "zhang.wei".to_owned(),
            display_name: "张伟".to_owned(),
            person_id: Some(PersonId(8)),
            permissions: vec![GrantView { permission, scope }],
        }
    }
}

/// One permission and on whom.
#[derive(Clone, Debug, Object)]
pub struct GrantView {
    pub permission: String,
    pub scope: ScopeView,
}

/// Whose data.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct ScopeView {
    /// Everybody.
    pub all: bool,
    /// These departments with everything below them.
    pub org_ids: Vec<OrgId>,
    /// These persons.
    pub person_ids: Vec<PersonId>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum UserState {
    Active,
    Disabled,
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct UserView {
    pub id: UserId,
    pub login: String,
    pub display_name: String,
    pub person_id: Option<PersonId>,
    pub state: UserState,
    /// Until then sign-in is refused after too many wrong passwords.
    pub locked_until: Option<Instant>,
    pub last_login_at: Option<Instant>,
    pub assignments: Vec<RoleAssignmentView>,
    pub version: i32,
}

impl Example for UserView {
    fn example() -> Self {
        Self {
            id: UserId(3),
            login: "li.na".to_owned(),
            display_name: "李娜".to_owned(),
            person_id: Some(PersonId(1)),
            state: UserState::Active,
            locked_until: None,
            last_login_at: Some(utc(10, "00:31:00")),
            assignments: vec![RoleAssignmentView::example()],
            version: 1,
        }
    }
}

impl Item for UserView {}

#[derive(Clone, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct UserCreate {
    #[oai(validator(min_length = 1, max_length = 100))]
    pub login: String,
    #[oai(validator(min_length = 1, max_length = 60))]
    pub display_name: String,
    pub person_id: Option<PersonId>,
    /// At least 10 characters.
    #[oai(validator(min_length = 10, max_length = 200))]
    pub password: String,
}

impl Example for UserCreate {
    fn example() -> Self {
        Self {
            login: "li.na".to_owned(),
            display_name: "李娜".to_owned(),
            person_id: Some(PersonId(1)),
            password: "correct horse battery".to_owned(),
        }
    }
}

/// What is absent stays as it is.
#[derive(Clone, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct UserPatch {
    /// The version this change is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 60))]
    pub display_name: Option<String>,
    /// Disabling ends all sessions.
    pub state: Option<UserState>,
    #[oai(validator(min_length = 10, max_length = 200))]
    pub password: Option<String>,
}

impl Example for UserPatch {
    fn example() -> Self {
        Self { version: 1, display_name: None, state: Some(UserState::Disabled), password: None }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RoleView {
    pub id: RoleId,
    pub code: String,
    pub name: String,
    pub permissions: Vec<String>,
}

impl Example for RoleView {
    fn example() -> Self {
        let permissions = ["person.view", "day.view", "day.explain"];
        Self {
            id: RoleId(2),
            code: "manager".to_owned(),
            name: "主管".to_owned(),
            permissions: permissions.map(str::to_owned).into(),
        }
    }
}

impl Item for RoleView {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ScopeKind {
    /// Only the user's own employee.
    #[oai(rename = "self")]
    Own,
    /// The departments of `org_ids` with everything below them.
    Orgs,
    /// Everybody.
    All,
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RoleAssignmentView {
    pub role_id: RoleId,
    pub role_code: String,
    pub scope: ScopeKind,
    pub org_ids: Vec<OrgId>,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl Example for RoleAssignmentView {
    fn example() -> Self {
        Self {
            role_id: RoleId(2),
            role_code: "manager".to_owned(),
            scope: ScopeKind::Orgs,
            org_ids: vec![OrgId(3)],
            valid_from: march(1),
            valid_to: None,
        }
    }
}

/// All role assignments of a user; they replace the former ones.
#[derive(Clone, Object)]
#[oai(example)]
pub struct RoleAssignmentsPut {
    #[oai(validator(max_items = 50))]
    pub assignments: Vec<RoleAssignmentCreate>,
}

impl Example for RoleAssignmentsPut {
    fn example() -> Self {
        Self { assignments: vec![RoleAssignmentCreate::example()] }
    }
}

#[derive(Clone, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RoleAssignmentCreate {
    pub role_id: RoleId,
    pub scope: ScopeKind,
    /// Only with scope `orgs`.
    #[oai(default, validator(max_items = 200))]
    pub org_ids: Vec<OrgId>,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl Example for RoleAssignmentCreate {
    fn example() -> Self {
        Self {
            role_id: RoleId(2),
            scope: ScopeKind::Orgs,
            org_ids: vec![OrgId(3)],
            valid_from: LocalDate::from_ymd(2026, 3, 1).unwrap_or(LocalDate::MIN),
            valid_to: None,
        }
    }
}

/// One entry of the audit log.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AuditView {
    pub id: vocabulary::AuditId,
    pub at: Instant,
    pub user_id: Option<UserId>,
    /// `api`, `cli`, `system`.
    pub channel: String,
    pub operation: String,
    pub object: String,
    pub object_id: String,
    /// What was written, as JSON.
    pub detail: Any<serde_json::Value>,
}

impl Example for AuditView {
    fn example() -> Self {
        Self {
            id: vocabulary::AuditId(310),
            at: utc(10, "02:00:00"),
            user_id: Some(UserId(2)),
            channel: "api".to_owned(),
            operation: "create_user".to_owned(),
            object: "user".to_owned(),
            object_id: "3".to_owned(),
            detail: Any(json!({ "login": "li.na" })),
        }
    }
}

impl Item for AuditView {}

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
