//! Calendars, shifts and schemes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use vocabulary::LocalDate;

use super::Refusal;
use super::definitions::Scopes;
use super::fields::{Fields, choice, clock_span, date_text, int, item, join, list};
use crate::{
    ClockSpan, Code, DateKind, OvertimeSplit, PunchPoints, Scheme, Section, Shift, ShiftKind,
    StatutoryMode,
};

/// A work calendar: explicit dates over weekly rest days (domain 10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// 1 = Monday … 7 = Sunday.
    pub rest_weekdays: Vec<u8>,
    pub dates: BTreeMap<LocalDate, DateKind>,
}

impl Calendar {
    /// The explicit kind if the date is listed, else REST on a weekly rest day, else WORKDAY.
    pub fn kind(&self, date: LocalDate) -> DateKind {
        match self.dates.get(&date) {
            Some(kind) => *kind,
            None if self.rest_weekdays.contains(&date.weekday()) => DateKind::Rest,
            None => DateKind::Workday,
        }
    }
}

pub(super) const DATE_KINDS: &[(&str, DateKind)] =
    &[("statutory", DateKind::Statutory), ("rest", DateKind::Rest), ("workday", DateKind::Workday)];

pub(super) fn calendar(value: &Value, path: &str) -> Result<Calendar, Refusal> {
    let f = Fields::of(value, path, &["rest_weekdays", "dates"])?;
    let at = f.at("rest_weekdays");
    let mut rest_weekdays = Vec::new();
    for (i, v) in f.list("rest_weekdays")?.iter().enumerate() {
        let day = int(v, &item(&at, i), 1, 7)?;
        rest_weekdays.extend(u8::try_from(day));
    }
    rest_weekdays.sort_unstable();
    rest_weekdays.dedup();
    let mut dates = BTreeMap::new();
    let at = f.at("dates");
    for (key, v) in f.object("dates")?.into_iter().flatten() {
        let path = join(&at, &super::fields::shown(key));
        dates.insert(date_text(key, &path)?, choice(v, &path, DATE_KINDS)?);
    }
    Ok(Calendar { rest_weekdays, dates })
}

const SHIFT_KINDS: &[(&str, ShiftKind)] =
    &[("normal", ShiftKind::Normal), ("ot", ShiftKind::Ot), ("free", ShiftKind::Free)];

const POINTS: &[(&str, PunchPoints)] =
    &[("two_point", PunchPoints::TwoPoint), ("per_segment", PunchPoints::PerSegment)];

pub(super) fn shift(value: &Value, path: &str, name: Code) -> Result<Shift, Refusal> {
    let keys = [
        "kind",
        "segments",
        "breaks",
        "points",
        "early_flex_minutes",
        "late_flex_minutes",
        "day_equivalent",
    ];
    let f = Fields::of(value, path, &keys)?;
    let spans = |key: &str| -> Result<Vec<ClockSpan>, Refusal> {
        let at = f.at(key);
        let items = f.list(key)?.iter().enumerate();
        items.map(|(i, v)| clock_span(v, &item(&at, i))).collect()
    };
    let day_equivalent = match f.nullable("day_equivalent") {
        None => None,
        Some(_) => f.decimal("day_equivalent", 2, 0, 900)?,
    };
    let shift = Shift {
        name,
        kind: f.choice("kind", SHIFT_KINDS, ShiftKind::Normal)?,
        segments: spans("segments")?.into_iter().collect(),
        breaks: spans("breaks")?.into_iter().collect(),
        points: f.choice("points", POINTS, PunchPoints::TwoPoint)?,
        early_flex_minutes: f.int_or("early_flex_minutes", 0, 480, 0)?,
        late_flex_minutes: f.int_or("late_flex_minutes", 0, 480, 0)?,
        day_equivalent_hundredths: day_equivalent,
        version: 0,
    };
    check_segments(&f, &shift)?;
    Ok(shift)
}

fn check_segments(f: &Fields<'_>, shift: &Shift) -> Result<(), Refusal> {
    let at = f.at("segments");
    let wrong = |why: &str| Err(Refusal::bad_value(&at, why));
    let (Some(first), Some(last)) = (shift.segments.first(), shift.segments.last()) else {
        if shift.kind != ShiftKind::Free {
            return wrong("1 to 4 segments are needed");
        }
        if shift.early_flex_minutes > 0 || shift.late_flex_minutes > 0 {
            return wrong("a free shift has no flexible edges");
        }
        return Ok(());
    };
    if shift.kind == ShiftKind::Free {
        return wrong("a free shift has no segments");
    }
    if shift.segments.len() > 4 {
        return wrong("1 to 4 segments are needed");
    }
    let mut before = i32::MIN;
    for s in &shift.segments {
        if s.start < before {
            return wrong("segments must ascend without overlap");
        }
        before = s.end;
    }
    if first.start > 2159 {
        return wrong("the first start must not be after 35:59");
    }
    if last.end - first.start > 1440 {
        return wrong("at most 24 hours from the first start to the last end");
    }
    if shift.early_flex_minutes > 0 && shift.early_flex_minutes >= last.end - last.start {
        let at = f.at("early_flex_minutes");
        return Err(Refusal::bad_value(&at, "must be shorter than the last segment"));
    }
    if shift.late_flex_minutes > 0 && shift.late_flex_minutes >= first.end - first.start {
        let at = f.at("late_flex_minutes");
        return Err(Refusal::bad_value(&at, "must be shorter than the first segment"));
    }
    Ok(())
}

