use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, PersonId, ShiftId, TeamId};

use super::apply::{ApplyOptions, Proposal, apply};
use super::generate::{Generated, infos, usable};
use super::layer::Layer;
use super::set_team_cells::open_teams;
use super::{ShiftRefusal, read};
use crate::base::{Actor, App, Failure, Once, Scope, Tx, audit, begin_once, finish_once};
use crate::people;

/// Days of a source or a target.
const MAX_DAYS: i32 = 366;

/// Whose roster is copied.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum CopySource {
    /// What counts for a person.
    Person(PersonId),
    /// The cells of a team.
    Team(TeamId),
}

/// To whom it is copied.
#[derive(Clone, Debug, Serialize)]
pub enum CopyTarget {
    People(Vec<PersonId>),
    Teams(Vec<TeamId>),
}

/// Copy (排班复制, domain 11.3).
#[derive(Clone, Debug, Serialize)]
pub struct RosterCopy {
    pub source: CopySource,
    pub source_from: LocalDate,
    pub source_to: LocalDate,
    pub target: CopyTarget,
    pub from: LocalDate,
    pub to: LocalDate,
    /// By weekday; else day by day, and behind the last from the first again.
    pub by_weekday: bool,
    pub options: ApplyOptions,
}

/// Copies a stretch of a roster. Dates on which the source has nothing are passed over. With `dry_run` it only shows
/// what would happen.
pub async fn copy_roster(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    c: &RosterCopy,
    once: &Once,
) -> Result<Generated, Failure> {
    for (from, to) in [(c.source_from, c.source_to), (c.from, c.to)] {
        if to < from || to > from.plus(MAX_DAYS - 1) {
            return Err(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS }.into());
        }
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "copy_roster", once, at).await? {
        return Ok(done);
    }
    let source = source(&tx, scope, c).await?;
    let (layer, subjects, people) = targets(&tx, scope, c).await?;
    let infos = infos(&tx).await?;
    let mut proposals = Vec::new();
    for subject in &subjects {
        for date in c.from.through(c.to) {
            let Some(shifts) = origin(c, date).and_then(|d| source.get(&d)) else { continue };
            usable(shifts, date, &infos)?;
            let (subject, shifts) = (*subject, shifts.clone());
            proposals.push(Proposal { subject, date, shifts, added: false, template: None });
        }
    }
    if !c.options.dry_run {
        let detail = json!({ "copy": c });
        audit(&tx, actor, at, "copy", "roster_cell", &subjects.len().to_string(), detail).await?;
    }
    let applied = apply(&tx, actor, layer, proposals, &c.options, (app.today(), at)).await?;
    let done = Generated { applied, people, warnings: Vec::new() };
    if c.options.dry_run {
        tx.rollback().await?;
        return Ok(done);
    }
    finish_once(&tx, actor, "copy_roster", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// The date whose cell a date takes.
fn origin(c: &RosterCopy, date: LocalDate) -> Option<LocalDate> {
    if c.by_weekday {
        return c.source_from.through(c.source_to).find(|d| d.weekday() == date.weekday());
    }
    let length = c.source_to.days() - c.source_from.days() + 1;
    Some(c.source_from.plus((date.days() - c.from.days()).rem_euclid(length)))
}

async fn source(
    tx: &Tx,
    scope: &Scope,
    c: &RosterCopy,
) -> Result<BTreeMap<LocalDate, Vec<ShiftId>>, Failure> {
    let (from, to) = (c.source_from, c.source_to);
    match c.source {
        CopySource::Person(person) => {
            let places = [(person, from), (person, to)];
            if !people::visible_at(tx, scope, &places).await?.contains(&true) {
                return Err(ShiftRefusal::PersonNotFound.into());
            }
            let roster = read::effective_roster(tx, &[person], from, to).await?;
            let cell = |d: LocalDate| Some((d, roster.cell(person, d)?.shifts));
            Ok(from.through(to).filter_map(cell).collect())
        }
        CopySource::Team(team) => {
            if open_teams(tx, scope, vec![team], (from, to)).await?.is_empty() {
                return Err(ShiftRefusal::TeamNotFound.into());
            }
            let cells = read::team_cells(tx, &[team], from, to).await?;
            Ok(cells.into_iter().map(|c| (c.date, c.shifts)).collect())
        }
    }
}

/// The layer, the subjects and how many people they are.
async fn targets(
    tx: &Tx,
    scope: &Scope,
    c: &RosterCopy,
) -> Result<(Layer, Vec<i64>, i64), Failure> {
    match &c.target {
        CopyTarget::People(ids) => {
            let ids: BTreeSet<PersonId> = ids.iter().copied().collect();
            let places: Vec<_> = ids.iter().flat_map(|p| [(*p, c.from), (*p, c.to)]).collect();
            if people::visible_at(tx, scope, &places).await?.contains(&false) {
                return Err(ShiftRefusal::PersonNotFound.into());
            }
            let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            Ok((Layer::Person, ids.iter().map(|p| p.0).collect(), count))
        }
        CopyTarget::Teams(ids) => {
            let ids: BTreeSet<TeamId> = ids.iter().copied().collect();
            let span = (c.from, c.to);
            let open = open_teams(tx, scope, ids.iter().copied().collect(), span).await?;
            if ids.iter().any(|t| !open.get(t).is_some_and(|t| t.active)) {
                return Err(ShiftRefusal::TeamNotFound.into());
            }
            let people = open.values().map(|t| t.members).sum();
            Ok((Layer::Team, ids.iter().map(|t| t.0).collect(), people))
        }
    }
}
