use std::collections::{BTreeSet, HashMap, HashSet};

use engine::DateKind;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{LocalDate, PersonId, ShiftId, TeamId, TemplateId};

use super::ShiftRefusal;
use super::apply::{Applied, ApplyOptions, MAX_PROPOSED, Proposal, apply};
use super::grid::{GridWarning, MIN_REST, Phase};
use super::layer::Layer;
use super::put_template::{TemplateKind, ids, shifts_on};
use super::read::{self, ShiftInfo};
use super::set_cells::{CellValue, resolve_value};
use super::set_team_cells::open_teams;
use crate::base::{Actor, App, Failure, Once, Scope, Tx, audit, begin_once, finish_once};
use crate::calendars::{self, DateKinds};
use crate::people;

/// Days of one generation.
pub const MAX_DAYS: i32 = 366;

/// People of one generation from a cycle.
const MAX_PEOPLE: usize = 5_000;

/// Days of a cycle.
const MAX_CYCLE: usize = 366;

/// On which dates people rest whatever the pattern says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rests {
    /// On statutory dates.
    pub skip_statutory: bool,
    /// On every date that is no workday.
    pub follow_calendar: bool,
}

impl Rests {
    const fn on(self, kind: DateKind) -> bool {
        match kind {
            DateKind::Workday => false,
            DateKind::Statutory => self.skip_statutory || self.follow_calendar,
            DateKind::Rest => self.follow_calendar,
        }
    }
}

/// Regular generation (规律排班) from a template for teams.
#[derive(Clone, Debug, Serialize)]
pub struct TeamGeneration {
    pub template: TemplateId,
    /// Which team a number stands for.
    pub teams: Vec<(u16, TeamId)>,
    pub from: LocalDate,
    pub to: LocalDate,
    /// The date of day 1 of the template.
    pub start: LocalDate,
    pub phase: Phase,
    pub rests: Rests,
    pub options: ApplyOptions,
}

/// Regular generation from a cycle for people: the cell of a date is `cycle[(date − anchor) mod length]`.
#[derive(Clone, Debug, Serialize)]
pub struct CycleGeneration {
    pub people: Vec<PersonId>,
    pub cycle: Vec<CellValue>,
    pub anchor: LocalDate,
    pub from: LocalDate,
    pub to: LocalDate,
    pub rests: Rests,
    pub options: ApplyOptions,
}

/// What a generation has done or would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generated {
    pub applied: Applied,
    /// People whose days it concerns.
    pub people: i64,
    pub warnings: Vec<Warning>,
}

/// Something odd about what is generated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// `pattern_broken`, `not_covered`, `rest_short`, `shift_not_in_effect`, `shift_retired`.
    pub code: String,
    pub team: Option<u16>,
    pub shift: Option<ShiftId>,
    /// Day of the template, counted from 1.
    pub day: Option<i32>,
    pub date: Option<LocalDate>,
    /// Days of the pattern, or minutes of rest.
    pub number: Option<i32>,
}

impl Warning {
    pub(super) fn of(w: &GridWarning) -> Self {
        let int = |n: usize| Some(i32::try_from(n).unwrap_or(i32::MAX));
        let bare = |code: &str| Self {
            code: code.to_owned(),
            team: None,
            shift: None,
            day: None,
            date: None,
            number: None,
        };
        match w {
            GridWarning::PatternBroken { pattern, .. } => {
                Self { number: int(*pattern), ..bare("pattern_broken") }
            }
            GridWarning::NotCovered { shift, day } => {
                Self { shift: Some(*shift), day: int(*day), ..bare("not_covered") }
            }
            GridWarning::RestShort { team, day, minutes } => Self {
                team: Some(*team),
                day: int(*day),
                number: Some(*minutes),
                ..bare("rest_short")
            },
        }
    }
}

fn check_span(from: LocalDate, to: LocalDate) -> Result<(), ShiftRefusal> {
    if to < from || to > from.plus(MAX_DAYS - 1) {
        return Err(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS });
    }
    Ok(())
}

