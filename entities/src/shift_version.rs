//! Immutable once published. On a date the version with the greatest effective_from not after it
//! counts, of several with one effective_from the one with the greatest number.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, ShiftId, ShiftVersionId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shift_version")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ShiftVersionId,
    pub shift_id: ShiftId,
    pub version: i32,
    pub effective_from: LocalDate,
    /// JSON, the shift object of the evaluate format
    pub body: String,
    pub published_at: Instant,
    pub published_by: Option<UserId>,
    /// After which segment the first half ends; null = the minute that halves the due time.
    pub half_after: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
