//! How serious a check of rosters is, where it differs from what it is by default.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub severity: String,
    pub limit_value: i32,
    pub version: i32,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
