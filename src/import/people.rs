//! `kaoqin import people`: a table becomes people with their departments, schemes, shifts and numbers.

use std::collections::{HashMap, HashSet};

use vocabulary::{CalendarId, Instant, LocalDate, PersonId, RuleId, ShiftId};

use super::item::{Item, Rejection, RowCode, shown};
use super::orgs::{Orgs, make_orgs};
use super::people_file::{PersonEntry, read_people};
use super::report::{Report, Tally};
use super::stream::{Chunks, ImportError};
use super::{DateOrder, Input};
use crate::base::{Actor, App, EFFECTIVE_RANGE, Failure, Fault, Refusal, Tx, retry};
use crate::calendars::{self, CalendarEntry};
use crate::people::{self, PersonRow, Put, PutAt};
use crate::punches::{self, Pin};
use crate::rules::{self, RuleKind, SchemeChange};
use crate::shifts::{self, DefaultShiftChange, ShiftInfo};

/// How a file of people is to be read.
#[derive(Clone, Debug, Default)]
pub struct PeopleOptions {
    pub sheet: Option<String>,
    pub date_order: Option<DateOrder>,
    /// Make departments that do not exist yet.
    pub create_orgs: bool,
    /// From when schemes, shifts and calendars hold; `None` = from the first day in service.
    pub from: Option<LocalDate>,
}

/// Imports people in chunks, each one transaction with its marks. New ones are made, known ones changed
/// where the file says something else; a row that changes nothing is a duplicate.
pub async fn import_people(
    app: &App,
    actor: &Actor,
    input: &Input,
    options: &PeopleOptions,
) -> Result<Report, ImportError> {
    let (source, sheet, order) = (input.clone(), options.sheet.clone(), options.date_order);
    let mut chunks = Chunks::start(move |sink| read_people(&source, sheet.as_deref(), order, sink));
    let mut tally = Tally::default();
    let mut seen: HashSet<String> = HashSet::new();
    while let Some(chunk) = chunks.next().await? {
        let mut entries = Vec::with_capacity(chunk.len());
        for item in chunk {
            match item {
                Item::Row(entry) if seen.insert(entry.number.clone()) => entries.push(entry),
                Item::Row(entry) => {
                    let message = format!("{} stands in the file twice", shown(&entry.number));
                    tally.rejected(Rejection::new(entry.line, RowCode::Conflict, message));
                }
                Item::Rejected(rejection) => tally.rejected(rejection),
                Item::Warning { line, code, message } => tally.warning(line, code, message),
            }
        }
        for outcome in retry(|| store(app, actor, &entries, options)).await? {
            match outcome {
                Ok(true) => tally.accepted(),
                Ok(false) => tally.duplicate(),
                Err(rejection) => tally.rejected(rejection),
            }
        }
    }
    Ok(tally.finish())
}

/// Of each entry: written, known, or refused.
type Outcomes = Vec<Result<bool, Rejection>>;

/// What the codes of a file mean.
struct Names {
    orgs: Orgs,
    schemes: HashMap<String, (RuleId, LocalDate)>,
    shifts: HashMap<String, ShiftInfo>,
    calendars: HashMap<String, CalendarId>,
}

/// An entry with its codes resolved.
struct Plan {
    row: PersonRow,
    scheme: Option<(RuleId, LocalDate)>,
    shift: Option<(ShiftId, LocalDate)>,
    calendar: Option<(CalendarId, LocalDate)>,
    pin: Option<Pin>,
}

