use sea_orm::entity::prelude::*;
use vocabulary::RoleId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RoleId,
    pub code: String,
    pub name: String,
    /// JSON list of permissions
    pub permissions: String,
    /// JSON list of what front ends show to holders
    pub menus: String,
    /// Written by the program at every start; nobody changes it.
    pub seed: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
