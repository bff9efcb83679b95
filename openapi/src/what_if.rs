//! What-if runs: what publishing drafts would change on past dates.

use std::collections::HashMap;

use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{
    CalendarId, EmploymentKind, Instant, JobId, LocalDate, OrgId, PersonId, PositionId, RuleId,
    UserId, WhatIfRunId,
};

use crate::Item;
use crate::calendars::CalendarDatePut;
use crate::examples::{march, utc};
use crate::jobs::{JobErrorView, JobState};
use crate::results::FindingView;
use crate::rules::RuleVersionCreate;
use crate::shifts::ShiftVersionCreate;

/// Dates of a calendar as they might be set.
#[derive(Clone, Debug, Object)]
pub struct CalendarDraft {
    pub calendar_id: CalendarId,
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub dates: Vec<CalendarDatePut>,
}

/// Drafts, the dates they are tried on, and the people. At most 20 drafts; a scheme may name rules that are only
/// drafted here.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct WhatIfRunCreate {
    /// For people who look at it later.
    #[oai(default, validator(max_length = 100))]
    pub name: String,
    /// First attendance date.
    pub from: LocalDate,
    /// Last attendance date; at most 366 dates, none after tomorrow.
    pub to: LocalDate,
    /// Everybody of this department or below it on the date. Without department and people: everybody within scope.
    pub org_id: Option<OrgId>,
    #[oai(default, validator(max_items = 1000))]
    pub person_ids: Vec<PersonId>,
    /// Versions of rules, request types and schemes as they would be published.
    #[oai(default, validator(max_items = 20))]
    pub rules: Vec<RuleVersionCreate>,
    #[oai(default, validator(max_items = 20))]
    pub shifts: Vec<ShiftVersionCreate>,
    #[oai(default, validator(max_items = 20))]
    pub calendars: Vec<CalendarDraft>,
}

impl Example for WhatIfRunCreate {
    fn example() -> Self {
        Self {
            name: "加班取整改为半小时".to_owned(),
            from: LocalDate::from_days(20_514),
            to: LocalDate::from_days(20_544),
            org_id: None,
            person_ids: Vec::new(),
            rules: vec![RuleVersionCreate::example()],
            shifts: Vec::new(),
            calendars: Vec::new(),
        }
    }
}

/// A draft of a run.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DraftView {
    /// `late_rule`, `scheme`, `shift`, `calendar` …
    pub kind: String,
    /// Code, or id of a calendar.
    pub code: String,
    /// Absent for calendars.
    pub effective_from: Option<LocalDate>,
}

/// Sum of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct ItemSumView {
    /// Dates on which it differs.
    pub days: i64,
    /// Sum of after minus before.
    pub delta: i64,
}

/// Sums over differing dates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object)]
pub struct WhatIfSumsView {
    pub people: i64,
    pub days: i64,
    /// Per item, for example `late_tenths`.
    pub items: HashMap<String, ItemSumView>,
    /// Exceptions that would appear, per code.
    pub exceptions_added: HashMap<String, i64>,
    /// Exceptions that would disappear, per code.
    pub exceptions_removed: HashMap<String, i64>,
}

/// A what-if run.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct WhatIfRunView {
    pub id: WhatIfRunId,
    pub job_id: JobId,
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
    pub org_id: Option<OrgId>,
    pub person_ids: Vec<PersonId>,
    pub drafts: Vec<DraftView>,
    pub state: JobState,
    /// People that are compared.
    pub progress_done: i64,
    /// All people of the run; absent while they are not counted.
    pub progress_total: Option<i64>,
    pub error: Option<JobErrorView>,
    /// Dates that publishing would change.
    pub changes: WhatIfSumsView,
    /// Dates in locked periods: publishing would leave them and make adjustments.
    pub adjustments: WhatIfSumsView,
    /// There are more differences than are kept; the sums hold all.
    pub truncated: bool,
    /// Absent: the program by itself.
    pub author_id: Option<UserId>,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
}

