//! Between the types of the contract and those of the room.

use contract::Problem;
use contract::rules as view;
use contract::rules::{RuleContent, RuleVersionView, RuleView, SetupFindingKind, SetupFindingView};
use poem_openapi::types::{ParseFromJSON, ToJSON};
use serde_json::Value;

use crate::base::Fault;
use crate::rules::{Finding, FindingKind, RuleKind, RuleRow, RuleVersionRow};

pub(super) const fn kind_of(kind: view::RuleKind) -> RuleKind {
    match kind {
        view::RuleKind::PunchRule => RuleKind::Punch,
        view::RuleKind::LateRule => RuleKind::Late,
        view::RuleKind::EarlyRule => RuleKind::Early,
        view::RuleKind::AbnormalRule => RuleKind::Abnormal,
        view::RuleKind::RequestType => RuleKind::RequestType,
        view::RuleKind::Scheme => RuleKind::Scheme,
    }
}

const fn kind_view(kind: RuleKind) -> view::RuleKind {
    match kind {
        RuleKind::Punch => view::RuleKind::PunchRule,
        RuleKind::Late => view::RuleKind::LateRule,
        RuleKind::Early => view::RuleKind::EarlyRule,
        RuleKind::Abnormal => view::RuleKind::AbnormalRule,
        RuleKind::RequestType => view::RuleKind::RequestType,
        RuleKind::Scheme => view::RuleKind::Scheme,
    }
}

pub(super) fn content_body(content: &RuleContent) -> (RuleKind, Value) {
    let (kind, body) = match content {
        RuleContent::Punch(b) => (RuleKind::Punch, b.to_json()),
        RuleContent::Late(b) => (RuleKind::Late, b.to_json()),
        RuleContent::Early(b) => (RuleKind::Early, b.to_json()),
        RuleContent::Abnormal(b) => (RuleKind::Abnormal, b.to_json()),
        RuleContent::RequestType(b) => (RuleKind::RequestType, b.to_json()),
        RuleContent::Scheme(b) => (RuleKind::Scheme, b.to_json()),
    };
    (kind, body.unwrap_or_default())
}

pub(super) fn parse(text: &str) -> Result<Value, Problem> {
    Ok(serde_json::from_str(text).map_err(Fault::from)?)
}

fn content_view(kind: &str, body: &str) -> Result<RuleContent, Fault> {
    let body: Value = serde_json::from_str(body)?;
    RuleContent::parse_from_json(Some(serde_json::json!({ kind: body })))
        .map_err(|e| Fault::text(format!("stored {kind}: {}", e.into_message())))
}

pub(super) fn rule_view(r: RuleRow) -> Result<RuleView, Fault> {
    let kind: RuleKind = r.kind.parse().map_err(|e| Fault::new("kind of a rule", e))?;
    let current = match (r.version_id, r.version, r.effective_from, r.published_at, r.body) {
        (Some(id), Some(version), Some(effective_from), Some(published_at), Some(body)) => {
            Some(RuleVersionView {
                id,
                rule_id: r.id,
                version,
                effective_from,
                published_at,
                published_by: r.published_by,
                content: content_view(&r.kind, &body)?,
            })
        }
        _ => None,
    };
    let RuleRow { id, code, name, latest_version, .. } = r;
    Ok(RuleView { id, kind: kind_view(kind), code, name, latest_version, current })
}

pub(super) fn version_view(r: RuleVersionRow) -> Result<RuleVersionView, Fault> {
    Ok(RuleVersionView {
        id: r.id,
        rule_id: r.rule_id,
        version: r.version,
        effective_from: r.effective_from,
        published_at: r.published_at,
        published_by: r.published_by,
        content: content_view(&r.kind, &r.body)?,
    })
}

pub(super) fn finding_view(f: Finding) -> SetupFindingView {
    SetupFindingView {
        kind: match f.kind {
            FindingKind::PersonWithoutScheme => SetupFindingKind::PersonWithoutScheme,
            FindingKind::SchemeNotInEffect => SetupFindingKind::SchemeNotInEffect,
            FindingKind::ShiftNotInEffect => SetupFindingKind::ShiftNotInEffect,
            FindingKind::RosterOfAnotherScheme => SetupFindingKind::RosterOfAnotherScheme,
        },
        person_id: f.person,
        number: f.number,
        code: f.code,
        date: f.date,
    }
}
