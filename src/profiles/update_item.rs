use serde::Serialize;
use serde_json::json;
use vocabulary::CustomItemId;

use super::create_item::{NewKind, count_values, found};
use super::custom::{CustomItem, Element, ItemKind, check_name};
use super::{ProfileRefusal, items, store};
use crate::base::{Actor, App, Failure, Once, Query, Tx, audit, begin_once, finish_once};

/// What is `None` stays as it is. The English name never changes.
#[derive(Clone, Debug, Serialize)]
pub struct ItemChange {
    pub version: i32,
    pub name: Option<String>,
    pub kind: Option<NewKind>,
}

/// Changes a custom item. No value is ever cut: another kind needs an item without values, a smaller size values that
/// fit; an element that is left out stays with those who have it, hidden from everybody else.
pub async fn update_item(
    app: &App,
    actor: &Actor,
    id: CustomItemId,
    change: &ItemChange,
    once: &Once,
) -> Result<CustomItem, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<CustomItemId>(&tx, actor, "update_custom_item", once, at).await?.is_none() {
        store::hold(&tx).await?;
        let before = found(&tx, id).await?;
        if before.version != change.version {
            return Err(ProfileRefusal::VersionConflict { version: before.version }.into());
        }
        let name = change.name.as_ref().unwrap_or(&before.name);
        if *name != before.name {
            check_name(name)?;
            if items(&tx).await?.iter().any(|i| i.name == *name) {
                return Err(ProfileRefusal::ItemNameTaken.into());
            }
        }
        let kind = match &change.kind {
            Some(kind) => fitting(&tx, &before, kind.read()?).await?,
            None => before.kind.clone(),
        };
        if !store::update_item(&tx, id, change.version, name, &kind).await? {
            return Err(ProfileRefusal::VersionConflict { version: before.version }.into());
        }
        let detail = json!({ "before": [before.name, before.kind], "after": [name, kind] });
        audit(&tx, actor, at, "update", "custom_item", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "update_custom_item", once, &id).await?;
    }
    let item = found(&tx, id).await?;
    tx.commit().await?;
    Ok(item)
}

/// The new kind, if it cuts no value.
async fn fitting(tx: &Tx, before: &CustomItem, after: ItemKind) -> Result<ItemKind, Failure> {
    let cut = match (&before.kind, &after) {
        (ItemKind::Decimal { places: old }, ItemKind::Decimal { places }) if places < old => {
            // Smallest step of the new places, in millionths.
            let step = 10_i64.pow((6 - *places).unsigned_abs());
            count_values(tx, before.id, "millionths % $2 <> 0", step.into()).await?
        }
        (ItemKind::Text { length: old }, ItemKind::Text { length }) if length < old => {
            count_values(tx, before.id, "length(content) > $2", (*length).into()).await?
        }
        (ItemKind::Decimal { .. }, ItemKind::Decimal { .. })
        | (ItemKind::Text { .. }, ItemKind::Text { .. }) => 0,
        (ItemKind::Choice { elements: old }, ItemKind::Choice { elements }) => {
            let elements = elements.clone();
            return Ok(ItemKind::Choice { elements: merged(tx, before, old, elements).await? });
        }
        _ if count_values(tx, before.id, "TRUE", 0.into()).await? > 0 => {
            return Err(ProfileRefusal::ItemKindInUse.into());
        }
        _ => 0,
    };
    if cut > 0 { Err(ProfileRefusal::ItemWouldCut { values: cut }.into()) } else { Ok(after) }
}

/// The new elements, and behind them, hidden, the old ones that somebody has.
async fn merged(
    tx: &Tx,
    item: &CustomItem,
    old: &[Element],
    mut new: Vec<Element>,
) -> Result<Vec<Element>, Failure> {
    #[derive(sea_orm::FromQueryResult)]
    struct Used {
        content: String,
    }
    let sql =
        "SELECT DISTINCT content FROM custom_value WHERE item_id = $1 AND content IS NOT NULL";
    let used: Vec<Used> = tx.rows(sql, vec![item.id.into()]).await?;
    for element in old {
        let stays = new.iter().any(|e| e.name == element.name);
        if !stays && used.iter().any(|u| u.content == element.name) {
            new.push(Element { name: element.name.clone(), hidden: true });
        }
    }
    Ok(new)
}
