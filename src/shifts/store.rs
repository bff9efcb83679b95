use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, ShiftId, ShiftVersionId, UserId};

use super::ShiftChange;
use super::layer::Layer;
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// The row of a shift, made if absent. It stays locked until the end of the transaction, so that
/// versions are numbered one after the other.
pub(super) async fn put_shift(tx: &Tx, code: &str, name: Option<&str>) -> Result<ShiftId, Fault> {
    let keep = if name.is_some() { "excluded.name" } else { "shift.name" };
    let sql = format!(
        "INSERT INTO shift (code, name) VALUES ($1, $2) \
         ON CONFLICT (code) DO UPDATE SET name = {keep} RETURNING id"
    );
    let row: Option<IdRow> = tx.row(&sql, vec![code.into(), name.unwrap_or(code).into()]).await?;
    row.map(|r| ShiftId(r.id)).ok_or_else(|| Fault::text("no shift was written"))
}

#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct VersionRow {
    pub version: i32,
    pub effective_from: LocalDate,
    pub body: String,
}

/// Every version of a shift, oldest number first.
pub(super) async fn versions_of(tx: &Tx, id: ShiftId) -> Result<Vec<VersionRow>, Fault> {
    let sql = "SELECT version, effective_from, body FROM shift_version \
               WHERE shift_id = $1 ORDER BY version";
    tx.rows(sql, vec![id.into()]).await
}

pub(super) struct NewVersion<'a> {
    pub shift_id: ShiftId,
    pub version: i32,
    pub effective_from: LocalDate,
    pub body: &'a str,
    pub at: Instant,
    pub author: Option<UserId>,
    pub half_after: Option<i32>,
}

pub(super) async fn insert_version(tx: &Tx, v: &NewVersion<'_>) -> Result<ShiftVersionId, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO shift_version (shift_id, version, effective_from, body, published_at, \
             published_by, half_after) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            vec![
                v.shift_id.into(),
                v.version.into(),
                v.effective_from.into(),
                v.body.into(),
                v.at.into(),
                v.author.into(),
                v.half_after.into(),
            ],
        )
        .await?;
    row.map(|r| ShiftVersionId(r.id)).ok_or_else(|| Fault::text("no version was written"))
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, FromQueryResult)]
pub(super) struct CellKey {
    pub subject_id: i64,
    pub work_date: LocalDate,
}

/// Writes cells, in the order of their keys so that concurrent calls cannot block each other in a
/// circle. A cell is written only if it has the version before the one given (1 = there was none);
/// answers which ones were.
pub(super) async fn put_cells(
    tx: &Tx,
    layer: Layer,
    rows: &str,
    author: Option<UserId>,
    at: Instant,
) -> Result<Vec<CellKey>, Fault> {
    let (table, subject) = (layer.table(), layer.column());
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("subject_id", ColumnKind::Bigint),
            ("work_date", ColumnKind::Date),
            ("shift_ids", ColumnKind::Json),
            ("source", ColumnKind::Text),
            ("template_id", ColumnKind::Bigint),
            ("version", ColumnKind::Int),
        ],
    );
    let sql = format!(
        "INSERT INTO {table} \
           ({subject}, work_date, shift_ids, source, template_id, author_id, at, version) \
         SELECT r.subject_id, r.work_date, r.shift_ids, r.source, r.template_id, $2, $3, r.version \
         FROM {input} WHERE TRUE ORDER BY r.subject_id, r.work_date \
         ON CONFLICT ({subject}, work_date) DO UPDATE SET \
           shift_ids = excluded.shift_ids, source = excluded.source, \
           template_id = excluded.template_id, author_id = excluded.author_id, at = excluded.at, \
           version = excluded.version \
         WHERE {table}.version = excluded.version - 1 \
         RETURNING {subject} AS subject_id, work_date"
    );
    tx.rows(&sql, vec![rows.into(), author.into(), at.into()]).await
}

