use vocabulary::LocalDate;

use super::Lane;

/// People up to whom somebody is taken to be waiting for the result.
const FEW_PEOPLE: usize = 50;

/// People above whom a change is mass work whatever its dates.
const MANY_PEOPLE: usize = 2_000;

/// Days back that are still "recent".
const RECENT_DAYS: i32 = 2;

/// Days back that usually lie in an open period.
const OPEN_DAYS: i32 = 62;

/// How urgent it is to compute `people` people again from `first` on.
pub fn lane(people: usize, first: LocalDate, today: LocalDate) -> Lane {
    if people <= FEW_PEOPLE {
        Lane::Interactive
    } else if people > MANY_PEOPLE || first < today.plus(-OPEN_DAYS) {
        Lane::Mass
    } else if first >= today.plus(-RECENT_DAYS) {
        Lane::Recent
    } else {
        Lane::OpenPeriod
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_people_come_first_and_many_or_old_days_last() {
        let today = LocalDate::from_days(20_000);
        assert_eq!(lane(50, today.plus(-400), today), Lane::Interactive);
        assert_eq!(lane(51, today.plus(-2), today), Lane::Recent);
        assert_eq!(lane(51, today.plus(-3), today), Lane::OpenPeriod);
        assert_eq!(lane(51, today.plus(-63), today), Lane::Mass);
        assert_eq!(lane(2001, today, today), Lane::Mass);
    }
}
