use crate::base::Refusal;

/// Why positions, dimensions, teams and what is assigned of them are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterRefusal {
    CodeInvalid,
    NameInvalid,
    NameRequired,
    CodeTaken,
    GradeInvalid { max: i32 },
    PositionNotFound,
    DimensionNotFound,
    TeamNotFound,
    ValueNotFound,
    DimensionUnknown { code: String },
    ValueUnknown { code: String },
    TeamUnknown { code: String },
    ParentUnknown { code: String },
    ValueBelowItself,
    NotActive { code: String },
    SubjectInvalid,
    PersonNotFound,
    OrgNotFound,
    DateUnreasonable,
    RowRepeated,
    TooManyRows { max: usize },
    VersionConflict { version: i32 },
    CursorInvalid,
}

use MasterRefusal as R;

impl Refusal for MasterRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::NameInvalid => "name_invalid",
            R::NameRequired => "name_required",
            R::CodeTaken => "code_taken",
            R::GradeInvalid { .. } => "grade_invalid",
            R::PositionNotFound => "position_not_found",
            R::DimensionNotFound => "dimension_not_found",
            R::TeamNotFound => "team_not_found",
            R::ValueNotFound => "dimension_value_not_found",
            R::DimensionUnknown { .. } => "dimension_unknown",
            R::ValueUnknown { .. } => "dimension_value_unknown",
            R::TeamUnknown { .. } => "team_unknown",
            R::ParentUnknown { .. } => "parent_unknown",
            R::ValueBelowItself => "value_below_itself",
            R::NotActive { .. } => "not_active",
            R::SubjectInvalid => "subject_invalid",
            R::PersonNotFound => "person_not_found",
            R::OrgNotFound => "org_not_found",
            R::DateUnreasonable => "date_unreasonable",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::VersionConflict { .. } => "version_conflict",
            R::CursorInvalid => "cursor_invalid",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PositionNotFound
            | R::DimensionNotFound
            | R::TeamNotFound
            | R::ValueNotFound
            | R::PersonNotFound
            | R::OrgNotFound => 404,
            R::VersionConflict { .. } | R::CodeTaken => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::NameRequired => "新增时须填写名称".to_owned(),
            R::CodeTaken => "该编号已被使用".to_owned(),
            R::GradeInvalid { max } => format!("职级须为 0 至 {max}"),
            R::PositionNotFound => "没有这个岗位".to_owned(),
            R::DimensionNotFound => "没有这个维度".to_owned(),
            R::TeamNotFound => "没有这个班组".to_owned(),
            R::ValueNotFound => "没有这个维度值".to_owned(),
            R::DimensionUnknown { code } => format!("没有编号为 {code} 的维度"),
            R::ValueUnknown { code } => format!("该维度没有编号为 {code} 的值"),
            R::TeamUnknown { code } => format!("没有编号为 {code} 的班组"),
            R::ParentUnknown { code } => format!("没有编号为 {code} 的上级"),
            R::ValueBelowItself => "维度值不能位于自身之下".to_owned(),
            R::NotActive { code } => format!("{code} 已停用，不能再分配"),
            R::SubjectInvalid => "须指定员工或部门之一".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::OrgNotFound => "没有这个组织单元".to_owned(),
            R::DateUnreasonable => "日期须在 2000-01-01 至 2099-12-31 之间".to_owned(),
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
            R::NameRequired => "A new one needs a name".to_owned(),
            R::CodeTaken => "This code is in use".to_owned(),
            R::GradeInvalid { max } => format!("A grade is 0 to {max}"),
            R::PositionNotFound => "There is no such position".to_owned(),
            R::DimensionNotFound => "There is no such dimension".to_owned(),
            R::TeamNotFound => "There is no such team".to_owned(),
            R::ValueNotFound => "There is no such value of the dimension".to_owned(),
            R::DimensionUnknown { code } => format!("There is no dimension {code}"),
            R::ValueUnknown { code } => format!("The dimension has no value {code}"),
            R::TeamUnknown { code } => format!("There is no team {code}"),
            R::ParentUnknown { code } => {
                format!("There is nothing with code {code} to stand below")
            }
            R::ValueBelowItself => "A value cannot stand below itself".to_owned(),
            R::NotActive { code } => format!("{code} is no longer active; nobody new gets it"),
            R::SubjectInvalid => "Name either a person or a department".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::OrgNotFound => "There is no such unit".to_owned(),
            R::DateUnreasonable => "The date must lie between 2000-01-01 and 2099-12-31".to_owned(),
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::VersionConflict { version } => {
                format!("Somebody else changed it, now version {version}; reload and try again")
            }
            R::CursorInvalid => "The cursor is not one of ours; begin again".to_owned(),
        }
    }
}
