use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, RequestId, RuleId, WallTime};

use super::RequestRefusal;
use super::check::check;
use super::store::{self, RequestKey};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, audit, begin_once, finish_once,
};
use crate::dirty::{self, Cause, Mark, lane};
use crate::people;
use crate::rules::{self, Book, RuleKind};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// An approved form as a user enters it. Times are wall time of the person's zone, in whole
/// minutes.
#[derive(Clone, Debug, Serialize)]
pub struct NewApproved {
    pub person: PersonId,
    /// Code of the request type.
    pub type_code: String,
    pub start: WallTime,
    pub end: WallTime,
    /// When it was approved; of two that cover the same minute with equal priority the earlier one
    /// counts (DD-31). `None` = now.
    pub approved_at: Option<WallTime>,
    /// Only the day count of calendar basis; leave only.
    pub half_day: bool,
    /// Attendance date; overtime only. `None` = date of the start.
    pub overtime_date: Option<LocalDate>,
    /// Overtime only.
    pub breaks: Vec<(WallTime, WallTime)>,
    /// 0…1440 minutes without fixed place; overtime only.
    pub break_minutes: i32,
    pub reason: String,
}

/// A form whose person and type are known to be good, for [`record`].
#[derive(Clone, Debug)]
pub struct ApprovedRow {
    pub form: NewApproved,
    pub type_id: RuleId,
    pub approved_at: WallTime,
}

impl ApprovedRow {
    fn key(&self) -> (PersonId, RuleId, i64, i64) {
        (self.form.person, self.type_id, self.form.start.seconds(), self.form.end.seconds())
    }

    /// Dates the form touches.
    fn span(&self) -> DateSpan {
        let (mut from, mut to) = (self.form.start.date(), self.form.end.plus_seconds(-1).date());
        if let Some(date) = self.form.overtime_date {
            (from, to) = (from.min(date), to.max(date));
        }
        DateSpan::new(from, to)
    }
}

/// What became of a row of [`record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Created(RequestId),
    /// The same form was there already.
    Found(RequestId),
}

