//! Dates and times as people and programs write them.

use vocabulary::{Instant, LocalDate, WallTime, Zone};

/// What comes first in a date such as `03-05-2015`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Day, month, year: the default where the file does not tell.
    #[default]
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// What the dates of a file tell about their order.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderEvidence {
    day_first: bool,
    month_first: bool,
    ambiguous: bool,
}

impl OrderEvidence {
    /// Looks at one text; anything but a date with the year at its end says nothing.
    pub fn see(&mut self, text: &str) {
        let Some(Numbers { a, b, year_first: false, .. }) = date_numbers(text) else { return };
        match (a > 12, b > 12) {
            (true, false) => self.day_first = true,
            (false, true) => self.month_first = true,
            _ => self.ambiguous |= a != b,
        }
    }

    /// The order, and whether it is only assumed although it matters.
    pub fn order(self) -> (DateOrder, bool) {
        match (self.day_first, self.month_first) {
            (true, false) => (DateOrder::Dmy, false),
            (false, true) => (DateOrder::Mdy, false),
            _ => (DateOrder::default(), self.ambiguous),
        }
    }
}

/// The time of clock logs, read strictly, so that a torn time never becomes another one:
/// `YYYY-MM-DD HH:MM:SS`, the date also with slashes.
pub fn device_time(text: &str) -> Option<WallTime> {
    let mut plain = [0u8; 19];
    if text.len() != plain.len() {
        return None;
    }
    for (at, (to, from)) in plain.iter_mut().zip(text.bytes()).enumerate() {
        *to = match (at, from) {
            (10, b' ') => b'T',
            (4 | 7, b'/') => b'-',
            (10, _) => return None,
            (_, other) => other,
        };
    }
    std::str::from_utf8(&plain).ok()?.parse().ok()
}

/// A date with time in any usual form: `2026-03-10 08:05:09`, `2026/3/10 8:05`, `10.03.2026 08:05`,
/// `03-05-2015  12:15:44PM`, `2026年3月10日 下午 5:30`; with an offset (`…Z`, `…+08:00`) it is turned
/// into the wall clock of `zone`.
pub fn date_time(text: &str, order: DateOrder, zone: Zone) -> Option<WallTime> {
    if let Ok(instant) = text.trim().parse::<Instant>() {
        return Some(zone.wall(instant));
    }
    let text = plain(text);
    let split = text.find(|c: char| c.is_whitespace() || c == 't')?;
    let (day, rest) = text.split_at(split);
    let seconds = clock(rest.strip_prefix('t').unwrap_or(rest))?;
    Some(WallTime::on(date(day, order)?, seconds))
}

/// A date alone; a weekday beside it (`2017-01-14 [六]`, `… 星期六`) is ignored, and so is midnight.
pub fn date(text: &str, order: DateOrder) -> Option<LocalDate> {
    let Numbers { a, b, c, year_first, rest } = date_numbers(text)?;
    let bare = rest.trim();
    let decoration = bare.is_empty() || clock(bare) == Some(0) || is_weekday(bare);
    let (year, month, day) = match (year_first, order) {
        (true, _) => (a, b, c),
        (false, DateOrder::Dmy) => (c, b, a),
        (false, DateOrder::Mdy) => (c, a, b),
    };
    let date = LocalDate::from_ymd(i32::try_from(year).ok()?, month, day)?;
    (decoration && (1900..=9999).contains(&year)).then_some(date)
}

/// Seconds from midnight of `8:05`, `08:05:09`, `12:15:44PM`, `下午 5:30`.
pub fn clock(text: &str) -> Option<i64> {
    let text = plain(text);
    let half = [("am", 0), ("上午", 0), ("pm", 12), ("下午", 12), ("晚上", 12)]
        .into_iter()
        .find(|(word, _)| text.contains(word));
    let bare = match half {
        Some((word, _)) => text.replacen(word, "", 1),
        None => text,
    };
    let bare = bare.trim().trim_end_matches(':');
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let mut parts = whole.split(':');
    let hour = number(parts.next()?, 1..=2)?;
    let minute = number(parts.next()?, 2..=2)?;
    let second = parts.next().map_or(Some(0), |s| number(s, 2..=2))?;
    let hour = match half {
        Some((_, add)) if (1..=12).contains(&hour) => hour % 12 + add,
        Some(_) => return None,
        None => hour,
    };
    let fits = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    number(fraction, 1..=9).filter(|_| fits)?;
    Some(i64::from(hour * 3600 + minute * 60 + second))
}

/// Chinese units as separators, lower case, no blanks around.
fn plain(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .replace(['年', '月'], "-")
        .replace('日', " ")
        .replace(['时', '点', '分', '\u{FF1A}'], ":")
        .replace('秒', "")
        .trim()
        .to_owned()
}

/// Digits only, as many as `digits` allows.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The three numbers of a date in the order of the text, and what follows it.
struct Numbers {
    a: u32,
    b: u32,
    c: u32,
    year_first: bool,
    rest: String,
}

