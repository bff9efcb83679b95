//! What happened in an employment; timelines and service follow from it.

use sea_orm::entity::prelude::*;
use vocabulary::{EventId, Instant, LocalDate, PersonId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employment_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: EventId,
    pub person_id: PersonId,
    /// hire, probation, confirm, renewal, transfer, promotion, freeze, unfreeze, leave, reinstate, correction, reversal
    pub kind: String,
    /// takes effect at 00:00; of leave the last day
    pub on_date: LocalDate,
    /// of several on one date the greatest wins
    pub seq: i32,
    /// pending, refused, effective, removed, reversed
    pub state: String,
    /// JSON: what it sets
    pub content: String,
    pub contract_until: Option<LocalDate>,
    /// JSON: what it replaced or withdrew elsewhere
    pub undone: Option<String>,
    pub reason: String,
    pub reverses_id: Option<EventId>,
    pub author_id: Option<UserId>,
    pub entered_at: Instant,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
    pub remark: Option<String>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
