use serde_json::json;

use super::fields::{Field, field_named};
use super::load::{OPTIONAL, optional_fields};
use super::{ProfileRefusal, store};
use crate::base::{Actor, App, Failure, Once, audit, begin_once, finish_once, put_setting};

/// Switches an optional field on or off. Values of a field that is off stay, but nobody sees them and none comes in.
pub async fn set_field_use(
    app: &App,
    actor: &Actor,
    name: &str,
    on: bool,
    once: &Once,
) -> Result<(&'static Field, bool), Failure> {
    let at = app.clock.now();
    let field = field_named(name)
        .ok_or_else(|| ProfileRefusal::FieldUnknown { name: name.chars().take(60).collect() })?;
    if !field.optional {
        return Err(ProfileRefusal::FieldNotOptional.into());
    }
    let tx = app.db.begin().await?;
    if begin_once::<bool>(&tx, actor, "set_field_use", once, at).await?.is_none() {
        store::hold(&tx).await?;
        let mut used = optional_fields(&tx).await?;
        let changed = if on { used.insert(field.name.to_owned()) } else { used.remove(field.name) };
        if changed {
            let mut names: Vec<&String> = used.iter().collect();
            names.sort();
            put_setting(&tx, OPTIONAL, &serde_json::to_string(&names)?).await?;
            let detail = json!({ "on": on });
            audit(&tx, actor, at, "set_use", "employee_field", field.name, detail).await?;
        }
        finish_once(&tx, actor, "set_field_use", once, &on).await?;
    }
    tx.commit().await?;
    Ok((field, on))
}
