use sea_orm::entity::prelude::*;
use vocabulary::{EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, RuleId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "day_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    /// department of the date
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    /// scheme of the date
    pub scheme_id: Option<RuleId>,
    /// future, in_progress, final, locked
    pub state: String,
    /// work, rest, holiday; null = not in service
    pub day_type: Option<String>,
    /// codes of the shifts of the date
    pub shift: Option<String>,
    pub due_tenths: i32,
    pub actual_tenths: i32,
    pub regular_minutes: i32,
    pub late_tenths: i32,
    pub late_raw_minutes: i32,
    pub late_count: i32,
    pub early_tenths: i32,
    pub early_raw_minutes: i32,
    pub early_count: i32,
    pub absence_tenths: i32,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    pub weekday_overtime_minutes: i32,
    pub rest_overtime_minutes: i32,
    pub holiday_overtime_minutes: i32,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub leave_minutes: i32,
    /// how many are open
    pub exceptions: i32,
    /// JSON of what the columns do not hold; null when there is nothing
    pub detail: Option<String>,
    /// of the whole content, so that equal results are not written
    pub hash: i64,
    pub engine_version: i32,
    /// the 'now' of a result that is not final
    pub evaluated_wall: Option<i64>,
    /// the next instant at which time alone can change it
    pub due_at: Option<Instant>,
    pub computed_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