/// Generates the cells of teams from a template; with `dry_run` it only says what would happen. A year of four teams is
/// one call, however many people are in them.
pub async fn generate_for_teams(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    g: &TeamGeneration,
    once: &Once,
) -> Result<Generated, Failure> {
    check_span(g.from, g.to)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "generate_for_teams", once, at).await? {
        return Ok(done);
    }
    let template = read::template(&tx, g.template).await?;
    let template = template.filter(|t| t.active).ok_or(ShiftRefusal::TemplateNotFound)?;
    let numbers: BTreeSet<u16> = g.teams.iter().map(|(n, _)| *n).collect();
    let distinct: HashSet<TeamId> = g.teams.iter().map(|(_, t)| *t).collect();
    let known = template.grid.teams();
    if numbers != known || numbers.len() < g.teams.len() || distinct.len() < g.teams.len() {
        return Err(ShiftRefusal::TeamsIncomplete.into());
    }
    let teams = g.teams.iter().map(|(_, t)| *t).collect::<Vec<_>>();
    let open = open_teams(&tx, scope, teams.clone(), (g.from, g.to)).await?;
    if teams.iter().any(|t| !open.get(t).is_some_and(|t| t.active)) {
        return Err(ShiftRefusal::TeamNotFound.into());
    }
    let infos = infos(&tx).await?;
    let kinds = calendars::date_kinds(&tx, &[], g.from, g.to).await?;
    let mut proposals = Vec::new();
    for (number, team) in &g.teams {
        for date in g.from.through(g.to) {
            let n = date.days() - g.start.days();
            let column = template.grid.column(n, g.phase);
            let shifts = template.grid.shifts(*number, column);
            let rest = g.rests.on(kinds.default_kind(date));
            let added = template.shift_kind == TemplateKind::Ot;
            if added && (rest || shifts.is_empty()) {
                continue;
            }
            let shifts = if rest { Vec::new() } else { shifts };
            usable(&shifts, date, &infos)?;
            let template = Some(template.id);
            proposals.push(Proposal { subject: team.0, date, shifts, added, template });
        }
    }
    let shifts = shifts_on(&tx, &ids(&template.grid), g.from).await?;
    let warnings = template.grid.warnings(&shifts, g.phase).iter().map(Warning::of).collect();
    let people: i64 = open.values().map(|t| t.members).sum();
    if !g.options.dry_run {
        let detail = json!({ "template": template.id, "teams": g.teams, "from": g.from, "to": g.to,
            "phase": format!("{:?}", g.phase).to_lowercase(), "draft": g.options.draft });
        audit(&tx, actor, at, "generate", "team_cell", &template.id.to_string(), detail).await?;
    }
    let applied = apply(&tx, actor, Layer::Team, proposals, &g.options, (app.today(), at)).await?;
    let done = Generated { applied, people, warnings };
    finish(app, tx, actor, "generate_for_teams", g.options.dry_run, once, done).await
}

