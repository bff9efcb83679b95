//! Reading typed fields of a JSON object, with exact decimals and a path for every complaint.

use serde_json::{Map, Number, Value};
use vocabulary::{LocalDate, WallTime};

use super::Refusal;
use crate::ClockSpan;

/// Longest name or id that is kept in a message.
const MAX_SHOWN: usize = 60;

/// A JSON object with the path that led to it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub map: &'a Map<String, Value>,
    pub path: &'a str,
}

/// `path.key`, or `key` at the top.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl<'a> Fields<'a> {
    /// `value` must be an object whose keys are all in `keys` (or `note`).
    pub fn of(value: &'a Value, path: &'a str, keys: &[&str]) -> Result<Self, Refusal> {
        let Value::Object(map) = value else { return Err(Refusal::wrong_type(path, "an object")) };
        for key in map.keys() {
            if key != "note" && !keys.contains(&key.as_str()) {
                return Err(Refusal::unknown_field(&join(path, shown(key).as_str())));
            }
        }
        Ok(Self { map, path })
    }

    pub fn at(&self, key: &str) -> String {
        join(self.path, key)
    }

    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    pub fn required(&self, key: &str) -> Result<&'a Value, Refusal> {
        self.map.get(key).ok_or_else(|| Refusal::missing(&self.at(key)))
    }

    /// The field, with `null` taken as absent. Only for fields that may be null.
    pub fn nullable(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|v| !v.is_null())
    }

    pub fn int(&self, key: &str, low: i32, high: i32) -> Result<Option<i32>, Refusal> {
        self.get(key).map(|v| int(v, &self.at(key), low, high)).transpose()
    }

    pub fn int_or(&self, key: &str, low: i32, high: i32, default: i32) -> Result<i32, Refusal> {
        Ok(self.int(key, low, high)?.unwrap_or(default))
    }

    pub fn bool_or(&self, key: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(key) {
            None => Ok(default),
            Some(Value::Bool(b)) => Ok(*b),
            Some(_) => Err(Refusal::wrong_type(&self.at(key), "true or false")),
        }
    }

    pub fn text(&self, key: &str) -> Result<&'a str, Refusal> {
        text(self.required(key)?, &self.at(key))
    }

    /// One of the names in `choices`, by its index; the first is the default.
    pub fn choice<T: Copy>(
        &self,
        key: &str,
        choices: &[(&str, T)],
        default: T,
    ) -> Result<T, Refusal> {
        let Some(value) = self.get(key) else { return Ok(default) };
        choice(value, &self.at(key), choices)
    }

    /// A number with at most `places` decimals, in units of its last place.
    pub fn decimal(
        &self,
        key: &str,
        places: u32,
        low: i32,
        high: i32,
    ) -> Result<Option<i32>, Refusal> {
        self.get(key).map(|v| decimal(v, &self.at(key), places, low, high)).transpose()
    }

    pub fn list(&self, key: &str) -> Result<&'a [Value], Refusal> {
        match self.get(key) {
            None => Ok(&[]),
            Some(v) => list(v, &self.at(key)),
        }
    }

    pub fn object(&self, key: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Object(o)) => Ok(Some(o)),
            Some(_) => Err(Refusal::wrong_type(&self.at(key), "an object")),
        }
    }

    pub fn date_or_null(&self, key: &str) -> Result<Option<LocalDate>, Refusal> {
        self.nullable(key).map(|v| date(v, &self.at(key))).transpose()
    }
}

/// Cuts long names for messages.
pub(super) fn shown(name: &str) -> String {
    if name.chars().count() <= MAX_SHOWN {
        return name.to_owned();
    }
    name.chars().take(MAX_SHOWN).chain("…".chars()).collect()
}

pub(super) fn text<'a>(value: &'a Value, path: &str) -> Result<&'a str, Refusal> {
    value.as_str().ok_or_else(|| Refusal::wrong_type(path, "text"))
}

pub(super) fn list<'a>(value: &'a Value, path: &str) -> Result<&'a [Value], Refusal> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| Refusal::wrong_type(path, "a list"))
}

pub(super) fn choice<T: Copy>(
    value: &Value,
    path: &str,
    choices: &[(&str, T)],
) -> Result<T, Refusal> {
    let name = text(value, path)?;
    choices.iter().find(|(n, _)| *n == name).map(|(_, t)| *t).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(n, _)| *n).collect();
        Refusal::bad_value(path, format!("expected one of {}", names.join(", ")))
    })
}

