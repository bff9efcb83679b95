use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, ShiftId, TeamId, UserId};

use super::read_shift_ids;
use crate::base::{Fault, Query};
use crate::shifts::layer::Layer;

/// What a cell is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCell {
    pub version: i32,
    /// Empty = rest.
    pub shifts: Vec<ShiftId>,
    pub source: String,
    pub author: Option<UserId>,
    pub at: Instant,
    pub ended_by: Option<UserId>,
    /// `None` = it still stands.
    pub ended_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    version: i32,
    shift_ids: String,
    source: String,
    author_id: Option<UserId>,
    at: Instant,
    ended_by: Option<UserId>,
    ended_at: Option<Instant>,
}

/// Entries of one history that are listed.
const MAX: i64 = 500;

/// What a person's cell of a date is and was, the newest first.
pub async fn history_of_person(
    q: &impl Query,
    person: PersonId,
    date: LocalDate,
) -> Result<Vec<PastCell>, Fault> {
    history(q, Layer::Person, person.0, date).await
}

/// The same of a team.
pub async fn history_of_team(
    q: &impl Query,
    team: TeamId,
    date: LocalDate,
) -> Result<Vec<PastCell>, Fault> {
    history(q, Layer::Team, team.0, date).await
}

async fn history(
    q: &impl Query,
    layer: Layer,
    subject: i64,
    date: LocalDate,
) -> Result<Vec<PastCell>, Fault> {
    let sql = format!(
        "SELECT version, shift_ids, source, author_id, at, ended_by, ended_at FROM ( \
           SELECT version, shift_ids, source, author_id, at, CAST(NULL AS BIGINT) AS ended_by, \
             CAST(NULL AS BIGINT) AS ended_at, CAST(0 AS BIGINT) AS no, 0 AS past \
           FROM {} WHERE {} = $1 AND work_date = $2 \
           UNION ALL SELECT version, shift_ids, source, author_id, at, ended_by, ended_at, id, 1 \
           FROM cell_past WHERE layer = $3 AND subject_id = $1 AND work_date = $2) h \
         ORDER BY past, no DESC LIMIT {MAX}",
        layer.table(),
        layer.column()
    );
    let values = vec![subject.into(), date.into(), layer.as_str().into()];
    let rows: Vec<Row> = q.rows(&sql, values).await?;
    rows.into_iter()
        .map(|r| {
            Ok(PastCell {
                version: r.version,
                shifts: read_shift_ids(&r.shift_ids)?,
                source: r.source,
                author: r.author_id,
                at: r.at,
                ended_by: r.ended_by,
                ended_at: r.ended_at,
            })
        })
        .collect()
}
