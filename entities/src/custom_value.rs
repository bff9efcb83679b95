use sea_orm::entity::prelude::*;
use vocabulary::{CustomItemId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "custom_value")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: CustomItemId,
    pub content: Option<String>,
    pub millionths: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
