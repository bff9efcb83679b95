//! FUTURE, IN_PROGRESS, FINAL (domain 15.5).

use smallvec::SmallVec;
use vocabulary::{LocalDate, WallTime};

use super::plan::{Plan, second_of};
use super::spans::DAY;
use crate::{BlockRated, CaseCounts, DayResult, DayState, OvertimeMinutes, Rated};

/// Where a date stands, and when it can next stand elsewhere by time alone.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub state: DayState,
    pub due_at: Option<WallTime>,
}

impl Moment {
    /// A date without window ends with its calendar date.
    pub fn without_window(date: LocalDate, now: Option<WallTime>) -> Self {
        Self::between(second_of(date, 0), second_of(date, DAY) - 1, [].into_iter(), now)
    }

    pub fn of(
        plan: &Plan<'_, '_>,
        open: Option<i64>,
        claim_end: Option<i64>,
        now: Option<WallTime>,
    ) -> Self {
        let midnight = second_of(plan.date, 0);
        let day_end = second_of(plan.date, DAY) - 1;
        let begin = open.map_or(midnight, |o| o.min(midnight));
        let end = match claim_end {
            Some(e) if plan.free.is_some() => e.max(day_end),
            Some(e) => e,
            None => day_end,
        };
        let asked = plan.spans.iter().filter(|s| s.needs_punch);
        let steps = asked.flat_map(|s| [s.start, s.end]).map(|m| second_of(plan.date, m));
        Self::between(begin, end, steps, now)
    }

    /// FUTURE before `begin`, FINAL after `end`; `steps` are decisive moments between.
    fn between(
        begin: i64,
        end: i64,
        steps: impl Iterator<Item = i64>,
        now: Option<WallTime>,
    ) -> Self {
        let Some(now) = now.map(WallTime::seconds) else {
            return Self { state: DayState::Final, due_at: None };
        };
        if now > end {
            return Self { state: DayState::Final, due_at: None };
        }
        let state = if now < begin { DayState::Future } else { DayState::InProgress };
        let next = if now < begin {
            begin
        } else {
            steps.filter(|s| *s > now && *s <= end).min().unwrap_or(end + 1)
        };
        Self { state, due_at: Some(WallTime::from_seconds(next)) }
    }
}

/// A result without anything in it.
pub fn empty(state: DayState) -> DayResult {
    DayResult {
        state,
        day_type: None,
        due_tenths: 0,
        actual_tenths: 0,
        regular_minutes: 0,
        late: Rated::default(),
        early: Rated::default(),
        absence_tenths: 0,
        absence_days_hundredths: 0,
        shortfall_minutes: 0,
        overtime: [OvertimeMinutes::default(); 3],
        overtime_late: BlockRated::default(),
        overtime_early: BlockRated::default(),
        unconfirmed_minutes: 0,
        presence_minutes: 0,
        night_minutes: 0,
        leave: SmallVec::new(),
        exceptions: SmallVec::new(),
        points: SmallVec::new(),
        cases: CaseCounts::default(),
        due_at: None,
    }
}
