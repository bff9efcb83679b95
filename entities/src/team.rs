//! A team (班组) for rostering; it may cross departments.

use sea_orm::entity::prelude::*;
use vocabulary::TeamId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: TeamId,
    pub code: String,
    pub name: String,
    pub active: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
