//! Writes the demo group through the verbs of the rooms.

use std::collections::HashMap;

use vocabulary::{LocalDate, PersonId, WallTime};

use super::bar;
use super::careers;
use super::life::{Life, Tap, default_shift, live};
use super::rules;
use super::staff::{Employee, UNITS, Work, employees};
use crate::base::{Actor, App, Failure, Once, Scope};
use crate::calendars::{self, CalendarAssignment, NewCalendar, NewPeriodSet, PeriodEntry};
use crate::people::{self, NewOrgUnit, OrgKind, PersonRow, PutAt};
use crate::punches::{self, Evidence, NewPunch, Source, Urgency};
use crate::requests::{self, NewApproved};
use crate::rules::{NewRuleVersion, RuleKind, SchemeAssignment};
use crate::shifts::{self, CellChange, CellValue, DefaultShift, NewOvertime, NewShiftVersion};
use crate::{identity, rules as rule_room};

/// Rows of one call.
const CHUNK: usize = 1_000;
/// Calendar of those who work by roster: only statutory dates.
const ROSTER_CALENDAR: &str = "roster";
/// How far rosters are planned ahead, in days.
const AHEAD: i32 = 21;

/// Names a write of the demo, so that a load that was interrupted goes on where it stopped.
fn once(name: &str) -> Result<Once, Failure> {
    Ok(Once::new(Some(format!("demo {name}")), &name)?)
}

/// Rules, shifts, schemes, calendars: what every kind of demo needs.
pub async fn foundation(app: &App, from: LocalDate) -> Result<(), Failure> {
    let actor = Actor::cli();
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    identity::ensure_roles(&tx).await?;
    calendars::ensure_defaults(&tx).await?;
    rule_room::ensure_seeds(&tx, now).await?;
    let roster = NewCalendar {
        code: ROSTER_CALENDAR.to_owned(),
        name: "轮班日历（仅法定节假日）".to_owned(),
        rest_weekdays: Vec::new(),
    };
    if !calendars::calendar_codes(&tx).await?.contains_key(ROSTER_CALENDAR) {
        calendars::put_calendars(&tx, &actor, &[roster], now).await?;
    }
    tx.commit().await?;
    // Who works by roster has no weekly rest, but the statutory holidays like everybody.
    if let Some(id) = calendars::calendar_codes(app.db.read()).await?.get(ROSTER_CALENDAR) {
        for year in calendars::NATIONAL_YEARS {
            calendars::import_national(app, &actor, *id, year, false, None).await?;
        }
    }
    for (code, name, body) in rules::shifts() {
        let new = NewShiftVersion {
            code: code.to_owned(),
            name: Some(name.to_owned()),
            effective_from: from,
            expected_version: None,
            body,
        };
        shifts::publish(app, &actor, new, &once(&format!("shift {code}"))?).await?;
    }
    let kind = |k: &str| match k {
        "punch_rule" => RuleKind::Punch,
        "late_rule" => RuleKind::Late,
        "early_rule" => RuleKind::Early,
        _ => RuleKind::Abnormal,
    };
    let parts = rules::rules().into_iter().map(|(k, c, n, b)| (kind(k), c, n, b));
    let schemes = rules::schemes().into_iter().map(|(c, n, b)| (RuleKind::Scheme, c, n, b));
    for (kind, code, name, body) in parts.chain(schemes) {
        let new = NewRuleVersion {
            kind,
            code: code.to_owned(),
            name: Some(name.to_owned()),
            effective_from: from,
            expected_version: None,
            body,
        };
        let key = once(&format!("{} {code}", kind.as_str()))?;
        rule_room::publish(app, &actor, new, &key).await?;
    }
    Ok(())
}

fn scheme(work: Work) -> &'static str {
    match work {
        Work::Office => "OFFICE",
        Work::Flexible => "FLEX",
        Work::Shop => "SHOP",
        Work::PlantDay | Work::PlantTeam(_) => "PLANT",
        Work::Free => "FREE",
    }
}

/// The first of the month before, so that one whole month and the running one are there.
fn begin(today: LocalDate) -> LocalDate {
    let months = today.year() * 12 + i32::try_from(today.month()).unwrap_or(1) - 2;
    let month = u32::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
    LocalDate::from_ymd(months.div_euclid(12), month, 1).unwrap_or(today)
}

