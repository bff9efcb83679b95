//! Each change through the verb that the product has for it.

use kaoqin::base::{App, Failure, Fault, Once, Query};
use kaoqin::calendars::{self, CalendarAssignment, DateChange, PeriodEntry};
use kaoqin::employment::{self, EventInput, Frozen, Leaving, NewTransfer, Removal, Thawed};
use kaoqin::import;
use kaoqin::people::{self, EventFilter, EventKind, PersonInput};
use kaoqin::precompute;
use kaoqin::punches::{self, Assignment, Entered, Entry, Evidence, Moment, Source, Urgency};
use kaoqin::requests::{self, NewApproved, NewSwap, SwapOf};
use kaoqin::rules::{self, RuleKind, SchemeAssignment};
use kaoqin::shifts::{
    self, CellChange, CellValue, ClearedSpan, ClearedTeams, DefaultShift, NewOvertime,
    TeamCellChange,
};
use vocabulary::{
    Instant, LocalDate, PersonId, PunchId, RequestId, SwapId, TeamId, WallTime, Zone,
};

use crate::change::{Change, Notes};
use crate::company::{self, all, me};

#[derive(sea_orm::FromQueryResult)]
struct Id {
    id: i64,
}

/// The `nth` id that a query gives; the last if there are fewer, `None` if there is none.
async fn nth(app: &App, sql: &str, nth: i64) -> Result<Option<i64>, Fault> {
    let rows: Vec<Id> = app.db.read().rows(sql, vec![]).await?;
    let at = usize::try_from(nth).unwrap().min(rows.len().saturating_sub(1));
    Ok(rows.get(at).map(|r| r.id))
}

async fn team(app: &App, code: &str) -> Result<TeamId, Fault> {
    let sql = format!("SELECT id FROM team WHERE code = '{code}'");
    Ok(TeamId(nth(app, &sql, 0).await?.unwrap()))
}

async fn version(app: &App, person: PersonId) -> Result<i32, Fault> {
    let found = people::person(app.db.read(), &all(), person, app.today()).await?;
    Ok(found.map_or(0, |p| p.version))
}

