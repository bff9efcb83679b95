//! Many punches of known people at once: the move every source of punches ends in.

use std::collections::{BTreeSet, HashMap};

use vocabulary::{DateSpan, Instant, LocalDate, PersonId, PunchId, UserId, Zone};

use super::store::{self, PunchKey};
use super::{Flag, Method, Source};
use crate::base::{Fault, Tx};
use crate::dirty::{self, Cause, Lane, Mark};
use crate::people;

/// A punch to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPunch {
    pub person: PersonId,
    /// To the second.
    pub at: Instant,
    pub flag: Option<Flag>,
    pub source: Source,
    pub method: Option<Method>,
    /// `''` = none.
    pub device: String,
    /// Of a punch entered by hand.
    pub reason: Option<String>,
    /// The record as it came.
    pub raw: Option<String>,
    /// Who entered it.
    pub author: Option<UserId>,
}

/// What became of one punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    New(PunchId),
    /// This source told it already.
    Known,
}

/// Dates this close to today are computed before older ones, in days.
const RECENT_DAYS: i32 = 3;
/// Dates this close to today probably lie in a period that is still open, in days.
const OPEN_DAYS: i32 = 62;

/// How urgent the results of these punches are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody waits for it.
    Now,
    /// By the age of each punch.
    ByAge,
}

/// Inserts the punches that are not there yet and marks what they change, in a fixed number of statements.
/// The same record of the same source (person, second, source, device) is one punch however often it
/// comes. The wall clock of a punch is the one its person lives by, wherever the device hangs: shifts are
/// planned on that clock. Answers in the order given.
pub async fn insert(
    tx: &Tx,
    punches: &[NewPunch],
    urgency: Urgency,
    received_at: Instant,
) -> Result<Vec<Inserted>, Fault> {
    if punches.is_empty() {
        return Ok(Vec::new());
    }
    let people: BTreeSet<PersonId> = punches.iter().map(|p| p.person).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let zones = people::zones(tx, &people).await?;
    let stored = store::insert_punches(tx, punches, &zones, received_at).await?;
    let mut ids: HashMap<PunchKey, PunchId> = stored.into_iter().collect();
    mark_in(tx, &zones, ids.keys(), Cause::Punch, urgency, received_at).await?;
    // The first of several equal rows is the new one.
    let outcome = |p: &NewPunch| match ids.remove(&PunchKey::of(p)) {
        Some(id) => Inserted::New(id),
        None => Inserted::Known,
    };
    Ok(punches.iter().map(outcome).collect())
}

/// Marks the dates a punch can change.
pub(super) async fn mark(
    tx: &Tx,
    key: &PunchKey,
    cause: Cause,
    urgency: Urgency,
    at: Instant,
) -> Result<(), Fault> {
    let zones = people::zones(tx, &[key.person_id]).await?;
    mark_in(tx, &zones, std::iter::once(key), cause, urgency, at).await
}

/// Marks the dates these punches can change: local date X of each person, X−2 … X+1 (domain 17.1).
async fn mark_in(
    tx: &Tx,
    zones: &HashMap<PersonId, Zone>,
    keys: impl Iterator<Item = &PunchKey>,
    cause: Cause,
    urgency: Urgency,
    at: Instant,
) -> Result<(), Fault> {
    let mut dates: HashMap<PersonId, BTreeSet<LocalDate>> = HashMap::new();
    for key in keys {
        let zone = store::zone_of(zones, key.person_id)?;
        dates.entry(key.person_id).or_default().insert(zone.date(key.at));
    }
    let mut marks = Vec::new();
    for (person, dates) in dates {
        let today = store::zone_of(zones, person)?.date(at);
        marks.extend(spans(dates).into_iter().map(|span| {
            let lane = lane(urgency, span, today);
            Mark { person, span, cause, lane }
        }));
    }
    marks.sort_by_key(|m| (m.person, m.span.from));
    dirty::mark_own(tx, &marks, at).await
}

fn lane(urgency: Urgency, span: DateSpan, today: LocalDate) -> Lane {
    let age = span.to.map_or(0, |to| today.days().saturating_sub(to.days()));
    match urgency {
        Urgency::Now => Lane::Interactive,
        Urgency::ByAge if age <= RECENT_DAYS => Lane::Recent,
        Urgency::ByAge if age <= OPEN_DAYS => Lane::OpenPeriod,
        Urgency::ByAge => Lane::Mass,
    }
}

/// The reach of punches on these dates, joined where they touch.
fn spans(dates: BTreeSet<LocalDate>) -> Vec<DateSpan> {
    let mut out: Vec<DateSpan> = Vec::new();
    for date in dates {
        let reach = engine::day::reach_of_punch(date);
        match out.last_mut() {
            Some(last) if last.to.is_some_and(|to| reach.from <= to.plus(1)) => last.to = reach.to,
            _ => out.push(reach),
        }
    }
    out
}
