//! Which nights had their sample; who inserts the date has it checked.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, JobId, LocalDate};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "nightly_sample")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub on_date: LocalDate,
    pub job_id: JobId,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
