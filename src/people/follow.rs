//! What other rooms do when an event takes effect: the scheme belongs to `rules`, rosters to `shifts`, requests to
//! `requests`. They stand above this room, so what they do is registered.

use std::sync::OnceLock;

use futures::future::BoxFuture;
use vocabulary::{DateSpan, EventId, Instant, LocalDate, PersonId, RuleId};

use super::event::Undone;
use crate::base::{Actor, Fault, Tx};

/// What the entry of the timeline of schemes on a date shall be; `entry` = `None`: there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeEdit {
    pub person: PersonId,
    pub on: LocalDate,
    pub entry: Option<Option<RuleId>>,
}

/// Dates on which somebody is gone by an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    pub person: PersonId,
    pub event: EventId,
    pub span: DateSpan,
}

/// What follows from events.
#[derive(Clone, Debug, Default)]
pub struct Follow {
    pub schemes: Vec<SchemeEdit>,
    /// What was withdrawn once and comes back; first.
    pub back: Vec<(PersonId, Undone)>,
    /// Rosters and requests of these dates are withdrawn.
    pub gone: Vec<Departure>,
}

/// What was there before.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Entries of schemes that stood at the edited places.
    pub schemes: Vec<(PersonId, LocalDate, Option<RuleId>)>,
    pub withdrawn: Vec<(EventId, Undone)>,
}

/// Joins the transaction of the events.
pub type Follower = for<'a> fn(
    &'a Tx,
    &'a Actor,
    &'a Follow,
    LocalDate,
    Instant,
) -> BoxFuture<'a, Result<Followed, Fault>>;

static FOLLOWER: OnceLock<Follower> = OnceLock::new();

/// Tells this room what follows from events. Called once by the wiring; later calls change nothing.
pub fn register(follower: Follower) {
    FOLLOWER.get_or_init(|| follower);
}

pub(super) async fn follow(
    tx: &Tx,
    actor: &Actor,
    what: &Follow,
    today: LocalDate,
    at: Instant,
) -> Result<Followed, Fault> {
    if what.schemes.is_empty() && what.back.is_empty() && what.gone.is_empty() {
        return Ok(Followed::default());
    }
    let follower = FOLLOWER.get();
    let follower = follower.ok_or_else(|| Fault::text("nobody follows events of employment"))?;
    follower(tx, actor, what, today, at).await
}
