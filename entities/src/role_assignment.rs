//! Permissions add up over assignments; each has its own scope or that of the user.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, RoleId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_assignment")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: UserId,
    pub role_id: RoleId,
    /// JSON; null = the scope of the user
    pub scope: Option<String>,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl ActiveModelBehavior for ActiveModel {}
