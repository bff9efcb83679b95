use std::collections::HashMap;
use std::sync::Arc;

use engine::format::{
    Definitions, Kind, Refusal, RuleNames, write_abnormal_rule, write_band_rule, write_punch_rule,
    write_request_type, write_scheme,
};
use engine::{
    AbnormalRule, Band, BandRule, Code, PunchRule, RequestKind, RequestType, Rounding, Scheme,
    SecondsRule, Section,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use vocabulary::RuleId;

use super::draft::{Draft, Part, SectionUse};
use super::read::RuleVersionRow;
use super::{RuleKind, RuleRefusal};
use crate::base::Fault;

/// Keys of the four sections.
const SECTIONS: [&str; 4] = ["workday", "weekday_ot", "rest_ot", "holiday_ot"];

/// Keys of the rules of a section.
const RULES: [(&str, RuleKind); 4] = [
    ("punch_rule", RuleKind::Punch),
    ("late_rule", RuleKind::Late),
    ("early_rule", RuleKind::Early),
    ("abnormal_rule", RuleKind::Abnormal),
];

/// A rule that a scheme names.
pub(super) struct Name {
    pub kind: RuleKind,
    pub code: String,
    /// Where in the request.
    pub path: String,
}

/// A body that was read.
pub(super) struct RuleForm {
    /// With every field.
    pub canonical: String,
    /// A request type of kind overtime.
    pub overtime: bool,
    /// Only of a scheme.
    pub names: Vec<Name>,
}

const fn format_kind(kind: RuleKind) -> Kind {
    match kind {
        RuleKind::Punch => Kind::PunchRule,
        RuleKind::Late => Kind::LateRule,
        RuleKind::Early => Kind::EarlyRule,
        RuleKind::Abnormal => Kind::AbnormalRule,
        RuleKind::RequestType => Kind::RequestType,
        RuleKind::Scheme => Kind::Scheme,
    }
}

/// Where a field of the body stands in a request.
fn place(kind: RuleKind, path: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    format!("content.{kind}{dot}{path}")
}

/// Reads the body of a new version. Whether the rules a scheme names exist is not looked at.
pub(super) fn read(kind: RuleKind, code: &str, body: &Value) -> Result<RuleForm, RuleRefusal> {
    if body.get("base").is_some() {
        return Err(RuleRefusal::BaseNotAllowed { path: place(kind, "base") });
    }
    let refuse = |r: Refusal| RuleRefusal::BodyInvalid {
        code: r.code.as_str(),
        path: place(kind, &r.path),
        zh: r.message_zh,
        en: r.message,
    };
    if kind == RuleKind::Scheme {
        let names = names(body)?;
        let holders = Placeholders::new(names.iter().map(|n| (n.kind, n.code.as_str())));
        let scheme = holders.scheme(code, body).map_err(refuse)?;
        let canonical = write_scheme(&scheme, &holders).to_string();
        return Ok(RuleForm { canonical, overtime: false, names });
    }
    let part = part(kind, code, body).map_err(refuse)?;
    let canonical = match &part {
        Part::Punch(r) => write_punch_rule(r),
        Part::Late(r) | Part::Early(r) => write_band_rule(r),
        Part::Abnormal(r) => write_abnormal_rule(r),
        Part::Request(t) => write_request_type(t),
    };
    let overtime = matches!(&part, Part::Request(t) if t.kind == RequestKind::Overtime);
    Ok(RuleForm { canonical: canonical.to_string(), overtime, names: Vec::new() })
}

fn part(kind: RuleKind, code: &str, body: &Value) -> Result<Part, Refusal> {
    let mut d = Definitions::new();
    d.define_one(format_kind(kind), code, body)?;
    let found = match kind {
        RuleKind::Punch => d.punch_rule(code).cloned().map(Part::Punch),
        RuleKind::Late => d.late_rule(code).cloned().map(Part::Late),
        RuleKind::Early => d.early_rule(code).cloned().map(Part::Early),
        RuleKind::Abnormal => d.abnormal_rule(code).cloned().map(Part::Abnormal),
        RuleKind::RequestType => d.request_type(code).cloned().map(Part::Request),
        RuleKind::Scheme => None,
    };
    found.ok_or_else(|| undefined(code))
}

/// Cannot happen: what was just defined is there.
fn undefined(code: &str) -> Refusal {
    Refusal {
        code: engine::format::RefusalCode::UnknownName,
        message: format!("nothing named {code}"),
        message_zh: format!("没有名为 {code} 的对象"),
        path: String::new(),
    }
}

/// The rules a scheme names, with their places. Rules written in place are refused; what is neither
/// is left to the reader of the format.
fn names(body: &Value) -> Result<Vec<Name>, RuleRefusal> {
    let mut found = Vec::new();
    let mut look = |kind: RuleKind, path: String, value: Option<&Value>| match value {
        Some(Value::Object(_)) => Err(RuleRefusal::InlineNotAllowed { path }),
        Some(Value::String(code)) => {
            found.push(Name { kind, code: code.clone(), path });
            Ok(())
        }
        _ => Ok(()),
    };
    let at = |path: &str| place(RuleKind::Scheme, path);
    look(RuleKind::RequestType, at("overtime_type"), body.get("overtime_type"))?;
    for section in SECTIONS {
        let rules: Option<&Map<String, Value>> = body.get(section).and_then(Value::as_object);
        for (key, kind) in RULES {
            look(kind, at(&format!("{section}.{key}")), rules.and_then(|r| r.get(key)))?;
        }
    }
    Ok(found)
}

/// Stands in for the rules a scheme names while its own settings are read: one object of its own
/// per name, so that a pointer tells which name was meant.
struct Placeholders {
    definitions: Definitions,
    punch: Vec<(String, Arc<PunchRule>)>,
    late: Vec<(String, Arc<BandRule>)>,
    early: Vec<(String, Arc<BandRule>)>,
    abnormal: Vec<(String, Arc<AbnormalRule>)>,
    request: Vec<(String, Arc<RequestType>)>,
}

impl Placeholders {
    fn new<'a>(names: impl Iterator<Item = (RuleKind, &'a str)>) -> Self {
        let mut d = Definitions::new();
        let mut p = Self {
            definitions: Definitions::new(),
            punch: Vec::new(),
            late: Vec::new(),
            early: Vec::new(),
            abnormal: Vec::new(),
            request: Vec::new(),
        };
        for (kind, code) in names {
            match kind {
                RuleKind::Punch => {
                    hold(&mut p.punch, code, punch_rule, |c, r| d.insert_punch_rule(c, r));
                }
                RuleKind::Late => {
                    hold(&mut p.late, code, band_rule, |c, r| d.insert_late_rule(c, r));
                }
                RuleKind::Early => {
                    hold(&mut p.early, code, band_rule, |c, r| d.insert_early_rule(c, r));
                }
                RuleKind::Abnormal => {
                    let make = AbnormalRule::default;
                    hold(&mut p.abnormal, code, make, |c, r| d.insert_abnormal_rule(c, r));
                }
                RuleKind::RequestType => {
                    let make = RequestType::seed_overtime;
                    hold(&mut p.request, code, make, |c, r| d.insert_request_type(c, r));
                }
                RuleKind::Scheme => {}
            }
        }
        p.definitions = d;
        p
    }

    fn scheme(&self, code: &str, body: &Value) -> Result<Arc<Scheme>, Refusal> {
        let mut d = self.definitions.clone();
        d.define_one(Kind::Scheme, code, body)?;
        d.scheme(code).cloned().ok_or_else(|| undefined(code))
    }
}

