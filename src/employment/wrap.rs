//! The events people enter most, each with what its screen asks.

use serde::Serialize;
use vocabulary::{EmploymentKind, LocalDate, PersonId};

use super::enter::{EventInput, enter_one, when};
use crate::base::{Actor, App, Failure, Once, Scope, Tx, begin_once, finish_once};
use crate::people::{self, EventKind, Ledger, PeopleRefusal, PersonView};

/// Another place from a date on (调动). What is `None` stays as it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NewTransfer {
    /// The version this is based on.
    pub version: i32,
    /// First date in the new place.
    pub valid_from: LocalDate,
    /// Code of the new department.
    pub org: Option<String>,
    /// Code of the new position.
    pub position: Option<String>,
    pub kind: Option<EmploymentKind>,
    /// Code of the new scheme.
    pub scheme: Option<String>,
    pub reason: String,
}

/// Dates on which a person is frozen (冻结).
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

/// The end of an employment.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Leaving {
    /// The version this is based on.
    pub version: i32,
    /// Last day in service; `None` = he stays, or is back without interruption.
    pub left_on: Option<LocalDate>,
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
    let event = EventInput {
        version: Some(new.version),
        org: new.org.clone(),
        position: new.position.clone(),
        employment_kind: new.kind,
        scheme: new.scheme.clone(),
        reason: new.reason.clone(),
        ..EventInput::new(id, EventKind::Transfer, new.valid_from)
    };
    one(app, actor, scope, "transfer", &event, once).await
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
    let event = EventInput {
        version: Some(new.version),
        until: new.to,
        ..EventInput::new(id, EventKind::Freeze, new.from)
    };
    one(app, actor, scope, "freeze", &event, once).await
}

/// Ends the freeze that lies on a date: it ends the day before. A freeze that begins on this date is gone.
pub async fn unfreeze(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    new: Thawed,
    once: &Once,
) -> Result<PersonView, Failure> {
    let event = EventInput {
        version: Some(new.version),
        ..EventInput::new(id, EventKind::Unfreeze, new.on)
    };
    one(app, actor, scope, "unfreeze", &event, once).await
}

/// Sets, moves or takes back the last day in service.
pub async fn end_employment(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PersonId,
    leaving: Leaving,
    once: &Once,
) -> Result<PersonView, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "end_employment", once, at).await?.is_none() {
        let p = people::person(&tx, scope, id, app.today()).await?;
        p.ok_or(PeopleRefusal::PersonNotFound)?;
        let mut ledger = Ledger::open(&tx, &[id]).await?;
        let version = ledger.version(id).ok_or(PeopleRefusal::PersonNotFound)?;
        if version != leaving.version {
            return Err(PeopleRefusal::VersionConflict { version }.into());
        }
        let first = ledger.life(id).is_some_and(|l| l.left.is_none());
        match leaving.left_on {
            // A first leaving may have to wait for a decision.
            Some(on) if first => {
                let event = EventInput::new(id, EventKind::Leave, on);
                enter_one(app, &tx, actor, scope, &event).await?;
            }
            on => {
                ledger.leave(id, on)?;
                ledger.close(&tx, actor, when(app)).await?;
            }
        }
        finish_once(&tx, actor, "end_employment", once, &id).await?;
    }
    finish(app, tx, id).await
}

async fn one(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    operation: &str,
    event: &EventInput,
    once: &Once,
) -> Result<PersonView, Failure> {
    let tx = app.db.begin().await?;
    let at = app.clock.now();
    if begin_once::<PersonId>(&tx, actor, operation, once, at).await?.is_none() {
        enter_one(app, &tx, actor, scope, event).await?;
        finish_once(&tx, actor, operation, once, &event.person).await?;
    }
    finish(app, tx, event.person).await
}

/// Reads what was written, commits and wakes the workers.
async fn finish(app: &App, tx: Tx, id: PersonId) -> Result<PersonView, Failure> {
    let row = people::person(&tx, &Scope::everybody(), id, app.today()).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(row.ok_or(PeopleRefusal::PersonNotFound)?)
}
