//! Shifts, rosters, default shifts and temporary overtime.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{
    BatchId, Instant, LocalDate, PersonId, ShiftId, ShiftVersionId, UserId, WallTime,
};

use crate::Item;
use crate::examples::{march, utc, wall};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ShiftKind {
    /// Fixed or flexible times.
    #[default]
    Normal,
    /// The whole shift is overtime.
    Ot,
    /// No fixed times.
    Free,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PunchPoints {
    /// First in, last out.
    #[default]
    TwoPoint,
    /// In and out of every segment.
    PerSegment,
}

/// A stretch of clock time, counted from 00:00 of the attendance date: `30:00` is 06:00 of the next
/// day.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(deny_unknown_fields)]
pub struct ClockSpan {
    /// `HH:MM`, `00:00` to `48:00`.
    #[oai(validator(pattern = "^[0-4][0-9]:[0-5][0-9]$"))]
    pub start: String,
    /// `HH:MM`, `00:00` to `48:00`, after the start.
    #[oai(validator(pattern = "^[0-4][0-9]:[0-5][0-9]$"))]
    pub end: String,
}

/// A shift (班次).
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(example, deny_unknown_fields)]
pub struct ShiftBody {
    #[oai(default)]
    pub kind: ShiftKind,
    /// 1 to 4 working segments, ascending, not overlapping; none for kind `free`. The first starts
    /// at 35:59 at the latest; from first start to last end at most 24 hours.
    #[oai(default, validator(max_items = 4))]
    pub segments: Vec<ClockSpan>,
    /// Unpaid breaks inside segments or behind them.
    #[oai(default, validator(max_items = 20))]
    pub breaks: Vec<ClockSpan>,
    #[oai(default)]
    pub points: PunchPoints,
    /// How many minutes earlier one may come and go. Shorter than the last segment.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "480")))]
    pub early_flex_minutes: i32,
    /// How many minutes later one may come and go. Shorter than the first segment.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "480")))]
    pub late_flex_minutes: i32,
    /// Days one such shift counts for, at most 2 decimals; null = due time by the standard day.
    #[oai(nullable, default, validator(minimum(value = "0"), maximum(value = "9")))]
    pub day_equivalent: Option<f64>,
    /// After which segment the first half of the shift ends; null = at the minute that halves the due time.
    #[oai(nullable, default, validator(minimum(value = "1"), maximum(value = "3")))]
    pub half_day_after: Option<i32>,
}

impl Example for ShiftBody {
    fn example() -> Self {
        let span = |start: &str, end: &str| ClockSpan { start: start.into(), end: end.into() };
        Self {
            kind: ShiftKind::Normal,
            segments: vec![span("08:00", "12:00"), span("13:00", "17:00")],
            breaks: Vec::new(),
            points: PunchPoints::TwoPoint,
            early_flex_minutes: 0,
            late_flex_minutes: 0,
            day_equivalent: None,
            half_day_after: Some(1),
        }
    }
}

/// A new version of a shift. The first version makes the shift.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct ShiftVersionCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`. `rest` is reserved.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Name for people; absent = as before (of a new shift: its code).
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// First attendance date with this version, 2000-01-01 to 2099-12-31.
    pub effective_from: LocalDate,
    /// Number of the newest version known to the author, 0 = the shift is new. Another number than
    /// the present one is refused. Absent = not checked.
    #[oai(validator(minimum(value = "0")))]
    pub expected_version: Option<i32>,
    pub body: ShiftBody,
}

impl Example for ShiftVersionCreate {
    fn example() -> Self {
        Self {
            code: "D1".to_owned(),
            name: Some("白班".to_owned()),
            effective_from: LocalDate::from_days(20_454),
            expected_version: Some(0),
            body: ShiftBody::example(),
        }
    }
}

/// A published version of a shift. It never changes.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ShiftVersionView {
    pub id: ShiftVersionId,
    pub shift_id: ShiftId,
    /// 1, 2, 3 …
    pub version: i32,
    pub effective_from: LocalDate,
    pub published_at: Instant,
    pub published_by: Option<UserId>,
    pub body: ShiftBody,
    /// First and second half; none without clock times.
    pub halves: Vec<ClockSpan>,
}

