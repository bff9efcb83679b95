//! The value of a dimension that counts for somebody on a date: his own, else that of the nearest department that has
//! one (domain 2).

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, PersonId};

use crate::base::{ColumnKind, Fault, Query, json_rows};
use crate::identity::dimension_of;

#[derive(FromQueryResult)]
struct Found {
    person_id: PersonId,
    dimension_id: DimensionId,
    value_id: Option<DimensionValueId>,
}

/// The values of all dimensions for these persons on a date, in one query.
pub async fn dimensions_of(
    q: &impl Query,
    people: &[PersonId],
    on: LocalDate,
) -> Result<HashMap<PersonId, Vec<(DimensionId, DimensionValueId)>>, Fault> {
    let rows: Vec<_> = people.iter().map(|p| json!({ "id": p.0 })).collect();
    let sql = format!(
        "SELECT k.id AS person_id, d.id AS dimension_id, {} AS value_id FROM {} \
         CROSS JOIN dimension d WHERE $2 IS NOT NULL ORDER BY k.id, d.id",
        dimension_of("d.id", "$2", "k.id"),
        json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)])
    );
    let values = vec![serde_json::Value::Array(rows).to_string().into(), on.into()];
    let found: Vec<Found> = q.rows(&sql, values).await?;
    let mut all: HashMap<PersonId, Vec<(DimensionId, DimensionValueId)>> = HashMap::new();
    for f in found {
        if let Some(value) = f.value_id {
            all.entry(f.person_id).or_default().push((f.dimension_id, value));
        }
    }
    Ok(all)
}
