use sea_orm::entity::prelude::*;
use vocabulary::{CalendarId, LocalDate};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_date")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar_id: CalendarId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub on_date: LocalDate,
    /// statutory, rest, workday
    pub kind: String,
    pub name: String,
    /// national, manual
    pub source: String,
}

impl ActiveModelBehavior for ActiveModel {}
