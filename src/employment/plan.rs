//! From what a user enters to events: codes become ids, and what he may not touch is refused. A fixed number of
//! queries, however many rows.

use std::collections::{HashMap, HashSet};

use vocabulary::{LocalDate, OrgId, RuleId};

use super::EmploymentRefusal;
use super::enter::EventInput;
use crate::base::{Fault, Scope, Tx};
use crate::people::{
    self, EventContent, EventKind, NewEvent, OrgFilter, OrgRow, PeopleRefusal, Place,
    PositionInUse, Post,
};
use crate::rules::{self, RuleKind, RuleRefusal};

/// What codes mean.
struct Words {
    orgs: HashMap<String, OrgRow>,
    /// Departments that exist in the scope on the date of a row.
    places: HashSet<(OrgId, LocalDate)>,
    positions: HashMap<String, PositionInUse>,
    schemes: HashMap<String, (RuleId, LocalDate)>,
}

/// The events of rows, one answer per row.
pub(super) async fn plan(
    tx: &Tx,
    scope: &Scope,
    rows: &[EventInput],
) -> Result<Vec<Result<NewEvent, EmploymentRefusal>>, Fault> {
    let words = words(tx, scope, rows).await?;
    let at = |days| rows.iter().map(move |r| Place { person: r.person, on: r.on.plus(days) });
    let seen = people::seen_at(tx, scope, &at(0).collect::<Vec<_>>()).await?;
    let before = people::posts_at(tx, &at(-1).collect::<Vec<_>>()).await?;
    let all = rows.iter().zip(seen).zip(&before);
    Ok(all
        .map(|((row, seen), before)| {
            if seen {
                event(row, before, &words)
            } else {
                Err(PeopleRefusal::PersonNotFound.into())
            }
        })
        .collect())
}

async fn words(tx: &Tx, scope: &Scope, rows: &[EventInput]) -> Result<Words, Fault> {
    let mut words = Words {
        orgs: HashMap::new(),
        places: HashSet::new(),
        positions: HashMap::new(),
        schemes: HashMap::new(),
    };
    if rows.iter().any(|r| r.org.is_some()) {
        let first = rows.iter().filter(|r| r.org.is_some()).map(|r| r.on).min();
        let filter = OrgFilter {
            on: first.unwrap_or(LocalDate::MIN),
            code: match rows {
                [one] => one.org.clone(),
                _ => None,
            },
            limit: u32::MAX,
            ..OrgFilter::default()
        };
        let units = people::org_units(tx, scope, &filter).await?;
        words.orgs = units.into_iter().map(|u| (u.code.clone(), u)).collect();
        let places: Vec<(OrgId, LocalDate)> = rows
            .iter()
            .filter_map(|r| Some((words.orgs.get(r.org.as_deref()?)?.id, r.on)))
            .collect();
        let good = people::orgs_visible_at(tx, scope, &places).await?;
        words.places = places.into_iter().zip(good).filter(|(_, g)| *g).map(|(p, _)| p).collect();
    }
    if rows.iter().any(|r| r.position.is_some()) {
        words.positions = people::position_codes(tx).await?;
    }
    if rows.iter().any(|r| r.scheme.is_some()) {
        words.schemes = rules::codes(tx, RuleKind::Scheme).await?;
    }
    Ok(words)
}

fn event(row: &EventInput, before: &Post, words: &Words) -> Result<NewEvent, EmploymentRefusal> {
    let moves = matches!(
        row.kind,
        EventKind::Transfer | EventKind::Promotion | EventKind::Correction | EventKind::Reinstate
    );
    // What a kind does not know is not kept.
    let org = match &row.org {
        Some(code) if moves => Some(org(code, row.on, words)?),
        _ => None,
    };
    let position = match &row.position {
        Some(code) if moves => {
            Some(*words.positions.get(code).ok_or(PeopleRefusal::PositionUnknown)?)
        }
        _ => None,
    };
    if row.kind == EventKind::Promotion
        && position.is_some_and(|p| before.grade.is_some_and(|g| p.grade <= g))
    {
        return Err(PeopleRefusal::NotAPromotion.into());
    }
    let scheme = match &row.scheme {
        Some(code) if moves => Some(Some(scheme(code, row.on, words)?)),
        _ => None,
    };
    let until = matches!(row.kind, EventKind::Freeze | EventKind::Probation);
    let contract = matches!(row.kind, EventKind::Renewal | EventKind::Reinstate);
    let content = EventContent {
        org,
        position: position.map(|p| Some(p.id)),
        kind: row.employment_kind.filter(|_| moves),
        scheme,
        until: row.until.filter(|_| until),
        contract_until: row.contract_until.filter(|_| contract),
        continuous: row.continuous.filter(|_| row.kind == EventKind::Reinstate),
    };
    let reason = row.reason.trim().to_owned();
    Ok(NewEvent { person: row.person, kind: row.kind, on: row.on, content, reason })
}

fn org(code: &str, on: LocalDate, words: &Words) -> Result<OrgId, PeopleRefusal> {
    let unit = words.orgs.get(code).ok_or(PeopleRefusal::OrgUnknown)?;
    if let Some(to) = unit.valid_to.filter(|to| *to >= on) {
        Err(PeopleRefusal::OrgCloses { to })
    } else if words.places.contains(&(unit.id, on)) {
        Ok(unit.id)
    } else if unit.valid_from > on || unit.valid_to.is_some_and(|to| to < on) {
        Err(PeopleRefusal::OrgNotInEffect { from: unit.valid_from })
    } else {
        Err(PeopleRefusal::OrgUnknown)
    }
}

fn scheme(code: &str, on: LocalDate, words: &Words) -> Result<RuleId, RuleRefusal> {
    match words.schemes.get(code) {
        None => Err(RuleRefusal::SchemeUnknown { code: code.to_owned() }),
        Some((_, first)) if on < *first => {
            Err(RuleRefusal::SchemeNotInEffect { code: code.to_owned(), first: *first })
        }
        Some((id, _)) => Ok(*id),
    }
}