async fn store(
    app: &App,
    actor: &Actor,
    entries: &[PersonEntry],
    options: &PeopleOptions,
) -> Result<Outcomes, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if options.create_orgs {
        make_orgs(&tx, actor, entries, today, at).await?;
    }
    let names = Names {
        orgs: Orgs::load(&tx, today).await?,
        schemes: rules::codes(&tx, RuleKind::Scheme).await?,
        shifts: shifts::shift_codes(&tx).await?,
        calendars: calendars::calendar_codes(&tx).await?,
    };
    let mut outcomes: Outcomes = Vec::with_capacity(entries.len());
    let (mut plans, mut places) = (Vec::new(), Vec::new());
    for (place, entry) in entries.iter().enumerate() {
        match plan(entry, &names, options) {
            Ok(plan) => {
                outcomes.push(Ok(false));
                places.push(place);
                plans.push(plan);
            }
            Err(rejection) => outcomes.push(Err(rejection)),
        }
    }
    let rows: Vec<PersonRow> = plans.iter().map(|p| p.row.clone()).collect();
    let when = PutAt { zone: app.zone(), today, at };
    let puts = people::put_people(&tx, actor, &rows, when).await?;
    let changed = follow(&tx, app, actor, &plans, &puts).await?;
    for (n, place) in places.into_iter().enumerate() {
        let (Some(slot), Some(put), Some(entry)) =
            (outcomes.get_mut(place), puts.get(n), entries.get(place))
        else {
            continue;
        };
        *slot = match put {
            Put::Created(_) | Put::Changed(_) => Ok(true),
            Put::Unchanged(id) => Ok(changed.contains(id)),
            Put::Refused(why) => Err(Rejection::new(entry.line, RowCode::BadValue, why.en())),
        };
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

fn plan(e: &PersonEntry, names: &Names, options: &PeopleOptions) -> Result<Plan, Rejection> {
    let unknown = |what: &str, code: &str| {
        let message = format!("no such {what}: {}", shown(code));
        Rejection::new(e.line, RowCode::UnknownReference, message)
    };
    let org = match &e.org {
        None => None,
        Some(text) => Some(names.orgs.find(text).ok_or_else(|| unknown("department", text))?),
    };
    let mut scheme = None;
    if let Some(code) = &e.scheme {
        let (id, first) = names.schemes.get(code).ok_or_else(|| unknown("scheme", code))?;
        scheme = Some((*id, since(e, options, *first)?));
    }
    let mut shift = None;
    if let Some(code) = &e.shift {
        let known = names.shifts.get(code).filter(|s| !s.overtime);
        let info = known.ok_or_else(|| unknown("shift", code))?;
        shift = Some((info.id, since(e, options, info.first)?));
    }
    let mut calendar = None;
    if let Some(code) = &e.calendar {
        let id = names.calendars.get(code).ok_or_else(|| unknown("calendar", code))?;
        calendar = Some((*id, since(e, options, *EFFECTIVE_RANGE.start())?));
    }
    let row = PersonRow {
        number: e.number.clone(),
        name: e.name.clone(),
        zone: e.zone,
        hired_on: e.hired_on,
        left_on: e.left_on,
        org,
        ..PersonRow::default()
    };
    let device = e.device.clone().unwrap_or_default();
    let pin = e.pin.clone().map(|pin| Pin { device, pin });
    Ok(Plan { row, scheme, shift, calendar, pin })
}

/// From when what the row assigns holds: an object counts from its first version on.
fn since(
    e: &PersonEntry,
    options: &PeopleOptions,
    first: LocalDate,
) -> Result<LocalDate, Rejection> {
    let from = options.from.or(e.hired_on).ok_or_else(|| {
        let message = "a scheme, shift or calendar needs the first day in service or --from";
        Rejection::new(e.line, RowCode::BadValue, message)
    })?;
    Ok(from.max(first))
}

/// Writes what hangs on the people; which of them it changed.
async fn follow(
    tx: &Tx,
    app: &App,
    actor: &Actor,
    plans: &[Plan],
    puts: &[Put],
) -> Result<HashSet<PersonId>, Fault> {
    let (at, today) = (app.clock.now(), app.today());
    let known: Vec<(PersonId, &Plan)> =
        plans.iter().zip(puts).filter_map(|(plan, put)| Some((put.id()?, plan))).collect();
    let mut changed = HashSet::new();
    let schemes: Vec<SchemeChange> = known
        .iter()
        .filter_map(|(person, plan)| {
            let (scheme, valid_from) = plan.scheme?;
            Some(SchemeChange { person: *person, valid_from, scheme: Some(scheme) })
        })
        .collect();
    let written = rules::put_assignments(tx, actor, &schemes, today, at).await?;
    changed.extend(schemes.iter().zip(written).filter(|(_, w)| *w).map(|(s, _)| s.person));
    let defaults: Vec<DefaultShiftChange> = known
        .iter()
        .filter_map(|(person, plan)| {
            let (shift, valid_from) = plan.shift?;
            Some(DefaultShiftChange { person: *person, valid_from, shift: Some(shift) })
        })
        .collect();
    let written = shifts::put_default_shifts(tx, actor, &defaults, today, at).await?;
    changed.extend(defaults.iter().zip(written).filter(|(_, w)| *w).map(|(s, _)| s.person));
    let calendars: Vec<CalendarEntry> = known
        .iter()
        .filter_map(|(person, plan)| {
            let (calendar, valid_from) = plan.calendar?;
            Some(CalendarEntry { person: *person, valid_from, calendar: Some(calendar) })
        })
        .collect();
    let written = calendars::put_assignments(tx, actor, &calendars, today, at).await?;
    changed.extend(calendars.iter().zip(written).filter(|(_, w)| *w).map(|(c, _)| c.person));
    let pins: Vec<(Pin, PersonId)> =
        known.iter().filter_map(|(person, plan)| Some((plan.pin.clone()?, *person))).collect();
    let new_pins = punches::put_pins(tx, &pins).await?;
    changed.extend(pins.iter().filter(|(p, _)| new_pins.contains(p)).map(|(_, person)| *person));
    claim(tx, actor, plans, puts, new_pins, at).await?;
    Ok(changed)
}

/// Turns records that waited for these people into punches.
async fn claim(
    tx: &Tx,
    actor: &Actor,
    plans: &[Plan],
    puts: &[Put],
    new_pins: Vec<Pin>,
    at: Instant,
) -> Result<(), Fault> {
    let fresh = plans.iter().zip(puts).filter(|(_, put)| matches!(put, Put::Created(_)));
    let numbers = fresh.flat_map(|(plan, _)| own_pins(&plan.row.number));
    let waiting: Vec<Pin> = new_pins.into_iter().chain(numbers).collect();
    punches::claim(tx, actor, &waiting, at).await?;
    Ok(())
}

/// The employee number as devices may know it.
fn own_pins(number: &str) -> Vec<Pin> {
    let bare = number.trim_start_matches('0');
    let mut forms = vec![number, bare];
    forms.dedup();
    let pin = |pin: &str| Pin { device: String::new(), pin: pin.to_owned() };
    forms.into_iter().filter(|f| !f.is_empty()).map(pin).collect()
}