/// Makes the change once.
pub async fn apply(app: &App, change: &Change, notes: &Notes) -> Result<(), Failure> {
    let (me, all, never) = (me(), all(), Once::never());
    let now = app.clock.now();
    match change {
        Change::Tap { person, at, device, twice } => {
            let mut rows = vec![company::punch(*person, *at, device)];
            if *twice {
                rows.push(company::punch(*person, at.plus_seconds(-17), device));
            }
            let tx = app.db.begin().await?;
            punches::insert(&tx, &rows, Urgency::Now, now).await?;
            tx.commit().await?;
            rows.iter().for_each(|p| notes.accept(p.person, p.at, device));
        }
        Change::Receive { number, person, wall, zone } => {
            let record = evidence(number, *wall, *zone, "T9");
            let tx = app.db.begin().await?;
            let done = punches::receive(&tx, &[record], Urgency::ByAge, now).await?;
            tx.commit().await?;
            if done[0] != punches::Received::Unassigned {
                notes.accept(*person, zone.instant(*wall), "T9");
            }
        }
        Change::Enter { person, at, key } => {
            let moment = Moment::At(*at);
            let entry =
                Entry { person: *person, moment, flag: None, reason: "忘记打卡".to_owned() };
            let once = Once::new(Some(key.clone()), &entry)?;
            let done = punches::enter(app, &me, &all, std::slice::from_ref(&entry), &once).await?;
            if matches!(done[0], Entered::New(_) | Entered::Known(_)) {
                notes.accept(*person, Instant::from_millis(at.millis() / 1000 * 1000), "");
            }
        }
        Change::Import { rows } => import_file(app, rows, notes).await?,
        Change::Stranger { wall } => {
            let tx = app.db.begin().await?;
            let record = evidence("nobody", *wall, Zone::SHANGHAI, "T8");
            punches::receive(&tx, &[record], Urgency::Now, now).await?;
            tx.commit().await?;
        }
        Change::AssignStranger { person, nth: n } => {
            let sql = "SELECT id FROM unassigned_punch WHERE pin = 'nobody' ORDER BY id";
            let Some(id) = nth(app, sql, *n).await? else { return Ok(()) };
            let wanted = Assignment { records: vec![id], person: *person, remember: false };
            punches::assign(app, &me, &all, &wanted, &never).await?;
        }
        Change::Void { person, nth: n } => {
            let sql = format!("SELECT id FROM punch WHERE person_id = {person} ORDER BY at DESC");
            let Some(id) = nth(app, &sql, *n).await? else { return Ok(()) };
            punches::void(app, &me, &all, PunchId(id), "误刷", &never).await?;
        }
        Change::CalendarDate { code, date, kind } => {
            let ids = calendars::calendar_codes(app.db.read()).await?;
            let Some(id) = ids.get(*code).copied() else { return Ok(()) };
            let row = calendars::calendar_row(app.db.read(), id).await?;
            let version = row.map_or(0, |c| c.version);
            let change = DateChange { date: *date, kind: *kind, name: "节".to_owned() };
            calendars::set_dates(app, &me, id, version, &[change], &never).await?;
        }
        Change::Calendar { person, from, code } => {
            let calendar = code.map(str::to_owned);
            let row = CalendarAssignment { person: *person, valid_from: *from, calendar };
            calendars::assign_calendars(app, &me, &all, &[row], &never).await?;
        }
        Change::LateRule { code, from, limit } => {
            let body = company::late_body(*limit);
            company::publish_rule(app, RuleKind::Late, code, *from, body).await?;
        }
        Change::AbnormalRule { from, free } => {
            let body = company::abnormal_body(*free);
            company::publish_rule(app, RuleKind::Abnormal, "W-X", *from, body).await?;
        }
        Change::SchemeVersion { code, from, late, free, form } => {
            let body = company::scheme_body(late, *free, *form);
            company::publish_rule(app, RuleKind::Scheme, code, *from, body).await?;
        }
        Change::Scheme { person, from, code } => {
            let scheme = code.map(str::to_owned);
            let row = SchemeAssignment { person: *person, valid_from: *from, scheme };
            rules::assign_schemes(app, &me, &all, &[row], &never).await?;
        }
        Change::RequestType { code, from, a2 } => {
            let body = match *code {
                "400" => serde_json::json!({ "kind": "overtime",
                    "coefficients": { "w2": f64::from(i32::try_from(*a2).unwrap()) / 10.0 } }),
                _ => serde_json::json!({ "kind": "leave", "coefficients": {
                    "a1": 1, "a2": f64::from(i32::try_from(*a2).unwrap()) / 10.0 } }),
            };
            company::publish_rule(app, RuleKind::RequestType, code, *from, body).await?;
        }
        other => plan_or_people(app, other).await?,
    }
    Ok(())
}