/// Keys of the four sections, in the order of the scheme.
pub(super) const SECTIONS: [&str; 4] = ["workday", "weekday_ot", "rest_ot", "holiday_ot"];

const SPLITS: &[(&str, OvertimeSplit)] = &[
    ("statutory", OvertimeSplit::Statutory),
    ("none", OvertimeSplit::None),
    ("all_boundaries", OvertimeSplit::AllBoundaries),
];

const MODES: &[(&str, StatutoryMode)] =
    &[("split", StatutoryMode::Split), ("by_start_day", StatutoryMode::ByStartDay)];

pub(super) fn scheme(
    value: &Value,
    path: &str,
    name: Code,
    names: &Scopes<'_>,
) -> Result<Scheme, Refusal> {
    let keys = [
        "day_std_minutes",
        "join_gap_minutes",
        "overtime_split",
        "statutory_mode",
        "overtime_type",
        "workday",
        "weekday_ot",
        "rest_ot",
        "holiday_ot",
    ];
    let f = Fields::of(value, path, &keys)?;
    let part = |key: &str| section(f.required(key)?, &f.at(key), names);
    let overtime_type = match f.nullable("overtime_type") {
        None => None,
        Some(v) => Some(names.overtime_type(v, &f.at("overtime_type"))?),
    };
    Ok(Scheme {
        name,
        day_std_minutes: f.int_or("day_std_minutes", 60, 1440, 480)?,
        join_gap_minutes: f.int_or("join_gap_minutes", 0, 720, 60)?,
        overtime_split: f.choice("overtime_split", SPLITS, OvertimeSplit::Statutory)?,
        statutory_mode: f.choice("statutory_mode", MODES, StatutoryMode::Split)?,
        overtime_type,
        workday: part("workday")?,
        weekday_ot: part("weekday_ot")?,
        rest_ot: part("rest_ot")?,
        holiday_ot: part("holiday_ot")?,
        origin: None,
    })
}

pub(super) const SECTION_KEYS: [&str; 9] = [
    "application",
    "punch",
    "deduct_minutes",
    "early_counts",
    "late_counts",
    "punch_rule",
    "late_rule",
    "early_rule",
    "abnormal_rule",
];

fn section(value: &Value, path: &str, names: &Scopes<'_>) -> Result<Section, Refusal> {
    let f = Fields::of(value, path, &SECTION_KEYS)?;
    let deduct_minutes = match f.nullable("deduct_minutes") {
        None => None,
        Some(v) => Some(int(v, &f.at("deduct_minutes"), 0, 1440)?),
    };
    let optional = |key: &str| f.nullable(key).map(|v| (v, f.at(key)));
    Ok(Section {
        application: f.bool_or("application", false)?,
        punch: f.bool_or("punch", true)?,
        deduct_minutes,
        early_counts: f.bool_or("early_counts", false)?,
        late_counts: f.bool_or("late_counts", false)?,
        punch_rule: names.punch_rule(f.required("punch_rule")?, &f.at("punch_rule"))?,
        late_rule: optional("late_rule").map(|(v, p)| names.late_rule(v, &p)).transpose()?,
        early_rule: optional("early_rule").map(|(v, p)| names.early_rule(v, &p)).transpose()?,
        abnormal_rule: optional("abnormal_rule")
            .map(|(v, p)| names.abnormal_rule(v, &p))
            .transpose()?,
    })
}

/// A list of names or objects.
pub(super) fn shifts(
    value: &Value,
    path: &str,
    names: &Scopes<'_>,
) -> Result<Vec<Arc<Shift>>, Refusal> {
    let items: Vec<(String, &Value)> = match value {
        Value::Array(_) => {
            let found = list(value, path)?.iter().enumerate();
            found.map(|(i, v)| (item(path, i), v)).collect()
        }
        _ => vec![(path.to_owned(), value)],
    };
    let mut shifts = Vec::with_capacity(items.len());
    for (at, v) in items {
        shifts.push(names.shift(v, &at)?);
    }
    if shifts.is_empty() {
        return Err(Refusal::bad_value(path, "the list is empty; a day off is \"rest\""));
    }
    if shifts.iter().filter(|s| s.kind != ShiftKind::Ot).count() > 1 {
        return Err(Refusal::bad_value(path, "at most one shift that is not of kind ot"));
    }
    Ok(shifts)
}
