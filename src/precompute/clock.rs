//! Time makes days dirty too: windows that close, zones that end, midnights. So does a new engine.

use engine::ENGINE_VERSION;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, Zone};

use crate::base::{Actor, App, Dialect, Fault, Query, Tx, put_setting, setting};
use crate::dirty::{self, Cause, Lane, Mark, Object, Select};

/// Most rows whose time has come that are marked in one transaction.
const MAX_DUE: i64 = 5_000;
/// Key of the advisory lock of those who mark for the clock.
const LOCK: i64 = 0x63_6c6f_636b;
/// The setting that holds the engine whose results were marked last.
const ENGINE: &str = "engine_version";
/// No result is older.
const BEGIN: LocalDate = LocalDate::from_days(0);
/// Days back that are still recent.
const RECENT_DAYS: i32 = 2;

#[derive(Clone, FromQueryResult)]
struct DueRow {
    person_id: PersonId,
    work_date: LocalDate,
    due_at: Instant,
}

#[derive(FromQueryResult)]
struct ZoneRow {
    zone: String,
    marked_through: Option<LocalDate>,
}

/// Marks what became due since it last ran; after downtime one run covers everything that was missed. Returns
/// how many marks it made. Of several processes at a time one marks.
pub async fn tick(app: &App) -> Result<u64, Fault> {
    tick_within(app, MAX_DUE).await
}

/// The same with so many marks in a transaction at most.
pub async fn tick_within(app: &App, most: i64) -> Result<u64, Fault> {
    let due = due_rows(app, most).await?;
    let begun = midnights(app).await?;
    if due + begun > 0 {
        app.wake.signal();
    }
    Ok(due + begun)
}

/// A transaction that marks for the clock; `None` while another process does.
async fn alone(app: &App) -> Result<Option<Tx>, Fault> {
    #[derive(FromQueryResult)]
    struct Row {
        held: bool,
    }
    let tx = app.db.begin().await?;
    if tx.dialect() == Dialect::Postgres {
        // A statement of its own: the next one sees what the last holder committed.
        let sql = "SELECT pg_try_advisory_xact_lock($1) AS held";
        let row: Option<Row> = tx.row(sql, vec![LOCK.into()]).await?;
        if !row.is_some_and(|r| r.held) {
            tx.rollback().await?;
            return Ok(None);
        }
    }
    Ok(Some(tx))
}

/// Rows that time alone can change by now, without those that will be computed at once anyway. A mark that
/// stands behind, or waits in a paused batch, does not count: a day becomes final on time.
const DUE: &str = "SELECT d.person_id, d.work_date, d.due_at FROM day_result d \
     WHERE d.due_at <= $1 AND (d.due_at, d.person_id, d.work_date) > ($2, $3, $4) \
       AND NOT EXISTS (SELECT 1 FROM dirty_mark m WHERE m.person_id = d.person_id \
         AND m.batch_id IS NULL AND m.lane <= 3 AND m.from_date <= d.work_date \
         AND (m.to_date IS NULL OR m.to_date >= d.work_date)) \
     ORDER BY d.due_at, d.person_id, d.work_date LIMIT $5";

/// Marks rows whose time has come, a bounded number in each transaction.
async fn due_rows(app: &App, most: i64) -> Result<u64, Fault> {
    let now = app.clock.now();
    let mut last = DueRow {
        person_id: PersonId(0),
        work_date: LocalDate::MIN,
        due_at: Instant::from_millis(0),
    };
    let values = |last: &DueRow, limit: i64| -> Vec<Value> {
        let (person, date) = (last.person_id, last.work_date);
        vec![now.into(), last.due_at.into(), person.into(), date.into(), limit.into()]
    };
    let seen: Option<DueRow> = app.db.read().row(DUE, values(&last, 1)).await?;
    if seen.is_none() {
        return Ok(0);
    }
    let recent = app.today().plus(-RECENT_DAYS);
    let mut marked = 0;
    loop {
        let Some(tx) = alone(app).await? else { return Ok(marked) };
        let rows: Vec<DueRow> = tx.rows(DUE, values(&last, most)).await?;
        let Some(end) = rows.last().cloned() else {
            // At once, not in the background: the midnights want the lock.
            tx.rollback().await?;
            return Ok(marked);
        };
        let marks: Vec<Mark> = rows
            .iter()
            .map(|r| Mark {
                person: r.person_id,
                span: DateSpan::day(r.work_date),
                cause: Cause::Clock,
                lane: if r.work_date >= recent { Lane::Recent } else { Lane::OpenPeriod },
            })
            .collect();
        dirty::mark_own(&tx, &marks, now).await?;
        tx.commit().await?;
        marked += marks.len() as u64;
        last = end;
    }
}

