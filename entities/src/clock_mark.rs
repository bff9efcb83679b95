//! Up to which local date midnights have been marked, per zone.

use sea_orm::entity::prelude::*;
use vocabulary::LocalDate;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub zone: String,
    pub marked_through: LocalDate,
}

impl ActiveModelBehavior for ActiveModel {}
