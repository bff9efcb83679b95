//! Records of devices as they come: whose they are is found out here.
//!
//! A record of a known person becomes a punch. A record of an unknown person is kept in the unassigned
//! list; when the same record comes again after the person became known, it becomes a punch then. What
//! somebody has assigned by hand stays assigned.

use std::collections::HashMap;

use vocabulary::{Instant, PersonId, UserId, WallTime, Zone};

use super::insert::{Inserted, NewPunch, Urgency, insert};
use super::store::{self, Closing, KnownRecord, NewRecordRow, PunchKey, RecordKey};
use super::{Flag, Method, Pin, Source, resolve};
use crate::base::{Fault, Tx};

/// What a device says: this number was here at this time of its clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// `''` = unknown.
    pub device: String,
    pub pin: String,
    pub wall: WallTime,
    pub zone: Zone,
    pub flag: Option<Flag>,
    pub source: Source,
    pub method: Option<Method>,
    pub raw: String,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Received {
    /// A new punch.
    Accepted,
    /// Stored before, as a punch or in the unassigned list.
    Duplicate,
    /// Of nobody we know; kept.
    Unassigned,
}

/// Stores a batch of records, in a fixed number of statements whatever its size.
pub async fn receive(
    tx: &Tx,
    batch: &[Evidence],
    urgency: Urgency,
    at: Instant,
) -> Result<Vec<Received>, Fault> {
    let pins: Vec<Pin> =
        batch.iter().map(|e| Pin { device: e.device.clone(), pin: e.pin.clone() }).collect();
    let people = resolve(tx, &pins).await?;
    let whose: Vec<Option<PersonId>> = pins.iter().map(|p| people.get(p).copied()).collect();
    settle(tx, batch, &whose, None, urgency, at).await
}

/// Stores records whose people are found out already.
pub(super) async fn settle(
    tx: &Tx,
    batch: &[Evidence],
    whose: &[Option<PersonId>],
    by: Option<UserId>,
    urgency: Urgency,
    at: Instant,
) -> Result<Vec<Received>, Fault> {
    let keys: Vec<RecordKey> = batch.iter().map(record_key).collect();
    let known: HashMap<RecordKey, KnownRecord> =
        store::find_records(tx, &keys).await?.into_iter().collect();
    let mut out = vec![Received::Duplicate; batch.len()];
    let (mut punches, mut places) = (Vec::new(), Vec::new());
    let mut unknown: HashMap<&RecordKey, usize> = HashMap::new();
    for (at, ((evidence, key), person)) in batch.iter().zip(&keys).zip(whose).enumerate() {
        match (person, known.get(key)) {
            (Some(person), None | Some(KnownRecord { assigned: false, .. })) => {
                punches.push(punch(evidence, *person, by));
                places.push(at);
            }
            (None, None) => {
                unknown.entry(key).or_insert(at);
            }
            _ => {}
        }
    }
    for (place, inserted) in places.iter().zip(insert(tx, &punches, urgency, at).await?) {
        if let (Some(slot), Inserted::New(_)) = (out.get_mut(*place), inserted) {
            *slot = Received::Accepted;
        }
    }
    for place in unknown.values() {
        if let Some(slot) = out.get_mut(*place) {
            *slot = Received::Unassigned;
        }
    }
    keep(tx, batch, unknown.into_values().collect(), at).await?;
    close(tx, &punches, &places, &keys, &known, by, at).await?;
    Ok(out)
}

fn record_key(e: &Evidence) -> RecordKey {
    RecordKey {
        source: e.source.as_str().to_owned(),
        device: e.device.clone(),
        pin: e.pin.clone(),
        wall: e.wall.seconds(),
    }
}

fn punch(e: &Evidence, person: PersonId, author: Option<UserId>) -> NewPunch {
    NewPunch {
        person,
        at: e.zone.instant(e.wall),
        flag: e.flag,
        source: e.source,
        method: e.method,
        device: e.device.clone(),
        reason: None,
        raw: Some(e.raw.clone()),
        author,
    }
}

/// Keeps the records of unknown people.
async fn keep(tx: &Tx, batch: &[Evidence], places: Vec<usize>, at: Instant) -> Result<(), Fault> {
    let rows: Vec<NewRecordRow> = places
        .iter()
        .filter_map(|place| batch.get(*place))
        .map(|e| NewRecordRow {
            source: e.source.as_str(),
            device: &e.device,
            pin: &e.pin,
            wall: e.wall.seconds(),
            zone: e.zone.name(),
            flag: e.flag.map(|f| f.as_str()),
            method: e.method.map(|m| m.as_str()),
            raw: &e.raw,
        })
        .collect();
    if !rows.is_empty() {
        store::insert_records(tx, rows, at).await?;
    }
    Ok(())
}

/// Closes the records of the unassigned list whose people are known now.
async fn close(
    tx: &Tx,
    punches: &[NewPunch],
    places: &[usize],
    keys: &[RecordKey],
    known: &HashMap<RecordKey, KnownRecord>,
    by: Option<UserId>,
    at: Instant,
) -> Result<(), Fault> {
    let open: Vec<(i64, PunchKey)> = punches
        .iter()
        .zip(places)
        .filter_map(|(punch, place)| {
            let record = known.get(keys.get(*place)?)?;
            Some((record.id, PunchKey::of(punch)))
        })
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let wanted: Vec<PunchKey> = open.iter().map(|(_, key)| key.clone()).collect();
    let ids: HashMap<PunchKey, _> = store::find_punches(tx, &wanted).await?.into_iter().collect();
    let closings: Vec<Closing> = open
        .iter()
        .filter_map(|(id, key)| ids.get(key).map(|p| Closing { id: *id, punch_id: p.0 }))
        .collect();
    store::close_records(tx, &closings, by, at).await?;
    Ok(())
}
