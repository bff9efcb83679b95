//! Temporary swap (临时换班, domain 11.4): the verb that a flow calls once everybody has agreed, and HR at once.

use std::collections::HashMap;

use engine::Shift;
use futures::future::BoxFuture;
use serde::Serialize;
use vocabulary::{LocalDate, PersonId, RuleId, ShiftId, SwapId};

use super::{SwapRefusal, store};
use crate::base::{Actor, App, Failure, Fault, Once, Scope, Tx, begin_once, finish_once};
use crate::people;
use crate::rules;
use crate::shifts::{self, CellValue, EffectiveRoster, SwapCell, SwapKind};

/// Least rest between two shifts, in minutes.
const MIN_REST: i32 = 480;
/// Longest working time of a day, in minutes.
const MAX_MINUTES: i32 = 660;
/// Characters of a reason.
const MAX_REASON: usize = 500;

/// Says whether one of these dates of people lies in a locked period.
pub type LockedDates =
    for<'a> fn(&'a Tx, &'a [(PersonId, LocalDate)]) -> BoxFuture<'a, Result<bool, Fault>>;

/// What is swapped.
#[derive(Clone, Debug, Serialize)]
pub enum SwapOf {
    /// Two people exchange their cells of one date or of two dates.
    Exchange { people: [PersonId; 2], dates: Vec<LocalDate> },
    /// One person gets another shift or rest.
    Change { person: PersonId, date: LocalDate, value: CellValue },
}

/// A swap as it is entered.
#[derive(Clone, Debug, Serialize)]
pub struct NewSwap {
    pub of: SwapOf,
    pub reason: String,
    /// Short rests and long days are accepted.
    pub accept_limits: bool,
    /// People of different schemes may exchange.
    pub accept_other_scheme: bool,
}

/// Checks a swap and lands it.
pub async fn record_swap(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: &NewSwap,
    locked: LockedDates,
    once: &Once,
) -> Result<SwapId, Failure> {
    if !(1..=MAX_REASON).contains(&new.reason.trim().chars().count()) {
        return Err(SwapRefusal::ReasonInvalid.into());
    }
    let places = places(&new.of)?;
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "record_swap", once, at).await? {
        return Ok(done);
    }
    if people::visible_at(&tx, scope, &places).await?.contains(&false) {
        return Err(SwapRefusal::PersonNotFound.into());
    }
    in_service(&tx, &places).await?;
    same_scheme(&tx, new, &places).await?;
    if locked(&tx, &places).await? {
        return Err(SwapRefusal::PeriodLocked.into());
    }
    let staff: Vec<PersonId> = places.iter().map(|(p, _)| *p).collect();
    let (Some(first), Some(last)) =
        (places.iter().map(|(_, d)| *d).min(), places.iter().map(|(_, d)| *d).max())
    else {
        return Err(SwapRefusal::DatesInvalid.into());
    };
    let roster = shifts::effective_roster(&tx, &staff, first.plus(-1), last.plus(1)).await?;
    let cells = cells(&tx, new, &roster).await?;
    let known = shifts::shifts_by_date(&tx).await?;
    for c in &cells {
        on_leave(&tx, c, &roster, &known).await?;
    }
    if !new.accept_limits {
        limits(&cells, &roster, &known)?;
    }
    let kind = match new.of {
        SwapOf::Exchange { .. } => SwapKind::Exchange,
        SwapOf::Change { .. } => SwapKind::Change,
    };
    let reason = new.reason.trim();
    let id = shifts::land_swap(&tx, actor, kind, &cells, reason, today, at).await?;
    finish_once(&tx, actor, "record_swap", once, &id).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(id)
}

/// Cancels a swap; what counted before counts again.
pub async fn cancel_swap(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: SwapId,
    reason: &str,
    locked: LockedDates,
    once: &Once,
) -> Result<SwapId, Failure> {
    if !(1..=MAX_REASON).contains(&reason.trim().chars().count()) {
        return Err(SwapRefusal::ReasonInvalid.into());
    }
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "cancel_swap", once, at).await? {
        return Ok(done);
    }
    let filter = shifts::SwapFilter {
        id: Some(id),
        person: None,
        from: LocalDate::MIN,
        to: LocalDate::MAX,
        cancelled: true,
        before: None,
        limit: 1,
    };
    let swap = shifts::swaps(&tx, scope, &filter).await?.pop();
    let swap = swap.ok_or(SwapRefusal::SwapNotFound)?;
    if swap.cancelled_at.is_some() {
        return Err(SwapRefusal::SwapEnded.into());
    }
    let places: Vec<_> = swap.cells.iter().map(|c| (c.person, c.date)).collect();
    if people::visible_at(&tx, scope, &places).await?.contains(&false) {
        return Err(SwapRefusal::SwapNotFound.into());
    }
    if locked(&tx, &places).await? {
        return Err(SwapRefusal::PeriodLocked.into());
    }
    if !shifts::end_swap(&tx, actor, id, reason.trim(), today, at).await? {
        return Err(SwapRefusal::LaterSwap.into());
    }
    finish_once(&tx, actor, "cancel_swap", once, &id).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(id)
}

/// Whose cells of which dates it is about.
fn places(of: &SwapOf) -> Result<Vec<(PersonId, LocalDate)>, SwapRefusal> {
    match of {
        SwapOf::Change { person, date, .. } => Ok(vec![(*person, *date)]),
        SwapOf::Exchange { people: [a, b], dates } => {
            let distinct = dates.first() != dates.get(1);
            if a == b || !(1..=2).contains(&dates.len()) || !distinct {
                return Err(SwapRefusal::DatesInvalid);
            }
            Ok(dates.iter().flat_map(|d| [(*a, *d), (*b, *d)]).collect())
        }
    }
}

