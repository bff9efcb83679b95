use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, PersonId, WallTime};

use super::{ShiftRefusal, marks, read, store};
use crate::base::{Actor, App, Failure, Once, Scope, audit, begin_once, finish_once};
use crate::dirty::Cause;
use crate::people;

/// People of one order.
const MAX_PEOPLE: usize = 1_000;

/// Breaks of one block.
const MAX_BREAKS: usize = 20;

/// Minutes of breaks without fixed place.
const MAX_BREAK_MINUTES: i32 = 1_440;

/// Longest block, in seconds.
const MAX_SECONDS: i64 = 86_400;

/// Characters of a reason.
const MAX_REASON: usize = 500;

/// Overtime ordered by the employer (临时加班, domain 11.4) for one or several people.
#[derive(Clone, Debug, Serialize)]
pub struct NewOvertime {
    pub people: Vec<PersonId>,
    /// Attendance date.
    pub date: LocalDate,
    /// Whole minutes, on the attendance date or the day before or after.
    pub start: WallTime,
    /// Whole minutes, after the start, at most 24 hours later.
    pub end: WallTime,
    /// Inside the block, not overlapping.
    pub breaks: Vec<(WallTime, WallTime)>,
    /// 0…1440 minutes without fixed place.
    pub break_minutes: i32,
    pub reason: String,
}

/// Orders overtime; the ids in the order of the people. All or nothing: one person out of scope
/// refuses it.
pub async fn order_overtime(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: &NewOvertime,
    once: &Once,
) -> Result<Vec<i64>, Failure> {
    check(new)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "order_overtime", once, at).await? {
        return Ok(done);
    }
    let mut people = new.people.clone();
    people.sort_unstable();
    people.dedup();
    let places: Vec<_> = people.iter().map(|p| (*p, new.date)).collect();
    if people::visible_at(&tx, scope, &places).await?.contains(&false) {
        return Err(ShiftRefusal::PersonNotFound.into());
    }
    let breaks: Vec<_> = new.breaks.iter().map(|(s, e)| (s.seconds(), e.seconds())).collect();
    let row = store::OvertimeRow {
        date: new.date,
        start_wall: new.start.seconds(),
        end_wall: new.end.seconds(),
        breaks: &serde_json::to_string(&breaks)?,
        break_minutes: new.break_minutes,
        reason: new.reason.trim(),
        author: actor.user,
        at,
    };
    let keys = store::insert_overtime(&tx, &read::id_rows(&people), &row).await?;
    marks::mark_days(&tx, &places, Cause::TemporaryOvertime, app.today(), at).await?;
    let ids: Vec<i64> = new
        .people
        .iter()
        .filter_map(|p| keys.iter().find(|k| k.person_id == *p).map(|k| k.id))
        .collect();
    let detail = json!({ "order": new, "ids": ids });
    let count = ids.len().to_string();
    audit(&tx, actor, at, "order", "temporary_overtime", &count, detail).await?;
    finish_once(&tx, actor, "order_overtime", once, &ids).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(ids)
}

fn check(new: &NewOvertime) -> Result<(), ShiftRefusal> {
    if new.people.is_empty() || new.people.len() > MAX_PEOPLE {
        return Err(ShiftRefusal::TooManyRows { max: MAX_PEOPLE });
    }
    let days = new.start.date().days().saturating_sub(new.date.days());
    let length = new.end.seconds().saturating_sub(new.start.seconds());
    let whole = is_whole(new.start) && is_whole(new.end);
    if !whole || !(1..=MAX_SECONDS).contains(&length) || !(-1..=1).contains(&days) {
        return Err(ShiftRefusal::OvertimeTimesInvalid);
    }
    let reason = new.reason.trim().chars().count();
    if !(1..=MAX_REASON).contains(&reason) {
        return Err(ShiftRefusal::ReasonInvalid);
    }
    if breaks_are_good(new) { Ok(()) } else { Err(ShiftRefusal::BreaksInvalid) }
}

fn is_whole(t: WallTime) -> bool {
    t.seconds().rem_euclid(60) == 0
}

fn breaks_are_good(new: &NewOvertime) -> bool {
    let mut breaks = new.breaks.clone();
    breaks.sort_unstable();
    let mut free_from = new.start;
    for (start, end) in &breaks {
        let whole = is_whole(*start) && is_whole(*end);
        if !whole || *start < free_from || end <= start || *end > new.end {
            return false;
        }
        free_from = *end;
    }
    breaks.len() <= MAX_BREAKS && (0..=MAX_BREAK_MINUTES).contains(&new.break_minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> NewOvertime {
        let date = LocalDate::from_days(20_522);
        NewOvertime {
            people: vec![PersonId(1)],
            date,
            start: WallTime::on(date, 18 * 3600),
            end: WallTime::on(date, 21 * 3600),
            breaks: vec![(WallTime::on(date, 19 * 3600), WallTime::on(date, 19 * 3600 + 1800))],
            break_minutes: 0,
            reason: "盘点".to_owned(),
        }
    }

    #[test]
    fn times_are_whole_minutes_and_breaks_lie_inside() {
        assert_eq!(check(&order()), Ok(()));
        let seconds = NewOvertime { start: order().start.plus_seconds(1), ..order() };
        assert_eq!(check(&seconds), Err(ShiftRefusal::OvertimeTimesInvalid));
        let backwards = NewOvertime { end: order().start, breaks: vec![], ..order() };
        assert_eq!(check(&backwards), Err(ShiftRefusal::OvertimeTimesInvalid));
        let far = NewOvertime { date: order().date.plus(-2), ..order() };
        assert_eq!(check(&far), Err(ShiftRefusal::OvertimeTimesInvalid));
        let outside =
            NewOvertime { breaks: vec![(order().end, order().end.plus_seconds(60))], ..order() };
        assert_eq!(check(&outside), Err(ShiftRefusal::BreaksInvalid));
        let twice = NewOvertime { breaks: [order().breaks, order().breaks].concat(), ..order() };
        assert_eq!(check(&twice), Err(ShiftRefusal::BreaksInvalid));
        let silent = NewOvertime { reason: " ".to_owned(), ..order() };
        assert_eq!(check(&silent), Err(ShiftRefusal::ReasonInvalid));
    }
}
