//! The list of files and its search. A page takes the same number of statements, however many people there are.

use sea_orm::Value;
use vocabulary::{LocalDate, OrgId, PersonId};

use super::custom::{Content, ItemKind, millionths};
use super::load::items;
use super::read::complete;
use super::write::ID_KIND;
use super::{CustomItem, FileView, IdCard, ProfileRefusal};
use crate::base::{DataKeys, Failure, Query, Scope};
use crate::people::{self, PersonFilter, PersonState};

/// A file in a list.
pub type FileRow = FileView;

/// Which files are wanted.
#[derive(Clone, Debug)]
pub struct FileFilter {
    /// State, department and card are those of this date.
    pub on: LocalDate,
    /// The beginning of any part of the name, its pinyin or initials, or of the number.
    pub text: Option<String>,
    pub number: Option<String>,
    /// Exactly this card, on the date.
    pub card: Option<String>,
    /// Exactly this identity number; `also` then holds the scope in which numbers may be seen.
    pub id_number: Option<String>,
    /// A department with everything below it.
    pub org: Option<OrgId>,
    pub state: Option<PersonState>,
    /// Whose direct manager is this person.
    pub manager: Option<PersonId>,
    pub custom: Option<CustomFilter>,
    /// People have to be in each of these scopes too.
    pub also: Vec<Scope>,
    pub after: PersonId,
    pub limit: u32,
}

/// A custom item and its value, or bounds of it.
#[derive(Clone, Debug, Default)]
pub struct CustomFilter {
    /// English name.
    pub item: String,
    pub value: Option<String>,
    pub min: Option<String>,
    pub max: Option<String>,
}

/// Files in the order of the ids of their people.
pub async fn files(
    q: &impl Query,
    keys: Option<&DataKeys>,
    scope: &Scope,
    f: &FileFilter,
) -> Result<Vec<FileRow>, Failure> {
    let custom = match &f.custom {
        Some(custom) => Some(custom.read(&items(q).await?)?),
        None => None,
    };
    let filter = PersonFilter {
        on: f.on,
        id: None,
        text: None,
        org: f.org,
        state: f.state,
        after: f.after,
        limit: f.limit,
    };
    let rows = people::persons_where(q, scope, &filter, |values| {
        conditions(f, keys, custom.as_ref(), values).join(" AND ")
    });
    Ok(complete(q, keys, rows.await?, f.on).await?)
}

fn bind(values: &mut Vec<Value>, value: impl Into<Value>) -> usize {
    values.push(value.into());
    values.len()
}

fn conditions(
    f: &FileFilter,
    keys: Option<&DataKeys>,
    custom: Option<&Wanted>,
    values: &mut Vec<Value>,
) -> Vec<String> {
    let mut all = vec!["TRUE".to_owned()];
    if let Some(text) = f.text.as_deref().filter(|t| !t.trim().is_empty()) {
        let token = people::found_by(text, "p.id", values);
        all.push(token);
    }
    for scope in &f.also {
        // As of the first day of somebody who comes later, like the list itself.
        let day = "(CASE WHEN p.hired_on > $1 THEN p.hired_on ELSE $1 END)";
        all.push(people::within(scope, day, "p.id", values));
    }
    if let Some(number) = &f.number {
        let n = bind(values, number.as_str());
        all.push(format!("p.number = ${n}"));
    }
    if let Some(card) = &f.card {
        let n = bind(values, card.as_str());
        all.push(format!(
            "p.id IN (SELECT c.person_id FROM person_card c WHERE c.card_no = ${n} \
               AND c.valid_from <= $1 AND (c.valid_to IS NULL OR c.valid_to >= $1))"
        ));
    }
    if let Some(id) = &f.id_number {
        let number = IdCard::parse(id).map(|c| c.number().to_owned()).unwrap_or_default();
        let hashes = keys.map(|k| k.fingerprints(ID_KIND, &number)).unwrap_or_default();
        let places: Vec<String> =
            hashes.into_iter().map(|h| format!("${}", bind(values, h))).collect();
        all.push(match places.is_empty() {
            true => "FALSE".to_owned(),
            false => format!(
                "p.id IN (SELECT f.person_id FROM person_file f WHERE f.id_hash IN ({}))",
                places.join(", ")
            ),
        });
    }
    if let Some(manager) = f.manager {
        let n = bind(values, manager);
        all.push(format!(
            "p.id IN (SELECT f.person_id FROM person_file f WHERE f.manager_id = ${n})"
        ));
    }
    if let Some(wanted) = custom {
        all.push(wanted.sql(values));
    }
    all
}

/// A filter that has been read.
struct Wanted {
    item: CustomItem,
    equal: Option<Content>,
    min: Option<i64>,
    max: Option<i64>,
}

impl CustomFilter {
    fn read(&self, known: &[CustomItem]) -> Result<Wanted, ProfileRefusal> {
        let found = known.iter().find(|i| i.code.eq_ignore_ascii_case(&self.item));
        let unknown = || ProfileRefusal::ItemUnknown { name: self.item.clone() };
        let item = found.ok_or_else(unknown)?.clone();
        let wrong = || ProfileRefusal::ValueInvalid { item: Box::new(item.clone()) };
        let bound = |text: &Option<String>| match (text, &item.kind) {
            (None, _) => Ok(None),
            (Some(text), ItemKind::Decimal { .. }) => {
                millionths(text.trim(), 6).map(Some).ok_or_else(wrong)
            }
            (Some(_), _) => Err(wrong()),
        };
        let (min, max) = (bound(&self.min)?, bound(&self.max)?);
        let equal = match (&self.value, &item.kind) {
            (None, _) => None,
            (Some(text), ItemKind::Decimal { .. }) => {
                Some(Content::Millionths(millionths(text.trim(), 6).ok_or_else(wrong)?))
            }
            // Hidden elements are found too.
            (Some(text), _) => Some(Content::Text(text.trim().to_owned())),
        };
        if equal.is_none() && min.is_none() && max.is_none() {
            return Err(ProfileRefusal::FilterIncomplete);
        }
        Ok(Wanted { item, equal, min, max })
    }
}

impl Wanted {
    fn sql(&self, values: &mut Vec<Value>) -> String {
        let mut parts = vec![format!("v.item_id = ${}", bind(values, self.item.id))];
        match &self.equal {
            Some(Content::Text(text)) => {
                parts.push(format!("v.content = ${}", bind(values, text.as_str())));
            }
            Some(Content::Millionths(n)) => {
                parts.push(format!("v.millionths = ${}", bind(values, *n)));
            }
            None => {}
        }
        for (bound, sign) in [(self.min, ">="), (self.max, "<=")] {
            if let Some(n) = bound {
                parts.push(format!("v.millionths {sign} ${}", bind(values, n)));
            }
        }
        format!("p.id IN (SELECT v.person_id FROM custom_value v WHERE {})", parts.join(" AND "))
    }
}
