use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vocabulary::{LocalDate, PersonId};

use super::fields::{Group, ID_NUMBER, MANAGER, field_named};
use super::load::items;
use super::plan::{FileInput, plan_files};
use super::write::{ID_KIND, write_files};
use super::{FileView, ProfileRefusal, file};
use crate::base::{
    Actor, App, DataKeys, Failure, Fault, Once, Query, Scope, Tx, begin_once, finish_once,
};
use crate::people;

/// What is absent stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct FileChange {
    /// The version this is based on; 0 = there is no file yet.
    pub version: i32,
    /// By name; an empty text clears the field.
    pub fields: BTreeMap<String, String>,
    /// By English name; an empty text clears the value.
    pub custom: BTreeMap<String, String>,
    /// Birth date and sex differ from the identity card, and that is right.
    pub confirm_id: bool,
}

impl FileChange {
    /// The groups that are written.
    pub fn groups(&self) -> BTreeSet<Group> {
        self.fields.keys().filter_map(|name| field_named(name)?.group).collect()
    }

    /// The same without an identity number: the fingerprint of a request is kept and must not give it away.
    pub fn fingerprint(&self, keys: Option<&DataKeys>) -> Self {
        let mut same = self.clone();
        if let Some(number) = same.fields.get_mut(ID_NUMBER) {
            let hashes = keys.map(|k| k.fingerprints(ID_KIND, number)).unwrap_or_default();
            *number = hashes.into_iter().next().unwrap_or_default();
        }
        same
    }
}

/// Changes the file of a person. He has to be in each of the scopes.
pub async fn change_file(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    id: PersonId,
    change: &FileChange,
    once: &Once,
) -> Result<FileView, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<PersonId>(&tx, actor, "change_file", once, at).await?.is_none() {
        seen(&tx, scopes, id, today).await?;
        let input = input(&tx, id, change).await?;
        let keys = app.config.data_keys();
        let plan = plan_files(&tx, keys, &[input]).await?.pop();
        let plan = plan.ok_or_else(|| Fault::text("a plan is missing"))??;
        write_files(&tx, keys, actor, "change", &[(id, plan)], at).await?;
        finish_once(&tx, actor, "change_file", once, &id).await?;
    }
    let view = file(&tx, app.config.data_keys(), &Scope::everybody(), id, today).await?;
    tx.commit().await?;
    Ok(view.ok_or(ProfileRefusal::PersonNotFound)?)
}

/// Refuses unless the person is in each of the scopes.
pub(super) async fn seen(
    q: &impl Query,
    scopes: &[Scope],
    id: PersonId,
    today: LocalDate,
) -> Result<(), Failure> {
    let mut known: Vec<&Scope> = Vec::new();
    for scope in scopes {
        if !known.contains(&scope) {
            people::person(q, scope, id, today).await?.ok_or(ProfileRefusal::PersonNotFound)?;
            known.push(scope);
        }
    }
    Ok(())
}

async fn input(tx: &Tx, id: PersonId, change: &FileChange) -> Result<FileInput, Failure> {
    let mut input = FileInput {
        person: Some(id),
        confirm_id: change.confirm_id,
        version: Some(change.version),
        ..FileInput::default()
    };
    for (name, text) in &change.fields {
        let unknown = || ProfileRefusal::FieldUnknown { name: name.clone() };
        let value = field_named(name).ok_or_else(unknown)?.normal(text)?;
        if name == MANAGER {
            input.manager = Some(match value.as_str() {
                "" => None,
                number => {
                    let found = people::by_number(tx, &[number.to_owned()]).await?;
                    Some(found.get(number).copied().ok_or(ProfileRefusal::ManagerUnknown)?)
                }
            });
        } else {
            input.values.insert(name.clone(), value);
        }
    }
    if !change.custom.is_empty() {
        let known = items(tx).await?;
        for (code, text) in &change.custom {
            let found = known.iter().find(|i| i.code.eq_ignore_ascii_case(code));
            let item = found.ok_or_else(|| ProfileRefusal::ItemUnknown { name: code.clone() })?;
            input.custom.insert(item.id, text.clone());
        }
    }
    Ok(input)
}