/// Everybody in service gets a result for each local date that has begun since his zone was last marked.
async fn midnights(app: &App) -> Result<u64, Fault> {
    let now = app.clock.now();
    if behind(app.db.read(), now).await?.is_empty() {
        return Ok(0);
    }
    let Some(tx) = alone(app).await? else { return Ok(0) };
    let mut marked = 0;
    for (zone, from, today) in behind(&tx, now).await? {
        let select = in_service(tx.dialect(), &zone, from, today);
        marked += dirty::mark_selected(&tx, select, Cause::Clock, Lane::Recent, now).await?;
        tx.run(
            "INSERT INTO clock_mark (zone, marked_through) VALUES ($1, $2) \
             ON CONFLICT (zone) DO UPDATE SET marked_through = excluded.marked_through",
            vec![zone.as_str().into(), today.into()],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(marked)
}

/// Zones in which dates have begun that are not marked yet, with the first and the last of them.
async fn behind(
    q: &impl Query,
    now: Instant,
) -> Result<Vec<(String, LocalDate, LocalDate)>, Fault> {
    let rows: Vec<ZoneRow> = q
        .rows(
            "SELECT z.zone, c.marked_through FROM (SELECT DISTINCT zone FROM person) AS z \
             LEFT JOIN clock_mark c ON c.zone = z.zone ORDER BY z.zone",
            vec![],
        )
        .await?;
    let mut out = Vec::new();
    for r in rows {
        let zone: Zone = r.zone.parse().map_err(|e| Fault::new("zone of a person", e))?;
        let today = zone.date(now);
        let from = r.marked_through.map_or(today, |d| d.plus(1));
        if from <= today {
            out.push((r.zone, from, today));
        }
    }
    Ok(out)
}

/// People of a zone with the dates of the span on which they are in service.
fn in_service(dialect: Dialect, zone: &str, from: LocalDate, to: LocalDate) -> Select {
    let (ty, greatest, least) = match dialect {
        // Dates are text there, and a cast to DATE would make a number of it.
        Dialect::Sqlite => ("TEXT", "MAX", "MIN"),
        Dialect::Postgres => ("DATE", "GREATEST", "LEAST"),
    };
    let (from_sql, to_sql) = (format!("CAST($1 AS {ty})"), format!("CAST($2 AS {ty})"));
    let sql = format!(
        "SELECT p.id AS person_id, {greatest}(p.hired_on, {from_sql}) AS from_date, \
           {least}(COALESCE(p.left_on, {to_sql}), {to_sql}) AS to_date FROM person p \
         WHERE p.zone = $3 AND p.hired_on <= {to_sql} \
           AND (p.left_on IS NULL OR p.left_on >= {from_sql})"
    );
    Select { sql, values: vec![from.into(), to.into(), zone.into()] }
}

/// A program with a new engine marks all results of another one that are not locked, once, in the mass lane.
/// `None` while another process marks: ask again.
pub async fn adopt_engine(app: &App) -> Result<Option<u64>, Fault> {
    let current = ENGINE_VERSION.to_string();
    if setting(app.db.read(), ENGINE).await?.as_deref() == Some(current.as_str()) {
        return Ok(Some(0));
    }
    let Some(tx) = alone(app).await? else { return Ok(None) };
    if setting(&tx, ENGINE).await?.as_deref() == Some(current.as_str()) {
        tx.rollback().await?;
        return Ok(Some(0));
    }
    #[derive(FromQueryResult)]
    struct OtherRow {
        engine_version: i32,
    }
    let sql = "SELECT engine_version FROM day_result WHERE engine_version <> $1 LIMIT 1";
    let other: Option<OtherRow> = tx.row(sql, vec![ENGINE_VERSION.into()]).await?;
    put_setting(&tx, ENGINE, &current).await?;
    let mut marked = 0;
    if let Some(other) = other {
        let (object, span) = (Object::Engine(ENGINE_VERSION), DateSpan::since(BEGIN));
        let (at, system) = (app.clock.now(), Actor::system());
        (_, marked) = dirty::mark_concerned(&tx, object, span, Cause::Engine, &system, at).await?;
        tracing::info!(from = other.engine_version, to = ENGINE_VERSION, marked, "new engine");
    }
    tx.commit().await?;
    if marked > 0 {
        app.wake.signal();
    }
    Ok(Some(marked))
}
