//! Team roster templates, regular generation and copies.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{DraftId, Instant, LocalDate, PersonId, RuleId, TeamId, TemplateId, UserId};

use crate::Item;
use crate::examples::{march, utc};
use crate::shifts::{CellKind, ShiftKind};

/// A row of the grid: a shift, and for each day the numbers of the teams that work it.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct GridRowBody {
    /// Code of a shift.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub shift: String,
    /// One list of team numbers (1 to 99) per day.
    #[oai(validator(min_items = 1, max_items = 366))]
    pub days: Vec<Vec<u16>>,
}

/// A team roster template (班组排班模板).
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TemplatePut {
    /// The version this is based on; absent for a new template.
    #[oai(validator(minimum(value = "1")))]
    pub version: Option<i32>,
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// Code of the scheme of whoever is rostered with it; absent = any.
    #[oai(validator(max_length = 40))]
    pub scheme: Option<String>,
    #[oai(validator(minimum(value = "1"), maximum(value = "366")))]
    pub days: u32,
    /// Kind of all its shifts. Overtime shifts are added to the cells that are there.
    #[oai(default)]
    pub shift_kind: ShiftKind,
    #[oai(validator(min_items = 1, max_items = 20))]
    pub rows: Vec<GridRowBody>,
    /// False = not offered any more.
    #[oai(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

fn rows() -> Vec<GridRowBody> {
    let row = |shift: &str, teams: [u16; 7]| GridRowBody {
        shift: shift.to_owned(),
        days: teams.iter().map(|t| vec![*t]).collect(),
    };
    vec![
        row("D8", [1, 4, 3, 2, 1, 4, 3]),
        row("A1", [2, 1, 4, 3, 2, 1, 4]),
        row("N0", [3, 2, 1, 4, 3, 2, 1]),
    ]
}

impl Example for TemplatePut {
    fn example() -> Self {
        Self {
            version: None,
            code: "2016_047".to_owned(),
            name: "四班三运转A".to_owned(),
            scheme: Some("S2".to_owned()),
            days: 7,
            shift_kind: ShiftKind::Normal,
            rows: rows(),
            active: true,
        }
    }
}

/// Something odd that is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RosterWarningView {
    /// `pattern_broken`: the length is no multiple of the pattern of `number` days. `not_covered`: nobody works `shift`
    /// on `day`. `rest_short`: only `number` minutes of rest before the shift of `day`.
    pub code: String,
    pub message: String,
    pub team: Option<u16>,
    pub shift: Option<String>,
    /// Day of the template or cycle, counted from 1.
    pub day: Option<i32>,
    pub number: Option<i32>,
}

fn warning() -> RosterWarningView {
    RosterWarningView {
        code: "pattern_broken".to_owned(),
        message: "模板天数不是循环周期（4 天）的整数倍，重新开始会打乱轮换".to_owned(),
        team: None,
        shift: None,
        day: None,
        number: Some(4),
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TemplateView {
    pub id: TemplateId,
    pub code: String,
    pub name: String,
    pub scheme_id: Option<RuleId>,
    pub days: u32,
    pub shift_kind: ShiftKind,
    pub rows: Vec<GridRowBody>,
    pub active: bool,
    /// Days after which the pattern repeats.
    pub pattern_days: u32,
    pub warnings: Vec<RosterWarningView>,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

impl Example for TemplateView {
    fn example() -> Self {
        Self {
            id: TemplateId(1),
            code: "2016_047".to_owned(),
            name: "四班三运转A".to_owned(),
            scheme_id: Some(RuleId(9)),
            days: 7,
            shift_kind: ShiftKind::Normal,
            rows: rows(),
            active: true,
            pattern_days: 4,
            warnings: vec![warning()],
            author_id: Some(UserId(2)),
            at: utc(6, "08:12:30"),
            version: 1,
        }
    }
}

impl Item for TemplateView {}

/// What to do behind the last day of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PhaseChoice {
    /// The pattern goes on.
    #[default]
    Continue,
    /// The template begins again.
    Restart,
}

/// Which team a number of the template stands for.
#[derive(Clone, Debug, Object)]
pub struct NumberedTeam {
    pub number: u16,
    pub team_id: TeamId,
}

/// Generates the cells of teams from a template.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TeamGenerationCreate {
    /// One entry per number of the template.
    #[oai(validator(min_items = 1, max_items = 99))]
    pub teams: Vec<NumberedTeam>,
    pub from: LocalDate,
    /// At most 366 days.
    pub to: LocalDate,
    /// The date of day 1 of the template; absent = `from`.
    pub start: Option<LocalDate>,
    #[oai(default)]
    pub phase: PhaseChoice,
    /// Cells that somebody entered or imported stay.
    #[oai(default = "yes")]
    pub keep_manual: bool,
    /// Everybody rests on statutory dates of the default calendar.
    #[oai(default)]
    pub skip_statutory: bool,
    /// Everybody rests on all dates that are no workdays.
    #[oai(default)]
    pub follow_calendar: bool,
    /// Into this draft; absent = into the roster that counts.
    pub draft_id: Option<DraftId>,
    /// Only says what would happen.
    #[oai(default)]
    pub dry_run: bool,
}

impl Example for TeamGenerationCreate {
    fn example() -> Self {
        let teams = (1..=4).map(|n| NumberedTeam { number: n, team_id: TeamId(i64::from(n)) });
        Self {
            teams: teams.collect(),
            from: march(1),
            to: march(31),
            start: None,
            phase: PhaseChoice::Continue,
            keep_manual: true,
            skip_statutory: false,
            follow_calendar: false,
            draft_id: None,
            dry_run: true,
        }
    }
}

/// A day of a cycle.
#[derive(Clone, Debug, Object)]
pub struct CycleDay {
    /// `rest` or `shifts`.
    pub kind: CellKind,
    /// Codes of shifts.
    #[oai(default, validator(max_items = 4))]
    pub shifts: Vec<String>,
}

/// Generates the cells of people from a cycle: the cell of a date is `cycle[(date - anchor) mod length]`.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CycleGenerationCreate {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub person_ids: Vec<PersonId>,
    #[oai(validator(min_items = 1, max_items = 366))]
    pub cycle: Vec<CycleDay>,
    /// A date with the first day of the cycle.
    pub anchor: LocalDate,
    pub from: LocalDate,
    /// At most 366 days, and 120,000 cells in all.
    pub to: LocalDate,
    /// Cells that somebody entered or imported stay.
    #[oai(default = "yes")]
    pub keep_manual: bool,
    /// Everybody rests on statutory dates of his calendar.
    #[oai(default)]
    pub skip_statutory: bool,
    /// Everybody rests on all dates of his calendar that are no workdays.
    #[oai(default)]
    pub follow_calendar: bool,
    /// Into this draft; absent = into the roster that counts.
    pub draft_id: Option<DraftId>,
    /// Only says what would happen.
    #[oai(default)]
    pub dry_run: bool,
}

