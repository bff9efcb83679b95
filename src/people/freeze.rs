use serde::Serialize;
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, PersonId};

use super::add_person::finish;
use super::read::{PersonView, freezes, person};
use super::{PeopleRefusal, marks, store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Once, Scope, Tx, audit, begin_once, finish_once,
};

/// Dates on which a person is frozen (冻结, domain 4).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Frozen {
    /// The version of the person this is based on.
    pub version: i32,
    /// First frozen date.
    pub from: LocalDate,
    /// Last frozen date; `None` = until he is unfrozen.
    pub to: Option<LocalDate>,
}

/// The first date that is not frozen any more (解冻).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Thawed {
    /// The version of the person this is based on.
    pub version: i32,
    pub on: LocalDate,
}

/// Freezes a person. Freezes must not overlap.
pub async fn freeze(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    new: Frozen,
    once: &Once,
) -> Result<PersonView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "freeze", once, at).await?.is_none() {
        let p = checked(&tx, scope, id, new.from, new.version).await?;
        if new.to.is_some_and(|to| to < new.from) {
            return Err(PeopleRefusal::SpanInvalid.into());
        }
        if new.from < p.hired_on || p.left_on.is_some_and(|l| new.from > l) {
            return Err(PeopleRefusal::OutOfService.into());
        }
        let span = DateSpan { from: new.from, to: new.to };
        let overlaps = |f: &super::FreezeRow| {
            new.to.is_none_or(|to| f.valid_from <= to) && f.valid_to.is_none_or(|to| to >= new.from)
        };
        if let Some(f) = freezes(&tx, id).await?.into_iter().find(overlaps) {
            return Err(PeopleRefusal::FreezeOverlaps { from: f.valid_from }.into());
        }
        store::insert_freeze(&tx, id, new.from, new.to).await?;
        marks::mark_service(&tx, &[(id, span)], today, at).await?;
        let detail = json!({ "from": new.from, "to": new.to });
        audit(&tx, actor, at, "freeze", "person", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "freeze", once, &id).await?;
    }
    finish(app, tx, id).await
}

/// Ends the freeze that lies on a date: it ends the day before. A freeze that begins on this date
/// is removed.
pub async fn unfreeze(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    new: Thawed,
    once: &Once,
) -> Result<PersonView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "unfreeze", once, at).await?.is_none() {
        checked(&tx, scope, id, new.on, new.version).await?;
        let lies_on = |f: &super::FreezeRow| {
            f.valid_from <= new.on && f.valid_to.is_none_or(|to| to >= new.on)
        };
        let found = freezes(&tx, id).await?.into_iter().find(lies_on);
        let f = found.ok_or(PeopleRefusal::FreezeNotFound)?;
        let rest = (f.valid_from < new.on).then(|| new.on.plus(-1));
        store::end_freeze(&tx, f.id, rest).await?;
        let span = DateSpan { from: new.on, to: f.valid_to };
        marks::mark_service(&tx, &[(id, span)], today, at).await?;
        let detail = json!({ "from": f.valid_from, "before": f.valid_to, "after": rest });
        audit(&tx, actor, at, "unfreeze", "person", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "unfreeze", once, &id).await?;
    }
    finish(app, tx, id).await
}

/// The person, if he has this version; it is counted up and his row stays locked.
async fn checked(
    tx: &Tx,
    scope: &Scope,
    id: PersonId,
    on: LocalDate,
    version: i32,
) -> Result<PersonView, Failure> {
    if !EFFECTIVE_RANGE.contains(&on) {
        return Err(PeopleRefusal::DateUnreasonable.into());
    }
    let p = person(tx, scope, id, on).await?.ok_or(PeopleRefusal::PersonNotFound)?;
    if !store::next_version(tx, id, version).await? {
        return Err(PeopleRefusal::VersionConflict { version: p.version }.into());
    }
    Ok(p)
}
