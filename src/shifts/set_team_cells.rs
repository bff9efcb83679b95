use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;
use vocabulary::{Instant, LocalDate, PersonId, TeamId};

use super::layer::{Layer, LayerRow, write_layer};
use super::notices::{Concerned, add_members, tell};
use super::read::{self, ShiftInfo};
use super::set_cells::{CellSource, CellValue, MAX_CELLS, resolve_value};
use super::{ShiftRefusal, marks};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once, finish_once,
};
use crate::people::{self, RosterTeam, TeamChoice};

/// Teams of one clearing.
const MAX_TEAMS: usize = 200;

/// Days of one clearing.
const MAX_DAYS: i32 = 366;

/// A cell of a team (班组排班) as a user enters it; it holds for whoever is a member on that date.
#[derive(Clone, Debug, Serialize)]
pub struct TeamCellChange {
    pub team: TeamId,
    pub date: LocalDate,
    pub value: CellValue,
    /// The version this is based on, 0 = there is no cell; `None` = not checked.
    pub expected_version: Option<i32>,
}

/// Which cells of teams are to be removed.
#[derive(Clone, Debug, Serialize)]
pub struct ClearedTeams {
    pub teams: Vec<TeamId>,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// Writes cells of teams. Every row has its own outcome, in the order given. Whoever plans for a team sees everybody
/// who is in it on these dates.
pub async fn set_team_cells(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    changes: &[TeamCellChange],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if changes.len() > MAX_CELLS {
        return Err(ShiftRefusal::TooManyRows { max: MAX_CELLS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_team_cells", once, at).await? {
        return Ok(done);
    }
    let codes = read::shift_codes(&tx).await?;
    let dates = || changes.iter().map(|c| c.date);
    let span = (dates().min().unwrap_or(app.today()), dates().max().unwrap_or(app.today()));
    let ids: HashSet<TeamId> = changes.iter().map(|c| c.team).collect();
    let teams = open_teams(&tx, scope, ids.into_iter().collect(), span).await?;
    let rows: Vec<Result<LayerRow, ShiftRefusal>> =
        changes.iter().map(|c| row(c, &teams, &codes)).collect();
    let good: Vec<LayerRow> = rows.iter().filter_map(|r| r.as_ref().ok()).cloned().collect();
    let mut written = put_team_cells(&tx, actor, &good, app.today(), at).await?.into_iter();
    let outcomes: Vec<RowOutcome> = rows
        .iter()
        .map(|r| match r {
            Ok(_) => written.next().ok_or_else(|| Fault::text("an outcome is missing")),
            Err(refusal) => Ok(RowOutcome::refused(refusal)),
        })
        .collect::<Result<_, _>>()?;
    finish_once(&tx, actor, "set_team_cells", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// Removes the cells of teams in a span of dates, so that what stands below counts again; how many there were.
pub async fn clear_team_cells(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    what: &ClearedTeams,
    once: &Once,
) -> Result<u64, Failure> {
    if what.teams.len() > MAX_TEAMS {
        return Err(ShiftRefusal::TooManyRows { max: MAX_TEAMS }.into());
    }
    if what.to < what.from || what.to > what.from.plus(MAX_DAYS - 1) {
        return Err(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "clear_team_cells", once, at).await? {
        return Ok(done);
    }
    let teams = open_teams(&tx, scope, what.teams.clone(), (what.from, what.to)).await?;
    if what.teams.iter().any(|t| !teams.contains_key(t)) {
        return Err(ShiftRefusal::TeamNotFound.into());
    }
    let cells = read::team_cells(&tx, &what.teams, what.from, what.to).await?;
    let rows: Vec<LayerRow> = cells
        .iter()
        .map(|c| LayerRow {
            subject: c.team.0,
            date: c.date,
            shifts: None,
            expected_version: Some(c.version),
            source: CellSource::Manual,
            template: None,
        })
        .collect();
    let outcomes = put_team_cells(&tx, actor, &rows, app.today(), at).await?;
    let cleared = outcomes.iter().filter(|o| o.is_written()).count() as u64;
    finish_once(&tx, actor, "clear_team_cells", once, &cleared).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(cleared)
}

/// Those of the teams whoever has this scope may plan for on these dates.
pub(super) async fn open_teams(
    tx: &Tx,
    scope: &Scope,
    teams: Vec<TeamId>,
    (from, to): (LocalDate, LocalDate),
) -> Result<HashMap<TeamId, RosterTeam>, Fault> {
    let found = people::roster_teams(tx, scope, &TeamChoice::These(teams), from, to).await?;
    Ok(found.into_iter().filter(|t| t.is_open_to(scope)).map(|t| (t.id, t)).collect())
}

fn row(
    c: &TeamCellChange,
    teams: &HashMap<TeamId, RosterTeam>,
    codes: &HashMap<String, ShiftInfo>,
) -> Result<LayerRow, ShiftRefusal> {
    let team = teams.get(&c.team).ok_or(ShiftRefusal::TeamNotFound)?;
    if !team.active && c.value != CellValue::Empty {
        return Err(ShiftRefusal::TeamInactive);
    }
    let shifts = resolve_value(&c.value, c.date, codes)?;
    Ok(LayerRow {
        subject: c.team.0,
        date: c.date,
        shifts,
        expected_version: c.expected_version,
        source: CellSource::Manual,
        template: None,
    })
}

/// Writes cells of teams whose shifts are known to be good and marks whoever is a member on these dates. One outcome
/// per row. Call it last: it waits for changes of who is a member.
pub(super) async fn put_team_cells(
    tx: &Tx,
    actor: &Actor,
    rows: &[LayerRow],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    let done = write_layer(tx, actor, Layer::Team, rows, at).await?;
    let places: Vec<_> = done.places.iter().map(|(t, d)| (TeamId(*t), *d)).collect();
    if !places.is_empty() {
        let members = people::team_members(tx, &marks::team_spans(&places)).await?;
        let mut concerned = Concerned::new();
        add_members(&mut concerned, &members, &places);
        tell(tx, "roster_changed", &concerned, &Value::Null, today, at).await?;
        let people: HashSet<PersonId> = members.iter().map(|m| m.person_id).collect();
        marks::mark_teams(tx, actor, &places, people.len(), today, at).await?;
    }
    Ok(done.outcomes)
}
