//! The plan of a date (domain 15.2, 15.3 and the points and window of 15.4): everything that is known
//! before any punch. Minutes count from 00:00 of the date.

use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::Arc;

use smallvec::SmallVec;
use vocabulary::{LocalDate, WallTime};

use super::Facts;
use super::spans::{DAY, Spans};
use crate::{
    AbnormalRule, Cell, DateKind, DayFacts, DayType, OutOfWindowAction, PunchPoints, Request,
    RequestKind, Scheme, Section, Service, Shift, ShiftKind,
};

/// What the sections of a scheme are called inside the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionName {
    Workday,
    Weekday,
    Rest,
    Holiday,
}

impl SectionName {
    pub fn of(self, scheme: &Scheme) -> &Section {
        match self {
            Self::Workday => &scheme.workday,
            Self::Weekday => &scheme.weekday_ot,
            Self::Rest => &scheme.rest_ot,
            Self::Holiday => &scheme.holiday_ot,
        }
    }
}

/// A planned block of overtime: one or more forms, orders or OT shifts that touch.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub start: i32,
    pub end: i32,
    /// Breaks given in minutes only.
    pub break_minutes: i32,
    pub joined: bool,
}

impl Block {
    pub fn spans(&self) -> Spans {
        Spans::of(self.start, self.end)
    }
}

/// What a pair of punch points belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The shift, or one segment of it.
    Shift,
    /// The united joined blocks of a shift that has no due time left.
    United,
    /// A separate block, by index.
    Block(usize),
}

/// A pair of punch points in time order: IN and OUT with what lies between.
#[derive(Clone, Copy, Debug)]
pub struct SpanPlan {
    pub owner: Owner,
    /// Nominal sign-in.
    pub start: i32,
    /// Nominal sign-out.
    pub end: i32,
    /// The segment it stands for (the whole shift if two-point).
    pub segment: (i32, i32),
    pub needs_punch: bool,
}

/// Due minutes an approved request takes over.
#[derive(Clone, Debug)]
pub struct Cover<'f> {
    pub request: &'f Request,
    pub own: Spans,
    /// Minutes that another request had taken before.
    pub overlap: i32,
}

/// When punches can belong to the date, in seconds of the wall clock; both ends inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub open: i64,
    pub close: i64,
    /// Begin and end of the work it surrounds.
    pub work_start: i64,
    pub work_end: i64,
}

impl Window {
    const fn later(self, seconds: i64) -> Self {
        Self {
            open: self.open + seconds,
            close: self.close + seconds,
            work_start: self.work_start + seconds,
            work_end: self.work_end + seconds,
        }
    }
}

/// What a date demands, in minutes from 00:00 of the date: the same for all dates that are alike.
#[derive(Debug)]
pub struct Layout<'f> {
    /// What it was made from.
    day: Option<&'f DayFacts<'f>>,
    /// A request or an order may have made it different from that of other dates.
    touched: bool,
    pub scheme: Option<&'f Scheme>,
    pub service: Service,
    pub day_type: DayType,
    /// Section of the shift (C of 15.2).
    pub shift_section: SectionName,
    /// Section of overtime (O of 15.2).
    pub overtime_section: SectionName,
    pub shift: Option<&'f Shift>,
    pub free: Option<&'f Shift>,
    pub empty_cell: bool,
    /// Nominal start and end of the shift.
    pub start: i32,
    pub end: i32,
    pub due: Spans,
    pub blocks: SmallVec<[Block; 1]>,
    /// All breaks given as clock times: of the shift, of OT shifts, of forms and orders.
    pub breaks: Spans,
    pub covers: SmallVec<[Cover<'f>; 1]>,
    pub eff: Spans,
    pub spans: SmallVec<[SpanPlan; 2]>,
    /// Counted from 00:00 of the date.
    window: Option<Window>,
}

/// The plan of one date.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'p, 'f> {
    pub date: LocalDate,
    layout: &'p Layout<'f>,
}

impl<'f> Deref for Plan<'_, 'f> {
    type Target = Layout<'f>;

    fn deref(&self) -> &Layout<'f> {
        self.layout
    }
}

impl<'p, 'f> Plan<'p, 'f> {
    pub const fn new(date: LocalDate, layout: &'p Layout<'f>) -> Self {
        Self { date, layout }
    }

    /// `[W0, W1]` around the shift with its joined blocks, the separate blocks and all points.
    pub fn window(&self) -> Option<Window> {
        self.layout.window.map(|w| w.later(second_of(self.date, 0)))
    }
}

