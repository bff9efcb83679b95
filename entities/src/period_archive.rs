//! What the results of a locked period were computed from.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PeriodId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_archive")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_id: PeriodId,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub engine_version: i32,
    /// deflate: facts of the person around these dates, JSON
    pub inputs: Vec<u8>,
    /// 2026-03-01:HASH,2026-03-02:HASH … in the order of dates
    pub result_hashes: String,
    pub archived_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
