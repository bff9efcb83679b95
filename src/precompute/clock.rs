//! Time makes days dirty too: windows that close, zones that end, midnights.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use vocabulary::{DateSpan, LocalDate, PersonId, Zone};

use crate::base::{App, Fault, Query};
use crate::dirty::{self, Cause, Lane, Mark};

/// Most rows whose time has come that are marked in one transaction.
const MAX_DUE: i64 = 5_000;

#[derive(FromQueryResult)]
struct DueRow {
    person_id: PersonId,
    work_date: LocalDate,
}

#[derive(FromQueryResult)]
struct ZoneRow {
    zone: String,
    marked_through: Option<LocalDate>,
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: PersonId,
    zone: String,
}

/// Marks what became due since it last ran; after downtime one run covers everything that was missed. Returns
/// how many marks it made.
pub async fn tick(app: &App) -> Result<usize, Fault> {
    let due = due_rows(app).await?;
    let begun = midnights(app).await?;
    if due + begun > 0 {
        app.wake.signal();
    }
    Ok(due + begun)
}

/// Rows that time alone can change by now and that nobody has marked since.
async fn due_rows(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    let sql = "SELECT d.person_id, d.work_date FROM day_result d \
               WHERE d.due_at IS NOT NULL AND d.due_at <= $1 \
                 AND NOT EXISTS (SELECT 1 FROM dirty_mark m WHERE m.person_id = d.person_id \
                   AND m.from_date <= d.work_date \
                   AND (m.to_date IS NULL OR m.to_date >= d.work_date)) LIMIT $2";
    let values = || vec![now.into(), MAX_DUE.into()];
    let seen: Vec<DueRow> = app.db.read().rows(sql, values()).await?;
    if seen.is_empty() {
        return Ok(0);
    }
    let tx = app.db.begin().await?;
    let rows: Vec<DueRow> = tx.rows(sql, values()).await?;
    let marks: Vec<Mark> = rows
        .iter()
        .map(|r| Mark {
            person: r.person_id,
            span: DateSpan::day(r.work_date),
            cause: Cause::Clock,
            lane: Lane::Recent,
        })
        .collect();
    dirty::mark_own(&tx, &marks, now).await?;
    tx.commit().await?;
    Ok(marks.len())
}

/// Everybody in service gets a result for each local date that has begun since the zone was last marked.
async fn midnights(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    let sql = "SELECT p.zone, MAX(c.marked_through) AS marked_through FROM person p \
               LEFT JOIN clock_mark c ON c.zone = p.zone GROUP BY p.zone";
    let zones: Vec<ZoneRow> = app.db.read().rows(sql, vec![]).await?;
    let behind = |rows: &[ZoneRow]| -> Result<HashMap<String, (LocalDate, LocalDate)>, Fault> {
        let mut out = HashMap::new();
        for r in rows {
            let zone: Zone = r.zone.parse().map_err(|e| Fault::new("zone of a person", e))?;
            let today = zone.date(now);
            let from = r.marked_through.map_or(today, |d| d.plus(1));
            if from <= today {
                out.insert(r.zone.clone(), (from, today));
            }
        }
        Ok(out)
    };
    if behind(&zones)?.is_empty() {
        return Ok(0);
    }
    let tx = app.db.begin().await?;
    let zones: Vec<ZoneRow> = tx.rows(sql, vec![]).await?;
    let spans = behind(&zones)?;
    let mut marks = Vec::new();
    let people: Vec<PersonRow> = tx.rows("SELECT id, zone FROM person", vec![]).await?;
    for p in people {
        if let Some((from, today)) = spans.get(&p.zone) {
            marks.push(Mark {
                person: p.id,
                span: DateSpan::new(*from, *today),
                cause: Cause::Clock,
                lane: Lane::Recent,
            });
        }
    }
    for (zone, (_, today)) in &spans {
        tx.run(
            "INSERT INTO clock_mark (zone, marked_through) VALUES ($1, $2) \
             ON CONFLICT (zone) DO UPDATE SET marked_through = excluded.marked_through",
            vec![zone.as_str().into(), (*today).into()],
        )
        .await?;
    }
    dirty::mark_own(&tx, &marks, now).await?;
    tx.commit().await?;
    Ok(marks.len())
}
