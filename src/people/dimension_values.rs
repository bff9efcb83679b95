//! The value trees of dimensions.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use vocabulary::{DimensionId, DimensionValueId};

use super::master_read::like;
use crate::base::{Fault, Query, id_rows, id_value};

/// A value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ValueRow {
    pub id: DimensionValueId,
    pub dimension_id: DimensionId,
    pub parent_id: Option<DimensionValueId>,
    pub code: String,
    pub name: String,
    /// Nobody new is assigned to one that is not active.
    pub active: bool,
    pub version: i32,
}

/// Which values are wanted.
#[derive(Clone, Debug, Default)]
pub struct ValueFilter {
    pub id: Option<DimensionValueId>,
    pub dimension: Option<DimensionId>,
    /// This value and all below it.
    pub under: Option<DimensionValueId>,
    /// Part of code or name.
    pub text: Option<String>,
    pub active: Option<bool>,
    /// Ids after this one.
    pub after: DimensionValueId,
    pub limit: u32,
}

/// Values in the order of their ids; `parent_id` makes the tree.
pub async fn dimension_values(q: &impl Query, f: &ValueFilter) -> Result<Vec<ValueRow>, Fault> {
    // The tree is short and never a circle; UNION ends even if it were.
    let sql = "WITH RECURSIVE below (id) AS (SELECT v.id FROM dimension_value v WHERE v.id = $3 \
           UNION SELECT v.id FROM below b JOIN dimension_value v ON v.parent_id = b.id) \
         SELECT v.id, v.dimension_id, v.parent_id, v.code, v.name, v.active, v.version \
         FROM dimension_value v WHERE ($1 IS NULL OR v.id = $1) \
           AND ($2 IS NULL OR v.dimension_id = $2) \
           AND ($3 IS NULL OR v.id IN (SELECT b.id FROM below b)) \
           AND ($4 IS NULL OR lower(v.code) LIKE $4 ESCAPE '\\' OR lower(v.name) LIKE $4 ESCAPE '\\') \
           AND ($5 IS NULL OR v.active = $5) AND v.id > $6 ORDER BY v.id LIMIT $7";
    let values = vec![
        f.id.into(),
        f.dimension.into(),
        f.under.into(),
        f.text.as_deref().map(like).into(),
        f.active.into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    q.rows(sql, values).await
}

/// One value.
pub async fn dimension_value(
    q: &impl Query,
    id: DimensionValueId,
) -> Result<Option<ValueRow>, Fault> {
    let filter = ValueFilter { id: Some(id), limit: 1, ..ValueFilter::default() };
    Ok(dimension_values(q, &filter).await?.pop())
}

/// All values of a dimension.
pub async fn values_of(q: &impl Query, id: DimensionId) -> Result<Vec<ValueRow>, Fault> {
    let filter = ValueFilter { dimension: Some(id), limit: u32::MAX, ..ValueFilter::default() };
    dimension_values(q, &filter).await
}

#[derive(FromQueryResult)]
struct BelowRow {
    id: DimensionValueId,
    dimension_id: DimensionId,
}

/// These values with all below them, by their dimensions. Unknown ids are left out.
pub async fn values_below(
    q: &impl Query,
    ids: &[DimensionValueId],
) -> Result<HashMap<DimensionId, Vec<DimensionValueId>>, Fault> {
    let sql = format!(
        "WITH RECURSIVE below (id) AS (SELECT k.id FROM {} \
           UNION SELECT v.id FROM below b JOIN dimension_value v ON v.parent_id = b.id) \
         SELECT v.id, v.dimension_id FROM below b JOIN dimension_value v ON v.id = b.id ORDER BY 1",
        id_rows(q.dialect(), "k", 1)
    );
    let rows: Vec<BelowRow> = q.rows(&sql, vec![id_value(ids.iter().map(|v| v.0))]).await?;
    let mut below: HashMap<DimensionId, Vec<DimensionValueId>> = HashMap::new();
    for row in rows {
        below.entry(row.dimension_id).or_default().push(row.id);
    }
    Ok(below)
}
