use std::collections::HashMap;

use engine::{Shift, ShiftKind};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{LocalDate, RuleId, ShiftId, TemplateId};

use super::grid::{Grid, GridRow};
use super::read::{self, ShiftInfo, Template};
use super::{ShiftRefusal, body, store_templates};
use crate::base::{
    Actor, App, Failure, Fault, Once, Query, Tx, audit, begin_once, code_is_valid, finish_once,
    name_is_valid,
};

/// A team roster template (班组排班模板, domain 11.2) as it is entered.
#[derive(Clone, Debug, Serialize)]
pub struct NewTemplate {
    /// `None` = a new one; else this one in this version.
    pub id: Option<(TemplateId, i32)>,
    pub code: String,
    pub name: String,
    /// The scheme of whoever is rostered with it; `None` = any.
    pub scheme: Option<RuleId>,
    pub days: usize,
    /// Kind of all its shifts.
    pub shift_kind: TemplateKind,
    pub rows: Vec<NewRow>,
    pub active: bool,
}

/// Kind of the shifts of a template. What is generated from one of kind `ot` is added to the cells that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TemplateKind {
    Normal,
    Ot,
    Free,
}

impl TemplateKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Ot => "ot",
            Self::Free => "free",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Normal, Self::Ot, Self::Free].into_iter().find(|k| k.as_str() == text)
    }

    const fn of(kind: ShiftKind) -> Self {
        match kind {
            ShiftKind::Normal => Self::Normal,
            ShiftKind::Ot => Self::Ot,
            ShiftKind::Free => Self::Free,
        }
    }
}

/// The code of a shift, and the team numbers day by day.
#[derive(Clone, Debug, Serialize)]
pub struct NewRow {
    pub shift: String,
    pub days: Vec<Vec<u16>>,
}

/// Writes a template. What was generated from it stays as it is.
pub async fn put_template(
    app: &App,
    actor: &Actor,
    new: &NewTemplate,
    once: &Once,
) -> Result<Template, Failure> {
    if !code_is_valid(&new.code) {
        return Err(ShiftRefusal::CodeInvalid.into());
    }
    if !name_is_valid(&new.name) {
        return Err(ShiftRefusal::NameInvalid.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(id) = begin_once::<TemplateId>(&tx, actor, "put_template", once, at).await? {
        return stored(&tx, id).await;
    }
    let codes = read::shift_codes(&tx).await?;
    let grid = grid(new, &codes)?;
    let shifts = shifts_on(&tx, &ids(&grid), app.today()).await?;
    if shifts.iter().any(|s| TemplateKind::of(s.kind) != new.shift_kind) {
        return Err(ShiftRefusal::TemplateKindMixed.into());
    }
    grid.check(&shifts)?;
    let text = serde_json::to_string(&grid.rows)?;
    let row = store_templates::TemplateRow { new, grid: &text, author: actor.user, at };
    let id = match new.id {
        None => store_templates::insert(&tx, &row).await?.ok_or(ShiftRefusal::CodeTaken)?,
        Some((id, version)) => {
            let before = read::template(&tx, id).await?.ok_or(ShiftRefusal::TemplateNotFound)?;
            let taken = read::template_by_code(&tx, &new.code).await?;
            if taken.is_some_and(|t| t.id != id) {
                return Err(ShiftRefusal::CodeTaken.into());
            }
            if !store_templates::update(&tx, id, version, &row).await? {
                return Err(ShiftRefusal::TemplateChanged { version: before.version }.into());
            }
            id
        }
    };
    let detail = json!({ "template": new });
    audit(&tx, actor, at, "put", "roster_template", &id.to_string(), detail).await?;
    finish_once(&tx, actor, "put_template", once, &id).await?;
    let done = stored(&tx, id).await?;
    tx.commit().await?;
    Ok(done)
}

async fn stored(tx: &Tx, id: TemplateId) -> Result<Template, Failure> {
    Ok(read::template(tx, id).await?.ok_or(ShiftRefusal::TemplateNotFound)?)
}

fn grid(new: &NewTemplate, codes: &HashMap<String, ShiftInfo>) -> Result<Grid, ShiftRefusal> {
    let row = |r: &NewRow| {
        let unknown = || ShiftRefusal::ShiftUnknown { code: r.shift.clone() };
        let info = codes.get(&r.shift).ok_or_else(unknown)?;
        Ok(GridRow { shift: info.id, teams: r.days.clone() })
    };
    let rows = new.rows.iter().map(row).collect::<Result<_, ShiftRefusal>>()?;
    Ok(Grid { days: new.days, rows })
}

pub(super) fn ids(grid: &Grid) -> Vec<ShiftId> {
    grid.rows.iter().map(|r| r.shift).collect()
}

/// The versions of these shifts on a date, in order; of a shift without one its first.
pub(super) async fn shifts_on(
    q: &impl Query,
    ids: &[ShiftId],
    on: LocalDate,
) -> Result<Vec<Shift>, Fault> {
    let versions = read::all_versions(q).await?;
    let mut shifts = Vec::with_capacity(ids.len());
    for id in ids {
        let own = || versions.iter().filter(|v| v.shift_id == *id);
        let current =
            own().filter(|v| v.effective_from <= on).max_by_key(|v| (v.effective_from, v.version));
        let version = current.or_else(|| own().min_by_key(|v| (v.effective_from, v.version)));
        let version = version.ok_or_else(|| Fault::text("a shift has no version"))?;
        shifts.push(body::parse(version)?);
    }
    Ok(shifts)
}
