//! Records of unknown people are given to a person by hand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{PersonId, WallTime, Zone};

use super::receive::{Evidence, Received, settle};
use super::store::{self, RecordRow};
use super::{Flag, Method, Pin, PunchRefusal, Source, Urgency, put_pins};
use crate::base::{Actor, App, Failure, Fault, Once, Scope, audit, begin_once, finish_once};
use crate::people;

/// Most records of one request.
pub const MAX_RECORDS: usize = 1_000;

/// Records to be given to a person.
#[derive(Clone, Debug, Serialize)]
pub struct Assignment {
    pub records: Vec<i64>,
    pub person: PersonId,
    /// Also remember the numbers on their devices for this person, so that later records find him.
    pub remember: bool,
}

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assigned {
    /// A new punch.
    Punch,
    /// The person has this punch already, or the record was assigned before.
    Known,
    /// There is no such record.
    NotFound,
}

/// Makes punches of records, in the order of the request.
pub async fn assign(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    wanted: &Assignment,
    once: &Once,
) -> Result<Vec<Assigned>, Failure> {
    if wanted.records.is_empty() || wanted.records.len() > MAX_RECORDS {
        return Err(PunchRefusal::TooManyRows { max: MAX_RECORDS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_punches", once, at).await? {
        return Ok(done);
    }
    let seen = people::visible(&tx, scope, &[wanted.person], app.today()).await?;
    if !seen.contains(&wanted.person) {
        return Err(PunchRefusal::PersonNotFound { index: None }.into());
    }
    let rows = store::records_by_id(&tx, &wanted.records).await?;
    let batch = evidence(&rows)?;
    let whose = vec![Some(wanted.person); batch.len()];
    let received = settle(&tx, &batch, &whose, actor.user, Urgency::Now, at).await?;
    if wanted.remember {
        let pins: BTreeSet<Pin> =
            batch.iter().map(|e| Pin { device: e.device.clone(), pin: e.pin.clone() }).collect();
        let pins: Vec<_> = pins.into_iter().map(|p| (p, wanted.person)).collect();
        put_pins(&tx, &pins).await?;
    }
    let outcome = |id: &i64| {
        let place = rows.iter().position(|r| r.id == *id);
        match place.and_then(|at| received.get(at)) {
            Some(Received::Accepted) => Assigned::Punch,
            Some(_) => Assigned::Known,
            None => Assigned::NotFound,
        }
    };
    let done: Vec<Assigned> = wanted.records.iter().map(outcome).collect();
    let detail = json!({ "records": wanted.records, "remember": wanted.remember });
    let person = wanted.person.to_string();
    audit(&tx, actor, at, "assign", "unassigned_punch", &person, detail).await?;
    finish_once(&tx, actor, "assign_punches", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// Stored records as devices told them.
pub(super) fn evidence(rows: &[RecordRow]) -> Result<Vec<Evidence>, Fault> {
    let one = |r: &RecordRow| {
        let zone: Zone = r.zone.parse().map_err(|e| Fault::new("zone of a record", e))?;
        let source = Source::parse(&r.source).ok_or_else(|| Fault::text("source of a record"))?;
        Ok(Evidence {
            device: r.device.clone(),
            pin: r.pin.clone(),
            wall: WallTime::from_seconds(r.wall),
            zone,
            flag: r.flag.as_deref().and_then(Flag::parse),
            source,
            method: r.method.as_deref().and_then(Method::parse),
            raw: r.raw.clone(),
        })
    };
    rows.iter().map(one).collect()
}
