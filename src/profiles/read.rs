//! The file of one person, as screens show it.

use std::collections::BTreeMap;

use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId, PositionId};

use super::fields::{FIELDS, Field, Group, ID_NUMBER, MANAGER};
use super::load::{
    StoredFile, field_is_on, id_place, items, load_cards, load_files, load_values, optional_fields,
};
use crate::base::{DataKeys, Fault, Query, Scope, id_rows, id_value};
use crate::people::{self, PersonView};

/// One entry of the history of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    pub card_no: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

/// A file as of a date. Values are in the clear: [`FileView::mask`] hides what is not asked for.
#[derive(Clone, Debug)]
pub struct FileView {
    pub person: PersonView,
    pub place: Place,
    /// By the name of the field; the manager by his employee number.
    pub values: BTreeMap<&'static str, String>,
    pub manager: Option<ManagerRow>,
    pub id_confirmed: bool,
    /// By English name.
    pub custom: BTreeMap<String, String>,
    /// Oldest first.
    pub cards: Vec<CardRow>,
    /// Names of fields that have a value and are hidden.
    pub masked: Vec<&'static str>,
    /// 0 = there is no file yet.
    pub version: i32,
}

/// Position and employment kind of the date.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Place {
    pub person_id: PersonId,
    pub position_id: Option<PositionId>,
    pub position_name: Option<String>,
    pub employment_kind: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ManagerRow {
    pub id: PersonId,
    pub number: String,
    pub name: String,
}

impl FileView {
    /// Hides the fields of groups that are not shown.
    pub fn mask(&mut self, shown: &[Group]) {
        for field in FIELDS {
            let hidden = field.group.is_some_and(|g| !shown.contains(&g));
            if let (true, Some(value)) = (hidden, self.values.get_mut(field.name)) {
                *value = field.masked(value);
                self.masked.push(field.name);
            }
        }
    }

    /// The card of a date.
    pub fn card_on(&self, on: LocalDate) -> Option<&str> {
        card_on(&self.cards, on)
    }
}

/// The card of a date.
pub(super) fn card_on(cards: &[CardRow], on: LocalDate) -> Option<&str> {
    let holds = |c: &&CardRow| c.valid_from <= on && c.valid_to.is_none_or(|to| to >= on);
    cards.iter().rev().find(holds).map(|c| c.card_no.as_str())
}

/// The file of a person, if he is in scope.
pub async fn file(
    q: &impl Query,
    keys: Option<&DataKeys>,
    scope: &Scope,
    id: PersonId,
    on: LocalDate,
) -> Result<Option<FileView>, Fault> {
    let Some(person) = people::person(q, scope, id, on).await? else { return Ok(None) };
    Ok(complete(q, keys, vec![person], on).await?.pop())
}

/// The files of people, in their order, in a fixed number of statements.
pub(super) async fn complete(
    q: &impl Query,
    keys: Option<&DataKeys>,
    people: Vec<PersonView>,
    on: LocalDate,
) -> Result<Vec<FileView>, Fault> {
    let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
    let optional = optional_fields(q).await?;
    let mut files = load_files(q, &ids).await?;
    let mut values = load_values(q, &ids).await?;
    let known = items(q).await?;
    let mut cards: BTreeMap<PersonId, Vec<CardRow>> = BTreeMap::new();
    for e in load_cards(q, &ids).await? {
        let row = CardRow { card_no: e.card_no, valid_from: e.valid_from, valid_to: e.valid_to };
        cards.entry(e.person_id).or_default().push(row);
    }
    let mut places = places(q, &ids, on).await?;
    let above: Vec<PersonId> = files.values().filter_map(|f| f.manager).collect();
    let managers = managers(q, &above).await?;
    let mut out = Vec::with_capacity(people.len());
    for person in people {
        let stored = files.remove(&person.id).unwrap_or_default();
        let manager = stored.manager.and_then(|m| managers.get(&m)).cloned();
        let custom = values.remove(&person.id).unwrap_or_default();
        let shown = known.iter().filter_map(|i| Some((i.code.clone(), i.show(custom.get(&i.id)?))));
        out.push(FileView {
            place: places.remove(&person.id).unwrap_or_default(),
            values: clear(keys, person.id, &stored, manager.as_ref(), |f| {
                field_is_on(f, &optional)
            })?,
            manager,
            id_confirmed: stored.id_confirmed,
            custom: shown.collect(),
            cards: cards.remove(&person.id).unwrap_or_default(),
            masked: Vec::new(),
            version: stored.version,
            person,
        });
    }
    Ok(out)
}

/// The values of the fields that are in use.
fn clear(
    keys: Option<&DataKeys>,
    person: PersonId,
    stored: &StoredFile,
    manager: Option<&ManagerRow>,
    on: impl Fn(&Field) -> bool,
) -> Result<BTreeMap<&'static str, String>, Fault> {
    let mut values = BTreeMap::new();
    for field in FIELDS.iter().filter(|f| on(f)) {
        let value = match field.name {
            ID_NUMBER => match (&stored.id, keys) {
                (Some(id), Some(keys)) => {
                    Some(keys.open(&id_place(person), &id.key, &id.cipher)?)
                }
                (Some(_), None) => return Err(Fault::text("there are no data keys")),
                (None, _) => None,
            },
            MANAGER => manager.map(|m| m.number.clone()),
            name => stored.values.get(name).cloned(),
        };
        if let Some(value) = value {
            values.insert(field.name, value);
        }
    }
    Ok(values)
}

async fn places(
    q: &impl Query,
    people: &[PersonId],
    on: LocalDate,
) -> Result<BTreeMap<PersonId, Place>, Fault> {
    // Of somebody who comes later: as of his first day.
    let day = "(CASE WHEN p.hired_on > $2 THEN p.hired_on ELSE $2 END)";
    let sql = format!(
        "SELECT p.id AS person_id, x.id AS position_id, x.name AS position_name, \
           (SELECT k.employment_kind FROM person_kind k WHERE k.person_id = p.id \
              AND k.valid_from <= {day} ORDER BY k.valid_from DESC LIMIT 1) AS employment_kind \
         FROM {} JOIN person p ON p.id = k0.id LEFT JOIN position x ON x.id = ( \
           SELECT pp.position_id FROM person_position pp WHERE pp.person_id = p.id \
             AND pp.valid_from <= {day} ORDER BY pp.valid_from DESC LIMIT 1)",
        id_rows(q.dialect(), "k0", 1)
    );
    let values = vec![id_value(people.iter().map(|p| p.0)), on.into()];
    let rows: Vec<Place> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| (r.person_id, r)).collect())
}

async fn managers(
    q: &impl Query,
    ids: &[PersonId],
) -> Result<BTreeMap<PersonId, ManagerRow>, Fault> {
    let sql = format!(
        "SELECT DISTINCT p.id, p.number, p.name FROM {} JOIN person p ON p.id = k.id",
        id_rows(q.dialect(), "k", 1)
    );
    let rows: Vec<ManagerRow> = q.rows(&sql, vec![id_value(ids.iter().map(|p| p.0))]).await?;
    Ok(rows.into_iter().map(|r| (r.id, r)).collect())
}
