//! A node of the value tree of a dimension.

use sea_orm::entity::prelude::*;
use vocabulary::{DimensionId, DimensionValueId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dimension_value")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: DimensionValueId,
    pub dimension_id: DimensionId,
    pub parent_id: Option<DimensionValueId>,
    pub code: String,
    pub name: String,
    pub active: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
