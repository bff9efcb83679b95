use vocabulary::Instant;

use super::{Actor, Fault, Query, Tx};

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
