//! Writes what [`super::plan_files`] has found right.

use serde_json::{Map, Value as Json, json};
use vocabulary::{Instant, PersonId};

use super::custom::Content;
use super::load::id_place;
use super::plan::{FilePlan, IdPlan};
use super::store;
use crate::base::{Actor, DataKeys, Fault, Tx, audit};

/// Kind of the fingerprints of identity numbers.
pub(super) const ID_KIND: &str = "id_number";

/// Writes plans in a fixed number of statements. `operation` and the changes go into the audit log.
pub async fn write_files(
    tx: &Tx,
    keys: Option<&DataKeys>,
    actor: &Actor,
    operation: &str,
    plans: &[(PersonId, FilePlan)],
    at: Instant,
) -> Result<(), Fault> {
    let changed = || plans.iter().filter(|(_, p)| !p.is_empty());
    if changed().next().is_none() {
        return Ok(());
    }
    let mut rows = Vec::new();
    for (person, plan) in plans.iter().filter(|(_, p)| p.row) {
        rows.push(row(keys, *person, plan)?);
    }
    store::put_files(tx, rows).await?;
    let (mut puts, mut clears) = (Vec::new(), Vec::new());
    for (person, plan) in plans {
        for (item, content) in &plan.custom {
            let (person, item) = (person.0, item.0);
            let put = match content {
                Some(Content::Text(text)) => {
                    json!({ "person_id": person, "item_id": item, "content": text })
                }
                Some(Content::Millionths(n)) => {
                    json!({ "person_id": person, "item_id": item, "millionths": n })
                }
                None => {
                    clears.push(json!({ "person_id": person, "item_id": item }));
                    continue;
                }
            };
            puts.push(put);
        }
    }
    store::put_values(tx, puts, clears).await?;
    let (mut closed, mut removed, mut cards) = (Vec::new(), Vec::new(), Vec::new());
    for (person, plan) in plans {
        let close = plan.card.close.iter();
        closed.extend(close.map(|(id, to)| json!({ "id": id, "valid_to": to })));
        removed.extend(plan.card.remove.iter().copied());
        let insert = plan.card.insert.iter();
        cards.extend(
            insert.map(
                |(no, from)| json!({ "person_id": person.0, "card_no": no, "valid_from": from }),
            ),
        );
    }
    store::put_cards(tx, closed, removed, cards).await?;
    let detail: Map<String, Json> =
        changed().map(|(person, plan)| (person.to_string(), json!(plan.changes))).collect();
    let object = match changed().count() {
        1 => changed().next().map(|(p, _)| p.to_string()).unwrap_or_default(),
        many => many.to_string(),
    };
    audit(tx, actor, at, operation, "person_file", &object, Json::Object(detail)).await
}

fn row(keys: Option<&DataKeys>, person: PersonId, plan: &FilePlan) -> Result<Json, Fault> {
    let mut row: Map<String, Json> =
        plan.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    row.insert("person_id".to_owned(), json!(person.0));
    row.insert("id_confirmed".to_owned(), json!(plan.id_confirmed));
    if let Some(manager) = plan.manager {
        row.insert("manager_id".to_owned(), json!(manager.0));
    }
    let (cipher, key, hash) = match &plan.id {
        IdPlan::None => return Ok(Json::Object(row)),
        IdPlan::Kept(id) => (id.cipher.clone(), id.key.clone(), id.hash.clone()),
        IdPlan::New(number) => {
            let keys = keys.ok_or_else(|| Fault::text("there are no data keys"))?;
            let sealed = keys.seal(&id_place(person), number)?;
            let hash = keys.fingerprints(ID_KIND, number).into_iter().next().unwrap_or_default();
            (sealed.cipher, sealed.key, hash)
        }
    };
    row.insert("id_cipher".to_owned(), json!(cipher));
    row.insert("id_key".to_owned(), json!(key));
    row.insert("id_hash".to_owned(), json!(hash));
    Ok(Json::Object(row))
}
