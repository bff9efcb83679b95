use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;
use vocabulary::{DateSpan, LocalDate, OrgId, RuleId};

use super::{RuleKind, RuleRefusal, read};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once,
    finish_once,
};
use crate::dirty::{self, Cause, Object};
use crate::people::{self, OrgDefault, OrgDefaultEntry};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// From a date on people of a department without a scheme of their own have this one.
#[derive(Clone, Debug, Serialize)]
pub struct OrgScheme {
    pub org: OrgId,
    pub valid_from: LocalDate,
    /// Code of a scheme; `None` = the department above says it.
    pub scheme: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    pub removed: bool,
}

/// Says which scheme counts in departments. Every row has its own outcome, in the order given; everybody in the
/// departments is computed again from the first date on. Who has an entry of his own, be it that he has none, keeps
/// it.
pub async fn assign_org_schemes(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[OrgScheme],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(RuleRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_org_schemes", once, at).await? {
        return Ok(done);
    }
    let checked = check(&tx, scope, rows).await?;
    let good: Vec<OrgDefaultEntry> =
        checked.iter().filter_map(|r| r.as_ref().ok()).copied().collect();
    let changed = people::put_org_defaults(&tx, actor, OrgDefault::Scheme, &good, at).await?;
    let places: Vec<_> = good.iter().zip(&changed).filter(|(_, c)| **c).map(|(e, _)| e).collect();
    let mut written = changed.iter();
    let outcome = |r: &Result<OrgDefaultEntry, RuleRefusal>| match r {
        Ok(_) if written.next() == Some(&true) => RowOutcome::Written { version: 0 },
        Ok(_) => RowOutcome::Unchanged { version: 0 },
        Err(refusal) => RowOutcome::refused(refusal),
    };
    let outcomes: Vec<RowOutcome> = checked.iter().map(outcome).collect();
    finish_once(&tx, actor, "assign_org_schemes", once, &outcomes).await?;
    if let Some(from) = places.iter().map(|e| e.valid_from).min() {
        let orgs: BTreeSet<OrgId> = places.iter().map(|e| e.org).collect();
        let object = Object::Orgs(orgs.into_iter().collect());
        let span = engine::reach_of_plan(DateSpan::since(from));
        let cause = Cause::SchemeAssignment;
        dirty::mark_concerned(&tx, object, span, cause, actor, at).await?;
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

async fn check(
    tx: &Tx,
    scope: &Scope,
    rows: &[OrgScheme],
) -> Result<Vec<Result<OrgDefaultEntry, RuleRefusal>>, Fault> {
    let schemes = read::codes(tx, RuleKind::Scheme).await?;
    let places: Vec<_> = rows.iter().map(|r| (r.org, r.valid_from)).collect();
    let visible = people::orgs_visible_at(tx, scope, &places).await?;
    let mut seen = HashSet::new();
    let checked = rows.iter().zip(visible).map(|(r, visible)| {
        if !visible {
            return Err(RuleRefusal::OrgNotFound);
        }
        if !seen.insert((r.org, r.valid_from)) {
            return Err(RuleRefusal::RowRepeated);
        }
        one(r, &schemes)
    });
    Ok(checked.collect())
}

fn one(
    r: &OrgScheme,
    schemes: &HashMap<String, (RuleId, LocalDate)>,
) -> Result<OrgDefaultEntry, RuleRefusal> {
    if !EFFECTIVE_RANGE.contains(&r.valid_from) {
        return Err(RuleRefusal::DateUnreasonable);
    }
    let object = match r.scheme.as_ref().filter(|_| !r.removed) {
        None => None,
        Some(code) => match schemes.get(code) {
            None => return Err(RuleRefusal::SchemeUnknown { code: code.clone() }),
            Some((_, first)) if r.valid_from < *first => {
                return Err(RuleRefusal::SchemeNotInEffect { code: code.clone(), first: *first });
            }
            Some((id, _)) => Some(id.0),
        },
    };
    let (org, valid_from, removed) = (r.org, r.valid_from, r.removed);
    Ok(OrgDefaultEntry { org, valid_from, object, removed })
}
