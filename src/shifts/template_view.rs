//! Templates and generations between the types of the contract and those of the room.

use std::collections::HashMap;

use contract::shifts::ShiftKind;
use contract::templates::{
    CellConflictView, CopyBy, CycleGenerationCreate, GenerationView, GridRowBody, PhaseChoice,
    RosterCopyCreate, RosterWarningView, TeamGenerationCreate, TemplatePut, TemplateView,
};
use vocabulary::{LocalDate, RuleId, ShiftId, TemplateId};

use super::put_template::{ids, shifts_on};
use super::roster_view::{codes, value};
use super::{
    ApplyOptions, CellConflict, CellValue, CopySource, CopyTarget, CycleGeneration, Generated,
    NewRow, NewTemplate, Phase, Rests, RosterCopy, ShiftRefusal, TeamGeneration, Template,
    TemplateKind, Warning,
};
use crate::base::context::{Lang, lang};
use crate::base::{Fault, Query};

pub(super) fn new_template(
    id: Option<(TemplateId, i32)>,
    scheme: Option<RuleId>,
    b: TemplatePut,
) -> NewTemplate {
    NewTemplate {
        id,
        code: b.code,
        name: b.name,
        scheme,
        days: usize::try_from(b.days).unwrap_or(0),
        shift_kind: match b.shift_kind {
            ShiftKind::Normal => TemplateKind::Normal,
            ShiftKind::Ot => TemplateKind::Ot,
            ShiftKind::Free => TemplateKind::Free,
        },
        rows: b.rows.into_iter().map(|r| NewRow { shift: r.shift, days: r.days }).collect(),
        active: b.active,
    }
}