pub async fn load(app: &App, seed: u64) -> Result<(), Failure> {
    let today = app.today();
    let from = begin(today);
    let staff = employees(seed, from, today);
    let long_ago = from.plus(-3650);
    foundation(app, long_ago).await?;
    let ids = organisation(app, &staff, long_ago).await?;
    super::files::load(app, seed, &staff, &ids).await?;
    assignments(app, &staff, &ids, from).await?;
    super::organisation::fill(app, &staff, &ids, long_ago, from).await?;
    let mut kinds = HashMap::new();
    for (code, calendar) in calendars::calendar_codes(app.db.read()).await? {
        if let Some(c) = calendars::load(app.db.read(), calendar).await? {
            kinds.insert(code, c);
        }
    }
    let now = app.zone().wall(app.clock.now());
    let progress = bar("写入事实 facts", staff.len() as u64);
    let mut batch = Batch::default();
    for e in &staff {
        let Some(id) = ids.get(&e.number).copied() else { continue };
        let code = if rostered(e.work) { ROSTER_CALENDAR } else { calendars::DEFAULT_CALENDAR };
        let kind = |d| kinds.get(code).map_or(engine::DateKind::Workday, |c| c.kind(d));
        let life = live(seed, e, from, today.plus(AHEAD), now, kind);
        batch.add(id, life);
        if batch.len() >= CHUNK {
            std::mem::take(&mut batch).write(app).await?;
        }
        progress.inc(1);
    }
    batch.write(app).await?;
    progress.finish_and_clear();
    careers::load(app, &staff, &ids, today).await?;
    strangers(app, today, now).await?;
    super::users::create(app, &staff, &ids).await?;
    super::rights::create(app, &staff, &ids).await?;
    Ok(())
}

fn rostered(work: Work) -> bool {
    matches!(work, Work::Shop | Work::PlantTeam(_))
}

async fn organisation(
    app: &App,
    staff: &[Employee],
    since: LocalDate,
) -> Result<HashMap<String, PersonId>, Failure> {
    let actor = Actor::cli();
    let tx = app.db.begin().await?;
    let at = app.clock.now();
    let units: Vec<NewOrgUnit> = UNITS
        .iter()
        .map(|u| NewOrgUnit {
            code: u.code.to_owned(),
            name: u.name.to_owned(),
            kind: match u.kind {
                "group" => OrgKind::Group,
                "company" => OrgKind::Company,
                "team" => OrgKind::Team,
                _ => OrgKind::Department,
            },
            parent: u.parent.map(str::to_owned),
            valid_from: since,
        })
        .collect();
    let orgs = people::put_org_units(&tx, &actor, &units, at).await?;
    let by_code: HashMap<&str, _> = UNITS.iter().map(|u| u.code).zip(orgs).collect();
    let rows: Vec<PersonRow> = staff
        .iter()
        .map(|e| PersonRow {
            number: e.number.clone(),
            name: Some(e.name.clone()),
            zone: None,
            hired_on: Some(e.hired_on.max(since)),
            left_on: e.left_on,
            org: by_code.get(e.unit).copied(),
            kind: Some(careers::kind(e)),
            ..PersonRow::default()
        })
        .collect();
    let when = PutAt { zone: app.zone(), today: app.today(), at };
    people::put_people(&tx, &actor, &rows, when).await?;
    tx.commit().await?;
    let numbers: Vec<String> = staff.iter().map(|e| e.number.clone()).collect();
    Ok(people::by_number(app.db.read(), &numbers).await?)
}

async fn assignments(
    app: &App,
    staff: &[Employee],
    ids: &HashMap<String, PersonId>,
    from: LocalDate,
) -> Result<(), Failure> {
    let actor = Actor::cli();
    let everybody = Scope::everybody();
    let known: Vec<(&Employee, PersonId)> =
        staff.iter().filter_map(|e| Some((e, *ids.get(&e.number)?))).collect();
    let since = |e: &Employee| e.hired_on.max(from);
    let schemes: Vec<SchemeAssignment> = known
        .iter()
        .map(|(e, id)| SchemeAssignment {
            person: *id,
            valid_from: since(e),
            scheme: Some(scheme(e.work).to_owned()),
        })
        .collect();
    rule_room::assign_schemes(app, &actor, &everybody, &schemes, &once("schemes")?).await?;
    let defaults: Vec<DefaultShift> = known
        .iter()
        .filter_map(|(e, id)| {
            let shift = default_shift(e.work)?.to_owned();
            Some(DefaultShift { person: *id, valid_from: since(e), shift: Some(shift) })
        })
        .collect();
    shifts::assign_default_shifts(app, &actor, &everybody, &defaults, &once("default shifts")?)
        .await?;
    let rosters: Vec<CalendarAssignment> = known
        .iter()
        .filter(|(e, _)| rostered(e.work))
        .map(|(e, id)| CalendarAssignment {
            person: *id,
            valid_from: since(e),
            calendar: Some(ROSTER_CALENDAR.to_owned()),
        })
        .collect();
    calendars::assign_calendars(app, &actor, &everybody, &rosters, &once("calendars")?).await?;
    // The plant closes its month on the 25th.
    let tx = app.db.begin().await?;
    let at = app.clock.now();
    let set = NewPeriodSet {
        code: "plant".to_owned(),
        name: "工厂周期（26 日起）".to_owned(),
        start_day: 26,
    };
    let sets = calendars::put_period_sets(&tx, &actor, &[set], at).await?;
    let plant: Vec<PeriodEntry> = known
        .iter()
        .filter(|(e, _)| matches!(e.work, Work::PlantDay | Work::PlantTeam(_)))
        .map(|(e, id)| PeriodEntry {
            person: *id,
            valid_from: since(e),
            set: sets.first().copied(),
        })
        .collect();
    calendars::put_period_assignments(&tx, &actor, &plant, app.today(), at).await?;
    tx.commit().await?;
    Ok(())
}

