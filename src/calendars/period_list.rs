//! A list of periods as it is sent: whether it may stand in a set. Pure.

use std::collections::HashSet;

use serde::Serialize;
use vocabulary::LocalDate;

use super::period_line::{NamedPeriod, PeriodCut, PeriodLabel};
use super::{CalendarRefusal, PeriodSetRefusal};
use crate::base::EFFECTIVE_RANGE;

/// Periods of one call.
pub(super) const MAX_PERIODS: usize = 200;

/// Characters of the name of a period.
pub(super) const MAX_NAME: usize = 32;

/// Days of a period; no period that a start day cuts has more.
pub(super) const MAX_DAYS: i32 = 31;

/// A period to be listed, both ends included.
#[derive(Clone, Debug, Serialize)]
pub struct ListedPeriod {
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// The periods of a set from a date on; what is listed before stays.
#[derive(Clone, Debug, Serialize)]
pub struct PeriodList {
    pub from: LocalDate,
    pub rows: Vec<ListedPeriod>,
}

/// The set with this list instead of what it listed from the date on.
pub(super) fn relisted(old: &PeriodCut, list: &PeriodList) -> Result<PeriodCut, PeriodSetRefusal> {
    if list.rows.len() > MAX_PERIODS {
        return Err(CalendarRefusal::TooManyRows { max: MAX_PERIODS }.into());
    }
    if !EFFECTIVE_RANGE.contains(&list.from) {
        return Err(CalendarRefusal::DateUnreasonable.into());
    }
    let running = old.period_of(list.from);
    if running.from != list.from {
        let name = running.label.to_string();
        return Err(PeriodSetRefusal::FromInsidePeriod {
            name,
            from: running.from,
            to: running.to,
        });
    }
    let mut new = PeriodCut { set: old.set, rule: old.rule, listed: Vec::new() };
    new.listed.extend(old.listed.iter().filter(|p| p.to < list.from).cloned());
    let mut names: HashSet<PeriodLabel> = new.listed.iter().map(|p| p.label.clone()).collect();
    let mut next = list.from;
    for (row, p) in list.rows.iter().enumerate() {
        let label = label(p).ok_or(PeriodSetRefusal::NameInvalid { row })?;
        let name = || label.to_string();
        let good = |d: LocalDate| EFFECTIVE_RANGE.contains(&d);
        if !good(p.from) || !good(p.to) || p.to < p.from || p.to > p.from.plus(MAX_DAYS - 1) {
            return Err(PeriodSetRefusal::DatesInvalid { row, name: name() });
        }
        if p.from < next {
            return Err(PeriodSetRefusal::Overlap { row, name: name() });
        }
        if p.from > next {
            return Err(PeriodSetRefusal::Gap { row, name: name(), expected: next });
        }
        if !names.insert(label.clone()) {
            return Err(PeriodSetRefusal::NameRepeated { row, name: name() });
        }
        next = p.to.plus(1);
        new.listed.push(NamedPeriod { label, from: p.from, to: p.to });
    }
    // Where the list ends the start day goes on, with a period that begins there.
    let after = old.rule.period_of(next);
    if after.from != next {
        return Err(PeriodSetRefusal::NotWhole { last: next.plus(-1), end: after.to });
    }
    for (row, p) in list.rows.iter().enumerate() {
        if is_elsewhere(&new, p) {
            return Err(PeriodSetRefusal::NameElsewhere { row, name: p.name.trim().to_owned() });
        }
    }
    Ok(new)
}

/// Whether the name is one that the start day gives to other dates.
fn is_elsewhere(cut: &PeriodCut, p: &ListedPeriod) -> bool {
    let PeriodLabel::Month(month) = PeriodLabel::of(p.name.trim()) else { return false };
    let dates = cut.rule.period(month);
    !cut.listed.iter().any(|l| l.from <= dates.from && dates.from <= l.to)
}

fn label(p: &ListedPeriod) -> Option<PeriodLabel> {
    let name = p.name.trim();
    let good =
        (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    good.then(|| PeriodLabel::of(name))
}

/// The first date that lies in another period than before.
pub(super) fn first_change(old: &PeriodCut, new: &PeriodCut, from: LocalDate) -> Option<LocalDate> {
    let last = old.listed.iter().chain(&new.listed).map(|p| p.to).max()?;
    let mut date = from;
    while date <= last {
        let period = old.period_of(date);
        if period != new.period_of(date) {
            return Some(date);
        }
        date = period.to.plus(1);
    }
    None
}

#[cfg(test)]
#[path = "period_list_tests.rs"]
mod tests;
