//! A position (岗位).

use sea_orm::entity::prelude::*;
use vocabulary::PositionId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "position")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PositionId,
    pub code: String,
    pub name: String,
    /// a change to a higher grade is a promotion
    pub grade: i32,
    pub active: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
