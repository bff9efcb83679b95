//! What a batch of files would change, checked against what is stored, in a fixed number of statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use vocabulary::{CustomItemId, PersonId};

use super::card::{CardInput, CardPlan, Cards};
use super::custom::{Content, CustomItem};
use super::fields::{BIRTH_DATE, FIELDS, Field, ID_NUMBER, MANAGER};
use super::id_card::IdCard;
use super::load::{
    StoredFile, StoredId, field_is_on, id_place, items, load_files, load_values, optional_fields,
};
use super::managers::Managers;
use super::{ProfileRefusal, store};
use crate::base::{DataKeys, Fault, Tx};

/// What somebody says about the file of one person. What is absent stays as it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FileInput {
    /// `None` = a person who is taken on in the same transaction.
    pub person: Option<PersonId>,
    /// By field, in the stored form; empty = cleared. Without the manager.
    pub values: BTreeMap<String, String>,
    /// By custom item, as entered; empty = cleared.
    pub custom: BTreeMap<CustomItemId, String>,
    /// Inner `None` = cleared.
    pub manager: Option<Option<PersonId>>,
    pub card: Option<CardInput>,
    /// Birth date and sex differ from the identity card, and that is right.
    pub confirm_id: bool,
    /// The version it is based on; 0 = there is no file yet.
    pub version: Option<i32>,
}

/// What has to be written for one person.
#[derive(Clone, Debug, Default)]
pub struct FilePlan {
    /// The new row, without identity number and manager.
    pub(super) values: BTreeMap<String, String>,
    /// What becomes of the identity number.
    pub(super) id: IdPlan,
    pub(super) id_confirmed: bool,
    pub(super) manager: Option<PersonId>,
    /// Something of the row changes.
    pub(super) row: bool,
    pub(super) custom: Vec<(CustomItemId, Option<Content>)>,
    pub(super) card: CardPlan,
    /// Name, before and after; what is masked stays masked.
    pub(super) changes: Vec<(String, String, String)>,
}

#[derive(Clone, Debug, Default)]
pub(super) enum IdPlan {
    #[default]
    None,
    Kept(StoredId),
    New(String),
}

impl FilePlan {
    /// Nothing would be written.
    pub fn is_empty(&self) -> bool {
        !self.row && self.custom.is_empty() && self.card.is_empty()
    }
}

/// What a batch meets.
struct Ground<'a> {
    keys: Option<&'a DataKeys>,
    files: HashMap<PersonId, StoredFile>,
    values: super::load::Values,
    cards: Cards,
    managers: Managers,
    optional: HashSet<String>,
    items: HashMap<CustomItemId, CustomItem>,
}

/// Checks a batch; one answer per row, in order. Holds files until the transaction ends, so that what was checked is
/// still so when it is written.
pub async fn plan_files(
    tx: &Tx,
    keys: Option<&DataKeys>,
    rows: &[FileInput],
) -> Result<Vec<Result<FilePlan, ProfileRefusal>>, Fault> {
    store::hold(tx).await?;
    let people: Vec<PersonId> = rows.iter().filter_map(|r| r.person).collect();
    let custom: Vec<PersonId> =
        rows.iter().filter(|r| !r.custom.is_empty()).filter_map(|r| r.person).collect();
    let carded: Vec<PersonId> =
        rows.iter().filter(|r| r.card.is_some()).filter_map(|r| r.person).collect();
    let numbers: Vec<String> =
        rows.iter().filter_map(|r| r.card.as_ref()?.card_no.clone()).collect();
    let managers: Vec<PersonId> = rows.iter().filter_map(|r| r.manager.flatten()).collect();
    let mut ground = Ground {
        keys,
        files: load_files(tx, &people).await?,
        values: load_values(tx, &custom).await?,
        cards: Cards::load(tx, &carded, &numbers).await?,
        managers: Managers::load(tx, &managers).await?,
        optional: optional_fields(tx).await?,
        items: items(tx).await?.into_iter().map(|i| (i.id, i)).collect(),
    };
    rows.iter().map(|row| ground.plan(row)).collect()
}

