use sea_orm::FromQueryResult;
use vocabulary::{Instant, RuleId, TemplateId, UserId};

use super::like;
use crate::base::{Fault, Query};
use crate::shifts::grid::Grid;
use crate::shifts::put_template::TemplateKind;

/// A stored template.
#[derive(Clone, Debug)]
pub struct Template {
    pub id: TemplateId,
    pub code: String,
    pub name: String,
    pub scheme: Option<RuleId>,
    pub shift_kind: TemplateKind,
    pub grid: Grid,
    pub active: bool,
    pub author: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

#[derive(FromQueryResult)]
struct Row {
    id: TemplateId,
    code: String,
    name: String,
    scheme_id: Option<RuleId>,
    days: i32,
    shift_kind: String,
    grid: String,
    active: bool,
    author_id: Option<UserId>,
    at: Instant,
    version: i32,
}

impl Row {
    fn template(self) -> Result<Template, Fault> {
        let kind = TemplateKind::parse(&self.shift_kind);
        Ok(Template {
            id: self.id,
            code: self.code,
            name: self.name,
            scheme: self.scheme_id,
            shift_kind: kind.ok_or_else(|| Fault::text("a template has no kind"))?,
            grid: Grid {
                days: usize::try_from(self.days).unwrap_or(0),
                rows: serde_json::from_str(&self.grid)?,
            },
            active: self.active,
            author: self.author_id,
            at: self.at,
            version: self.version,
        })
    }
}

/// Which templates are wanted.
#[derive(Clone, Debug, Default)]
pub struct TemplateFilter {
    pub id: Option<TemplateId>,
    pub code: Option<String>,
    /// Part of code or name.
    pub text: Option<String>,
    pub active: Option<bool>,
    /// Codes after this one.
    pub after: Option<String>,
    pub limit: u32,
}

/// Templates in the order of their codes.
pub async fn templates(q: &impl Query, f: &TemplateFilter) -> Result<Vec<Template>, Fault> {
    let rows: Vec<Row> = q
        .rows(
            "SELECT id, code, name, scheme_id, days, shift_kind, grid, active, author_id, at, version \
             FROM roster_template WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR code = $2) \
               AND ($3 IS NULL OR lower(code) LIKE $3 ESCAPE '\\' \
                 OR lower(name) LIKE $3 ESCAPE '\\') \
               AND ($4 IS NULL OR active = $4) AND ($5 IS NULL OR code > $5) \
             ORDER BY code LIMIT $6",
            vec![
                f.id.into(),
                f.code.clone().into(),
                f.text.as_deref().map(like).into(),
                f.active.into(),
                f.after.clone().into(),
                i64::from(f.limit).into(),
            ],
        )
        .await?;
    rows.into_iter().map(Row::template).collect()
}

/// One template.
pub async fn template(q: &impl Query, id: TemplateId) -> Result<Option<Template>, Fault> {
    let filter = TemplateFilter { id: Some(id), limit: 1, ..TemplateFilter::default() };
    Ok(templates(q, &filter).await?.pop())
}

pub(in crate::shifts) async fn template_by_code(
    q: &impl Query,
    code: &str,
) -> Result<Option<Template>, Fault> {
    let code = Some(code.to_owned());
    Ok(templates(q, &TemplateFilter { code, limit: 1, ..TemplateFilter::default() }).await?.pop())
}