/// Minutes from 00:00 of `date` to `t`, kept within a few days.
pub fn minutes_from(date: LocalDate, t: WallTime) -> i32 {
    const FAR: i64 = 1_000_000;
    let seconds = t.seconds() - WallTime::on(date, 0).seconds();
    i32::try_from(seconds.div_euclid(60).clamp(-FAR, FAR)).unwrap_or(0)
}

/// Whether a leave-like request can cover due time of `date`.
fn is_leave_near(request: &Request, date: LocalDate) -> bool {
    request.kind.kind == RequestKind::Leave
        && minutes_from(date, request.span.end) > -DAY
        && minutes_from(date, request.span.start) < 3 * DAY
}

/// Whether a request is a form for overtime of `date`.
pub fn is_overtime_of(request: &Request, date: LocalDate) -> bool {
    request.kind.kind == RequestKind::Overtime
        && request.date.unwrap_or_else(|| request.span.start.date()) == date
}

/// Whether two dates have the same roster under the same scheme. Equal shifts that are different objects do not
/// count as the same.
fn are_alike(a: &DayFacts<'_>, b: &DayFacts<'_>) -> bool {
    let cells = match (a.cell, b.cell) {
        (Cell::Shifts(x), Cell::Shifts(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| Arc::ptr_eq(x, y))
        }
        (Cell::Rest, Cell::Rest) | (Cell::Empty, Cell::Empty) => true,
        _ => false,
    };
    let schemes = match (a.scheme, b.scheme) {
        (Some(x), Some(y)) => std::ptr::eq(x, y),
        (x, y) => x.is_none() && y.is_none(),
    };
    cells && schemes && a.kind == b.kind && a.service == b.service
}

/// Seconds since 1970 of a minute of `date`.
pub fn second_of(date: LocalDate, minute: i32) -> i64 {
    WallTime::on(date, i64::from(minute) * 60).seconds()
}

