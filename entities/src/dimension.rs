//! A dimension (维度): region, business line, kind of work.

use sea_orm::entity::prelude::*;
use vocabulary::DimensionId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dimension")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: DimensionId,
    pub code: String,
    pub name: String,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
