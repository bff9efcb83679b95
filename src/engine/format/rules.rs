//! Punch, late, early and abnormal rules, and request types.

use serde_json::Value;

use super::fields::{Fields, item, list};
use super::{Refusal, fields};
use crate::{
    AbnormalRule, Band, BandRule, Code, Coefficients, CountingBasis, FlagAction, MissingAction,
    MissingRule, OddAction, OutOfWindowAction, PunchRule, RequestKind, RequestType, RoundMethod,
    Rounding, SecondsRule,
};

const METHODS: &[(&str, RoundMethod)] = &[
    ("original", RoundMethod::Original),
    ("round", RoundMethod::Round),
    ("ceil", RoundMethod::Ceil),
    ("floor", RoundMethod::Floor),
];

const SECONDS: &[(&str, SecondsRule)] =
    &[("ceil", SecondsRule::Ceil), ("floor", SecondsRule::Floor)];

fn rounding(f: &Fields<'_>) -> Result<Rounding, Refusal> {
    Ok(Rounding {
        method: f.choice("method", METHODS, RoundMethod::Original)?,
        minutes: f.int_or("minutes", 0, 480, 0)?,
    })
}

pub(super) fn punch_rule(value: &Value, path: &str) -> Result<PunchRule, Refusal> {
    let keys =
        ["before_minutes", "after_minutes", "seconds_in", "seconds_out", "use_flags", "duration"];
    let f = Fields::of(value, path, &keys)?;
    let duration = match f.get("duration") {
        None => Rounding::ORIGINAL,
        Some(d) => rounding(&Fields::of(d, &f.at("duration"), &["method", "minutes"])?)?,
    };
    Ok(PunchRule {
        before_minutes: f.int_or("before_minutes", 0, 720, 120)?,
        after_minutes: f.int_or("after_minutes", 0, 720, 360)?,
        seconds_in: f.choice("seconds_in", SECONDS, SecondsRule::Ceil)?,
        seconds_out: f.choice("seconds_out", SECONDS, SecondsRule::Floor)?,
        use_flags: f.bool_or("use_flags", false)?,
        duration,
    })
}

fn band(value: &Value, path: &str) -> Result<Band, Refusal> {
    let keys =
        ["code", "limit_minutes", "absence", "days", "method", "minutes", "ignore_when_zero"];
    let f = Fields::of(value, path, &keys)?;
    Ok(Band {
        code: Code::from(f.text("code")?),
        limit_minutes: f
            .int("limit_minutes", 1, 2880)?
            .ok_or_else(|| Refusal::missing(&f.at("limit_minutes")))?,
        absence: f.bool_or("absence", false)?,
        days_hundredths: f.decimal("days", 2, 0, 900)?.unwrap_or(0),
        rounding: rounding(&f)?,
        ignore_when_zero: f.bool_or("ignore_when_zero", false)?,
    })
}

pub(super) fn band_rule(value: &Value, path: &str) -> Result<BandRule, Refusal> {
    let f = Fields::of(value, path, &["items"])?;
    let at = f.at("items");
    let items = list(f.required("items")?, &at)?;
    if items.is_empty() {
        return Err(Refusal::bad_value(&at, "at least one item is needed"));
    }
    let mut bands: Vec<Band> = Vec::with_capacity(items.len());
    let mut limits = std::collections::HashSet::new();
    for (i, v) in items.iter().enumerate() {
        let b = band(v, &item(&at, i))?;
        if !limits.insert(b.limit_minutes) {
            let place = format!("{}.limit_minutes", item(&at, i));
            return Err(Refusal::bad_value(&place, "limits must differ"));
        }
        bands.push(b);
    }
    Ok(BandRule::new(bands))
}

/// The kinds of action a missing case offers.
#[derive(Clone, Copy)]
enum Offer {
    AbsentSpan,
    FixedAbsence,
    FixedMinutes,
    Nominal,
    WorkedThrough,
    AsMissing,
}

fn missing(
    f: &Fields<'_>,
    key: &str,
    offers: &[(&str, Offer)],
    keys: &[&str],
) -> Result<MissingRule, Refusal> {
    let default = offers.first().map_or(Offer::AbsentSpan, |(_, o)| *o);
    let path = f.at(key);
    let empty = Value::Object(serde_json::Map::new());
    let g = Fields::of(f.get(key).unwrap_or(&empty), &path, keys)?;
    let days = g.decimal("days", 2, 0, 900)?;
    let minutes = g.int("minutes", 1, 720)?;
    let action = match g.choice("action", offers, default)? {
        Offer::AbsentSpan => MissingAction::AbsentSpan,
        Offer::FixedAbsence => {
            MissingAction::FixedAbsence(days.ok_or_else(|| Refusal::missing(&g.at("days")))?)
        }
        Offer::FixedMinutes => {
            MissingAction::FixedMinutes(minutes.ok_or_else(|| Refusal::missing(&g.at("minutes")))?)
        }
        Offer::Nominal => MissingAction::Nominal,
        Offer::WorkedThrough => MissingAction::WorkedThrough,
        Offer::AsMissing => MissingAction::AsMissing,
    };
    Ok(MissingRule { action, free_per_period: g.int_or("free_per_period", 0, 99, 0)? })
}

