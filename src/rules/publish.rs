use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{BatchId, DateSpan, LocalDate, RuleId, RuleVersionId};

use super::body::{self, RuleForm};
use super::{NamedRule, RuleKind, RuleRefusal, read, store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Once, Tx, audit, begin_once, code_is_valid, finish_once,
    name_is_valid,
};
use crate::dirty::{self, Cause, Object};

/// A version to be published. The first one makes the object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewRuleVersion {
    #[serde(serialize_with = "kind_text", deserialize_with = "text_kind")]
    pub kind: RuleKind,
    pub code: String,
    /// `None` = as before; of a new object its code.
    pub name: Option<String>,
    pub effective_from: LocalDate,
    /// Number of the newest version known to the author, 0 = the object is new; `None` = not
    /// checked.
    pub expected_version: Option<i32>,
    /// The object of the evaluate format. A scheme names its rules by code.
    pub body: Value,
}

fn kind_text<S: serde::Serializer>(kind: &RuleKind, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(kind.as_str())
}

fn text_kind<'de, D: serde::Deserializer<'de>>(d: D) -> Result<RuleKind, D::Error> {
    String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRule {
    pub rule_id: RuleId,
    pub version_id: RuleVersionId,
    pub version: i32,
    /// People whose days are computed again.
    pub people: u64,
    pub batch: BatchId,
}

/// Publishes a version of a rule, request type or scheme and marks everybody concerned while it is
/// in effect: people with a scheme that uses it, or with requests of the type.
pub async fn publish(
    app: &App,
    actor: &Actor,
    new: NewRuleVersion,
    once: &Once,
) -> Result<PublishedRule, Failure> {
    let form = check(&new)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "publish_rule", once, at).await? {
        return Ok(done);
    }
    let uses = used_rules(&tx, &form, new.effective_from).await?;
    let rule_id = store::put_rule(&tx, new.kind, &new.code, new.name.as_deref()).await?;
    let versions = store::versions_of(&tx, rule_id).await?;
    let latest = versions.last().map(|v| (v.version, v.body.as_str()));
    let version = next_version(&new, &form, latest)?;
    let row = store::NewVersionRow {
        rule_id,
        version,
        effective_from: new.effective_from,
        body: &form.canonical,
        at,
        author: actor.user,
        uses: &uses,
    };
    let version_id = store::insert_version(&tx, &row).await?;
    let next = versions.iter().map(|v| v.effective_from).filter(|d| *d > new.effective_from).min();
    let span = DateSpan { from: new.effective_from, to: next.map(|d| d.plus(-1)) };
    let detail = json!({ "code": new.code, "version": version, "from": new.effective_from });
    audit(&tx, actor, at, "publish", new.kind.as_str(), &rule_id.to_string(), detail).await?;
    let (object, cause) = concerned(new.kind, rule_id);
    let (batch, people) =
        dirty::mark_concerned(&tx, object, engine::reach_of_plan(span), cause, actor, at).await?;
    let done = PublishedRule { rule_id, version_id, version, people, batch };
    finish_once(&tx, actor, "publish_rule", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

const fn concerned(kind: RuleKind, id: RuleId) -> (Object, Cause) {
    match kind {
        RuleKind::Scheme => (Object::Scheme(id), Cause::Scheme),
        RuleKind::RequestType => (Object::RequestType(id), Cause::RequestType),
        RuleKind::Punch | RuleKind::Late | RuleKind::Early | RuleKind::Abnormal => {
            (Object::Rule(id), Cause::Rule)
        }
    }
}

/// The number of the version that comes after `latest`, its number and body.
pub(super) fn next_version(
    new: &NewRuleVersion,
    form: &RuleForm,
    latest: Option<(i32, &str)>,
) -> Result<i32, Failure> {
    let number = latest.map_or(0, |(version, _)| version);
    if new.expected_version.is_some_and(|expected| expected != number) {
        return Err(RuleRefusal::VersionConflict { latest: number }.into());
    }
    if let Some((_, before)) = latest
        && new.kind == RuleKind::RequestType
        && body::is_overtime(before)? != form.overtime
    {
        return Err(RuleRefusal::KindFixed.into());
    }
    Ok(number + 1)
}

pub(super) fn check(new: &NewRuleVersion) -> Result<RuleForm, RuleRefusal> {
    if !code_is_valid(&new.code) {
        return Err(RuleRefusal::CodeInvalid);
    }
    if !new.name.as_deref().is_none_or(name_is_valid) {
        return Err(RuleRefusal::NameInvalid);
    }
    if !EFFECTIVE_RANGE.contains(&new.effective_from) {
        return Err(RuleRefusal::DateUnreasonable);
    }
    body::read(new.kind, &new.code, &new.body)
}

/// The rules a scheme names. Each must exist and be in effect on `from`; then it is in effect on
/// every later date too, because versions are never taken back.
pub(super) async fn used_rules(
    tx: &Tx,
    form: &RuleForm,
    from: LocalDate,
) -> Result<Vec<RuleId>, Failure> {
    if form.names.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted: Vec<(RuleKind, &str)> =
        form.names.iter().map(|n| (n.kind, n.code.as_str())).collect();
    wanted.sort_unstable();
    wanted.dedup();
    uses_of(form, from, &read::named(tx, &wanted).await?)
}

/// [`used_rules`] among the rules that were found.
pub(super) fn uses_of(
    form: &RuleForm,
    from: LocalDate,
    found: &HashMap<(RuleKind, String), NamedRule>,
) -> Result<Vec<RuleId>, Failure> {
    let mut uses = Vec::with_capacity(form.names.len());
    for name in &form.names {
        let (kind, code, path) = (name.kind, name.code.clone(), name.path.clone());
        let Some(rule) = found.get(&(kind, code.clone())) else {
            return Err(RuleRefusal::NameUnknown { kind, code, path }.into());
        };
        if from < rule.first {
            let first = rule.first;
            return Err(RuleRefusal::NotInEffect { kind, code, first, path }.into());
        }
        if kind == RuleKind::RequestType && !body::is_overtime(&rule.body)? {
            return Err(RuleRefusal::OvertimeTypeExpected { code, path }.into());
        }
        uses.push(rule.id);
    }
    uses.sort_unstable();
    uses.dedup();
    Ok(uses)
}
