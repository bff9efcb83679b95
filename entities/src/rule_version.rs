//! Immutable once published; which version counts on a date is decided as for shift_version. A
//! scheme names its rules by code: on each date it consists of the versions of that date.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, RuleId, RuleVersionId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_version")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RuleVersionId,
    pub rule_id: RuleId,
    pub version: i32,
    pub effective_from: LocalDate,
    /// JSON, the object of the evaluate format
    pub body: String,
    pub published_at: Instant,
    pub published_by: Option<UserId>,
}

impl ActiveModelBehavior for ActiveModel {}
