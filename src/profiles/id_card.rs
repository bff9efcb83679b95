//! The resident identity card (身份证, GB 11643): 17 digits and a check digit.

use vocabulary::LocalDate;

/// A number whose check digit is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdCard {
    number: String,
    born: LocalDate,
    male: bool,
}

/// Weights of the first 17 digits, ISO 7064 MOD 11-2.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check digits by remainder.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

impl IdCard {
    /// Reads a number; `x` at its end is `X`. `None` if it is none: the length, a digit, the date of birth or the check
    /// digit is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().to_ascii_uppercase();
        if number.len() != 18 || !number.is_ascii() {
            return None;
        }
        let (digits, check) = number.split_at(17);
        let values: Vec<u32> = digits.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
        let sum: u32 = values.iter().zip(WEIGHTS).map(|(d, w)| d * w).sum();
        let right = CHECKS.get(usize::try_from(sum % 11).ok()?)?;
        if !check.starts_with(*right) {
            return None;
        }
        let part = |from: usize, to: usize| number.get(from..to)?.parse::<u32>().ok();
        let year = i32::try_from(part(6, 10)?).ok()?;
        let born = LocalDate::from_ymd(year, part(10, 12)?, part(12, 14)?)?;
        if !(1900..=2099).contains(&year) {
            return None;
        }
        let male = values.get(16)? % 2 == 1;
        Some(Self { number, born, male })
    }

    pub fn number(&self) -> &str {
        &self.number
    }

    pub const fn born(&self) -> LocalDate {
        self.born
    }

    /// The code of the sex it names.
    pub const fn sex(&self) -> &'static str {
        if self.male { "male" } else { "female" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_birth_date_and_sex() {
        // The example of the standard.
        let card = IdCard::parse("11010519491231002x").unwrap();
        assert_eq!(card.number(), "11010519491231002X");
        assert_eq!((card.born().to_string().as_str(), card.sex()), ("1949-12-31", "female"));
        assert_eq!(IdCard::parse("440524188001010014"), None, "born before 1900");
    }

    #[test]
    fn a_wrong_number_is_refused() {
        for bad in [
            "110105194912310021",
            "11010519491231002",
            "1101051949123100２X",
            "110105194902300020",
            "11010519491231002A",
            "",
        ] {
            assert_eq!(IdCard::parse(bad), None, "{bad}");
        }
    }
}
