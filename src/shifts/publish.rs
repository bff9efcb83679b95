use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{BatchId, DateSpan, LocalDate, ShiftId, ShiftVersionId};

use super::body::{self, ShiftForm};
use super::{ShiftRefusal, store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Once, audit, begin_once, code_is_valid, finish_once,
    name_is_valid,
};
use crate::dirty::{self, Cause, Object};

/// Words that mean a rest day in a roster.
const RESERVED: [&str; 3] = ["rest", "休", "休息"];

/// A version to be published. The first one makes the shift.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewShiftVersion {
    pub code: String,
    /// `None` = as before; of a new shift its code.
    pub name: Option<String>,
    pub effective_from: LocalDate,
    /// Number of the newest version known to the author, 0 = the shift is new; `None` = not
    /// checked.
    pub expected_version: Option<i32>,
    /// The shift object of the evaluate format.
    pub body: Value,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedShift {
    pub shift_id: ShiftId,
    pub version_id: ShiftVersionId,
    pub version: i32,
    /// People whose days are computed again.
    pub people: u64,
    pub batch: BatchId,
}

/// Publishes a version of a shift and marks everybody who works it while the version is in effect.
pub async fn publish(
    app: &App,
    actor: &Actor,
    new: NewShiftVersion,
    once: &Once,
) -> Result<PublishedShift, Failure> {
    let form = check(&new)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "publish_shift", once, at).await? {
        return Ok(done);
    }
    let shift_id = store::put_shift(&tx, &new.code, new.name.as_deref()).await?;
    let versions = store::versions_of(&tx, shift_id).await?;
    let latest = versions.last().map(|v| (v.version, v.body.as_str()));
    let version = next_version(&new, &form, latest)?;
    let row = store::NewVersion {
        shift_id,
        version,
        effective_from: new.effective_from,
        body: &form.canonical,
        at,
        author: actor.user,
        half_after: form.half_after,
    };
    let version_id = store::insert_version(&tx, &row).await?;
    let next = versions.iter().map(|v| v.effective_from).filter(|d| *d > new.effective_from).min();
    let span = DateSpan { from: new.effective_from, to: next.map(|d| d.plus(-1)) };
    let detail = json!({ "code": new.code, "version": version, "from": new.effective_from });
    audit(&tx, actor, at, "publish", "shift", &shift_id.to_string(), detail).await?;
    let (batch, people) = dirty::mark_concerned(
        &tx,
        Object::Shift(shift_id),
        engine::reach_of_plan(span),
        Cause::Shift,
        actor,
        at,
    )
    .await?;
    let done = PublishedShift { shift_id, version_id, version, people, batch };
    finish_once(&tx, actor, "publish_shift", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// The number of the version that comes after `latest`, its number and body.
pub(super) fn next_version(
    new: &NewShiftVersion,
    form: &ShiftForm,
    latest: Option<(i32, &str)>,
) -> Result<i32, Failure> {
    let number = latest.map_or(0, |(version, _)| version);
    if new.expected_version.is_some_and(|expected| expected != number) {
        return Err(ShiftRefusal::VersionConflict { latest: number }.into());
    }
    if let Some((_, before)) = latest
        && body::is_overtime(before)? != form.overtime
    {
        return Err(ShiftRefusal::KindFixed.into());
    }
    Ok(number + 1)
}

pub(super) fn check(new: &NewShiftVersion) -> Result<ShiftForm, ShiftRefusal> {
    if !code_is_valid(&new.code) {
        return Err(ShiftRefusal::CodeInvalid);
    }
    if RESERVED.contains(&new.code.to_lowercase().as_str()) {
        return Err(ShiftRefusal::CodeReserved);
    }
    if !new.name.as_deref().is_none_or(name_is_valid) {
        return Err(ShiftRefusal::NameInvalid);
    }
    if !EFFECTIVE_RANGE.contains(&new.effective_from) {
        return Err(ShiftRefusal::DateUnreasonable);
    }
    body::read(&new.code, &new.body)
}
