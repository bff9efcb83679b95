//! A result as a row: columns for what lists and reports ask for, `detail` for the rest, and a hash of it all.

use engine::{DayResult, DayState, ENGINE_VERSION};
use sea_orm::FromQueryResult;
use serde_json::{Map, Value, json};
use vocabulary::{Instant, LocalDate, OrgId, PersonId, RuleId, WallTime};

use super::gather::fnv;

/// What settling needs to know of a stored result.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct StoredRow {
    pub person_id: PersonId,
    pub work_date: LocalDate,
    pub hash: i64,
}

/// A computed result with what belongs to its date.
#[derive(Clone, Debug)]
pub struct Computed {
    pub person: PersonId,
    pub date: LocalDate,
    pub org: Option<OrgId>,
    pub scheme: Option<RuleId>,
    /// Codes of the shifts of the date.
    pub shift: Option<String>,
    pub result: DayResult,
    /// The 'now' of a result that is not final.
    pub evaluated: Option<WallTime>,
    pub due_at: Option<Instant>,
}

/// Columns of the row besides key, hash and times, with their SQL kinds: one list for all statements.
pub const NUMBERS: [&str; 19] = [
    "due_tenths",
    "actual_tenths",
    "regular_minutes",
    "late_tenths",
    "late_raw_minutes",
    "late_count",
    "early_tenths",
    "early_raw_minutes",
    "early_count",
    "absence_tenths",
    "absence_days_hundredths",
    "shortfall_minutes",
    "weekday_overtime_minutes",
    "rest_overtime_minutes",
    "holiday_overtime_minutes",
    "unconfirmed_minutes",
    "presence_minutes",
    "night_minutes",
    "leave_minutes",
];

impl Computed {
    /// In the order of [`NUMBERS`].
    pub fn numbers(&self) -> [i32; 19] {
        let r = &self.result;
        let [weekday, rest, holiday] = r.overtime.map(|o| o.credited);
        [
            r.due_tenths,
            r.actual_tenths,
            r.regular_minutes,
            r.late.tenths,
            r.late.raw_minutes,
            r.late.counts.iter().map(|(_, n)| n).sum(),
            r.early.tenths,
            r.early.raw_minutes,
            r.early.counts.iter().map(|(_, n)| n).sum(),
            r.absence_tenths,
            r.absence_days_hundredths,
            r.shortfall_minutes,
            weekday,
            rest,
            holiday,
            r.unconfirmed_minutes,
            r.presence_minutes,
            r.night_minutes,
            r.leave.iter().map(|l| l.minutes).sum(),
        ]
    }

    /// The parts of the result that no column holds, in the words of the evaluate format.
    fn detail(&self) -> Option<String> {
        let Value::Object(all) = engine::format::result_json("", &self.result) else { return None };
        let mut kept = Map::new();
        for key in ["late", "early", "overtime", "overtime_late", "overtime_early"] {
            if let Some(v) = all.get(key)
                && !all_zero(v)
            {
                kept.insert(key.to_owned(), v.clone());
            }
        }
        for key in ["leave", "exceptions", "points"] {
            if let Some(v) = all.get(key)
                && v.as_array().is_some_and(|a| !a.is_empty())
            {
                kept.insert(key.to_owned(), v.clone());
            }
        }
        if let Some(Value::Array(points)) = kept.get_mut("points") {
            for (v, p) in points.iter_mut().zip(&self.result.points) {
                if let (Value::Object(o), true) = (v, p.punch != 0) {
                    o.insert("punch".to_owned(), json!(p.punch.to_string()));
                }
            }
        }
        if kept.is_empty() { None } else { Some(Value::Object(kept).to_string()) }
    }

    /// The row without key columns that SQL fills in, as one JSON object; and its hash.
    pub fn row(&self) -> (Value, i64) {
        let mut o = Map::new();
        o.insert("person_id".to_owned(), json!(self.person.0));
        o.insert("work_date".to_owned(), json!(self.date));
        o.insert("org_id".to_owned(), json!(self.org.map(|o| o.0)));
        o.insert("scheme_id".to_owned(), json!(self.scheme.map(|s| s.0)));
        o.insert("state".to_owned(), json!(self.result.state.as_str()));
        o.insert("day_type".to_owned(), json!(self.result.day_type.map(|d| d.as_str())));
        o.insert("shift".to_owned(), json!(self.shift));
        for (name, n) in NUMBERS.iter().zip(self.numbers()) {
            o.insert((*name).to_owned(), json!(n));
        }
        o.insert("exceptions".to_owned(), json!(self.result.exceptions.len()));
        o.insert("detail".to_owned(), json!(self.detail()));
        o.insert("engine_version".to_owned(), json!(ENGINE_VERSION));
        o.insert("evaluated_wall".to_owned(), json!(self.evaluated.map(WallTime::seconds)));
        o.insert("due_at".to_owned(), json!(self.due_at.map(Instant::millis)));
        let row = Value::Object(o);
        let hash = i64::from_ne_bytes(fnv(&[&row.to_string()]).to_ne_bytes());
        (row, hash)
    }

    /// Of the whole content: equal results have equal hashes.
    pub fn hash(&self) -> i64 {
        self.row().1
    }

    pub fn is_final(&self) -> bool {
        self.result.state == DayState::Final
    }
}

/// Only zeros and empty lists or objects inside.
fn all_zero(v: &Value) -> bool {
    match v {
        Value::Number(n) => n.as_i64() == Some(0),
        Value::Object(o) => o.values().all(all_zero),
        Value::Array(a) => a.iter().all(all_zero),
        Value::Null => true,
        Value::Bool(_) | Value::String(_) => false,
    }
}
