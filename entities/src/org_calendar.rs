//! Timeline of the calendar of a department; null = the department above says it.

use sea_orm::entity::prelude::*;
use vocabulary::{CalendarId, LocalDate, OrgId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_calendar")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub calendar_id: Option<CalendarId>,
}

impl ActiveModelBehavior for ActiveModel {}
