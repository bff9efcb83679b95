//! Writes a chunk of a table of people: one transaction with its marks.

use std::collections::{HashMap, HashSet};

use vocabulary::{CalendarId, Instant, LocalDate, PersonId, RuleId, ShiftId};

use super::PeopleOptions;
use super::item::{Rejection, RowCode, shown};
use super::orgs::{Orgs, make_orgs};
use super::people_file::PersonEntry;
use crate::base::{Actor, App, EFFECTIVE_RANGE, Failure, Fault, Refusal, Tx};
use crate::calendars::{self, CalendarEntry};
use crate::people::{self, PersonRow, Put, PutAt};
use crate::profiles::{self, CardInput, FileInput, FilePlan};
use crate::punches::{self, Pin};
use crate::rules::{self, RuleKind, SchemeChange};
use crate::shifts::{self, DefaultShiftChange, ShiftInfo};

/// Of each entry: written, known, or refused.
type Outcomes = Vec<Result<bool, Rejection>>;

/// What became of a chunk.
pub struct Stored {
    pub outcomes: Outcomes,
    pub deferred: Vec<Deferred>,
}

/// Somebody whose manager stands further down in the file.
#[derive(Clone, Debug)]
pub struct Deferred {
    line: u64,
    person: PersonId,
    manager: String,
}

/// What the codes of a file mean.
struct Names {
    orgs: Orgs,
    schemes: HashMap<String, (RuleId, LocalDate)>,
    shifts: HashMap<String, ShiftInfo>,
    calendars: HashMap<String, CalendarId>,
    /// By employee number: the people of the rows and their managers.
    people: HashMap<String, PersonId>,
}

/// An entry with its codes resolved.
struct Plan {
    row: PersonRow,
    scheme: Option<(RuleId, LocalDate)>,
    shift: Option<(ShiftId, LocalDate)>,
    calendar: Option<(CalendarId, LocalDate)>,
    pin: Option<Pin>,
    /// What it says about the employee file, and the manager's number if nobody has it yet.
    file: Option<FileInput>,
    deferred: Option<String>,
    files: FilePlan,
}

pub async fn store(
    app: &App,
    actor: &Actor,
    entries: &[PersonEntry],
    options: &PeopleOptions,
    numbers: &HashSet<String>,
) -> Result<Stored, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if options.create_orgs {
        make_orgs(&tx, actor, entries, today, at).await?;
    }
    let mut asked: Vec<String> = entries.iter().map(|e| e.number.clone()).collect();
    asked.extend(entries.iter().filter_map(|e| e.manager.clone()));
    let names = Names {
        orgs: Orgs::load(&tx, today).await?,
        schemes: rules::codes(&tx, RuleKind::Scheme).await?,
        shifts: shifts::shift_codes(&tx).await?,
        calendars: calendars::calendar_codes(&tx).await?,
        people: people::by_number(&tx, &asked).await?,
    };
    let mut outcomes: Outcomes = Vec::with_capacity(entries.len());
    let (mut plans, mut places) = (Vec::new(), Vec::new());
    for (place, entry) in entries.iter().enumerate() {
        match plan(entry, &names, options, numbers, today) {
            Ok(plan) => {
                outcomes.push(Ok(false));
                places.push(place);
                plans.push(plan);
            }
            Err(rejection) => outcomes.push(Err(rejection)),
        }
    }
    check_files(&tx, app, entries, &mut outcomes, &mut plans, &mut places).await?;
    let rows: Vec<PersonRow> = plans.iter().map(|p| p.row.clone()).collect();
    let when = PutAt { zone: app.zone(), today, at };
    let puts = people::put_people(&tx, actor, &rows, when).await?;
    let changed = follow(&tx, app, actor, &plans, &puts).await?;
    let mut deferred = Vec::new();
    for ((n, place), plan) in places.into_iter().enumerate().zip(&plans) {
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
        if let (Some(person), Some(manager)) = (put.id(), &plan.deferred) {
            deferred.push(Deferred { line: entry.line, person, manager: manager.clone() });
        }
    }
    if options.dry_run {
        tx.rollback().await?;
        return Ok(Stored { outcomes, deferred: Vec::new() });
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(Stored { outcomes, deferred })
}

