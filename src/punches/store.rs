//! The only SQL that writes punches, their voidings, records of unknown people and device numbers.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde::Serialize;
use vocabulary::{Instant, PersonId, PunchId, UserId, Zone};

use super::{NewPunch, Pin};
use crate::base::{ColumnKind, Dialect, Fault, Query, Tx, json_rows};

use ColumnKind::{Bigint, Text};

/// What makes a punch the same punch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, FromQueryResult)]
pub(super) struct PunchKey {
    pub person_id: PersonId,
    pub at: Instant,
    pub source: String,
    pub device: String,
}

impl PunchKey {
    pub fn of(p: &NewPunch) -> Self {
        Self {
            person_id: p.person,
            at: p.at,
            source: p.source.as_str().to_owned(),
            device: p.device.clone(),
        }
    }
}

#[derive(Serialize)]
struct PunchRow<'a> {
    person_id: i64,
    at: i64,
    wall: i64,
    zone: &'a str,
    flag: Option<&'a str>,
    source: &'a str,
    method: Option<&'a str>,
    device: &'a str,
    reason: Option<&'a str>,
    raw: Option<&'a str>,
    author_id: Option<i64>,
}

impl<'a> PunchRow<'a> {
    fn of(p: &'a NewPunch, zone: Zone) -> Self {
        Self {
            person_id: p.person.0,
            at: p.at.millis(),
            wall: zone.wall(p.at).seconds(),
            zone: zone.name(),
            flag: p.flag.map(|f| f.as_str()),
            source: p.source.as_str(),
            method: p.method.map(|m| m.as_str()),
            device: &p.device,
            reason: p.reason.as_deref(),
            raw: p.raw.as_deref(),
            author_id: p.author.map(|u| u.0),
        }
    }
}

const PUNCH_COLUMNS: [(&str, ColumnKind); 11] = [
    ("person_id", Bigint),
    ("at", Bigint),
    ("wall", Bigint),
    ("zone", Text),
    ("flag", Text),
    ("source", Text),
    ("method", Text),
    ("device", Text),
    ("reason", Text),
    ("raw", Text),
    ("author_id", Bigint),
];

#[derive(FromQueryResult)]
struct StoredPunch {
    id: PunchId,
    person_id: PersonId,
    at: Instant,
    source: String,
    device: String,
}

impl StoredPunch {
    fn keyed(self) -> (PunchKey, PunchId) {
        let Self { id, person_id, at, source, device } = self;
        (PunchKey { person_id, at, source, device }, id)
    }
}

/// The zone of a person of a punch.
pub(super) fn zone_of(zones: &HashMap<PersonId, Zone>, person: PersonId) -> Result<Zone, Fault> {
    zones.get(&person).copied().ok_or_else(|| Fault::text("a punch of nobody"))
}

/// Inserts what is not there yet; answers the keys that were.
pub(super) async fn insert_punches(
    tx: &Tx,
    punches: &[NewPunch],
    zones: &HashMap<PersonId, Zone>,
    received_at: Instant,
) -> Result<Vec<(PunchKey, PunchId)>, Fault> {
    // One order for everybody, so that concurrent imports wait for each other and do not deadlock.
    let mut rows: Vec<PunchRow> = punches
        .iter()
        .map(|p| Ok(PunchRow::of(p, zone_of(zones, p.person)?)))
        .collect::<Result<_, Fault>>()?;
    rows.sort_by_key(|r| (r.person_id, r.at, r.source, r.device));
    let names: Vec<&str> = PUNCH_COLUMNS.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let sql = format!(
        "INSERT INTO punch ({names}, received_at) \
         SELECT {names}, CAST($2 AS BIGINT) FROM {} WHERE true \
         ON CONFLICT (person_id, at, source, device) DO NOTHING \
         RETURNING id, person_id, at, source, device",
        json_rows(tx.dialect(), "p", 1, &PUNCH_COLUMNS)
    );
    let values = vec![serde_json::to_string(&rows)?.into(), received_at.into()];
    let stored: Vec<StoredPunch> = tx.rows(&sql, values).await?;
    Ok(stored.into_iter().map(StoredPunch::keyed).collect())
}

#[derive(Serialize)]
struct KeyRow<'a> {
    person_id: i64,
    at: i64,
    source: &'a str,
    device: &'a str,
}

