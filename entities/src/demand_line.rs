//! So many people of a position in a stretch of a date or of a weekday.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PositionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "demand_line")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub table_id: i64,
    pub on_date: Option<LocalDate>,
    pub weekday: Option<i32>,
    pub start_minute: i32,
    pub end_minute: i32,
    pub position_id: Option<PositionId>,
    pub required: i32,
}

impl ActiveModelBehavior for ActiveModel {}
