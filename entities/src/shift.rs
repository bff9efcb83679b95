use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, ShiftId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shift")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ShiftId,
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    /// #RRGGBB
    pub color: Option<String>,
    pub retired_from: Option<LocalDate>,
    /// Counts changes of how it is shown.
    pub edition: i32,
}

impl ActiveModelBehavior for ActiveModel {}