async fn in_service(tx: &Tx, places: &[(PersonId, LocalDate)]) -> Result<(), Failure> {
    let ids: Vec<PersonId> = places.iter().map(|(p, _)| *p).collect();
    let service = people::service_dates(tx, &ids).await?;
    let frozen = people::frozen_at(tx, places).await?;
    for (person, date) in places {
        let works = service
            .get(person)
            .is_some_and(|(hired, left)| date >= hired && left.is_none_or(|l| *date <= l));
        if !works || frozen.contains(&(*person, *date)) {
            return Err(SwapRefusal::OutOfService { date: *date }.into());
        }
    }
    Ok(())
}

/// Whoever exchanges has the same scheme on the date.
async fn same_scheme(
    tx: &Tx,
    new: &NewSwap,
    places: &[(PersonId, LocalDate)],
) -> Result<(), Failure> {
    let SwapOf::Exchange { people: [a, b], dates } = &new.of else { return Ok(()) };
    if new.accept_other_scheme {
        return Ok(());
    }
    let schemes: HashMap<(PersonId, LocalDate), Option<RuleId>> =
        rules::schemes_at(tx, places).await?;
    let of = |p: &PersonId, d: &LocalDate| schemes.get(&(*p, *d)).copied().flatten();
    for date in dates {
        if of(a, date) != of(b, date) {
            return Err(SwapRefusal::OtherScheme { date: *date }.into());
        }
    }
    Ok(())
}

async fn cells(tx: &Tx, new: &NewSwap, roster: &EffectiveRoster) -> Result<Vec<SwapCell>, Failure> {
    let now = |p, d| roster.cell(p, d).map(|c| c.shifts);
    let cells = match &new.of {
        SwapOf::Change { person, date, value } => {
            let codes = shifts::shift_codes(tx).await?;
            let after = shifts::resolve_value(value, *date, &codes)?;
            let after = after.ok_or(shifts::ShiftRefusal::CellInvalid)?;
            vec![SwapCell { person: *person, date: *date, before: now(*person, *date), after }]
        }
        SwapOf::Exchange { people: [a, b], dates } => {
            let mut cells = Vec::new();
            for date in dates {
                for (own, other) in [(*a, *b), (*b, *a)] {
                    let after = now(other, *date).ok_or(SwapRefusal::NothingPlanned)?;
                    cells.push(SwapCell {
                        person: own,
                        date: *date,
                        before: now(own, *date),
                        after,
                    });
                }
            }
            cells
        }
    };
    if cells.iter().all(|c| c.before.as_ref() == Some(&c.after)) {
        return Err(SwapRefusal::NothingChanges.into());
    }
    Ok(cells)
}

type Known = HashMap<ShiftId, Vec<(LocalDate, i32, Shift)>>;

/// The segments of shifts on a date, in minutes from the midnight of `base`.
fn segments(known: &Known, ids: &[ShiftId], date: LocalDate, base: LocalDate) -> Vec<(i32, i32)> {
    let shift = |id: &ShiftId| {
        let versions = known.get(id)?.iter().filter(|(from, ..)| *from <= date);
        versions.max_by_key(|(from, version, _)| (*from, *version)).map(|(.., s)| s)
    };
    let offset = (date.days() - base.days()) * 1_440;
    let spans = ids.iter().filter_map(shift).flat_map(|s| s.segments.iter());
    spans.map(|s| (s.start + offset, s.end + offset)).collect()
}

/// An approved leave may not lie on what is worked before or after the swap.
async fn on_leave(
    tx: &Tx,
    c: &SwapCell,
    roster: &EffectiveRoster,
    known: &Known,
) -> Result<(), Failure> {
    let before = roster.cell(c.person, c.date).map(|c| c.shifts).unwrap_or_default();
    let both: Vec<ShiftId> = before.into_iter().chain(c.after.iter().copied()).collect();
    let spans = segments(known, &both, c.date, c.date);
    let start = spans.iter().map(|s| s.0).min();
    let (Some(start), Some(end)) = (start, spans.iter().map(|s| s.1).max()) else {
        return Ok(());
    };
    if store::leave_between(tx, c.person, c.date, start, end).await? {
        return Err(SwapRefusal::OnLeave { date: c.date }.into());
    }
    Ok(())
}

/// Rest between shifts and hours of a day as they are after the swap.
fn limits(cells: &[SwapCell], roster: &EffectiveRoster, known: &Known) -> Result<(), SwapRefusal> {
    for c in cells {
        let on = |date: LocalDate| {
            let swapped = cells.iter().find(|o| o.person == c.person && o.date == date);
            let planned = || roster.cell(c.person, date).map(|p| p.shifts).unwrap_or_default();
            let ids = swapped.map_or_else(planned, |o| o.after.clone());
            segments(known, &ids, date, c.date)
        };
        let own = on(c.date);
        let minutes: i32 = own.iter().map(|(a, b)| b - a).sum();
        if minutes > MAX_MINUTES {
            return Err(SwapRefusal::DayTooLong { date: c.date, minutes });
        }
        let (Some(start), Some(end)) =
            (own.iter().map(|s| s.0).min(), own.iter().map(|s| s.1).max())
        else {
            continue;
        };
        let before = on(c.date.plus(-1)).iter().map(|s| start - s.1).min();
        let after = on(c.date.plus(1)).iter().map(|s| s.0 - end).min();
        for minutes in [before, after].into_iter().flatten() {
            if minutes < MIN_REST {
                return Err(SwapRefusal::RestTooShort { date: c.date, minutes });
            }
        }
    }
    Ok(())
}