/// Templates with their warnings as of a date.
pub(super) async fn templates(
    q: &impl Query,
    rows: Vec<Template>,
    on: LocalDate,
) -> Result<Vec<TemplateView>, Fault> {
    let names = super::shift_names(q).await?;
    let mut every: Vec<ShiftId> = rows.iter().flat_map(|t| ids(&t.grid)).collect();
    every.sort_unstable();
    every.dedup();
    let shifts = shifts_on(q, &every, on).await?;
    let by_id: HashMap<ShiftId, engine::Shift> = every.into_iter().zip(shifts).collect();
    let int = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let view = |t: Template| {
        let own: Vec<_> = ids(&t.grid).iter().filter_map(|id| by_id.get(id).cloned()).collect();
        let found = t.grid.warnings(&own, Phase::Continue);
        let row = |r: &super::TemplateRow| GridRowBody {
            shift: names.get(&r.shift).cloned().unwrap_or_default(),
            days: r.teams.clone(),
        };
        TemplateView {
            id: t.id,
            code: t.code,
            name: t.name,
            scheme_id: t.scheme,
            days: int(t.grid.days),
            shift_kind: match t.shift_kind {
                TemplateKind::Normal => ShiftKind::Normal,
                TemplateKind::Ot => ShiftKind::Ot,
                TemplateKind::Free => ShiftKind::Free,
            },
            rows: t.grid.rows.iter().map(row).collect(),
            active: t.active,
            pattern_days: int(t.grid.pattern()),
            warnings: found.iter().map(|w| warning(Warning::of(w), &names)).collect(),
            author_id: t.author,
            at: t.at,
            version: t.version,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The sentence in the language of the request.
fn say(zh: &str, en: &str) -> String {
    if lang() == Lang::Zh { zh.to_owned() } else { en.to_owned() }
}

fn warning(w: Warning, names: &HashMap<ShiftId, String>) -> RosterWarningView {
    let shift = w.shift.and_then(|s| names.get(&s).cloned());
    let (number, day) = (w.number.unwrap_or(0), w.day.unwrap_or(0));
    let team = w.team.map_or(String::new(), |t| t.to_string());
    let name = shift.clone().unwrap_or_default();
    let message = match w.code.as_str() {
        "pattern_broken" => say(
            &format!("模板天数不是循环周期（{number} 天）的整数倍，重新开始会打乱轮换"),
            &format!(
                "The length is no multiple of the pattern of {number} days: beginning again breaks it"
            ),
        ),
        "not_covered" => say(
            &format!("第 {day} 天没有班组上 {name}"),
            &format!("No team works {name} on day {day}"),
        ),
        _ => say(
            &format!("第 {day} 天班次前只休息 {number} 分钟（班组 {team}）"),
            &format!("Only {number} minutes of rest before the shift of day {day} (team {team})"),
        ),
    };
    RosterWarningView { code: w.code, message, team: w.team, shift, day: w.day, number: w.number }
}

pub(super) fn team_generation(template: TemplateId, b: TeamGenerationCreate) -> TeamGeneration {
    TeamGeneration {
        template,
        teams: b.teams.into_iter().map(|t| (t.number, t.team_id)).collect(),
        from: b.from,
        to: b.to,
        start: b.start.unwrap_or(b.from),
        phase: match b.phase {
            PhaseChoice::Continue => Phase::Continue,
            PhaseChoice::Restart => Phase::Restart,
        },
        rests: Rests { skip_statutory: b.skip_statutory, follow_calendar: b.follow_calendar },
        options: ApplyOptions { keep_manual: b.keep_manual, dry_run: b.dry_run, draft: b.draft_id },
    }
}

pub(super) fn cycle_generation(b: CycleGenerationCreate) -> Result<CycleGeneration, ShiftRefusal> {
    let cycle: Vec<CellValue> =
        b.cycle.into_iter().map(|d| value(d.kind, d.shifts)).collect::<Result<_, _>>()?;
    Ok(CycleGeneration {
        people: b.person_ids,
        cycle,
        anchor: b.anchor,
        from: b.from,
        to: b.to,
        rests: Rests { skip_statutory: b.skip_statutory, follow_calendar: b.follow_calendar },
        options: ApplyOptions { keep_manual: b.keep_manual, dry_run: b.dry_run, draft: b.draft_id },
    })
}

pub(super) fn copy(b: RosterCopyCreate) -> Result<RosterCopy, ShiftRefusal> {
    let source = match (b.source_person_id, b.source_team_id) {
        (Some(p), None) => CopySource::Person(p),
        (None, Some(t)) => CopySource::Team(t),
        _ => return Err(ShiftRefusal::CopyInvalid),
    };
    let target = match (b.person_ids.is_empty(), b.team_ids.is_empty()) {
        (false, true) => CopyTarget::People(b.person_ids),
        (true, false) => CopyTarget::Teams(b.team_ids),
        _ => return Err(ShiftRefusal::CopyInvalid),
    };
    Ok(RosterCopy {
        source,
        source_from: b.source_from,
        source_to: b.source_to,
        target,
        from: b.from,
        to: b.to,
        by_weekday: b.by == CopyBy::Weekday,
        options: ApplyOptions { keep_manual: b.keep_manual, dry_run: b.dry_run, draft: b.draft_id },
    })
}

pub(super) fn generation(
    g: Generated,
    dry_run: bool,
    names: &HashMap<ShiftId, String>,
) -> GenerationView {
    let conflict = |c: CellConflict| CellConflictView {
        person_id: c.person,
        team_id: c.team,
        date: c.date,
        before: codes(&c.before, names),
        after: codes(&c.after, names),
        source: c.source,
        kept: c.kept,
    };
    GenerationView {
        dry_run,
        written: g.applied.written,
        unchanged: g.applied.unchanged,
        kept: g.applied.kept,
        conflicts: g.applied.conflicts,
        first_conflicts: g.applied.first_conflicts.into_iter().map(conflict).collect(),
        people: g.people,
        warnings: g.warnings.into_iter().map(|w| warning(w, names)).collect(),
    }
}
