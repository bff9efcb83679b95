//! A period that has begun to close; an open one needs no row.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, JobId, LocalDate, PeriodId, PeriodSetId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attendance_period")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PeriodId,
    pub period_set_id: PeriodSetId,
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    /// open (again), closing, locked
    pub state: String,
    /// of the last reopening
    pub reason: Option<String>,
    pub changed_at: Instant,
    pub changed_by: Option<UserId>,
    pub job_id: Option<JobId>,
}

impl ActiveModelBehavior for ActiveModel {}
