//! Writing results: only what changed, in a fixed number of statements.

use std::collections::{BTreeSet, HashMap, HashSet};

use engine::Exception;
use rayon::prelude::*;
use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DateSpan, EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId};

use super::gather::Person;
use super::row::{Computed, DAY_RESULT};
use crate::base::{
    ColumnKind as K, CopyCells, Dialect, Fault, Layout, Query, Sheet, Tx, on_all_cores, span_rows,
    span_values,
};

/// Fewer changed rows than this are written one by one.
const FEW: usize = 64;

/// What settling did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub written: usize,
    pub deleted: usize,
    pub unchanged: usize,
}

/// Results of one person over the dates that were computed.
pub struct Outcome<'i> {
    pub person: &'i Person,
    /// Dates whose stored rows are replaced by `results`.
    pub from: LocalDate,
    pub to: LocalDate,
    pub results: Vec<Computed>,
}

/// The rows of an outcome as COPY takes them.
struct Rows {
    bytes: Vec<u8>,
    /// End of each row in `bytes` and whether it differs from what is stored.
    rows: Vec<(usize, bool)>,
    /// Stored dates that have no result any more.
    gone: Vec<LocalDate>,
    changed: usize,
}

impl Rows {
    fn of(o: &Outcome<'_>, at: Instant) -> Self {
        let mut cells = CopyCells(Vec::with_capacity(o.results.len() * 384));
        let mut rows = Vec::with_capacity(o.results.len());
        let mut changed = 0;
        let mut kept = BTreeSet::new();
        for c in &o.results {
            let hash = c.encode(at, &mut cells);
            let differs = o.person.stored.get(&c.date).is_none_or(|s| s.hash != hash);
            changed += usize::from(differs);
            rows.push((cells.0.len(), differs));
            kept.insert(c.date);
        }
        let stored = o.person.stored.range(o.from..=o.to).map(|(d, _)| *d);
        let gone = stored.filter(|d| !kept.contains(d)).collect();
        Self { bytes: cells.0, rows, gone, changed }
    }

    /// First and last date that changes.
    fn touched(&self, o: &Outcome<'_>) -> Option<DateSpan> {
        let changed = o.results.iter().zip(&self.rows).filter(|(_, (_, differs))| *differs);
        let dates = changed.map(|(c, _)| c.date).chain(self.gone.iter().copied());
        let (low, high) = dates
            .fold((LocalDate::MAX, LocalDate::MIN), |(low, high), d| (low.min(d), high.max(d)));
        (low <= high).then(|| DateSpan::new(low, high))
    }
}

/// Writes changed results, deletes those that no longer exist, keeps exceptions and returns the dates that
/// changed, per person.
pub async fn settle(
    tx: &Tx,
    outcomes: &[Outcome<'_>],
    at: Instant,
) -> Result<(Settled, Vec<(PersonId, DateSpan)>), Fault> {
    let size: usize = outcomes.iter().map(|o| o.results.len()).sum();
    let rows: Vec<Rows> = if size < FEW {
        outcomes.iter().map(|o| Rows::of(o, at)).collect()
    } else {
        on_all_cores(|| outcomes.par_iter().map(|o| Rows::of(o, at)).collect())
    };
    let changed: usize = rows.iter().map(|r| r.changed).sum();
    let deleted: usize = rows.iter().map(|r| r.gone.len()).sum();
    let settled = Settled { written: changed, deleted, unchanged: size - changed };
    let touched: Vec<(PersonId, DateSpan)> = outcomes
        .iter()
        .zip(&rows)
        .filter_map(|(o, r)| Some((o.person.id, r.touched(o)?)))
        .collect();
    if touched.is_empty() {
        return Ok((settled, touched));
    }
    let most = changed > FEW && changed * 2 >= size;
    if tx.dialect() == Dialect::Postgres && most {
        replace(tx, outcomes, &rows).await?;
    } else {
        let gone = outcomes.iter().zip(&rows).flat_map(|(o, r)| {
            r.gone.iter().map(|d| json!({ "person_id": o.person.id.0, "work_date": d }))
        });
        DAY_RESULT.delete(tx, gone.collect()).await?;
        let mut sheet = Sheet::new(tx.dialect(), &DAY_RESULT, changed);
        let stored: HashMap<PersonId, &Person> =
            outcomes.iter().map(|o| (o.person.id, o.person)).collect();
        for c in changed_results(outcomes, &rows) {
            let there = stored.get(&c.person).is_some_and(|p| p.stored.contains_key(&c.date));
            sheet.known_row(there, |cells| c.write(cells, at));
        }
        sheet.upsert(tx).await?;
    }
    let changed: Vec<&Computed> = changed_results(outcomes, &rows).collect();
    exceptions(tx, &touched, &changed, outcomes, &rows, at).await?;
    Ok((settled, touched))
}

fn changed_results<'o>(
    outcomes: &'o [Outcome<'_>],
    rows: &'o [Rows],
) -> impl Iterator<Item = &'o Computed> {
    outcomes.iter().zip(rows).flat_map(|(o, r)| {
        let both = o.results.iter().zip(&r.rows);
        both.filter(|(_, (_, differs))| *differs).map(|(c, _)| c)
    })
}