/// The punches that are stored under these keys.
pub(super) async fn find_punches(
    tx: &Tx,
    keys: &[PunchKey],
) -> Result<Vec<(PunchKey, PunchId)>, Fault> {
    let rows: Vec<KeyRow> = keys
        .iter()
        .map(|k| KeyRow {
            person_id: k.person_id.0,
            at: k.at.millis(),
            source: &k.source,
            device: &k.device,
        })
        .collect();
    let sql = format!(
        "SELECT p.id, p.person_id, p.at, p.source, p.device FROM {} \
         JOIN punch p ON p.person_id = k.person_id AND p.at = k.at \
          AND p.source = k.source AND p.device = k.device",
        json_rows(
            tx.dialect(),
            "k",
            1,
            &[("person_id", Bigint), ("at", Bigint), ("source", Text), ("device", Text)]
        )
    );
    let found: Vec<StoredPunch> = tx.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await?;
    Ok(found.into_iter().map(StoredPunch::keyed).collect())
}

/// One voiding; false if the punch was void already.
pub(super) async fn insert_void(
    tx: &Tx,
    punch: PunchId,
    person: PersonId,
    punched_at: Instant,
    reason: &str,
    by: Option<UserId>,
    at: Instant,
) -> Result<bool, Fault> {
    let written = tx
        .run(
            "INSERT INTO punch_void (punch_id, person_id, at, reason, voided_by, voided_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (punch_id) DO NOTHING",
            vec![
                punch.into(),
                person.into(),
                punched_at.into(),
                reason.into(),
                by.into(),
                at.into(),
            ],
        )
        .await?;
    Ok(written == 1)
}

/// What makes a record of an unknown person the same record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RecordKey {
    pub source: String,
    pub device: String,
    pub pin: String,
    pub wall: i64,
}

/// A record of an unknown person that is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownRecord {
    pub id: i64,
    pub assigned: bool,
}

#[derive(Serialize)]
struct RecordKeyRow<'a> {
    source: &'a str,
    device: &'a str,
    pin: &'a str,
    wall: i64,
}

#[derive(FromQueryResult)]
struct KnownRow {
    id: i64,
    source: String,
    device: String,
    pin: String,
    wall: i64,
    assigned_to: Option<PunchId>,
}

const RECORD_KEY: [(&str, ColumnKind); 4] =
    [("source", Text), ("device", Text), ("pin", Text), ("wall", Bigint)];

/// The records of these keys that are stored, assigned or not.
pub(super) async fn find_records(
    tx: &Tx,
    keys: &[RecordKey],
) -> Result<Vec<(RecordKey, KnownRecord)>, Fault> {
    let rows: Vec<RecordKeyRow> = keys
        .iter()
        .map(|k| RecordKeyRow { source: &k.source, device: &k.device, pin: &k.pin, wall: k.wall })
        .collect();
    let sql = format!(
        "SELECT u.id, u.source, u.device, u.pin, u.wall, u.assigned_to FROM {} \
         JOIN unassigned_punch u ON u.source = k.source AND u.device = k.device \
          AND u.pin = k.pin AND u.wall = k.wall",
        json_rows(tx.dialect(), "k", 1, &RECORD_KEY)
    );
    let found: Vec<KnownRow> = tx.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await?;
    let keyed = found.into_iter().map(|r| {
        let key = RecordKey { source: r.source, device: r.device, pin: r.pin, wall: r.wall };
        (key, KnownRecord { id: r.id, assigned: r.assigned_to.is_some() })
    });
    Ok(keyed.collect())
}

#[derive(Serialize)]
pub(super) struct NewRecordRow<'a> {
    pub source: &'a str,
    pub device: &'a str,
    pub pin: &'a str,
    pub wall: i64,
    pub zone: &'a str,
    pub flag: Option<&'a str>,
    pub method: Option<&'a str>,
    pub raw: &'a str,
}

/// Keeps records of unknown people; what is there already stays as it is.
pub(super) async fn insert_records(
    tx: &Tx,
    mut rows: Vec<NewRecordRow<'_>>,
    received_at: Instant,
) -> Result<u64, Fault> {
    rows.sort_by_key(|r| (r.source, r.device, r.pin, r.wall));
    let columns = [
        ("source", Text),
        ("device", Text),
        ("pin", Text),
        ("wall", Bigint),
        ("zone", Text),
        ("flag", Text),
        ("method", Text),
        ("raw", Text),
    ];
    let sql = format!(
        "INSERT INTO unassigned_punch \
           (source, device, pin, wall, zone, flag, method, raw, received_at) \
         SELECT source, device, pin, wall, zone, flag, method, raw, CAST($2 AS BIGINT) \
         FROM {} WHERE true ON CONFLICT (source, device, pin, wall) DO NOTHING",
        json_rows(tx.dialect(), "r", 1, &columns)
    );
    tx.run(&sql, vec![serde_json::to_string(&rows)?.into(), received_at.into()]).await
}

