use serde::Serialize;
use vocabulary::{DimensionId, DimensionValueId};

use super::MasterRefusal;
use super::dimension_values::{ValueRow, dimension_value};
use super::put_values::{ValueInput, ValuePlace, write_values};
use crate::base::{Actor, App, Failure, Once, RowOutcome, begin_once, finish_once};

/// What is `None` stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct ValueChange {
    /// The version this is based on.
    pub version: i32,
    pub name: Option<String>,
    pub place: ValuePlace,
    pub active: Option<bool>,
}

/// Changes one value of a dimension.
pub async fn update_value(
    app: &App,
    actor: &Actor,
    dimension: DimensionId,
    id: DimensionValueId,
    change: &ValueChange,
    once: &Once,
) -> Result<ValueRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<DimensionValueId>(&tx, actor, "update_dimension_value", once, at)
        .await?
        .is_none()
    {
        let before = dimension_value(&tx, id).await?.filter(|v| v.dimension_id == dimension);
        let before = before.ok_or(MasterRefusal::ValueNotFound)?;
        if before.version != change.version {
            return Err(MasterRefusal::VersionConflict { version: before.version }.into());
        }
        let row = ValueInput {
            code: before.code.clone(),
            name: change.name.clone(),
            place: change.place.clone(),
            active: change.active,
        };
        let done = write_values(&tx, actor, dimension, &[row], at).await?.pop();
        if let Some(RowOutcome::Refused { code, .. }) = &done {
            return Err(match code.as_str() {
                "value_below_itself" => MasterRefusal::ValueBelowItself,
                "parent_unknown" => MasterRefusal::ParentUnknown { code: parent(&change.place) },
                _ => MasterRefusal::NameInvalid,
            }
            .into());
        }
        finish_once(&tx, actor, "update_dimension_value", once, &id).await?;
    }
    let row = dimension_value(&tx, id).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(row.ok_or(MasterRefusal::ValueNotFound)?)
}

fn parent(place: &ValuePlace) -> String {
    match place {
        ValuePlace::Below(code) => code.clone(),
        ValuePlace::Kept | ValuePlace::Top => String::new(),
    }
}
