//! The only SQL that writes the tables of this room.

use std::sync::LazyLock;

use serde_json::Value as Json;
use vocabulary::{ArchiveId, AttachmentId, CustomItemId, Instant, PersonId, UserId};

use super::archives::ArchiveWrite;
use super::attachments::AttachmentWrite;
use super::custom::{Element, ItemKind};
use super::fields::FieldKind;
use super::load::plain_fields;
use crate::base::{ColumnKind, Dialect, Fault, Query, Tx, id_rows, id_value, json_rows};

/// Names the lock on PostgreSQL.
const LOCK: i64 = 0x6b71_6669_6c65;

/// Lets nobody else write files until the transaction ends: cards and managers are checked across people.
pub(super) async fn hold(tx: &Tx) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT pg_advisory_xact_lock($1)", vec![LOCK.into()]).await?;
    }
    Ok(())
}

/// Columns of `person_file` but for the version.
static COLUMNS: LazyLock<Vec<(&'static str, ColumnKind)>> = LazyLock::new(|| {
    let mut all = vec![("person_id", ColumnKind::Bigint)];
    all.extend(plain_fields().map(|f| {
        let kind = match f.kind {
            FieldKind::Date => ColumnKind::Date,
            FieldKind::Count(_) => ColumnKind::Int,
            _ => ColumnKind::Text,
        };
        (f.name, kind)
    }));
    all.extend([
        ("id_cipher", ColumnKind::Text),
        ("id_key", ColumnKind::Text),
        ("id_hash", ColumnKind::Text),
        ("id_confirmed", ColumnKind::Bool),
        ("manager_id", ColumnKind::Bigint),
    ]);
    all
});

/// Writes whole rows; the version of those that are there counts up.
pub(super) async fn put_files(tx: &Tx, rows: Vec<Json>) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = COLUMNS.iter().map(|(n, _)| *n).collect();
    let theirs: Vec<String> = names.iter().map(|n| format!("r.{n}")).collect();
    let sets: Vec<String> = names.iter().skip(1).map(|n| format!("{n} = excluded.{n}")).collect();
    let sql = format!(
        "INSERT INTO person_file ({}) SELECT {} FROM {} WHERE TRUE ON CONFLICT (person_id) \
         DO UPDATE SET {}, version = person_file.version + 1",
        names.join(", "),
        theirs.join(", "),
        json_rows(tx.dialect(), "r", 1, &COLUMNS),
        sets.join(", ")
    );
    tx.run(&sql, vec![Json::Array(rows).to_string().into()]).await?;
    Ok(())
}

/// Writes and removes custom values.
pub(super) async fn put_values(tx: &Tx, puts: Vec<Json>, clears: Vec<Json>) -> Result<(), Fault> {
    let key = [("person_id", ColumnKind::Bigint), ("item_id", ColumnKind::Bigint)];
    if !clears.is_empty() {
        let sql = format!(
            "DELETE FROM custom_value WHERE (person_id, item_id) IN ( \
               SELECT r.person_id, r.item_id FROM {})",
            json_rows(tx.dialect(), "r", 1, &key)
        );
        tx.run(&sql, vec![Json::Array(clears).to_string().into()]).await?;
    }
    if !puts.is_empty() {
        let [person, item] = key;
        let columns =
            [person, item, ("content", ColumnKind::Text), ("millionths", ColumnKind::Bigint)];
        let sql = format!(
            "INSERT INTO custom_value (person_id, item_id, content, millionths) \
             SELECT r.person_id, r.item_id, r.content, r.millionths FROM {} WHERE TRUE \
             ON CONFLICT (person_id, item_id) DO UPDATE SET content = excluded.content, \
               millionths = excluded.millionths",
            json_rows(tx.dialect(), "r", 1, &columns)
        );
        tx.run(&sql, vec![Json::Array(puts).to_string().into()]).await?;
    }
    Ok(())
}

/// Ends, removes and begins entries of cards, in this order.
pub(super) async fn put_cards(
    tx: &Tx,
    closed: Vec<Json>,
    removed: Vec<i64>,
    cards: Vec<Json>,
) -> Result<(), Fault> {
    if !closed.is_empty() {
        let columns = [("id", ColumnKind::Bigint), ("valid_to", ColumnKind::Date)];
        let sql = format!(
            "UPDATE person_card SET valid_to = r.valid_to FROM {} WHERE person_card.id = r.id",
            json_rows(tx.dialect(), "r", 1, &columns)
        );
        tx.run(&sql, vec![Json::Array(closed).to_string().into()]).await?;
    }
    if !removed.is_empty() {
        let ids = id_rows(tx.dialect(), "k", 1);
        let sql = format!("DELETE FROM person_card WHERE id IN (SELECT k.id FROM {ids})");
        tx.run(&sql, vec![id_value(removed)]).await?;
    }
    if !cards.is_empty() {
        let columns = [
            ("person_id", ColumnKind::Bigint),
            ("card_no", ColumnKind::Text),
            ("valid_from", ColumnKind::Date),
        ];
        let sql = format!(
            "INSERT INTO person_card (person_id, card_no, valid_from) \
             SELECT r.person_id, r.card_no, r.valid_from FROM {} WHERE TRUE",
            json_rows(tx.dialect(), "r", 1, &columns)
        );
        tx.run(&sql, vec![Json::Array(cards).to_string().into()]).await?;
    }
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct ItemKey {
    id: CustomItemId,
}

fn elements(kind: &ItemKind) -> Result<String, Fault> {
    let none: &[Element] = &[];
    Ok(serde_json::to_string(match kind {
        ItemKind::Choice { elements } => elements.as_slice(),
        _ => none,
    })?)
}

pub(super) async fn insert_item(
    tx: &Tx,
    code: &str,
    name: &str,
    kind: &ItemKind,
) -> Result<CustomItemId, Fault> {
    let row: Option<ItemKey> = tx
        .row(
            "INSERT INTO custom_item (code, code_key, name, kind, size, elements) \
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            vec![
                code.into(),
                code.to_ascii_lowercase().into(),
                name.into(),
                kind.code().into(),
                kind.size().into(),
                elements(kind)?.into(),
            ],
        )
        .await?;
    row.map(|r| r.id).ok_or_else(|| Fault::text("no id of a custom item"))
}

