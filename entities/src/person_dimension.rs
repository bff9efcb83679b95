//! Timeline of a person's own value of a dimension; null = the department's again.

use sea_orm::entity::prelude::*;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_dimension")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension_id: DimensionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub value_id: Option<DimensionValueId>,
}

impl ActiveModelBehavior for ActiveModel {}
