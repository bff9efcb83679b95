use serde::Serialize;
use vocabulary::CustomItemId;

use super::custom::{CustomItem, ItemKind, check_code, check_name, read_elements};
use super::{ProfileRefusal, items, store};
use crate::base::{Actor, App, Failure, Once, Query, Tx, audit, begin_once, finish_once};

/// Custom items of an installation.
const MAX_ITEMS: usize = 200;

/// A custom item to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewItem {
    /// The English name.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    pub kind: NewKind,
}

/// What an item is to hold, as somebody entered it.
#[derive(Clone, Debug, Serialize)]
pub enum NewKind {
    Decimal {
        places: i32,
    },
    Text {
        length: i32,
    },
    /// Elements with semicolons between them.
    Choice {
        elements: String,
    },
}

impl NewKind {
    pub(super) fn read(&self) -> Result<ItemKind, ProfileRefusal> {
        let kind = match self {
            Self::Decimal { places } => ItemKind::Decimal { places: *places },
            Self::Text { length } => ItemKind::Text { length: *length },
            Self::Choice { elements } => ItemKind::Choice { elements: read_elements(elements)? },
        };
        kind.check()?;
        Ok(kind)
    }
}

/// Makes a custom item.
pub async fn create_item(
    app: &App,
    actor: &Actor,
    new: &NewItem,
    once: &Once,
) -> Result<CustomItem, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "create_custom_item", once, at).await? {
        Some(done) => done,
        None => {
            store::hold(&tx).await?;
            let kind = new.kind.read()?;
            check_code(&new.code)?;
            check_name(&new.name)?;
            let known = items(&tx).await?;
            if known.len() >= MAX_ITEMS {
                return Err(ProfileRefusal::TooManyItems { max: MAX_ITEMS }.into());
            }
            if known.iter().any(|i| i.code.eq_ignore_ascii_case(&new.code)) {
                return Err(ProfileRefusal::ItemCodeTaken.into());
            }
            if known.iter().any(|i| i.name == new.name) {
                return Err(ProfileRefusal::ItemNameTaken.into());
            }
            let id = store::insert_item(&tx, &new.code, &new.name, &kind).await?;
            let detail = serde_json::to_value(new)?;
            audit(&tx, actor, at, "create", "custom_item", &id.to_string(), detail).await?;
            finish_once(&tx, actor, "create_custom_item", once, &id).await?;
            id
        }
    };
    let item = found(&tx, id).await?;
    tx.commit().await?;
    Ok(item)
}

/// The item.
pub(super) async fn found(q: &impl Query, id: CustomItemId) -> Result<CustomItem, Failure> {
    let item = items(q).await?.into_iter().find(|i| i.id == id);
    Ok(item.ok_or(ProfileRefusal::ItemNotFound)?)
}

/// How many values of an item a condition holds for.
pub(super) async fn count_values(
    tx: &Tx,
    id: CustomItemId,
    condition: &str,
    bound: sea_orm::Value,
) -> Result<i64, Failure> {
    #[derive(sea_orm::FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = format!(
        "SELECT COUNT(*) AS n FROM custom_value WHERE item_id = $1 AND $2 = $2 AND {condition}"
    );
    let row: Option<Count> = tx.row(&sql, vec![id.into(), bound]).await?;
    Ok(row.map_or(0, |r| r.n))
}
