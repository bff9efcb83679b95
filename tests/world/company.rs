//! The company every seed begins with, and what makes each one different.

use kaoqin::base::{Actor, App, Once, Query, Scope, Tx};
use kaoqin::calendars::{self, CalendarAssignment, NewCalendar, NewPeriodSet, PeriodEntry};
use kaoqin::people::{self, NewOrgUnit, OrgKind, PersonRow, PutAt};
use kaoqin::punches::{self, NewPunch, Source, Urgency};
use kaoqin::rules::{self, NewRuleVersion, RuleKind, SchemeAssignment};
use kaoqin::shifts::{self, CellChange, CellValue, DefaultShift, NewShiftVersion};
use serde_json::{Value, json};
use vocabulary::{Instant, LocalDate, PersonId, WallTime, Zone};

use crate::chance::Dice;

/// People who are there from the beginning, in shards of six.
pub const PEOPLE: usize = 24;
/// Ids of a shard lie side by side; see `dirty::shard_of`.
const SHARD: i64 = 256;

pub const SCHEMES: [&str; 4] = ["OFFICE", "PLANT", "STRICT", "SHOP"];
pub const SHIFTS: [&str; 7] = ["D1", "F1", "SE", "N1", "T3", "FREE", "L1"];
pub const TEAMS: [&str; 3] = ["W1", "W2", "W3"];
pub const CALENDARS: [&str; 3] = ["six", "seven", "five"];
pub const ORGS: [&str; 4] = ["A1", "A2", "B1", "B2"];
pub const POSITIONS: [&str; 3] = ["P1", "P2", "P3"];
pub const PERIOD_SETS: [&str; 2] = ["mid", "month"];
pub const LATE_RULES: [&str; 2] = ["W-L", "W-L2"];
pub const LEAVES: [&str; 3] = ["010", "050", "030"];

/// First date of the game.
pub fn first() -> LocalDate {
    LocalDate::from_ymd(2026, 3, 5).unwrap()
}

/// When everything was installed.
pub fn founded() -> Instant {
    Zone::SHANGHAI.instant(WallTime::on(LocalDate::from_ymd(2026, 1, 5).unwrap(), 9 * 3600))
}

/// When the changes begin: 31 days are over, 9 are to come.
pub fn begins() -> Instant {
    Zone::SHANGHAI.instant(WallTime::on(first().plus(31), 9 * 3600))
}

pub fn me() -> Actor {
    Actor::system()
}

pub fn all() -> Scope {
    Scope::everybody()
}

fn spans(list: &[(&str, &str)]) -> Value {
    list.iter().map(|(s, e)| json!({ "start": s, "end": e })).collect()
}

/// A shift moved by some minutes; 0 gives its first version.
pub fn shift_body(code: &str, by: i64) -> Value {
    let time = |minute: i64| format!("{:02}:{:02}", (minute + by) / 60, (minute + by) % 60);
    let two = |a: i64, b: i64, c: i64, d: i64| {
        let (a, b, c, d) = (time(a), time(b), time(c), time(d));
        spans(&[(&a, &b), (&c, &d)])
    };
    let one = |a: i64, b: i64| spans(&[(&time(a), &time(b))]);
    match code {
        "F1" => json!({ "segments": two(540, 720, 780, 1080), "early_flex_minutes": 60,
                        "late_flex_minutes": 60 }),
        "SE" => json!({ "segments": two(540, 780, 840, 1080), "points": "per_segment" }),
        "N1" => json!({ "segments": one(1320, 1800) }),
        "T3" => json!({ "segments": one(1440, 1920) }),
        "L1" => json!({ "segments": one(810, 1290) }),
        "OT2" => json!({ "kind": "ot", "segments": one(1110, 1230) }),
        "FREE" => json!({ "kind": "free" }),
        _ => json!({ "segments": two(480, 720, 780, 1020) }),
    }
}

/// Minutes at which somebody with this shift punches.
fn usual(code: &str) -> Vec<i64> {
    match code {
        "F1" => vec![560, 1085],
        "SE" => vec![535, 785, 835, 1085],
        "N1" => vec![1310, 1805],
        "T3" => vec![1432, 1925],
        "L1" => vec![805, 1295],
        "FREE" => vec![600, 1000],
        _ => vec![475, 1025],
    }
}