impl Example for WhatIfRunView {
    fn example() -> Self {
        let draft = DraftView {
            kind: "punch_rule".to_owned(),
            code: "P3".to_owned(),
            effective_from: Some(march(1)),
        };
        let overtime =
            ("weekday_overtime_minutes".to_owned(), ItemSumView { days: 18, delta: -243 });
        let changes = WhatIfSumsView {
            people: 12,
            days: 18,
            items: HashMap::from([overtime]),
            ..WhatIfSumsView::default()
        };
        Self {
            id: WhatIfRunId(7),
            job_id: JobId(21),
            name: "加班取整改为半小时".to_owned(),
            from: march(1),
            to: march(31),
            org_id: None,
            person_ids: Vec::new(),
            drafts: vec![draft],
            state: JobState::Done,
            progress_done: 300,
            progress_total: Some(300),
            error: None,
            changes,
            adjustments: WhatIfSumsView::default(),
            truncated: false,
            author_id: Some(UserId(2)),
            created_at: utc(31, "02:00:00"),
            finished_at: Some(utc(31, "02:00:09")),
        }
    }
}

impl Item for WhatIfRunView {}

/// A date before or after.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WhatIfSideView {
    pub state: String,
    pub day_type: Option<String>,
    pub shift: Option<String>,
    pub scheme_id: Option<RuleId>,
    /// Every numeric item of the day.
    pub items: HashMap<String, i32>,
}

/// An item that differs.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct ItemChangeView {
    pub item: String,
    pub before: i32,
    pub after: i32,
}

/// A date of a person that the drafts change.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct WhatIfDayView {
    pub person_id: PersonId,
    /// Employee number.
    pub number: String,
    pub name: String,
    pub work_date: LocalDate,
    /// Department of the date, as position and employment kind.
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    /// Lies in a locked period: publishing would make adjustments.
    pub locked: bool,
    /// Names of what differs: items, `state`, `day_type`, `shift`, `exceptions`; `detail` where only points or counts
    /// per band do.
    pub changed: Vec<String>,
    pub changes: Vec<ItemChangeView>,
    /// Absent: there is no result of the date.
    pub before: Option<WhatIfSideView>,
    /// Absent: there would be no result of the date.
    pub after: Option<WhatIfSideView>,
    pub exceptions_added: Vec<FindingView>,
    pub exceptions_removed: Vec<FindingView>,
}

impl Example for WhatIfDayView {
    fn example() -> Self {
        let item = "weekday_overtime_minutes".to_owned();
        Self {
            person_id: PersonId(2),
            number: "E00387".to_owned(),
            name: "王芳".to_owned(),
            work_date: march(18),
            org_id: Some(OrgId(3)),
            position_id: Some(PositionId(1)),
            employment_kind: Some(EmploymentKind::FullTime),
            locked: false,
            changed: vec![item.clone()],
            changes: vec![ItemChangeView { item, before: 167, after: 150 }],
            before: Some(side_with(167)),
            after: Some(side_with(150)),
            exceptions_added: Vec::new(),
            exceptions_removed: Vec::new(),
        }
    }
}

/// A working day of eight hours, then overtime.
fn side_with(overtime: i32) -> WhatIfSideView {
    let items = [
        ("due_tenths", 4800),
        ("actual_tenths", 4800),
        ("regular_minutes", 480),
        ("late_tenths", 0),
        ("late_raw_minutes", 0),
        ("late_count", 0),
        ("early_tenths", 0),
        ("early_raw_minutes", 0),
        ("early_count", 0),
        ("absence_tenths", 0),
        ("absence_days_hundredths", 0),
        ("shortfall_minutes", 0),
        ("weekday_overtime_minutes", overtime),
        ("rest_overtime_minutes", 0),
        ("holiday_overtime_minutes", 0),
        ("unconfirmed_minutes", 0),
        ("presence_minutes", 707),
        ("night_minutes", 0),
        ("leave_minutes", 0),
    ];
    WhatIfSideView {
        state: "final".to_owned(),
        day_type: Some("work".to_owned()),
        shift: Some("D1".to_owned()),
        scheme_id: Some(RuleId(12)),
        items: items.map(|(name, n)| (name.to_owned(), n)).into(),
    }
}

impl Item for WhatIfDayView {}

/// A run that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct WhatIfDeletedView {
    pub deleted: bool,
}

impl Example for WhatIfDeletedView {
    fn example() -> Self {
        Self { deleted: true }
    }
}
