//! A case: one person and one attendance date, with everything the engine needs to know.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;
use vocabulary::{LocalDate, WallTime};

use super::Refusal;
use super::definitions::{Definitions, Scopes};
use super::fields::{
    Fields, date, date_text, int, item, join, list, shown, text, time, wall_span, wall_span_of,
};
use super::plan::{self, Calendar};
use crate::{
    CaseCounts, Cell, Code, DateKind, DayFacts, Facts, MissingCase, Punch, PunchFlag, Request,
    RequestKind, Scheme, Service, Shift, ShiftKind, TemporaryOvertime, WallSpan,
};

/// A roster cell that owns its shifts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedCell {
    Empty,
    Rest,
    Shifts(Vec<Arc<Shift>>),
}

impl OwnedCell {
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Rest => Cell::Rest,
            Self::Shifts(s) => Cell::Shifts(s),
        }
    }
}

/// When a person is in service. All dates are included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Employment {
    pub hired: Option<LocalDate>,
    pub left: Option<LocalDate>,
    pub frozen: Vec<(LocalDate, Option<LocalDate>)>,
    /// Out of service between leaving and coming back; both ends included.
    pub gaps: Vec<(LocalDate, LocalDate)>,
}

impl Employment {
    pub fn on(&self, date: LocalDate) -> Service {
        if self.hired.is_some_and(|h| date < h) || self.left.is_some_and(|l| date > l) {
            return Service::NotEmployed;
        }
        if self.gaps.iter().any(|(f, t)| (*f..=*t).contains(&date)) {
            return Service::NotEmployed;
        }
        let frozen = self.frozen.iter().any(|(f, t)| *f <= date && t.is_none_or(|t| date <= t));
        if frozen { Service::Frozen } else { Service::InService }
    }
}

/// One person and one attendance date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: String,
    pub date: LocalDate,
    pub scheme: Arc<Scheme>,
    pub scheme_by_date: BTreeMap<LocalDate, Arc<Scheme>>,
    pub calendar: Arc<Calendar>,
    pub roster: BTreeMap<LocalDate, OwnedCell>,
    pub default_shift: Option<Arc<Shift>>,
    pub punches: Vec<Punch>,
    pub requests: Vec<Request>,
    pub temporary_overtime: Vec<TemporaryOvertime>,
    pub employment: Employment,
    pub prior: CaseCounts,
    pub now: Option<WallTime>,
}

/// Dates before and after D that are handed to the engine.
const BEFORE: i32 = 2;
const AFTER: i32 = 3;

