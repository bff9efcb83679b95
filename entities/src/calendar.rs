use sea_orm::entity::prelude::*;
use vocabulary::CalendarId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CalendarId,
    pub code: String,
    pub name: String,
    /// JSON list, 1 = Monday … 7 = Sunday
    pub rest_weekdays: String,
    /// used for people without an assignment
    pub is_default: bool,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
