use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, TemplateId, UserId};

use super::NewTemplate;
use crate::base::{Fault, Query, Tx};

pub(super) struct TemplateRow<'a> {
    pub new: &'a NewTemplate,
    pub grid: &'a str,
    pub author: Option<UserId>,
    pub at: Instant,
}

impl TemplateRow<'_> {
    fn values(&self) -> Vec<Value> {
        let n = self.new;
        vec![
            n.code.as_str().into(),
            n.name.as_str().into(),
            n.scheme.into(),
            i32::try_from(n.days).unwrap_or(i32::MAX).into(),
            n.shift_kind.as_str().into(),
            self.grid.into(),
            n.active.into(),
            self.author.into(),
            self.at.into(),
        ]
    }
}

#[derive(FromQueryResult)]
struct Id {
    id: TemplateId,
}

/// `None` if the code is taken.
pub(super) async fn insert(tx: &Tx, t: &TemplateRow<'_>) -> Result<Option<TemplateId>, Fault> {
    let row: Option<Id> = tx
        .row(
            "INSERT INTO roster_template \
               (code, name, scheme_id, days, shift_kind, grid, active, author_id, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (code) DO NOTHING RETURNING id",
            t.values(),
        )
        .await?;
    Ok(row.map(|r| r.id))
}

/// Whether the template had this version.
pub(super) async fn update(
    tx: &Tx,
    id: TemplateId,
    version: i32,
    t: &TemplateRow<'_>,
) -> Result<bool, Fault> {
    let mut values = t.values();
    values.extend([id.into(), version.into()]);
    let sql = "UPDATE roster_template SET code = $1, name = $2, scheme_id = $3, days = $4, \
                 shift_kind = $5, grid = $6, active = $7, author_id = $8, at = $9, \
                 version = version + 1 WHERE id = $10 AND version = $11";
    Ok(tx.run(sql, values).await? == 1)
}