impl Example for ShiftVersionView {
    fn example() -> Self {
        Self {
            id: ShiftVersionId(3),
            shift_id: ShiftId(1),
            version: 1,
            effective_from: march(1),
            published_at: utc(1, "01:30:00"),
            published_by: Some(UserId(2)),
            body: ShiftBody::example(),
            halves: ShiftBody::example().segments,
        }
    }
}

impl Item for ShiftVersionView {}

/// A shift with the version of the date asked for.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ShiftView {
    pub id: ShiftId,
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    /// `#RRGGBB`.
    pub color: Option<String>,
    /// From this date on nobody is given it any more.
    pub retired_from: Option<LocalDate>,
    /// Counts changes of name, short name, colour and retirement.
    pub edition: i32,
    /// Number of the newest version.
    pub latest_version: i32,
    /// The version in effect on the date; absent = none yet.
    pub current: Option<ShiftVersionView>,
}

impl Example for ShiftView {
    fn example() -> Self {
        Self {
            id: ShiftId(1),
            code: "D1".to_owned(),
            name: "白班".to_owned(),
            short_name: Some("白".to_owned()),
            color: Some("#2F80ED".to_owned()),
            retired_from: None,
            edition: 2,
            latest_version: 1,
            current: Some(ShiftVersionView::example()),
        }
    }
}

impl Item for ShiftView {}

/// How a shift is shown. What is left out is taken away.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ShiftPut {
    /// The edition this is based on.
    pub edition: i32,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    #[oai(validator(min_length = 1, max_length = 8))]
    pub short_name: Option<String>,
    /// `#RRGGBB`.
    #[oai(validator(pattern = "^#[0-9A-Fa-f]{6}$"))]
    pub color: Option<String>,
    /// From this date on nobody is given it any more.
    pub retired_from: Option<LocalDate>,
}

impl Example for ShiftPut {
    fn example() -> Self {
        Self {
            edition: 1,
            name: "白班".to_owned(),
            short_name: Some("白".to_owned()),
            color: Some("#2F80ED".to_owned()),
            retired_from: None,
        }
    }
}

/// What a publication has set in motion.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct ShiftPublishedView {
    pub shift_id: ShiftId,
    pub version_id: ShiftVersionId,
    pub version: i32,
    /// People whose days are computed again.
    pub people: i64,
    /// The batch of these computations.
    pub batch_id: BatchId,
}

impl Example for ShiftPublishedView {
    fn example() -> Self {
        Self {
            shift_id: ShiftId(1),
            version_id: ShiftVersionId(3),
            version: 1,
            people: 128,
            batch_id: BatchId(7),
        }
    }
}

/// What stands in a roster cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CellKind {
    /// A rest day.
    Rest,
    /// The shifts of `shifts`.
    Shifts,
    /// Nothing: the cell is removed.
    Empty,
}

/// One cell of the roster.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CellPut {
    pub person_id: PersonId,
    pub date: LocalDate,
    pub kind: CellKind,
    /// Codes of shifts, at most one that is not of kind `ot`. Only with kind `shifts`.
    #[oai(default, validator(max_items = 4))]
    pub shifts: Vec<String>,
    /// The version of the cell this change is based on, 0 = there is none. Absent = not checked.
    #[oai(validator(minimum(value = "0")))]
    pub expected_version: Option<i32>,
}

impl Example for CellPut {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            date: LocalDate::from_days(20_522),
            kind: CellKind::Shifts,
            shifts: vec!["D1".to_owned()],
            expected_version: None,
        }
    }
}

/// Cells to be written; each row has its own outcome.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CellsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub cells: Vec<CellPut>,
}

impl Example for CellsPut {
    fn example() -> Self {
        Self { cells: vec![CellPut::example()] }
    }
}

/// Removes all cells of people in a span of dates.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CellsClear {
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub person_ids: Vec<PersonId>,
    pub from: LocalDate,
    /// At most 366 days.
    pub to: LocalDate,
}

impl Example for CellsClear {
    fn example() -> Self {
        Self {
            person_ids: vec![PersonId(1), PersonId(2)],
            from: LocalDate::from_days(20_522),
            to: LocalDate::from_days(20_528),
        }
    }
}

/// How many cells were removed.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CellsClearedView {
    pub cleared: i64,
}

