use vocabulary::LocalDate;

use crate::base::Refusal;

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleRefusal {
    CodeInvalid,
    NameInvalid,
    PersonNameInvalid,
    NumberInvalid,
    DateUnreasonable,
    OrgNotFound,
    OrgUnknown,
    OrgNotInEffect { from: LocalDate },
    OrgCloses { to: LocalDate },
    OrgRequired,
    ParentRequired,
    CodeTaken,
    PersonNotFound,
    NumberTaken,
    NameRequired,
    HireDateRequired,
    LeavesBeforeHired,
    OutOfService,
    SpanInvalid,
    FreezeOverlaps { from: LocalDate },
    FreezeNotFound,
    RowRepeated,
    TooManyRows { max: usize },
    ZoneUnknown,
    VersionConflict { version: i32 },
    ReasonTooLong,
    EventKindReserved,
    ProbationEndRequired,
    ProbationOnce,
    NotInProbation,
    NothingMoves,
    PositionRequired,
    PositionUnknown,
    NotAPromotion,
    ContinuityRequired,
    NotLeft,
    EventNotFound,
    EventStays,
    OwnEvent,
    ProbationTooLong { months: i32 },
    LeftAlready { last: LocalDate },
    EventDecided { state: &'static str },
}

use PeopleRefusal as R;

impl Refusal for PeopleRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::NameInvalid => "name_invalid",
            R::PersonNameInvalid => "person_name_invalid",
            R::NumberInvalid => "number_invalid",
            R::DateUnreasonable => "date_unreasonable",
            R::OrgNotFound => "org_not_found",
            R::OrgUnknown => "org_unknown",
            R::OrgNotInEffect { .. } => "org_not_in_effect",
            R::OrgCloses { .. } => "org_closes",
            R::OrgRequired => "org_required",
            R::ParentRequired => "parent_required",
            R::CodeTaken => "code_taken",
            R::PersonNotFound => "person_not_found",
            R::NumberTaken => "number_taken",
            R::NameRequired => "name_required",
            R::HireDateRequired => "hire_date_required",
            R::LeavesBeforeHired => "leaves_before_hired",
            R::OutOfService => "out_of_service",
            R::SpanInvalid => "span_invalid",
            R::FreezeOverlaps { .. } => "freeze_overlaps",
            R::FreezeNotFound => "freeze_not_found",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::ZoneUnknown => "zone_unknown",
            R::VersionConflict { .. } => "version_conflict",
            R::ReasonTooLong => "reason_too_long",
            R::EventKindReserved => "event_kind_reserved",
            R::ProbationEndRequired => "probation_end_required",
            R::ProbationOnce => "probation_once",
            R::NotInProbation => "not_in_probation",
            R::NothingMoves => "nothing_moves",
            R::PositionRequired => "position_required",
            R::PositionUnknown => "position_unknown",
            R::NotAPromotion => "not_a_promotion",
            R::ContinuityRequired => "continuity_required",
            R::NotLeft => "not_left",
            R::EventNotFound => "event_not_found",
            R::EventStays => "event_stays",
            R::OwnEvent => "own_event",
            R::ProbationTooLong { .. } => "probation_too_long",
            R::LeftAlready { .. } => "left_already",
            R::EventDecided { .. } => "event_decided",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PersonNotFound | R::OrgNotFound | R::FreezeNotFound | R::EventNotFound => 404,
            R::OwnEvent => 403,
            R::VersionConflict { .. }
            | R::CodeTaken
            | R::NumberTaken
            | R::ProbationOnce
            | R::NotInProbation
            | R::NotLeft
            | R::EventStays
            | R::LeftAlready { .. }
            | R::EventDecided { .. }
            | R::FreezeOverlaps { .. } => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::PersonNameInvalid => "姓名须为 1 至 60 个字符".to_owned(),
            R::NumberInvalid => "员工编号须为 1 至 20 个字符，不含空格".to_owned(),
            R::DateUnreasonable => "日期须在 1900-01-01 至 2099-12-31 之间".to_owned(),
            R::OrgNotFound => "没有这个组织".to_owned(),
            R::OrgUnknown => "没有该编号的组织，或它不在您的数据范围内".to_owned(),
            R::OrgNotInEffect { from } => format!("该组织自 {from} 起才存在，或当日已撤销"),
            R::OrgCloses { to } => format!("该组织单元将于 {to} 关闭，不能调入"),
            R::OrgRequired => "须指定所在部门".to_owned(),
            R::ParentRequired => "须指定上级组织".to_owned(),
            R::CodeTaken => "该编号已被使用".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::NumberTaken => "该员工编号已被使用，编号不可重复使用".to_owned(),
            R::NameRequired => "新员工须有姓名".to_owned(),
            R::HireDateRequired => "新员工须有入职日期".to_owned(),
            R::LeavesBeforeHired => "离职日期不得早于入职日期".to_owned(),
            R::OutOfService => "该日期不在员工在职期间".to_owned(),
            R::SpanInvalid => "结束日期不得早于开始日期".to_owned(),
            R::FreezeOverlaps { from } => format!("与自 {from} 起的冻结重叠"),
            R::FreezeNotFound => "该日期没有冻结".to_owned(),
            R::RowRepeated => "同一批中重复的行".to_owned(),
            R::TooManyRows { max } => format!("一次最多 {max} 行"),
            R::ZoneUnknown => "没有这个时区，须为 IANA 名称，例如 Asia/Shanghai".to_owned(),
            R::ReasonTooLong => "说明最多 500 个字符".to_owned(),
            R::EventKindReserved => "此类事件不能直接录入".to_owned(),
            R::ProbationEndRequired => "须填写试用期结束日".to_owned(),
            R::ProbationOnce => "同一员工只能约定一次试用期".to_owned(),
            R::NotInProbation => "该日期前员工不在试用期".to_owned(),
            R::NothingMoves => "须至少填写部门、岗位、用工性质、考勤方案之一".to_owned(),
            R::PositionRequired => "升迁须填写新岗位".to_owned(),
            R::PositionUnknown => "没有该编号的岗位，或已停用".to_owned(),
            R::NotAPromotion => "升迁后的岗位级别须高于原岗位".to_owned(),
            R::ContinuityRequired => "复职须说明工龄是否连续".to_owned(),
            R::NotLeft => "该员工未离职".to_owned(),
            R::EventNotFound => "没有这个事件".to_owned(),
            R::EventStays => "入职与冲销不能移除，请更正".to_owned(),
            R::OwnEvent => "不能审批自己录入的事件".to_owned(),
            R::ProbationTooLong { months } => format!("按合同期限，试用期不得超过 {months} 个月"),
            R::LeftAlready { last } => format!("该员工最后工作日为 {last}"),
            R::EventDecided { .. } => "该事件已处理完毕".to_owned(),
            R::VersionConflict { version } => {
                format!("数据已被他人修改，当前版本为 {version}，请刷新后重试")
            }
        }
    }

    fn en(&self) -> String {
        match self {
            R::CodeInvalid => "A code is 1 to 40 letters, digits and . - _".to_owned(),
            R::NameInvalid => "A name is 1 to 100 characters".to_owned(),
            R::PersonNameInvalid => "The name of a person is 1 to 60 characters".to_owned(),
            R::NumberInvalid => {
                "An employee number is 1 to 20 characters without blanks".to_owned()
            }
            R::DateUnreasonable => "The date must lie between 1900-01-01 and 2099-12-31".to_owned(),
            R::OrgNotFound => "There is no such unit".to_owned(),
            R::OrgUnknown => "There is no unit with this code in your data scope".to_owned(),
            R::OrgNotInEffect { from } => {
                format!("The unit begins on {from}, or is closed on this date")
            }
            R::OrgCloses { to } => format!("The unit closes on {to}; nobody new comes into it"),
            R::OrgRequired => "A department is required".to_owned(),
            R::ParentRequired => "A parent unit is required".to_owned(),
            R::CodeTaken => "This code is in use".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::NumberTaken => "This employee number is in use; numbers are never reused".to_owned(),
            R::NameRequired => "A new person needs a name".to_owned(),
            R::HireDateRequired => "A new person needs a hire date".to_owned(),
            R::LeavesBeforeHired => "The last day must not be before the hire date".to_owned(),
            R::OutOfService => "The person is not in service on this date".to_owned(),
            R::SpanInvalid => "The end must not be before the start".to_owned(),
            R::FreezeOverlaps { from } => format!("It overlaps the freeze that begins on {from}"),
            R::FreezeNotFound => "There is no freeze on this date".to_owned(),
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::ZoneUnknown => {
                "There is no such time zone; use an IANA name such as Asia/Shanghai".to_owned()
            }
            R::ReasonTooLong => "A reason has at most 500 characters".to_owned(),
            R::EventKindReserved => "Events of this kind are not entered by hand".to_owned(),
            R::ProbationEndRequired => "The last day of the probation is required".to_owned(),
            R::ProbationOnce => "A person has one probation only".to_owned(),
            R::NotInProbation => "The person is not in probation before this date".to_owned(),
            R::NothingMoves => {
                "Say at least one of department, position, employment kind and scheme".to_owned()
            }
            R::PositionRequired => "A promotion needs the new position".to_owned(),
            R::PositionUnknown => "There is no position with this code in use".to_owned(),
            R::NotAPromotion => "A promotion leads to a position of higher grade".to_owned(),
            R::ContinuityRequired => {
                "A reinstatement must say whether the years of service go on".to_owned()
            }
            R::NotLeft => "The person has not left".to_owned(),
            R::EventNotFound => "There is no such event".to_owned(),
            R::EventStays => "A hire or a reversal cannot be removed; correct it".to_owned(),
            R::OwnEvent => "One cannot decide what one has entered oneself".to_owned(),
            R::ProbationTooLong { months } => {
                format!("The contract allows a probation of {months} months at most")
            }
            R::LeftAlready { last } => format!("The last day of the person is {last}"),
            R::EventDecided { state } => format!("The event is {state} already"),
            R::VersionConflict { version } => {
                format!("Somebody else changed it, now version {version}; reload and try again")
            }
        }
    }

    fn hint_zh(&self) -> Option<String> {
        match self {
            R::NumberTaken => Some("离职员工复职请使用原档案".to_owned()),
            R::OrgRequired | R::ParentRequired => {
                Some("您的权限限于部分组织，新数据须放在其中".to_owned())
            }
            R::FreezeOverlaps { .. } => Some("请先解冻".to_owned()),
            _ => None,
        }
    }

    fn hint_en(&self) -> Option<String> {
        match self {
            R::NumberTaken => Some("Reinstate the former file of the person".to_owned()),
            R::OrgRequired | R::ParentRequired => {
                Some("Your rights cover some units only; put it into one of them".to_owned())
            }
            R::FreezeOverlaps { .. } => Some("Unfreeze first".to_owned()),
            _ => None,
        }
    }
}
