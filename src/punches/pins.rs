//! Which person a number on a device is. Numbers are given per device, so the same number may be two
//! people on two devices; a row of the device goes before a row of all devices (`''`), and without any
//! row the employee number itself counts, with or without its leading zeros.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::PersonId;

use super::receive::{Received, settle};
use super::{PunchRefusal, Urgency, assign, store};
use crate::base::{
    Actor, App, ColumnKind, Failure, Fault, Once, Query, Scope, Tx, audit, begin_once, finish_once,
    json_rows,
};
use crate::people;

/// A number on a device; device `''` = on every device that has no row of its own for it.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, FromQueryResult,
)]
pub struct Pin {
    pub device: String,
    pub pin: String,
}

/// Most rows of one request.
pub const MAX_PINS: usize = 5_000;
/// Most open records one request turns into punches; the next request takes the rest.
pub const MAX_CLAIMED: u64 = 10_000;

#[derive(FromQueryResult)]
struct Match {
    device: String,
    pin: String,
    own: i64,
    person_id: PersonId,
}

/// Whose numbers these are; unknown ones are left out.
pub async fn resolve(tx: &Tx, pins: &[Pin]) -> Result<HashMap<Pin, PersonId>, Fault> {
    let wanted: BTreeSet<&Pin> = pins.iter().collect();
    let sql = format!(
        "SELECT k.device, k.pin, d.person_id, \
           CAST(CASE WHEN d.device = k.device THEN 1 ELSE 0 END AS BIGINT) AS own \
         FROM {} JOIN device_pin d ON d.pin = k.pin AND d.device IN (k.device, '')",
        json_rows(tx.dialect(), "k", 1, &[("device", ColumnKind::Text), ("pin", ColumnKind::Text)])
    );
    let mut found: Vec<Match> = tx.rows(&sql, vec![serde_json::to_string(&wanted)?.into()]).await?;
    found.sort_by_key(|m| m.own);
    let mut out: HashMap<Pin, PersonId> =
        found.into_iter().map(|m| (Pin { device: m.device, pin: m.pin }, m.person_id)).collect();
    let rest: BTreeSet<&str> =
        wanted.iter().filter(|p| !out.contains_key(**p)).map(|p| p.pin.as_str()).collect();
    let rest: Vec<String> = rest.into_iter().map(str::to_owned).collect();
    let numbers = people::by_loose_number(tx, &rest).await?;
    for pin in wanted {
        if let (false, Some(person)) = (out.contains_key(pin), numbers.get(&pin.pin)) {
            out.insert(pin.clone(), *person);
        }
    }
    Ok(out)
}

/// One number to be given to a person, or to be forgotten.
#[derive(Clone, Debug, Serialize)]
pub struct PinChange {
    pub device: String,
    pub pin: String,
    /// `None` = forget the number.
    pub person: Option<PersonId>,
}

/// What the change did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinsSet {
    pub written: u64,
    pub removed: u64,
    /// Records of the unassigned list that became punches.
    pub punches: u64,
}

/// Gives numbers to people. Records that waited for these numbers become punches at once.
pub async fn set_pins(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    changes: &[PinChange],
    once: &Once,
) -> Result<PinsSet, Failure> {
    check(changes)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_device_pins", once, at).await? {
        return Ok(done);
    }
    let wanted: Vec<PersonId> = changes.iter().filter_map(|c| c.person).collect();
    let seen = people::visible(&tx, scope, &wanted, app.today()).await?;
    if let Some(index) = changes.iter().position(|c| c.person.is_some_and(|p| !seen.contains(&p))) {
        return Err(PunchRefusal::PersonNotFound { index: Some(index) }.into());
    }
    let (given, gone): (Vec<&PinChange>, Vec<&PinChange>) =
        changes.iter().partition(|c| c.person.is_some());
    let removed = store::remove_pins(&tx, &pins(&gone)).await?;
    let written = put(&tx, &given).await?.len() as u64;
    let punches = claim(&tx, actor, &pins(&given), at).await?;
    let done = PinsSet { written, removed, punches };
    let detail = json!({ "changes": changes, "punches": punches });
    audit(&tx, actor, at, "set", "device_pin", "", detail).await?;
    finish_once(&tx, actor, "set_device_pins", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

fn pins(changes: &[&PinChange]) -> Vec<Pin> {
    changes.iter().map(|c| Pin { device: c.device.clone(), pin: c.pin.clone() }).collect()
}

async fn put(tx: &Tx, changes: &[&PinChange]) -> Result<Vec<Pin>, Fault> {
    let rows = changes.iter().filter_map(|c| {
        let person_id = c.person?.0;
        Some(store::PinRow { device: &c.device, pin: &c.pin, person_id })
    });
    store::put_pins(tx, rows.collect()).await
}

fn check(changes: &[PinChange]) -> Result<(), PunchRefusal> {
    if changes.is_empty() || changes.len() > MAX_PINS {
        return Err(PunchRefusal::TooManyRows { max: MAX_PINS });
    }
    let mut seen = BTreeSet::new();
    for (index, change) in changes.iter().enumerate() {
        let fits = |text: &str, least: usize| {
            (least..=64).contains(&text.chars().count())
                && text.trim() == text
                && !text.chars().any(char::is_control)
        };
        if !fits(&change.pin, 1) || !fits(&change.device, 0) {
            return Err(PunchRefusal::PinInvalid { index });
        }
        if !seen.insert((&change.device, &change.pin)) {
            return Err(PunchRefusal::RowRepeated { index });
        }
    }
    Ok(())
}

/// Gives numbers to people; answers which ones are new or were somebody else's. Of rows with the same
/// device and number the last one counts.
pub async fn put_pins(tx: &Tx, rows: &[(Pin, PersonId)]) -> Result<Vec<Pin>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let rows: BTreeMap<&Pin, PersonId> = rows.iter().map(|(pin, person)| (pin, *person)).collect();
    let rows = rows.into_iter().map(|(pin, person)| store::PinRow {
        device: &pin.device,
        pin: &pin.pin,
        person_id: person.0,
    });
    store::put_pins(tx, rows.collect()).await
}

/// Turns open records of these numbers into punches where their people are known now; how many. At most
/// [`MAX_CLAIMED`] at once.
pub async fn claim(
    tx: &Tx,
    actor: &Actor,
    pins: &[Pin],
    at: vocabulary::Instant,
) -> Result<u64, Fault> {
    if pins.is_empty() {
        return Ok(0);
    }
    let rows = store::open_records(tx, pins, MAX_CLAIMED).await?;
    let batch = assign::evidence(&rows)?;
    let keys: Vec<Pin> =
        batch.iter().map(|e| Pin { device: e.device.clone(), pin: e.pin.clone() }).collect();
    let people = resolve(tx, &keys).await?;
    let whose: Vec<Option<PersonId>> = keys.iter().map(|k| people.get(k).copied()).collect();
    let done = settle(tx, &batch, &whose, actor.user, Urgency::ByAge, at).await?;
    Ok(done.iter().filter(|d| **d == Received::Accepted).count() as u64)
}
