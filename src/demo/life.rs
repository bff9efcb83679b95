//! Two months in the life of one demo employee: roster, punches with real-life faults, leave, overtime.

use engine::DateKind;
use vocabulary::{LocalDate, WallTime};

use super::dice::Dice;
use super::staff::{Employee, Work};

/// What the roster says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterCell {
    pub date: LocalDate,
    /// `None` = rest.
    pub shift: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    pub at: WallTime,
    pub device: &'static str,
}

/// Leave or overtime that was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    pub type_code: &'static str,
    pub start: WallTime,
    pub end: WallTime,
    pub reason: &'static str,
}

/// All facts of one employee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    pub cells: Vec<RosterCell>,
    pub taps: Vec<Tap>,
    pub approved: Vec<Approved>,
    /// Overtime ordered by the employer.
    pub ordered: Vec<(LocalDate, WallTime, WallTime)>,
}

/// Working hours of a shift in minutes, and its lunch if both ends are punched.
struct Hours {
    start: i64,
    end: i64,
    lunch: Option<(i64, i64)>,
}

fn hours(shift: &str) -> Option<Hours> {
    let (start, end, lunch) = match shift {
        "D1" => (510, 1050, None),
        "F1" => (540, 1080, None),
        "SE" => (540, 1080, Some((780, 840))),
        "SL" => (810, 1320, None),
        "PD" => (480, 990, None),
        "T1" => (480, 960, None),
        "T2" => (960, 1440, None),
        "T3" => (1440, 1920, None),
        "FREE" => (570, 1110, None),
        _ => return None,
    };
    Some(Hours { start, end, lunch })
}

/// The shift that people of this kind of work have on calendar workdays.
pub fn default_shift(work: Work) -> Option<&'static str> {
    match work {
        Work::Office => Some("D1"),
        Work::Flexible => Some("F1"),
        Work::PlantDay => Some("PD"),
        Work::Free => Some("FREE"),
        Work::Shop | Work::PlantTeam(_) => None,
    }
}

fn device(work: Work) -> &'static str {
    match work {
        Work::Office | Work::Flexible | Work::Free => "KJ-01",
        Work::Shop => "LS-01",
        Work::PlantDay => "ZZ-01",
        Work::PlantTeam(_) => "ZZ-02",
    }
}

/// Roster cells of people who work by roster.
fn rostered(e: &Employee, date: LocalDate) -> Option<Option<&'static str>> {
    match e.work {
        Work::PlantTeam(team) => {
            let phase = (i32::from(team) + date.days()).rem_euclid(4);
            Some(["T1", "T2", "T3"].get(usize::try_from(phase).ok()?).copied())
        }
        Work::Shop => {
            let own = i32::try_from(e.index).unwrap_or_default();
            let day = (date.days() + own).rem_euclid(7);
            let week = (date.days() + own).div_euclid(7) + own;
            let shift = if week.rem_euclid(2) == 0 { "SE" } else { "SL" };
            Some((day < 5).then_some(shift))
        }
        _ => None,
    }
}

/// Everything that happens to `e` from `from` to `now`; roster cells go on to `roster_to`.
pub fn live(
    seed: u64,
    e: &Employee,
    from: LocalDate,
    roster_to: LocalDate,
    now: WallTime,
    kind: impl Fn(LocalDate) -> DateKind,
) -> Life {
    let mut dice = Dice::new(seed, 1_000_000 + e.index);
    let mut life = Life::default();
    let mut on_leave_until = from.plus(-1);
    for date in from.through(roster_to) {
        if date < e.hired_on || e.left_on.is_some_and(|l| date > l) {
            continue;
        }
        let cell = rostered(e, date);
        if let Some(shift) = cell {
            life.cells.push(RosterCell { date, shift });
        }
        let by_calendar =
            (kind(date) == DateKind::Workday).then(|| default_shift(e.work)).flatten();
        let shift = cell.unwrap_or(by_calendar);
        if date > now.date() {
            continue;
        }
        match shift.and_then(hours) {
            Some(h) if date > on_leave_until => {
                on_leave_until = work_day(&mut dice, e, date, &h, &mut life);
            }
            Some(_) => {}
            None => rest_day(&mut dice, e, date, &mut life),
        }
    }
    life.taps.retain(|t| t.at <= now);
    life
}

