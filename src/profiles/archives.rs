//! Lists of a file (详细档案): households, education, identity papers and consents, each with dates and remarks.

use std::collections::BTreeMap;

use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::json;
use vocabulary::{ArchiveId, LocalDate, PersonId};

use super::change_file::seen;
use super::fields::{Field, Group, archive_fields};
use super::{ProfileRefusal, store};
use crate::base::{
    Actor, App, DataKeys, Failure, Fault, Once, Query, Scope, Tx, audit, begin_once, finish_once,
};

/// Entries of one person.
const MAX_ENTRIES: i64 = 200;
/// Characters of remarks.
const MAX_REMARKS: usize = 500;
/// The field of an identity paper that is encrypted.
const NUMBER: &str = "number";

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveKind {
    /// 户籍信息
    Household,
    /// 教育背景
    Education,
    /// 身份信息
    Identity,
    /// 同意书
    Consent,
}

impl ArchiveKind {
    pub const ALL: [Self; 4] = [Self::Household, Self::Education, Self::Identity, Self::Consent];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Education => "education",
            Self::Identity => "identity",
            Self::Consent => "consent",
        }
    }
}

/// An entry as somebody enters it.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveInput {
    pub kind: ArchiveKind,
    /// By name; empty = nothing.
    pub values: BTreeMap<String, String>,
    pub valid_from: Option<LocalDate>,
    pub valid_to: Option<LocalDate>,
    pub remarks: Option<String>,
}

impl ArchiveInput {
    /// The groups of its kind: whoever writes an entry writes all of it.
    pub fn groups(&self) -> Vec<Group> {
        let mut all: Vec<Group> =
            archive_fields(self.kind).iter().filter_map(|f| f.group).collect();
        all.dedup();
        all
    }

    /// The same without the number of a paper: the fingerprint of a request is kept and must not give it away.
    pub fn fingerprint(&self, keys: Option<&DataKeys>) -> Self {
        let mut same = self.clone();
        if let Some(number) = same.values.get_mut(NUMBER) {
            let hashes = keys.map(|k| k.fingerprints("paper", number)).unwrap_or_default();
            *number = hashes.into_iter().next().unwrap_or_default();
        }
        same
    }
}

/// An entry. Values are in the clear: [`ArchiveRow::mask`] hides what is not asked for.
#[derive(Clone, Debug)]
pub struct ArchiveRow {
    pub id: ArchiveId,
    pub kind: ArchiveKind,
    pub values: BTreeMap<String, String>,
    pub masked: Vec<&'static str>,
    pub valid_from: Option<LocalDate>,
    pub valid_to: Option<LocalDate>,
    pub remarks: Option<String>,
    pub version: i32,
}

