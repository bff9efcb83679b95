//! Every published version of shifts and rules, resolved by date.
//!
//! Versions are immutable and never deleted, so a book is a pure function of the set of versions
//! that a snapshot shows. Building it reads every version once; a scheme is put together from its
//! rules only when a date asks for it, once per stretch of dates on which none of its parts
//! changes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use engine::format::Definitions;
use engine::{RequestType, Scheme, Shift};
use vocabulary::{LocalDate, RuleId, ShiftId};

use super::draft::{Draft, Part, Parts};
use super::timeline::Timeline;

/// Every published version of shifts, rules, request types and schemes.
pub struct Book {
    inner: Arc<Inner>,
    /// Dates at which anything changes, ascending.
    breaks: Vec<LocalDate>,
    /// One more than `breaks`: the dates before the first break come first.
    days: Vec<OnceLock<Arc<DayBook>>>,
}

/// What is in effect between two breakpoints.
pub struct DayBook {
    inner: Arc<Inner>,
    date: LocalDate,
}

pub(super) struct Inner {
    pub shifts: HashMap<ShiftId, Timeline<Arc<Shift>>>,
    pub parts: Parts,
    pub schemes: HashMap<RuleId, Timeline<Slot>>,
}

/// A scheme on a stretch of dates.
pub(super) struct Slot {
    draft: Arc<Draft>,
    from: LocalDate,
    resolved: OnceLock<Option<Arc<Scheme>>>,
}

impl Book {
    pub(super) fn new(
        shifts: HashMap<ShiftId, Timeline<Arc<Shift>>>,
        parts: Parts,
        drafts: HashMap<RuleId, Timeline<Arc<Draft>>>,
    ) -> Self {
        let mut breaks: Vec<LocalDate> = shifts
            .values()
            .flat_map(Timeline::dates)
            .chain(parts.values().flat_map(Timeline::dates))
            .chain(drafts.values().flat_map(Timeline::dates))
            .collect();
        breaks.sort_unstable();
        breaks.dedup();
        let schemes = drafts.into_iter().map(|(id, line)| (id, slots(&line, &parts))).collect();
        let days = (0..=breaks.len()).map(|_| OnceLock::new()).collect();
        Self { inner: Arc::new(Inner { shifts, parts, schemes }), breaks, days }
    }

    /// The first date after `date` on which anything changes.
    pub fn next_change(&self, date: LocalDate) -> Option<LocalDate> {
        self.breaks.get(self.breaks.partition_point(|b| *b <= date)).copied()
    }

    /// What is in effect on a date. Dates between the same breakpoints share one day book.
    pub fn on(&self, date: LocalDate) -> Arc<DayBook> {
        let place = self.breaks.partition_point(|b| *b <= date);
        let make = || {
            let from = place.checked_sub(1).and_then(|i| self.breaks.get(i)).copied();
            let date = from.unwrap_or(LocalDate::MIN);
            Arc::new(DayBook { inner: self.inner.clone(), date })
        };
        self.days.get(place).map_or_else(make, |cell| cell.get_or_init(make).clone())
    }
}

impl DayBook {
    /// The scheme with the rules of the date and where they came from. `None`: unknown, or the
    /// scheme or one of its rules is not in effect yet.
    pub fn scheme(&self, id: RuleId) -> Option<Arc<Scheme>> {
        let slot = self.inner.schemes.get(&id)?.on(self.date)?;
        slot.resolved.get_or_init(|| slot.draft.resolve(&self.inner.parts, slot.from)).clone()
    }

    /// `None`: unknown, or not in effect yet.
    pub fn shift(&self, id: ShiftId) -> Option<Arc<Shift>> {
        self.inner.shifts.get(&id)?.on(self.date).cloned()
    }

    /// `None`: unknown, or not in effect yet.
    pub fn request_type(&self, id: RuleId) -> Option<Arc<RequestType>> {
        match &self.inner.parts.get(&id)?.on(self.date)?.value {
            Part::Request(kind) => Some(kind.clone()),
            Part::Punch(_) | Part::Late(_) | Part::Early(_) | Part::Abnormal(_) => None,
        }
    }

    /// Names everything in effect by its code, for cases of the evaluate format.
    pub(super) fn define(&self, definitions: &mut Definitions) {
        for version in self.inner.parts.values().filter_map(|line| line.on(self.date)) {
            let code = version.origin.code.as_deref().unwrap_or_default();
            match &version.value {
                Part::Punch(r) => definitions.insert_punch_rule(code, r.clone()),
                Part::Late(r) => definitions.insert_late_rule(code, r.clone()),
                Part::Early(r) => definitions.insert_early_rule(code, r.clone()),
                Part::Abnormal(r) => definitions.insert_abnormal_rule(code, r.clone()),
                Part::Request(t) => definitions.insert_request_type(code, t.clone()),
            }
        }
        for shift in self.inner.shifts.values().filter_map(|line| line.on(self.date)) {
            definitions.insert_shift(&shift.name, shift.clone());
        }
        for scheme in self.inner.schemes.keys().filter_map(|id| self.scheme(*id)) {
            definitions.insert_scheme(&scheme.name, scheme.clone());
        }
    }
}

/// Cuts the versions of a scheme where one of their rules changes.
fn slots(line: &Timeline<Arc<Draft>>, parts: &Parts) -> Timeline<Slot> {
    let mut all = Vec::new();
    for (from, to, draft) in line.spans() {
        let mut starts: Vec<LocalDate> = draft
            .uses()
            .filter_map(|id| parts.get(&id))
            .flat_map(Timeline::dates)
            .filter(|d| *d > from && to.is_none_or(|to| *d <= to))
            .collect();
        starts.push(from);
        starts.sort_unstable();
        starts.dedup();
        all.extend(
            starts.into_iter().map(|from| {
                (from, 0, Slot { draft: draft.clone(), from, resolved: OnceLock::new() })
            }),
        );
    }
    Timeline::new(all)
}