/// A dry run leaves nothing behind.
async fn finish(
    app: &App,
    tx: Tx,
    actor: &Actor,
    operation: &str,
    dry_run: bool,
    once: &Once,
    done: Generated,
) -> Result<Generated, Failure> {
    if dry_run {
        tx.rollback().await?;
        return Ok(done);
    }
    finish_once(&tx, actor, operation, once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// Generates the cells of people from a cycle of shifts and rest days. Dates out of service are passed over.
pub async fn generate_for_people(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    g: &CycleGeneration,
    once: &Once,
) -> Result<Generated, Failure> {
    check_span(g.from, g.to)?;
    if g.cycle.is_empty() || g.cycle.len() > MAX_CYCLE || g.cycle.contains(&CellValue::Empty) {
        return Err(ShiftRefusal::CycleInvalid.into());
    }
    if g.people.is_empty() || g.people.len() > MAX_PEOPLE {
        return Err(ShiftRefusal::TooManyRows { max: MAX_PEOPLE }.into());
    }
    let days = usize::try_from(g.to.days() - g.from.days() + 1).unwrap_or(usize::MAX);
    if g.people.len().saturating_mul(days) > MAX_PROPOSED {
        return Err(ShiftRefusal::TooManyRows { max: MAX_PROPOSED }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "generate_for_people", once, at).await? {
        return Ok(done);
    }
    let people: Vec<PersonId> =
        g.people.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let places: Vec<_> = people.iter().flat_map(|p| [(*p, g.from), (*p, g.to)]).collect();
    let seen = people::visible_at(&tx, scope, &places).await?;
    if seen.chunks(2).any(|pair| !pair.contains(&true)) {
        return Err(ShiftRefusal::PersonNotFound.into());
    }
    let codes = read::shift_codes(&tx).await?;
    let infos: HashMap<ShiftId, ShiftInfo> = codes.values().map(|i| (i.id, i.clone())).collect();
    let cycle = g
        .cycle
        .iter()
        .map(|v| Ok(resolve_value(v, g.to, &codes)?.unwrap_or_default()))
        .collect::<Result<Vec<Vec<ShiftId>>, ShiftRefusal>>()?;
    let kinds = calendars::date_kinds(&tx, &people, g.from, g.to).await?;
    let service = people::service_dates(&tx, &people).await?;
    let mut proposals = Vec::new();
    for person in &people {
        let Some((hired, left)) = service.get(person) else { continue };
        for date in g.from.through(g.to) {
            if date < *hired || left.is_some_and(|l| date > l) {
                continue;
            }
            let shifts = cell(g, &cycle, &kinds, *person, date);
            usable(&shifts, date, &infos)?;
            let subject = person.0;
            proposals.push(Proposal { subject, date, shifts, added: false, template: None });
        }
    }
    let warnings = cycle_warnings(&tx, &cycle, g.from).await?;
    let options = &g.options;
    let applied = apply(&tx, actor, Layer::Person, proposals, options, (app.today(), at)).await?;
    let done = Generated { applied, people: i64::try_from(people.len()).unwrap_or(0), warnings };
    finish(app, tx, actor, "generate_for_people", options.dry_run, once, done).await
}

fn cell(
    g: &CycleGeneration,
    cycle: &[Vec<ShiftId>],
    kinds: &DateKinds,
    person: PersonId,
    date: LocalDate,
) -> Vec<ShiftId> {
    if g.rests.on(kinds.kind(person, date)) {
        return Vec::new();
    }
    let length = i32::try_from(cycle.len()).unwrap_or(1).max(1);
    let n = (date.days() - g.anchor.days()).rem_euclid(length);
    usize::try_from(n).ok().and_then(|n| cycle.get(n)).cloned().unwrap_or_default()
}

/// Rests between two shifts of the cycle that are too short.
async fn cycle_warnings(
    tx: &Tx,
    cycle: &[Vec<ShiftId>],
    on: LocalDate,
) -> Result<Vec<Warning>, Failure> {
    let mut warnings = Vec::new();
    let mut ended: Option<i32> = None;
    let every: Vec<ShiftId> =
        cycle.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let shifts = shifts_on(tx, &every, on).await?;
    let by_id: HashMap<ShiftId, _> = every.into_iter().zip(shifts).collect();
    for (n, cell) in cycle.iter().chain(cycle.first()).enumerate() {
        let base = i32::try_from(n).unwrap_or(0) * 1_440;
        let spans = || cell.iter().filter_map(|s| by_id.get(s)).flat_map(|s| s.segments.iter());
        let (start, end) = (spans().map(|s| s.start).min(), spans().map(|s| s.end).max());
        let (Some(start), Some(end)) = (start, end) else { continue };
        if let Some(minutes) = ended.map(|e| base + start - e).filter(|m| *m < MIN_REST) {
            let day = n % cycle.len().max(1) + 1;
            warnings.push(Warning::of(&GridWarning::RestShort { team: 0, day, minutes }));
        }
        ended = Some(base + end);
    }
    for w in &mut warnings {
        w.team = None;
    }
    Ok(warnings)
}

pub(super) async fn infos(tx: &Tx) -> Result<HashMap<ShiftId, ShiftInfo>, Failure> {
    Ok(read::shift_codes(tx).await?.into_values().map(|i| (i.id, i)).collect())
}

/// That shifts have a version on a date and are not retired.
pub(super) fn usable(
    shifts: &[ShiftId],
    date: LocalDate,
    infos: &HashMap<ShiftId, ShiftInfo>,
) -> Result<(), ShiftRefusal> {
    for id in shifts {
        let Some((code, info)) = infos.get(id).map(|i| (&i.code, i)) else { continue };
        if date < info.first {
            return Err(ShiftRefusal::ShiftNotInEffect { code: code.clone(), date });
        }
        if info.retired_from.is_some_and(|r| date >= r) {
            return Err(ShiftRefusal::ShiftRetired { code: code.clone(), date });
        }
    }
    Ok(())
}