/// One working day. Returns the last date of a leave that starts here (or the day before).
fn work_day(
    dice: &mut Dice,
    e: &Employee,
    date: LocalDate,
    h: &Hours,
    life: &mut Life,
) -> LocalDate {
    let at = |minute: i64, second: i64| WallTime::on(date, minute * 60 + second);
    if dice.chance(18) {
        let days = i32::try_from(dice.between(1, 3)).unwrap_or(1);
        let code = *dice.pick(&["010", "050", "030", "010"]).unwrap_or(&"010");
        let last = date.plus(days - 1);
        life.approved.push(Approved {
            type_code: code,
            start: WallTime::on(date, 0),
            end: WallTime::on(last.plus(1), if h.end > 1440 { (h.end - 1440) * 60 } else { 0 }),
            reason: "家中有事",
        });
        return last;
    }
    let yesterday = date.plus(-1);
    if e.work != Work::Free && dice.chance(15) {
        return yesterday;
    }
    let mut start = h.start - dice.between(1, 18);
    let mut end = h.end + dice.between(1, 22);
    if dice.chance(12) && h.end <= 1440 {
        let noon = h.start + (h.end - h.start) / 2;
        let (from, to) = if dice.chance(500) { (h.start, noon) } else { (noon, h.end) };
        let reason = "看病";
        life.approved.push(Approved {
            type_code: "050",
            start: at(from, 0),
            end: at(to, 0),
            reason,
        });
        if from == h.start {
            start = to - dice.between(1, 10)
        } else {
            end = from + dice.between(1, 9)
        }
    } else if dice.chance(60) {
        start = h.start + dice.between(1, 45);
    } else if dice.chance(8) {
        start = h.start + dice.between(61, 200);
    } else if dice.chance(25) {
        end = h.end - dice.between(3, 60);
    } else if e.work != Work::Free && h.end <= 1080 && dice.chance(70) {
        end = overtime(dice, date, h, life);
    }
    tap_all(dice, e, date, h, (start, end), life);
    yesterday
}

/// An evening of overtime, mostly with a form. Returns the minute of leaving.
fn overtime(dice: &mut Dice, date: LocalDate, h: &Hours, life: &mut Life) -> i64 {
    let from = h.end + 30;
    let to = from + 30 * dice.between(3, 6);
    if dice.chance(850) {
        life.approved.push(Approved {
            type_code: "400",
            start: WallTime::on(date, from * 60),
            end: WallTime::on(date, to * 60),
            reason: "项目上线",
        });
    }
    to + dice.between(-20, 12)
}

fn tap_all(
    dice: &mut Dice,
    e: &Employee,
    date: LocalDate,
    h: &Hours,
    (start, end): (i64, i64),
    life: &mut Life,
) {
    let mut minutes = vec![start, end];
    if let Some((out, back)) = h.lunch
        && !dice.chance(60)
    {
        if start < out {
            minutes.push(out + dice.between(0, 9));
        }
        if !dice.chance(20) {
            minutes.push(back - dice.between(0, 8));
        }
    }
    if dice.chance(12) {
        minutes.push((start + end) / 2 + dice.between(-40, 40));
    }
    minutes.sort_unstable();
    let forgotten = if dice.chance(25) { minutes.pop() } else { None };
    if forgotten.is_none() && minutes.len() > 1 && dice.chance(12) {
        minutes.remove(0);
    }
    for minute in minutes {
        let at = WallTime::on(date, minute * 60 + dice.between(0, 59));
        life.taps.push(Tap { at, device: device(e.work) });
        if dice.chance(40) {
            let again = at.plus_seconds(dice.between(2, 25));
            life.taps.push(Tap { at: again, device: device(e.work) });
        }
    }
}

/// A day off: sometimes overtime by form, ordered by the plant, or just a stray tap.
fn rest_day(dice: &mut Dice, e: &Employee, date: LocalDate, life: &mut Life) {
    let at = |minute: i64| WallTime::on(date, minute * 60);
    let tap = |dice: &mut Dice, minute: i64| Tap {
        at: WallTime::on(date, minute * 60 + dice.between(0, 59)),
        device: device(e.work),
    };
    let works = match e.work {
        Work::PlantDay if date.weekday() == 6 && dice.chance(150) => {
            life.ordered.push((date, at(480), at(720)));
            Some((480, 720))
        }
        Work::Office | Work::Flexible if dice.chance(25) => {
            life.approved.push(Approved {
                type_code: "400",
                start: at(540),
                end: at(1020),
                reason: "月末结账",
            });
            Some((540, 1020))
        }
        Work::Shop if dice.chance(15) => Some((600, 1080)),
        _ => None,
    };
    if let Some((start, end)) = works {
        let (first, last) = (start - dice.between(1, 12), end + dice.between(1, 20));
        let (first, last) = (tap(dice, first), tap(dice, last));
        life.taps.extend([first, last]);
    } else if dice.chance(4) {
        let minute = dice.between(600, 1000);
        let stray = tap(dice, minute);
        life.taps.push(stray);
    }
}
