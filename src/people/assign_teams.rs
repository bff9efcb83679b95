use std::collections::{HashMap, HashSet};

use serde::Serialize;
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::line_entries::{LineEntry, spans, write};
use super::master_read::{MasterRow, all_masters};
use super::master_store::Line;
use super::{Master, MasterRefusal, visible_at};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once,
    finish_once,
};
use crate::dirty::{self, Cause, Mark, lane};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// From a date on a person is in this team.
#[derive(Clone, Debug, Serialize)]
pub struct TeamAssignment {
    pub person: PersonId,
    pub valid_from: LocalDate,
    /// Code of a team; `None` = none.
    pub team: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    pub removed: bool,
}

/// Writes entries of the timelines of teams. Every row has its own outcome, in the order given. Who comes into another
/// team is rostered with it: his dates up to the next entry are computed again.
pub async fn assign_teams(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[TeamAssignment],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(MasterRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_teams", once, at).await? {
        return Ok(done);
    }
    let when = (app.today(), at);
    let outcomes = put_team_members(&tx, actor, scope, rows, when).await?;
    finish_once(&tx, actor, "assign_teams", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// The move of [`assign_teams`].
pub async fn put_team_members(
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    rows: &[TeamAssignment],
    (today, at): (LocalDate, Instant),
) -> Result<Vec<RowOutcome>, Fault> {
    let teams: HashMap<String, MasterRow> =
        all_masters(tx, Master::Team).await?.into_iter().map(|t| (t.code.clone(), t)).collect();
    let places: Vec<_> = rows.iter().map(|r| (r.person, r.valid_from)).collect();
    let visible = visible_at(tx, scope, &places).await?;
    let mut seen = HashSet::new();
    let checked: Vec<Result<LineEntry, MasterRefusal>> = rows
        .iter()
        .zip(visible)
        .map(|(r, visible)| {
            if !visible {
                return Err(MasterRefusal::PersonNotFound);
            }
            if !seen.insert((r.person, r.valid_from)) {
                return Err(MasterRefusal::RowRepeated);
            }
            check(r, &teams)
        })
        .collect();
    let good: Vec<LineEntry> = checked.iter().filter_map(|r| r.as_ref().ok()).copied().collect();
    let changed = write(tx, actor, Line::Team, &good, at).await?;
    let new: Vec<LineEntry> =
        good.iter().zip(&changed).filter(|(_, c)| **c).map(|(e, _)| *e).collect();
    mark(tx, &new, today, at).await?;
    let mut written = changed.into_iter();
    let outcome = |r: &Result<LineEntry, MasterRefusal>| match r {
        Ok(_) if written.next() == Some(true) => RowOutcome::Written { version: 0 },
        Ok(_) => RowOutcome::Unchanged { version: 0 },
        Err(refusal) => RowOutcome::refused(refusal),
    };
    Ok(checked.iter().map(outcome).collect())
}

async fn mark(tx: &Tx, new: &[LineEntry], today: LocalDate, at: Instant) -> Result<(), Fault> {
    let Some(first) = new.iter().map(|e| e.valid_from).min() else { return Ok(()) };
    let people: HashSet<i64> = new.iter().map(|e| e.owner).collect();
    let lane = lane(people.len(), first, today);
    let mark = |(person, span): (i64, DateSpan)| Mark {
        person: PersonId(person),
        span: engine::reach_of_plan(span),
        cause: Cause::TeamRoster,
        lane,
    };
    let spans = spans(tx, Line::Team, new).await?;
    dirty::mark(tx, &spans.into_iter().map(mark).collect::<Vec<_>>(), at).await
}

fn check(
    r: &TeamAssignment,
    teams: &HashMap<String, MasterRow>,
) -> Result<LineEntry, MasterRefusal> {
    if !EFFECTIVE_RANGE.contains(&r.valid_from) {
        return Err(MasterRefusal::DateUnreasonable);
    }
    let object = match &r.team {
        Some(code) if !r.removed => {
            let team = teams.get(code);
            let team = team.ok_or_else(|| MasterRefusal::TeamUnknown { code: code.clone() })?;
            if !team.active {
                return Err(MasterRefusal::NotActive { code: code.clone() });
            }
            Some(team.id)
        }
        _ => None,
    };
    let (owner, valid_from, removed) = (r.person.0, r.valid_from, r.removed);
    Ok(LineEntry { owner, line: 0, valid_from, object, removed })
}
