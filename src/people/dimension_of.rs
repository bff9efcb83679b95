//! The value of a dimension that counts for somebody on a date: his own, else that of the nearest department that has
//! one (domain 2).

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, PersonId};

use crate::base::{ColumnKind, Fault, Query, json_rows};

/// The SQL expression of the value's id, NULL where there is none. `dimension`, `on` and `person` are expressions of
/// the dimension's id, the date and the person's id.
pub fn dimension_of(dimension: &str, on: &str, person: &str) -> String {
    let org = format!(
        "(SELECT dpo.org_id FROM person_org dpo WHERE dpo.person_id = {person} \
           AND dpo.valid_from <= {on} ORDER BY dpo.valid_from DESC LIMIT 1)"
    );
    format!(
        "COALESCE((SELECT dp.value_id FROM person_dimension dp WHERE dp.person_id = {person} \
           AND dp.dimension_id = {dimension} AND dp.valid_from <= {on} \
           ORDER BY dp.valid_from DESC LIMIT 1), {})",
        dimension_of_org(dimension, on, &org)
    )
}

/// The same of a department: its own value, else that of the nearest one above it.
pub fn dimension_of_org(dimension: &str, on: &str, org: &str) -> String {
    format!(
        "(SELECT od.value_id FROM org_closure doc JOIN org_dimension od ON od.org_id = doc.ancestor_id \
         WHERE doc.descendant_id = {org} AND doc.valid_from <= {on} \
           AND (doc.valid_to IS NULL OR doc.valid_to >= {on}) \
           AND od.dimension_id = {dimension} AND od.value_id IS NOT NULL \
           AND od.valid_from = (SELECT max(lod.valid_from) FROM org_dimension lod \
             WHERE lod.org_id = od.org_id AND lod.dimension_id = od.dimension_id \
               AND lod.valid_from <= {on}) \
         ORDER BY doc.distance LIMIT 1)"
    )
}

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
