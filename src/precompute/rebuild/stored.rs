//! What is stored, as texts; and whose.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
use vocabulary::{LocalDate, PersonId};

use crate::base::{Cells, Fault, Layout, Query, Scope, id_rows, id_value};
use crate::people;

/// The cells of a row as texts, in the order of its layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<Option<String>>);

impl Cells for Texts {
    fn int(&mut self, v: Option<i32>) {
        self.0.push(v.map(|n| n.to_string()));
    }

    fn big(&mut self, v: Option<i64>) {
        self.0.push(v.map(|n| n.to_string()));
    }

    fn text(&mut self, v: Option<&str>) {
        self.0.push(v.map(str::to_owned));
    }

    fn date(&mut self, v: LocalDate) {
        self.0.push(Some(v.to_string()));
    }
}

impl Texts {
    /// The cell of a column.
    pub fn cell(&self, layout: &Layout, column: &str) -> Option<&str> {
        let i = layout.columns.iter().position(|(name, _)| *name == column)?;
        self.0.get(i)?.as_deref()
    }

    /// The cell of a column as a number or date.
    pub fn value<T: std::str::FromStr>(&self, layout: &Layout, column: &str) -> Option<T> {
        self.cell(layout, column)?.parse().ok()
    }

    /// Columns that differ, those of `except` left out.
    pub fn differing<'l>(
        &'l self,
        other: &'l Self,
        layout: &'l Layout,
        except: &'l [&'l str],
    ) -> impl Iterator<Item = (&'static str, Option<&'l str>, Option<&'l str>)> {
        let cells = self.0.iter().zip(&other.0).map(|(a, b)| (a.as_deref(), b.as_deref()));
        let named = layout.columns.iter().zip(cells).map(|((name, _), (a, b))| (*name, a, b));
        named.filter(move |(name, a, b)| a != b && !except.contains(name))
    }
}

/// A row read as texts: `c0`, `c1` …
struct TextRow(Texts);

impl FromQueryResult for TextRow {
    fn from_query_result(r: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let count = r.column_names().len();
        let cells: Result<_, DbErr> = (0..count).map(|i| r.try_get_by_index(i)).collect();
        Ok(Self(Texts(cells?)))
    }
}

/// The rows of a table of these people that touch the span.
pub async fn rows(
    q: &impl Query,
    layout: &Layout,
    people: &[PersonId],
    (first, last): (&str, &str),
    (from, to): (LocalDate, LocalDate),
) -> Result<Vec<Texts>, Fault> {
    let cells: Vec<String> =
        layout.columns.iter().map(|(c, _)| format!("CAST(t.{c} AS TEXT)")).collect();
    let input = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT {} FROM {input} JOIN {} t ON t.person_id = k.id \
         WHERE t.{first} <= $3 AND t.{last} >= $2",
        cells.join(", "),
        layout.table
    );
    let values = vec![ids(people), from.into(), to.into()];
    let rows: Vec<TextRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

fn ids(people: &[PersonId]) -> Value {
    id_value(people.iter().map(|p| p.0))
}

#[derive(FromQueryResult)]
struct OpenRow {
    person_id: PersonId,
    work_date: LocalDate,
    code: String,
    anchor: i64,
    minutes: Option<i32>,
}

/// Date, code and anchor of an exception.
pub type ExceptionKey = (LocalDate, String, i64);

/// Open exceptions with their minutes, by person.
pub async fn open_exceptions(
    q: &impl Query,
    people: &[PersonId],
    (from, to): (LocalDate, LocalDate),
) -> Result<HashMap<PersonId, BTreeMap<ExceptionKey, Option<i32>>>, Fault> {
    let input = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT e.person_id, e.work_date, e.code, e.anchor, e.minutes FROM {input} \
         JOIN day_exception e ON e.person_id = k.id \
         WHERE e.closed_at IS NULL AND e.work_date BETWEEN $2 AND $3"
    );
    let rows: Vec<OpenRow> = q.rows(&sql, vec![ids(people), from.into(), to.into()]).await?;
    let mut out: HashMap<PersonId, BTreeMap<ExceptionKey, Option<i32>>> = HashMap::new();
    for r in rows {
        let key = (r.work_date, r.code, r.anchor);
        out.entry(r.person_id).or_default().insert(key, r.minutes);
    }
    Ok(out)
}

#[derive(FromQueryResult)]
struct MarkRow {
    person_id: PersonId,
    from_date: LocalDate,
    to_date: Option<LocalDate>,
}

/// Spans of dates that changes wait for, by person.
pub async fn pending(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<(LocalDate, LocalDate)>>, Fault> {
    let input = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT m.person_id, m.from_date, m.to_date FROM {input} \
         JOIN dirty_mark m ON m.person_id = k.id"
    );
    let rows: Vec<MarkRow> = q.rows(&sql, vec![ids(people)]).await?;
    let mut out: HashMap<PersonId, Vec<(LocalDate, LocalDate)>> = HashMap::new();
    for r in rows {
        let to = r.to_date.unwrap_or(LocalDate::MAX);
        out.entry(r.person_id).or_default().push((r.from_date, to));
    }
    Ok(out)
}

#[derive(FromQueryResult)]
struct ZoneRow {
    zone: String,
    marked_through: LocalDate,
}

/// Up to which date the clock has marked the midnights of each zone.
pub async fn midnights(q: &impl Query) -> Result<HashMap<String, LocalDate>, Fault> {
    let rows: Vec<ZoneRow> = q.rows("SELECT zone, marked_through FROM clock_mark", vec![]).await?;
    Ok(rows.into_iter().map(|r| (r.zone, r.marked_through)).collect())
}

/// Whose results are looked at.
#[derive(Clone, Debug)]
pub struct Selection {
    pub scope: Scope,
    pub from: LocalDate,
    pub to: LocalDate,
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: PersonId,
}

/// People who lie in the scope on some date of the span, in the order of their ids, behind `after`.
pub async fn people_between(
    q: &impl Query,
    s: &Selection,
    after: PersonId,
    limit: usize,
) -> Result<Vec<PersonId>, Fault> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![s.from.into(), s.to.into(), after.into(), limit.into()];
    let within = people::within_span(q.dialect(), &s.scope, ("$1", "$2"), "p.id", &mut values);
    let sql = format!(
        "SELECT p.id FROM person p WHERE p.id > $3 AND $1 <= $2 AND {within} ORDER BY p.id LIMIT $4"
    );
    let rows: Vec<PersonRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

/// How many people that are.
pub async fn count_people(q: &impl Query, s: &Selection) -> Result<u64, Fault> {
    let mut values: Vec<Value> = vec![s.from.into(), s.to.into()];
    let within = people::within_span(q.dialect(), &s.scope, ("$1", "$2"), "p.id", &mut values);
    let sql = format!("SELECT COUNT(*) AS n FROM person p WHERE $1 <= $2 AND {within}");
    let row: Option<CountRow> = q.row(&sql, values).await?;
    Ok(row.map_or(0, |r| r.n.unsigned_abs()))
}

#[derive(FromQueryResult)]
struct NumberRow {
    id: PersonId,
    number: String,
}

/// Employee numbers of these people.
pub async fn numbers(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, String>, Fault> {
    let input = id_rows(q.dialect(), "k", 1);
    let sql = format!("SELECT DISTINCT p.id, p.number FROM {input} JOIN person p ON p.id = k.id");
    let rows: Vec<NumberRow> = q.rows(&sql, vec![ids(people)]).await?;
    Ok(rows.into_iter().map(|r| (r.id, r.number)).collect())
}