/// Checks what the rows say about files; those that cannot be are taken out, so that nothing of them is written.
async fn check_files(
    tx: &Tx,
    app: &App,
    entries: &[PersonEntry],
    outcomes: &mut Outcomes,
    plans: &mut Vec<Plan>,
    places: &mut Vec<usize>,
) -> Result<(), Fault> {
    let inputs: Vec<FileInput> = plans.iter().filter_map(|p| p.file.clone()).collect();
    if inputs.is_empty() {
        return Ok(());
    }
    let mut found = profiles::plan_files(tx, app.config.data_keys(), &inputs).await?.into_iter();
    let rows = std::mem::take(plans).into_iter().zip(std::mem::take(places));
    for (mut plan, place) in rows {
        if plan.file.is_some() {
            match found.next() {
                Some(Ok(files)) => plan.files = files,
                Some(Err(refusal)) => {
                    let line = entries.get(place).map_or(0, |e| e.line);
                    if let Some(slot) = outcomes.get_mut(place) {
                        *slot = Err(Rejection::new(line, RowCode::BadValue, refusal.en()));
                    }
                    continue;
                }
                None => return Err(Fault::text("the plan of a file is missing")),
            }
        }
        plans.push(plan);
        places.push(place);
    }
    Ok(())
}

/// Puts people below managers who stood further down in the file; lines where that cannot be, and why.
pub async fn write_managers(
    app: &App,
    actor: &Actor,
    rows: &[Deferred],
) -> Result<Vec<(u64, String)>, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let numbers: Vec<String> = rows.iter().map(|r| r.manager.clone()).collect();
    let known = people::by_number(&tx, &numbers).await?;
    let mut left_out = Vec::new();
    let (mut inputs, mut of) = (Vec::new(), Vec::new());
    for row in rows {
        match known.get(&row.manager) {
            Some(manager) => {
                let (person, manager) = (Some(row.person), Some(Some(*manager)));
                inputs.push(FileInput { person, manager, ..FileInput::default() });
                of.push(row);
            }
            None => left_out.push((row.line, format!("no such manager: {}", shown(&row.manager)))),
        }
    }
    let keys = app.config.data_keys();
    let plans = profiles::plan_files(&tx, keys, &inputs).await?;
    let mut good = Vec::new();
    for (row, plan) in of.into_iter().zip(plans) {
        match plan {
            Ok(plan) => good.push((row.person, plan)),
            Err(refusal) => left_out.push((row.line, refusal.en())),
        }
    }
    profiles::write_files(&tx, keys, actor, "import", &good, at).await?;
    tx.commit().await?;
    Ok(left_out)
}

fn plan(
    e: &PersonEntry,
    names: &Names,
    options: &PeopleOptions,
    numbers: &HashSet<String>,
    today: LocalDate,
) -> Result<Plan, Rejection> {
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
    let (file, deferred) = file(e, names, numbers, today)?;
    Ok(Plan { row, scheme, shift, calendar, pin, file, deferred, files: FilePlan::default() })
}

/// What a row says about the employee file, and its manager if he has no file of his own yet.
fn file(
    e: &PersonEntry,
    names: &Names,
    numbers: &HashSet<String>,
    today: LocalDate,
) -> Result<(Option<FileInput>, Option<String>), Rejection> {
    if !e.has_file() {
        return Ok((None, None));
    }
    let person = names.people.get(&e.number).copied();
    let (mut manager, mut deferred) = (None, None);
    if let Some(number) = &e.manager {
        match names.people.get(number) {
            Some(id) => manager = Some(Some(*id)),
            None if numbers.contains(number) && *number != e.number => {
                deferred = Some(number.clone());
            }
            None => {
                let message = format!("no such manager: {}", shown(number));
                return Err(Rejection::new(e.line, RowCode::UnknownReference, message));
            }
        }
    }
    // A new person has his card from the first day on, a known one from today on.
    let from = match person {
        Some(_) => today,
        None => e.hired_on.unwrap_or(today).max(*EFFECTIVE_RANGE.start()),
    };
    let card = e.card.clone().map(|no| CardInput { card_no: Some(no), from, keep: true });
    let values = e.fields.iter().map(|(f, v)| (f.name.to_owned(), v.clone())).collect();
    let custom = e.custom.iter().cloned().collect();
    let confirm_id = e.id_confirmed;
    let input = FileInput { person, values, custom, manager, card, confirm_id, version: None };
    Ok((Some(input), deferred))
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
    let files: Vec<(PersonId, FilePlan)> =
        known.iter().map(|(person, plan)| (*person, plan.files.clone())).collect();
    profiles::write_files(tx, app.config.data_keys(), actor, "import", &files, at).await?;
    changed.extend(files.iter().filter(|(_, f)| !f.is_empty()).map(|(person, _)| *person));
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
