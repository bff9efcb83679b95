use std::sync::OnceLock;

use sea_orm::{FromQueryResult, Value};
use vocabulary::{
    BatchId, CalendarId, DateSpan, DimensionValueId, Instant, OrgId, PeriodId, PeriodSetId,
    PositionId, RuleId, ShiftId, TeamId,
};

use super::mark::{Cause, Lane, hold_marks, reached, shard_sql, skipped};
use crate::base::failpoint::{Sabotage, Step, failpoint, sabotaged};
use crate::base::{Actor, Dialect, Fault, Query, Tx};

/// A thing many people share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    Calendar(CalendarId),
    Shift(ShiftId),
    Rule(RuleId),
    Scheme(RuleId),
    RequestType(RuleId),
    PeriodSet(PeriodSetId),
    /// Departments with all below them.
    Orgs(Vec<OrgId>),
    /// Members of teams on the dates of these spans.
    Teams(Vec<(TeamId, DateSpan)>),
    /// Everybody who ever has one of these employment kinds.
    Kinds(Vec<&'static str>),
    /// Everybody who ever has one of these positions.
    Positions(Vec<PositionId>),
    /// Everybody who ever has one of these values or one below it.
    DimensionValues(Vec<DimensionValueId>),
    /// Everybody who took part in a period when it was locked.
    Period(PeriodId),
    /// Everybody with open results that another engine than this one computed.
    Engine(i32),
    Everybody,
}

impl Object {
    /// Kind and id, for the batch; of several things the kind alone.
    pub fn name(&self) -> String {
        match self {
            Self::Calendar(id) => format!("calendar:{id}"),
            Self::Shift(id) => format!("shift:{id}"),
            Self::Rule(id) => format!("rule:{id}"),
            Self::Scheme(id) => format!("scheme:{id}"),
            Self::RequestType(id) => format!("request_type:{id}"),
            Self::PeriodSet(id) => format!("period_set:{id}"),
            Self::Orgs(ids) => match ids.as_slice() {
                [id] => format!("org:{id}"),
                _ => "org".to_owned(),
            },
            Self::Teams(spans) => match spans.as_slice() {
                [(id, _)] => format!("team:{id}"),
                _ => "team".to_owned(),
            },
            Self::Kinds(codes) => format!("employment_kind:{}", codes.join(",")),
            Self::Positions(ids) => match ids.as_slice() {
                [id] => format!("position:{id}"),
                _ => "position".to_owned(),
            },
            Self::DimensionValues(ids) => match ids.as_slice() {
                [id] => format!("dimension_value:{id}"),
                _ => "dimension_value".to_owned(),
            },
            Self::Period(id) => format!("attendance_period:{id}"),
            Self::Engine(version) => format!("engine:{version}"),
            Self::Everybody => "everybody".to_owned(),
        }
    }
}

/// A query that gives `person_id, from_date, to_date`. Its placeholders begin at `$1`.
#[derive(Clone, Debug)]
pub struct Select {
    pub sql: String,
    pub values: Vec<Value>,
}

/// Who is concerned by an object on the dates of a span.
pub type Concern = fn(Dialect, &Object, DateSpan) -> Select;

static CONCERN: OnceLock<Concern> = OnceLock::new();

/// Tells this room who is concerned by what. Called once by the wiring; later calls change nothing.
pub fn register(concern: Concern) {
    CONCERN.get_or_init(|| concern);
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// Marks everybody concerned by `object` on the dates of `span` (already widened) in one statement.
/// Must be the last statement of its verb: it waits for every concurrent change of who is
/// concerned.
pub async fn mark_concerned(
    tx: &Tx,
    object: Object,
    span: DateSpan,
    cause: Cause,
    actor: &Actor,
    at: Instant,
) -> Result<(BatchId, u64), Fault> {
    mark_concerned_on(tx, object, &[span], cause, actor, at).await
}

/// As [`mark_concerned`] in a lane that fits the number of people.
pub async fn mark_concerned_in(
    tx: &Tx,
    object: Object,
    span: DateSpan,
    cause: Cause,
    lane: Lane,
    actor: &Actor,
    at: Instant,
) -> Result<(BatchId, u64), Fault> {
    concerned(tx, object, &[span], cause, lane, actor, at).await
}

/// The same for several spans: one batch.
pub async fn mark_concerned_on(
    tx: &Tx,
    object: Object,
    spans: &[DateSpan],
    cause: Cause,
    actor: &Actor,
    at: Instant,
) -> Result<(BatchId, u64), Fault> {
    concerned(tx, object, spans, cause, Lane::Mass, actor, at).await
}

async fn concerned(
    tx: &Tx,
    object: Object,
    spans: &[DateSpan],
    cause: Cause,
    lane: Lane,
    actor: &Actor,
    at: Instant,
) -> Result<(BatchId, u64), Fault> {
    let Some(concern) = CONCERN.get() else {
        return Err(Fault::text("nobody has said who is concerned by shared objects"));
    };
    failpoint(Step::BulkMarkBegins).await?;
    if !sabotaged(Sabotage::MarkWithoutLock) {
        // A statement of its own: the next one must take its snapshot after the lock is held.
        hold_marks(tx).await?;
    }
    let lane = lane.number();
    let batch: Option<IdRow> = tx
        .row(
            "INSERT INTO mark_batch (cause, object, total, state, lane, author_id, at) \
             VALUES ($1, $2, 0, 'running', $3, $4, $5) RETURNING id",
            vec![
                cause.as_str().into(),
                object.name().into(),
                lane.into(),
                actor.user.into(),
                at.into(),
            ],
        )
        .await?;
    let batch = batch.map(|b| b.id).ok_or_else(|| Fault::text("batch was not inserted"))?;
    let mut marked = 0;
    for span in spans.iter().filter(|_| !skipped(cause)) {
        let select = concern(tx.dialect(), &object, reached(*span, cause));
        let n = select.values.len();
        let mut values = select.values;
        values.extend([cause.as_str().into(), batch.into(), lane.into(), at.into()]);
        let sql = format!(
            "INSERT INTO dirty_mark \
               (shard, person_id, from_date, to_date, cause, batch_id, lane, at) \
             SELECT {}, c.person_id, c.from_date, c.to_date, ${}, ${}, ${}, ${} FROM ({}) AS c",
            shard_sql("c.person_id"),
            n + 1,
            n + 2,
            n + 3,
            n + 4,
            select.sql
        );
        marked += tx.run(&sql, values).await?;
    }
    tx.run(
        "UPDATE mark_batch SET total = $2, state = CASE WHEN $2 = 0 THEN 'done' ELSE state END, \
           done_at = CASE WHEN $2 = 0 THEN at END WHERE id = $1",
        vec![batch.into(), i64::try_from(marked).unwrap_or(i64::MAX).into()],
    )
    .await?;
    failpoint(Step::BulkMarkWritten).await?;
    Ok((BatchId(batch), marked))
}
