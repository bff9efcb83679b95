//! The checks, one function per reach: a date, two neighbours, a run, a week, a month.

use vocabulary::LocalDate;

use super::{DAY, Finding, PlannedDay, Protection, Work, standard_minutes};
use crate::Service;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warn,
    /// A save that would cause it is refused.
    Block,
}

impl Severity {
    pub const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Block];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    WeeklyRest,
    ConsecutiveDays,
    DailyHours,
    MonthlyOvertime,
    NightProtected,
    OvertimeProtected,
    PartTimeWeek,
    ShiftOverlap,
    RestBetween,
    OutOfService,
}

/// A check with what it is by default.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub check: Check,
    pub code: &'static str,
    pub severity: Severity,
    /// The default limit, the least and the most it may be; `None` = the check has none.
    pub limit: Option<(i32, i32, i32)>,
    pub zh: &'static str,
    pub en: &'static str,
    pub source: &'static str,
}

use Severity::{Block, Warn};

/// All checks.
pub const CHECKS: &[Rule] = &[
    Rule {
        check: Check::WeeklyRest,
        code: "weekly_rest",
        severity: Warn,
        limit: Some((1_440, 1_440, 4_320)),
        zh: "每周连续休息（分钟）",
        en: "Unbroken rest in every week (minutes)",
        source: "劳动法第38条；劳办发〔1994〕289号第38条：每周至少一次24小时不间断的休息",
    },
    Rule {
        check: Check::ConsecutiveDays,
        code: "consecutive_days",
        severity: Warn,
        limit: Some((6, 1, 31)),
        zh: "连续工作天数",
        en: "Working days in a row",
        source: "全国年节及纪念日放假办法第7条：连续工作一般不超过6天",
    },
    Rule {
        check: Check::DailyHours,
        code: "daily_hours",
        severity: Warn,
        limit: Some((660, 240, 1_440)),
        zh: "每日排班与加班时长（分钟）",
        en: "Planned time of a date with overtime (minutes)",
        source: "劳动法第36条、第41条：每日8小时，延长不超过3小时",
    },
    Rule {
        check: Check::MonthlyOvertime,
        code: "monthly_overtime",
        severity: Warn,
        limit: Some((2_160, 0, 2_160)),
        zh: "每月超出标准工时（分钟）",
        en: "Planned time of a month beyond the standard (minutes)",
        source: "劳动法第41条：每月延长不超过36小时；标准工时为工作日×8小时（国务院令第174号）",
    },
    Rule {
        check: Check::NightProtected,
        code: "night_protected",
        severity: Block,
        limit: None,
        zh: "孕期、哺乳期、未成年工夜班",
        en: "Night work of protected people",
        source: "劳动法第61条、第63条；国务院令第619号第6条、第9条；夜班为22:00至次日06:00",
    },
    Rule {
        check: Check::OvertimeProtected,
        code: "overtime_protected",
        severity: Block,
        limit: None,
        zh: "孕期、哺乳期、未成年工加班",
        en: "Overtime of protected people",
        source: "劳动法第61条、第63条；国务院令第619号第6条、第9条",
    },
    Rule {
        check: Check::PartTimeWeek,
        code: "part_time_week",
        severity: Warn,
        limit: Some((1_440, 60, 1_440)),
        zh: "非全日制每周工时（分钟）",
        en: "Planned time of a week of part-time people (minutes)",
        source: "劳动合同法第68条：每周累计不超过24小时",
    },
    Rule {
        check: Check::ShiftOverlap,
        code: "shift_overlap",
        severity: Warn,
        limit: None,
        zh: "班次重叠（分钟）",
        en: "Overlap of shifts (minutes)",
        source: "同一时间只能上一个班次",
    },
    Rule {
        check: Check::RestBetween,
        code: "rest_between",
        severity: Warn,
        limit: Some((480, 60, 1_440)),
        zh: "班次之间的休息（分钟）",
        en: "Rest between shifts (minutes)",
        source: "企业制度（默认8小时）",
    },
    Rule {
        check: Check::OutOfService,
        code: "out_of_service",
        severity: Warn,
        limit: None,
        zh: "入职前、离职后或冻结期间排班",
        en: "Shifts before hire, after leaving or while frozen",
        source: "排班须在职",
    },
];

