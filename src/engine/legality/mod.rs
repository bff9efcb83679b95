//! Checks of a plan against the law and the policy of the employer (domain 11.4, regulations 1, 2, 9 and 13). Pure: the
//! planned dates of one person in, findings out.

mod rules;

use smallvec::SmallVec;
use vocabulary::LocalDate;

use crate::{DateKind, Service, Shift, ShiftKind};

pub use rules::{CHECKS, Check, Limits, Rule, Severity, rule};

/// Minutes of a date.
const DAY: i32 = 1_440;
/// The night begins (22:00).
const NIGHT_FROM: i32 = 22 * 60;
/// It ends (06:00).
const NIGHT_TO: i32 = 6 * 60;
/// Minutes of a standard day (Order 174 of 1995, Art. 3).
pub const STANDARD_DAY: i32 = 480;

/// A planned stretch of work, in minutes from 00:00 of its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    pub start: i32,
    pub end: i32,
    /// Paid minutes inside, in order.
    pub spans: SmallVec<[(i32, i32); 4]>,
    /// Minutes that count; of a shift without times those of its days.
    pub minutes: i32,
    /// A shift of kind OT or overtime that was ordered.
    pub overtime: bool,
    /// Without clock times.
    pub free: bool,
}

impl Work {
    /// What a shift plans.
    pub fn of(shift: &Shift) -> Self {
        let overtime = shift.kind == ShiftKind::Ot;
        let (Some(first), Some(last)) = (shift.segments.first(), shift.segments.last()) else {
            let days = shift.day_equivalent_hundredths.unwrap_or(100);
            let minutes = days.saturating_mul(STANDARD_DAY) / 100;
            let spans = SmallVec::new();
            return Self { start: 0, end: DAY, spans, minutes, overtime, free: true };
        };
        let mut spans: SmallVec<[(i32, i32); 4]> = SmallVec::new();
        for segment in &shift.segments {
            cut(&mut spans, (segment.start, segment.end), shift);
        }
        let minutes = spans.iter().map(|(s, e)| e - s).sum();
        Self { start: first.start, end: last.end, spans, minutes, overtime, free: false }
    }

    /// A block of ordered overtime.
    pub fn ordered(start: i32, end: i32, breaks: i32) -> Self {
        let minutes = (end - start - breaks).max(0);
        let spans = SmallVec::from_slice(&[(start, end)]);
        Self { start, end, spans, minutes, overtime: true, free: false }
    }

    /// Minutes between 22:00 and 06:00.
    pub fn night_minutes(&self) -> i32 {
        let bands = [(-DAY + NIGHT_FROM, NIGHT_TO), (NIGHT_FROM, DAY + NIGHT_TO)];
        let bands = bands.into_iter().chain([(DAY + NIGHT_FROM, 2 * DAY + NIGHT_TO)]);
        bands.map(|band| self.spans.iter().map(|s| common(*s, band)).sum::<i32>()).sum()
    }
}

fn common(a: (i32, i32), b: (i32, i32)) -> i32 {
    (a.1.min(b.1) - a.0.max(b.0)).max(0)
}

/// Adds a span without the breaks of the shift.
fn cut(spans: &mut SmallVec<[(i32, i32); 4]>, span: (i32, i32), shift: &Shift) {
    let mut breaks: SmallVec<[(i32, i32); 4]> =
        shift.breaks.iter().map(|b| (b.start, b.end)).collect();
    breaks.sort_unstable();
    let (mut at, end) = span;
    for (from, to) in breaks {
        if to <= at || from >= end {
            continue;
        }
        if from > at {
            spans.push((at, from));
        }
        at = at.max(to);
    }
    if at < end {
        spans.push((at, end));
    }
}

/// Who is protected by law on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// Pregnant for seven months or more.
    Pregnant,
    /// Nursing a child under one year.
    Nursing,
    /// 16 or 17 years old.
    Minor,
}

/// A planned date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDay {
    pub date: LocalDate,
    pub kind: DateKind,
    pub service: Service,
    /// Shifts stand in a cell of this date, whether or not they count.
    pub written: bool,
    pub works: SmallVec<[Work; 2]>,
    pub protection: Option<Protection>,
    pub part_time: bool,
}

impl PlannedDay {
    /// The work that counts: only who is in service works.
    pub fn working(&self) -> &[Work] {
        if self.service == Service::InService { &self.works } else { &[] }
    }

    pub fn minutes(&self) -> i32 {
        self.working().iter().map(|w| w.minutes).sum()
    }
}

/// Something that is not as it should be. `from` and `to` are the dates it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    pub check: Check,
    pub severity: Severity,
    pub from: LocalDate,
    pub to: LocalDate,
    /// What was found, in the unit of the check.
    pub value: i32,
    /// What is allowed.
    pub limit: i32,
    /// How much it breaks the limit; more is worse.
    pub excess: i32,
}

impl Finding {
    pub fn touches(&self, date: LocalDate) -> bool {
        self.from <= date && date <= self.to
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Whether something that was there before is as bad as this.
    pub fn was_there(&self, before: &[Self]) -> bool {
        before.iter().any(|b| b.check == self.check && b.overlaps(self) && b.excess >= self.excess)
    }
}

/// Checks the plan of one person. The dates follow one another; weeks and months that are not whole in them are not
/// judged by what is missing in them.
pub fn check(days: &[PlannedDay], limits: &Limits) -> Vec<Finding> {
    let mut found = rules::Found { limits, findings: Vec::new() };
    found.dates(days);
    found.neighbours(days);
    found.runs(days);
    found.weeks(days);
    found.months(days);
    found.findings
}

/// Minutes of standard time: that of the workdays in service.
pub fn standard_minutes(days: &[PlannedDay]) -> i32 {
    let due = |d: &&PlannedDay| d.kind == DateKind::Workday && d.service == Service::InService;
    i32::try_from(days.iter().filter(due).count()).unwrap_or(i32::MAX).saturating_mul(STANDARD_DAY)
}