pub fn late_body(limit: i64) -> Value {
    json!({ "items": [{ "code": "L", "limit_minutes": limit, "method": "ceil", "minutes": 5 },
                      { "code": "LX", "limit_minutes": 800, "absence": true, "days": 0.5 }] })
}

pub fn abnormal_body(free: i64) -> Value {
    let fixed = json!({ "action": "fixed_absence", "days": 0.5, "free_per_period": free });
    json!({ "missing_in": fixed, "missing_out": fixed,
            "both_missing": { "action": "absent_span", "free_per_period": free / 2 } })
}

/// `free` = missing points go free some times a period.
pub fn scheme_body(late: &str, free: bool, application: bool) -> Value {
    let abnormal = if free { "W-X" } else { "W-XS" };
    let work = json!({ "punch_rule": "W-P", "late_rule": late, "early_rule": "W-E",
                       "abnormal_rule": abnormal });
    let extra = json!({ "punch_rule": "W-P", "abnormal_rule": "W-XS",
                        "application": application });
    json!({ "workday": work, "weekday_ot": extra, "rest_ot": extra, "holiday_ot": extra })
}

pub async fn publish_rule(
    app: &App,
    kind: RuleKind,
    code: &str,
    from: LocalDate,
    body: Value,
) -> Result<(), kaoqin::base::Failure> {
    let new = NewRuleVersion {
        kind,
        code: code.to_owned(),
        name: None,
        effective_from: from,
        expected_version: None,
        body,
    };
    rules::publish(app, &me(), new, &Once::never()).await.map(|_| ())
}

pub async fn publish_shift(
    app: &App,
    code: &str,
    from: LocalDate,
    body: Value,
) -> Result<(), kaoqin::base::Failure> {
    let new = NewShiftVersion {
        code: code.to_owned(),
        name: None,
        effective_from: from,
        expected_version: None,
        body,
    };
    shifts::publish(app, &me(), new, &Once::never()).await.map(|_| ())
}

pub fn number(index: usize) -> String {
    format!("{}", 1001 + index)
}

