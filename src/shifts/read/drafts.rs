use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DraftId, Instant, LocalDate, PublicationId, UserId};

use super::layered::stored_at;
use crate::base::{Fault, Query};
use crate::shifts::layer::{Layer, Place, StoredCell};

/// A draft of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: DraftId,
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
    /// `open`, `published`, `discarded`.
    pub state: String,
    pub author: Option<UserId>,
    pub at: Instant,
    pub version: i32,
    pub cells: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: DraftId,
    name: String,
    from_date: LocalDate,
    to_date: LocalDate,
    state: String,
    author_id: Option<UserId>,
    at: Instant,
    version: i32,
    cells: i64,
}

impl From<Row> for Draft {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            name: r.name,
            from: r.from_date,
            to: r.to_date,
            state: r.state,
            author: r.author_id,
            at: r.at,
            version: r.version,
            cells: r.cells,
        }
    }
}

/// Drafts, the newest first.
pub async fn drafts(
    q: &impl Query,
    id: Option<DraftId>,
    state: Option<&str>,
    before: Option<DraftId>,
    limit: u32,
) -> Result<Vec<Draft>, Fault> {
    let rows: Vec<Row> = q
        .rows(
            "SELECT d.id, d.name, d.from_date, d.to_date, d.state, d.author_id, d.at, d.version, \
               (SELECT count(*) FROM draft_cell c WHERE c.draft_id = d.id) AS cells \
             FROM roster_draft d WHERE ($1 IS NULL OR d.id = $1) AND ($2 IS NULL OR d.state = $2) \
               AND ($3 IS NULL OR d.id < $3) ORDER BY d.id DESC LIMIT $4",
            vec![id.into(), state.into(), before.into(), i64::from(limit).into()],
        )
        .await?;
    Ok(rows.into_iter().map(Draft::from).collect())
}

/// One draft.
pub async fn draft(q: &impl Query, id: DraftId) -> Result<Option<Draft>, Fault> {
    Ok(drafts(q, Some(id), None, None, 1).await?.pop())
}

/// A publication; its id is the version of the roster.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Publication {
    pub id: PublicationId,
    pub draft_id: DraftId,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub cells: i32,
    pub people: i32,
    pub note: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

/// Publications, the newest first.
pub async fn publications(
    q: &impl Query,
    before: Option<PublicationId>,
    limit: u32,
) -> Result<Vec<Publication>, Fault> {
    let sql = "SELECT id, draft_id, from_date, to_date, cells, people, note, author_id, at \
               FROM roster_publication WHERE ($1 IS NULL OR id < $1) ORDER BY id DESC LIMIT $2";
    q.rows(sql, vec![before.into(), i64::from(limit).into()]).await
}

/// Rows of one statement.
const CHUNK: usize = 20_000;

/// The cells of a layer at these places.
pub(in crate::shifts) async fn stored_places(
    q: &impl Query,
    layer: Layer,
    places: &[Place],
) -> Result<HashMap<Place, StoredCell>, Fault> {
    let mut all = HashMap::new();
    for chunk in places.chunks(CHUNK) {
        let rows: Vec<_> =
            chunk.iter().map(|(s, d)| json!({ "subject_id": s, "work_date": d })).collect();
        all.extend(stored_at(q, layer, &serde_json::to_string(&rows)?).await?);
    }
    Ok(all)
}