pub(super) fn abnormal_rule(value: &Value, path: &str) -> Result<AbnormalRule, Refusal> {
    let keys = [
        "missing_in",
        "missing_out",
        "both_missing",
        "middle_missing",
        "segment_missing",
        "odd_count",
        "out_of_window",
        "wrong_flag",
    ];
    let f = Fields::of(value, path, &keys)?;
    let point = ["action", "days", "minutes", "free_per_period"];
    let span = ["action", "days", "free_per_period"];
    let (absent, fixed, nominal) = (
        ("absent_span", Offer::AbsentSpan),
        ("fixed_absence", Offer::FixedAbsence),
        ("nominal", Offer::Nominal),
    );
    let late = [absent, fixed, ("fixed_late", Offer::FixedMinutes), nominal];
    let early = [absent, fixed, ("fixed_early", Offer::FixedMinutes), nominal];
    let middle = [("as_missing", Offer::AsMissing), ("worked_through", Offer::WorkedThrough)];
    Ok(AbnormalRule {
        missing_in: missing(&f, "missing_in", &late, &point)?,
        missing_out: missing(&f, "missing_out", &early, &point)?,
        both_missing: missing(&f, "both_missing", &[absent, fixed, nominal], &span)?,
        middle_missing: missing(&f, "middle_missing", &middle, &["action", "free_per_period"])?,
        segment_missing: missing(&f, "segment_missing", &[absent, fixed], &span)?,
        odd_count: odd_count(&f)?,
        out_of_window: out_of_window(&f)?,
        wrong_flag: wrong_flag(&f)?,
    })
}

fn odd_count(f: &Fields<'_>) -> Result<OddAction, Refusal> {
    let Some(v) = f.get("odd_count") else { return Ok(OddAction::Flag) };
    let path = f.at("odd_count");
    let g = Fields::of(v, &path, &["action"])?;
    let choices = [
        ("flag", OddAction::Flag),
        ("ignore", OddAction::Ignore),
        ("last_is_out_missing", OddAction::LastIsOutMissing),
    ];
    g.choice("action", &choices, OddAction::Flag)
}

fn out_of_window(f: &Fields<'_>) -> Result<OutOfWindowAction, Refusal> {
    let Some(v) = f.get("out_of_window") else { return Ok(OutOfWindowAction::Flag) };
    let path = f.at("out_of_window");
    let g = Fields::of(v, &path, &["action", "minutes"])?;
    let minutes = g.int("minutes", 1, 720)?;
    let choices = [("flag", 0), ("ignore", 1), ("extend", 2)];
    match g.choice("action", &choices, 0)? {
        0 => Ok(OutOfWindowAction::Flag),
        1 => Ok(OutOfWindowAction::Ignore),
        _ => {
            minutes.map(OutOfWindowAction::Extend).ok_or_else(|| Refusal::missing(&g.at("minutes")))
        }
    }
}

fn wrong_flag(f: &Fields<'_>) -> Result<FlagAction, Refusal> {
    let Some(v) = f.get("wrong_flag") else { return Ok(FlagAction::Flag) };
    let path = f.at("wrong_flag");
    let g = Fields::of(v, &path, &["action"])?;
    let choices = [("flag", FlagAction::Flag), ("ignore", FlagAction::Ignore)];
    g.choice("action", &choices, FlagAction::Flag)
}

pub(super) fn request_type(value: &Value, path: &str, name: Code) -> Result<RequestType, Refusal> {
    let f = Fields::of(value, path, &["kind", "priority", "basis", "coefficients"])?;
    let kinds = [("leave", RequestKind::Leave), ("overtime", RequestKind::Overtime)];
    let kind = fields::choice(f.required("kind")?, &f.at("kind"), &kinds)?;
    let bases = [("work", CountingBasis::Work), ("calendar", CountingBasis::Calendar)];
    let coefficients = match f.get("coefficients") {
        None => Coefficients::default(),
        Some(c) => coefficients(c, &f.at("coefficients"))?,
    };
    Ok(RequestType {
        name,
        kind,
        priority: f.int_or("priority", -999, 999, 100)?,
        basis: f.choice("basis", &bases, CountingBasis::Work)?,
        coefficients,
        version: 0,
    })
}

fn coefficients(value: &Value, path: &str) -> Result<Coefficients, Refusal> {
    let f = Fields::of(value, path, &["a1", "a2", "a3", "w1", "w2", "l", "e", "b"])?;
    let tenths = |key: &str| Ok::<i32, Refusal>(f.decimal(key, 1, -99, 99)?.unwrap_or(0));
    Ok(Coefficients {
        a1: tenths("a1")?,
        a2: tenths("a2")?,
        a3: tenths("a3")?,
        w1: tenths("w1")?,
        w2: tenths("w2")?,
        l: tenths("l")?,
        e: tenths("e")?,
        b: tenths("b")?,
    })
}
