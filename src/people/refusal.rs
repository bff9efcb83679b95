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
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PersonNotFound | R::OrgNotFound | R::FreezeNotFound => 404,
            R::VersionConflict { .. }
            | R::CodeTaken
            | R::NumberTaken
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
