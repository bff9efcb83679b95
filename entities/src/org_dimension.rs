//! Timeline of a dimension's value at a department, inherited downward; null = inherits again.

use sea_orm::entity::prelude::*;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, OrgId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_dimension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension_id: DimensionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub value_id: Option<DimensionValueId>,
}

impl ActiveModelBehavior for ActiveModel {}
