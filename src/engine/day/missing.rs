//! Missing points (domain 7.3, 15.5): which case it is, what the rule does about it, and what time a point
//! gets. Only decided when the date is FINAL.

use smallvec::SmallVec;

use super::plan::{Owner, Plan};
use crate::{
    AbnormalRule, CaseCounts, Exception, ExceptionCode, MissingAction, MissingCase, MissingRule,
    PointSource,
};

/// Time of a point and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Minute of the date; meaningless while `source` is MISSING.
    pub minute: i32,
    pub source: PointSource,
}

impl Time {
    pub const MISSING: Self = Self { minute: 0, source: PointSource::Missing };

    pub const fn known(self) -> bool {
        !matches!(self.source, PointSource::Missing)
    }

    pub const fn nominal(minute: i32) -> Self {
        Self { minute, source: PointSource::Nominal }
    }
}

/// A span with the times of its points and what missing points did to it.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    pub sign_in: Time,
    pub sign_out: Time,
    /// ABSENT_SPAN, or no overtime for this block.
    pub void: bool,
    /// FIXED_LATE: the first n due minutes count as late.
    pub fixed_late: Option<i32>,
    /// FIXED_EARLY: the last n due minutes count as early.
    pub fixed_early: Option<i32>,
    /// The sign-out is provisional and not rated.
    pub open: bool,
    /// The holiday part is void.
    pub holiday_void: bool,
}

/// What the missing points of a date amount to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub exceptions: SmallVec<[Exception; 1]>,
    pub cases: CaseCounts,
    /// Σ fixed absences in hundredths of a day, one entry per case.
    pub fixed_absences: SmallVec<[i32; 2]>,
    /// No point of the shift has a punch.
    pub nobody_came: bool,
    pub holiday_void: bool,
}

pub struct Judge<'a, 'f> {
    pub plan: &'a Plan<'a, 'f>,
    pub rule: &'a AbnormalRule,
    /// Rule of the holiday section, asked when the shift touches a statutory date.
    pub holiday: &'a AbnormalRule,
    pub prior: &'a CaseCounts,
    pub out: &'a mut Outcome,
}

impl Judge<'_, '_> {
    fn exception(&mut self, code: ExceptionCode, nominal: i32, minutes: Option<i32>) {
        let at = Some(super::wall(self.plan.date, nominal));
        self.out.exceptions.push(Exception { code, at, minutes, request: None });
    }

    /// Counts an occurrence; true if it is one of the free ones of the period.
    fn occurs(&mut self, case: MissingCase, rule: MissingRule) -> bool {
        let before = self.prior.get(case) + self.out.cases.get(case);
        self.out.cases.count(case);
        before < rule.free_per_period
    }

    /// Whether the holiday rule voids the holiday part in this case; its own free occurrences first.
    fn holiday_voids(&self, case: MissingCase, rule: MissingRule) -> bool {
        let before = self.prior.get(case) + self.out.cases.get(case);
        let free = before < rule.free_per_period;
        match rule.action {
            _ if free => false,
            MissingAction::AbsentSpan => true,
            MissingAction::AsMissing => {
                self.holiday_voids(MissingCase::MissingOut, self.holiday.missing_out)
                    || self.holiday_voids(MissingCase::MissingIn, self.holiday.missing_in)
            }
            _ => false,
        }
    }

    /// All spans of the shift, in order (the united joined blocks and separate blocks go by [`Self::block`]).
    pub fn shift(&mut self, spans: &mut [Timed]) {
        let first = self.plan.spans.iter().find(|s| s.owner == Owner::Shift).map(|s| s.start);
        let Some(first) = first else { return };
        let own: SmallVec<[usize; 4]> = (0..spans.len())
            .filter(|i| self.plan.spans.get(*i).is_some_and(|s| s.owner == Owner::Shift))
            .collect();
        let nobody = own
            .iter()
            .all(|i| spans.get(*i).is_some_and(|s| !s.sign_in.known() && !s.sign_out.known()));
        if nobody {
            return self.both(spans, &own, first);
        }
        for pair in own.windows(2) {
            if let [a, b] = pair {
                self.middle(spans, *a, *b);
            }
        }
        for i in &own {
            self.segment(spans, *i, own.len() > 1);
        }
        for i in &own {
            self.single(spans, *i);
        }
    }

    fn nominal(&self, i: usize) -> (i32, i32) {
        self.plan.spans.get(i).map_or((0, 0), |s| (s.start, s.end))
    }

    fn both(&mut self, spans: &mut [Timed], own: &[usize], first: i32) {
        self.out.nobody_came = true;
        let rule = self.rule.both_missing;
        let voids = self.holiday_voids(MissingCase::BothMissing, self.holiday.both_missing);
        let free = self.occurs(MissingCase::BothMissing, rule);
        self.exception(ExceptionCode::BothMissing, first, None);
        let action = if free { MissingAction::Nominal } else { rule.action };
        if let MissingAction::FixedAbsence(days) = action {
            self.out.fixed_absences.push(days);
        }
        for i in own {
            let (start, end) = self.nominal(*i);
            let Some(span) = spans.get_mut(*i) else { continue };
            span.void = action == MissingAction::AbsentSpan;
            if !span.void {
                span.sign_in = Time::nominal(start);
                span.sign_out = Time::nominal(end);
            }
            span.holiday_void = voids || span.void;
            self.out.holiday_void |= span.holiday_void;
        }
    }

