//! One row per person and date that publishing the drafts of a run would change.

use sea_orm::entity::prelude::*;
use vocabulary::{EmploymentKind, LocalDate, OrgId, PersonId, PositionId, WhatIfRunId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "what_if_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: WhatIfRunId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    /// department of the date
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    /// would become adjustments
    pub locked: bool,
    /// how many appear or disappear
    pub exceptions: i32,
    /// ',due_tenths,late_tenths,': what differs
    pub changed: String,
    /// JSON: before and after
    pub content: String,
}

impl ActiveModelBehavior for ActiveModel {}
