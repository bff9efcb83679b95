//! Work calendars, their national data and assignments.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{BatchId, CalendarId, LocalDate, PersonId};

use crate::Item;
use crate::examples::march;

/// What a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum DateKind {
    /// 法定节假日
    Statutory,
    /// 休息日
    Rest,
    /// 工作日
    Workday,
}

/// Who listed a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum DateSource {
    /// The official schedule.
    National,
    /// A person.
    Manual,
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct CalendarView {
    pub id: CalendarId,
    pub code: String,
    pub name: String,
    /// 1 = Monday … 7 = Sunday.
    pub rest_weekdays: Vec<u8>,
    /// Used for people without an assignment.
    pub is_default: bool,
    /// Counts up with every change of dates.
    pub version: i32,
}

impl Example for CalendarView {
    fn example() -> Self {
        Self {
            id: CalendarId(2),
            code: "six".to_owned(),
            name: "做六休一".to_owned(),
            rest_weekdays: vec![7],
            is_default: false,
            version: 1,
        }
    }
}

impl Item for CalendarView {}

/// A calendar without dates. Its weekdays of rest never change; make another calendar and assign it
/// from a date on.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// 1 = Monday … 7 = Sunday, each at most once; none for people who work in shifts.
    #[oai(validator(max_items = 7))]
    pub rest_weekdays: Vec<u8>,
}

impl Example for CalendarCreate {
    fn example() -> Self {
        Self { code: "six".to_owned(), name: "做六休一".to_owned(), rest_weekdays: vec![7] }
    }
}

/// A listed date. Dates that are not listed follow their weekday.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct CalendarDateView {
    pub date: LocalDate,
    pub kind: DateKind,
    pub name: String,
    pub source: DateSource,
}

impl Example for CalendarDateView {
    fn example() -> Self {
        Self {
            date: march(36),
            kind: DateKind::Statutory,
            name: "清明节".to_owned(),
            source: DateSource::National,
        }
    }
}

impl Item for CalendarDateView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarDatePut {
    pub date: LocalDate,
    /// Absent = the date is not listed any more.
    pub kind: Option<DateKind>,
    #[oai(default, validator(max_length = 100))]
    pub name: String,
}

impl Example for CalendarDatePut {
    fn example() -> Self {
        Self {
            date: LocalDate::from_days(20_635),
            kind: Some(DateKind::Rest),
            name: "厂庆".to_owned(),
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarDatesPut {
    /// The version of the calendar this is based on.
    pub version: i32,
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub dates: Vec<CalendarDatePut>,
}

impl Example for CalendarDatesPut {
    fn example() -> Self {
        Self { version: 1, dates: vec![CalendarDatePut::example()] }
    }
}

/// What a change of dates has set in motion.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarChangedView {
    /// The version of the calendar now.
    pub version: i32,
    /// Dates whose entry changed.
    pub changed: i64,
    /// Spans of days of people that are computed again.
    pub marks: i64,
    /// The batches of these computations.
    pub batch_ids: Vec<BatchId>,
}

impl Example for CalendarChangedView {
    fn example() -> Self {
        Self { version: 2, changed: 1, marks: 128, batch_ids: vec![BatchId(6)] }
    }
}

/// A date that the import writes.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct NationalDateView {
    pub date: LocalDate,
    /// Absent = it is not listed any more, because the official schedule dropped it.
    pub kind: Option<DateKind>,
    pub name: String,
    /// What an earlier import wrote.
    pub before: Option<DateKind>,
}

/// A date that a person entered differently.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct NationalConflictView {
    pub date: LocalDate,
    pub ours: Option<DateKind>,
    pub our_name: String,
    pub national: DateKind,
    pub national_name: String,
}

/// What the import of a year does.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct NationalPreviewView {
    pub year: i32,
    pub additions: Vec<NationalDateView>,
    /// Kept unless the import is told to replace them.
    pub conflicts: Vec<NationalConflictView>,
    /// Dates that are already as the official schedule says.
    pub unchanged: i64,
}

impl Example for NationalPreviewView {
    fn example() -> Self {
        let addition = NationalDateView {
            date: march(36),
            kind: Some(DateKind::Statutory),
            name: "清明节".to_owned(),
            before: None,
        };
        let conflict = NationalConflictView {
            date: march(37),
            ours: Some(DateKind::Workday),
            our_name: "调班".to_owned(),
            national: DateKind::Rest,
            national_name: "清明节".to_owned(),
        };
        Self { year: 2026, additions: vec![addition], conflicts: vec![conflict], unchanged: 37 }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct NationalImportCreate {
    /// 2024, 2025 or 2026.
    pub year: i32,
    /// Also replace what people entered differently.
    #[oai(default)]
    pub replace: bool,
}

impl Example for NationalImportCreate {
    fn example() -> Self {
        Self { year: 2026, replace: false }
    }
}

/// A new name; the weekdays of rest never change.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarPatch {
    /// The version this is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
}

impl Example for CalendarPatch {
    fn example() -> Self {
        Self { version: 1, name: "做六休一（工厂）".to_owned() }
    }
}

/// What the import of a year would do to one calendar.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarPreviewView {
    pub calendar_id: CalendarId,
    /// Code of the calendar.
    pub calendar: String,
    pub preview: NationalPreviewView,
}

impl Example for CalendarPreviewView {
    fn example() -> Self {
        Self {
            calendar_id: CalendarId(2),
            calendar: "six".to_owned(),
            preview: NationalPreviewView::example(),
        }
    }
}

impl Item for CalendarPreviewView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct NationalImportsCreate {
    /// 2024, 2025 or 2026.
    pub year: i32,
    #[oai(validator(min_items = 1, max_items = 50))]
    pub calendar_ids: Vec<CalendarId>,
    /// Also replace what people entered differently.
    #[oai(default)]
    pub replace: bool,
}

impl Example for NationalImportsCreate {
    fn example() -> Self {
        Self { year: 2026, calendar_ids: vec![CalendarId(1), CalendarId(2)], replace: false }
    }
}

/// What an import has changed in one calendar.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct NationalImportedView {
    pub calendar_id: CalendarId,
    pub changes: CalendarChangedView,
}

impl Example for NationalImportedView {
    fn example() -> Self {
        Self { calendar_id: CalendarId(2), changes: CalendarChangedView::example() }
    }
}

impl Item for NationalImportedView {}

/// From a date on a person has this calendar.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarAssignmentPut {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Code of a calendar; absent = the entry of this date is removed and the one before goes on.
    #[oai(validator(max_length = 100))]
    pub calendar: Option<String>,
}

impl Example for CalendarAssignmentPut {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            valid_from: LocalDate::from_days(20_513),
            calendar: Some("six".to_owned()),
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CalendarAssignmentsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub assignments: Vec<CalendarAssignmentPut>,
}

impl Example for CalendarAssignmentsPut {
    fn example() -> Self {
        Self { assignments: vec![CalendarAssignmentPut::example()] }
    }
}

/// One entry of the timeline of a person. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct CalendarAssignmentView {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    pub calendar_id: CalendarId,
    pub calendar: String,
}

impl Example for CalendarAssignmentView {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            valid_from: march(1),
            calendar_id: CalendarId(2),
            calendar: "six".to_owned(),
        }
    }
}

impl Item for CalendarAssignmentView {}
