//! How many people a department needs (用工需求).

use sea_orm::entity::prelude::*;
use vocabulary::OrgId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "demand_table")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub code: String,
    pub name: String,
    pub org_id: OrgId,
    pub slot_minutes: i32,
    pub active: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
