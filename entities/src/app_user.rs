use sea_orm::entity::prelude::*;
use vocabulary::{Instant, PersonId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "app_user")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UserId,
    pub login: String,
    pub display_name: String,
    pub person_id: Option<PersonId>,
    /// argon2id in PHC form
    pub password_hash: String,
    /// active, locked, disabled
    pub state: String,
    pub failed_attempts: i32,
    pub locked_until: Option<Instant>,
    pub last_login_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub phone: Option<String>,
    /// JSON; the scope of role assignments without one of their own
    pub scope: String,
    /// JSON list: password
    pub auth_methods: String,
}

impl ActiveModelBehavior for ActiveModel {}
