use sea_orm::FromQueryResult;

use super::{Fault, Query, Tx};

#[derive(FromQueryResult)]
struct SettingRow {
    value: String,
}

/// A fact of the installation.
pub async fn setting(q: &impl Query, key: &str) -> Result<Option<String>, Fault> {
    let row: Option<SettingRow> =
        q.row("SELECT value FROM setting WHERE key = $1", vec![key.into()]).await?;
    Ok(row.map(|r| r.value))
}

pub async fn put_setting(tx: &Tx, key: &str, value: &str) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO setting (key, value) VALUES ($1, $2) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        vec![key.into(), value.into()],
    )
    .await?;
    Ok(())
}
