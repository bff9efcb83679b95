use sea_orm::entity::prelude::*;
use vocabulary::{EmploymentKind, LocalDate, OrgId, PeriodSetId, PersonId, PositionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_summary")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_set_id: PeriodSetId,
    /// 2026-03
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    /// of the last computed date
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    /// computed dates
    pub days: i32,
    pub final_days: i32,
    /// dates with due time
    pub work_days: i32,
    pub due_tenths: i64,
    pub actual_tenths: i64,
    pub regular_minutes: i64,
    pub late_tenths: i64,
    pub late_count: i32,
    pub early_tenths: i64,
    pub early_count: i32,
    pub absence_tenths: i64,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    pub weekday_overtime_minutes: i32,
    pub rest_overtime_minutes: i32,
    pub holiday_overtime_minutes: i32,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub leave_minutes: i32,
    pub open_exceptions: i32,
    /// JSON: counts per code, leave per type
    pub detail: String,
}

impl ActiveModelBehavior for ActiveModel {}
