use engine::format::{Definitions, Kind, Refusal, write_shift};
use engine::{ClockSpan, Shift, ShiftKind};
use serde::Deserialize;
use serde_json::Value;

use super::{ShiftRefusal, ShiftVersionRow};
use crate::base::Fault;

/// Where the body stands in a request.
const PLACE: &str = "body";

/// The field that the evaluation does not know.
const HALF: &str = "half_day_after";

/// A body that was read.
pub(super) struct ShiftForm {
    /// With every field.
    pub canonical: String,
    /// Of kind `ot`.
    pub overtime: bool,
    /// After which segment the first half ends.
    pub half_after: Option<i32>,
}

/// Reads the body of a new version.
pub(super) fn read(code: &str, body: &Value) -> Result<ShiftForm, ShiftRefusal> {
    let mut plain = body.clone();
    let half = plain.as_object_mut().and_then(|o| o.remove(HALF)).filter(|v| !v.is_null());
    let shift = shift(code, &plain).map_err(|r| ShiftRefusal::BodyInvalid {
        code: r.code.as_str(),
        path: if r.path.is_empty() { PLACE.to_owned() } else { format!("{PLACE}.{}", r.path) },
        zh: r.message_zh,
        en: r.message,
    })?;
    let overtime = shift.kind == ShiftKind::Ot;
    let half_after = half.map(|v| half_after(&v, shift.segments.len())).transpose()?;
    Ok(ShiftForm { canonical: write_shift(&shift).to_string(), overtime, half_after })
}

/// The segment after which the first half ends; the last one has none behind it.
fn half_after(value: &Value, segments: usize) -> Result<i32, ShiftRefusal> {
    let wrong = || ShiftRefusal::BodyInvalid {
        code: "bad_value",
        path: format!("{PLACE}.{HALF}"),
        zh: "须为 1 至工作时段数减 1".to_owned(),
        en: "must be 1 to the number of segments less one".to_owned(),
    };
    let k = value.as_i64().and_then(|k| i32::try_from(k).ok()).ok_or_else(wrong)?;
    let last = i32::try_from(segments).unwrap_or(0) - 1;
    if (1..=last).contains(&k) { Ok(k) } else { Err(wrong()) }
}

/// The halves of a stored shift, none without clock times.
pub(super) fn halves_of(
    code: &str,
    body: &str,
    half_after: Option<i32>,
) -> Result<Vec<ClockSpan>, Fault> {
    let value: Value = serde_json::from_str(body)?;
    let shift = shift(code, &value).map_err(|e| Fault::new(format!("shift {code}"), e))?;
    Ok(super::half::halves(&shift, half_after).into_iter().flatten().collect())
}

fn shift(code: &str, body: &Value) -> Result<Shift, Refusal> {
    let mut definitions = Definitions::new();
    definitions.define_one(Kind::Shift, code, body)?;
    // What was just defined is there.
    definitions.shift(code).map(|s| Shift::clone(s)).ok_or_else(|| Refusal {
        code: engine::format::RefusalCode::UnknownName,
        message: format!("no shifts named {code}"),
        message_zh: format!("没有名为 {code} 的班次"),
        path: String::new(),
    })
}

/// The shift of a published version.
pub fn parse(row: &ShiftVersionRow) -> Result<Shift, Fault> {
    let body: Value = serde_json::from_str(&row.body)?;
    let shift = shift(&row.code, &body)
        .map_err(|e| Fault::new(format!("version {} of shift {}", row.version, row.code), e))?;
    Ok(Shift { version: row.version, ..shift })
}

#[derive(Deserialize)]
struct KindOf {
    kind: String,
}

/// Whether a stored body is of kind `ot`.
pub(super) fn is_overtime(body: &str) -> Result<bool, Fault> {
    let body: KindOf = serde_json::from_str(body)?;
    Ok(body.kind == "ot")
}
