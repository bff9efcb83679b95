//! Runs and their differences, within the scope of the reader.

use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use vocabulary::{
    EmploymentKind, Instant, JobId, LocalDate, OrgId, PersonId, PositionId, UserId, WhatIfRunId,
};

use super::WhatIfRefusal;
use super::compare::{Content, Totals};
use super::draft::WhatIfDrafts;
use crate::base::{App, Failure, Fault, Query, Scope};
use crate::people;
use crate::precompute::read::Post;
use crate::precompute::row::NUMBERS;

/// Differences read at once while sums or files are made.
const PAGE: u32 = 2_000;

/// Whom a run is about, within what its author may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Everybody,
    /// A department with everything below it, on the date.
    Org(OrgId),
    Persons(Vec<PersonId>),
}

impl Target {
    pub fn scope(&self) -> Scope {
        match self {
            Self::Everybody => Scope::everybody(),
            Self::Org(id) => Scope::org(*id),
            Self::Persons(ids) => Scope::persons(ids.clone()),
        }
    }
}

/// A run with the state of its job.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RunRow {
    pub id: WhatIfRunId,
    pub job_id: JobId,
    pub name: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub drafts: String,
    pub target: String,
    pub scope: String,
    pub after_person: PersonId,
    pub people: i64,
    pub day_rows: i64,
    pub truncated: bool,
    pub totals: String,
    pub author_id: Option<UserId>,
    pub created_at: Instant,
    pub state: String,
    pub progress_done: i64,
    pub progress_total: Option<i64>,
    pub error: Option<String>,
    pub finished_at: Option<Instant>,
}

impl RunRow {
    pub fn drafts(&self) -> Result<WhatIfDrafts, Fault> {
        Ok(serde_json::from_str(&self.drafts)?)
    }

    pub fn target(&self) -> Result<Target, Fault> {
        Ok(serde_json::from_str(&self.target)?)
    }

    /// Whom the author could see when he asked.
    pub fn scope(&self) -> Result<Scope, Fault> {
        Ok(serde_json::from_str(&self.scope)?)
    }

    pub fn totals(&self) -> Result<Totals, Fault> {
        Ok(serde_json::from_str(&self.totals)?)
    }
}

/// Runs that are not deleted, newest first: those of `author`, or of everybody.
pub async fn runs(
    q: &impl Query,
    id: Option<WhatIfRunId>,
    author: Option<UserId>,
    before: Option<WhatIfRunId>,
    limit: u32,
) -> Result<Vec<RunRow>, Fault> {
    q.rows(
        "SELECT r.id, r.job_id, r.name, r.from_date, r.to_date, r.drafts, r.target, r.scope, \
           r.after_person, r.people, r.day_rows, r.truncated, r.totals, r.author_id, \
           r.created_at, COALESCE(j.state, 'done') AS state, \
           COALESCE(j.progress_done, r.people) AS progress_done, j.progress_total, j.error, \
           j.finished_at \
         FROM what_if_run r LEFT JOIN job j ON j.id = r.job_id \
         WHERE r.deleted_at IS NULL AND ($1 IS NULL OR r.id = $1) \
           AND ($2 IS NULL OR r.author_id = $2) AND ($3 IS NULL OR r.id < $3) \
         ORDER BY r.id DESC LIMIT $4",
        vec![id.into(), author.into(), before.into(), i64::from(limit).into()],
    )
    .await
}

/// A run that a reader may see: his own, or any if his scope is everybody.
pub async fn what_if_run(
    q: &impl Query,
    scope: &Scope,
    reader: Option<UserId>,
    id: WhatIfRunId,
) -> Result<RunRow, Failure> {
    let author = if scope.is_everybody() { None } else { reader };
    let found = runs(q, Some(id), author, None, 1).await?.pop();
    Ok(found.ok_or(WhatIfRefusal::RunNotFound)?)
}

/// Which differences are wanted.
#[derive(Clone, Debug)]
pub struct DifferenceFilter {
    pub person: Option<PersonId>,
    /// Everybody of this department or below it on the date.
    pub org: Option<OrgId>,
    pub post: Post,
    pub from: Option<LocalDate>,
    pub to: Option<LocalDate>,
    /// Only dates on which this differs.
    pub item: Option<String>,
    /// Only dates on which exceptions appear or disappear.
    pub exceptions: bool,
    pub locked: Option<bool>,
    /// Behind this key.
    pub after: Option<(PersonId, LocalDate)>,
    pub limit: u32,
}

