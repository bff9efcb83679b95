//! Timeline of the period set of a group of people; null = none of its own.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PeriodSetId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_set_assignment")]
pub struct Model {
    /// org; later employment kind, position, dimension value
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub period_set_id: Option<PeriodSetId>,
}

impl ActiveModelBehavior for ActiveModel {}
