//! Shifts with their versions, and (in `plan`) what people are planned for.

mod checks;
mod drafts;
mod effective;
mod findings;
mod grid;
mod history;
mod layered;
mod plan;
mod swaps;
mod teams;
mod templates;

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use vocabulary::{Instant, LocalDate, ShiftId, ShiftVersionId, UserId};

pub use checks::*;
pub use drafts::*;
pub use effective::*;
pub use findings::*;
pub use grid::*;
pub use history::*;
pub use layered::*;
pub use plan::*;
pub use swaps::*;
pub use teams::*;
pub use templates::*;

use super::body;
use crate::base::{Fault, Query};

/// A shift with its version of a date.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ShiftRow {
    pub id: ShiftId,
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub color: Option<String>,
    pub retired_from: Option<LocalDate>,
    pub edition: i32,
    pub latest_version: i32,
    pub version_id: Option<ShiftVersionId>,
    pub version: Option<i32>,
    pub effective_from: Option<LocalDate>,
    pub published_at: Option<Instant>,
    pub published_by: Option<UserId>,
    pub body: Option<String>,
    pub half_after: Option<i32>,
}

/// Which shifts are wanted.
#[derive(Clone, Debug)]
pub struct ShiftFilter {
    /// The version of this date is answered.
    pub on: LocalDate,
    pub id: Option<ShiftId>,
    /// Part of code or name.
    pub text: Option<String>,
    /// Also those that are retired on the date.
    pub retired: bool,
    /// Codes after this one.
    pub after: Option<String>,
    pub limit: u32,
}

/// Shifts in the order of their codes.
pub async fn shifts(q: &impl Query, f: &ShiftFilter) -> Result<Vec<ShiftRow>, Fault> {
    q.rows(
        "SELECT s.id, s.code, s.name, s.short_name, s.color, s.retired_from, s.edition, \
           (SELECT max(v.version) FROM shift_version v WHERE v.shift_id = s.id) AS latest_version, \
           c.id AS version_id, c.version, c.effective_from, c.published_at, c.published_by, c.body, \
           c.half_after \
         FROM shift s LEFT JOIN shift_version c ON c.id = ( \
           SELECT v.id FROM shift_version v WHERE v.shift_id = s.id AND v.effective_from <= $1 \
           ORDER BY v.effective_from DESC, v.version DESC LIMIT 1) \
         WHERE ($2 IS NULL OR s.id = $2) AND ($3 IS NULL OR lower(s.code) LIKE $3 ESCAPE '\\' \
           OR lower(s.name) LIKE $3 ESCAPE '\\') AND ($4 IS NULL OR s.code > $4) \
           AND ($6 OR s.retired_from IS NULL OR s.retired_from > $1) \
         ORDER BY s.code LIMIT $5",
        vec![
            f.on.into(),
            f.id.into(),
            f.text.as_deref().map(like).into(),
            f.after.clone().into(),
            i64::from(f.limit).into(),
            f.retired.into(),
        ],
    )
    .await
}

/// The pattern that finds `text` anywhere, with escape `\`.
fn like(text: &str) -> String {
    let safe = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{}%", safe.to_lowercase())
}

/// A published version.
#[derive(Clone, Debug, FromQueryResult, Serialize, Deserialize)]
pub struct ShiftVersionRow {
    pub id: ShiftVersionId,
    pub shift_id: ShiftId,
    pub code: String,
    pub version: i32,
    pub effective_from: LocalDate,
    pub published_at: Instant,
    pub published_by: Option<UserId>,
    pub body: String,
    /// After which segment the first half ends; `None` = where the due time is halved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_after: Option<i32>,
}

const VERSION: &str = "SELECT v.id, v.shift_id, s.code, v.version, v.effective_from, \
     v.published_at, v.published_by, v.body, v.half_after FROM shift_version v JOIN shift s ON s.id = v.shift_id";

/// Versions of a shift with numbers below `before`, newest number first.
pub async fn shift_versions(
    q: &impl Query,
    id: ShiftId,
    before: Option<i32>,
    limit: u32,
) -> Result<Vec<ShiftVersionRow>, Fault> {
    let sql = format!(
        "{VERSION} WHERE v.shift_id = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT $3"
    );
    let before = before.unwrap_or(i32::MAX);
    q.rows(&sql, vec![id.into(), before.into(), i64::from(limit).into()]).await
}

/// One version of a shift.
pub async fn shift_version(
    q: &impl Query,
    id: ShiftId,
    version: i32,
) -> Result<Option<ShiftVersionRow>, Fault> {
    let sql = format!("{VERSION} WHERE v.shift_id = $1 AND v.version = $2");
    q.row(&sql, vec![id.into(), version.into()]).await
}

/// Every version of every shift, in the order of their ids.
pub async fn all_versions(q: &impl Query) -> Result<Vec<ShiftVersionRow>, Fault> {
    q.rows(&format!("{VERSION} ORDER BY v.id"), Vec::new()).await
}

/// What a roster needs to know of a shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftInfo {
    pub id: ShiftId,
    pub code: String,
    pub name: String,
    /// Of kind `ot`; the same in all versions.
    pub overtime: bool,
    /// The first date with a version.
    pub first: LocalDate,
    /// From this date on nobody is given it any more.
    pub retired_from: Option<LocalDate>,
}

#[derive(FromQueryResult)]
struct InfoRow {
    id: ShiftId,
    code: String,
    name: String,
    body: String,
    first: LocalDate,
    retired_from: Option<LocalDate>,
}

/// Every shift that has a version, by its code.
pub async fn shift_codes(q: &impl Query) -> Result<HashMap<String, ShiftInfo>, Fault> {
    let rows: Vec<InfoRow> = q
        .rows(
            "SELECT s.id, s.code, s.name, s.retired_from, v.body, (SELECT min(w.effective_from) \
               FROM shift_version w WHERE w.shift_id = s.id) AS first \
             FROM shift s JOIN shift_version v ON v.shift_id = s.id AND v.version = 1",
            Vec::new(),
        )
        .await?;
    rows.into_iter()
        .map(|r| {
            let overtime = body::is_overtime(&r.body)?;
            let InfoRow { id, code, name, first, retired_from, .. } = r;
            let info = ShiftInfo { id, code, name, overtime, first, retired_from };
            Ok((info.code.clone(), info))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct NameRow {
    id: ShiftId,
    code: String,
}

/// The codes of all shifts.
pub async fn shift_names(q: &impl Query) -> Result<HashMap<ShiftId, String>, Fault> {
    let rows: Vec<NameRow> = q.rows("SELECT id, code FROM shift", Vec::new()).await?;
    Ok(rows.into_iter().map(|r| (r.id, r.code)).collect())
}

/// Every version of every shift as `(first date, number, shift)`.
pub async fn shifts_by_date(
    q: &impl Query,
) -> Result<HashMap<ShiftId, Vec<(LocalDate, i32, engine::Shift)>>, Fault> {
    let mut all: HashMap<ShiftId, Vec<(LocalDate, i32, engine::Shift)>> = HashMap::new();
    for v in all_versions(q).await? {
        let shift = body::parse(&v)?;
        all.entry(v.shift_id).or_default().push((v.effective_from, v.version, shift));
    }
    Ok(all)
}
