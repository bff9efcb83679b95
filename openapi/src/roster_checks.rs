//! Checks of rosters, sums while editing, and what the nightly check found.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{Instant, JobId, LocalDate, OrgId, PersonId, PositionId, ShiftId, TeamId};

use crate::examples::{march, utc};
use crate::shifts::CellPut;
use crate::{Item, Outcome};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CheckSeverity {
    Info,
    Warn,
    /// A save that would cause it, or make it worse, is refused.
    Block,
}

/// A check of rosters.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RosterCheckView {
    pub code: String,
    /// In the language asked for.
    pub name: String,
    /// The law or policy it comes from.
    pub source: String,
    pub severity: CheckSeverity,
    pub default_severity: CheckSeverity,
    /// Absent = the check has no limit. Minutes, or days of `consecutive_days`.
    pub limit: Option<i32>,
    pub default_limit: Option<i32>,
    /// The least and the most it may be; where the law knows no more, the most is the law's.
    pub least: Option<i32>,
    pub most: Option<i32>,
    /// 0 = as it is by default.
    pub version: i32,
}

impl Example for RosterCheckView {
    fn example() -> Self {
        Self {
            code: "consecutive_days".to_owned(),
            name: "连续工作天数".to_owned(),
            source: "全国年节及纪念日放假办法第7条：连续工作一般不超过6天".to_owned(),
            severity: CheckSeverity::Warn,
            default_severity: CheckSeverity::Warn,
            limit: Some(6),
            default_limit: Some(6),
            least: Some(1),
            most: Some(31),
            version: 0,
        }
    }
}

impl Item for RosterCheckView {}

/// How a check shall be.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RosterCheckPut {
    pub severity: CheckSeverity,
    /// Absent = as it is by default.
    pub limit: Option<i32>,
    /// The version this is based on, 0 = as it is by default. Absent = not checked.
    #[oai(validator(minimum(value = "0")))]
    pub expected_version: Option<i32>,
}

impl Example for RosterCheckPut {
    fn example() -> Self {
        Self { severity: CheckSeverity::Block, limit: Some(6), expected_version: Some(0) }
    }
}

/// Something a check found.
#[derive(Clone, Debug, Object)]
pub struct RosterFindingBody {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    /// Code of the check.
    pub code: String,
    pub severity: CheckSeverity,
    /// The dates it is about.
    pub from: LocalDate,
    pub to: LocalDate,
    /// What was found, in minutes (of `consecutive_days`: days).
    pub value: i32,
    /// What is allowed.
    pub limit: i32,
    /// Person, dates, check and numbers in the language asked for.
    pub message: String,
}

impl Example for RosterFindingBody {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            number: "E00421".to_owned(),
            name: "李娜".to_owned(),
            code: "consecutive_days".to_owned(),
            severity: CheckSeverity::Warn,
            from: march(2),
            to: march(9),
            value: 8,
            limit: 6,
            message: "李娜（E00421）2026-03-02 至 2026-03-09 连续工作 8 天，超过 6 天".to_owned(),
        }
    }
}

/// What became of saved cells, and what the checks find now.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CellsSavedView {
    /// One per row, in order.
    pub items: Vec<Outcome>,
    /// The worst first, at most 500.
    pub findings: Vec<RosterFindingBody>,
}

impl Example for CellsSavedView {
    fn example() -> Self {
        Self { items: vec![Outcome::example()], findings: vec![RosterFindingBody::example()] }
    }
}

/// Whose roster is to be counted, with changes that are not saved.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RosterEvaluationCreate {
    pub from: LocalDate,
    /// At most 366 days.
    pub to: LocalDate,
    /// Named people; none = all of the other filters. At most 1,000 people are counted.
    #[oai(default, validator(max_items = 1000))]
    pub person_ids: Vec<PersonId>,
    /// A department with everything below it.
    pub org_id: Option<OrgId>,
    /// Members of a team on one of the dates.
    pub team_id: Option<TeamId>,
    /// Cells as they would be; nothing is saved. Versions are not looked at.
    #[oai(default, validator(max_items = 5000))]
    pub changes: Vec<CellPut>,
    /// Also how many people have which shift on each date.
    #[oai(default)]
    pub headcounts: bool,
}

impl Example for RosterEvaluationCreate {
    fn example() -> Self {
        Self {
            from: LocalDate::from_days(20_513),
            to: LocalDate::from_days(20_543),
            person_ids: Vec::new(),
            org_id: Some(OrgId(3)),
            team_id: None,
            changes: vec![CellPut::example()],
            headcounts: true,
        }
    }
}

/// Sums over dates in service.
#[derive(Clone, Debug, Object)]
pub struct RosterSumsBody {
    /// Shifts that are not of kind `ot`.
    pub scheduled_minutes: i64,
    /// Shifts of kind `ot` and ordered overtime.
    pub overtime_minutes: i64,
    pub work_days: i32,
    pub rest_days: i32,
    /// Dates for which nothing is planned.
    pub empty_days: i32,
    /// Shifts with a minute between 22:00 and 06:00.
    pub night_shifts: i32,
    /// Most working days in a row; of a team that of its busiest member.
    pub longest_run: i32,
    /// 8 hours per workday of the calendar.
    pub standard_minutes: i64,
    /// Scheduled less standard.
    pub difference_minutes: i64,
}

