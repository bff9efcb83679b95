//! What late facts change about locked dates, posted to a period that was open then.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PeriodSetId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "adjustment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    /// a numeric column of day_result
    #[sea_orm(primary_key, auto_increment = false)]
    pub item: String,
    /// posted to this period of this set
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_set_id: PeriodSetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    /// the locked period of the date
    pub origin_set_id: PeriodSetId,
    pub origin_period: String,
    /// signed, in the unit of the item
    pub delta: i32,
    /// causes of the marks, separated by commas
    pub cause: String,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
