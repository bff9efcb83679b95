use std::collections::HashMap;

use engine::DateKind;
use vocabulary::LocalDate;

/// The stored code of a kind.
pub const fn kind_code(kind: DateKind) -> &'static str {
    match kind {
        DateKind::Workday => "workday",
        DateKind::Rest => "rest",
        DateKind::Statutory => "statutory",
    }
}

/// The kind of a stored code.
pub fn parse_kind(code: &str) -> Option<DateKind> {
    [DateKind::Workday, DateKind::Rest, DateKind::Statutory]
        .into_iter()
        .find(|k| kind_code(*k) == code)
}

/// A work calendar in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// 1 = Monday … 7 = Sunday.
    rest_weekdays: Vec<u8>,
    dates: HashMap<LocalDate, DateKind>,
}

impl Calendar {
    pub fn new(
        rest_weekdays: Vec<u8>,
        dates: impl IntoIterator<Item = (LocalDate, DateKind)>,
    ) -> Self {
        Self { rest_weekdays, dates: dates.into_iter().collect() }
    }

    /// What a date is: as listed, else by its weekday (domain 10).
    pub fn kind(&self, date: LocalDate) -> DateKind {
        self.dates.get(&date).copied().unwrap_or_else(|| weekday_kind(&self.rest_weekdays, date))
    }
}

/// What a date is that is not listed.
pub(super) fn weekday_kind(rest_weekdays: &[u8], date: LocalDate) -> DateKind {
    if rest_weekdays.contains(&date.weekday()) { DateKind::Rest } else { DateKind::Workday }
}

#[cfg(test)]
mod tests {
    use super::super::national;
    use super::*;

    #[test]
    fn listed_dates_win_against_weekdays() {
        let day = |s: &str| s.parse::<LocalDate>().unwrap_or_default();
        let listed = national(2026).unwrap_or_default();
        let cn = Calendar::new(vec![6, 7], listed.into_iter().map(|d| (d.date, d.kind)));
        assert_eq!(cn.kind(day("2026-01-01")), DateKind::Statutory);
        assert_eq!(cn.kind(day("2026-01-02")), DateKind::Rest);
        assert_eq!(cn.kind(day("2026-01-04")), DateKind::Workday, "a Sunday made up for");
        assert_eq!(cn.kind(day("2026-03-10")), DateKind::Workday);
        assert_eq!(cn.kind(day("2026-03-14")), DateKind::Rest);
        let rotation = Calendar::new(Vec::new(), []);
        assert_eq!(rotation.kind(day("2026-03-14")), DateKind::Workday);
    }
}