async fn plan_or_people(app: &App, change: &Change) -> Result<(), Failure> {
    let (me, all, never) = (me(), all(), Once::never());
    match change {
        Change::Cells { cells } => {
            let cells: Vec<CellChange> = cells
                .iter()
                .map(|(person, date, shift, ot)| {
                    let mut codes: Vec<String> = shift.iter().map(|s| (*s).to_owned()).collect();
                    if *ot {
                        codes.push("OT2".to_owned());
                    }
                    let value =
                        if codes.is_empty() { CellValue::Rest } else { CellValue::Shifts(codes) };
                    CellChange { person: *person, date: *date, value, expected_version: None }
                })
                .collect();
            shifts::set_cells(app, &me, &all, &cells, &never).await?;
        }
        Change::TeamCells { cells } => {
            let mut changes = Vec::new();
            for (code, date, shift) in cells {
                let shift = shift.map(str::to_owned);
                let value = shift.map_or(CellValue::Rest, |s| CellValue::Shifts(vec![s]));
                let team = team(app, code).await?;
                changes.push(TeamCellChange { team, date: *date, value, expected_version: None });
            }
            shifts::set_team_cells(app, &me, &all, &changes, &never).await?;
        }
        Change::ClearTeam { team: code, from, to } => {
            let what = ClearedTeams { teams: vec![team(app, code).await?], from: *from, to: *to };
            shifts::clear_team_cells(app, &me, &all, &what, &never).await?;
        }
        Change::Swap { people, date, shift } => {
            let of = match shift {
                None => SwapOf::Exchange { people: *people, dates: vec![*date] },
                Some(s) => SwapOf::Change {
                    person: people[0],
                    date: *date,
                    value: CellValue::Shifts(vec![(*s).to_owned()]),
                },
            };
            let reason = "换班".to_owned();
            let new = NewSwap { of, reason, accept_limits: true, accept_other_scheme: true };
            let locked = precompute::in_locked_period;
            requests::record_swap(app, &me, &all, &new, locked, &never).await?;
        }
        Change::CancelSwap { nth: n } => {
            let sql = "SELECT id FROM roster_swap WHERE cancelled_at IS NULL ORDER BY id DESC";
            let Some(id) = nth(app, sql, *n).await? else { return Ok(()) };
            let locked = precompute::in_locked_period;
            requests::cancel_swap(app, &me, &all, SwapId(id), "不换", locked, &never).await?;
        }
        Change::ClearCells { person, from, to } => {
            let what = ClearedSpan { people: vec![*person], from: *from, to: *to };
            shifts::clear_cells(app, &me, &all, &what, &never).await?;
        }
        Change::DefaultShift { person, from, shift } => {
            let shift = shift.map(str::to_owned);
            let row = DefaultShift { person: *person, valid_from: *from, shift };
            shifts::assign_default_shifts(app, &me, &all, &[row], &never).await?;
        }
        Change::Overtime { people, date, start, end } => {
            let new = NewOvertime {
                people: people.clone(),
                date: *date,
                start: WallTime::on(*date, start * 60),
                end: WallTime::on(*date, end * 60),
                breaks: Vec::new(),
                break_minutes: 0,
                reason: "赶工".to_owned(),
            };
            shifts::order_overtime(app, &me, &all, &new, &never).await?;
        }
        Change::RevokeOvertime { nth: n } => {
            let sql = "SELECT id FROM temporary_overtime WHERE revoked_at IS NULL ORDER BY id DESC";
            let Some(id) = nth(app, sql, *n).await? else { return Ok(()) };
            shifts::revoke_overtime(app, &me, &all, id).await?;
        }
        Change::Request { person, code, start, end } => {
            let form = NewApproved {
                person: *person,
                type_code: (*code).to_owned(),
                start: *start,
                end: *end,
                approved_at: None,
                half_day: false,
                overtime_date: None,
                breaks: Vec::new(),
                break_minutes: 0,
                reason: "有事".to_owned(),
            };
            requests::record_approved(app, &me, &all, &[form], &never).await?;
        }
        Change::RevokeRequest { nth: n } => {
            let sql = "SELECT id FROM approved_request WHERE revoked_at IS NULL ORDER BY id DESC";
            let Some(id) = nth(app, sql, *n).await? else { return Ok(()) };
            requests::revoke(app, &me, &all, RequestId(id), "不去了", &never).await?;
        }
        Change::ShiftVersion { code, from, by } => {
            let body = company::shift_body(code, *by);
            company::publish_shift(app, code, *from, body).await?;
        }
        other => career(app, other).await?,
    }
    Ok(())
}

