//! Changes of every cause, by chance.

use std::collections::HashSet;
use std::sync::Mutex;

use engine::DateKind;
use vocabulary::{EmploymentKind, Instant, LocalDate, PersonId, WallTime, Zone};

use crate::chance::Dice;
use crate::company::{
    self, CALENDARS, Employee, LATE_RULES, LEAVES, ORGS, PERIOD_SETS, POSITIONS, SCHEMES, SHIFTS,
    TEAMS,
};

/// A punch that was accepted: person, milliseconds, device.
pub type Accepted = (i64, i64, String);

/// What the world knows it has done.
#[derive(Default)]
pub struct Notes {
    pub accepted: Mutex<HashSet<Accepted>>,
}

impl Notes {
    pub fn accept(&self, person: PersonId, at: Instant, device: &str) {
        self.accepted.lock().unwrap().insert((person.0, at.millis(), device.to_owned()));
    }
}

#[derive(Clone, Debug)]
pub enum Change {
    Tap {
        person: PersonId,
        at: Instant,
        device: &'static str,
        twice: bool,
    },
    Receive {
        number: String,
        person: PersonId,
        wall: WallTime,
        zone: Zone,
    },
    Enter {
        person: PersonId,
        at: Instant,
        key: String,
    },
    Import {
        rows: Vec<(String, PersonId, WallTime)>,
    },
    Stranger {
        wall: WallTime,
    },
    AssignStranger {
        person: PersonId,
        nth: i64,
    },
    Void {
        person: PersonId,
        nth: i64,
    },
    Cells {
        cells: Vec<(PersonId, LocalDate, Option<&'static str>, bool)>,
    },
    TeamCells {
        cells: Vec<(&'static str, LocalDate, Option<&'static str>)>,
    },
    ClearTeam {
        team: &'static str,
        from: LocalDate,
        to: LocalDate,
    },
    Swap {
        people: [PersonId; 2],
        date: LocalDate,
        shift: Option<&'static str>,
    },
    CancelSwap {
        nth: i64,
    },
    ClearCells {
        person: PersonId,
        from: LocalDate,
        to: LocalDate,
    },
    DefaultShift {
        person: PersonId,
        from: LocalDate,
        shift: Option<&'static str>,
    },
    Overtime {
        people: Vec<PersonId>,
        date: LocalDate,
        start: i64,
        end: i64,
    },
    RevokeOvertime {
        nth: i64,
    },
    Request {
        person: PersonId,
        code: &'static str,
        start: WallTime,
        end: WallTime,
    },
    RevokeRequest {
        nth: i64,
    },
    ShiftVersion {
        code: &'static str,
        from: LocalDate,
        by: i64,
    },
    CalendarDate {
        code: &'static str,
        date: LocalDate,
        kind: Option<DateKind>,
    },
    Calendar {
        person: PersonId,
        from: LocalDate,
        code: Option<&'static str>,
    },
    LateRule {
        code: &'static str,
        from: LocalDate,
        limit: i64,
    },
    AbnormalRule {
        from: LocalDate,
        free: i64,
    },
    SchemeVersion {
        code: &'static str,
        from: LocalDate,
        late: &'static str,
        free: bool,
        form: bool,
    },
    Scheme {
        person: PersonId,
        from: LocalDate,
        code: Option<&'static str>,
    },
    RequestType {
        code: &'static str,
        from: LocalDate,
        a2: i64,
    },
    Hire {
        number: String,
        on: LocalDate,
    },
    HiredOn {
        number: String,
        on: LocalDate,
    },
    Leave {
        person: PersonId,
        last: Option<LocalDate>,
    },
    Freeze {
        person: PersonId,
        from: LocalDate,
        to: Option<LocalDate>,
    },
    Unfreeze {
        person: PersonId,
        on: LocalDate,
    },
    Place {
        person: PersonId,
        from: LocalDate,
        position: Option<&'static str>,
        kind: Option<EmploymentKind>,
        scheme: Option<&'static str>,
    },
    Reinstate {
        person: PersonId,
        on: LocalDate,
    },
    TakeBack {
        person: PersonId,
        nth: i64,
    },
    Transfer {
        person: PersonId,
        from: LocalDate,
        org: &'static str,
    },
    PeriodSet {
        person: PersonId,
        from: LocalDate,
        code: Option<&'static str>,
    },
}

#[derive(Clone, Copy)]
enum Sort {
    Tap,
    Receive,
    Enter,
    Import,
    Stranger,
    AssignStranger,
    Void,
    Cells,
    TeamCells,
    ClearTeam,
    Swap,
    CancelSwap,
    ClearCells,
    DefaultShift,
    Overtime,
    RevokeOvertime,
    Request,
    RevokeRequest,
    ShiftVersion,
    CalendarDate,
    Calendar,
    LateRule,
    AbnormalRule,
    SchemeVersion,
    Scheme,
    RequestType,
    Hire,
    HiredOn,
    Leave,
    Freeze,
    Unfreeze,
    Transfer,
    Place,
    Reinstate,
    TakeBack,
    PeriodSet,
}

/// How often each sort comes.
const WEIGHTS: [(i64, Sort); 36] = [
    (45, Sort::Tap),
    (20, Sort::Receive),
    (24, Sort::Enter),
    (4, Sort::Import),
    (3, Sort::Stranger),
    (3, Sort::AssignStranger),
    (16, Sort::Void),
    (24, Sort::Cells),
    (10, Sort::TeamCells),
    (4, Sort::ClearTeam),
    (8, Sort::Swap),
    (5, Sort::CancelSwap),
    (4, Sort::ClearCells),
    (8, Sort::DefaultShift),
    (10, Sort::Overtime),
    (5, Sort::RevokeOvertime),
    (18, Sort::Request),
    (8, Sort::RevokeRequest),
    (9, Sort::ShiftVersion),
    (10, Sort::CalendarDate),
    (8, Sort::Calendar),
    (6, Sort::LateRule),
    (4, Sort::AbnormalRule),
    (6, Sort::SchemeVersion),
    (10, Sort::Scheme),
    (6, Sort::RequestType),
    (4, Sort::Hire),
    (4, Sort::HiredOn),
    (7, Sort::Leave),
    (7, Sort::Freeze),
    (5, Sort::Unfreeze),
    (8, Sort::Transfer),
    (12, Sort::Place),
    (4, Sort::Reinstate),
    (9, Sort::TakeBack),
    (6, Sort::PeriodSet),
];

/// A change by chance. `n` makes keys and numbers unique.
pub fn roll(dice: &mut Dice, staff: &[Employee], now: Instant, n: usize) -> Change {
    let e = dice.pick(staff).clone();
    let person = e.id;
    let today = e.zone.date(now);
    let date = if dice.chance(60) {
        dice.date(today.plus(-6), today)
    } else {
        dice.date(company::first(), today.plus(3))
    };
    let minute = *dice.pick(&[0, 360, 475, 485, 540, 720, 780, 800, 1020, 1085, 1300, 1320, 1439]);
    let wall = dice.about(date, minute, 25);
    let at = e.zone.instant(wall).min(now);
    match dice.weighted(&WEIGHTS) {
        Sort::Tap => {
            let device = *dice.pick(&["T1", "T2"]);
            Change::Tap { person, at, device, twice: dice.chance(20) }
        }
        Sort::Receive => {
            let zone = Zone::SHANGHAI;
            Change::Receive { number: e.number, person, wall: zone.wall(at), zone }
        }
        Sort::Enter => Change::Enter { person, at, key: format!("enter {n}") },
        Sort::Import => {
            let rows = (0..dice.between(2, 12)).map(|_| {
                let e = dice.pick(staff).clone();
                let date = dice.date(today.plus(-9), today.plus(-1));
                let minute = *dice.pick(&[475, 1025, 1310, 360]);
                (e.number, e.id, dice.about(date, minute, 20))
            });
            Change::Import { rows: rows.collect() }
        }
        Sort::Stranger => Change::Stranger { wall: Zone::SHANGHAI.wall(at) },
        Sort::AssignStranger => Change::AssignStranger { person, nth: dice.between(0, 5) },
        Sort::Void => Change::Void { person, nth: dice.between(0, 40) },
        Sort::Cells => {
            let cells = (0..dice.between(1, 5)).map(|i| {
                let shift = dice.chance(75).then(|| *dice.pick(&SHIFTS));
                let day = date.plus(i32::try_from(i).unwrap());
                (dice.pick(staff).id, day, shift, dice.chance(15))
            });
            Change::Cells { cells: cells.collect() }
        }
        Sort::TeamCells => {
            let cells = (0..dice.between(1, 5)).map(|i| {
                let shift = dice.chance(75).then(|| *dice.pick(&SHIFTS));
                (*dice.pick(&TEAMS), date.plus(i32::try_from(i).unwrap()), shift)
            });
            Change::TeamCells { cells: cells.collect() }
        }
        Sort::ClearTeam => {
            let days = i32::try_from(dice.between(0, 5)).unwrap();
            Change::ClearTeam { team: dice.pick::<&str>(&TEAMS), from: date, to: date.plus(days) }
        }
        Sort::Swap => {
            let shift = dice.chance(60).then(|| *dice.pick(&SHIFTS));
            Change::Swap { people: [person, dice.pick(staff).id], date, shift }
        }
        Sort::CancelSwap => Change::CancelSwap { nth: dice.between(0, 4) },
        Sort::ClearCells => {
            let days = i32::try_from(dice.between(0, 5)).unwrap();
            Change::ClearCells { person, from: date, to: date.plus(days) }
        }
        Sort::DefaultShift => {
            let shift = dice.chance(80).then(|| *dice.pick(&SHIFTS));
            Change::DefaultShift { person, from: date, shift }
        }
        Sort::Overtime => {
            let start = dice.between(14, 44) * 30;
            let end = start + dice.between(1, 10) * 30;
            let people = vec![person, dice.pick(staff).id];
            Change::Overtime { people, date, start, end }
        }
        Sort::RevokeOvertime => Change::RevokeOvertime { nth: dice.between(0, 9) },
        Sort::Request => {
            let overtime = dice.chance(40);
            let code = if overtime { "400" } else { *dice.pick(&LEAVES) };
            let begin = dice.between(14, 44) * 30;
            let length = if overtime { dice.between(1, 10) } else { dice.between(2, 100) } * 30;
            let start = WallTime::on(date, begin * 60);
            Change::Request { person, code, start, end: start.plus_seconds(length * 60) }
        }
        Sort::RevokeRequest => Change::RevokeRequest { nth: dice.between(0, 9) },
        Sort::ShiftVersion => {
            let code = *dice.pick(&["D1", "F1", "SE", "N1", "T3", "L1", "OT2"]);
            Change::ShiftVersion { code, from: date, by: dice.between(-3, 3) * 10 }
        }
        Sort::CalendarDate => {
            let kinds =
                [None, Some(DateKind::Statutory), Some(DateKind::Rest), Some(DateKind::Workday)];
            let code = *dice.pick(&["cn", "six", "seven", "five"]);
            Change::CalendarDate { code, date, kind: *dice.pick(&kinds) }
        }
        Sort::Calendar => {
            let code = dice.chance(80).then(|| *dice.pick(&CALENDARS));
            Change::Calendar { person, from: date, code }
        }
        Sort::LateRule => {
            let code = *dice.pick(&LATE_RULES);
            Change::LateRule { code, from: date, limit: dice.between(1, 40) * 5 }
        }
        Sort::AbnormalRule => Change::AbnormalRule { from: date, free: dice.between(0, 4) },
        Sort::SchemeVersion => Change::SchemeVersion {
            code: dice.pick::<&str>(&SCHEMES),
            from: date,
            late: dice.pick::<&str>(&LATE_RULES),
            free: dice.chance(50),
            form: dice.chance(50),
        },
        Sort::Scheme => {
            let code = dice.chance(90).then(|| *dice.pick(&SCHEMES));
            Change::Scheme { person, from: date, code }
        }
        Sort::RequestType => {
            let code = *dice.pick(&["010", "050", "030", "400"]);
            Change::RequestType { code, from: date, a2: dice.between(0, 9) }
        }
        Sort::Hire => Change::Hire { number: format!("{}", 2000 + n), on: date },
        Sort::HiredOn => {
            let on = if dice.chance(50) { date } else { company::first().plus(-30) };
            Change::HiredOn { number: e.number, on }
        }
        Sort::Leave => Change::Leave { person, last: dice.chance(55).then_some(date) },
        Sort::Freeze => {
            let days = i32::try_from(dice.between(0, 6)).unwrap();
            Change::Freeze { person, from: date, to: dice.chance(70).then_some(date.plus(days)) }
        }
        Sort::Unfreeze => Change::Unfreeze { person, on: date },
        Sort::Place => {
            let (which, kinds) = (dice.between(0, 2), EmploymentKind::ALL);
            Change::Place {
                person,
                from: date,
                position: (which != 1).then(|| *dice.pick(&POSITIONS)),
                kind: (which != 0).then(|| *dice.pick(&kinds)),
                scheme: dice.chance(25).then(|| *dice.pick(&SCHEMES)),
            }
        }
        Sort::Reinstate => Change::Reinstate { person, on: date },
        Sort::TakeBack => Change::TakeBack { person, nth: dice.between(0, 3) },
        Sort::PeriodSet => {
            let code = dice.chance(75).then(|| *dice.pick(&PERIOD_SETS));
            Change::PeriodSet { person, from: date, code }
        }
        Sort::Transfer => Change::Transfer { person, from: date, org: dice.pick::<&str>(&ORGS) },
    }
}
