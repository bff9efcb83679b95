use std::collections::HashSet;

use serde::Serialize;
use vocabulary::{EmploymentKind, LocalDate, Zone};

use super::add_person::zone;
use super::lookup::{by_number, org_codes};
use super::read::in_scope;
use super::{PeopleRefusal, PersonRow, Put, PutAt, put_people};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once, finish_once,
};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// What another system says about a person. `None` = nothing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PersonInput {
    pub number: String,
    pub name: Option<String>,
    pub zone: Option<String>,
    pub hired_on: Option<LocalDate>,
    pub left_on: Option<LocalDate>,
    /// Code of the department.
    pub org: Option<String>,
    /// Code of the position.
    pub position: Option<String>,
    pub kind: Option<EmploymentKind>,
}

/// Makes and changes persons by their numbers. Every row has its own outcome, in the order given.
pub async fn put_persons(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[PersonInput],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(PeopleRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "put_persons", once, at).await? {
        return Ok(done);
    }
    let today = app.today();
    let checked = check(&tx, scope, rows, today).await?;
    let good: Vec<PersonRow> = checked.iter().filter_map(|r| r.as_ref().ok()).cloned().collect();
    let when = PutAt { zone: app.zone(), today, at };
    let mut puts = put_people(&tx, actor, &good, when).await?.into_iter();
    let outcomes: Vec<RowOutcome> = checked
        .iter()
        .map(|r| match r {
            Ok(_) => match puts.next() {
                Some(Put::Created(id) | Put::Changed(id)) => Ok(RowOutcome::Created { id: id.0 }),
                Some(Put::Unchanged(id)) => Ok(RowOutcome::Found { id: id.0 }),
                Some(Put::Refused(refusal)) => Ok(RowOutcome::refused(&refusal)),
                None => Err(Fault::text("an outcome is missing")),
            },
            Err(refusal) => Ok(RowOutcome::refused(refusal)),
        })
        .collect::<Result<_, _>>()?;
    finish_once(&tx, actor, "put_persons", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// Who of the rows may be written: known people of the scope, and new ones in a department of it.
async fn check(
    tx: &Tx,
    scope: &Scope,
    rows: &[PersonInput],
    today: LocalDate,
) -> Result<Vec<Result<PersonRow, PeopleRefusal>>, Fault> {
    let numbers: Vec<String> = rows.iter().map(|r| r.number.clone()).collect();
    let known = by_number(tx, &numbers).await?;
    let ids: Vec<_> = known.values().copied().collect();
    let seen: HashSet<_> = in_scope(tx, scope, &ids, today).await?;
    let positions = super::position_codes(tx).await?;
    let orgs = org_codes(tx, scope, today).await?;
    let rows = rows.iter().map(|r| {
        match known.get(&r.number) {
            Some(id) if !seen.contains(id) => return Err(PeopleRefusal::NumberTaken),
            None if r.org.is_none() && !scope.is_everybody() => {
                return Err(PeopleRefusal::OrgRequired);
            }
            _ => {}
        }
        let zone: Option<Zone> = zone(r.zone.as_deref())?;
        let org = match &r.org {
            Some(code) => Some(*orgs.get(code).ok_or(PeopleRefusal::OrgUnknown)?),
            None => None,
        };
        let position = match &r.position {
            Some(code) => Some(positions.get(code).ok_or(PeopleRefusal::PositionUnknown)?.id),
            None => None,
        };
        Ok(PersonRow {
            number: r.number.clone(),
            name: r.name.clone(),
            zone,
            hired_on: r.hired_on,
            left_on: r.left_on,
            org,
            position,
            kind: r.kind,
            ..PersonRow::default()
        })
    });
    Ok(rows.collect())
}