/// Records approved forms. Every row has its own outcome, in the order given.
pub async fn record_approved(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    forms: &[NewApproved],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if forms.len() > MAX_ROWS {
        return Err(RequestRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "record_approved", once, at).await? {
        return Ok(done);
    }
    let checked = resolve(&tx, scope, forms, at).await?;
    let good: Vec<ApprovedRow> = checked.iter().filter_map(|r| r.as_ref().ok()).cloned().collect();
    let mut recorded = record(&tx, actor, &good, app.today(), at).await?.into_iter();
    let outcomes: Vec<RowOutcome> = checked
        .iter()
        .map(|r| match r {
            Ok(_) => match recorded.next() {
                Some(Recorded::Created(id)) => Ok(RowOutcome::Created { id: id.0 }),
                Some(Recorded::Found(id)) => Ok(RowOutcome::Found { id: id.0 }),
                None => Err(Fault::text("an outcome is missing")),
            },
            Err(refusal) => Ok(RowOutcome::refused(refusal)),
        })
        .collect::<Result<_, _>>()?;
    finish_once(&tx, actor, "record_approved", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// Finds person, type and time of approval of each form.
async fn resolve(
    tx: &Tx,
    scope: &Scope,
    forms: &[NewApproved],
    at: Instant,
) -> Result<Vec<Result<ApprovedRow, RequestRefusal>>, Fault> {
    let places: Vec<_> = forms.iter().map(|f| (f.person, f.start.date())).collect();
    let people: Vec<PersonId> = forms.iter().map(|f| f.person).collect();
    let visible = people::visible_at(tx, scope, &places).await?;
    let zones = people::zones(tx, &people).await?;
    let codes = rules::codes(tx, RuleKind::RequestType).await?;
    let book = Book::load(tx).await?;
    let mut seen = HashSet::new();
    let rows = forms.iter().zip(visible).map(|(form, visible)| {
        let zone = zones.get(&form.person).filter(|_| visible);
        let zone = zone.ok_or(RequestRefusal::PersonNotFound)?;
        let (code, date) = (form.type_code.clone(), form.start.date());
        let (type_id, _) =
            *codes.get(&code).ok_or_else(|| RequestRefusal::TypeUnknown { code: code.clone() })?;
        let kind = book.on(date).request_type(type_id).map(|t| t.kind);
        let kind = kind.ok_or(RequestRefusal::TypeNotInEffect { code, date })?;
        check(form, kind)?;
        let approved_at = form.approved_at.unwrap_or_else(|| zone.wall(at));
        let row = ApprovedRow { form: form.clone(), type_id, approved_at };
        if seen.insert(row.key()) { Ok(row) } else { Err(RequestRefusal::RowRepeated) }
    });
    Ok(rows.collect())
}

/// Writes forms whose people and types are known to be good, each form at most once, and marks the
/// dates they touch. A form that is there already is found. One answer per row, in order.
pub async fn record(
    tx: &Tx,
    actor: &Actor,
    rows: &[ApprovedRow],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<Recorded>, Fault> {
    let json = Value::Array(rows.iter().map(row_json).collect()).to_string();
    let made = by_key(store::insert(tx, &json, actor.user, at).await?);
    let known = by_key(store::same(tx, &json).await?);
    let new: Vec<&ApprovedRow> = rows.iter().filter(|r| made.contains_key(&r.key())).collect();
    if !new.is_empty() {
        let spans: Vec<(PersonId, DateSpan)> =
            new.iter().map(|r| (r.form.person, r.span())).collect();
        mark(tx, &spans, today, at).await?;
        let detail: Vec<Value> = new.iter().map(|r| row_json(r)).collect();
        let detail = json!({ "rows": detail });
        let count = new.len().to_string();
        audit(tx, actor, at, "record", "approved_request", &count, detail).await?;
    }
    rows.iter()
        .map(|r| match (made.get(&r.key()), known.get(&r.key())) {
            (Some(id), _) => Ok(Recorded::Created(*id)),
            (None, Some(id)) => Ok(Recorded::Found(*id)),
            (None, None) => Err(Fault::text("a request was not written")),
        })
        .collect()
}

fn by_key(keys: Vec<RequestKey>) -> HashMap<(PersonId, RuleId, i64, i64), RequestId> {
    keys.into_iter().map(|k| ((k.person_id, k.type_id, k.start_wall, k.end_wall), k.id)).collect()
}

fn row_json(r: &ApprovedRow) -> Value {
    let f = &r.form;
    let breaks: Vec<_> = f.breaks.iter().map(|(s, e)| (s.seconds(), e.seconds())).collect();
    json!({
        "person_id": f.person.0,
        "type_id": r.type_id.0,
        "start_wall": f.start.seconds(),
        "end_wall": f.end.seconds(),
        "approved_wall": r.approved_at.seconds(),
        "half_day": f.half_day,
        "overtime_date": f.overtime_date,
        "breaks": json!(breaks).to_string(),
        "break_minutes": f.break_minutes,
        "reason": f.reason.trim(),
    })
}

/// Marks the dates that requests touch.
pub(super) async fn mark(
    tx: &Tx,
    spans: &[(PersonId, DateSpan)],
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let people: HashSet<PersonId> = spans.iter().map(|(p, _)| *p).collect();
    let Some(first) = spans.iter().map(|(_, s)| s.from).min() else { return Ok(()) };
    let lane = lane(people.len(), first, today);
    let cause = Cause::Request;
    let marks: Vec<Mark> = spans
        .iter()
        .map(|(person, s)| Mark { person: *person, span: engine::reach_of_plan(*s), cause, lane })
        .collect();
    dirty::mark(tx, &marks, at).await
}
