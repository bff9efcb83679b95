//! Approved requests as the engine needs them; the request flow will write them later. Times are
//! wall seconds of the person's zone.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId, RequestId, RuleId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approved_request")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RequestId,
    pub person_id: PersonId,
    pub type_id: RuleId,
    pub start_wall: i64,
    pub end_wall: i64,
    pub approved_wall: i64,
    pub half_day: bool,
    /// attendance date of an overtime form
    pub overtime_date: Option<LocalDate>,
    /// JSON list of [start_wall, end_wall]
    pub breaks: String,
    pub break_minutes: i32,
    pub reason: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub revoked_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
