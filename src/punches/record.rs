//! Punches entered over the API: one's own with the server's time, and those of others by HR with a
//! reason.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{Instant, PersonId, PunchId, WallTime, Zone};

use super::insert::{Inserted, NewPunch, Urgency, insert};
use super::store::{self, PunchKey};
use super::{Flag, Method, PunchRefusal, Source};
use crate::base::{
    Actor, App, Failure, KEEP_PUNCH_DAYS, Once, Refusal, Scope, Tx, audit, begin_once, finish_once,
};
use crate::people;

/// Most punches of one request.
pub const MAX_ENTRIES: usize = 5_000;
/// How far in the future a punch may lie: clocks differ a little, in seconds.
pub const FUTURE_SECONDS: i64 = 600;
/// Longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// The stored punch of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    pub id: PunchId,
    pub at: Instant,
    /// The same second was punched before; it is the same punch.
    pub known: bool,
}

/// Punches for oneself, now: the time is the server's, the zone the person's.
pub async fn record(
    app: &App,
    actor: &Actor,
    person: PersonId,
    flag: Option<Flag>,
    once: &Once,
) -> Result<Recorded, Failure> {
    let now = app.clock.now();
    let once = Once { keep_days: KEEP_PUNCH_DAYS, ..once.clone() };
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "record_punch", &once, now).await? {
        return Ok(done);
    }
    let zones = people::zones(&tx, &[person]).await?;
    if !zones.contains_key(&person) {
        return Err(PunchRefusal::PersonNotFound { index: None }.into());
    }
    let at = whole_second(now);
    let punch = NewPunch { flag, ..blank(person, at, actor) };
    let inserted = insert(&tx, std::slice::from_ref(&punch), Urgency::Now, now).await?;
    let (id, known) = match inserted.first() {
        Some(Inserted::New(id)) => (*id, false),
        _ => {
            let found = store::find_punches(&tx, &[PunchKey::of(&punch)]).await?;
            let id = found.first().map(|(_, id)| *id);
            (id.ok_or(PunchRefusal::PunchNotFound)?, true)
        }
    };
    let done = Recorded { id, at, known };
    if !known {
        let detail = json!({ "person_id": person, "at": at });
        audit(&tx, actor, now, "record", "punch", &id.to_string(), detail).await?;
    }
    finish_once(&tx, actor, "record_punch", &once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// When a punch entered for somebody happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Moment {
    At(Instant),
    /// On the wall clock of the person's zone.
    Wall(WallTime),
}

/// A punch entered for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub person: PersonId,
    pub moment: Moment,
    pub flag: Option<Flag>,
    pub reason: String,
}

/// What became of one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entered {
    New(PunchId),
    Known(PunchId),
    Refused(EntryRefusal),
}

/// Why one entry was refused while others were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryRefusal {
    PersonNotFound,
    ReasonMissing,
    InFuture,
}

impl EntryRefusal {
    /// The same refusal for a request of its own.
    pub fn refusal(self) -> PunchRefusal {
        match self {
            Self::PersonNotFound => PunchRefusal::PersonNotFound { index: None },
            Self::ReasonMissing => PunchRefusal::ReasonInvalid,
            Self::InFuture => PunchRefusal::InFuture,
        }
    }

    pub fn code(self) -> &'static str {
        self.refusal().code()
    }
}

/// Enters punches for others, each by itself: a refused row does not stop the others.
pub async fn enter(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    entries: &[Entry],
    once: &Once,
) -> Result<Vec<Entered>, Failure> {
    if entries.is_empty() || entries.len() > MAX_ENTRIES {
        return Err(PunchRefusal::TooManyRows { max: MAX_ENTRIES }.into());
    }
    let now = app.clock.now();
    let once = Once { keep_days: KEEP_PUNCH_DAYS, ..once.clone() };
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "enter_punches", &once, now).await? {
        return Ok(done);
    }
    let done = enter_all(&tx, app, actor, scope, entries, now).await?;
    let count = done.iter().filter(|d| matches!(d, Entered::New(_))).count();
    let detail = json!({ "entries": entries, "new": count });
    audit(&tx, actor, now, "enter", "punch", "", detail).await?;
    finish_once(&tx, actor, "enter_punches", &once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

async fn enter_all(
    tx: &Tx,
    app: &App,
    actor: &Actor,
    scope: &Scope,
    entries: &[Entry],
    now: Instant,
) -> Result<Vec<Entered>, Failure> {
    let people: Vec<PersonId> = entries.iter().map(|e| e.person).collect();
    let seen = people::visible(tx, scope, &people, app.today()).await?;
    let zones = people::zones(tx, &people).await?;
    let made: Vec<Result<NewPunch, EntryRefusal>> = entries
        .iter()
        .map(|e| match zones.get(&e.person).filter(|_| seen.contains(&e.person)) {
            Some(zone) => entered(e, *zone, actor, now),
            None => Err(EntryRefusal::PersonNotFound),
        })
        .collect();
    let punches: Vec<NewPunch> = made.iter().filter_map(|m| m.as_ref().ok().cloned()).collect();
    let mut inserted = insert(tx, &punches, Urgency::Now, now).await?.into_iter();
    let keys: Vec<PunchKey> = punches.iter().map(PunchKey::of).collect();
    let ids: HashMap<PunchKey, PunchId> =
        store::find_punches(tx, &keys).await?.into_iter().collect();
    let mut out = Vec::with_capacity(entries.len());
    for made in made {
        out.push(match made {
            Err(refusal) => Entered::Refused(refusal),
            Ok(punch) => match (inserted.next(), ids.get(&PunchKey::of(&punch))) {
                (Some(Inserted::New(id)), _) => Entered::New(id),
                (_, Some(id)) => Entered::Known(*id),
                (_, None) => Entered::Refused(EntryRefusal::PersonNotFound),
            },
        });
    }
    Ok(out)
}

fn entered(e: &Entry, zone: Zone, actor: &Actor, now: Instant) -> Result<NewPunch, EntryRefusal> {
    let at = match e.moment {
        Moment::At(at) => whole_second(at),
        Moment::Wall(wall) => zone.instant(wall),
    };
    if at > now.plus_seconds(FUTURE_SECONDS) {
        return Err(EntryRefusal::InFuture);
    }
    if !reason_is_valid(&e.reason) {
        return Err(EntryRefusal::ReasonMissing);
    }
    Ok(NewPunch {
        flag: e.flag,
        method: Some(Method::Manual),
        reason: Some(e.reason.trim().to_owned()),
        ..blank(e.person, at, actor)
    })
}

/// Not blank and not too long.
pub(super) fn reason_is_valid(reason: &str) -> bool {
    !reason.trim().is_empty() && reason.chars().count() <= MAX_REASON_CHARS
}

fn blank(person: PersonId, at: Instant, actor: &Actor) -> NewPunch {
    NewPunch {
        person,
        at,
        flag: None,
        source: Source::Web,
        method: None,
        device: String::new(),
        reason: None,
        raw: None,
        author: actor.user,
    }
}

/// Punches are kept to the second.
fn whole_second(at: Instant) -> Instant {
    Instant::from_millis(at.millis().div_euclid(1000) * 1000)
}
