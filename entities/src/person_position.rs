//! Timeline of the position; null = none.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId, PositionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_position")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub position_id: Option<PositionId>,
}

impl ActiveModelBehavior for ActiveModel {}