/// Makes the placeholder of a name once.
fn hold<T>(
    held: &mut Vec<(String, Arc<T>)>,
    code: &str,
    make: impl Fn() -> T,
    insert: impl FnOnce(&str, Arc<T>),
) {
    if held.iter().all(|(c, _)| c != code) {
        let object = Arc::new(make());
        insert(code, object.clone());
        held.push((code.to_owned(), object));
    }
}

fn punch_rule() -> PunchRule {
    PunchRule {
        before_minutes: 120,
        after_minutes: 360,
        seconds_in: SecondsRule::Ceil,
        seconds_out: SecondsRule::Floor,
        use_flags: false,
        duration: Rounding::ORIGINAL,
    }
}

fn band_rule() -> BandRule {
    let rounding = Rounding::ORIGINAL;
    BandRule::new(vec![Band {
        code: Code::from(""),
        limit_minutes: 1,
        absence: false,
        days_hundredths: 0,
        rounding,
        ignore_when_zero: false,
    }])
}

/// The name behind a placeholder.
fn name_of<'a, T>(held: &'a [(String, Arc<T>)], object: &Arc<T>) -> Option<&'a str> {
    held.iter().find(|(_, o)| Arc::ptr_eq(o, object)).map(|(code, _)| code.as_str())
}

impl RuleNames for Placeholders {
    fn punch_rule(&self, r: &Arc<PunchRule>) -> Value {
        name_of(&self.punch, r).into()
    }

