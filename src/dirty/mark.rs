use vocabulary::{DateSpan, Instant, PersonId};

use super::concerned::Select;
use crate::base::failpoint::{Sabotage, Step, failpoint, sabotaged};
use crate::base::{ColumnKind, Dialect, Fault, Query, Tx, json_rows};

/// People with neighbouring ids share a shard, so that a unit of work is a run of keys.
const RUN: i64 = 256;
/// Number of shards; see the table `shard`.
pub const SHARDS: i64 = 64;
/// Key of the advisory lock between marks and bulk marks.
const LOCK: i64 = 0x6b61_6f71_696e;

/// Why dates are dirty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    Punch,
    PunchVoid,
    Roster,
    /// A cell of a team.
    TeamRoster,
    /// A swap or its end.
    Swap,
    TemporaryOvertime,
    DefaultShift,
    Request,
    Shift,
    Calendar,
    CalendarAssignment,
    Rule,
    Scheme,
    SchemeAssignment,
    RequestType,
    Employment,
    Org,
    Position,
    EmploymentKind,
    PeriodSet,
    Dimension,
    Clock,
    Engine,
}

impl Cause {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Punch => "punch",
            Self::PunchVoid => "punch_void",
            Self::Roster => "roster",
            Self::TeamRoster => "team_roster",
            Self::Swap => "swap",
            Self::TemporaryOvertime => "temporary_overtime",
            Self::DefaultShift => "default_shift",
            Self::Request => "request",
            Self::Shift => "shift",
            Self::Calendar => "calendar",
            Self::CalendarAssignment => "calendar_assignment",
            Self::Rule => "rule",
            Self::Scheme => "scheme",
            Self::SchemeAssignment => "scheme_assignment",
            Self::RequestType => "request_type",
            Self::Employment => "employment",
            Self::Org => "org",
            Self::Position => "position",
            Self::EmploymentKind => "employment_kind",
            Self::PeriodSet => "period_set",
            Self::Dimension => "dimension",
            Self::Clock => "clock",
            Self::Engine => "engine",
        }
    }
}

/// Priority of marks, lower first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Somebody did it just now and waits.
    Interactive = 1,
    /// Today and yesterday.
    Recent = 2,
    OpenPeriod = 3,
    Mass = 4,
}

impl Lane {
    pub const fn number(self) -> i32 {
        match self {
            Self::Interactive => 1,
            Self::Recent => 2,
            Self::OpenPeriod => 3,
            Self::Mass => 4,
        }
    }

    pub const fn from_number(n: i32) -> Option<Self> {
        match n {
            1 => Some(Self::Interactive),
            2 => Some(Self::Recent),
            3 => Some(Self::OpenPeriod),
            4 => Some(Self::Mass),
            _ => None,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Recent => "recent",
            Self::OpenPeriod => "open_period",
            Self::Mass => "mass",
        }
    }
}

/// Dates of one person to be computed again. The span is already widened by `engine::reach_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub person: PersonId,
    pub span: DateSpan,
    pub cause: Cause,
    pub lane: Lane,
}

/// The shard of a person, 0 … 63.
pub const fn shard_of(person: PersonId) -> i32 {
    (person.0 / RUN % SHARDS) as i32
}

/// [`shard_of`] in SQL.
pub(super) fn shard_sql(person: &str) -> String {
    format!("CAST(({person} / {RUN}) % {SHARDS} AS INTEGER)")
}

/// Appends marks in the transaction of the change that caused them.
pub async fn mark(tx: &Tx, marks: &[Mark], at: Instant) -> Result<(), Fault> {
    if marks.is_empty() {
        return Ok(());
    }
    failpoint(Step::MarkBegins).await?;
    if tx.dialect() == Dialect::Postgres && !sabotaged(Sabotage::MarkWithoutLock) {
        tx.run("SELECT pg_advisory_xact_lock_shared($1)", vec![LOCK.into()]).await?;
    }
    insert(tx, marks, at).await?;
    failpoint(Step::MarkWritten).await
}

/// Lets nobody mark until the transaction ends, but for punches and the clock. Waits for those who do.
pub async fn hold_marks(tx: &Tx) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT pg_advisory_xact_lock($1)", vec![LOCK.into()]).await?;
    }
    Ok(())
}

/// As [`mark`], without the lock: for punches and the clock only.
pub async fn mark_own(tx: &Tx, marks: &[Mark], at: Instant) -> Result<(), Fault> {
    if marks.is_empty() {
        return Ok(());
    }
    insert(tx, marks, at).await?;
    failpoint(Step::OwnMarkWritten).await
}

/// Marks what a query selects, in one statement and without the lock: for the clock.
pub async fn mark_selected(
    tx: &Tx,
    select: Select,
    cause: Cause,
    lane: Lane,
    at: Instant,
) -> Result<u64, Fault> {
    if skipped(cause) {
        return Ok(0);
    }
    let n = select.values.len();
    let mut values = select.values;
    values.extend([cause.as_str().into(), lane.number().into(), at.into()]);
    let sql = format!(
        "INSERT INTO dirty_mark (shard, person_id, from_date, to_date, cause, lane, at) \
         SELECT {}, c.person_id, c.from_date, c.to_date, ${}, ${}, ${} FROM ({}) AS c",
        shard_sql("c.person_id"),
        n + 1,
        n + 2,
        n + 3,
        select.sql
    );
    let marked = tx.run(&sql, values).await?;
    failpoint(Step::OwnMarkWritten).await?;
    Ok(marked)
}

/// What sabotage leaves of a span. Without sabotage: the span.
pub(super) fn reached(span: DateSpan, cause: Cause) -> DateSpan {
    if !sabotaged(Sabotage::IgnoreNeighbours) {
        return span;
    }
    let after = match cause {
        Cause::Punch | Cause::PunchVoid => -1,
        Cause::Org | Cause::Position | Cause::EmploymentKind | Cause::Clock | Cause::Engine => {
            return span;
        }
        _ => -2,
    };
    DateSpan { from: span.from.plus(2), to: span.to.map(|to| to.plus(after)) }
}

/// Whether sabotage keeps changes of this cause from leaving marks.
pub(super) fn skipped(cause: Cause) -> bool {
    sabotaged(Sabotage::SkipMark(cause.as_str()))
}

async fn insert(tx: &Tx, marks: &[Mark], at: Instant) -> Result<(), Fault> {
    let table = json_rows(
        tx.dialect(),
        "m",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("from_date", ColumnKind::Date),
            ("to_date", ColumnKind::Date),
            ("cause", ColumnKind::Text),
            ("lane", ColumnKind::Int),
        ],
    );
    let rows: Vec<serde_json::Value> = marks
        .iter()
        .filter(|m| !skipped(m.cause))
        .map(|m| {
            let span = reached(m.span, m.cause);
            serde_json::json!({
                "person_id": m.person.0,
                "from_date": span.from,
                "to_date": span.to,
                "cause": m.cause.as_str(),
                "lane": m.lane.number(),
            })
        })
        .collect();
    let shard = shard_sql("m.person_id");
    tx.run(
        &format!(
            "INSERT INTO dirty_mark (shard, person_id, from_date, to_date, cause, lane, at) \
             SELECT {shard}, m.person_id, m.from_date, m.to_date, m.cause, m.lane, $2 FROM {table}"
        ),
        vec![serde_json::Value::Array(rows).to_string().into(), at.into()],
    )
    .await?;
    Ok(())
}