/// The check of this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    CHECKS.iter().find(|r| r.code == code)
}

impl Check {
    /// What is known of it. Every check stands in the list.
    pub fn rule(self) -> Option<&'static Rule> {
        CHECKS.iter().find(|r| r.check == self)
    }

    pub fn code(self) -> &'static str {
        self.rule().map_or("", |r| r.code)
    }
}

/// How serious each check is and where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits(Vec<(Check, Severity, i32)>);

impl Default for Limits {
    fn default() -> Self {
        let limit = |r: &Rule| r.limit.map_or(0, |(default, _, _)| default);
        Self(CHECKS.iter().map(|r| (r.check, r.severity, limit(r))).collect())
    }
}

impl Limits {
    pub fn set(&mut self, check: Check, severity: Severity, limit: i32) {
        if let Some(own) = self.0.iter_mut().find(|(c, _, _)| *c == check) {
            *own = (check, severity, limit);
        }
    }

    pub fn of(&self, check: Check) -> (Severity, i32) {
        let own = self.0.iter().find(|(c, _, _)| *c == check);
        own.map_or((Severity::Warn, 0), |(_, s, l)| (*s, *l))
    }
}

/// Collects what is found.
pub(super) struct Found<'a> {
    pub limits: &'a Limits,
    pub findings: Vec<Finding>,
}

impl Found<'_> {
    fn add(&mut self, check: Check, (from, to): (LocalDate, LocalDate), value: i32, excess: i32) {
        let (severity, limit) = self.limits.of(check);
        self.findings.push(Finding { check, severity, from, to, value, limit, excess });
    }

    /// What a date shows by itself.
    pub fn dates(&mut self, days: &[PlannedDay]) {
        let daily = self.limits.of(Check::DailyHours).1;
        for day in days {
            let at = (day.date, day.date);
            if day.written && day.service != Service::InService {
                let minutes = day.works.iter().map(|w| w.minutes).sum();
                self.add(Check::OutOfService, at, minutes, 1);
            }
            let minutes = day.minutes();
            if minutes > daily {
                self.add(Check::DailyHours, at, minutes, minutes - daily);
            }
            if day.protection.is_some() {
                self.protected(day);
            }
        }
    }

    fn protected(&mut self, day: &PlannedDay) {
        let at = (day.date, day.date);
        let night: i32 = day.working().iter().map(Work::night_minutes).sum();
        if night > 0 {
            self.add(Check::NightProtected, at, night, night);
        }
        let overtime: i32 = day.working().iter().filter(|w| w.overtime).map(|w| w.minutes).sum();
        if overtime > 0 {
            self.add(Check::OvertimeProtected, at, overtime, overtime);
        }
    }

    /// Overlap, and rest between the work of one date and that of the dates after it.
    pub fn neighbours(&mut self, days: &[PlannedDay]) {
        let rest = self.limits.of(Check::RestBetween).1;
        // The latest end so far, with its date.
        let mut last: Option<(LocalDate, i64)> = None;
        for day in days {
            let midnight = i64::from(day.date.days()) * i64::from(DAY);
            let mut works: Vec<&Work> = day.working().iter().filter(|w| !w.free).collect();
            works.sort_by_key(|w| (w.start, w.end));
            for work in works {
                let start = midnight + i64::from(work.start);
                let end = midnight + i64::from(work.end);
                if let Some((date, until)) = last {
                    let gap = i32::try_from(start - until).unwrap_or(i32::MAX);
                    let at = (date, day.date);
                    // Overtime that lies inside a break of the shift does not overlap it.
                    if gap < 0 && (date < day.date || !apart(day, work)) {
                        self.add(Check::ShiftOverlap, at, -gap, -gap);
                    } else if date < day.date && gap >= 0 && gap < rest {
                        self.add(Check::RestBetween, at, gap, rest - gap);
                    }
                }
                if last.is_none_or(|(_, until)| end > until) {
                    last = Some((day.date, end));
                }
            }
        }
    }

    /// Dates in a row with work.
    pub fn runs(&mut self, days: &[PlannedDay]) {
        let most = self.limits.of(Check::ConsecutiveDays).1;
        let mut run: Option<(LocalDate, LocalDate, i32)> = None;
        for day in days {
            if !day.working().is_empty() {
                run = Some(run.map_or((day.date, day.date, 1), |(f, _, n)| (f, day.date, n + 1)));
                continue;
            }
            self.end_run(run.take(), most);
        }
        self.end_run(run, most);
    }

    fn end_run(&mut self, run: Option<(LocalDate, LocalDate, i32)>, most: i32) {
        if let Some((from, to, n)) = run.filter(|(_, _, n)| *n > most) {
            self.add(Check::ConsecutiveDays, (from, to), n, n - most);
        }
    }

    /// Weeks from Monday to Sunday.
    pub fn weeks(&mut self, days: &[PlannedDay]) {
        let rest = self.limits.of(Check::WeeklyRest).1;
        let most = self.limits.of(Check::PartTimeWeek).1;
        let mut rests = days;
        while let Some(first) = rests.first() {
            let to = first.date.plus(7 - i32::from(first.date.weekday()));
            let length = rests.iter().take_while(|d| d.date <= to).count();
            let (week, after) = rests.split_at(length);
            let from = to.plus(-6);
            // The last night of the week before reaches into this one.
            let before = days.iter().find(|d| d.date == from.plus(-1));
            let whole = first.date == from && week.last().is_some_and(|d| d.date == to);
            if whole {
                let most = longest_rest(before, week);
                if most < rest && week.iter().all(|d| d.service == Service::InService) {
                    self.add(Check::WeeklyRest, (from, to), most, rest - most);
                }
            }
            let part: i32 = week.iter().filter(|d| d.part_time).map(PlannedDay::minutes).sum();
            if part > most {
                self.add(Check::PartTimeWeek, (from, to), part, part - most);
            }
            rests = after;
        }
    }

    /// Calendar months.
    pub fn months(&mut self, days: &[PlannedDay]) {
        let most = self.limits.of(Check::MonthlyOvertime).1;
        let mut rests = days;
        while let Some(first) = rests.first() {
            let month = (first.date.year(), first.date.month());
            let same = |d: &&PlannedDay| (d.date.year(), d.date.month()) == month;
            let (these, after) = rests.split_at(rests.iter().take_while(same).count());
            let whole =
                first.date.day() == 1 && these.last().is_some_and(|d| d.date.plus(1).day() == 1);
            if let (true, Some(last)) = (whole, these.last()) {
                let minutes: i32 = these.iter().map(PlannedDay::minutes).sum();
                let over = minutes - standard_minutes(these);
                if over > most {
                    self.add(Check::MonthlyOvertime, (first.date, last.date), over, over - most);
                }
            }
            rests = after;
        }
    }
}

