use vocabulary::Instant;

use super::{Actor, App, Fault, Query, Tx};

/// Records a write in its own transaction. `detail` says what was written; never a secret.
pub async fn audit(
    tx: &Tx,
    actor: &Actor,
    at: Instant,
    operation: &str,
    object: &str,
    object_id: &str,
    detail: serde_json::Value,
) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO audit (at, user_id, channel, operation, object, object_id, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vec![
            at.into(),
            actor.user.into(),
            actor.channel.as_str().into(),
            operation.into(),
            object.into(),
            object_id.into(),
            detail.to_string().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Records what writes nothing, in a transaction of its own: an export, a look at masked fields. Before it is shown.
pub async fn audit_alone(
    app: &App,
    actor: &Actor,
    operation: &str,
    object: &str,
    object_id: &str,
    detail: serde_json::Value,
) -> Result<(), Fault> {
    let tx = app.db.begin().await?;
    audit(&tx, actor, app.clock.now(), operation, object, object_id, detail).await?;
    tx.commit().await
}

/// What a change was, for the audit: of two objects the fields that differ, before and after.
pub fn changed(old: serde_json::Value, new: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::Object;
    let (Object(mut old), Object(mut new)) = (old, new) else { return serde_json::Value::Null };
    let same: Vec<String> =
        old.iter().filter(|(k, v)| new.get(*k) == Some(*v)).map(|(k, _)| k.clone()).collect();
    for key in same {
        old.remove(&key);
        new.remove(&key);
    }
    serde_json::json!({ "old": old, "new": new })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_kept() {
        let (old, new) = (json!({ "a": 1, "b": 2, "c": null }), json!({ "a": 1, "b": 3, "c": 4 }));
        let want = json!({ "old": { "b": 2, "c": null }, "new": { "b": 3, "c": 4 } });
        assert_eq!(changed(old, new), want);
    }
}
