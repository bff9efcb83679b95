//! The two inputs with many rows, punches and stored results: read row by row for few people, by COPY for
//! many on PostgreSQL. COPY takes no parameters; what is written into its text are numbers and dates of ours.

use std::collections::{HashMap, HashSet};

use engine::PunchFlag;
use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, PunchId, WallTime};

use super::{People, RawPunch, Wanted, fnv};
use crate::base::{CopyRows, Dialect, Fault, Query, Tx, midnight_sql, span_rows, span_values};
use crate::precompute::row::StoredRow;

/// From so many people on COPY is worth its own planning.
const MANY: usize = 16;
/// A wall clock is at most a day away from UTC.
const ZONE_REACH: i64 = 86_400;

fn many(q: &Tx, spans: &[Wanted]) -> bool {
    q.dialect() == Dialect::Postgres && spans.len() >= MANY
}

/// Wall seconds at which a span begins and ends.
fn walls(span: &Wanted) -> (i64, i64) {
    let to = span.1.to.unwrap_or(LocalDate::MAX);
    (WallTime::on(span.1.from, 0).seconds(), WallTime::on(to, 0).seconds())
}

/// A literal array.
fn list<T: ToString>(values: impl Iterator<Item = T>) -> String {
    let values: Vec<String> = values.map(|v| v.to_string()).collect();
    format!("'{{{}}}'", values.join(","))
}

