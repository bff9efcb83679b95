//! The two inputs with many rows, punches and stored results. PostgreSQL: read row by row for few people, by
//! COPY for many. COPY takes no parameters; what is written into its text are numbers and dates of ours. SQLite:
//! one row per person with all of his, because a row costs more than what is in it.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use engine::PunchFlag;
use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{Instant, LocalDate, PersonId, PunchId, WallTime};

use super::{People, RawPunch, Wanted, fnv};
use crate::base::{
    ColumnKind, CopyRow, CopyRows, Dialect, Fault, Query, Tx, json_rows, midnight_sql, span_rows,
    span_values,
};
use crate::precompute::row::StoredRow;

/// From so many people on COPY is worth its own planning.
const MANY: usize = 16;
/// A wall clock is at most a day away from UTC.
const ZONE_REACH: i64 = 86_400;

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
    match q.dialect() {
        Dialect::Sqlite => joined_punches(q, spans, people).await?,
        Dialect::Postgres if spans.len() >= MANY => copied_punches(q, spans, people).await?,
        Dialect::Postgres => read_punches(q, spans, people).await?,
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
            source: fnv(&[r.source.as_bytes(), r.device.as_bytes()]),
        });
    }
    Ok(())
}

/// Everything of one person in one text: items parted by commas, their fields by blanks.
#[derive(FromQueryResult)]
struct JoinedRow {
    person_id: PersonId,
    list: Option<String>,
}

impl JoinedRow {
    fn items(&self) -> impl Iterator<Item = std::str::Split<'_, char>> {
        let list = self.list.as_deref().into_iter().flat_map(|l| l.split(','));
        list.map(|item| item.split(' '))
    }
}

fn field<'l, T: FromStr>(item: &mut impl Iterator<Item = &'l str>) -> Result<T, Fault> {
    let read = item.next().and_then(|text| text.parse().ok());
    read.ok_or_else(|| Fault::text("a joined row cannot be read"))
}

/// Rows `w(person_id, low, high)` over one parameter, read once.
fn joined_sql(kind: ColumnKind, list: &str) -> String {
    let columns = [("person_id", ColumnKind::Bigint), ("low", kind), ("high", kind)];
    format!(
        "WITH w AS MATERIALIZED (SELECT * FROM {}) SELECT w.person_id, ({list}) AS list FROM w",
        json_rows(Dialect::Sqlite, "w", 1, &columns)
    )
}

async fn joined_punches(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    let bind = |s: &Wanted| {
        let (low, high) = walls(s);
        json!({ "person_id": s.0.0, "low": low, "high": high })
    };
    let bind: Vec<serde_json::Value> = spans.iter().map(bind).collect();
    let sql = joined_sql(
        ColumnKind::Bigint,
        &format!(
            "SELECT group_concat(p.id || ' ' || p.at || ' ' || p.wall || ' ' \
               || COALESCE(p.flag, '-') || ' ' || hex(p.source || ' ' || p.device)) \
             FROM punch p WHERE p.person_id = w.person_id \
               AND p.at BETWEEN (w.low - {ZONE_REACH}) * 1000 AND (w.high + {ZONE_REACH}) * 1000 \
               AND p.wall BETWEEN w.low AND w.high \
               AND NOT EXISTS (SELECT 1 FROM punch_void v WHERE v.punch_id = p.id)"
        ),
    );
    let bind = serde_json::Value::Array(bind).to_string().into();
    let rows: Vec<JoinedRow> = q.rows(&sql, vec![bind]).await?;
    for row in &rows {
        let Some(p) = people.get_mut(&row.person_id) else { continue };
        for mut item in row.items() {
            p.punches.push(RawPunch {
                id: PunchId(field(&mut item)?),
                at: Instant::from_millis(field(&mut item)?),
                wall: WallTime::from_seconds(field(&mut item)?),
                flag: flag(item.next().map(str::as_bytes)),
                source: fnv(&[item.next().unwrap_or_default().as_bytes()]),
            });
        }
    }
    Ok(())
}

