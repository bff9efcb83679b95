use serde::Serialize;
use serde_json::json;
use vocabulary::{Instant, LocalDate, OrgId};

use super::read::{OrgFilter, OrgRow, org_unit, org_units};
use super::{PeopleRefusal, store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, Scope, Tx, audit, begin_once, code_is_valid,
    finish_once, name_is_valid,
};

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

/// Makes a unit.
pub async fn add_org_unit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: &NewOrgUnit,
    once: &Once,
) -> Result<OrgRow, Failure> {
    check(new)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "add_org_unit", once, at).await? {
        Some(done) => done,
        None => {
            let id = insert(&tx, actor, scope, new, at).await?;
            finish_once(&tx, actor, "add_org_unit", once, &id).await?;
            id
        }
    };
    let everybody = Scope::everybody();
    let row = org_unit(&tx, &everybody, id, new.valid_from).await?;
    tx.commit().await?;
    Ok(row.ok_or(PeopleRefusal::OrgNotFound)?)
}

fn check(new: &NewOrgUnit) -> Result<(), PeopleRefusal> {
    if !code_is_valid(&new.code) {
        return Err(PeopleRefusal::CodeInvalid);
    }
    if !name_is_valid(&new.name) {
        return Err(PeopleRefusal::NameInvalid);
    }
    if !EFFECTIVE_RANGE.contains(&new.valid_from) {
        return Err(PeopleRefusal::DateUnreasonable);
    }
    Ok(())
}

async fn insert(
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    new: &NewOrgUnit,
    at: Instant,
) -> Result<OrgId, Failure> {
    let parent = match &new.parent {
        Some(code) => Some(unit_by_code(tx, scope, code, new.valid_from).await?),
        None if scope.is_everybody() => None,
        None => return Err(PeopleRefusal::ParentRequired.into()),
    };
    let row = store::OrgInsert {
        code: &new.code,
        name: new.name.trim(),
        kind: new.kind,
        parent,
        from: new.valid_from,
    };
    let id = store::insert_org(tx, &row).await?.ok_or(PeopleRefusal::CodeTaken)?;
    audit(tx, actor, at, "add", "org_unit", &id.to_string(), serde_json::to_value(new)?).await?;
    Ok(id)
}

/// A unit of the scope that exists on a date.
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
    let everybody = Scope::everybody();
    let mut ids = Vec::with_capacity(units.len());
    let mut made = 0;
    for unit in units {
        check(unit)?;
        let known = org_units(tx, &everybody, &OrgFilter::code(&unit.code, LocalDate::MIN)).await?;
        if let Some(row) = known.first() {
            ids.push(row.id);
            continue;
        }
        let parent = match &unit.parent {
            Some(code) => Some(unit_by_code(tx, &everybody, code, unit.valid_from).await?),
            None => None,
        };
        let row = store::OrgInsert {
            code: &unit.code,
            name: unit.name.trim(),
            kind: unit.kind,
            parent,
            from: unit.valid_from,
        };
        let id = store::insert_org(tx, &row).await?;
        ids.push(id.ok_or_else(|| Fault::text("no unit was written"))?);
        made += 1;
    }
    if made > 0 {
        let codes: Vec<&str> = units.iter().map(|u| u.code.as_str()).collect();
        let detail = json!({ "codes": codes, "made": made });
        audit(tx, actor, at, "put", "org_unit", &made.to_string(), detail).await?;
    }
    Ok(ids)
}
