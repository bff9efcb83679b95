//! What is stored, for many people at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::FromQueryResult;
use serde_json::Value as Json;
use vocabulary::{CustomItemId, LocalDate, PersonId};

use super::custom::{Content, CustomItem, Element, ItemKind};
use super::fields::{FIELDS, Field, FieldKind};
use crate::base::{Dialect, Fault, Query, id_rows, id_value, setting};

/// Key of the setting with the optional fields that are in use.
pub(super) const OPTIONAL: &str = "employee_fields";

/// The optional fields that are in use.
pub async fn optional_fields(q: &impl Query) -> Result<HashSet<String>, Fault> {
    Ok(match setting(q, OPTIONAL).await? {
        Some(text) => serde_json::from_str(&text)?,
        None => HashSet::new(),
    })
}

/// Whether a field may hold something.
pub fn field_is_on(field: &Field, optional: &HashSet<String>) -> bool {
    !field.optional || optional.contains(field.name)
}

/// A file as it is stored.
#[derive(Clone, Debug, Default)]
pub struct StoredFile {
    /// By the name of the field; without identity number and manager.
    pub values: BTreeMap<String, String>,
    pub id: Option<StoredId>,
    pub id_confirmed: bool,
    pub manager: Option<PersonId>,
    pub version: i32,
}

/// An encrypted identity number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredId {
    pub cipher: String,
    pub key: String,
    pub hash: String,
}

/// Where an identity number stands, so that it can be read there alone.
pub(super) fn id_place(person: PersonId) -> String {
    format!("person_file.id_number {person}")
}

/// Fields with a column of their own name.
pub(super) fn plain_fields() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|f| !matches!(f.kind, FieldKind::IdNumber | FieldKind::Person))
}

#[derive(FromQueryResult)]
struct BodyRow {
    person_id: PersonId,
    body: String,
}

/// An SQL expression: the row of `person_file` with this alias as JSON text.
fn body_sql(dialect: Dialect, alias: &str) -> String {
    let others = ["id_cipher", "id_key", "id_hash", "id_confirmed", "version"];
    let columns = plain_fields().map(|f| f.name).chain(others);
    let pairs: Vec<String> = columns.map(|c| format!("'{c}', {alias}.{c}")).collect();
    // An id as text: JSON numbers of other programs are floats.
    let pairs = format!("{}, 'manager_id', CAST({alias}.manager_id AS TEXT)", pairs.join(", "));
    match dialect {
        Dialect::Postgres => format!("CAST(json_build_object({pairs}) AS TEXT)"),
        Dialect::Sqlite => format!("json_object({pairs})"),
    }
}

/// The files of these people; who has none is left out.
pub(super) async fn load_files(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, StoredFile>, Fault> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT f.person_id, {} AS body FROM {} JOIN person_file f ON f.person_id = k.id",
        body_sql(q.dialect(), "f"),
        id_rows(q.dialect(), "k", 1)
    );
    let rows: Vec<BodyRow> = q.rows(&sql, vec![id_value(people.iter().map(|p| p.0))]).await?;
    rows.into_iter().map(|r| Ok((r.person_id, stored(&r.body)?))).collect()
}

fn stored(body: &str) -> Result<StoredFile, Fault> {
    let all: serde_json::Map<String, Json> = serde_json::from_str(body)?;
    let text = |key: &str| match all.get(key) {
        Some(Json::String(s)) => Some(s.clone()),
        Some(Json::Number(n)) => Some(n.to_string()),
        _ => None,
    };
    let truth = |key: &str| match all.get(key) {
        Some(Json::Bool(b)) => *b,
        Some(Json::Number(n)) => n.as_i64() == Some(1),
        _ => false,
    };
    let id = match (text("id_cipher"), text("id_key"), text("id_hash")) {
        (Some(cipher), Some(key), Some(hash)) => Some(StoredId { cipher, key, hash }),
        _ => None,
    };
    Ok(StoredFile {
        values: plain_fields().filter_map(|f| Some((f.name.to_owned(), text(f.name)?))).collect(),
        id,
        id_confirmed: truth("id_confirmed"),
        manager: text("manager_id").and_then(|t| t.parse().ok()),
        version: text("version").and_then(|t| t.parse().ok()).unwrap_or_default(),
    })
}

#[derive(FromQueryResult)]
struct ItemRow {
    id: CustomItemId,
    code: String,
    name: String,
    kind: String,
    size: i32,
    elements: String,
    version: i32,
}

/// All custom items, in the order in which they were made.
pub async fn items(q: &impl Query) -> Result<Vec<CustomItem>, Fault> {
    let sql = "SELECT id, code, name, kind, size, elements, version FROM custom_item ORDER BY id";
    let rows: Vec<ItemRow> = q.rows(sql, vec![]).await?;
    rows.into_iter().map(item).collect()
}

fn item(r: ItemRow) -> Result<CustomItem, Fault> {
    let kind = match r.kind.as_str() {
        "decimal" => ItemKind::Decimal { places: r.size },
        "text" => ItemKind::Text { length: r.size },
        _ => ItemKind::Choice { elements: serde_json::from_str::<Vec<Element>>(&r.elements)? },
    };
    Ok(CustomItem { id: r.id, code: r.code, name: r.name, kind, version: r.version })
}

#[derive(FromQueryResult)]
struct ValueRow {
    person_id: PersonId,
    item_id: CustomItemId,
    content: Option<String>,
    millionths: Option<i64>,
}

/// Custom values by person and item.
pub(super) type Values = HashMap<PersonId, BTreeMap<CustomItemId, Content>>;

/// The custom values of these people.
pub(super) async fn load_values(q: &impl Query, people: &[PersonId]) -> Result<Values, Fault> {
    let mut out = Values::new();
    if people.is_empty() {
        return Ok(out);
    }
    let sql = format!(
        "SELECT v.person_id, v.item_id, v.content, v.millionths \
         FROM {} JOIN custom_value v ON v.person_id = k.id",
        id_rows(q.dialect(), "k", 1)
    );
    let rows: Vec<ValueRow> = q.rows(&sql, vec![id_value(people.iter().map(|p| p.0))]).await?;
    for r in rows {
        let content = match (r.content, r.millionths) {
            (Some(text), _) => Content::Text(text),
            (None, Some(n)) => Content::Millionths(n),
            (None, None) => continue,
        };
        out.entry(r.person_id).or_default().insert(r.item_id, content);
    }
    Ok(out)
}

/// One entry of the history of a card.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct CardEntry {
    pub id: i64,
    pub person_id: PersonId,
    pub card_no: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
    /// Last day in service of the holder.
    pub left_on: Option<LocalDate>,
}

/// The cards of these people, oldest first.
pub(super) async fn load_cards(
    q: &impl Query,
    people: &[PersonId],
) -> Result<Vec<CardEntry>, Fault> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT c.id, c.person_id, c.card_no, c.valid_from, c.valid_to, p.left_on \
         FROM {} JOIN person_card c ON c.person_id = k.id JOIN person p ON p.id = c.person_id \
         ORDER BY c.person_id, c.valid_from",
        id_rows(q.dialect(), "k", 1)
    );
    q.rows(&sql, vec![id_value(people.iter().map(|p| p.0))]).await
}