/// Removes cells that still have the version given; answers which ones were.
pub(super) async fn delete_cells(tx: &Tx, layer: Layer, rows: &str) -> Result<Vec<CellKey>, Fault> {
    let (table, subject) = (layer.table(), layer.column());
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("subject_id", ColumnKind::Bigint),
            ("work_date", ColumnKind::Date),
            ("version", ColumnKind::Int),
        ],
    );
    let sql = format!(
        "DELETE FROM {table} WHERE ({subject}, work_date, version) IN \
         (SELECT r.subject_id, r.work_date, r.version FROM {input}) \
         RETURNING {subject} AS subject_id, work_date"
    );
    tx.rows(&sql, vec![rows.into()]).await
}

/// Keeps what cells were.
pub(super) async fn keep_past(
    tx: &Tx,
    layer: Layer,
    rows: &str,
    author: Option<UserId>,
    at: Instant,
) -> Result<(), Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("subject_id", ColumnKind::Bigint),
            ("work_date", ColumnKind::Date),
            ("version", ColumnKind::Int),
            ("shift_ids", ColumnKind::Json),
            ("source", ColumnKind::Text),
            ("author_id", ColumnKind::Bigint),
            ("at", ColumnKind::Bigint),
        ],
    );
    let sql = format!(
        "INSERT INTO cell_past (layer, subject_id, work_date, version, shift_ids, source, author_id, \
           at, ended_by, ended_at) \
         SELECT $2, r.subject_id, r.work_date, r.version, r.shift_ids, r.source, r.author_id, r.at, \
           $3, $4 FROM {input}"
    );
    tx.run(&sql, vec![rows.into(), layer.as_str().into(), author.into(), at.into()]).await?;
    Ok(())
}

/// Writes entries of the timelines of default shifts.
pub(super) async fn put_default_shifts(tx: &Tx, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("valid_from", ColumnKind::Date),
            ("shift_id", ColumnKind::Bigint),
        ],
    );
    let sql = format!(
        "INSERT INTO default_shift (person_id, valid_from, shift_id) \
         SELECT r.person_id, r.valid_from, r.shift_id FROM {input} WHERE TRUE \
         ORDER BY r.person_id, r.valid_from \
         ON CONFLICT (person_id, valid_from) DO UPDATE SET shift_id = excluded.shift_id"
    );
    tx.run(&sql, vec![rows.into()]).await
}

pub(super) struct OvertimeRow<'a> {
    pub date: LocalDate,
    pub start_wall: i64,
    pub end_wall: i64,
    pub breaks: &'a str,
    pub break_minutes: i32,
    pub reason: &'a str,
    pub author: Option<UserId>,
    pub at: Instant,
}

#[derive(FromQueryResult)]
pub(super) struct OvertimeKey {
    pub id: i64,
    pub person_id: PersonId,
}

/// Writes one block of temporary overtime for every person of the list.
pub(super) async fn insert_overtime(
    tx: &Tx,
    people: &str,
    o: &OvertimeRow<'_>,
) -> Result<Vec<OvertimeKey>, Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &[("person_id", ColumnKind::Bigint)]);
    let sql = format!(
        "INSERT INTO temporary_overtime (person_id, work_date, start_wall, end_wall, breaks, \
         break_minutes, reason, author_id, at) \
         SELECT r.person_id, $2, $3, $4, $5, $6, $7, $8, $9 FROM {input} RETURNING id, person_id"
    );
    let values = vec![
        people.into(),
        o.date.into(),
        o.start_wall.into(),
        o.end_wall.into(),
        o.breaks.into(),
        o.break_minutes.into(),
        o.reason.into(),
        o.author.into(),
        o.at.into(),
    ];
    tx.rows(&sql, values).await
}

/// Revokes a block that is not revoked yet; whether there was one.
pub(super) async fn revoke_overtime(tx: &Tx, id: i64, at: Instant) -> Result<bool, Fault> {
    let sql = "UPDATE temporary_overtime SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.run(sql, vec![id.into(), at.into()]).await? == 1)
}

/// Changes how a shift is shown; whether it had this edition.
pub(super) async fn update_shift(tx: &Tx, id: ShiftId, s: &ShiftChange) -> Result<bool, Fault> {
    let sql = "UPDATE shift SET name = $3, short_name = $4, color = $5, retired_from = $6, \
                 edition = edition + 1 WHERE id = $1 AND edition = $2";
    let values = vec![
        id.into(),
        s.edition.into(),
        s.name.as_str().into(),
        s.short_name.clone().into(),
        s.color.clone().into(),
        s.retired_from.into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}
