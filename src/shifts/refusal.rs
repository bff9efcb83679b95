use vocabulary::LocalDate;

use super::LegalFinding;
use crate::base::context::Lang;
use crate::base::{FieldError, Refusal};

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShiftRefusal {
    CodeInvalid,
    CodeReserved,
    NameInvalid,
    DateUnreasonable,
    VersionConflict {
        latest: i32,
    },
    /// The body breaks the format; `path` says where.
    BodyInvalid {
        code: &'static str,
        path: String,
        zh: String,
        en: String,
    },
    KindFixed,
    ShiftNotFound,
    VersionNotFound,
    PersonNotFound,
    TeamNotFound,
    TeamInactive,
    ShiftUnknown {
        code: String,
    },
    ShiftNotInEffect {
        code: String,
        date: LocalDate,
    },
    SeveralMainShifts,
    CellInvalid,
    CellChanged {
        version: i32,
    },
    RowRepeated,
    TooManyRows {
        max: usize,
    },
    SpanInvalid {
        max_days: i32,
    },
    OvertimeShift {
        code: String,
    },
    OvertimeTimesInvalid,
    BreaksInvalid,
    ReasonInvalid,
    OvertimeNotFound,
    TooManyPeople {
        max: usize,
    },
    /// A check of severity BLOCK says no.
    CheckBlocks {
        finding: Box<LegalFinding>,
    },
    CheckNotFound,
    CheckLimitInvalid {
        least: i32,
        most: i32,
    },
    CheckChanged {
        version: i32,
    },
    ProtectionInvalid,
    LookInvalid {
        path: &'static str,
    },
    CodeTaken,
    SchemeUnknown {
        code: String,
    },
    ShiftRetired {
        code: String,
        date: LocalDate,
    },
    TemplateNotFound,
    TemplateChanged {
        version: i32,
    },
    TemplateKindMixed,
    GridInvalid {
        path: String,
        rule: &'static str,
    },
    ShiftUncovered {
        path: String,
    },
    TeamTwice {
        path: String,
        team: u16,
    },
    TeamsIncomplete,
    CycleInvalid,
    CopyInvalid,
    DraftNotFound,
    DraftClosed,
    DraftEmpty,
    DraftChanged {
        version: i32,
    },
    DraftStale {
        cells: usize,
        date: LocalDate,
    },
    OutsideDraft {
        from: LocalDate,
        to: LocalDate,
    },
}

use ShiftRefusal as R;

