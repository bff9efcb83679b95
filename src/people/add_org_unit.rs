use serde::Serialize;
use serde_json::json;
use vocabulary::{Instant, LocalDate, OrgId, PersonId};

use super::org_book::{OrgBook, OrgFields, OrgVersion, Unit, new_id};
use super::org_change::{check_code, check_date, check_fields, check_people, close, parent};
use super::org_read::{OrgFilter, OrgRow, org_unit, org_units};
use super::{OrgRefusal, PeopleRefusal, org_store};
use crate::base::{Actor, App, Failure, Fault, Once, Scope, Tx, begin_once, finish_once};

/// Kind of a unit (domain 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    Group,
    Company,
    Plant,
    Department,
    Team,
}

impl OrgKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Company => "company",
            Self::Plant => "plant",
            Self::Department => "department",
            Self::Team => "team",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Group, Self::Company, Self::Plant, Self::Department, Self::Team]
            .into_iter()
            .find(|k| k.as_str() == text)
    }
}

/// A unit to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewOrgUnit {
    /// Unique; 1 to 40 letters, digits and `. - _` (DD-3).
    pub code: String,
    pub name: String,
    pub kind: OrgKind,
    /// Code of the unit above; `None` = a unit at the top.
    pub parent: Option<String>,
    /// First date.
    pub valid_from: LocalDate,
}

/// What else may be said of a new unit.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrgDetails {
    pub short_name: String,
    /// Place among its neighbours.
    pub sort_order: i32,
    pub head: Option<PersonId>,
    pub deputies: Vec<PersonId>,
    pub region: String,
    pub cost_centre: String,
}

/// Makes a unit.
pub async fn add_org_unit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: &NewOrgUnit,
    details: &OrgDetails,
    once: &Once,
) -> Result<OrgRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "add_org_unit", once, at).await? {
        Some(done) => done,
        None => {
            let id = insert(&tx, actor, scope, new, details, at).await?;
            finish_once(&tx, actor, "add_org_unit", once, &id).await?;
            id
        }
    };
    let row = org_unit(&tx, &Scope::everybody(), id, new.valid_from).await?;
    tx.commit().await?;
    Ok(row.ok_or(OrgRefusal::NotFound)?)
}

/// A unit as it begins.
pub(super) fn begin(
    new: &NewOrgUnit,
    details: &OrgDetails,
    parent: Option<OrgId>,
) -> Result<Unit, OrgRefusal> {
    check_code(&new.code)?;
    check_date(new.valid_from)?;
    let fields = OrgFields {
        name: new.name.trim().to_owned(),
        short_name: details.short_name.trim().to_owned(),
        kind: new.kind.as_str().to_owned(),
        parent,
        sort_order: details.sort_order,
        head: details.head,
        deputies: details.deputies.clone(),
        region: details.region.trim().to_owned(),
        cost_centre: details.cost_centre.trim().to_owned(),
    };
    check_fields(&fields)?;
    let versions = vec![OrgVersion { valid_from: new.valid_from, fields }];
    let (code, valid_from) = (new.code.clone(), new.valid_from);
    Ok(Unit { code, valid_from, valid_to: None, version: 1, versions })
}

async fn insert(
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    new: &NewOrgUnit,
    details: &OrgDetails,
    at: Instant,
) -> Result<OrgId, Failure> {
    org_store::hold(tx).await?;
    let above = match &new.parent {
        Some(code) => Some(parent(tx, scope, code, new.valid_from).await?.id),
        None if scope.is_everybody() => None,
        None => return Err(OrgRefusal::ParentRequired.into()),
    };
    let unit = begin(new, details, above)?;
    let people: Vec<PersonId> =
        details.head.into_iter().chain(details.deputies.iter().copied()).collect();
    check_people(tx, scope, &people, new.valid_from).await?;
    let before = org_store::load(tx).await?;
    if before.by_code().contains_key(&new.code) {
        return Err(OrgRefusal::CodeTaken.into());
    }
    let mut after = before.clone();
    after.units.insert(new_id(0), unit);
    let detail = json!({ "unit": new, "details": details });
    let saved = close(tx, actor, &before, after, at, ("add", &new.code, detail)).await?;
    let id = saved.made.get(&new.code).copied();
    Ok(id.ok_or_else(|| Fault::text("no unit was written"))?)
}

/// A unit of the scope in which people can be from a date on without an end.
pub(super) async fn unit_by_code(
    tx: &Tx,
    scope: &Scope,
    code: &str,
    on: LocalDate,
) -> Result<OrgId, Failure> {
    let found = org_units(tx, scope, &OrgFilter::code(code, on)).await?.pop();
    let unit = found.ok_or(PeopleRefusal::OrgUnknown)?;
    if unit.valid_from > on {
        return Err(PeopleRefusal::OrgNotInEffect { from: unit.valid_from }.into());
    }
    // Who closes it waits for this transaction, and this one saw whether somebody has.
    org_store::keep_open(tx, unit.id).await?;
    let unit = org_unit(tx, scope, unit.id, on).await?.ok_or(PeopleRefusal::OrgUnknown)?;
    if let Some(to) = unit.valid_to {
        return Err(PeopleRefusal::OrgCloses { to }.into());
    }
    Ok(unit.id)
}

/// Makes the units that do not exist yet, parents before children; the id of each row. What exists
/// keeps its name and place.
pub async fn put_org_units(
    tx: &Tx,
    actor: &Actor,
    units: &[NewOrgUnit],
    at: Instant,
) -> Result<Vec<OrgId>, Failure> {
    org_store::hold(tx).await?;
    let before = org_store::load(tx).await?;
    let mut ids = before.by_code();
    let mut after: OrgBook = before.clone();
    let mut made = Vec::new();
    for new in units.iter() {
        if ids.contains_key(&new.code) {
            continue;
        }
        let above = match &new.parent {
            Some(code) => {
                let unknown = || OrgRefusal::ParentUnknown { code: code.clone() };
                Some(*ids.get(code).ok_or_else(unknown)?)
            }
            None => None,
        };
        let id = new_id(made.len());
        after.units.insert(id, begin(new, &OrgDetails::default(), above)?);
        ids.insert(new.code.clone(), id);
        made.push(json!(new));
    }
    if !made.is_empty() {
        let (count, detail) = (made.len().to_string(), json!({ "units": made }));
        let saved = close(tx, actor, &before, after, at, ("put", &count, detail)).await?;
        ids.extend(saved.made);
    }
    let id = |u: &NewOrgUnit| ids.get(&u.code).copied();
    let all: Option<Vec<OrgId>> = units.iter().map(id).collect();
    Ok(all.ok_or_else(|| Fault::text("a unit was not written"))?)
}
