//! Periods of a set that is given as a list of dates.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PeriodSetId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_date")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_set_id: PeriodSetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    /// name, 2026-03 or 2026-03a
    pub period: String,
}

impl ActiveModelBehavior for ActiveModel {}