    fn middle(&mut self, spans: &mut [Timed], a: usize, b: usize) {
        let (Some(x), Some(y)) = (spans.get(a).copied(), spans.get(b).copied()) else { return };
        let applies =
            x.sign_in.known() && !x.sign_out.known() && !y.sign_in.known() && y.sign_out.known();
        if !applies {
            return;
        }
        let case = MissingCase::MiddleMissing;
        let rule = self.rule.middle_missing;
        let free = self.prior.get(case) + self.out.cases.get(case) < rule.free_per_period;
        if rule.action == MissingAction::AsMissing && !free {
            return;
        }
        let voids = self.holiday_voids(case, self.holiday.middle_missing);
        self.out.cases.count(case);
        let ((_, out), (back, _)) = (self.nominal(a), self.nominal(b));
        self.exception(ExceptionCode::MiddleMissing, out, None);
        if let Some(s) = spans.get_mut(a) {
            s.sign_out = Time::nominal(out);
            s.holiday_void |= voids;
        }
        if let Some(s) = spans.get_mut(b) {
            s.sign_in = Time::nominal(back);
            s.holiday_void |= voids;
        }
        self.out.holiday_void |= voids;
    }

    fn segment(&mut self, spans: &mut [Timed], i: usize, several: bool) {
        let (start, end) = self.nominal(i);
        let Some(span) = spans.get_mut(i) else { return };
        if !several || span.sign_in.known() || span.sign_out.known() {
            return;
        }
        let rule = self.rule.segment_missing;
        let voids = self.holiday_voids(MissingCase::SegmentMissing, self.holiday.segment_missing);
        let free = self.occurs(MissingCase::SegmentMissing, rule);
        self.exception(ExceptionCode::SegmentMissing, start, None);
        span.void = !free && rule.action == MissingAction::AbsentSpan;
        if !span.void {
            span.sign_in = Time::nominal(start);
            span.sign_out = Time::nominal(end);
        }
        if let (false, MissingAction::FixedAbsence(days)) = (free, rule.action) {
            self.out.fixed_absences.push(days);
        }
        span.holiday_void = voids || span.void;
        self.out.holiday_void |= span.holiday_void;
    }

    /// One of the two points is missing.
    fn single(&mut self, spans: &mut [Timed], i: usize) {
        let (start, end) = self.nominal(i);
        let Some(span) = spans.get_mut(i) else { return };
        if span.void || span.sign_in.known() == span.sign_out.known() {
            return;
        }
        let late = !span.sign_in.known();
        let (case, code, at, rule, holiday) = if late {
            let h = self.holiday.missing_in;
            let r = self.rule.missing_in;
            (MissingCase::MissingIn, ExceptionCode::MissingIn, start, r, h)
        } else {
            let h = self.holiday.missing_out;
            let r = self.rule.missing_out;
            (MissingCase::MissingOut, ExceptionCode::MissingOut, end, r, h)
        };
        let voids = self.holiday_voids(case, holiday);
        let free = self.occurs(case, rule);
        self.exception(code, at, None);
        let action = if free { MissingAction::Nominal } else { rule.action };
        match action {
            MissingAction::AbsentSpan => span.void = true,
            MissingAction::FixedAbsence(days) => self.out.fixed_absences.push(days),
            MissingAction::FixedMinutes(n) if late => span.fixed_late = Some(n),
            MissingAction::FixedMinutes(n) => span.fixed_early = Some(n),
            _ => {}
        }
        if late {
            span.sign_in = Time::nominal(start);
        } else {
            span.sign_out = Time::nominal(end);
        }
        span.holiday_void |= voids || span.void;
        self.out.holiday_void |= span.holiday_void;
    }

    /// A block of overtime (or the united joined blocks): only NOMINAL and FIXED_LATE/EARLY keep it (DD-59).
    pub fn block(&mut self, span: &mut Timed, start: i32, end: i32, minutes: i32) {
        let (case, code, at, rule) = match (span.sign_in.known(), span.sign_out.known()) {
            (true, true) => return,
            (false, false) => {
                (MissingCase::OtNoShow, ExceptionCode::OtNoShow, start, self.rule.both_missing)
            }
            (false, true) => {
                (MissingCase::OtMissingIn, ExceptionCode::OtMissingIn, start, self.rule.missing_in)
            }
            (true, false) => {
                (MissingCase::OtMissingOut, ExceptionCode::OtMissingOut, end, self.rule.missing_out)
            }
        };
        let free = self.occurs(case, rule);
        let shown = (code == ExceptionCode::OtNoShow).then_some(minutes);
        self.exception(code, at, shown);
        let shift = match (free, rule.action) {
            (true, _) | (_, MissingAction::Nominal) => 0,
            (_, MissingAction::FixedMinutes(n)) => n,
            _ => {
                span.void = true;
                return;
            }
        };
        if !span.sign_in.known() {
            span.sign_in = Time::nominal(start + shift);
        }
        if !span.sign_out.known() {
            span.sign_out = Time::nominal(end - shift);
        }
    }
}
