use sea_orm::entity::prelude::*;
use vocabulary::CustomItemId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "custom_item")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CustomItemId,
    pub code: String,
    pub code_key: String,
    pub name: String,
    pub kind: String,
    pub size: i32,
    pub elements: String,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