impl Example for CellsClearedView {
    fn example() -> Self {
        Self { cleared: 14 }
    }
}

/// A written cell.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct CellView {
    pub date: LocalDate,
    pub kind: CellKind,
    /// Codes of shifts.
    pub shifts: Vec<String>,
    /// `manual`, `import`, `generated`.
    pub source: String,
    pub version: i32,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

/// The roster of one person; dates without a cell are left out.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterRowView {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub cells: Vec<CellView>,
}

impl Example for RosterRowView {
    fn example() -> Self {
        let cell = |day: i32, kind: CellKind, shifts: &[&str]| CellView {
            date: march(day),
            kind,
            shifts: shifts.iter().map(ToString::to_string).collect(),
            source: "manual".to_owned(),
            version: 1,
            author_id: Some(UserId(2)),
            at: utc(6, "08:12:30"),
        };
        Self {
            person_id: PersonId(1),
            number: "E00421".to_owned(),
            name: "李娜".to_owned(),
            cells: vec![cell(13, CellKind::Shifts, &["D1"]), cell(14, CellKind::Rest, &[])],
        }
    }
}

impl Item for RosterRowView {}

/// From a date on a person follows the calendar with this shift on workdays.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DefaultShiftPut {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Code of a shift that is not of kind `ot`; absent = the person follows the roster.
    pub shift: Option<String>,
}

impl Example for DefaultShiftPut {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            valid_from: LocalDate::from_days(20_513),
            shift: Some("D1".to_owned()),
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DefaultShiftsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub assignments: Vec<DefaultShiftPut>,
}

impl Example for DefaultShiftsPut {
    fn example() -> Self {
        Self { assignments: vec![DefaultShiftPut::example()] }
    }
}

/// One entry of the timeline of a person. It holds until the next one.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DefaultShiftView {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Absent = the person follows the roster.
    pub shift_id: Option<ShiftId>,
    pub shift: Option<String>,
}

impl Example for DefaultShiftView {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            valid_from: march(1),
            shift_id: Some(ShiftId(1)),
            shift: Some("D1".to_owned()),
        }
    }
}

impl Item for DefaultShiftView {}

/// A stretch of local wall time.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct WallSpanBody {
    /// Whole minutes.
    pub start: WallTime,
    /// Whole minutes, after the start.
    pub end: WallTime,
}

/// Overtime ordered by the employer (临时加班) for one or several people.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TemporaryOvertimeCreate {
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub person_ids: Vec<PersonId>,
    /// Attendance date.
    pub date: LocalDate,
    /// Whole minutes of the local wall clock, on the attendance date or the day before or after.
    pub start: WallTime,
    /// After the start, at most 24 hours.
    pub end: WallTime,
    /// Unpaid breaks inside.
    #[oai(default, validator(max_items = 20))]
    pub breaks: Vec<WallSpanBody>,
    /// Unpaid minutes without fixed place.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "1440")))]
    pub break_minutes: i32,
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Example for TemporaryOvertimeCreate {
    fn example() -> Self {
        let date = LocalDate::from_days(20_522);
        Self {
            person_ids: vec![PersonId(1), PersonId(2)],
            date,
            start: WallTime::on(date, 18 * 3600),
            end: WallTime::on(date, 21 * 3600),
            breaks: Vec::new(),
            break_minutes: 0,
            reason: "盘点".to_owned(),
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TemporaryOvertimeView {
    pub id: String,
    pub person_id: PersonId,
    pub date: LocalDate,
    pub start: WallTime,
    pub end: WallTime,
    pub breaks: Vec<WallSpanBody>,
    pub break_minutes: i32,
    pub reason: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    /// Present = it was revoked and does not count.
    pub revoked_at: Option<Instant>,
}

impl Example for TemporaryOvertimeView {
    fn example() -> Self {
        Self {
            id: "12".to_owned(),
            person_id: PersonId(1),
            date: march(17),
            start: wall(17, "18:00:00"),
            end: wall(17, "21:00:00"),
            breaks: Vec::new(),
            break_minutes: 0,
            reason: "盘点".to_owned(),
            author_id: Some(UserId(2)),
            at: utc(16, "03:20:00"),
            revoked_at: None,
        }
    }
}

impl Item for TemporaryOvertimeView {}
