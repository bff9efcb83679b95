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
    /// active, disabled
    pub state: String,
    pub failed_attempts: i32,
    pub locked_until: Option<Instant>,
    pub last_login_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