impl ArchiveRow {
    /// Hides the fields of groups that are not shown.
    pub fn mask(&mut self, shown: &[Group]) {
        for field in archive_fields(self.kind) {
            let hidden = field.group.is_some_and(|g| !shown.contains(&g));
            if let (true, Some(value)) = (hidden, self.values.get_mut(field.name)) {
                *value = field.masked(value);
                self.masked.push(field.name);
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: ArchiveId,
    kind: String,
    body: String,
    paper_cipher: Option<String>,
    paper_key: Option<String>,
    valid_from: Option<LocalDate>,
    valid_to: Option<LocalDate>,
    remarks: Option<String>,
    version: i32,
}

fn place(person: PersonId) -> String {
    format!("person_archive.number {person}")
}

/// The entries of a person by kind and date. The caller has found him in scope.
pub async fn archives(
    q: &impl Query,
    keys: Option<&DataKeys>,
    person: PersonId,
) -> Result<Vec<ArchiveRow>, Fault> {
    let sql = "SELECT id, kind, body, paper_cipher, paper_key, valid_from, valid_to, remarks, version \
               FROM person_archive WHERE person_id = $1 ORDER BY kind, valid_from, id";
    let rows: Vec<Row> = q.rows(sql, vec![person.into()]).await?;
    rows.into_iter()
        .map(|r| {
            let kind = ArchiveKind::ALL.into_iter().find(|k| k.as_str() == r.kind);
            let kind = kind.ok_or_else(|| Fault::text("an archive of no known kind"))?;
            let mut values: BTreeMap<String, String> = serde_json::from_str(&r.body)?;
            if let (Some(cipher), Some(key)) = (&r.paper_cipher, &r.paper_key) {
                let keys = keys.ok_or_else(|| Fault::text("there are no data keys"))?;
                values.insert(NUMBER.to_owned(), keys.open(&place(person), key, cipher)?);
            }
            Ok(ArchiveRow {
                id: r.id,
                kind,
                values,
                masked: Vec::new(),
                valid_from: r.valid_from,
                valid_to: r.valid_to,
                remarks: r.remarks,
                version: r.version,
            })
        })
        .collect()
}

async fn one(
    q: &impl Query,
    keys: Option<&DataKeys>,
    person: PersonId,
    id: ArchiveId,
) -> Result<ArchiveRow, Failure> {
    let found = archives(q, keys, person).await?.into_iter().find(|a| a.id == id);
    Ok(found.ok_or(ProfileRefusal::ArchiveNotFound)?)
}

/// What is written of an entry.
pub(super) struct ArchiveWrite {
    pub body: String,
    pub paper: Option<crate::base::Sealed>,
    pub valid_from: Option<LocalDate>,
    pub valid_to: Option<LocalDate>,
    pub remarks: Option<String>,
}

fn checked(
    keys: Option<&DataKeys>,
    person: PersonId,
    input: &ArchiveInput,
) -> Result<ArchiveWrite, Failure> {
    let fields: &'static [Field] = archive_fields(input.kind);
    let mut values = BTreeMap::new();
    for (name, text) in &input.values {
        let unknown = || ProfileRefusal::FieldUnknown { name: name.chars().take(60).collect() };
        let field = fields.iter().find(|f| f.name == name).ok_or_else(unknown)?;
        let value = field.normal(text)?;
        if !value.is_empty() {
            values.insert(name.clone(), value);
        }
    }
    if values.is_empty() {
        return Err(ProfileRefusal::ArchiveEmpty.into());
    }
    if let (Some(from), Some(to)) = (input.valid_from, input.valid_to)
        && to < from
    {
        return Err(ProfileRefusal::SpanInvalid.into());
    }
    let remarks = input.remarks.as_deref().map(str::trim).filter(|r| !r.is_empty());
    if remarks.is_some_and(|r| r.chars().count() > MAX_REMARKS || r.chars().any(char::is_control)) {
        return Err(ProfileRefusal::RemarksInvalid.into());
    }
    let paper = match (values.remove(NUMBER), keys) {
        (None, _) => None,
        (Some(_), None) => return Err(ProfileRefusal::DataKeyMissing.into()),
        (Some(number), Some(keys)) => Some(keys.seal(&place(person), &number)?),
    };
    Ok(ArchiveWrite {
        body: serde_json::to_string(&values)?,
        paper,
        valid_from: input.valid_from,
        valid_to: input.valid_to,
        remarks: remarks.map(str::to_owned),
    })
}

/// Adds an entry. The person has to be in each of the scopes.
pub async fn add_archive(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    person: PersonId,
    input: &ArchiveInput,
    once: &Once,
) -> Result<ArchiveRow, Failure> {
    let (at, today, keys) = (app.clock.now(), app.today(), app.config.data_keys());
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "add_archive", once, at).await? {
        Some(done) => done,
        None => {
            seen(&tx, scopes, person, today).await?;
            store::hold(&tx).await?;
            if archives(&tx, keys, person).await?.len() >= usize::try_from(MAX_ENTRIES).unwrap_or(0)
            {
                return Err(ProfileRefusal::TooManyEntries.into());
            }
            let write = checked(keys, person, input)?;
            let id = store::insert_archive(&tx, person, input.kind.as_str(), write).await?;
            log(&tx, actor, at, "add", person, id, input).await?;
            finish_once(&tx, actor, "add_archive", once, &id).await?;
            id
        }
    };
    let row = one(&tx, keys, person, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Writes an entry anew; its kind stays.
pub async fn replace_archive(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    (person, id): (PersonId, ArchiveId),
    version: i32,
    input: &ArchiveInput,
    once: &Once,
) -> Result<ArchiveRow, Failure> {
    let (at, today, keys) = (app.clock.now(), app.today(), app.config.data_keys());
    let tx = app.db.begin().await?;
    if begin_once::<ArchiveId>(&tx, actor, "replace_archive", once, at).await?.is_none() {
        seen(&tx, scopes, person, today).await?;
        let before = one(&tx, keys, person, id).await?;
        if before.kind != input.kind {
            return Err(ProfileRefusal::ArchiveNotFound.into());
        }
        let write = checked(keys, person, input)?;
        if !store::update_archive(&tx, id, version, write).await? {
            return Err(ProfileRefusal::VersionConflict { version: before.version }.into());
        }
        log(&tx, actor, at, "replace", person, id, input).await?;
        finish_once(&tx, actor, "replace_archive", once, &id).await?;
    }
    let row = one(&tx, keys, person, id).await?;
    tx.commit().await?;
    Ok(row)
}

/// Removes an entry.
pub async fn remove_archive(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    person: PersonId,
    id: ArchiveId,
) -> Result<ArchiveRow, Failure> {
    let keys = app.config.data_keys();
    let tx = app.db.begin().await?;
    seen(&tx, std::slice::from_ref(scope), person, app.today()).await?;
    let row = one(&tx, keys, person, id).await?;
    store::delete_archive(&tx, id).await?;
    let detail = json!({ "archive": id, "kind": row.kind });
    let at = app.clock.now();
    audit(&tx, actor, at, "remove_archive", "person_file", &person.to_string(), detail).await?;
    tx.commit().await?;
    Ok(row)
}

async fn log(
    tx: &Tx,
    actor: &Actor,
    at: vocabulary::Instant,
    what: &str,
    person: PersonId,
    id: ArchiveId,
    input: &ArchiveInput,
) -> Result<(), Fault> {
    let mut values = input.values.clone();
    for field in archive_fields(input.kind) {
        if let Some(value) = values.get_mut(field.name).filter(|v| !v.is_empty()) {
            *value = field.masked(value);
        }
    }
    let detail = json!({ "archive": id, "kind": input.kind, "values": values,
        "from": input.valid_from, "to": input.valid_to });
    let operation = format!("{what}_archive");
    audit(tx, actor, at, &operation, "person_file", &person.to_string(), detail).await
}
