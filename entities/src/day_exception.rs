//! Exceptions stay when their cause is gone: closed_at is set instead.

use sea_orm::entity::prelude::*;
use vocabulary::{EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "day_exception")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// wall seconds of the point or punch, or id of the request; 0 = none
    #[sea_orm(primary_key, auto_increment = false)]
    pub anchor: i64,
    pub minutes: Option<i32>,
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub opened_at: Instant,
    pub closed_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
