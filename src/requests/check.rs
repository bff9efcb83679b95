use engine::RequestKind;
use vocabulary::WallTime;

use super::{NewApproved, RequestRefusal};
use crate::base::EFFECTIVE_RANGE;

/// Longest overtime, in seconds.
const MAX_OVERTIME: i64 = 86_400;

/// Longest leave, in seconds.
const MAX_LEAVE: i64 = 366 * 86_400;

/// Breaks of one form.
const MAX_BREAKS: usize = 20;

/// Minutes of breaks without fixed place.
const MAX_BREAK_MINUTES: i32 = 1_440;

/// Characters of a reason.
const MAX_REASON: usize = 500;

/// Whether a form of this kind can be a fact.
pub(super) fn check(new: &NewApproved, kind: RequestKind) -> Result<(), RequestRefusal> {
    let length = new.end.seconds().saturating_sub(new.start.seconds());
    if !is_whole(new.start) || !is_whole(new.end) || length <= 0 {
        return Err(RequestRefusal::TimesInvalid);
    }
    if !EFFECTIVE_RANGE.contains(&new.start.date()) || !EFFECTIVE_RANGE.contains(&new.end.date()) {
        return Err(RequestRefusal::DateUnreasonable);
    }
    if new.reason.chars().count() > MAX_REASON || new.reason.chars().any(|c| c == '\0') {
        return Err(RequestRefusal::ReasonInvalid);
    }
    match kind {
        RequestKind::Overtime => check_overtime(new, length),
        RequestKind::Leave => check_leave(new, length),
    }
}

fn check_leave(new: &NewApproved, length: i64) -> Result<(), RequestRefusal> {
    if new.overtime_date.is_some() || !new.breaks.is_empty() || new.break_minutes != 0 {
        return Err(RequestRefusal::OnlyForOvertime);
    }
    if length > MAX_LEAVE { Err(RequestRefusal::LeaveTooLong) } else { Ok(()) }
}

fn check_overtime(new: &NewApproved, length: i64) -> Result<(), RequestRefusal> {
    if new.half_day {
        return Err(RequestRefusal::OnlyForLeave);
    }
    if length > MAX_OVERTIME {
        return Err(RequestRefusal::OvertimeTooLong);
    }
    let start = new.start.date();
    if new.overtime_date.is_some_and(|d| d < start.plus(-1) || d > start.plus(1)) {
        return Err(RequestRefusal::OvertimeDateInvalid);
    }
    if breaks_are_good(new) { Ok(()) } else { Err(RequestRefusal::BreaksInvalid) }
}

fn is_whole(t: WallTime) -> bool {
    t.seconds().rem_euclid(60) == 0
}

fn breaks_are_good(new: &NewApproved) -> bool {
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
    use vocabulary::{LocalDate, PersonId};

    use super::*;

    fn form(hours: i64) -> NewApproved {
        let date = LocalDate::from_days(20_522);
        let start = WallTime::on(date, 18 * 3600);
        NewApproved {
            person: PersonId(1),
            type_code: "400".to_owned(),
            start,
            end: start.plus_seconds(hours * 3600),
            approved_at: None,
            half_day: false,
            overtime_date: None,
            breaks: Vec::new(),
            break_minutes: 0,
            reason: String::new(),
        }
    }

    #[test]
    fn leave_and_overtime_have_fields_and_limits_of_their_own() {
        use RequestKind::{Leave, Overtime};
        assert_eq!(check(&form(3), Overtime), Ok(()));
        assert_eq!(check(&form(25), Overtime), Err(RequestRefusal::OvertimeTooLong));
        assert_eq!(check(&form(158 * 24), Leave), Ok(()));
        assert_eq!(check(&form(367 * 24), Leave), Err(RequestRefusal::LeaveTooLong));
        assert_eq!(check(&form(0), Leave), Err(RequestRefusal::TimesInvalid));
        let dated = NewApproved { overtime_date: Some(form(3).start.date()), ..form(3) };
        assert_eq!(check(&dated, Overtime), Ok(()));
        assert_eq!(check(&dated, Leave), Err(RequestRefusal::OnlyForOvertime));
        let far = NewApproved { overtime_date: Some(form(3).start.date().plus(2)), ..form(3) };
        assert_eq!(check(&far, Overtime), Err(RequestRefusal::OvertimeDateInvalid));
        let half = NewApproved { half_day: true, ..form(3) };
        assert_eq!(check(&half, Leave), Ok(()));
        assert_eq!(check(&half, Overtime), Err(RequestRefusal::OnlyForLeave));
        let outside = vec![(form(3).end, form(3).end.plus_seconds(60))];
        let outside = NewApproved { breaks: outside, ..form(3) };
        assert_eq!(check(&outside, Overtime), Err(RequestRefusal::BreaksInvalid));
    }
}