impl Case {
    /// Hands the facts around the date to `work`, as the engine wants them.
    pub fn with_facts<T>(&self, work: impl FnOnce(&Facts<'_>) -> T) -> T {
        let first = self.date.plus(-BEFORE);
        let cells: Vec<OwnedCell> =
            first.through(self.date.plus(AFTER)).map(|d| self.cell(d)).collect();
        let days: Vec<DayFacts<'_>> = first
            .through(self.date.plus(AFTER))
            .zip(&cells)
            .map(|(d, cell)| DayFacts {
                scheme: Some(self.scheme_by_date.get(&d).unwrap_or(&self.scheme)),
                kind: self.calendar.kind(d),
                cell: cell.cell(),
                service: self.employment.on(d),
            })
            .collect();
        work(&Facts {
            first,
            days: &days,
            punches: &self.punches,
            requests: &self.requests,
            temporary_overtime: &self.temporary_overtime,
            now: self.now,
        })
    }

    /// The effective cell: the roster, else calendar mode, else empty.
    fn cell(&self, date: LocalDate) -> OwnedCell {
        if date > self.date.plus(BEFORE) {
            return OwnedCell::Empty;
        }
        match (self.roster.get(&date), &self.default_shift) {
            (Some(cell), _) => cell.clone(),
            (None, None) => OwnedCell::Empty,
            (None, Some(shift)) if self.calendar.kind(date) == DateKind::Workday => {
                OwnedCell::Shifts(vec![shift.clone()])
            }
            (None, Some(_)) => OwnedCell::Rest,
        }
    }
}

const KEYS: [&str; 15] = [
    "id",
    "date",
    "scheme",
    "scheme_by_date",
    "calendar",
    "roster",
    "default_shift",
    "punches",
    "requests",
    "temporary_overtime",
    "employment",
    "prior_cases",
    "now",
    "expect",
    "note",
];

impl Definitions {
    /// Reads a case line.
    pub fn read_case(&self, value: &Value) -> Result<Case, Refusal> {
        let names = self.scopes();
        let f = Fields::of(value, "", &KEYS)?;
        let id = f.text("id")?.to_owned();
        let default_shift = match f.nullable("default_shift") {
            None => None,
            Some(v) => {
                let shift = names.shift(v, "default_shift")?;
                if shift.kind == ShiftKind::Ot {
                    return Err(Refusal::bad_value("default_shift", "must not be of kind ot"));
                }
                Some(shift)
            }
        };
        Ok(Case {
            id,
            date: date(f.required("date")?, "date")?,
            scheme: names.scheme(f.required("scheme")?, "scheme")?,
            scheme_by_date: by_date(&f, "scheme_by_date", |v, p| names.scheme(v, p))?,
            calendar: names.calendar(f.required("calendar")?, "calendar")?,
            roster: by_date(&f, "roster", |v, p| cell(v, p, &names))?,
            default_shift,
            punches: each(&f, "punches", punch)?,
            requests: requests(&f, &names)?,
            temporary_overtime: each(&f, "temporary_overtime", temporary_overtime)?,
            employment: employment(&f)?,
            prior: prior_cases(&f)?,
            now: f.nullable("now").map(|v| time(v, "now")).transpose()?,
        })
    }
}

fn by_date<T>(
    f: &Fields<'_>,
    key: &str,
    read: impl Fn(&Value, &str) -> Result<T, Refusal>,
) -> Result<BTreeMap<LocalDate, T>, Refusal> {
    let mut map = BTreeMap::new();
    for (name, v) in f.object(key)?.into_iter().flatten() {
        let path = join(key, &shown(name));
        map.insert(date_text(name, &path)?, read(v, &path)?);
    }
    Ok(map)
}

fn each<T>(
    f: &Fields<'_>,
    key: &str,
    read: impl Fn(&Value, &str) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    let at = f.at(key);
    f.list(key)?.iter().enumerate().map(|(i, v)| read(v, &item(&at, i))).collect()
}

fn cell(value: &Value, path: &str, names: &Scopes<'_>) -> Result<OwnedCell, Refusal> {
    match value {
        Value::Null => Ok(OwnedCell::Empty),
        Value::String(s) if s == "rest" => Ok(OwnedCell::Rest),
        _ => plan::shifts(value, path, names).map(OwnedCell::Shifts),
    }
}

fn punch(value: &Value, path: &str) -> Result<Punch, Refusal> {
    let f = Fields::of(value, path, &["at", "flag"])?;
    let flag = match f.nullable("flag") {
        None => None,
        Some(v) => {
            let flags = [("in", PunchFlag::In), ("out", PunchFlag::Out)];
            Some(super::fields::choice(v, &f.at("flag"), &flags)?)
        }
    };
    Ok(Punch { at: time(f.required("at")?, &f.at("at"))?, flag, id: 0 })
}

fn requests(f: &Fields<'_>, names: &Scopes<'_>) -> Result<Vec<Request>, Refusal> {
    let requests = each(f, "requests", |v, p| request(v, p, names))?;
    let mut ids = HashSet::new();
    for (i, r) in requests.iter().enumerate() {
        if !ids.insert(&r.id) {
            let at = format!("{}.id", item("requests", i));
            return Err(Refusal::bad_value(&at, "ids of requests must differ"));
        }
    }
    Ok(requests)
}

/// When a request without `approved_at` was approved.
fn default_approval() -> WallTime {
    LocalDate::from_ymd(2000, 1, 1).map(|d| WallTime::on(d, 0)).unwrap_or_default()
}

fn request(value: &Value, path: &str, names: &Scopes<'_>) -> Result<Request, Refusal> {
    let keys = [
        "id",
        "type",
        "start",
        "end",
        "approved_at",
        "half_day",
        "date",
        "breaks",
        "break_minutes",
    ];
    let f = Fields::of(value, path, &keys)?;
    let id = Code::from(f.text("id")?);
    let kind = names.request_type(f.required("type")?, &f.at("type"))?;
    if kind.kind != RequestKind::Overtime {
        for key in ["date", "breaks", "break_minutes"] {
            if f.get(key).is_some() {
                return Err(Refusal::bad_value(&f.at(key), "only for overtime"));
            }
        }
    }
    let date = f.get("date").map(|v| date(v, &f.at("date"))).transpose()?;
    let approved_at = match f.get("approved_at") {
        None => default_approval(),
        Some(v) => time(v, &f.at("approved_at"))?,
    };
    Ok(Request {
        id,
        kind,
        span: wall_span_of(&f)?,
        approved_at,
        half_day: f.bool_or("half_day", false)?,
        date,
        breaks: breaks(&f)?,
        break_minutes: f.int_or("break_minutes", 0, 1440, 0)?,
    })
}

fn breaks(f: &Fields<'_>) -> Result<SmallVec<[WallSpan; 2]>, Refusal> {
    let at = f.at("breaks");
    f.list("breaks")?.iter().enumerate().map(|(i, v)| wall_span(v, &item(&at, i))).collect()
}

fn temporary_overtime(value: &Value, path: &str) -> Result<TemporaryOvertime, Refusal> {
    let f = Fields::of(value, path, &["date", "start", "end", "breaks", "break_minutes"])?;
    let span = wall_span_of(&f)?;
    let date = match f.get("date") {
        None => span.start.date(),
        Some(v) => date(v, &f.at("date"))?,
    };
    Ok(TemporaryOvertime {
        date,
        span,
        breaks: breaks(&f)?,
        break_minutes: f.int_or("break_minutes", 0, 1440, 0)?,
    })
}

fn employment(f: &Fields<'_>) -> Result<Employment, Refusal> {
    let Some(v) = f.get("employment") else { return Ok(Employment::default()) };
    let g = Fields::of(v, "employment", &["hired", "left", "frozen", "gaps"])?;
    let (hired, left) = (g.date_or_null("hired")?, g.date_or_null("left")?);
    if let (Some(h), Some(l)) = (hired, left)
        && l < h
    {
        return Err(Refusal::bad_value("employment.left", "must not be before hired"));
    }
    let frozen = spans(&g, "frozen")?;
    let mut gaps = Vec::new();
    for (from, to) in spans(&g, "gaps")? {
        let to = to.ok_or_else(|| Refusal::bad_value("employment.gaps", "must have an end"))?;
        gaps.push((from, to));
    }
    Ok(Employment { hired, left, frozen, gaps })
}

type Spans = Vec<(LocalDate, Option<LocalDate>)>;

/// Spans of dates of the employment.
fn spans(g: &Fields<'_>, name: &str) -> Result<Spans, Refusal> {
    let mut found = Vec::new();
    let Some(v) = g.get(name) else { return Ok(found) };
    let place = format!("employment.{name}");
    for (i, v) in list(v, &place)?.iter().enumerate() {
        let at = item(&place, i);
        let s = Fields::of(v, &at, &["from", "to"])?;
        let from = date(s.required("from")?, &s.at("from"))?;
        let to = s.date_or_null("to")?;
        if to.is_some_and(|t| t < from) {
            return Err(Refusal::bad_value(&s.at("to"), "must not be before from"));
        }
        found.push((from, to));
    }
    Ok(found)
}

/// Keys of `prior_cases`, in the order of [`MissingCase::ALL`].
pub(super) const PRIOR_KEYS: [&str; 10] = [
    "missing_in",
    "missing_out",
    "both_missing",
    "middle_missing",
    "segment_missing",
    "ot_missing_in",
    "ot_missing_out",
    "ot_both_missing",
    "ot_middle_missing",
    "ot_segment_missing",
];

fn prior_cases(f: &Fields<'_>) -> Result<CaseCounts, Refusal> {
    let mut counts = CaseCounts::default();
    for (key, v) in f.object("prior_cases")?.into_iter().flatten() {
        let path = join("prior_cases", &shown(key));
        let known = PRIOR_KEYS.iter().zip(MissingCase::ALL).zip(&mut counts.0);
        let slot = known.into_iter().find(|((k, _), _)| *k == key).map(|(_, slot)| slot);
        let slot = slot.ok_or_else(|| Refusal::unknown_field(&path))?;
        *slot = int(v, &path, 0, 999)?;
    }
    Ok(counts)
}

/// The id of a line for its refusal, if it has one that is text.
pub(super) fn id_of(value: &Value) -> Value {
    match value.get("id").map(|v| text(v, "id")) {
        Some(Ok(id)) => Value::String(id.to_owned()),
        _ => Value::Null,
    }
}
