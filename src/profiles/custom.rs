//! Custom items (domain 5): what they may be called and what they may hold.

use serde::{Deserialize, Serialize};
use vocabulary::CustomItemId;

use super::ProfileRefusal;
use super::fields::is_reserved;

/// Decimal places of a decimal item.
const PLACES: std::ops::RangeInclusive<i32> = 1..=6;
/// Characters of a text item.
const LENGTHS: std::ops::RangeInclusive<i32> = 1..=300;
/// Elements of a choice.
const MAX_ELEMENTS: usize = 200;
/// Characters of an element, and of the name of an item.
const MAX_NAME: usize = 40;
/// Largest decimal, in millionths.
const MAX_MILLIONTHS: i64 = 1_000_000_000_000 * MILLION;
const MILLION: i64 = 1_000_000;

/// What an item holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A decimal of so many places, stored exactly.
    Decimal {
        places: i32,
    },
    /// A text of at most so many characters.
    Text {
        length: i32,
    },
    Choice {
        elements: Vec<Element>,
    },
}

/// One element of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    pub name: String,
    /// Still the value of somebody, but not to be chosen any more.
    pub hidden: bool,
}

/// A custom item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomItem {
    pub id: CustomItemId,
    /// The English name.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    pub kind: ItemKind,
    pub version: i32,
}

/// The value of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Content {
    Text(String),
    Millionths(i64),
}

impl ItemKind {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Decimal { .. } => "decimal",
            Self::Text { .. } => "text",
            Self::Choice { .. } => "choice",
        }
    }

    /// The column `size`.
    pub const fn size(&self) -> i32 {
        match self {
            Self::Decimal { places } => *places,
            Self::Text { length } => *length,
            Self::Choice { .. } => 0,
        }
    }

    pub(super) fn check(&self) -> Result<(), ProfileRefusal> {
        match self {
            Self::Decimal { places } if !PLACES.contains(places) => {
                Err(ProfileRefusal::ItemPlacesInvalid)
            }
            Self::Text { length } if !LENGTHS.contains(length) => {
                Err(ProfileRefusal::ItemLengthInvalid)
            }
            Self::Choice { elements } if elements.iter().all(|e| e.hidden) => {
                Err(ProfileRefusal::ItemElementsInvalid)
            }
            _ => Ok(()),
        }
    }

    /// What it takes, for people.
    pub(super) fn wanted(&self) -> (String, String) {
        match self {
            Self::Decimal { places } => (
                format!("最多 {places} 位小数的数，绝对值不超过 10^12"),
                format!("a number of at most {places} decimal places within ± 10^12"),
            ),
            Self::Text { length } => {
                (format!("1 至 {length} 个字符"), format!("1 to {length} characters"))
            }
            Self::Choice { elements } => {
                let names = elements.iter().filter(|e| !e.hidden).map(|e| e.name.as_str());
                let names = names.collect::<Vec<_>>().join("、");
                (format!("其中之一：{names}"), format!("one of: {names}"))
            }
        }
    }
}

/// Elements as people type them: with semicolons of either width between them, blanks around them removed, empty ones
/// left out.
pub fn read_elements(text: &str) -> Result<Vec<Element>, ProfileRefusal> {
    let names: Vec<&str> =
        text.split([';', '；']).map(str::trim).filter(|n| !n.is_empty()).collect();
    let fits = |n: &&&str| n.chars().count() <= MAX_NAME && !n.chars().any(char::is_control);
    if names.is_empty() || names.len() > MAX_ELEMENTS || !names.iter().all(|n| fits(&n)) {
        return Err(ProfileRefusal::ItemElementsInvalid);
    }
    for (place, name) in names.iter().enumerate() {
        if names.iter().take(place).any(|n| n == name) {
            return Err(ProfileRefusal::ItemElementRepeated { name: (*name).to_owned() });
        }
    }
    Ok(names.into_iter().map(|n| Element { name: n.to_owned(), hidden: false }).collect())
}

/// Letters, digits and underscores, a letter first and no underscore last; 1 to 40 of them.
pub(super) fn check_code(code: &str) -> Result<(), ProfileRefusal> {
    let first = code.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let last = code.chars().last().is_some_and(|c| c.is_ascii_alphanumeric());
    let good = code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !(first && last && good && code.len() <= MAX_NAME) {
        return Err(ProfileRefusal::ItemCodeInvalid);
    }
    if is_reserved(code) { Err(ProfileRefusal::ItemCodeReserved) } else { Ok(()) }
}

pub(super) fn check_name(name: &str) -> Result<(), ProfileRefusal> {
    let chars = name.chars().count();
    if name.trim() != name || !(1..=MAX_NAME).contains(&chars) || name.chars().any(char::is_control)
    {
        return Err(ProfileRefusal::ItemNameInvalid);
    }
    if is_reserved(name) { Err(ProfileRefusal::ItemCodeReserved) } else { Ok(()) }
}

