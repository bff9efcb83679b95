use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{DraftId, LocalDate, PersonId, PublicationId, TeamId};

use super::layer::{Layer, LayerRow, Place, write_layer};
use super::notices::{Concerned, add_members, tell};
use super::read::{self, Draft, ShiftInfo};
use super::set_cells::{MAX_CELLS, resolve_value};
use super::set_team_cells::open_teams;
use super::{CellChange, CellSource, ShiftRefusal, TeamCellChange, drafts, marks, store_drafts};
use crate::base::{
    Actor, App, Failure, Once, RowOutcome, Scope, Tx, audit, begin_once, finish_once, name_is_valid,
};
use crate::dirty::{self, Cause};
use crate::people;

/// Days of a draft.
const MAX_DAYS: i32 = 366;

/// Characters of a note.
const MAX_NOTE: usize = 500;

/// A draft as it is begun.
#[derive(Clone, Debug, Serialize)]
pub struct NewDraft {
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// Begins a draft of a range of dates. What is drafted counts for nobody until it is published.
pub async fn create_draft(
    app: &App,
    actor: &Actor,
    new: &NewDraft,
    once: &Once,
) -> Result<Draft, Failure> {
    if !name_is_valid(&new.name) {
        return Err(ShiftRefusal::NameInvalid.into());
    }
    if new.to < new.from || new.to > new.from.plus(MAX_DAYS - 1) {
        return Err(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once::<DraftId>(&tx, actor, "create_draft", once, at).await? {
        Some(id) => id,
        None => {
            let span = (new.from, new.to);
            let id = store_drafts::insert_draft(&tx, &new.name, span, actor.user, at).await?;
            let detail = json!({ "draft": new });
            audit(&tx, actor, at, "create", "roster_draft", &id.to_string(), detail).await?;
            finish_once(&tx, actor, "create_draft", once, &id).await?;
            id
        }
    };
    let done = read::draft(&tx, id).await?.ok_or(ShiftRefusal::DraftNotFound)?;
    tx.commit().await?;
    Ok(done)
}

/// Cells to be drafted. An empty cell will remove the published one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DraftEdit {
    pub people: Vec<CellChange>,
    pub teams: Vec<TeamCellChange>,
}

/// Writes cells into a draft: first the outcomes of the people's, then of the teams'.
pub async fn edit_draft(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: DraftId,
    edit: &DraftEdit,
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if edit.people.len() + edit.teams.len() > MAX_CELLS {
        return Err(ShiftRefusal::TooManyRows { max: MAX_CELLS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "edit_draft", once, at).await? {
        return Ok(done);
    }
    let draft = open_draft(&tx, id).await?;
    let codes = read::shift_codes(&tx).await?;
    let places: Vec<_> = edit.people.iter().map(|c| (c.person, c.date)).collect();
    let visible = people::visible_at(&tx, scope, &places).await?;
    let teams: BTreeSet<TeamId> = edit.teams.iter().map(|c| c.team).collect();
    let open = open_teams(&tx, scope, teams.into_iter().collect(), (draft.from, draft.to)).await?;
    let own = edit.people.iter().zip(visible).map(|(c, seen)| {
        if !seen {
            return Err(ShiftRefusal::PersonNotFound);
        }
        row(&draft, c.person.0, c.date, &c.value, &codes)
    });
    let own: Vec<_> = own.collect();
    let team = edit.teams.iter().map(|c| {
        let known = open.get(&c.team).ok_or(ShiftRefusal::TeamNotFound)?;
        if !known.active {
            return Err(ShiftRefusal::TeamInactive);
        }
        row(&draft, c.team.0, c.date, &c.value, &codes)
    });
    let team: Vec<_> = team.collect();
    let mut outcomes = Vec::new();
    for (layer, rows) in [(Layer::Person, own), (Layer::Team, team)] {
        outcomes.extend(put(&tx, id, layer, rows).await?);
    }
    let detail = json!({ "edit": edit });
    audit(&tx, actor, at, "edit", "roster_draft", &id.to_string(), detail).await?;
    finish_once(&tx, actor, "edit_draft", once, &outcomes).await?;
    tx.commit().await?;
    Ok(outcomes)
}

async fn open_draft(tx: &Tx, id: DraftId) -> Result<Draft, Failure> {
    let draft = read::draft(tx, id).await?.ok_or(ShiftRefusal::DraftNotFound)?;
    if draft.state == "open" { Ok(draft) } else { Err(ShiftRefusal::DraftClosed.into()) }
}

fn row(
    draft: &Draft,
    subject: i64,
    date: LocalDate,
    value: &super::CellValue,
    codes: &HashMap<String, ShiftInfo>,
) -> Result<LayerRow, ShiftRefusal> {
    if date < draft.from || date > draft.to {
        return Err(ShiftRefusal::OutsideDraft { from: draft.from, to: draft.to });
    }
    let shifts = resolve_value(value, date, codes)?;
    Ok(LayerRow {
        subject,
        date,
        shifts,
        expected_version: None,
        source: CellSource::Manual,
        template: None,
    })
}

/// Writes the good rows over what is published now.
async fn put(
    tx: &Tx,
    draft: DraftId,
    layer: Layer,
    rows: Vec<Result<LayerRow, ShiftRefusal>>,
) -> Result<Vec<RowOutcome>, Failure> {
    let places: Vec<Place> =
        rows.iter().filter_map(|r| r.as_ref().ok().map(|r| (r.subject, r.date))).collect();
    let stored = read::stored_places(tx, layer, &places).await?;
    let mut good: BTreeMap<Place, LayerRow> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(rows.len());
    for r in rows {
        match r {
            Ok(r) => {
                let place = (r.subject, r.date);
                let version = stored.get(&place).map_or(0, |c| c.version);
                outcomes.push(if good.contains_key(&place) {
                    RowOutcome::refused(&ShiftRefusal::RowRepeated)
                } else {
                    RowOutcome::Written { version }
                });
                good.entry(place).or_insert(LayerRow { expected_version: Some(version), ..r });
            }
            Err(refusal) => outcomes.push(RowOutcome::refused(&refusal)),
        }
    }
    let good: Vec<LayerRow> = good.into_values().collect();
    if !good.is_empty() {
        drafts::put_rows(tx, draft, layer, &good).await?;
    }
    Ok(outcomes)
}

/// Throws an open draft away.
pub async fn discard_draft(
    app: &App,
    actor: &Actor,
    id: DraftId,
    version: i32,
    once: &Once,
) -> Result<Draft, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<DraftId>(&tx, actor, "discard_draft", once, at).await?.is_none() {
        let draft = open_draft(&tx, id).await?;
        if !store_drafts::set_state(&tx, id, version, "discarded").await? {
            return Err(ShiftRefusal::DraftChanged { version: draft.version }.into());
        }
        audit(&tx, actor, at, "discard", "roster_draft", &id.to_string(), json!({})).await?;
        finish_once(&tx, actor, "discard_draft", once, &id).await?;
    }
    let done = read::draft(&tx, id).await?.ok_or(ShiftRefusal::DraftNotFound)?;
    tx.commit().await?;
    Ok(done)
}

/// How a draft is published.
#[derive(Clone, Debug, Serialize)]
pub struct Publishing {
    pub version: i32,
    /// Also over cells that were changed after they were drafted.
    pub replace: bool,
    pub note: String,
}

/// What a publication has changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublishedDraft {
    pub publication: PublicationId,
    pub cells: usize,
    pub people: usize,
}

/// Publishes a draft: its cells count from now on, whoever they concern is told. All or nothing.
pub async fn publish_draft(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: DraftId,
    how: &Publishing,
    once: &Once,
) -> Result<PublishedDraft, Failure> {
    if how.note.chars().count() > MAX_NOTE {
        return Err(ShiftRefusal::ReasonInvalid.into());
    }
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "publish_draft", once, at).await? {
        return Ok(done);
    }
    // Cells of teams are marked under this lock: whoever takes the weaker one first would wait for himself.
    dirty::hold_marks(&tx).await?;
    let draft = open_draft(&tx, id).await?;
    let (mut own, mut team) = (Vec::new(), Vec::new());
    for d in drafts::drafted_rows(&tx, id).await? {
        let rows = if d.layer == Layer::Person.as_str() { &mut own } else { &mut team };
        rows.push(d.row()?);
    }
    if own.is_empty() && team.is_empty() {
        return Err(ShiftRefusal::DraftEmpty.into());
    }
    allowed(&tx, scope, &own, &team).await?;
    for (layer, rows) in [(Layer::Person, &mut own), (Layer::Team, &mut team)] {
        ready(&tx, layer, rows, how.replace).await?;
    }
    let own = write_layer(&tx, actor, Layer::Person, &own, at).await?;
    let team = write_layer(&tx, actor, Layer::Team, &team, at).await?;
    let own: Vec<_> = own.places.iter().map(|(p, d)| (PersonId(*p), *d)).collect();
    let team: Vec<_> = team.places.iter().map(|(t, d)| (TeamId(*t), *d)).collect();
    let mut concerned = Concerned::new();
    for (person, date) in &own {
        concerned.entry(*person).or_default().insert(*date);
    }
    let members = people::team_members(&tx, &marks::team_spans(&team)).await?;
    add_members(&mut concerned, &members, &team);
    let (cells, people) = (own.len() + team.len(), concerned.len());
    let publication = store_drafts::NewPublication {
        draft: id,
        from: draft.from,
        to: draft.to,
        cells,
        people,
        note: &how.note,
        author: actor.user,
        at,
    };
    let publication = store_drafts::insert_publication(&tx, &publication).await?;
    if !store_drafts::set_state(&tx, id, how.version, "published").await? {
        return Err(ShiftRefusal::DraftChanged { version: draft.version }.into());
    }
    let extra = json!({ "publication_id": publication });
    tell(&tx, "roster_published", &concerned, &extra, today, at).await?;
    let detail = json!({ "publication": publication, "cells": cells, "people": people,
        "note": how.note });
    audit(&tx, actor, at, "publish", "roster_draft", &id.to_string(), detail).await?;
    let done = PublishedDraft { publication, cells, people };
    finish_once(&tx, actor, "publish_draft", once, &done).await?;
    if !own.is_empty() {
        marks::mark_days(&tx, &own, Cause::Roster, today, at).await?;
    }
    let members: HashSet<PersonId> = members.iter().map(|m| m.person_id).collect();
    marks::mark_teams(&tx, actor, &team, members.len(), today, at).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// That whoever publishes may plan for everybody in the draft.
async fn allowed(
    tx: &Tx,
    scope: &Scope,
    own: &[LayerRow],
    team: &[LayerRow],
) -> Result<(), Failure> {
    let mut spans: BTreeMap<i64, (LocalDate, LocalDate)> = BTreeMap::new();
    for r in own {
        let span = spans.entry(r.subject).or_insert((r.date, r.date));
        *span = (span.0.min(r.date), span.1.max(r.date));
    }
    let places: Vec<_> = spans
        .iter()
        .flat_map(|(p, (from, to))| [(PersonId(*p), *from), (PersonId(*p), *to)])
        .collect();
    if people::visible_at(tx, scope, &places).await?.contains(&false) {
        return Err(ShiftRefusal::PersonNotFound.into());
    }
    let dates = || team.iter().map(|r| r.date);
    let (Some(from), Some(to)) = (dates().min(), dates().max()) else { return Ok(()) };
    let ids: BTreeSet<TeamId> = team.iter().map(|r| TeamId(r.subject)).collect();
    let open = open_teams(tx, scope, ids.iter().copied().collect(), (from, to)).await?;
    if ids.iter().any(|t| !open.contains_key(t)) {
        return Err(ShiftRefusal::TeamNotFound.into());
    }
    Ok(())
}

/// Refuses a draft over cells that were changed after they were drafted, unless they are to be replaced.
async fn ready(tx: &Tx, layer: Layer, rows: &mut [LayerRow], replace: bool) -> Result<(), Failure> {
    let places: Vec<Place> = rows.iter().map(|r| (r.subject, r.date)).collect();
    let stored = read::stored_places(tx, layer, &places).await?;
    let version = |r: &LayerRow| stored.get(&(r.subject, r.date)).map_or(0, |c| c.version);
    let stale = rows.iter().filter(|r| r.expected_version != Some(version(r)));
    let stale: Vec<&LayerRow> = stale.collect();
    if let Some(first) = stale.first()
        && !replace
    {
        return Err(ShiftRefusal::DraftStale { cells: stale.len(), date: first.date }.into());
    }
    for r in rows {
        r.expected_version = Some(version(r));
    }
    Ok(())
}