/// Most rows of the unit change: all of them are written again. DELETE of key ranges and one COPY.
async fn replace(tx: &Tx, outcomes: &[Outcome<'_>], rows: &[Rows]) -> Result<(), Fault> {
    let people: Vec<(PersonId, DateSpan)> = outcomes
        .iter()
        .zip(rows)
        .filter(|(_, r)| r.changed > 0 || !r.gone.is_empty())
        .map(|(o, _)| (o.person.id, DateSpan::new(o.from, o.to)))
        .collect();
    let sql = format!(
        "DELETE FROM day_result d USING {} WHERE d.person_id = w.person_id \
         AND d.work_date BETWEEN w.from_date AND w.to_date",
        span_rows(tx.dialect())
    );
    tx.run(&sql, span_values(tx.dialect(), &people)).await?;
    let touched = rows.iter().filter(|r| r.changed > 0 || !r.gone.is_empty());
    DAY_RESULT.copy(tx, touched.map(|r| r.bytes.as_slice())).await
}

#[derive(FromQueryResult)]
struct ExceptionRow {
    person_id: PersonId,
    work_date: LocalDate,
    code: String,
    anchor: i64,
    minutes: Option<i32>,
    org_id: Option<OrgId>,
    position_id: Option<PositionId>,
    employment_kind: Option<EmploymentKind>,
    opened_at: Instant,
    closed_at: Option<Instant>,
}

static DAY_EXCEPTION: Layout = Layout {
    table: "day_exception",
    key: 4,
    columns: &[
        ("person_id", K::Bigint),
        ("work_date", K::Date),
        ("code", K::Text),
        ("anchor", K::Bigint),
        ("minutes", K::Int),
        ("org_id", K::Bigint),
        ("position_id", K::Bigint),
        ("employment_kind", K::Text),
        ("opened_at", K::Bigint),
        ("closed_at", K::Bigint),
    ],
};

/// What tells exceptions of one date and code apart: the time, else the request.
pub fn anchor(e: &Exception) -> i64 {
    match (e.at, &e.request) {
        (Some(at), _) => at.seconds(),
        (None, Some(r)) => r.parse().unwrap_or(0),
        (None, None) => 0,
    }
}

/// Opens new exceptions, reopens what came back, closes what is gone.
async fn exceptions(
    tx: &Tx,
    touched: &[(PersonId, DateSpan)],
    changed: &[&Computed],
    outcomes: &[Outcome<'_>],
    rows: &[Rows],
    at: Instant,
) -> Result<(), Fault> {
    let stored: Vec<ExceptionRow> = tx
        .rows(
            &format!(
                "SELECT e.person_id, e.work_date, e.code, e.anchor, e.minutes, e.org_id, \
                   e.position_id, e.employment_kind, e.opened_at, e.closed_at \
                 FROM {} JOIN day_exception e ON e.person_id = w.person_id \
                   AND e.work_date BETWEEN w.from_date AND w.to_date",
                span_rows(tx.dialect())
            ),
            span_values(tx.dialect(), touched),
        )
        .await?;
    let known: HashMap<(PersonId, LocalDate, &str, i64), &ExceptionRow> =
        stored.iter().map(|r| ((r.person_id, r.work_date, r.code.as_str(), r.anchor), r)).collect();
    let mut open = HashSet::new();
    let mut dates: HashSet<(PersonId, LocalDate)> = HashSet::new();
    let mut written: Vec<ExceptionRow> = Vec::new();
    for c in changed {
        dates.insert((c.person, c.date));
        for e in &c.result.exceptions {
            let key = (c.person, c.date, e.code.as_str(), anchor(e));
            if !open.insert(key) {
                continue;
            }
            let before = known.get(&key);
            let same = before.is_some_and(|r| {
                r.closed_at.is_none()
                    && r.minutes == e.minutes
                    && (r.org_id, r.position_id, r.employment_kind) == (c.org, c.position, c.kind)
            });
            if !same {
                written.push(ExceptionRow {
                    person_id: c.person,
                    work_date: c.date,
                    code: e.code.as_str().to_owned(),
                    anchor: anchor(e),
                    minutes: e.minutes,
                    org_id: c.org,
                    position_id: c.position,
                    employment_kind: c.kind,
                    opened_at: before.map_or(at, |r| r.opened_at),
                    closed_at: None,
                });
            }
        }
    }
    for (o, r) in outcomes.iter().zip(rows) {
        dates.extend(r.gone.iter().map(|d| (o.person.id, *d)));
    }
    let closed = stored.iter().filter(|r| {
        r.closed_at.is_none()
            && dates.contains(&(r.person_id, r.work_date))
            && !open.contains(&(r.person_id, r.work_date, r.code.as_str(), r.anchor))
    });
    let mut sheet = Sheet::new(tx.dialect(), &DAY_EXCEPTION, written.len());
    for (r, closed_at) in written.iter().map(|r| (r, None)).chain(closed.map(|r| (r, Some(at)))) {
        let key = (r.person_id, r.work_date, r.code.as_str(), r.anchor);
        sheet.known_row(known.contains_key(&key), |cells| {
            cells.big(Some(r.person_id.0));
            cells.date(r.work_date);
            cells.text(Some(&r.code));
            cells.big(Some(r.anchor));
            cells.int(r.minutes);
            cells.big(r.org_id.map(|o| o.0));
            cells.big(r.position_id.map(|p| p.0));
            cells.text(r.employment_kind.map(EmploymentKind::as_str));
            cells.big(Some(r.opened_at.millis()));
            cells.big(closed_at.map(Instant::millis));
        });
    }
    sheet.upsert(tx).await
}
