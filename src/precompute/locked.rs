//! Which dates of the gathered people lie in locked periods.

use std::collections::HashMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use vocabulary::{LocalDate, PeriodId, PeriodSetId, PersonId};

use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};
use crate::calendars::{LockedSpan, NamedPeriod, PeriodLabel, PeriodState, Periods};

/// Whether `day_result d` lies in a locked period.
macro_rules! is_locked {
    () => {
        "EXISTS (SELECT 1 FROM period_archive la JOIN attendance_period lp \
           ON lp.id = la.period_id AND lp.state = 'locked' WHERE la.person_id = d.person_id \
           AND d.work_date BETWEEN la.from_date AND la.to_date)"
    };
}
pub(super) use is_locked;

/// Days before a span in which the period of its first date begins and the one before it ends.
pub const PERIODS_BEFORE: i32 = 124;

#[derive(FromQueryResult)]
struct SpanRow {
    person_id: PersonId,
    period_id: PeriodId,
    period_set_id: PeriodSetId,
    period: String,
    from_date: LocalDate,
    to_date: LocalDate,
}

/// Locked periods with an archive of the people of `w`, as far as they can matter for the spans. Asks
/// nothing where no period near them is locked.
pub async fn locked_spans(
    q: &impl Query,
    w: &str,
    bind: &[Value],
    periods: &Periods,
    since: LocalDate,
) -> Result<HashMap<PersonId, Vec<LockedSpan>>, Fault> {
    let mut found: HashMap<PersonId, Vec<LockedSpan>> = HashMap::new();
    if periods.known.values().all(|k| k.state != PeriodState::Locked) {
        return Ok(found);
    }
    let mut values = bind.to_vec();
    values.push(since.into());
    let rows: Vec<SpanRow> = q
        .rows(
            &format!(
                "SELECT a.person_id, a.period_id, p.period_set_id, p.period, a.from_date, a.to_date \
                 FROM {w} JOIN period_archive a ON a.person_id = w.person_id \
                 JOIN attendance_period p ON p.id = a.period_id \
                 WHERE p.state = 'locked' AND p.to_date >= ${}",
                values.len()
            ),
            values,
        )
        .await?;
    for r in rows {
        found.entry(r.person_id).or_default().push(LockedSpan {
            id: r.period_id,
            set: r.period_set_id,
            period: NamedPeriod {
                label: PeriodLabel::of(&r.period),
                from: r.from_date,
                to: r.to_date,
            },
        });
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct OneRow {
    person_id: PersonId,
}

/// Whether a date from this one on lies in a locked period of the person.
pub async fn is_locked_from(
    q: &impl Query,
    person: PersonId,
    from: LocalDate,
) -> Result<bool, Fault> {
    let sql = "SELECT a.person_id FROM period_archive a \
               JOIN attendance_period p ON p.id = a.period_id AND p.state = 'locked' \
               WHERE a.person_id = $1 AND a.to_date >= $2 LIMIT 1";
    let row: Option<OneRow> = q.row(sql, vec![person.into(), from.into()]).await?;
    Ok(row.is_some_and(|r| r.person_id == person))
}

#[derive(FromQueryResult)]
struct PlaceRow {
    place: i32,
}

/// Of each place whether it lies in a locked period of the person.
pub async fn locked_places(
    q: &impl Query,
    places: &[(PersonId, LocalDate)],
) -> Result<Vec<bool>, Fault> {
    let rows: Vec<_> = places
        .iter()
        .enumerate()
        .map(|(i, (p, d))| json!({ "place": i, "person_id": p.0, "work_date": d }))
        .collect();
    let columns = [
        ("place", ColumnKind::Int),
        ("person_id", ColumnKind::Bigint),
        ("work_date", ColumnKind::Date),
    ];
    let input = json_rows(q.dialect(), "d", 1, &columns);
    let sql = format!("SELECT d.place FROM {input} WHERE {}", is_locked!());
    let rows: Vec<PlaceRow> = q.rows(&sql, vec![json!(rows).to_string().into()]).await?;
    let mut answer = vec![false; places.len()];
    for row in rows {
        if let Some(a) = usize::try_from(row.place).ok().and_then(|i| answer.get_mut(i)) {
            *a = true;
        }
    }
    Ok(answer)
}

#[derive(FromQueryResult)]
struct Found {
    n: i64,
}

/// Whether one of these dates of people lies in a locked period, as far as his part of it was archived.
pub fn in_locked_period<'a>(
    tx: &'a Tx,
    places: &'a [(PersonId, LocalDate)],
) -> BoxFuture<'a, Result<bool, Fault>> {
    async move {
        let rows: Vec<_> =
            places.iter().map(|(p, d)| json!({ "person_id": p.0, "on_date": d })).collect();
        let columns = [("person_id", ColumnKind::Bigint), ("on_date", ColumnKind::Date)];
        let sql = format!(
            "SELECT count(*) AS n FROM {} JOIN period_archive a ON a.person_id = r.person_id \
               AND r.on_date BETWEEN a.from_date AND a.to_date \
             JOIN attendance_period p ON p.id = a.period_id AND p.state = 'locked'",
            json_rows(tx.dialect(), "r", 1, &columns)
        );
        let found: Option<Found> = tx.row(&sql, vec![serde_json::to_string(&rows)?.into()]).await?;
        Ok(found.is_some_and(|f| f.n > 0))
    }
    .boxed()
}