async fn joined_stored(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    let bind = |s: &Wanted| {
        let high = s.1.to.unwrap_or(LocalDate::MAX);
        json!({ "person_id": s.0.0, "low": s.1.from, "high": high })
    };
    let bind: Vec<serde_json::Value> = spans.iter().map(bind).collect();
    let sql = joined_sql(
        ColumnKind::Date,
        "SELECT group_concat(d.work_date || ' ' || d.hash) FROM day_result d \
         WHERE d.person_id = w.person_id AND d.work_date BETWEEN w.low AND w.high",
    );
    let bind = serde_json::Value::Array(bind).to_string().into();
    let rows: Vec<JoinedRow> = q.rows(&sql, vec![bind]).await?;
    for row in &rows {
        let Some(p) = people.get_mut(&row.person_id) else { continue };
        for mut item in row.items() {
            let (work_date, hash) = (field(&mut item)?, field(&mut item)?);
            let person_id = row.person_id;
            p.stored.insert(work_date, StoredRow { person_id, work_date, hash });
        }
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
        "COPY (SELECT p.person_id, p.id, p.at, p.wall, p.flag, p.source, p.device \
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
    let mut rows = CopyRows::default();
    let mut read = PunchReader { people, cuts: &cuts, voids: &voids, current: None };
    q.copy_out(&sql, |piece| rows.feed(piece, |row| read.take(row))).await?;
    read.put_down();
    rows.end()
}

/// Punches of people on their way from a COPY. Those of one come together, so that he is looked up once.
struct PunchReader<'r> {
    people: &'r mut People,
    cuts: &'r HashMap<PersonId, (i64, i64)>,
    voids: &'r HashSet<PunchId>,
    current: Option<(PersonId, (i64, i64), Vec<RawPunch>)>,
}

impl PunchReader<'_> {
    fn take(&mut self, mut row: CopyRow<'_>) -> Result<(), Fault> {
        let person = PersonId(row.big()?);
        let (id, at, wall) = (PunchId(row.big()?), row.big()?, row.big()?);
        let (flag, source, device) = (flag(row.text()?), row.text()?, row.text()?);
        if self.current.as_ref().is_none_or(|(p, _, _)| *p != person) {
            self.put_down();
            let cut = self.cuts.get(&person).copied().unwrap_or_default();
            let own = self.people.get_mut(&person).map(|p| std::mem::take(&mut p.punches));
            self.current = own.map(|own| (person, cut, own));
        }
        let Some((_, (from, to), own)) = &mut self.current else { return Ok(()) };
        if *from <= wall && wall <= *to && !self.voids.contains(&id) {
            own.push(RawPunch {
                id,
                at: Instant::from_millis(at),
                wall: WallTime::from_seconds(wall),
                flag,
                source: fnv(&[source.unwrap_or_default(), device.unwrap_or_default()]),
            });
        }
        Ok(())
    }

    /// Gives the punches of the current person to him.
    fn put_down(&mut self) {
        let Some((person, _, own)) = self.current.take() else { return };
        if let Some(p) = self.people.get_mut(&person) {
            p.punches = own;
        }
    }
}

pub async fn stored(q: &Tx, spans: &[Wanted], people: &mut People) -> Result<(), Fault> {
    match q.dialect() {
        Dialect::Sqlite => return joined_stored(q, spans, people).await,
        Dialect::Postgres if spans.len() >= MANY => return copied_stored(q, spans, people).await,
        Dialect::Postgres => {}
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
    let mut rows = CopyRows::default();
    let mut take = |mut row: CopyRow<'_>| {
        let (person_id, work_date, hash) = (PersonId(row.big()?), row.date()?, row.big()?);
        if let Some(p) = people.get_mut(&person_id) {
            p.stored.insert(work_date, StoredRow { person_id, work_date, hash });
        }
        Ok(())
    };
    q.copy_out(&sql, |piece| rows.feed(piece, &mut take)).await?;
    rows.end()
}
