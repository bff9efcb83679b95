use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{DateSpan, DimensionId, DimensionValueId, Instant};

use super::dimension_values::{ValueRow, values_of};
use super::master_read::master;
use super::{Master, MasterRefusal, master_store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Tx, audit, begin_once,
    code_is_valid, finish_once, name_is_valid,
};
use crate::dirty::{self, Cause, Object};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// Where a value stands in its tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuePlace {
    /// Where it is; a new one at the top.
    Kept,
    Top,
    /// Below the value with this code.
    Below(String),
}

/// What is said of a value. `None` = nothing: a new one takes the default, a known one stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct ValueInput {
    /// Unique in its dimension; 1 to 40 letters, digits and `. - _`.
    pub code: String,
    /// Required for a new one.
    pub name: Option<String>,
    pub place: ValuePlace,
    pub active: Option<bool>,
}

/// Makes and changes values of a dimension by their codes, in any order. Every row has its own outcome; doing it
/// again changes nothing.
pub async fn put_values(
    app: &App,
    actor: &Actor,
    dimension: DimensionId,
    rows: &[ValueInput],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(MasterRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "put_dimension_values", once, at).await? {
        return Ok(done);
    }
    if master(&tx, Master::Dimension, dimension.0).await?.is_none() {
        return Err(MasterRefusal::DimensionNotFound.into());
    }
    let outcomes = write_values(&tx, actor, dimension, rows, at).await?;
    finish_once(&tx, actor, "put_dimension_values", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// A value as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    name: String,
    /// Code of the value above.
    parent: Option<String>,
    active: bool,
}

/// The move of [`put_values`]. The dimension exists. It marks, so it must be the last thing of its transaction.
pub async fn write_values(
    tx: &Tx,
    actor: &Actor,
    dimension: DimensionId,
    rows: &[ValueInput],
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    // Two changes of one tree follow each other, so that they cannot make a circle together.
    master_store::hold_dimension(tx, dimension.0).await?;
    let stored = values_of(tx, dimension).await?;
    let known = tree(&stored);
    let planned = plan(rows, &known);
    let mut new: Vec<(&str, &Wanted)> = rows
        .iter()
        .zip(&planned)
        .filter_map(|(r, p)| Some((r.code.as_str(), p.as_ref().ok()?)))
        .filter(|(code, w)| known.get(*code) != Some(w))
        .collect();
    let changed: HashSet<&str> = new.iter().map(|(code, _)| *code).collect();
    let mut ids: HashMap<String, i64> = stored.iter().map(|v| (v.code.clone(), v.id.0)).collect();
    let detail: Vec<Value> =
        new.iter().map(|(c, w)| json!([c, w.name, w.parent, w.active])).collect();
    // Parents before children: one statement per level of what is new.
    while !new.is_empty() {
        let ready = |w: &Wanted| w.parent.as_ref().is_none_or(|p| ids.contains_key(p));
        let (now, later): (Vec<_>, Vec<_>) = new.into_iter().partition(|(_, w)| ready(w));
        if now.is_empty() {
            return Err(Fault::text("values stand below each other"));
        }
        let row = |(code, w): &(&str, &Wanted)| {
            let parent = w.parent.as_ref().and_then(|p| ids.get(p));
            json!({ "code": code, "name": w.name, "parent_id": parent, "active": w.active })
        };
        let json = Value::Array(now.iter().map(row).collect()).to_string();
        master_store::put_values(tx, dimension.0, &json).await?;
        ids = values_of(tx, dimension).await?.into_iter().map(|v| (v.code, v.id.0)).collect();
        new = later;
    }
    let moved = |v: &&ValueRow| {
        let after = rows.iter().zip(&planned).find(|(r, _)| r.code == v.code);
        let after = after.and_then(|(_, p)| p.as_ref().ok());
        after.is_some_and(|w| known.get(&v.code).is_some_and(|k| k.parent != w.parent))
    };
    let moved: Vec<DimensionValueId> = stored.iter().filter(moved).map(|v| v.id).collect();
    if !changed.is_empty() {
        let detail = json!({ "rows": detail });
        audit(tx, actor, at, "put", "dimension_value", &dimension.to_string(), detail).await?;
    }
    if !moved.is_empty() {
        // Trees of values have no dates: what a value says below it changes on all of them.
        let span = DateSpan::since(*EFFECTIVE_RANGE.start());
        let object = Object::DimensionValues(moved);
        dirty::mark_concerned(tx, object, span, Cause::Dimension, actor, at).await?;
    }
    let outcome = |(row, p): (&ValueInput, &Result<Wanted, MasterRefusal>)| match p {
        Ok(_) => {
            let id = ids.get(&row.code).copied();
            let id = id.ok_or_else(|| Fault::text("a value was not written"))?;
            let new = changed.contains(row.code.as_str());
            Ok(if new { RowOutcome::Created { id } } else { RowOutcome::Found { id } })
        }
        Err(refusal) => Ok(RowOutcome::refused(refusal)),
    };
    rows.iter().zip(&planned).map(outcome).collect()
}

fn tree(stored: &[ValueRow]) -> HashMap<String, Wanted> {
    let codes: HashMap<_, _> = stored.iter().map(|v| (v.id, v.code.clone())).collect();
    let wanted = |v: &ValueRow| Wanted {
        name: v.name.clone(),
        parent: v.parent_id.and_then(|p| codes.get(&p).cloned()),
        active: v.active,
    };
    stored.iter().map(|v| (v.code.clone(), wanted(v))).collect()
}

/// What becomes of each row: refused are rows whose parent does not exist afterwards, and rows that would stand below
/// themselves.
fn plan(
    rows: &[ValueInput],
    known: &HashMap<String, Wanted>,
) -> Vec<Result<Wanted, MasterRefusal>> {
    let mut seen = HashSet::new();
    let mut planned: Vec<Result<Wanted, MasterRefusal>> = rows
        .iter()
        .map(|r| {
            if !seen.insert(r.code.as_str()) {
                return Err(MasterRefusal::RowRepeated);
            }
            one(r, known.get(&r.code))
        })
        .collect();
    loop {
        let mut after: HashMap<&str, Option<&str>> =
            known.iter().map(|(c, w)| (c.as_str(), w.parent.as_deref())).collect();
        for (row, p) in rows.iter().zip(&planned) {
            if let Ok(w) = p {
                after.insert(&row.code, w.parent.as_deref());
            }
        }
        let fault = |row: &ValueInput, w: &Wanted| {
            let parent = w.parent.as_deref()?;
            if !after.contains_key(parent) {
                return Some(MasterRefusal::ParentUnknown { code: parent.to_owned() });
            }
            circles(&row.code, &after).then_some(MasterRefusal::ValueBelowItself)
        };
        let faults: Vec<Option<MasterRefusal>> = rows
            .iter()
            .zip(&planned)
            .map(|(r, p)| p.as_ref().ok().and_then(|w| fault(r, w)))
            .collect();
        if faults.iter().all(Option::is_none) {
            return planned;
        }
        for (p, fault) in planned.iter_mut().zip(faults) {
            if let Some(fault) = fault {
                *p = Err(fault);
            }
        }
    }
}

/// Whether going up from a value comes back to it.
fn circles(code: &str, after: &HashMap<&str, Option<&str>>) -> bool {
    let mut at = code;
    for _ in 0..=after.len() {
        match after.get(at).copied().flatten() {
            Some(parent) if parent == code => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    false
}

fn one(r: &ValueInput, known: Option<&Wanted>) -> Result<Wanted, MasterRefusal> {
    if !code_is_valid(&r.code) {
        return Err(MasterRefusal::CodeInvalid);
    }
    let name = r.name.as_deref().map(str::trim).or(known.map(|k| k.name.as_str()));
    let name = name.ok_or(MasterRefusal::NameRequired)?;
    if !name_is_valid(name) {
        return Err(MasterRefusal::NameInvalid);
    }
    let parent = match &r.place {
        ValuePlace::Kept => known.and_then(|k| k.parent.clone()),
        ValuePlace::Top => None,
        ValuePlace::Below(code) => Some(code.clone()),
    };
    let active = r.active.or(known.map(|k| k.active)).unwrap_or(true);
    Ok(Wanted { name: name.to_owned(), parent, active })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(code: &str, place: ValuePlace) -> ValueInput {
        ValueInput { code: code.to_owned(), name: Some(code.to_owned()), place, active: None }
    }

    fn below(code: &str) -> ValuePlace {
        ValuePlace::Below(code.to_owned())
    }

    #[test]
    fn a_value_never_stands_below_itself_and_never_below_nothing() {
        let top = Wanted { name: "a".to_owned(), parent: None, active: true };
        let under = Wanted { name: "b".to_owned(), parent: Some("a".to_owned()), active: true };
        let known = HashMap::from([("a".to_owned(), top), ("b".to_owned(), under)]);
        let refused = |rows: &[ValueInput]| -> Vec<bool> {
            plan(rows, &known).iter().map(Result::is_err).collect()
        };
        assert_eq!(refused(&[row("a", below("b"))]), [true], "a circle with what is stored");
        assert_eq!(refused(&[row("d", below("c")), row("c", below("b"))]), [false, false]);
        assert_eq!(refused(&[row("d", below("c")), row("c", below("x"))]), [true, true]);
        assert_eq!(refused(&[row("c", below("d")), row("d", below("c"))]), [true, true]);
        assert_eq!(refused(&[row("c", below("c"))]), [true]);
        assert_eq!(refused(&[row("b", ValuePlace::Top), row("a", below("b"))]), [false, false]);
    }
}