/// Everything that is the same for all seeds.
pub async fn found(app: &App) {
    kaoqin::house::seed(app).await.unwrap();
    let since = LocalDate::from_ymd(2026, 1, 1).unwrap();
    for code in SHIFTS.iter().chain(&["OT2"]) {
        publish_shift(app, code, since, shift_body(code, 0)).await.unwrap();
    }
    let wide = json!({ "before_minutes": 120, "after_minutes": 360 });
    let early = json!({ "items": [{ "code": "E", "limit_minutes": 800 }] });
    for (kind, code, body) in [
        (RuleKind::Punch, "W-P", wide),
        (RuleKind::Early, "W-E", early),
        (RuleKind::Late, "W-L", late_body(60)),
        (RuleKind::Late, "W-L2", late_body(20)),
        (RuleKind::Abnormal, "W-X", abnormal_body(2)),
        (RuleKind::Abnormal, "W-XS", abnormal_body(0)),
        (RuleKind::Scheme, "OFFICE", scheme_body("W-L", true, true)),
        (RuleKind::Scheme, "PLANT", scheme_body("W-L2", true, false)),
        (RuleKind::Scheme, "STRICT", scheme_body("W-L2", false, true)),
        (RuleKind::Scheme, "SHOP", scheme_body("W-L", false, false)),
    ] {
        publish_rule(app, kind, code, since, body).await.unwrap();
    }
    let tx = app.db.begin().await.unwrap();
    let at = app.clock.now();
    let calendar = |code: &str, rest: &[u8]| NewCalendar {
        code: code.to_owned(),
        name: code.to_owned(),
        rest_weekdays: rest.to_vec(),
    };
    let new = [calendar("six", &[7]), calendar("seven", &[]), calendar("five", &[6, 7])];
    calendars::put_calendars(&tx, &me(), &new, at).await.unwrap();
    let set = |code: &str, start_day| NewPeriodSet {
        code: code.to_owned(),
        name: code.to_owned(),
        start_day,
    };
    calendars::put_period_sets(&tx, &me(), &[set("mid", 16)], at).await.unwrap();
    tx.commit().await.unwrap();
    let orgs = organisation(app).await;
    for shard in 0..i64::try_from(PEOPLE / 6).unwrap() {
        let from = usize::try_from(shard * 6).unwrap();
        skip_ids(app, shard * SHARD).await;
        let rows: Vec<PersonRow> = (from..from + 6)
            .map(|i| PersonRow {
                number: number(i),
                name: Some(format!("员工{i}")),
                zone: match i % 12 {
                    5 => Some("Asia/Tokyo".parse().unwrap()),
                    11 => Some("America/New_York".parse().unwrap()),
                    _ => None,
                },
                hired_on: Some(since),
                org: Some(orgs[i % orgs.len()]),
                ..PersonRow::default()
            })
            .collect();
        let tx = app.db.begin().await.unwrap();
        let when = PutAt { zone: Zone::SHANGHAI, today: app.today(), at: app.clock.now() };
        people::put_people(&tx, &me(), &rows, when).await.unwrap();
        teams(&tx).await;
        // Nothing is computed before the game begins.
        tx.run("DELETE FROM dirty_mark", vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Everybody is in one of three teams from the first day on, some in another one later.
async fn teams(tx: &Tx) {
    for code in TEAMS {
        let sql = "INSERT INTO team (code, name) VALUES ($1, $1) ON CONFLICT (code) DO NOTHING";
        tx.run(sql, vec![code.into()]).await.unwrap();
    }
    let member = "INSERT INTO team_member (person_id, valid_from, team_id) \
         SELECT p.id, $1, t.id FROM person p \
         JOIN team t ON t.code = 'W' || CAST((p.id + $2) % 3 + 1 AS TEXT) \
         WHERE p.id % $3 = 0 ON CONFLICT (person_id, valid_from) DO NOTHING";
    for (from, by, each) in [(first().plus(-4), 0_i64, 1_i64), (first().plus(17), 1, 4)] {
        tx.run(member, vec![from.into(), by.into(), each.into()]).await.unwrap();
    }
}

async fn organisation(app: &App) -> Vec<vocabulary::OrgId> {
    let unit = |code: &str, parent: Option<&str>| NewOrgUnit {
        code: code.to_owned(),
        name: code.to_owned(),
        kind: OrgKind::Department,
        parent: parent.map(str::to_owned),
        valid_from: LocalDate::from_ymd(2020, 1, 1).unwrap(),
    };
    let mut units = vec![unit("G", None), unit("A", Some("G")), unit("B", Some("G"))];
    units.extend(ORGS.iter().map(|code| unit(code, Some(&code[..1]))));
    let tx = app.db.begin().await.unwrap();
    let ids = people::put_org_units(&tx, &me(), &units, app.clock.now()).await.unwrap();
    for code in POSITIONS {
        let sql = "INSERT INTO position (code, name, grade, active) VALUES ($1, $1, 1, TRUE)";
        tx.run(sql, vec![code.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    ids[3..].to_vec()
}

/// The next person gets an id in another shard.
async fn skip_ids(app: &App, id: i64) {
    if id == 0 {
        return;
    }
    let db = app.db.for_migrations();
    let sql = match app.db.dialect() {
        kaoqin::base::Dialect::Sqlite => {
            format!("UPDATE sqlite_sequence SET seq = {id} WHERE name = 'person'")
        }
        kaoqin::base::Dialect::Postgres => {
            format!("SELECT setval(pg_get_serial_sequence('person', 'id'), {id})")
        }
    };
    db.run(&sql, vec![]).await.unwrap();
}

/// How one person works in one seed.
#[derive(Clone, Debug)]
pub struct Employee {
    pub id: PersonId,
    pub number: String,
    pub zone: Zone,
    /// `None` = by roster.
    pub default: Option<&'static str>,
}

/// Assignments, rosters and the punches of the days that are over.
pub async fn settle_in(app: &App, dice: &mut Dice) -> (Vec<Employee>, Vec<NewPunch>) {
    let numbers: Vec<String> = (0..PEOPLE).map(number).collect();
    let ids = people::by_number(app.db.read(), &numbers).await.unwrap();
    let mut staff = Vec::new();
    let (mut schemes, mut defaults, mut own, mut cells, mut taps) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (i, number) in numbers.into_iter().enumerate() {
        let person = ids[&number];
        let zone = match i % 12 {
            5 => "Asia/Tokyo".parse().unwrap(),
            11 => "America/New_York".parse().unwrap(),
            _ => Zone::SHANGHAI,
        };
        let default = dice.chance(60).then(|| *dice.pick(&SHIFTS));
        let valid_from = first().plus(-4);
        let scheme = Some((*dice.pick(&SCHEMES)).to_owned());
        schemes.push(SchemeAssignment { person, valid_from, scheme });
        if dice.chance(40) {
            // A change of scheme in the middle.
            let scheme = Some((*dice.pick(&SCHEMES)).to_owned());
            let valid_from = dice.date(first(), first().plus(38));
            schemes.push(SchemeAssignment { person, valid_from, scheme });
        }
        let shift = default.map(str::to_owned);
        defaults.push(DefaultShift { person, valid_from, shift });
        if dice.chance(50) {
            let calendar = Some((*dice.pick(&CALENDARS)).to_owned());
            own.push(CalendarAssignment { person, valid_from, calendar });
        }
        let e = Employee { id: person, number, zone, default };
        days(&e, dice, &mut cells, &mut taps);
        staff.push(e);
    }
    let (me, all, never) = (me(), all(), Once::never());
    rules::assign_schemes(app, &me, &all, &schemes, &never).await.unwrap();
    shifts::assign_default_shifts(app, &me, &all, &defaults, &never).await.unwrap();
    calendars::assign_calendars(app, &me, &all, &own, &never).await.unwrap();
    shifts::set_cells(app, &me, &all, &cells, &never).await.unwrap();
    periods(app, dice, &staff).await;
    let tx = app.db.begin().await.unwrap();
    punches::insert(&tx, &taps, Urgency::ByAge, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    (staff, taps)
}

/// Some are accounted for from the 16th on.
async fn periods(app: &App, dice: &mut Dice, staff: &[Employee]) {
    let sets = calendars::period_sets(app.db.read()).await.unwrap();
    let mid = sets.iter().find(|s| s.code == "mid").map(|s| s.id);
    let valid_from = LocalDate::from_ymd(2026, 1, 16).unwrap();
    let entries: Vec<PeriodEntry> = staff
        .iter()
        .filter(|_| dice.chance(30))
        .map(|e| PeriodEntry { person: e.id, valid_from, set: mid })
        .collect();
    let tx = app.db.begin().await.unwrap();
    let (today, at) = (app.today(), app.clock.now());
    calendars::put_period_assignments(&tx, &me(), &entries, today, at).await.unwrap();
    tx.commit().await.unwrap();
}

/// Roster and punches of one person, with the faults of real life.
fn days(e: &Employee, dice: &mut Dice, cells: &mut Vec<CellChange>, taps: &mut Vec<NewPunch>) {
    let over = begins();
    for date in first().plus(-2).through(first().plus(42)) {
        let shift = match e.default {
            Some(code) => (date.weekday() < 6).then_some(code),
            None => {
                let shift = dice.chance(75).then(|| *dice.pick(&SHIFTS));
                let value = match shift {
                    Some(code) => CellValue::Shifts(vec![code.to_owned()]),
                    None => CellValue::Rest,
                };
                cells.push(CellChange { person: e.id, date, value, expected_version: None });
                shift
            }
        };
        let Some(shift) = shift else { continue };
        for minute in usual(shift) {
            if dice.chance(8) {
                continue;
            }
            let spread = if dice.chance(15) { 60 } else { 8 };
            let at = e.zone.instant(dice.about(date, minute, spread));
            if at < over {
                taps.push(punch(e.id, at, "T1"));
            }
        }
    }
}

pub fn punch(person: PersonId, at: Instant, device: &str) -> NewPunch {
    NewPunch {
        person,
        at,
        flag: None,
        source: Source::Terminal,
        method: None,
        device: device.to_owned(),
        reason: None,
        raw: None,
        author: None,
    }
}
