//! Whether an event can happen to a person as he is.

use vocabulary::LocalDate;

use super::PeopleRefusal;
use super::event::{EventContent, EventKind, NewEvent};
use super::life::{Life, Stretch};
use super::put_people::{check_day, check_service};
use super::read::PersonState;

/// Characters of a reason.
pub const MAX_REASON: usize = 500;

/// Longest probation in months for a contract of so many months (open-ended = `None`); labour contract law 19.
fn longest_probation(contract: Option<i32>) -> i32 {
    match contract {
        Some(m) if m < 3 => 0,
        Some(m) if m < 12 => 1,
        Some(m) if m < 36 => 2,
        _ => 6,
    }
}

/// `contract` is the one in effect on the date, if it is known; without a last day it is open-ended.
pub fn check(life: &Life, contract: Option<Stretch>, new: &NewEvent) -> Result<(), PeopleRefusal> {
    check_day(new.on)?;
    if new.reason.chars().count() > MAX_REASON {
        return Err(PeopleRefusal::ReasonTooLong);
    }
    let c = &new.content;
    for day in [c.until, c.contract_until].into_iter().flatten() {
        check_day(day)?;
        if day < new.on {
            return Err(PeopleRefusal::SpanInvalid);
        }
    }
    let serves = life.serves(new.on);
    match new.kind {
        EventKind::Hire | EventKind::Reversal => Err(PeopleRefusal::EventKindReserved),
        EventKind::Leave => leave(life, new.on),
        EventKind::Reinstate => reinstate(life, new.on, c),
        _ if !serves => Err(PeopleRefusal::OutOfService),
        EventKind::Probation => {
            let until = c.until.ok_or(PeopleRefusal::ProbationEndRequired)?;
            if !life.probations.is_empty() {
                return Err(PeopleRefusal::ProbationOnce);
            }
            check_probation((new.on, Some(until)), contract)
        }
        EventKind::Confirm => {
            let before = new.on.plus(-1);
            let tried = [life.state(before), life.state(new.on)].contains(&PersonState::Probation)
                || life
                    .probations
                    .iter()
                    .any(|(f, t)| *f <= before && t.is_none_or(|t| t >= before));
            if tried { Ok(()) } else { Err(PeopleRefusal::NotInProbation) }
        }
        EventKind::Renewal => Ok(()),
        EventKind::Transfer | EventKind::Correction => {
            if c.moves() {
                Ok(())
            } else {
                Err(PeopleRefusal::NothingMoves)
            }
        }
        EventKind::Promotion => match c.position {
            Some(Some(_)) => Ok(()),
            _ => Err(PeopleRefusal::PositionRequired),
        },
        EventKind::Freeze => {
            let overlaps = |f: &&Stretch| {
                c.until.is_none_or(|to| f.0 <= to) && f.1.is_none_or(|to| to >= new.on)
            };
            match life.freezes.iter().find(overlaps) {
                Some(f) => Err(PeopleRefusal::FreezeOverlaps { from: f.0 }),
                None => Ok(()),
            }
        }
        EventKind::Unfreeze => {
            if life.is_frozen(new.on) {
                Ok(())
            } else {
                Err(PeopleRefusal::FreezeNotFound)
            }
        }
    }
}

fn leave(life: &Life, on: LocalDate) -> Result<(), PeopleRefusal> {
    check_service(life.hired, Some(on))?;
    match life.left {
        Some(last) => Err(PeopleRefusal::LeftAlready { last }),
        None if life.serves(on) => Ok(()),
        None => Err(PeopleRefusal::OutOfService),
    }
}

fn reinstate(life: &Life, on: LocalDate, c: &EventContent) -> Result<(), PeopleRefusal> {
    match life.left {
        Some(last) if last < on => {
            c.continuous.map(|_| ()).ok_or(PeopleRefusal::ContinuityRequired)
        }
        Some(last) => Err(PeopleRefusal::LeftAlready { last }),
        None => Err(PeopleRefusal::NotLeft),
    }
}

/// A probation must not be longer than the law allows for the contract.
pub fn check_probation(probation: Stretch, contract: Option<Stretch>) -> Result<(), PeopleRefusal> {
    let (Some(contract), (from, Some(until))) = (contract, probation) else { return Ok(()) };
    let months = contract.1.map(|last| months(contract.0, last));
    let max = longest_probation(months);
    // A month ends the day before the same day of the next one.
    if plus_months(from, max).plus(-1) < until {
        return Err(PeopleRefusal::ProbationTooLong { months: max });
    }
    Ok(())
}

/// The same day so many months later, or the last one of that month.
fn plus_months(date: LocalDate, n: i32) -> LocalDate {
    let count = date.year() * 12 + i32::try_from(date.month()).unwrap_or(1) - 1 + n;
    let month = u32::try_from(count.rem_euclid(12)).unwrap_or(0) + 1;
    let year = count.div_euclid(12);
    let days = (date.day().min(28)..=date.day()).rev();
    days.into_iter().find_map(|d| LocalDate::from_ymd(year, month, d)).unwrap_or(date)
}

/// Whole months from a first to a last day.
fn months(from: LocalDate, last: LocalDate) -> i32 {
    let after = last.plus(1);
    let mut n = (after.days() - from.days()) / 28 + 1;
    while n > 0 && plus_months(from, n) > after {
        n -= 1;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probation_is_as_long_as_the_contract_allows() {
        let day = |t: &str| t.parse::<LocalDate>().unwrap_or_default();
        let try_until = |until: &str, contract: Option<&str>| {
            let contract = (day("2026-03-01"), contract.map(day));
            check_probation((day("2026-03-01"), Some(day(until))), Some(contract))
        };
        let too_long = |months| Err(PeopleRefusal::ProbationTooLong { months });
        assert_eq!(try_until("2026-08-31", None), Ok(()), "open-ended: six months");
        assert_eq!(try_until("2026-09-01", None), too_long(6));
        assert_eq!(try_until("2026-08-31", Some("2029-02-28")), Ok(()), "three years");
        assert_eq!(try_until("2026-05-01", Some("2029-02-27")), too_long(2));
        assert_eq!(try_until("2026-04-30", Some("2027-02-28")), Ok(()), "one year");
        assert_eq!(try_until("2026-03-31", Some("2027-02-27")), Ok(()));
        assert_eq!(try_until("2026-04-01", Some("2027-02-27")), too_long(1));
        assert_eq!(try_until("2026-03-01", Some("2026-05-30")), too_long(0), "short contract");
    }
}
