//! Timeline of the period set of a person.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PeriodSetId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub period_set_id: PeriodSetId,
}

impl ActiveModelBehavior for ActiveModel {}
