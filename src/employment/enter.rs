use serde::Serialize;
use vocabulary::{EmploymentKind, EventId, LocalDate, PersonId};

use super::EmploymentRefusal;
use super::approval::approval;
use super::plan::plan;
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once, finish_once,
};
use crate::people::{self, EventFilter, EventKind, EventRow, Ledger, PeopleRefusal, PutAt};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// An event as a user enters it. What its kind does not know is ignored.
#[derive(Clone, Debug, Serialize)]
pub struct EventInput {
    pub person: PersonId,
    /// The version of the person this is based on; `None` = not checked.
    pub version: Option<i32>,
    pub kind: EventKind,
    pub on: LocalDate,
    /// Code of a department.
    pub org: Option<String>,
    /// Code of a position.
    pub position: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
    /// Code of a scheme.
    pub scheme: Option<String>,
    pub until: Option<LocalDate>,
    pub contract_until: Option<LocalDate>,
    pub continuous: Option<bool>,
    pub reason: String,
}

impl EventInput {
    /// An event that sets nothing yet.
    pub fn new(person: PersonId, kind: EventKind, on: LocalDate) -> Self {
        Self {
            person,
            version: None,
            kind,
            on,
            org: None,
            position: None,
            employment_kind: None,
            scheme: None,
            until: None,
            contract_until: None,
            continuous: None,
            reason: String::new(),
        }
    }
}

/// Enters events. Every row has its own outcome, in the order given; a refused row does not hinder the others.
pub async fn enter_events(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[EventInput],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(PeopleRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "enter_events", once, at).await? {
        return Ok(done);
    }
    let entered = enter(app, &tx, actor, scope, rows).await?;
    let outcomes: Vec<RowOutcome> = entered
        .into_iter()
        .map(|r| match r {
            Ok(id) => RowOutcome::Created { id: id.0 },
            Err(refusal) => RowOutcome::refused(&refusal),
        })
        .collect();
    finish_once(&tx, actor, "enter_events", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// Enters one event.
pub async fn enter_event(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    row: &EventInput,
    once: &Once,
) -> Result<EventRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "enter_event", once, at).await? {
        Some(done) => done,
        None => {
            let id = enter_one(app, &tx, actor, scope, row).await?;
            finish_once(&tx, actor, "enter_event", once, &id).await?;
            id
        }
    };
    let found = people::events(&tx, &Scope::everybody(), &EventFilter::one(id)).await?.pop();
    tx.commit().await?;
    app.wake.signal();
    Ok(found.ok_or(PeopleRefusal::EventNotFound)?)
}

pub(super) async fn enter_one(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    row: &EventInput,
) -> Result<EventId, Failure> {
    let entered = enter(app, tx, actor, scope, std::slice::from_ref(row)).await?.pop();
    Ok(entered.ok_or_else(|| Fault::text("an outcome is missing"))??)
}

pub(super) fn when(app: &App) -> PutAt {
    PutAt { zone: app.zone(), today: app.today(), at: app.clock.now() }
}

type Entered = Result<EventId, EmploymentRefusal>;

/// Enters rows within the transaction; one answer per row, in order.
async fn enter(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    rows: &[EventInput],
) -> Result<Vec<Entered>, Fault> {
    let waiting = approval(tx).await?;
    let people: Vec<PersonId> = rows.iter().map(|r| r.person).collect();
    // The lock first: what is read then cannot change any more.
    let mut ledger = Ledger::open(tx, &people).await?;
    let planned = plan(tx, scope, rows).await?;
    let mut entered: Vec<Result<(), EmploymentRefusal>> = Vec::with_capacity(rows.len());
    for (row, planned) in rows.iter().zip(planned) {
        let version = ledger.version(row.person);
        entered.push(match (planned, row.version, version) {
            (Err(refusal), ..) => Err(refusal),
            (Ok(_), Some(expected), Some(version)) if expected != version => {
                Err(PeopleRefusal::VersionConflict { version }.into())
            }
            (Ok(new), ..) => {
                let waits = waiting.contains(&row.kind);
                ledger.enter(new, waits).map_err(EmploymentRefusal::from)
            }
        });
    }
    let mut ids = ledger.close(tx, actor, when(app)).await?.into_iter();
    let missing = || Fault::text("an event is missing");
    entered
        .into_iter()
        .map(|r| match r {
            Ok(()) => ids.next().map(Ok).ok_or_else(missing),
            Err(refusal) => Ok(Err(refusal)),
        })
        .collect()
}