impl DifferenceFilter {
    /// All differences of a run, page by page.
    pub const fn all() -> Self {
        Self {
            person: None,
            org: None,
            post: Post { position: None, kind: None },
            from: None,
            to: None,
            item: None,
            exceptions: false,
            locked: None,
            after: None,
            limit: PAGE,
        }
    }
}

/// A differing date.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DifferenceRow {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub work_date: LocalDate,
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub org_name: Option<String>,
    pub locked: bool,
    pub changed: String,
    pub content: String,
}

impl DifferenceRow {
    pub fn content(&self) -> Result<Content, Fault> {
        Ok(serde_json::from_str(&self.content)?)
    }
}

/// Words that stand beside the items in what differs.
const WORDS: [&str; 5] = ["state", "day_type", "shift", "exceptions", "detail"];

/// Differences of a run in the order of person and date.
pub async fn what_if_differences(
    q: &impl Query,
    scope: &Scope,
    id: WhatIfRunId,
    f: &DifferenceFilter,
) -> Result<Vec<DifferenceRow>, Failure> {
    let known = |item: &String| NUMBERS.contains(&item.as_str()) || WORDS.contains(&item.as_str());
    if !f.item.as_ref().is_none_or(known) {
        return Err(WhatIfRefusal::ItemUnknown.into());
    }
    let (after, date) = f.after.unwrap_or((PersonId(0), LocalDate::MIN));
    let item = f.item.as_ref().map(|i| format!("%,{},%", i.replace('_', "\\_")));
    let mut values: Vec<Value> = vec![
        id.into(),
        after.into(),
        date.into(),
        f.person.into(),
        f.from.unwrap_or(LocalDate::MIN).into(),
        f.to.unwrap_or(LocalDate::MAX).into(),
        item.into(),
        f.exceptions.into(),
        f.locked.into(),
        i64::from(f.limit).into(),
    ];
    let seen = people::within(scope, "d.work_date", "d.person_id", &mut values);
    let org = f.org.map_or_else(Scope::everybody, |o| Target::Org(o).scope());
    let asked = people::within(&org, "d.work_date", "d.person_id", &mut values);
    let post: String =
        f.post.conditions("d", &mut values).map(|part| format!(" AND {part}")).collect();
    let sql = format!(
        "SELECT d.person_id, p.number, p.name, d.work_date, d.org_id, d.position_id, \
           d.employment_kind, o.name AS org_name, \
           d.locked, d.changed, d.content \
         FROM what_if_day d JOIN person p ON p.id = d.person_id \
         LEFT JOIN org_unit o ON o.id = d.org_id \
         WHERE d.run_id = $1 AND (d.person_id, d.work_date) > ($2, $3) \
           AND ($4 IS NULL OR d.person_id = $4) AND d.work_date BETWEEN $5 AND $6 \
           AND ($7 IS NULL OR d.changed LIKE $7 ESCAPE '\\') \
           AND (NOT $8 OR d.exceptions > 0) AND ($9 IS NULL OR d.locked = $9) \
           AND {seen} AND {asked}{post} ORDER BY d.person_id, d.work_date LIMIT $10"
    );
    Ok(q.rows(&sql, values).await?)
}

/// The sums of a run as a reader may know them: of all differences if he sees whom the author saw, else of those
/// he sees.
pub async fn seen_totals(app: &App, scope: &Scope, run: &RunRow) -> Result<Totals, Failure> {
    if scope.is_everybody() || *scope == run.scope()? {
        return Ok(run.totals()?);
    }
    let mut totals = Totals::default();
    let mut filter = DifferenceFilter::all();
    let mut held: Vec<(PersonId, bool, Content)> = Vec::new();
    loop {
        let rows = what_if_differences(app.db.read(), scope, run.id, &filter).await?;
        filter.after = rows.last().map(|r| (r.person_id, r.work_date));
        let full = rows.len() as u64 == u64::from(filter.limit);
        for r in rows {
            if held.first().is_some_and(|(p, ..)| *p != r.person_id) {
                totals.add(held.iter().map(|(_, locked, c)| (*locked, c)));
                held.clear();
            }
            held.push((r.person_id, r.locked, r.content()?));
        }
        if !full {
            totals.add(held.iter().map(|(_, locked, c)| (*locked, c)));
            return Ok(totals);
        }
    }
}