impl Example for RosterSumsBody {
    fn example() -> Self {
        Self {
            scheduled_minutes: 10_560,
            overtime_minutes: 120,
            work_days: 22,
            rest_days: 9,
            empty_days: 0,
            night_shifts: 7,
            longest_run: 6,
            standard_minutes: 10_560,
            difference_minutes: 0,
        }
    }
}

/// Sums of a person.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PersonSumsView {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub org_id: Option<OrgId>,
    pub team_id: Option<TeamId>,
    pub sums: RosterSumsBody,
}

/// Sums over the dates of those who were members on them.
#[derive(Clone, Debug, Object)]
pub struct TeamSumsView {
    pub team_id: TeamId,
    pub people: i64,
    pub sums: RosterSumsBody,
}

/// People of a position.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PositionCount {
    /// Absent = people without position.
    pub position_id: Option<PositionId>,
    pub people: i32,
}

/// How many people have a shift on a date.
#[derive(Clone, Debug, Object)]
pub struct HeadcountView {
    pub date: LocalDate,
    pub shift_id: ShiftId,
    pub shift: String,
    pub people: i32,
    pub positions: Vec<PositionCount>,
}

/// The sums of a roster and what the checks find in it.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterEvaluationView {
    pub people: Vec<PersonSumsView>,
    pub teams: Vec<TeamSumsView>,
    pub headcounts: Vec<HeadcountView>,
    /// The worst first, at most 500.
    pub findings: Vec<RosterFindingBody>,
    pub findings_left_out: i64,
}

impl Example for RosterEvaluationView {
    fn example() -> Self {
        let sums = RosterSumsBody::example();
        let positions = vec![PositionCount { position_id: Some(PositionId(2)), people: 4 }];
        Self {
            people: vec![PersonSumsView {
                person_id: PersonId(1),
                number: "E00421".to_owned(),
                name: "李娜".to_owned(),
                org_id: Some(OrgId(3)),
                team_id: Some(TeamId(1)),
                sums: sums.clone(),
            }],
            teams: vec![TeamSumsView { team_id: TeamId(1), people: 1, sums }],
            headcounts: vec![HeadcountView {
                date: march(13),
                shift_id: ShiftId(1),
                shift: "D1".to_owned(),
                people: 4,
                positions,
            }],
            findings: vec![RosterFindingBody::example()],
            findings_left_out: 0,
        }
    }
}

/// A finding of the nightly check.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RosterFindingView {
    pub id: String,
    pub finding: RosterFindingBody,
    pub found_at: Instant,
    /// When it was last seen.
    pub seen_at: Instant,
    /// Since when it is gone.
    pub closed_at: Option<Instant>,
}

impl Example for RosterFindingView {
    fn example() -> Self {
        Self {
            id: "41".to_owned(),
            finding: RosterFindingBody::example(),
            found_at: utc(8, "18:00:10"),
            seen_at: utc(9, "18:00:09"),
            closed_at: None,
        }
    }
}

impl Item for RosterFindingView {}

/// A check run that was asked for.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterCheckRunView {
    pub job_id: JobId,
}

impl Example for RosterCheckRunView {
    fn example() -> Self {
        Self { job_id: JobId(12) }
    }
}

/// Why somebody is protected from night work and overtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ProtectionKind {
    /// Pregnant for seven months or more: from 28 weeks after the last period, or 84 days before the
    /// due date.
    Pregnant,
    /// Nursing a child under one year.
    Nursing,
    /// 16 or 17 years old.
    Minor,
}

/// Protected dates of a person.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ProtectionView {
    pub person_id: PersonId,
    pub kind: ProtectionKind,
    pub valid_from: LocalDate,
    /// Absent = until further notice.
    pub valid_to: Option<LocalDate>,
}

impl Example for ProtectionView {
    fn example() -> Self {
        let valid_to = Some(march(90));
        Self {
            person_id: PersonId(1),
            kind: ProtectionKind::Pregnant,
            valid_from: march(7),
            valid_to,
        }
    }
}

impl Item for ProtectionView {}

/// Protected dates to be written or removed.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ProtectionPut {
    pub person_id: PersonId,
    pub kind: ProtectionKind,
    pub valid_from: LocalDate,
    /// Absent = until further notice.
    pub valid_to: Option<LocalDate>,
    /// Takes the entry away instead.
    #[oai(default)]
    pub remove: bool,
}

impl Example for ProtectionPut {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            kind: ProtectionKind::Nursing,
            valid_from: march(7),
            valid_to: Some(march(300)),
            remove: false,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct ProtectionsPut {
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub protections: Vec<ProtectionPut>,
}

impl Example for ProtectionsPut {
    fn example() -> Self {
        Self { protections: vec![ProtectionPut::example()] }
    }
}