pub(super) fn int(value: &Value, path: &str, low: i32, high: i32) -> Result<i32, Refusal> {
    let Value::Number(n) = value else { return Err(Refusal::wrong_type(path, "an integer")) };
    let outside = || Refusal::bad_value(path, format!("expected {low} to {high}"));
    if let Some(v) = n.as_i64() {
        let v = i32::try_from(v).map_err(|_| outside())?;
        return if (low..=high).contains(&v) { Ok(v) } else { Err(outside()) };
    }
    if n.is_u64() || is_huge(n) {
        Err(outside())
    } else {
        Err(Refusal::wrong_type(path, "an integer"))
    }
}

/// Whole numbers beyond 64 bits arrive as floating point with a positive exponent.
fn is_huge(n: &Number) -> bool {
    let text = n.to_string();
    text.split_once('e').is_some_and(|(_, exponent)| !exponent.starts_with('-'))
}

pub(super) fn decimal(
    value: &Value,
    path: &str,
    places: u32,
    low: i32,
    high: i32,
) -> Result<i32, Refusal> {
    let Value::Number(n) = value else { return Err(Refusal::wrong_type(path, "a number")) };
    let scale = 10_i32.pow(places);
    let wrong = || {
        Refusal::bad_value(
            path,
            format!("expected {} to {} with at most {places} decimals", low / scale, high / scale),
        )
    };
    let text = n.to_string();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |d| (true, d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::try_from(places).unwrap_or(0).checked_sub(fraction.len());
    let padded = format!("{whole}{fraction}{}", "0".repeat(missing.ok_or_else(wrong)?));
    let v: i32 = padded.parse().map_err(|_| wrong())?;
    let v = if negative { -v } else { v };
    if (low..=high).contains(&v) { Ok(v) } else { Err(wrong()) }
}

pub(super) fn date(value: &Value, path: &str) -> Result<LocalDate, Refusal> {
    date_text(text(value, path)?, path)
}

pub(super) fn date_text(text: &str, path: &str) -> Result<LocalDate, Refusal> {
    text.parse().map_err(|_| Refusal::bad_value(path, "expected a date as YYYY-MM-DD"))
}

pub(super) fn time(value: &Value, path: &str) -> Result<WallTime, Refusal> {
    text(value, path)?
        .parse()
        .map_err(|_| Refusal::bad_value(path, "expected a local time as YYYY-MM-DDTHH:MM:SS"))
}

/// A time of a request or block: whole minutes.
pub(super) fn minute_time(value: &Value, path: &str) -> Result<WallTime, Refusal> {
    let t = time(value, path)?;
    if t.seconds().rem_euclid(60) == 0 {
        Ok(t)
    } else {
        Err(Refusal::bad_value(path, "expected whole minutes"))
    }
}

/// `"HH:MM"` from 00:00 to 48:00, in minutes.
pub(super) fn clock(value: &Value, path: &str) -> Result<i32, Refusal> {
    let wrong = || Refusal::bad_value(path, "expected a clock time as HH:MM up to 48:00");
    let text = text(value, path)?;
    let digits = |part: &str| -> Option<i32> {
        let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if two { part.parse().ok() } else { None }
    };
    let (h, m) = text.split_once(':').ok_or_else(wrong)?;
    match (digits(h), digits(m)) {
        (Some(h), Some(m)) if m < 60 && h * 60 + m <= 2880 => Ok(h * 60 + m),
        _ => Err(wrong()),
    }
}

/// `{start, end}` in clock times, start before end.
pub(super) fn clock_span(value: &Value, path: &str) -> Result<ClockSpan, Refusal> {
    let f = Fields::of(value, path, &["start", "end"])?;
    let start = clock(f.required("start")?, &f.at("start"))?;
    let end = clock(f.required("end")?, &f.at("end"))?;
    if start < end {
        Ok(ClockSpan { start, end })
    } else {
        Err(Refusal::bad_value(&f.at("end"), "must be after start"))
    }
}

/// `{start, end}` in whole minutes of local time, start before end.
pub(super) fn wall_span(value: &Value, path: &str) -> Result<crate::WallSpan, Refusal> {
    let f = Fields::of(value, path, &["start", "end"])?;
    wall_span_of(&f)
}

/// The same from an object with more fields.
pub(super) fn wall_span_of(f: &Fields<'_>) -> Result<crate::WallSpan, Refusal> {
    let start = minute_time(f.required("start")?, &f.at("start"))?;
    let end = minute_time(f.required("end")?, &f.at("end"))?;
    if start < end {
        Ok(crate::WallSpan { start, end })
    } else {
        Err(Refusal::bad_value(&f.at("end"), "must be after start"))
    }
}

/// `list[i]`
pub(super) fn item(path: &str, i: usize) -> String {
    format!("{path}[{i}]")
}