async fn career(app: &App, change: &Change) -> Result<(), Failure> {
    let (me, all, never) = (me(), all(), Once::never());
    let input = |number: &str, on: LocalDate| PersonInput {
        number: number.to_owned(),
        name: Some(format!("员工{number}")),
        zone: None,
        hired_on: Some(on),
        left_on: None,
        ..PersonInput::default()
    };
    match change {
        Change::Hire { number, on } => {
            let row = PersonInput { org: Some("A1".to_owned()), ..input(number, *on) };
            people::put_persons(app, &me, &all, &[row], &never).await?;
            let found = people::by_number(app.db.read(), std::slice::from_ref(number)).await?;
            let Some(person) = found.get(number).copied() else { return Ok(()) };
            let scheme = Some("OFFICE".to_owned());
            let row = SchemeAssignment { person, valid_from: *on, scheme };
            rules::assign_schemes(app, &me, &all, &[row], &never).await?;
            let shift = Some("D1".to_owned());
            let row = DefaultShift { person, valid_from: *on, shift };
            shifts::assign_default_shifts(app, &me, &all, &[row], &never).await?;
        }
        Change::HiredOn { number, on } => {
            let row = input(number, *on);
            people::put_persons(app, &me, &all, &[row], &never).await?;
        }
        Change::Leave { person, last } => {
            let leaving = Leaving { version: version(app, *person).await?, left_on: *last };
            employment::end_employment(app, &me, &all, *person, leaving, &never).await?;
        }
        Change::Freeze { person, from, to } => {
            let new = Frozen { version: version(app, *person).await?, from: *from, to: *to };
            employment::freeze(app, &me, &all, *person, new, &never).await?;
        }
        Change::Unfreeze { person, on } => {
            let new = Thawed { version: version(app, *person).await?, on: *on };
            employment::unfreeze(app, &me, &all, *person, new, &never).await?;
        }
        Change::PeriodSet { person, from, code } => {
            let sets = calendars::period_sets(app.db.read()).await?;
            let set = code.and_then(|code| sets.iter().find(|s| s.code == code)).map(|s| s.id);
            let entry = PeriodEntry { person: *person, valid_from: *from, set };
            let tx = app.db.begin().await?;
            let (today, at) = (app.today(), app.clock.now());
            calendars::put_period_assignments(&tx, &me, &[entry], today, at).await?;
            tx.commit().await?;
        }
        Change::Transfer { person, from, org } => {
            let version = version(app, *person).await?;
            let new = NewTransfer {
                version,
                valid_from: *from,
                org: Some((*org).to_owned()),
                ..NewTransfer::default()
            };
            employment::transfer(app, &me, &all, *person, &new, &never).await?;
        }
        Change::Place { person, from, position, kind, scheme } => {
            let new = NewTransfer {
                version: version(app, *person).await?,
                valid_from: *from,
                position: position.map(str::to_owned),
                kind: *kind,
                scheme: scheme.map(str::to_owned),
                ..NewTransfer::default()
            };
            employment::transfer(app, &me, &all, *person, &new, &never).await?;
        }
        Change::Reinstate { person, on } => {
            let event = EventInput {
                continuous: Some(true),
                ..EventInput::new(*person, EventKind::Reinstate, *on)
            };
            employment::enter_event(app, &me, &all, &event, &never).await?;
        }
        Change::TakeBack { person, nth } => {
            let filter =
                EventFilter { person: Some(*person), limit: 500, ..EventFilter::default() };
            let mut events = people::events(app.db.read(), &all, &filter).await?;
            events.retain(|e| e.state == "effective" && e.kind != "hire" && e.kind != "reversal");
            let back = usize::try_from(*nth).unwrap() + 1;
            let Some(event) = events.len().checked_sub(back).and_then(|i| events.get(i)) else {
                return Ok(());
            };
            let removal = Removal { version: event.version, reason: "录入错误".to_owned() };
            employment::remove_event(app, &me, &all, event.id, &removal, &never).await?;
        }
        other => unreachable!("{other:?} has no verb"),
    }
    Ok(())
}

fn evidence(pin: &str, wall: WallTime, zone: Zone, device: &str) -> Evidence {
    Evidence {
        device: device.to_owned(),
        pin: pin.to_owned(),
        wall,
        zone,
        flag: None,
        source: Source::Terminal,
        method: None,
        raw: format!("{pin}\t{wall}"),
    }
}

async fn import_file(
    app: &App,
    rows: &[(String, PersonId, WallTime)],
    notes: &Notes,
) -> Result<(), Failure> {
    let lines: Vec<String> = rows
        .iter()
        .map(|(number, _, wall)| format!("{number:>9}\t{}\t1\t0\t1\t0\r\n", spaced(*wall)))
        .collect();
    let input = import::Input::from_bytes(lines.concat().into_bytes()).unwrap();
    let options = import::Options {
        format: Some(import::Format::Attlog),
        device: Some("USB".to_owned()),
        ..import::Options::default()
    };
    let done = import::import_punches(app, &me(), &input, "attlog.dat", &options).await;
    let report = match done {
        Ok(report) => report,
        Err(import::ImportError::Failed(failure)) => return Err(failure),
        Err(import::ImportError::File(e)) => panic!("the import ended: {e}"),
    };
    assert_eq!(report.rejected + report.unassigned, 0, "{report:?}");
    for (_, person, wall) in rows {
        notes.accept(*person, Zone::SHANGHAI.instant(*wall), "USB");
    }
    Ok(())
}

fn spaced(wall: WallTime) -> String {
    wall.to_string().replace('T', " ")
}
