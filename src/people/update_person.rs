use serde::Serialize;
use vocabulary::{LocalDate, PersonId};

use super::add_person::{finish, zone};
use super::read::{PersonView, person};
use super::{PeopleRefusal, PersonRow, Put, PutAt, put_people};
use crate::base::{Actor, App, Failure, Once, Scope, begin_once, finish_once};

/// What is `None` stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct PersonChange {
    /// The version this is based on.
    pub version: i32,
    pub name: Option<String>,
    /// IANA name. Punches keep the zone they were made in.
    pub zone: Option<String>,
    pub hired_on: Option<LocalDate>,
}

/// Corrects the file of a person. The dates whose service changes are computed again.
pub async fn update_person(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    change: &PersonChange,
    once: &Once,
) -> Result<PersonView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "update_person", once, at).await?.is_none() {
        let before = person(&tx, scope, id, today).await?.ok_or(PeopleRefusal::PersonNotFound)?;
        if before.version != change.version {
            return Err(PeopleRefusal::VersionConflict { version: before.version }.into());
        }
        let row = PersonRow {
            number: before.number,
            name: change.name.clone(),
            zone: zone(change.zone.as_deref())?,
            hired_on: change.hired_on,
            ..PersonRow::default()
        };
        let when = PutAt { zone: app.zone(), today, at };
        if let Some(Put::Refused(refusal)) = put_people(&tx, actor, &[row], when).await?.pop() {
            return Err(refusal.into());
        }
        finish_once(&tx, actor, "update_person", once, &id).await?;
    }
    finish(app, tx, id).await
}
