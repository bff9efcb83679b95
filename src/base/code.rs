use std::ops::RangeInclusive;

use vocabulary::LocalDate;

/// The dates from which a version may be in effect: 2000-01-01 to 2099-12-31.
pub const EFFECTIVE_RANGE: RangeInclusive<LocalDate> =
    LocalDate::from_days(10_957)..=LocalDate::from_days(47_481);

/// Characters of a code.
const MAX_CODE: usize = 40;

/// Characters of a name.
const MAX_NAME: usize = 100;

/// A code is 1 to 40 letters (of any script), digits and `. - _`.
pub fn code_is_valid(code: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=MAX_CODE).contains(&code.chars().count()) && code.chars().all(good)
}

/// A name is 1 to 100 characters without control characters, and not only blanks.
pub fn name_is_valid(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count())
        && !name.chars().any(char::is_control)
        && !name.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_words_of_any_script() {
        for good in ["D1", "001", "早班", "a.b-c_d"] {
            assert!(code_is_valid(good), "{good}");
        }
        for bad in ["", "D 1", "a/b", "a\n", &"x".repeat(41)] {
            assert!(!code_is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn the_range_of_effective_dates_is_a_century() {
        assert_eq!(EFFECTIVE_RANGE.start().to_string(), "2000-01-01");
        assert_eq!(EFFECTIVE_RANGE.end().to_string(), "2099-12-31");
    }
}