impl Ground<'_> {
    fn plan(&mut self, row: &FileInput) -> Result<Result<FilePlan, ProfileRefusal>, Fault> {
        let stored = row.person.and_then(|p| self.files.get(&p)).cloned().unwrap_or_default();
        let id = self.stored_id(row, &stored)?;
        Ok(self.checked(row, &stored, id))
    }

    /// The identity number in the clear, if the row needs it.
    fn stored_id(&self, row: &FileInput, stored: &StoredFile) -> Result<Option<String>, Fault> {
        let asks = [ID_NUMBER, BIRTH_DATE, "sex"].iter().any(|f| row.values.contains_key(*f));
        match (&stored.id, row.person, self.keys) {
            (Some(id), Some(person), Some(keys)) if asks => {
                keys.open(&id_place(person), &id.key, &id.cipher).map(Some)
            }
            (Some(_), Some(_), None) if asks => Err(Fault::text("there are no data keys")),
            _ => Ok(None),
        }
    }

    fn checked(
        &mut self,
        row: &FileInput,
        stored: &StoredFile,
        stored_id: Option<String>,
    ) -> Result<FilePlan, ProfileRefusal> {
        if row.version.is_some_and(|v| v != stored.version) {
            return Err(ProfileRefusal::VersionConflict { version: stored.version });
        }
        let mut plan = FilePlan {
            values: stored.values.clone(),
            id: stored.id.clone().map_or(IdPlan::None, IdPlan::Kept),
            id_confirmed: stored.id_confirmed,
            manager: stored.manager,
            ..FilePlan::default()
        };
        let mut id = stored_id;
        let mut touched = false;
        for (name, value) in &row.values {
            let unknown = || ProfileRefusal::FieldUnknown { name: name.clone() };
            let field = FIELDS.iter().find(|f| f.name == name).ok_or_else(unknown)?;
            if !value.is_empty() && !field_is_on(field, &self.optional) {
                return Err(ProfileRefusal::FieldOff { name: field.name });
            }
            let before = match name.as_str() {
                ID_NUMBER => id.clone(),
                _ => plan.values.get(name).cloned(),
            };
            let before = before.unwrap_or_default();
            if before == *value {
                continue;
            }
            plan.note(field, &before, value);
            touched |= matches!(name.as_str(), ID_NUMBER | BIRTH_DATE | "sex");
            if name == ID_NUMBER {
                if self.keys.is_none() {
                    return Err(ProfileRefusal::DataKeyMissing);
                }
                id = Some(value.clone()).filter(|v| !v.is_empty());
                plan.id = id.clone().map_or(IdPlan::None, IdPlan::New);
            } else if value.is_empty() {
                plan.values.remove(name);
            } else {
                plan.values.insert(name.clone(), value.clone());
            }
        }
        if touched {
            plan.agree(id.as_deref(), row.confirm_id)?;
        } else if row.confirm_id && !plan.id_confirmed && !matches!(plan.id, IdPlan::None) {
            plan.id_confirmed = true;
            plan.row = true;
        }
        if let Some(manager) = row.manager.filter(|m| *m != stored.manager) {
            if let (Some(person), Some(manager)) = (row.person, manager)
                && !self.managers.put(person, manager)
            {
                return Err(ProfileRefusal::ManagerCycle);
            }
            let shown = |m: Option<PersonId>| m.map(|m| m.to_string()).unwrap_or_default();
            plan.changes.push((MANAGER.to_owned(), shown(stored.manager), shown(manager)));
            plan.manager = manager;
            plan.row = true;
        }
        self.custom(row, &mut plan)?;
        // Last, because a card that is taken stays taken for the rest of the batch.
        if let Some(card) = &row.card {
            plan.card = self.cards.plan(row.person, card)?;
            if let Some((before, after)) = &plan.card.change {
                let shown = |c: &Option<String>| c.clone().unwrap_or_default();
                plan.changes.push((super::CARD.0.to_owned(), shown(before), shown(after)));
            }
        }
        Ok(plan)
    }

    fn custom(&self, row: &FileInput, plan: &mut FilePlan) -> Result<(), ProfileRefusal> {
        let none = BTreeMap::new();
        let values = row.person.and_then(|p| self.values.get(&p)).unwrap_or(&none);
        for (id, text) in &row.custom {
            let unknown = || ProfileRefusal::ItemUnknown { name: id.to_string() };
            let item = self.items.get(id).ok_or_else(unknown)?;
            let before = values.get(id);
            let after = item.read(text, before)?;
            if before == after.as_ref() {
                continue;
            }
            let shown = |c: Option<&Content>| c.map(|c| item.show(c)).unwrap_or_default();
            plan.changes.push((item.code.clone(), shown(before), shown(after.as_ref())));
            plan.custom.push((*id, after));
            // The version of the file counts for its custom values too.
            plan.row = true;
        }
        Ok(())
    }
}

impl FilePlan {
    fn note(&mut self, field: &Field, before: &str, after: &str) {
        let shown = |v: &str| if v.is_empty() { String::new() } else { field.masked(v) };
        self.changes.push((field.name.to_owned(), shown(before), shown(after)));
        self.row = true;
    }

    /// Birth date and sex are those of the identity card, or confirmed. A blank birth date is taken from it.
    fn agree(&mut self, id: Option<&str>, confirmed: bool) -> Result<(), ProfileRefusal> {
        let Some(card) = id.and_then(IdCard::parse) else {
            self.id_confirmed = false;
            return Ok(());
        };
        let born = card.born().to_string();
        let date = self.values.entry(BIRTH_DATE.to_owned()).or_insert_with(|| born.clone());
        let other_date = *date != born;
        let other_sex = self.values.get("sex").is_some_and(|s| s != card.sex());
        if (other_date || other_sex) && !confirmed {
            let what = if other_date { BIRTH_DATE } else { "sex" };
            return Err(ProfileRefusal::IdDisagrees { what });
        }
        self.id_confirmed = other_date || other_sex;
        Ok(())
    }
}