#[derive(Serialize)]
pub(super) struct Closing {
    pub id: i64,
    pub punch_id: i64,
}

/// Notes which punch each record became.
pub(super) async fn close_records(
    tx: &Tx,
    rows: &[Closing],
    by: Option<UserId>,
    at: Instant,
) -> Result<u64, Fault> {
    let sql = format!(
        "UPDATE unassigned_punch SET assigned_to = c.punch_id, \
           assigned_by = CAST($2 AS BIGINT), assigned_at = CAST($3 AS BIGINT) \
         FROM {} WHERE unassigned_punch.id = c.id AND unassigned_punch.assigned_to IS NULL",
        json_rows(tx.dialect(), "c", 1, &[("id", Bigint), ("punch_id", Bigint)])
    );
    tx.run(&sql, vec![serde_json::to_string(rows)?.into(), by.into(), at.into()]).await
}

/// A record of an unknown person as it was kept.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct RecordRow {
    pub id: i64,
    pub device: String,
    pub pin: String,
    pub wall: i64,
    pub zone: String,
    pub flag: Option<String>,
    pub source: String,
    pub method: Option<String>,
    pub raw: String,
}

/// The records with these ids, locked until the end of the transaction.
pub(super) async fn records_by_id(tx: &Tx, ids: &[i64]) -> Result<Vec<RecordRow>, Fault> {
    let rows: Vec<_> = ids.iter().map(|id| serde_json::json!({ "id": id })).collect();
    let sql = format!(
        "SELECT u.id, u.device, u.pin, u.wall, u.zone, u.flag, u.source, u.method, u.raw \
         FROM {} JOIN unassigned_punch u ON u.id = k.id ORDER BY u.id{}",
        json_rows(tx.dialect(), "k", 1, &[("id", Bigint)]),
        for_update(tx)
    );
    tx.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await
}

/// Open records of these numbers; device '' stands for every device. At most `limit`.
pub(super) async fn open_records(
    tx: &Tx,
    pins: &[Pin],
    limit: u64,
) -> Result<Vec<RecordRow>, Fault> {
    let sql = format!(
        "SELECT u.id, u.device, u.pin, u.wall, u.zone, u.flag, u.source, u.method, u.raw \
         FROM unassigned_punch u \
         WHERE u.assigned_to IS NULL AND EXISTS (SELECT 1 FROM {} \
           WHERE k.pin = u.pin AND (k.device = u.device OR k.device = '')) \
         ORDER BY u.id LIMIT {limit}{}",
        json_rows(tx.dialect(), "k", 1, &[("device", Text), ("pin", Text)]),
        for_update(tx)
    );
    tx.rows(&sql, vec![serde_json::to_string(pins)?.into()]).await
}

fn for_update(tx: &Tx) -> &'static str {
    match tx.dialect() {
        Dialect::Postgres => " FOR UPDATE OF u",
        Dialect::Sqlite => "",
    }
}

#[derive(Serialize)]
pub(super) struct PinRow<'a> {
    pub device: &'a str,
    pub pin: &'a str,
    pub person_id: i64,
}

/// Says which people these numbers are, in place of what was said before; answers what is new.
pub(super) async fn put_pins(tx: &Tx, mut rows: Vec<PinRow<'_>>) -> Result<Vec<Pin>, Fault> {
    rows.sort_by_key(|r| (r.device, r.pin));
    let sql = format!(
        "INSERT INTO device_pin (device, pin, person_id) \
         SELECT device, pin, person_id FROM {} WHERE true \
         ON CONFLICT (device, pin) DO UPDATE SET person_id = excluded.person_id \
           WHERE device_pin.person_id <> excluded.person_id \
         RETURNING device, pin",
        json_rows(tx.dialect(), "p", 1, &[("device", Text), ("pin", Text), ("person_id", Bigint)])
    );
    tx.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await
}

/// Forgets numbers.
pub(super) async fn remove_pins(tx: &Tx, pins: &[Pin]) -> Result<u64, Fault> {
    let sql = format!(
        "DELETE FROM device_pin WHERE EXISTS (SELECT 1 FROM {} \
         WHERE k.device = device_pin.device AND k.pin = device_pin.pin)",
        json_rows(tx.dialect(), "k", 1, &[("device", Text), ("pin", Text)])
    );
    tx.run(&sql, vec![serde_json::to_string(pins)?.into()]).await
}
