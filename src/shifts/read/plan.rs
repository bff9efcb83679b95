use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, OrgId, PersonId, ShiftId, UserId, WallTime};

use super::like;
use crate::base::{ColumnKind, Fault, Query, Scope, json_rows};
use crate::people;

/// A written cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub person: PersonId,
    pub date: LocalDate,
    /// Empty = rest.
    pub shifts: Vec<ShiftId>,
    pub source: String,
    pub author: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

#[derive(FromQueryResult)]
struct CellRow {
    person_id: PersonId,
    work_date: LocalDate,
    shift_ids: String,
    source: String,
    author_id: Option<UserId>,
    at: Instant,
    version: i32,
}

impl CellRow {
    fn cell(self) -> Result<Cell, Fault> {
        Ok(Cell {
            person: self.person_id,
            date: self.work_date,
            shifts: read_shift_ids(&self.shift_ids)?,
            source: self.source,
            author: self.author_id,
            at: self.at,
            version: self.version,
        })
    }
}

/// The list of shifts in a stored cell.
pub fn read_shift_ids(text: &str) -> Result<Vec<ShiftId>, Fault> {
    let ids: Vec<i64> = serde_json::from_str(text)?;
    Ok(ids.into_iter().map(ShiftId).collect())
}

const CELL: &str = "SELECT c.person_id, c.work_date, c.shift_ids, c.source, c.author_id, c.at, \
     c.version FROM roster_cell c";

/// The cells of these people from `from` to `to`, in the order of person and date.
pub async fn cells(
    q: &impl Query,
    scope: &Scope,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<Cell>, Fault> {
    let mut values: Vec<Value> = vec![id_rows(people).into(), from.into(), to.into()];
    let visible = people::within(scope, "c.work_date", "c.person_id", &mut values);
    let input = json_rows(q.dialect(), "r", 1, &[("person_id", ColumnKind::Bigint)]);
    let sql = format!(
        "{CELL} JOIN {input} ON r.person_id = c.person_id \
         WHERE c.work_date BETWEEN $2 AND $3 AND {visible} ORDER BY c.person_id, c.work_date"
    );
    let rows: Vec<CellRow> = q.rows(&sql, values).await?;
    rows.into_iter().map(CellRow::cell).collect()
}

/// A person of the roster screen.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct RosterPerson {
    pub id: PersonId,
    pub number: String,
    pub name: String,
}

/// Whose roster is wanted.
#[derive(Clone, Debug)]
pub struct RosterFilter {
    pub from: LocalDate,
    pub to: LocalDate,
    pub person: Option<PersonId>,
    /// A department with everything below it, on the first date.
    pub org: Option<OrgId>,
    /// Part of number or name.
    pub text: Option<String>,
    /// People after this one.
    pub after: PersonId,
    pub limit: u32,
}

/// People in service between the dates, in the order of their ids.
pub async fn roster_people(
    q: &impl Query,
    scope: &Scope,
    f: &RosterFilter,
) -> Result<Vec<RosterPerson>, Fault> {
    let mut values: Vec<Value> = vec![
        f.from.into(),
        f.to.into(),
        f.person.into(),
        f.text.as_deref().map(like).into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within(scope, "$1", "p.id", &mut values);
    let org = f.org.map_or_else(Scope::everybody, Scope::org);
    let wanted = people::within(&org, "$1", "p.id", &mut values);
    let sql = format!(
        "SELECT p.id, p.number, p.name FROM person p \
         WHERE p.id > $5 AND p.hired_on <= $2 AND (p.left_on IS NULL OR p.left_on >= $1) \
           AND ($3 IS NULL OR p.id = $3) AND ($4 IS NULL OR lower(p.number) LIKE $4 ESCAPE '\\' \
             OR lower(p.name) LIKE $4 ESCAPE '\\') AND {visible} AND {wanted} \
         ORDER BY p.id LIMIT $6"
    );
    q.rows(&sql, values).await
}

/// A JSON list of objects with `person_id`, for `json_rows`.
pub(in crate::shifts) fn id_rows(people: &[PersonId]) -> String {
    let rows: Vec<_> = people.iter().map(|p| serde_json::json!({ "person_id": p.0 })).collect();
    serde_json::Value::Array(rows).to_string()
}

/// One entry of the timeline of the default shift; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DefaultShiftRow {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// `None` = the person follows the roster.
    pub shift_id: Option<ShiftId>,
    pub code: Option<String>,
}

/// The timeline of one person, oldest first; nothing for a person who is out of scope on `today`.
pub async fn default_shifts(
    q: &impl Query,
    scope: &Scope,
    person: PersonId,
    today: LocalDate,
) -> Result<Vec<DefaultShiftRow>, Fault> {
    let mut values: Vec<Value> = vec![person.into(), today.into()];
    let visible = people::within(scope, "$2", "d.person_id", &mut values);
    let sql = format!(
        "SELECT d.person_id, d.valid_from, d.shift_id, s.code FROM default_shift d \
         LEFT JOIN shift s ON s.id = d.shift_id \
         WHERE d.person_id = $1 AND {visible} ORDER BY d.valid_from"
    );
    q.rows(&sql, values).await
}

#[derive(FromQueryResult)]
pub(in crate::shifts) struct StoredDefault {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    pub shift_id: Option<ShiftId>,
}

/// An entry of the timeline of somebody, with his number and name.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DefaultShiftLine {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub valid_from: LocalDate,
    pub shift_id: Option<ShiftId>,
}