    fn late_rule(&self, r: &Arc<BandRule>) -> Value {
        name_of(&self.late, r).into()
    }

    fn early_rule(&self, r: &Arc<BandRule>) -> Value {
        name_of(&self.early, r).into()
    }

    fn abnormal_rule(&self, r: &Arc<AbnormalRule>) -> Value {
        name_of(&self.abnormal, r).into()
    }

    fn request_type(&self, r: &Arc<RequestType>) -> Value {
        name_of(&self.request, r).into()
    }
}

#[derive(Deserialize)]
struct KindOf {
    kind: String,
}

/// Whether the stored body of a request type is of kind overtime.
pub(super) fn is_overtime(body: &str) -> Result<bool, Fault> {
    let body: KindOf = serde_json::from_str(body)?;
    Ok(body.kind == "overtime")
}

/// Reads a published version of anything but a scheme.
pub(super) fn read_part(kind: RuleKind, row: &RuleVersionRow) -> Result<Part, Fault> {
    let body: Value = serde_json::from_str(&row.body)?;
    part(kind, &row.code, &body).map_err(|e| stored(row, e))
}

fn stored(row: &RuleVersionRow, e: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new(format!("version {} of {} {}", row.version, row.kind, row.code), e)
}

/// Reads a published version of a scheme; `ids` knows every rule by kind and code.
pub(super) fn read_draft(
    row: &RuleVersionRow,
    ids: &HashMap<(RuleKind, &str), RuleId>,
) -> Result<Draft, Fault> {
    let body: Value = serde_json::from_str(&row.body)?;
    let names = names(&body).map_err(|_| broken(row))?;
    let holders = Placeholders::new(names.iter().map(|n| (n.kind, n.code.as_str())));
    let frame = holders.scheme(&row.code, &body).map_err(|e| stored(row, e))?;
    let id = |kind, code: Option<&str>| match code {
        None => Ok(None),
        Some(code) => ids.get(&(kind, code)).copied().map(Some).ok_or_else(|| broken(row)),
    };
    let uses = |s: &Section| -> Result<SectionUse, Fault> {
        let late = s.late_rule.as_ref().and_then(|r| name_of(&holders.late, r));
        let early = s.early_rule.as_ref().and_then(|r| name_of(&holders.early, r));
        let abnormal = s.abnormal_rule.as_ref().and_then(|r| name_of(&holders.abnormal, r));
        Ok(SectionUse {
            punch: id(RuleKind::Punch, name_of(&holders.punch, &s.punch_rule))?
                .ok_or_else(|| broken(row))?,
            late: id(RuleKind::Late, late)?,
            early: id(RuleKind::Early, early)?,
            abnormal: id(RuleKind::Abnormal, abnormal)?,
        })
    };
    let overtime = frame.overtime_type.as_ref().and_then(|t| name_of(&holders.request, t));
    let sections = [
        uses(&frame.workday)?,
        uses(&frame.weekday_ot)?,
        uses(&frame.rest_ot)?,
        uses(&frame.holiday_ot)?,
    ];
    Ok(Draft {
        code: Code::from(row.code.as_str()),
        version: row.version,
        sections,
        overtime_type: id(RuleKind::RequestType, overtime)?,
        frame: Scheme::clone(&frame),
    })
}

fn broken(row: &RuleVersionRow) -> Fault {
    Fault::text(format!("version {} of {} {} is broken", row.version, row.kind, row.code))
}