/// Whether the paid time of a work has nothing in common with that of the other works of the date.
fn apart(day: &PlannedDay, work: &Work) -> bool {
    day.working().iter().filter(|w| !std::ptr::eq(*w, work)).all(|other| {
        let common = |a: &(i32, i32), b: &(i32, i32)| a.0 < b.1 && b.0 < a.1;
        !work.spans.iter().any(|a| other.spans.iter().any(|b| common(a, b)))
    })
}

/// The longest stretch of a week without work, in minutes.
fn longest_rest(before: Option<&PlannedDay>, week: &[PlannedDay]) -> i32 {
    const WEEK: i32 = 7 * DAY;
    let mut busy: Vec<(i32, i32)> = Vec::new();
    let mut offset = 0;
    if let Some(day) = before {
        busy.extend(day.working().iter().map(|w| (w.start - DAY, w.end - DAY)));
    }
    for day in week {
        busy.extend(day.working().iter().map(|w| (w.start + offset, w.end + offset)));
        offset += DAY;
    }
    busy.sort_unstable();
    let (mut at, mut longest) = (0, 0);
    for (start, end) in busy {
        longest = longest.max(start.clamp(0, WEEK) - at);
        at = at.max(end.clamp(0, WEEK));
    }
    longest.max(WEEK - at)
}

/// What somebody is protected as.
impl Protection {
    pub const ALL: [Self; 3] = [Self::Pregnant, Self::Nursing, Self::Minor];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Pregnant => "pregnant",
            Self::Nursing => "nursing",
            Self::Minor => "minor",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }
}