impl Refusal for ShiftRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::CodeReserved => "code_reserved",
            R::NameInvalid => "name_invalid",
            R::DateUnreasonable => "effective_from_unreasonable",
            R::VersionConflict { .. } => "version_conflict",
            R::BodyInvalid { .. } => "body_invalid",
            R::KindFixed => "kind_fixed",
            R::ShiftNotFound => "shift_not_found",
            R::VersionNotFound => "version_not_found",
            R::PersonNotFound => "person_not_found",
            R::TeamNotFound => "team_not_found",
            R::TeamInactive => "team_inactive",
            R::ShiftUnknown { .. } => "shift_unknown",
            R::ShiftNotInEffect { .. } => "shift_not_in_effect",
            R::SeveralMainShifts => "several_main_shifts",
            R::CellInvalid => "cell_invalid",
            R::CellChanged { .. } => "cell_changed",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::SpanInvalid { .. } => "span_invalid",
            R::OvertimeShift { .. } => "overtime_shift",
            R::OvertimeTimesInvalid => "overtime_times_invalid",
            R::BreaksInvalid => "breaks_invalid",
            R::ReasonInvalid => "reason_invalid",
            R::OvertimeNotFound => "temporary_overtime_not_found",
            R::TooManyPeople { .. } => "too_many_people",
            R::CheckBlocks { .. } => "roster_check_blocks",
            R::CheckNotFound => "roster_check_not_found",
            R::CheckLimitInvalid { .. } => "roster_check_limit_invalid",
            R::CheckChanged { .. } => "version_conflict",
            R::ProtectionInvalid => "protection_invalid",
            R::LookInvalid { .. } => "look_invalid",
            R::CodeTaken => "code_taken",
            R::SchemeUnknown { .. } => "scheme_unknown",
            R::ShiftRetired { .. } => "shift_retired",
            R::TemplateNotFound => "roster_template_not_found",
            R::TemplateKindMixed => "template_kind_mixed",
            R::GridInvalid { .. } => "grid_invalid",
            R::ShiftUncovered { .. } => "shift_uncovered",
            R::TeamTwice { .. } => "team_twice",
            R::TeamsIncomplete => "teams_incomplete",
            R::CycleInvalid => "cycle_invalid",
            R::CopyInvalid => "subject_invalid",
            R::DraftNotFound => "roster_draft_not_found",
            R::DraftClosed => "roster_draft_closed",
            R::DraftEmpty => "roster_draft_empty",
            R::TemplateChanged { .. } | R::DraftChanged { .. } => "version_conflict",
            R::DraftStale { .. } => "roster_draft_stale",
            R::OutsideDraft { .. } => "outside_draft",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::VersionConflict { .. }
            | R::CellChanged { .. }
            | R::CheckChanged { .. }
            | R::CodeTaken
            | R::TemplateChanged { .. }
            | R::DraftChanged { .. }
            | R::DraftClosed
            | R::DraftStale { .. } => 409,
            R::ShiftNotFound
            | R::VersionNotFound
            | R::PersonNotFound
            | R::TeamNotFound
            | R::TemplateNotFound
            | R::DraftNotFound
            | R::CheckNotFound
            | R::OvertimeNotFound => 404,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::CodeReserved => "该编号为系统保留".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::DateUnreasonable => "生效日期须在 2000-01-01 至 2099-12-31 之间".to_owned(),
            R::VersionConflict { latest } => {
                format!("该班次已被他人修改，最新版本为 {latest}，请刷新后重试")
            }
            R::BodyInvalid { path, zh, .. } => at_path(path, zh),
            R::KindFixed => "班次不能在加班班次与普通班次之间改变，请新建班次".to_owned(),
            R::ShiftNotFound => "没有这个班次".to_owned(),
            R::VersionNotFound => "没有这个版本".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::TeamNotFound => "没有这个班组，或有成员不在您的数据范围内".to_owned(),
            R::TeamInactive => "班组已停用".to_owned(),
            R::ShiftUnknown { code } => format!("没有编号为 {code} 的班次"),
            R::ShiftNotInEffect { code, date } => format!("班次 {code} 在 {date} 尚未生效"),
            R::SeveralMainShifts => "一天最多排一个非加班班次".to_owned(),
            R::CellInvalid => {
                "类型为 shifts 时须给出 1 至 4 个不同的班次，否则不得给出班次".to_owned()
            }
            R::CellChanged { version } => {
                format!("该单元格已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::RowRepeated => "同一批中重复的行".to_owned(),
            R::TooManyRows { max } => format!("一次最多 {max} 行"),
            R::SpanInvalid { max_days } => {
                format!("结束日期不得早于开始日期，且最多 {max_days} 天")
            }
            R::OvertimeShift { code } => format!("加班班次 {code} 不能作为默认班次"),
            R::OvertimeTimesInvalid => {
                "时间须为整分钟，结束晚于开始，不超过 24 小时，且开始于归属日或其前后一天"
                    .to_owned()
            }
            R::BreaksInvalid => "休息时间须为整分钟，互不重叠，并在加班时间之内".to_owned(),
            R::ReasonInvalid => "须填写原因，最多 500 个字符".to_owned(),
            R::OvertimeNotFound => "没有这条临时加班".to_owned(),
            R::TooManyPeople { max } => format!("一次最多 {max} 人，请缩小筛选范围"),
            R::CheckBlocks { finding } => finding.text(Lang::Zh),
            R::CheckNotFound => "没有这项排班检查".to_owned(),
            R::CheckLimitInvalid { least, most } if least == most => "该检查没有限值".to_owned(),
            R::CheckLimitInvalid { least, most } => format!("限值须在 {least} 至 {most} 之间"),
            R::CheckChanged { version } => {
                format!("该检查已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::ProtectionInvalid => {
                "结束日期不得早于开始日期，且须在 2000 至 2099 年之间".to_owned()
            }
            R::LookInvalid { path } => at_path(path, "简称为 1 至 8 个字符，颜色为 #RRGGBB"),
            R::CodeTaken => "该编号已被使用".to_owned(),
            R::SchemeUnknown { code } => format!("没有编号为 {code} 的考勤方案"),
            R::ShiftRetired { code, date } => format!("班次 {code} 在 {date} 已停用"),
            R::TemplateNotFound => "没有这个排班模板，或已停用".to_owned(),
            R::TemplateKindMixed => "模板中班次的类型须与模板的班次类型一致".to_owned(),
            R::GridInvalid { path, rule } => at_path(path, &format!("不符合 {rule}")),
            R::ShiftUncovered { path } => at_path(path, "没有任何班组上这个班次"),
            R::TeamTwice { path, team } => {
                at_path(path, &format!("班组 {team} 同一天不能上两个重叠的班次"))
            }
            R::TeamsIncomplete => "模板中的每个班组编号须恰好对应一个不同的班组".to_owned(),
            R::CycleInvalid => "循环须为 1 至 366 天的班次或休息".to_owned(),
            R::CopyInvalid => "须指定一名员工或一个班组，不能同时指定".to_owned(),
            R::DraftNotFound => "没有这个排班草案".to_owned(),
            R::DraftClosed => "该排班草案已发布或已废弃".to_owned(),
            R::DraftEmpty => "排班草案中没有内容".to_owned(),
            R::TemplateChanged { version } | R::DraftChanged { version } => {
                format!("已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::DraftStale { cells, date } => {
                format!("有 {cells} 个单元格在起草之后被修改（首个日期 {date}），请确认后覆盖")
            }
            R::OutsideDraft { from, to } => format!("日期须在草案范围 {from} 至 {to} 之内"),
        }
    }

    fn en(&self) -> String {
        match self {
            R::CodeInvalid => "A code is 1 to 40 letters, digits and . - _".to_owned(),
            R::CodeReserved => "This code is reserved".to_owned(),
            R::NameInvalid => "A name is 1 to 100 characters".to_owned(),
            R::DateUnreasonable => {
                "effective_from must lie between 2000-01-01 and 2099-12-31".to_owned()
            }
            R::VersionConflict { latest } => {
                format!("Somebody else published version {latest}; reload and try again")
            }
            R::BodyInvalid { path, en, .. } => at_path(path, en),
            R::KindFixed => "A shift cannot change from or to kind ot; make a new one".to_owned(),
            R::ShiftNotFound => "There is no such shift".to_owned(),
            R::VersionNotFound => "There is no such version".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::TeamNotFound => {
                "There is no such team, or somebody in it is out of your scope".to_owned()
            }
            R::TeamInactive => "The team is no longer active".to_owned(),
            R::ShiftUnknown { code } => format!("There is no shift {code}"),
            R::ShiftNotInEffect { code, date } => {
                format!("Shift {code} is not in effect on {date}")
            }
            R::SeveralMainShifts => "At most one shift of a cell is not of kind ot".to_owned(),
            R::CellInvalid => {
                "1 to 4 different shifts are given with kind shifts and only then".to_owned()
            }
            R::CellChanged { version } => {
                format!("Somebody else changed the cell, now version {version}; reload")
            }
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::SpanInvalid { max_days } => {
                format!("The end must not be before the start; at most {max_days} days")
            }
            R::OvertimeShift { code } => {
                format!("Shift {code} is of kind ot and cannot be a default shift")
            }
            R::OvertimeTimesInvalid => "Times are whole minutes, the end after the start, at most \
                 24 hours, the start on the attendance date or the day before or after"
                .to_owned(),
            R::BreaksInvalid => {
                "Breaks are whole minutes inside the overtime and do not overlap".to_owned()
            }
            R::ReasonInvalid => "A reason of at most 500 characters is required".to_owned(),
            R::OvertimeNotFound => "There is no such temporary overtime".to_owned(),
            R::TooManyPeople { max } => format!("At most {max} people at once; narrow the filter"),
            R::CheckBlocks { finding } => finding.text(Lang::En),
            R::CheckNotFound => "There is no such check".to_owned(),
            R::CheckLimitInvalid { least, most } if least == most => {
                "This check has no limit".to_owned()
            }
            R::CheckLimitInvalid { least, most } => {
                format!("The limit lies between {least} and {most}")
            }
            R::CheckChanged { version } => {
                format!("Somebody else changed the check, now version {version}; reload")
            }
            R::ProtectionInvalid => {
                "The end must not be before the start, both between 2000 and 2099".to_owned()
            }
            R::LookInvalid { path } => {
                at_path(path, "a short name is 1 to 8 characters, a colour is #RRGGBB")
            }
            R::CodeTaken => "This code is taken".to_owned(),
            R::SchemeUnknown { code } => format!("There is no scheme {code}"),
            R::ShiftRetired { code, date } => format!("Shift {code} is retired on {date}"),
            R::TemplateNotFound => "There is no such active roster template".to_owned(),
            R::TemplateKindMixed => "The shifts of a template are of its shift kind".to_owned(),
            R::GridInvalid { path, rule } => at_path(path, &format!("must be {rule}")),
            R::ShiftUncovered { path } => at_path(path, "no team works this shift"),
            R::TeamTwice { path, team } => {
                at_path(path, &format!("team {team} cannot work two shifts that overlap"))
            }
            R::TeamsIncomplete => {
                "Each number of the template stands for exactly one team of its own".to_owned()
            }
            R::CycleInvalid => "A cycle is 1 to 366 days of shifts or rest".to_owned(),
            R::CopyInvalid => "Name a person or a team, not both".to_owned(),
            R::DraftNotFound => "There is no such roster draft".to_owned(),
            R::DraftClosed => "The draft is published or discarded".to_owned(),
            R::DraftEmpty => "The draft holds nothing".to_owned(),
            R::TemplateChanged { version } | R::DraftChanged { version } => {
                format!("Somebody else changed it, now version {version}; reload")
            }
            R::DraftStale { cells, date } => format!(
                "{cells} cells were changed after they were drafted, the first on {date}; replace them?"
            ),
            R::OutsideDraft { from, to } => format!("The draft reaches from {from} to {to}"),
        }
    }

    fn errors(&self) -> Vec<FieldError> {
        match self {
            R::BodyInvalid { code, path, zh, en } => vec![FieldError {
                path: path.clone(),
                code: (*code).to_owned(),
                zh: zh.clone(),
                en: en.clone(),
            }],
            R::GridInvalid { path, .. }
            | R::ShiftUncovered { path }
            | R::TeamTwice { path, .. } => vec![FieldError {
                path: path.clone(),
                code: self.code().to_owned(),
                zh: self.zh(),
                en: self.en(),
            }],
            R::LookInvalid { path } => vec![FieldError {
                path: (*path).to_owned(),
                code: self.code().to_owned(),
                zh: self.zh(),
                en: self.en(),
            }],
            _ => Vec::new(),
        }
    }
}

fn at_path(path: &str, message: &str) -> String {
    if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") }
}
