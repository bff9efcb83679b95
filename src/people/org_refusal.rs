use vocabulary::LocalDate;

use crate::base::Refusal;

/// Why a change of the organisation is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrgRefusal {
    CodeInvalid,
    NameInvalid,
    NameRequired,
    TextInvalid { max: usize },
    OrderInvalid { max: i32 },
    KindUnknown { text: String },
    TooManyDeputies { max: usize },
    CodeTaken,
    NotFound,
    ParentUnknown { code: String },
    ParentRequired,
    ParentNotInEffect { code: String, from: LocalDate },
    BelowItself { from: LocalDate },
    PersonUnknown { number: String },
    DateUnreasonable,
    OutsideUnit { from: LocalDate },
    HasStaff { count: i64 },
    HasChild { code: String },
    HasEvents { from: LocalDate },
    EventNotFound,
    RowRepeated,
    TooManyRows { max: usize },
    VersionConflict { version: i32 },
    CursorInvalid,
}

use OrgRefusal as R;

impl Refusal for OrgRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::NameInvalid => "name_invalid",
            R::NameRequired => "name_required",
            R::TextInvalid { .. } => "text_invalid",
            R::OrderInvalid { .. } => "order_invalid",
            R::KindUnknown { .. } => "kind_unknown",
            R::TooManyDeputies { .. } => "too_many_deputies",
            R::CodeTaken => "code_taken",
            R::NotFound => "org_not_found",
            R::ParentUnknown { .. } => "org_unknown",
            R::ParentRequired => "parent_required",
            R::ParentNotInEffect { .. } => "org_not_in_effect",
            R::BelowItself { .. } => "org_below_itself",
            R::PersonUnknown { .. } => "person_unknown",
            R::DateUnreasonable => "date_unreasonable",
            R::OutsideUnit { .. } => "outside_unit",
            R::HasStaff { .. } => "org_has_staff",
            R::HasChild { .. } => "org_has_child",
            R::HasEvents { .. } => "org_has_events",
            R::EventNotFound => "org_event_not_found",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::VersionConflict { .. } => "version_conflict",
            R::CursorInvalid => "cursor_invalid",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::NotFound | R::EventNotFound => 404,
            R::VersionConflict { .. } | R::CodeTaken => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::NameRequired => "新增时须填写名称".to_owned(),
            R::TextInvalid { max } => format!("文字最多 {max} 个字符，不得含控制字符"),
            R::OrderInvalid { max } => format!("排序须为 0 至 {max}"),
            R::KindUnknown { text } => format!("没有这种组织类型：{text}"),
            R::TooManyDeputies { max } => format!("副职最多 {max} 人，不得重复"),
            R::CodeTaken => "该编号已被使用".to_owned(),
            R::NotFound => "没有这个组织单元".to_owned(),
            R::ParentUnknown { code } => format!("您的权限内没有编号为 {code} 的组织单元"),
            R::ParentRequired => "须指定上级组织".to_owned(),
            R::ParentNotInEffect { code, from } => {
                format!("上级组织 {code} 在 {from} 起的日期内并非一直有效")
            }
            R::BelowItself { from } => format!("自 {from} 起组织单元将位于自身之下"),
            R::PersonUnknown { number } => format!("没有工号为 {number} 的员工"),
            R::DateUnreasonable => "日期须在 2000-01-01 至 2099-12-31 之间".to_owned(),
            R::OutsideUnit { from } => format!("日期须在该组织单元的有效期内（自 {from}）"),
            R::HasStaff { count } => format!("该日之后仍有 {count} 名员工，不能关闭"),
            R::HasChild { code } => format!("该日之后下级 {code} 仍然有效，不能关闭"),
            R::HasEvents { from } => format!("{from} 还有后续变更，不能关闭"),
            R::EventNotFound => "该日没有可撤销的变更".to_owned(),
            R::RowRepeated => "同一批中重复的行".to_owned(),
            R::TooManyRows { max } => format!("一次最多 {max} 行"),
            R::VersionConflict { version } => {
                format!("已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::CursorInvalid => "游标无效，请从第一页重新查询".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::CodeInvalid => "A code is 1 to 40 letters, digits and . - _".to_owned(),
            R::NameInvalid => "A name is 1 to 100 characters".to_owned(),
            R::NameRequired => "A new unit needs a name".to_owned(),
            R::TextInvalid { max } => format!("A text is at most {max} characters"),
            R::OrderInvalid { max } => format!("The order is 0 to {max}"),
            R::KindUnknown { text } => format!("There is no kind of unit {text}"),
            R::TooManyDeputies { max } => format!("At most {max} deputies, each once"),
            R::CodeTaken => "This code is in use".to_owned(),
            R::NotFound => "There is no such unit".to_owned(),
            R::ParentUnknown { code } => format!("There is no unit {code} in your scope"),
            R::ParentRequired => "Name the unit above".to_owned(),
            R::ParentNotInEffect { code, from } => {
                format!("The unit above, {code}, does not exist on all dates from {from} on")
            }
            R::BelowItself { from } => format!("From {from} on the unit would stand below itself"),
            R::PersonUnknown { number } => format!("There is nobody with number {number}"),
            R::DateUnreasonable => "The date must lie between 2000-01-01 and 2099-12-31".to_owned(),
            R::OutsideUnit { from } => {
                format!("The date must lie within the dates of the unit, which begins on {from}")
            }
            R::HasStaff { count } => format!("{count} people are there after this date"),
            R::HasChild { code } => format!("Unit {code} below it is open after this date"),
            R::HasEvents { from } => format!("Something changes on {from}"),
            R::EventNotFound => "Nothing changes on this date that could be taken back".to_owned(),
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::VersionConflict { version } => {
                format!("Somebody else changed it, now version {version}; reload and try again")
            }
            R::CursorInvalid => "The cursor is not one of ours; begin again".to_owned(),
        }
    }

    fn hint_zh(&self) -> Option<String> {
        match self {
            R::HasStaff { .. } => Some("请先调动或离职这些员工".to_owned()),
            R::HasChild { .. } => Some("请先移动或关闭下级".to_owned()),
            R::HasEvents { .. } => Some("请先撤销后续变更".to_owned()),
            R::ParentRequired => Some("您的权限限于部分组织，新数据须放在其中".to_owned()),
            _ => None,
        }
    }

    fn hint_en(&self) -> Option<String> {
        match self {
            R::HasStaff { .. } => Some("Transfer them first".to_owned()),
            R::HasChild { .. } => Some("Move or close it first".to_owned()),
            R::HasEvents { .. } => Some("Take it back first".to_owned()),
            R::ParentRequired => {
                Some("Your rights cover some units only; put it into one of them".to_owned())
            }
            _ => None,
        }
    }
}
