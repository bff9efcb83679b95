use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::add_org_unit::unit_by_code;
use super::add_person::finish;
use super::put_people::move_people;
use super::read::{PersonView, org_timeline, person};
use super::{PeopleRefusal, store};
use crate::base::{Actor, App, Failure, Once, Scope, audit, begin_once, finish_once};

/// Another department from a date on (调动, domain 4).
#[derive(Clone, Debug, Serialize)]
pub struct NewTransfer {
    /// The version this is based on.
    pub version: i32,
    /// First date in the new department.
    pub valid_from: LocalDate,
    /// Code of the new department.
    pub org: String,
}

/// Transfers a person until his next transfer. The days before stay as they are.
pub async fn transfer(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    new: &NewTransfer,
    once: &Once,
) -> Result<PersonView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "transfer", once, at).await?.is_none() {
        let p = person(&tx, scope, id, new.valid_from).await?;
        let p = p.ok_or(PeopleRefusal::PersonNotFound)?;
        if !store::next_version(&tx, id, new.version).await? {
            return Err(PeopleRefusal::VersionConflict { version: p.version }.into());
        }
        if new.valid_from < p.hired_on || p.left_on.is_some_and(|l| new.valid_from > l) {
            return Err(PeopleRefusal::OutOfService.into());
        }
        let org = unit_by_code(&tx, scope, &new.org, new.valid_from).await?;
        let timeline = org_timeline(&tx, id).await?;
        let stored = timeline.iter().find(|e| e.valid_from == new.valid_from);
        if stored.map(|e| e.org_id) != Some(org) {
            move_people(&tx, &[(id, new.valid_from, org)], today, at).await?;
            let before = p.org_id;
            let detail = json!({ "before": before, "after": org, "from": new.valid_from });
            audit(&tx, actor, at, "transfer", "person", &id.to_string(), detail).await?;
        }
        finish_once(&tx, actor, "transfer", once, &id).await?;
    }
    finish(app, tx, id).await
}