fn date_numbers(text: &str) -> Option<Numbers> {
    let text = plain(text);
    let stop = text.find(|c: char| c.is_whitespace() || c == 't' || c == '[' || c == '(');
    let (day, rest) = text.split_at(stop.unwrap_or(text.len()));
    let rest = rest.strip_prefix('t').unwrap_or(rest).to_owned();
    if number(day, 8..=8).is_some() {
        let (a, b, c) = (day.get(..4)?, day.get(4..6)?, day.get(6..)?);
        let (a, b, c) = (number(a, 4..=4)?, number(b, 2..=2)?, number(c, 2..=2)?);
        return Some(Numbers { a, b, c, year_first: true, rest });
    }
    let separator = day.chars().find(|c| !c.is_ascii_digit())?;
    if !['-', '/', '.'].contains(&separator) {
        return None;
    }
    let mut parts = day.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let year_first = a.len() == 4;
    let (first, last) = if year_first { (4..=4, 1..=2) } else { (1..=2, 4..=4) };
    let (a, b, c) = (number(a, first)?, number(b, 1..=2)?, number(c, last)?);
    parts.next().is_none().then_some(Numbers { a, b, c, year_first, rest })
}

fn is_weekday(text: &str) -> bool {
    let bare = text.trim_matches(['[', ']', '(', ')', '\u{FF08}', '\u{FF09}', ' ', '.']);
    let bare = bare.trim_start_matches("星期").trim_start_matches("周");
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    matches!(bare, "一" | "二" | "三" | "四" | "五" | "六" | "日" | "天" | "")
        || (bare.is_ascii() && names.iter().any(|n| bare.starts_with(n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str, order: DateOrder) -> Option<String> {
        date_time(text, order, Zone::SHANGHAI).map(|w| w.to_string())
    }

    #[test]
    fn times_of_clock_logs_are_read_strictly() {
        assert!(device_time("2020-01-07 10:34:08").is_some());
        for bad in [
            "1971--10--29 -23:-23:-27",
            "1990-00--8 -16:-29:-40",
            "2020-01-07 1",
            "2020-01-07 10:34:0",
            "2020-01-07 24:00:00",
            "2020-02-30 10:00:00",
            "2020-01-07T10:34:08",
            "0000-00-00 00:00:00",
            "２020-01-07 10:34",
        ] {
            assert_eq!(device_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_forms_people_write_are_all_the_same_time() {
        for text in [
            "2026-03-10 17:05:00",
            "2026/3/10 17:05",
            "20260310 17:05",
            "10.03.2026 17:05",
            "10-03-2026  05:05:00PM",
            "2026年3月10日 下午 5:05",
            "2026年3月10日 17时05分",
            "2026-03-10T17:05:00.000",
            "2026-03-10T09:05:00Z",
            "2026-03-10T17:05:00+08:00",
        ] {
            let got = wall(text, DateOrder::Dmy);
            assert_eq!(got.as_deref(), Some("2026-03-10T17:05:00"), "{text}");
        }
        assert_eq!(
            wall("03-10-2026 12:05AM", DateOrder::Mdy).as_deref(),
            Some("2026-03-10T00:05:00")
        );
        for bad in ["", "NA", "2026-03-10", "13:00", "2026-03-10 13:00PM", "2026-03-10 8:5"] {
            assert_eq!(wall(bad, DateOrder::Dmy), None, "{bad}");
        }
    }

    #[test]
    fn a_roster_head_shows_dates_with_their_weekday() {
        let want = LocalDate::from_ymd(2017, 1, 14);
        for text in [
            "2017-01-14 [六]",
            "2017-01-14",
            "2017/1/14 星期六",
            "2017-01-14(Sat)",
            "2017-01-14[六]",
        ] {
            assert_eq!(date(text, DateOrder::Dmy), want, "{text}");
        }
        for bad in ["2017-01-14 early", "name", "2017-13-14", "14"] {
            assert_eq!(date(bad, DateOrder::Dmy), None, "{bad}");
        }
    }

    #[test]
    fn a_value_above_twelve_tells_day_from_month_for_the_whole_file() {
        let of = |texts: &[&str]| {
            let mut seen = OrderEvidence::default();
            texts.iter().for_each(|t| seen.see(t));
            seen.order()
        };
        assert_eq!(of(&["03-05-2015 10:00", "13-05-2015 10:00"]), (DateOrder::Dmy, false));
        assert_eq!(of(&["03/05/2015", "05/13/2015"]), (DateOrder::Mdy, false));
        assert_eq!(of(&["03-05-2015", "05-05-2015"]), (DateOrder::Dmy, true));
        assert_eq!(of(&["05-05-2015", "2015-03-04"]), (DateOrder::Dmy, false));
        assert_eq!(of(&["13-05-2015", "05-13-2015", "01-02-2015"]), (DateOrder::Dmy, true));
    }
}
