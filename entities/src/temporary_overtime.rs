//! Overtime ordered by the employer (临时加班). Times are wall seconds of the person's zone.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "temporary_overtime")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub person_id: PersonId,
    pub work_date: LocalDate,
    pub start_wall: i64,
    pub end_wall: i64,
    /// JSON list of [start_wall, end_wall]
    pub breaks: String,
    pub break_minutes: i32,
    pub reason: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub revoked_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
