use serde::Serialize;
use vocabulary::{EmploymentKind, Instant, LocalDate, PersonId, Zone};

use super::add_org_unit::unit_by_code;
use super::read::{PersonView, person};
use super::{PeopleRefusal, PersonRow, Put, PutAt, put_people};
use crate::base::{Actor, App, Failure, Once, Scope, Tx, begin_once, finish_once};

/// A person to be taken on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NewPerson {
    /// Employee number, 1 to 20 characters without blanks; never used again.
    pub number: String,
    pub name: String,
    /// `None` = that of the installation.
    pub zone: Option<String>,
    /// First day in service.
    pub hired_on: LocalDate,
    /// Code of the department from the first day on. Required unless the scope is everybody.
    pub org: Option<String>,
    /// Code of the position from the first day on.
    pub position: Option<String>,
    pub kind: Option<EmploymentKind>,
    /// Last day of the probation that begins with the first day.
    pub probation_until: Option<LocalDate>,
    /// Last day of the contract that begins with the first day.
    pub contract_until: Option<LocalDate>,
}

/// Takes a person on.
pub async fn add_person(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: &NewPerson,
    once: &Once,
) -> Result<PersonView, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "add_person", once, at).await? {
        Some(done) => done,
        None => {
            let id = insert(app, &tx, actor, scope, new, at).await?;
            finish_once(&tx, actor, "add_person", once, &id).await?;
            id
        }
    };
    finish(app, tx, id).await
}

async fn insert(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    new: &NewPerson,
    at: Instant,
) -> Result<PersonId, Failure> {
    let org = match &new.org {
        Some(code) => Some(unit_by_code(tx, scope, code, new.hired_on).await?),
        None if scope.is_everybody() => None,
        None => return Err(PeopleRefusal::OrgRequired.into()),
    };
    let position = match &new.position {
        Some(code) => {
            let known = super::position_codes(tx).await?;
            Some(known.get(code).ok_or(PeopleRefusal::PositionUnknown)?.id)
        }
        None => None,
    };
    let row = PersonRow {
        number: new.number.clone(),
        name: Some(new.name.clone()),
        zone: zone(new.zone.as_deref())?,
        hired_on: Some(new.hired_on),
        left_on: None,
        org,
        position,
        kind: new.kind,
        probation_until: new.probation_until,
        contract_until: new.contract_until,
    };
    if super::by_number(tx, std::slice::from_ref(&row.number)).await?.contains_key(&row.number) {
        return Err(PeopleRefusal::NumberTaken.into());
    }
    let when = PutAt { zone: app.zone(), today: app.today(), at };
    match put_people(tx, actor, &[row], when).await?.pop() {
        Some(Put::Created(id)) => Ok(id),
        Some(Put::Refused(refusal)) => Err(refusal.into()),
        _ => Err(PeopleRefusal::NumberTaken.into()),
    }
}

/// The zone of an IANA name.
pub(super) fn zone(name: Option<&str>) -> Result<Option<Zone>, PeopleRefusal> {
    name.map(|n| n.parse().map_err(|_| PeopleRefusal::ZoneUnknown)).transpose()
}

/// Reads what was written, commits and wakes the workers.
pub(super) async fn finish(app: &App, tx: Tx, id: PersonId) -> Result<PersonView, Failure> {
    let row = person(&tx, &Scope::everybody(), id, app.today()).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(row.ok_or(PeopleRefusal::PersonNotFound)?)
}
