use sea_orm::FromQueryResult;
use vocabulary::{DraftId, Instant, LocalDate, PublicationId, UserId};

use super::layer::Layer;
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct Id {
    id: i64,
}

pub(super) async fn insert_draft(
    tx: &Tx,
    name: &str,
    (from, to): (LocalDate, LocalDate),
    author: Option<UserId>,
    at: Instant,
) -> Result<DraftId, Fault> {
    let row: Option<Id> = tx
        .row(
            "INSERT INTO roster_draft (name, from_date, to_date, state, author_id, at) \
             VALUES ($1, $2, $3, 'open', $4, $5) RETURNING id",
            vec![name.into(), from.into(), to.into(), author.into(), at.into()],
        )
        .await?;
    row.map(|r| DraftId(r.id)).ok_or_else(|| Fault::text("no draft was written"))
}

/// Whether the draft was open and had this version.
pub(super) async fn set_state(
    tx: &Tx,
    id: DraftId,
    version: i32,
    state: &str,
) -> Result<bool, Fault> {
    let sql = "UPDATE roster_draft SET state = $3, version = version + 1 \
               WHERE id = $1 AND version = $2 AND state = 'open'";
    Ok(tx.run(sql, vec![id.into(), version.into(), state.into()]).await? == 1)
}

/// The draft has changed.
pub(super) async fn touch(tx: &Tx, id: DraftId) -> Result<(), Fault> {
    let sql = "UPDATE roster_draft SET version = version + 1 WHERE id = $1";
    tx.run(sql, vec![id.into()]).await?;
    Ok(())
}

/// Writes drafted cells. The version they were drafted over first stays.
pub(super) async fn put_cells(
    tx: &Tx,
    draft: DraftId,
    layer: Layer,
    rows: &str,
) -> Result<(), Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("subject_id", ColumnKind::Bigint),
            ("work_date", ColumnKind::Date),
            ("shift_ids", ColumnKind::Text),
            ("source", ColumnKind::Text),
            ("template_id", ColumnKind::Bigint),
            ("base_version", ColumnKind::Int),
        ],
    );
    let sql = format!(
        "INSERT INTO draft_cell (draft_id, layer, subject_id, work_date, shift_ids, source, \
           template_id, base_version) \
         SELECT $2, $3, r.subject_id, r.work_date, r.shift_ids, r.source, r.template_id, \
           r.base_version FROM {input} WHERE TRUE ORDER BY r.subject_id, r.work_date \
         ON CONFLICT (draft_id, layer, subject_id, work_date) DO UPDATE SET \
           shift_ids = excluded.shift_ids, source = excluded.source, \
           template_id = excluded.template_id"
    );
    tx.run(&sql, vec![rows.into(), draft.into(), layer.as_str().into()]).await?;
    Ok(())
}

pub(super) struct NewPublication<'a> {
    pub draft: DraftId,
    pub from: LocalDate,
    pub to: LocalDate,
    pub cells: usize,
    pub people: usize,
    pub note: &'a str,
    pub author: Option<UserId>,
    pub at: Instant,
}

pub(super) async fn insert_publication(
    tx: &Tx,
    p: &NewPublication<'_>,
) -> Result<PublicationId, Fault> {
    let int = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let row: Option<Id> = tx
        .row(
            "INSERT INTO roster_publication (draft_id, from_date, to_date, cells, people, note, \
               author_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            vec![
                p.draft.into(),
                p.from.into(),
                p.to.into(),
                int(p.cells).into(),
                int(p.people).into(),
                p.note.into(),
                p.author.into(),
                p.at.into(),
            ],
        )
        .await?;
    row.map(|r| PublicationId(r.id)).ok_or_else(|| Fault::text("no publication was written"))
}