/// Facts of some people, written together.
#[derive(Default)]
struct Batch {
    cells: Vec<CellChange>,
    taps: Vec<(PersonId, Tap)>,
    forms: Vec<NewApproved>,
    ordered: Vec<(PersonId, LocalDate, WallTime, WallTime)>,
}

impl Batch {
    fn len(&self) -> usize {
        self.cells.len().max(self.taps.len())
    }

    fn add(&mut self, person: PersonId, life: Life) {
        self.cells.extend(life.cells.into_iter().map(|c| CellChange {
            person,
            date: c.date,
            value: match c.shift {
                Some(code) => CellValue::Shifts(vec![code.to_owned()]),
                None => CellValue::Rest,
            },
            expected_version: None,
        }));
        self.taps.extend(life.taps.into_iter().map(|t| (person, t)));
        self.forms.extend(life.approved.into_iter().map(|a| NewApproved {
            person,
            type_code: a.type_code.to_owned(),
            start: a.start,
            end: a.end,
            approved_at: Some(WallTime::on(a.start.date().plus(-1), 9 * 3600)),
            half_day: false,
            overtime_date: None,
            breaks: Vec::new(),
            break_minutes: 0,
            reason: a.reason.to_owned(),
        }));
        self.ordered.extend(life.ordered.into_iter().map(|(d, a, b)| (person, d, a, b)));
    }

    async fn write(self, app: &App) -> Result<(), Failure> {
        let actor = Actor::cli();
        let everybody = Scope::everybody();
        let never = Once::never();
        for chunk in self.cells.chunks(CHUNK) {
            shifts::set_cells(app, &actor, &everybody, chunk, &never).await?;
        }
        for chunk in self.forms.chunks(CHUNK) {
            requests::record_approved(app, &actor, &everybody, chunk, &never).await?;
        }
        for (person, date, start, end) in self.ordered {
            let new = NewOvertime {
                people: vec![person],
                date,
                start,
                end,
                breaks: Vec::new(),
                break_minutes: 0,
                reason: "赶工".to_owned(),
            };
            let key = once(&format!("overtime {person} {date}"))?;
            shifts::order_overtime(app, &actor, &everybody, &new, &key).await?;
        }
        let zone = app.zone();
        for chunk in self.taps.chunks(CHUNK) {
            let rows: Vec<NewPunch> = chunk
                .iter()
                .map(|(person, t)| NewPunch {
                    person: *person,
                    at: zone.instant(t.at),
                    flag: None,
                    source: Source::Terminal,
                    method: None,
                    device: t.device.to_owned(),
                    reason: None,
                    raw: None,
                    author: None,
                })
                .collect();
            let tx = app.db.begin().await?;
            punches::insert(&tx, &rows, Urgency::ByAge, app.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// A few taps of numbers nobody knows, as they happen on every device.
async fn strangers(app: &App, today: LocalDate, now: WallTime) -> Result<(), Failure> {
    let rows: Vec<Evidence> = (0..12)
        .map(|i| {
            let wall = WallTime::on(today.plus(-1 - i * 3), (8 * 60 + i64::from(i)) * 60);
            Evidence {
                device: "LS-01".to_owned(),
                pin: format!("99{:02}", i % 4),
                wall,
                zone: app.zone(),
                flag: None,
                source: Source::Terminal,
                method: None,
                raw: format!("99{:02}\t{wall}", i % 4),
            }
        })
        .filter(|e| e.wall <= now)
        .collect();
    let tx = app.db.begin().await?;
    punches::receive(&tx, &rows, Urgency::ByAge, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
