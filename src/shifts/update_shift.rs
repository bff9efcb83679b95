use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, ShiftId};

use super::read::{self, ShiftFilter, ShiftRow};
use super::{ShiftRefusal, store};
use crate::base::{Actor, App, Failure, Once, audit, begin_once, finish_once, name_is_valid};

/// Characters of a short name.
const MAX_SHORT: usize = 8;

/// How a shift is shown, and from when on nobody is given it any more. None of it changes a result.
#[derive(Clone, Debug, Serialize)]
pub struct ShiftChange {
    /// The edition this is based on.
    pub edition: i32,
    pub name: String,
    pub short_name: Option<String>,
    /// `#RRGGBB`.
    pub color: Option<String>,
    /// Hidden for new use from this date on; cells that are there stay.
    pub retired_from: Option<LocalDate>,
}

/// Changes how a shift is shown, or retires it.
pub async fn update_shift(
    app: &App,
    actor: &Actor,
    id: ShiftId,
    new: &ShiftChange,
    once: &Once,
) -> Result<ShiftRow, Failure> {
    check(new)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<ShiftId>(&tx, actor, "update_shift", once, at).await?.is_none() {
        let before = row(&tx, id, app.today()).await?;
        if !store::update_shift(&tx, id, new).await? {
            return Err(ShiftRefusal::TemplateChanged { version: before.edition }.into());
        }
        let detail = json!({ "before": { "name": before.name, "short_name": before.short_name,
            "color": before.color, "retired_from": before.retired_from }, "after": new });
        audit(&tx, actor, at, "update", "shift", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "update_shift", once, &id).await?;
    }
    let done = row(&tx, id, app.today()).await?;
    tx.commit().await?;
    Ok(done)
}

async fn row(tx: &crate::base::Tx, id: ShiftId, on: LocalDate) -> Result<ShiftRow, Failure> {
    let filter = ShiftFilter { on, id: Some(id), text: None, retired: true, after: None, limit: 1 };
    Ok(read::shifts(tx, &filter).await?.pop().ok_or(ShiftRefusal::ShiftNotFound)?)
}

fn check(new: &ShiftChange) -> Result<(), ShiftRefusal> {
    if !name_is_valid(&new.name) {
        return Err(ShiftRefusal::NameInvalid);
    }
    let short =
        |s: &str| (1..=MAX_SHORT).contains(&s.chars().count()) && !s.chars().any(char::is_control);
    if !new.short_name.as_deref().is_none_or(short) {
        return Err(ShiftRefusal::LookInvalid { path: "short_name" });
    }
    let color = |c: &str| {
        let digits = c.strip_prefix('#');
        digits.is_some_and(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if !new.color.as_deref().is_none_or(color) {
        return Err(ShiftRefusal::LookInvalid { path: "color" });
    }
    Ok(())
}
