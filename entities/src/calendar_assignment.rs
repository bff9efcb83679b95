//! Timeline of the calendar of a person.

use sea_orm::entity::prelude::*;
use vocabulary::{CalendarId, LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub calendar_id: CalendarId,
}

impl ActiveModelBehavior for ActiveModel {}