/// Whether the item had this version.
pub(super) async fn update_item(
    tx: &Tx,
    id: CustomItemId,
    version: i32,
    name: &str,
    kind: &ItemKind,
) -> Result<bool, Fault> {
    let sql = "UPDATE custom_item SET name = $3, kind = $4, size = $5, elements = $6, \
                 version = version + 1 WHERE id = $1 AND version = $2";
    let values = vec![
        id.into(),
        version.into(),
        name.into(),
        kind.code().into(),
        kind.size().into(),
        elements(kind)?.into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

pub(super) async fn delete_item(tx: &Tx, id: CustomItemId) -> Result<(), Fault> {
    tx.run("DELETE FROM custom_item WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct ArchiveKey {
    id: ArchiveId,
}

pub(super) async fn insert_archive(
    tx: &Tx,
    person: PersonId,
    kind: &str,
    w: ArchiveWrite,
) -> Result<ArchiveId, Fault> {
    let (cipher, key) = w.paper.map(|p| (p.cipher, p.key)).unzip();
    let row: Option<ArchiveKey> = tx
        .row(
            "INSERT INTO person_archive (person_id, kind, body, paper_cipher, paper_key, valid_from, \
               valid_to, remarks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            vec![
                person.into(),
                kind.into(),
                w.body.into(),
                cipher.into(),
                key.into(),
                w.valid_from.into(),
                w.valid_to.into(),
                w.remarks.into(),
            ],
        )
        .await?;
    row.map(|r| r.id).ok_or_else(|| Fault::text("no id of an entry"))
}

/// Whether the entry had this version.
pub(super) async fn update_archive(
    tx: &Tx,
    id: ArchiveId,
    version: i32,
    w: ArchiveWrite,
) -> Result<bool, Fault> {
    let (cipher, key) = w.paper.map(|p| (p.cipher, p.key)).unzip();
    let sql = "UPDATE person_archive SET body = $3, paper_cipher = $4, paper_key = $5, \
                 valid_from = $6, valid_to = $7, remarks = $8, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let values = vec![
        id.into(),
        version.into(),
        w.body.into(),
        cipher.into(),
        key.into(),
        w.valid_from.into(),
        w.valid_to.into(),
        w.remarks.into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

pub(super) async fn delete_archive(tx: &Tx, id: ArchiveId) -> Result<(), Fault> {
    tx.run("DELETE FROM person_archive WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct AttachmentKey {
    id: AttachmentId,
}

pub(super) async fn insert_attachment(
    tx: &Tx,
    person: PersonId,
    w: AttachmentWrite<'_>,
    author: Option<UserId>,
    at: Instant,
) -> Result<AttachmentId, Fault> {
    let row: Option<AttachmentKey> = tx
        .row(
            "INSERT INTO person_attachment (person_id, kind, name, dated_on, media, bytes, sha256, \
               blob, author_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
            vec![
                person.into(),
                w.new.kind.as_str().into(),
                w.new.name.trim().into(),
                w.new.dated_on.into(),
                w.media.into(),
                w.bytes.into(),
                w.sha256.into(),
                w.blob.into(),
                author.into(),
                at.into(),
            ],
        )
        .await?;
    row.map(|r| r.id).ok_or_else(|| Fault::text("no id of an attachment"))
}

pub(super) async fn delete_attachment(tx: &Tx, id: AttachmentId) -> Result<(), Fault> {
    tx.run("DELETE FROM person_attachment WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

/// Says that nobody points at these bytes.
pub(super) async fn waste(tx: &Tx, blobs: &[&str], at: Instant) -> Result<(), Fault> {
    for blob in blobs {
        let sql = "INSERT INTO blob_waste (blob, at) VALUES ($1, $2) ON CONFLICT (blob) DO NOTHING";
        tx.run(sql, vec![(*blob).into(), at.into()]).await?;
    }
    Ok(())
}

/// Says that somebody points at these bytes, or that they are gone.
pub(super) async fn unwaste(tx: &Tx, blob: &str) -> Result<(), Fault> {
    tx.run("DELETE FROM blob_waste WHERE blob = $1", vec![blob.into()]).await?;
    Ok(())
}
