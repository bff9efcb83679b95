use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{LocalDate, OrgId, PersonId};

use super::org_book::{Fields, OrgFields};
use super::org_change::{check_code, check_date, check_fields, check_people, close, open};
use super::org_read::{OrgRow, org_unit};
use super::{OrgKind, OrgRefusal};
use crate::base::{Actor, App, Failure, Once, Scope, begin_once, finish_once};

/// What is `None` stays as it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrgChange {
    /// The version this is based on.
    pub version: i32,
    /// From this date on; `None` = what is in effect today is corrected.
    pub valid_from: Option<LocalDate>,
    /// Holds for all dates: everything refers to the id.
    pub code: Option<String>,
    pub name: Option<String>,
    pub short_name: Option<String>,
    pub kind: Option<OrgKind>,
    pub sort_order: Option<i32>,
    /// `Some(None)` = nobody.
    pub head: Option<Option<PersonId>>,
    pub deputies: Option<Vec<PersonId>>,
    pub region: Option<String>,
    pub cost_centre: Option<String>,
}

impl OrgChange {
    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        let text = |t: &Option<String>| t.as_deref().map(|t| json!(t.trim()));
        put("name", text(&self.name));
        put("short_name", text(&self.short_name));
        put("kind", self.kind.map(|k| json!(k.as_str())));
        put("sort_order", self.sort_order.map(|n| json!(n)));
        put("head", self.head.map(|h| json!(h)));
        put("deputies", self.deputies.as_ref().map(|d| json!(d)));
        put("region", text(&self.region));
        put("cost_centre", text(&self.cost_centre));
        fields
    }

    fn people(&self) -> Vec<PersonId> {
        let head = self.head.flatten();
        head.into_iter().chain(self.deputies.iter().flatten().copied()).collect()
    }
}

/// Changes what a unit is from a date on. Each field keeps its new value up to its own next change. No result depends
/// on these fields; the place of a unit changes by a move.
pub async fn update_org_unit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: OrgId,
    change: &OrgChange,
    once: &Once,
) -> Result<OrgRow, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    let mut on = today;
    if begin_once::<OrgId>(&tx, actor, "update_org_unit", once, at).await?.is_none() {
        let before = open(&tx, scope, id, change.version, today).await?;
        let mut after = before.clone();
        let taken = |code: &String| before.units.values().any(|u| u.code == *code);
        let unit = after.units.get_mut(&id).ok_or(OrgRefusal::NotFound)?;
        if let Some(code) = change.code.as_ref().filter(|c| **c != unit.code) {
            check_code(code)?;
            if taken(code) {
                return Err(OrgRefusal::CodeTaken.into());
            }
            unit.code.clone_from(code);
        }
        let standing = unit.on(today).map_or(unit.valid_from, |v| v.valid_from);
        let from = change.valid_from.unwrap_or(standing);
        if let Some(from) = change.valid_from {
            check_date(from)?;
            if from < unit.valid_from || unit.valid_to.is_some_and(|to| from > to) {
                return Err(OrgRefusal::OutsideUnit { from: unit.valid_from }.into());
            }
            on = from;
        }
        unit.set(from, &change.fields());
        let fields: Option<&OrgFields> = unit.on(from).map(|v| &v.fields);
        check_fields(fields.ok_or(OrgRefusal::NotFound)?)?;
        check_people(&tx, scope, &change.people(), from).await?;
        let was = before.units.get(&id).and_then(|u| u.on(from)).map(|v| &v.fields);
        let detail = json!({ "before": was, "after": change });
        close(&tx, actor, &before, after, at, ("update", &id.to_string(), detail)).await?;
        finish_once(&tx, actor, "update_org_unit", once, &id).await?;
    }
    let after = org_unit(&tx, &Scope::everybody(), id, on).await?;
    tx.commit().await?;
    Ok(after.ok_or(OrgRefusal::NotFound)?)
}
