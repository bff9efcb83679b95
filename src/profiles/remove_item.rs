use serde_json::json;
use vocabulary::CustomItemId;

use super::create_item::{count_values, found};
use super::{CustomItem, ProfileRefusal, store};
use crate::base::{Actor, App, Failure, audit};

/// Removes a custom item that has no values.
pub async fn remove_item(
    app: &App,
    actor: &Actor,
    id: CustomItemId,
) -> Result<CustomItem, Failure> {
    let tx = app.db.begin().await?;
    store::hold(&tx).await?;
    let item = found(&tx, id).await?;
    if count_values(&tx, id, "TRUE", 0.into()).await? > 0 {
        return Err(ProfileRefusal::ItemInUse.into());
    }
    store::delete_item(&tx, id).await?;
    let detail = json!({ "code": item.code, "name": item.name, "kind": item.kind });
    let at = app.clock.now();
    audit(&tx, actor, at, "remove", "custom_item", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(item)
}