impl Example for CycleGenerationCreate {
    fn example() -> Self {
        let day = |shift: &str| CycleDay { kind: CellKind::Shifts, shifts: vec![shift.to_owned()] };
        Self {
            person_ids: vec![PersonId(1)],
            cycle: vec![
                day("D8"),
                day("D8"),
                CycleDay { kind: CellKind::Rest, shifts: Vec::new() },
            ],
            anchor: march(1),
            from: march(1),
            to: march(31),
            keep_manual: true,
            skip_statutory: false,
            follow_calendar: false,
            draft_id: None,
            dry_run: true,
        }
    }
}

/// How the dates of a copy are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CopyBy {
    /// Day by day from the first date on; behind the last one from the first again.
    Offset,
    /// Each date takes the first date of the source with its weekday.
    Weekday,
}

/// Copies the roster of a person or team to people or teams.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RosterCopyCreate {
    /// What counts for this person is copied. Either this or `source_team_id`.
    pub source_person_id: Option<PersonId>,
    /// The cells of this team are copied.
    pub source_team_id: Option<TeamId>,
    pub source_from: LocalDate,
    /// At most 366 days.
    pub source_to: LocalDate,
    /// To these people, or to `team_ids`.
    #[oai(default, validator(max_items = 1000))]
    pub person_ids: Vec<PersonId>,
    #[oai(default, validator(max_items = 200))]
    pub team_ids: Vec<TeamId>,
    pub from: LocalDate,
    /// At most 366 days.
    pub to: LocalDate,
    pub by: CopyBy,
    /// Cells that somebody entered or imported stay.
    #[oai(default = "yes")]
    pub keep_manual: bool,
    /// Into this draft; absent = into the roster that counts.
    pub draft_id: Option<DraftId>,
    /// Only shows the conflicts.
    #[oai(default)]
    pub dry_run: bool,
}

impl Example for RosterCopyCreate {
    fn example() -> Self {
        Self {
            source_person_id: Some(PersonId(1)),
            source_team_id: None,
            source_from: march(1),
            source_to: march(7),
            person_ids: vec![PersonId(2)],
            team_ids: Vec::new(),
            from: march(8),
            to: march(31),
            by: CopyBy::Weekday,
            keep_manual: true,
            draft_id: None,
            dry_run: true,
        }
    }
}

/// A cell that says something else than what is generated.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct CellConflictView {
    pub person_id: Option<PersonId>,
    pub team_id: Option<TeamId>,
    pub date: LocalDate,
    /// Codes of shifts; none = rest.
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// `manual`, `import`, `generated`.
    pub source: String,
    /// It stays as it is.
    pub kept: bool,
}

/// What was or would be generated.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct GenerationView {
    pub dry_run: bool,
    /// Cells that are written.
    pub written: i64,
    /// Cells that say the same already.
    pub unchanged: i64,
    /// Cells that stay although they say something else.
    pub kept: i64,
    /// Cells that say something else, kept ones included.
    pub conflicts: i64,
    /// The first 200 of them.
    pub first_conflicts: Vec<CellConflictView>,
    /// People it concerns.
    pub people: i64,
    pub warnings: Vec<RosterWarningView>,
}

impl Example for GenerationView {
    fn example() -> Self {
        Self {
            dry_run: true,
            written: 123,
            unchanged: 0,
            kept: 1,
            conflicts: 1,
            first_conflicts: vec![CellConflictView {
                person_id: None,
                team_id: Some(TeamId(1)),
                date: march(10),
                before: Vec::new(),
                after: vec!["D8".to_owned()],
                source: "manual".to_owned(),
                kept: true,
            }],
            people: 48,
            warnings: vec![warning()],
        }
    }
}