pub async fn punches(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    if many(q, spans) {
        copied_punches(q, spans, people).await?;
    } else {
        read_punches(q, spans, people).await?;
    }
    for p in people.values_mut() {
        let key = |p: &RawPunch| (p.wall, p.id);
        if !p.punches.is_sorted_by_key(key) {
            p.punches.sort_unstable_by_key(key);
        }
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct PunchRow {
    id: PunchId,
    person_id: PersonId,
    at: Instant,
    wall: i64,
    flag: Option<String>,
    source: String,
    device: String,
}

fn flag(text: Option<&[u8]>) -> Option<PunchFlag> {
    match text {
        Some(b"in") => Some(PunchFlag::In),
        Some(b"out") => Some(PunchFlag::Out),
        _ => None,
    }
}

async fn read_punches(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    let midnight = |date| midnight_sql(q.dialect(), date);
    let (from, to) = (midnight("w.from_date"), midnight("w.to_date"));
    let rows: Vec<PunchRow> = q
        .rows(
            &format!(
                "SELECT p.id, p.person_id, p.at, p.wall, p.flag, p.source, p.device FROM {} \
                 JOIN punch p ON p.person_id = w.person_id \
                   AND p.at BETWEEN ({from} - {ZONE_REACH}) * 1000 AND ({to} + {ZONE_REACH}) * 1000 \
                 WHERE p.wall BETWEEN {from} AND {to} \
                   AND NOT EXISTS (SELECT 1 FROM punch_void v WHERE v.punch_id = p.id)",
                span_rows(q.dialect())
            ),
            span_values(q.dialect(), spans),
        )
        .await?;
    for r in rows {
        let Some(p) = people.get_mut(&r.person_id) else { continue };
        p.punches.push(RawPunch {
            id: r.id,
            at: r.at,
            wall: WallTime::from_seconds(r.wall),
            flag: flag(r.flag.as_deref().map(str::as_bytes)),
            source: fnv(&[&r.source, &r.device]),
        });
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct VoidRow {
    punch_id: PunchId,
}

async fn copied_punches(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    let voids: Vec<VoidRow> = q
        .rows(
            &format!(
                "SELECT v.punch_id FROM {} JOIN punch_void v ON v.person_id = w.person_id",
                span_rows(q.dialect())
            ),
            span_values(q.dialect(), spans),
        )
        .await?;
    let voids: HashSet<PunchId> = voids.into_iter().map(|v| v.punch_id).collect();
    let low = |s: &Wanted| (walls(s).0 - ZONE_REACH) * 1000;
    let high = |s: &Wanted| (walls(s).1 + ZONE_REACH) * 1000;
    let sql = format!(
        "COPY (SELECT p.person_id, p.id, p.at, p.wall, p.flag, \
           hashtextextended(p.source, hashtextextended(p.device, 0)) \
         FROM unnest({}::bigint[], {}::bigint[], {}::bigint[]) AS w(person_id, low, high) \
         JOIN punch p ON p.person_id = w.person_id AND p.at BETWEEN w.low AND w.high \
           AND p.at BETWEEN {} AND {}) TO STDOUT (FORMAT binary)",
        list(spans.iter().map(|s| s.0)),
        list(spans.iter().map(low)),
        list(spans.iter().map(high)),
        spans.iter().map(low).min().unwrap_or_default(),
        spans.iter().map(high).max().unwrap_or_default(),
    );
    let cuts: HashMap<PersonId, (i64, i64)> = spans.iter().map(|s| (s.0, walls(s))).collect();
    let data = q.copy_out(&sql).await?;
    let mut rows = CopyRows::new(&data)?;
    // Rows of a person come together, so he is looked up once.
    let mut current: Option<(PersonId, (i64, i64), &mut Vec<RawPunch>)> = None;
    while rows.next_row()? {
        let person = PersonId(rows.big()?);
        let (id, at, wall) = (PunchId(rows.big()?), rows.big()?, rows.big()?);
        let (flag, source) = (flag(rows.text()?), rows.big()?);
        if current.as_ref().is_none_or(|(p, _, _)| *p != person) {
            let cut = cuts.get(&person).copied().unwrap_or_default();
            current = people.get_mut(&person).map(|p| (person, cut, &mut p.punches));
        }
        let Some((_, (from, to), punches)) = &mut current else { continue };
        if *from <= wall && wall <= *to && (voids.is_empty() || !voids.contains(&id)) {
            punches.push(RawPunch {
                id,
                at: Instant::from_millis(at),
                wall: WallTime::from_seconds(wall),
                flag,
                source: source.cast_unsigned(),
            });
        }
    }
    Ok(())
}

pub async fn stored(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    if many(q, spans) {
        return copied_stored(q, spans, people).await;
    }
    let rows: Vec<StoredRow> = q
        .rows(
            &format!(
                "SELECT d.person_id, d.work_date, d.hash FROM {} \
                 JOIN day_result d ON d.person_id = w.person_id \
                   AND d.work_date BETWEEN w.from_date AND w.to_date",
                span_rows(q.dialect())
            ),
            span_values(q.dialect(), spans),
        )
        .await?;
    for r in rows {
        if let Some(p) = people.get_mut(&r.person_id) {
            p.stored.insert(r.work_date, r);
        }
    }
    Ok(())
}

async fn copied_stored(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    let to = |s: &Wanted| s.1.to.unwrap_or(LocalDate::MAX);
    let sql = format!(
        "COPY (SELECT d.person_id, d.work_date, d.hash \
         FROM unnest({}::bigint[], {}::date[], {}::date[]) AS w(person_id, low, high) \
         JOIN day_result d ON d.person_id = w.person_id AND d.work_date BETWEEN w.low AND w.high \
           AND d.work_date BETWEEN '{}' AND '{}') TO STDOUT (FORMAT binary)",
        list(spans.iter().map(|s| s.0)),
        list(spans.iter().map(|s| s.1.from)),
        list(spans.iter().map(to)),
        spans.iter().map(|s| s.1.from).min().unwrap_or(LocalDate::MIN),
        spans.iter().map(to).max().unwrap_or(LocalDate::MAX),
    );
    let data = q.copy_out(&sql).await?;
    let mut rows = CopyRows::new(&data)?;
    while rows.next_row()? {
        let (person_id, work_date, hash) = (PersonId(rows.big()?), rows.date()?, rows.big()?);
        if let Some(p) = people.get_mut(&person_id) {
            p.stored.insert(work_date, StoredRow { person_id, work_date, hash });
        }
    }
    Ok(())
}
