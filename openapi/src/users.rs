use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{Instant, PersonId, UserId};

use crate::Item;
use crate::examples::utc;
use crate::rights::{DataScope, RoleAssignmentView};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum UserState {
    Active,
    /// Cannot sign in until somebody makes him active again; or for some minutes, after too many wrong passwords.
    Locked,
    Disabled,
}

/// How a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AuthMethod {
    Password,
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct UserView {
    pub id: UserId,
    pub login: String,
    pub display_name: String,
    /// The employee this user is, if any.
    pub person_id: Option<PersonId>,
    pub phone: Option<String>,
    pub state: UserState,
    /// Until then sign-in is refused after too many wrong passwords.
    pub locked_until: Option<Instant>,
    pub auth_methods: Vec<AuthMethod>,
    pub last_login_at: Option<Instant>,
    /// The scope of assignments without one of their own.
    pub scope: DataScope,
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
            phone: Some("13800000000".to_owned()),
            state: UserState::Active,
            locked_until: None,
            auth_methods: vec![AuthMethod::Password],
            last_login_at: Some(utc(10, "00:31:00")),
            scope: DataScope::example(),
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
    /// The employee this user is; somebody within your scope.
    pub person_id: Option<PersonId>,
    /// Digits, blanks, `+` and `-`.
    #[oai(validator(max_length = 20))]
    pub phone: Option<String>,
    /// The scope of assignments without one of their own; nobody if absent.
    pub scope: Option<DataScope>,
    /// How he may sign in; with the password if absent.
    #[oai(validator(max_items = 5))]
    pub auth_methods: Option<Vec<AuthMethod>>,
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
            phone: Some("13800000000".to_owned()),
            scope: None,
            auth_methods: None,
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
    /// The employee this user is from now on.
    pub person_id: Option<PersonId>,
    /// The user is no employee any more.
    #[oai(default)]
    pub unlink_person: bool,
    /// Empty takes it away.
    #[oai(validator(max_length = 20))]
    pub phone: Option<String>,
    /// Locking and disabling end all sessions.
    pub state: Option<UserState>,
    #[oai(validator(max_items = 5))]
    pub auth_methods: Option<Vec<AuthMethod>>,
    /// The scope of assignments without one of their own.
    pub scope: Option<DataScope>,
    #[oai(validator(min_length = 10, max_length = 200))]
    pub password: Option<String>,
}

impl Example for UserPatch {
    fn example() -> Self {
        Self {
            version: 1,
            display_name: None,
            person_id: None,
            unlink_person: false,
            phone: None,
            state: Some(UserState::Disabled),
            auth_methods: None,
            scope: None,
            password: None,
        }
    }
}
