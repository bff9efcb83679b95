use engine::DateKind;
use serde::Deserialize;
use vocabulary::LocalDate;

use super::parse_kind;

/// Years whose official schedule of mainland China comes with the program.
pub const NATIONAL_YEARS: [i32; 3] = [2024, 2025, 2026];

/// One date of the official schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NationalDate {
    pub date: LocalDate,
    pub kind: DateKind,
    pub name: String,
}

#[derive(Deserialize)]
struct Entry {
    date: LocalDate,
    name: String,
    kind: String,
}

/// The official schedule of a year in the order of its dates; `None` if it does not come with the
/// program.
pub fn national(year: i32) -> Option<Vec<NationalDate>> {
    let text = match year {
        2024 => include_str!("national/cn-2024.json"),
        2025 => include_str!("national/cn-2025.json"),
        2026 => include_str!("national/cn-2026.json"),
        _ => return None,
    };
    let entries: Vec<Entry> = serde_json::from_str(text).ok()?;
    entries
        .into_iter()
        .map(|e| Some(NationalDate { date: e.date, kind: parse_kind(&e.kind)?, name: e.name }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_year_is_complete_and_in_order() {
        for year in NATIONAL_YEARS {
            let dates = national(year).unwrap_or_default();
            let statutory = dates.iter().filter(|d| d.kind == DateKind::Statutory).count();
            assert_eq!(statutory, if year < 2025 { 11 } else { 13 }, "{year}");
            assert!(dates.windows(2).all(|w| w[0].date < w[1].date), "{year}");
            assert!(dates.iter().all(|d| d.date.year() == year), "{year}");
            for d in dates {
                let weekend = d.date.weekday() > 5;
                assert!(d.kind != DateKind::Workday || weekend, "{} makes up for nothing", d.date);
            }
        }
        assert_eq!(national(2023), None);
    }
}