impl CustomItem {
    /// What somebody entered as value; `None` = nothing. `stored` may be a hidden element: it stays.
    pub fn read(
        &self,
        text: &str,
        stored: Option<&Content>,
    ) -> Result<Option<Content>, ProfileRefusal> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || ProfileRefusal::ValueInvalid { item: Box::new(self.clone()) };
        match &self.kind {
            ItemKind::Decimal { places } => {
                millionths(text, *places).map(|n| Some(Content::Millionths(n))).ok_or_else(wrong)
            }
            ItemKind::Text { length } => {
                let long = usize::try_from(*length).unwrap_or_default();
                let fits = text.chars().count() <= long && !text.chars().any(char::is_control);
                if fits { Ok(Some(Content::Text(text.to_owned()))) } else { Err(wrong()) }
            }
            ItemKind::Choice { elements } => {
                let same = stored == Some(&Content::Text(text.to_owned()));
                let known = elements.iter().any(|e| e.name == text && (!e.hidden || same));
                if known { Ok(Some(Content::Text(text.to_owned()))) } else { Err(wrong()) }
            }
        }
    }

    /// The value as text; a decimal with all its places.
    pub fn show(&self, content: &Content) -> String {
        match (content, &self.kind) {
            (Content::Text(text), _) => text.clone(),
            (Content::Millionths(n), ItemKind::Decimal { places }) => decimal(*n, *places),
            (Content::Millionths(n), _) => decimal(*n, 6),
        }
    }
}

/// A decimal in millionths; digits beyond `places` must be zeros.
pub(super) fn millionths(text: &str, places: i32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) || whole.len() > 20 {
        return None;
    }
    let kept = part.trim_end_matches('0');
    let room = usize::try_from(places).ok()?;
    if kept.len() > room || room > 6 {
        return None;
    }
    let part: i64 = format!("{kept:0<6}").parse().ok()?;
    let n = whole.parse::<i64>().ok()?.checked_mul(MILLION)?.checked_add(part)?;
    let n = if negative { -n } else { n };
    (-MAX_MILLIONTHS..=MAX_MILLIONTHS).contains(&n).then_some(n)
}

fn decimal(n: i64, places: i32) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let n = n.unsigned_abs();
    let (whole, part) = (n / MILLION.unsigned_abs(), n % MILLION.unsigned_abs());
    let part: String =
        format!("{part:06}").chars().take(usize::try_from(places).unwrap_or(6)).collect();
    format!("{sign}{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: ItemKind) -> CustomItem {
        let (code, name) = ("bonus_1".to_owned(), "津贴".to_owned());
        CustomItem { id: CustomItemId(1), code, name, kind, version: 1 }
    }

    #[test]
    fn names_are_valid_as_the_handbook_says() {
        for good in ["A", "bonus_1", "Grade2"] {
            assert_eq!(check_code(good), Ok(()), "{good}");
        }
        for bad in ["1grade", "_x", "bonus_", "加班", "a-b", "", &"x".repeat(41)] {
            assert_eq!(check_code(bad), Err(ProfileRefusal::ItemCodeInvalid), "{bad}");
        }
        for taken in ["Number", "id_number", "MOBILE", "hired_on"] {
            assert_eq!(check_code(taken), Err(ProfileRefusal::ItemCodeReserved), "{taken}");
        }
        assert_eq!(check_name("手机"), Err(ProfileRefusal::ItemCodeReserved));
    }

    #[test]
    fn decimals_are_exact_and_bounded() {
        let two = item(ItemKind::Decimal { places: 2 });
        for (text, shown) in [
            ("3.5", "3.50"),
            ("-0.07", "-0.07"),
            ("+12", "12.00"),
            ("1.500000", "1.50"),
            ("1000000000000", "1000000000000.00"),
            ("-1000000000000.00", "-1000000000000.00"),
        ] {
            let value = two.read(text, None).unwrap().unwrap();
            assert_eq!(two.show(&value), shown);
        }
        for bad in ["1.234", "1e3", ".5", "5.", "1,000", "1000000000000.01", "９", "--1", "1.2.3"]
        {
            assert!(two.read(bad, None).is_err(), "{bad}");
        }
        assert_eq!(millionths("0.000001", 6), Some(1));
        assert_eq!(two.read("  ", None), Ok(None));
    }

    #[test]
    fn texts_are_counted_in_code_points() {
        let long = item(ItemKind::Text { length: 300 });
        assert!(long.read(&"汉".repeat(300), None).is_ok());
        assert!(long.read(&"汉".repeat(301), None).is_err());
        for (length, good) in [(0, false), (1, true), (300, true), (301, false)] {
            assert_eq!(ItemKind::Text { length }.check().is_ok(), good, "{length}");
        }
        for (places, good) in [(0, false), (1, true), (6, true), (7, false)] {
            assert_eq!(ItemKind::Decimal { places }.check().is_ok(), good, "{places}");
        }
    }

    #[test]
    fn elements_are_separated_by_semicolons_of_either_width() {
        let names =
            |text| read_elements(text).map(|e| e.into_iter().map(|e| e.name).collect::<Vec<_>>());
        assert_eq!(names(" 甲 ; 乙；；丙;").unwrap(), ["甲", "乙", "丙"]);
        assert_eq!(names(" ; ；"), Err(ProfileRefusal::ItemElementsInvalid));
        let twice = ProfileRefusal::ItemElementRepeated { name: "甲".to_owned() };
        assert_eq!(names("甲;乙； 甲"), Err(twice));
    }

    #[test]
    fn a_hidden_element_stays_with_who_has_it_and_is_not_chosen_again() {
        let hidden = Element { name: "旧".to_owned(), hidden: true };
        let shown = Element { name: "新".to_owned(), hidden: false };
        let choice = item(ItemKind::Choice { elements: vec![hidden, shown] });
        assert!(choice.read("旧", None).is_err());
        assert!(choice.read("旧", Some(&Content::Text("旧".to_owned()))).is_ok());
        assert!(choice.read("新", None).is_ok());
        assert!(choice.read("别", None).is_err());
    }
}