impl<'f> Layout<'f> {
    pub fn c(&self) -> Option<&'f Section> {
        self.scheme.map(|s| self.shift_section.of(s))
    }

    pub fn o(&self) -> Option<&'f Section> {
        self.scheme.map(|s| self.overtime_section.of(s))
    }

    /// The section whose rules govern windows, flags and surplus punches.
    pub fn window_section(&self) -> Option<&'f Section> {
        self.scheme.map(|s| self.window_name().of(s))
    }

    pub const fn window_name(&self) -> SectionName {
        if self.shift.is_some() { self.shift_section } else { self.overtime_section }
    }

    pub fn section_of(&self, owner: Owner) -> Option<&'f Section> {
        if owner == Owner::Shift { self.c() } else { self.o() }
    }

    /// Workday deduction in force (15.8).
    pub fn deduction(&self) -> Option<i32> {
        let c = self.c()?;
        let works = c.punch && self.day_type == DayType::Work && self.shift.is_some();
        if works { c.deduct_minutes } else { None }
    }

    /// Minutes by which a punch may miss the window.
    pub fn extend(&self) -> Option<i64> {
        self.window?;
        match self.window_section()?.abnormal_rule.as_deref().map(|r| r.out_of_window) {
            Some(OutOfWindowAction::Extend(n)) => Some(i64::from(n) * 60),
            _ => None,
        }
    }

    /// Whether the date has a NORMAL or FREE shift.
    pub fn works(&self) -> bool {
        self.shift.is_some() || self.free.is_some()
    }

    pub fn abnormal(section: Option<&'f Section>) -> &'f AbnormalRule {
        section.and_then(|s| s.abnormal_rule.as_deref()).unwrap_or(&AbnormalRule::X2)
    }

    /// Nothing is planned: not in service, frozen, or without scheme.
    fn idle(day: Option<&'f DayFacts<'f>>, service: Service) -> Self {
        Self {
            day,
            touched: false,
            scheme: day.and_then(|d| d.scheme),
            service,
            day_type: DayType::Rest,
            shift_section: SectionName::Workday,
            overtime_section: SectionName::Rest,
            shift: None,
            free: None,
            empty_cell: false,
            start: 0,
            end: 0,
            due: Spans::EMPTY,
            blocks: SmallVec::new(),
            breaks: Spans::EMPTY,
            covers: SmallVec::new(),
            eff: Spans::EMPTY,
            spans: SmallVec::new(),
            window: None,
        }
    }

    /// Whether `date` has this layout too: nearly every date is like one before.
    pub fn serves(&self, facts: &Facts<'_>, date: LocalDate) -> bool {
        let touches = |r: &Request| is_leave_near(r, date) || is_overtime_of(r, date);
        let (Some(own), Some(other), false) = (self.day, facts.day(date), self.touched) else {
            return false;
        };
        are_alike(own, other)
            && !facts.requests.iter().any(touches)
            && !facts.temporary_overtime.iter().any(|t| t.date == date)
    }

    pub fn of(facts: &'f Facts<'f>, date: LocalDate) -> Self {
        let day = facts.day(date);
        let service = day.map_or(Service::NotEmployed, |d| d.service);
        let mut plan = Self::idle(day, service);
        let (Some(day), Some(scheme), Service::InService) = (day, plan.scheme, service) else {
            return plan;
        };
        let shifts = match day.cell {
            Cell::Shifts(s) => s,
            Cell::Empty => {
                plan.empty_cell = true;
                &[]
            }
            Cell::Rest => &[],
        };
        for shift in shifts {
            match shift.kind {
                ShiftKind::Normal => plan.shift = Some(shift),
                ShiftKind::Free => plan.free = Some(shift),
                ShiftKind::Ot => {}
            }
        }
        plan.choose_sections(day.kind);
        plan.lay_shift();
        plan.lay_blocks(facts, date, shifts);
        plan.join_blocks(scheme);
        plan.lay_covers(facts, date);
        plan.lay_spans();
        plan.lay_window();
        plan
    }

    fn choose_sections(&mut self, kind: DateKind) {
        (self.day_type, self.shift_section, self.overtime_section) = if kind == DateKind::Statutory
        {
            (DayType::Holiday, SectionName::Holiday, SectionName::Holiday)
        } else if self.works() {
            (DayType::Work, SectionName::Workday, SectionName::Weekday)
        } else {
            (DayType::Rest, SectionName::Workday, SectionName::Rest)
        };
    }

    fn lay_shift(&mut self) {
        if let Some(free) = self.free {
            self.breaks = Spans::union_of(&free.breaks);
        }
        let Some(shift) = self.shift else { return };
        self.breaks = Spans::union_of(&shift.breaks);
        let segments = Spans::union_of(&shift.segments);
        self.start = segments.start().unwrap_or(0);
        self.end = segments.end().unwrap_or(0);
        self.due = segments.minus(&self.breaks);
    }

    /// Approved overtime applications, OT shifts and temporary overtime, merged where they touch.
    fn lay_blocks(&mut self, facts: &Facts<'_>, date: LocalDate, shifts: &[Arc<Shift>]) {
        let mut blocks: SmallVec<[(i32, i32, i32); 4]> = SmallVec::new();
        for r in facts.requests.iter().filter(|r| is_overtime_of(r, date)) {
            let (s, e) = (minutes_from(date, r.span.start), minutes_from(date, r.span.end));
            blocks.push((s, e, r.break_minutes));
            for b in &r.breaks {
                self.breaks.add(minutes_from(date, b.start), minutes_from(date, b.end));
            }
        }
        for t in facts.temporary_overtime.iter().filter(|t| t.date == date) {
            let (s, e) = (minutes_from(date, t.span.start), minutes_from(date, t.span.end));
            blocks.push((s, e, t.break_minutes));
            for b in &t.breaks {
                self.breaks.add(minutes_from(date, b.start), minutes_from(date, b.end));
            }
        }
        self.touched = !blocks.is_empty();
        for shift in shifts.iter().filter(|s| s.kind == ShiftKind::Ot) {
            self.breaks.add_all(&Spans::union_of(&shift.breaks));
            let segments = Spans::union_of(&shift.segments);
            let (s, e) = (segments.start().unwrap_or(0), segments.end().unwrap_or(0));
            if shift.points == PunchPoints::PerSegment {
                blocks.extend(shift.segments.iter().map(|g| (g.start, g.end, 0)));
            } else {
                blocks.push((s, e, 0));
                self.breaks.add_all(&Spans::of(s, e).minus(&segments));
            }
        }
        if blocks.is_empty() {
            return;
        }
        blocks.sort_unstable();
        for (start, end, break_minutes) in blocks.into_iter().filter(|b| b.0 < b.1) {
            match self.blocks.last_mut() {
                Some(last) if start <= last.end => {
                    last.end = last.end.max(end);
                    last.break_minutes += break_minutes;
                }
                _ => self.blocks.push(Block { start, end, break_minutes, joined: false }),
            }
        }
        let due = &self.due;
        self.blocks.retain(|b| b.spans().outside(due) > 0);
    }

    /// The part of a block that is not due time.
    pub fn outside_due(&self, block: &Block) -> Spans {
        block.spans().minus(&self.due)
    }

    /// Chains of blocks near the shift are joined to it (DD-62, DD-67).
    fn join_blocks(&mut self, scheme: &Scheme) {
        let (Some(c), Some(o)) = (self.c(), self.o()) else { return };
        if self.blocks.is_empty() || self.shift.is_none() || (!c.punch && o.punch) {
            return;
        }
        let gap = scheme.join_gap_minutes;
        let (mut lo, mut hi) = (self.start, self.end);
        let due = self.due.clone();
        loop {
            let near = self.blocks.iter_mut().find(|b| {
                let cut = b.spans().minus(&due);
                let (s, e) = (cut.start().unwrap_or(b.start), cut.end().unwrap_or(b.end));
                !b.joined && s - hi <= gap && lo - e <= gap
            });
            let Some(block) = near else { break };
            block.joined = true;
            lo = lo.min(block.start);
            hi = hi.max(block.end);
        }
    }

    /// Approved leave-like requests in the order (priority, approval, id); a minute belongs to the first (15.3).
    fn lay_covers(&mut self, facts: &'f Facts<'f>, date: LocalDate) {
        self.eff = self.due.clone();
        if facts.requests.is_empty() {
            return;
        }
        let mut requests: SmallVec<[&Request; 4]> =
            facts.requests.iter().filter(|r| is_leave_near(r, date)).collect();
        self.touched |= !requests.is_empty();
        requests.sort_unstable_by(|a, b| in_order(a, b));
        for request in requests {
            let (s, e) =
                (minutes_from(date, request.span.start), minutes_from(date, request.span.end));
            let wanted = self.due.within(s, e);
            let own = wanted.and(&self.eff);
            let overlap = wanted.minutes() - own.minutes();
            self.eff = self.eff.minus(&own);
            self.covers.push(Cover { request, own, overlap });
        }
    }

    fn lay_spans(&mut self) {
        let deduction = self.deduction().is_some();
        let (Some(c), Some(o)) = (self.c(), self.o()) else { return };
        if let Some(shift) = self.shift {
            let mut add = |part: &Spans, segment: (i32, i32)| {
                if let (Some(start), Some(end)) = (part.start(), part.end()) {
                    let owner = Owner::Shift;
                    self.spans.push(SpanPlan { owner, start, end, segment, needs_punch: c.punch });
                }
            };
            if shift.points == PunchPoints::TwoPoint || deduction {
                add(&self.eff, (self.start, self.end));
            } else {
                for s in &shift.segments {
                    add(&self.eff.within(s.start, s.end), (s.start, s.end));
                }
            }
        }
        let joined = self.blocks.iter().filter(|b| b.joined).map(|b| self.outside_due(b));
        let united =
            joined.fold(None, |all: Option<(i32, i32)>, s| match (s.start(), s.end(), all) {
                (Some(a), Some(b), Some((lo, hi))) => Some((lo.min(a), hi.max(b))),
                (Some(a), Some(b), None) => Some((a, b)),
                _ => all,
            });
        if let (true, Some((start, end))) = (self.spans.is_empty(), united) {
            let segment = (start, end);
            let needs_punch = o.punch;
            self.spans.push(SpanPlan { owner: Owner::United, start, end, segment, needs_punch });
        }
        for (i, b) in self.blocks.iter().enumerate().filter(|(_, b)| !b.joined) {
            let cut = b.spans().minus(&self.due);
            if let (Some(start), Some(end)) = (cut.start(), cut.end()) {
                self.spans.push(SpanPlan {
                    owner: Owner::Block(i),
                    start,
                    end,
                    segment: (start, end),
                    needs_punch: o.punch,
                });
            }
        }
        self.spans.sort_by_key(|s| (s.start, s.end));
    }

    /// The window around the shift with its joined blocks, the separate blocks and all points.
    fn lay_window(&mut self) {
        let shift = self.shift.map(|_| (self.start, self.end));
        let all = shift.into_iter().chain(self.blocks.iter().map(|b| (b.start, b.end)));
        let work = all.reduce(|(lo, hi), (s, e)| (lo.min(s), hi.max(e)));
        let (Some((start, end)), Some(section)) = (work, self.window_section()) else { return };
        let rule = &section.punch_rule;
        let seconds = |minutes: i32| i64::from(minutes) * 60;
        self.window = Some(Window {
            open: seconds(start - rule.before_minutes),
            close: seconds(end + rule.after_minutes),
            work_start: seconds(start),
            work_end: seconds(end),
        });
    }
}

/// (type priority, approval time, id)
pub fn in_order(a: &Request, b: &Request) -> Ordering {
    (a.kind.priority, a.approved_at, &a.id).cmp(&(b.kind.priority, b.approved_at, &b.id))
}
