use sea_orm::FromQueryResult;
use vocabulary::{CalendarId, LocalDate};

use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// `None` if the code is taken.
pub(super) async fn insert_calendar(
    tx: &Tx,
    code: &str,
    name: &str,
    rest_weekdays: &str,
    is_default: bool,
) -> Result<Option<CalendarId>, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO calendar (code, name, rest_weekdays, is_default) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING RETURNING id",
            vec![code.into(), name.into(), rest_weekdays.into(), is_default.into()],
        )
        .await?;
    Ok(row.map(|r| CalendarId(r.id)))
}

/// Gives a calendar another name.
pub(super) async fn rename(tx: &Tx, id: CalendarId, name: &str) -> Result<(), Fault> {
    let sql = "UPDATE calendar SET name = $2 WHERE id = $1";
    tx.run(sql, vec![id.into(), name.into()]).await?;
    Ok(())
}

/// Counts the version of a calendar up and keeps its row locked; `false` if it has another version.
pub(super) async fn next_version(tx: &Tx, id: CalendarId, version: i32) -> Result<bool, Fault> {
    let sql = "UPDATE calendar SET version = version + 1 WHERE id = $1 AND version = $2";
    Ok(tx.run(sql, vec![id.into(), version.into()]).await? == 1)
}

/// Writes dates of a calendar.
pub(super) async fn put_dates(tx: &Tx, id: CalendarId, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("on_date", ColumnKind::Date),
            ("kind", ColumnKind::Text),
            ("name", ColumnKind::Text),
            ("source", ColumnKind::Text),
        ],
    );
    let sql = format!(
        "INSERT INTO calendar_date (calendar_id, on_date, kind, name, source) \
         SELECT $2, r.on_date, r.kind, r.name, r.source FROM {input} WHERE TRUE \
         ON CONFLICT (calendar_id, on_date) DO UPDATE SET \
           kind = excluded.kind, name = excluded.name, source = excluded.source"
    );
    tx.run(&sql, vec![rows.into(), id.into()]).await
}

/// Removes dates of a calendar.
pub(super) async fn delete_dates(tx: &Tx, id: CalendarId, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &[("on_date", ColumnKind::Date)]);
    let sql = format!(
        "DELETE FROM calendar_date \
         WHERE calendar_id = $2 AND on_date IN (SELECT r.on_date FROM {input})"
    );
    tx.run(&sql, vec![rows.into(), id.into()]).await
}

/// One of the two timelines of persons in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Calendar,
    PeriodSet,
}

impl Line {
    pub const fn table(self) -> &'static str {
        match self {
            Self::Calendar => "calendar_assignment",
            Self::PeriodSet => "period_assignment",
        }
    }

    pub const fn column(self) -> &'static str {
        match self {
            Self::Calendar => "calendar_id",
            Self::PeriodSet => "period_set_id",
        }
    }

    /// The last date an entry can change, if the next one begins on `next_from`. Another period set moves
    /// the date from which the next one counts, and so on: no end is known.
    pub fn end(self, next_from: Option<LocalDate>) -> Option<LocalDate> {
        match self {
            Self::Calendar => next_from.map(|d| d.plus(-1)),
            Self::PeriodSet => None,
        }
    }
}

/// Columns of rows for [`put_entries`].
pub(super) const ENTRY: [(&str, ColumnKind); 3] = [
    ("person_id", ColumnKind::Bigint),
    ("valid_from", ColumnKind::Date),
    ("object_id", ColumnKind::Bigint),
];

/// Writes the entries that have an object and removes those that have none.
pub(super) async fn put_entries(tx: &Tx, line: Line, rows: &str) -> Result<(), Fault> {
    let (table, column) = (line.table(), line.column());
    let input = json_rows(tx.dialect(), "r", 1, &ENTRY);
    let put = match line {
        Line::Calendar => "INSERT INTO calendar_assignment (person_id, valid_from, calendar_id)",
        Line::PeriodSet => "INSERT INTO period_assignment (person_id, valid_from, period_set_id)",
    };
    let sql = format!(
        "{put} SELECT r.person_id, r.valid_from, r.object_id FROM {input} \
         WHERE r.object_id IS NOT NULL ORDER BY r.person_id, r.valid_from \
         ON CONFLICT (person_id, valid_from) DO UPDATE SET {column} = excluded.{column}"
    );
    tx.run(&sql, vec![rows.into()]).await?;
    let sql = format!(
        "DELETE FROM {table} WHERE (person_id, valid_from) IN \
         (SELECT r.person_id, r.valid_from FROM {input} WHERE r.object_id IS NULL)"
    );
    tx.run(&sql, vec![rows.into()]).await?;
    Ok(())
}
