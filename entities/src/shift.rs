use sea_orm::entity::prelude::*;
use vocabulary::ShiftId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shift")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ShiftId,
    pub code: String,
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
