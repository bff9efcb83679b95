use engine::format::{Definitions, Kind, Refusal, write_shift};
use engine::{Shift, ShiftKind};
use serde::Deserialize;
use serde_json::Value;

use super::{ShiftRefusal, ShiftVersionRow};
use crate::base::Fault;

/// Where the body stands in a request.
const PLACE: &str = "body";

/// A body that was read.
pub(super) struct ShiftForm {
    /// With every field.
    pub canonical: String,
    /// Of kind `ot`.
    pub overtime: bool,
}

/// Reads the body of a new version.
pub(super) fn read(code: &str, body: &Value) -> Result<ShiftForm, ShiftRefusal> {
    let shift = shift(code, body).map_err(|r| ShiftRefusal::BodyInvalid {
        code: r.code.as_str(),
        path: if r.path.is_empty() { PLACE.to_owned() } else { format!("{PLACE}.{}", r.path) },
        zh: r.message_zh,
        en: r.message,
    })?;
    let overtime = shift.kind == ShiftKind::Ot;
    Ok(ShiftForm { canonical: write_shift(&shift).to_string(), overtime })
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