/// Entries after this person and date of people in scope on `today`, in the order of person and date.
pub async fn default_shift_lines(
    q: &impl Query,
    scope: &Scope,
    (person, date): (PersonId, LocalDate),
    limit: u32,
    today: LocalDate,
) -> Result<Vec<DefaultShiftLine>, Fault> {
    let mut values: Vec<Value> =
        vec![person.into(), date.into(), i64::from(limit).into(), today.into()];
    let visible = people::within(scope, "$4", "d.person_id", &mut values);
    let sql = format!(
        "SELECT d.person_id, p.number, p.name, d.valid_from, d.shift_id \
         FROM default_shift d JOIN person p ON p.id = d.person_id \
         WHERE (d.person_id, d.valid_from) > ($1, $2) AND $4 IS NOT NULL AND {visible} \
         ORDER BY d.person_id, d.valid_from LIMIT $3"
    );
    q.rows(&sql, values).await
}

/// Whole timelines of default shifts, in the order of person and date.
pub(in crate::shifts) async fn default_lines(
    q: &impl Query,
    people: &[PersonId],
) -> Result<Vec<StoredDefault>, Fault> {
    let input = json_rows(q.dialect(), "r", 1, &[("person_id", ColumnKind::Bigint)]);
    let sql = format!(
        "SELECT d.person_id, d.valid_from, d.shift_id FROM {input} \
         JOIN default_shift d ON d.person_id = r.person_id ORDER BY d.person_id, d.valid_from"
    );
    q.rows(&sql, vec![id_rows(people).into()]).await
}

fn default_columns(q: &impl Query) -> String {
    json_rows(
        q.dialect(),
        "r",
        1,
        &[("person_id", ColumnKind::Bigint), ("valid_from", ColumnKind::Date)],
    )
}

/// The entries that exist at these places.
pub(in crate::shifts) async fn default_shifts_at(
    q: &impl Query,
    rows: &str,
) -> Result<Vec<StoredDefault>, Fault> {
    let sql = format!(
        "SELECT d.person_id, d.valid_from, d.shift_id FROM default_shift d JOIN {} \
         ON r.person_id = d.person_id AND r.valid_from = d.valid_from",
        default_columns(q)
    );
    q.rows(&sql, vec![rows.into()]).await
}

#[derive(FromQueryResult)]
pub(in crate::shifts) struct EntrySpan {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Where the next entry begins.
    pub next_from: Option<LocalDate>,
}

/// How long the entries at these places hold.
pub(in crate::shifts) async fn default_shift_spans(
    q: &impl Query,
    rows: &str,
) -> Result<Vec<EntrySpan>, Fault> {
    let sql = format!(
        "SELECT d.person_id, d.valid_from, (SELECT min(n.valid_from) FROM default_shift n \
           WHERE n.person_id = d.person_id AND n.valid_from > d.valid_from) AS next_from \
         FROM default_shift d JOIN {} \
           ON r.person_id = d.person_id AND r.valid_from = d.valid_from",
        default_columns(q)
    );
    q.rows(&sql, vec![rows.into()]).await
}

/// A block of temporary overtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overtime {
    pub id: i64,
    pub person: PersonId,
    pub date: LocalDate,
    pub start: WallTime,
    pub end: WallTime,
    pub breaks: Vec<(WallTime, WallTime)>,
    pub break_minutes: i32,
    pub reason: String,
    pub author: Option<UserId>,
    pub at: Instant,
    pub revoked_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct OvertimeRow {
    id: i64,
    person_id: PersonId,
    work_date: LocalDate,
    start_wall: i64,
    end_wall: i64,
    breaks: String,
    break_minutes: i32,
    reason: String,
    author_id: Option<UserId>,
    at: Instant,
    revoked_at: Option<Instant>,
}

impl OvertimeRow {
    fn overtime(self) -> Result<Overtime, Fault> {
        let breaks: Vec<(i64, i64)> = serde_json::from_str(&self.breaks)?;
        let wall = WallTime::from_seconds;
        Ok(Overtime {
            id: self.id,
            person: self.person_id,
            date: self.work_date,
            start: wall(self.start_wall),
            end: wall(self.end_wall),
            breaks: breaks.into_iter().map(|(s, e)| (wall(s), wall(e))).collect(),
            break_minutes: self.break_minutes,
            reason: self.reason,
            author: self.author_id,
            at: self.at,
            revoked_at: self.revoked_at,
        })
    }
}

/// Which temporary overtime is wanted.
#[derive(Clone, Debug)]
pub struct OvertimeFilter {
    pub id: Option<i64>,
    pub person: Option<PersonId>,
    pub from: LocalDate,
    pub to: LocalDate,
    /// Also what was revoked.
    pub revoked: bool,
    /// Ids after this one.
    pub after: i64,
    pub limit: u32,
}

/// Temporary overtime in the order of entry.
pub async fn overtime(
    q: &impl Query,
    scope: &Scope,
    f: &OvertimeFilter,
) -> Result<Vec<Overtime>, Fault> {
    let mut values: Vec<Value> = vec![
        f.after.into(),
        f.from.into(),
        f.to.into(),
        f.id.into(),
        f.person.into(),
        f.revoked.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within(scope, "o.work_date", "o.person_id", &mut values);
    let sql = format!(
        "SELECT o.* FROM temporary_overtime o WHERE o.id > $1 AND o.work_date BETWEEN $2 AND $3 \
           AND ($4 IS NULL OR o.id = $4) AND ($5 IS NULL OR o.person_id = $5) \
           AND ($6 OR o.revoked_at IS NULL) AND {visible} ORDER BY o.id LIMIT $7"
    );
    let rows: Vec<OvertimeRow> = q.rows(&sql, values).await?;
    rows.into_iter().map(OvertimeRow::overtime).collect()
}
