use crate::base::{FieldError, Refusal};

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemandRefusal {
    CodeInvalid,
    NameInvalid,
    CodeTaken,
    SlotInvalid,
    OrgNotFound,
    TableNotFound,
    VersionConflict {
        version: i32,
    },
    TooManyLines {
        max: usize,
    },
    /// By the index of the line: what is wrong with it.
    LinesInvalid {
        faults: Vec<(usize, LineFault)>,
    },
    SpanInvalid {
        max_days: i32,
    },
    TooManyPeople {
        max: usize,
    },
    TimesInvalid,
    ShiftUnknown,
    ShiftDoesNotCover,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// Neither or both of date and weekday.
    Day,
    /// Not on slots, or not ascending.
    Times,
    Required,
    Position,
    Overlap,
}

impl LineFault {
    const fn code(self) -> &'static str {
        match self {
            Self::Day => "day_invalid",
            Self::Times => "times_invalid",
            Self::Required => "required_invalid",
            Self::Position => "position_unknown",
            Self::Overlap => "line_overlaps",
        }
    }

    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Day => ("日期与星期须且只须填写一项", "Exactly one of date and weekday is given"),
            Self::Times => (
                "开始须早于结束，均在 00:00 至 24:00 之间并对齐时段",
                "The start is before the end, both from 00:00 to 24:00 and on slots",
            ),
            Self::Required => ("人数须在 1 至 10000 之间", "1 to 10,000 people are required"),
            Self::Position => ("没有这个岗位", "There is no such position"),
            Self::Overlap => {
                ("与同日同岗位的另一行重叠", "It overlaps another line of its day and position")
            }
        }
    }
}

use DemandRefusal as R;

impl Refusal for DemandRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::NameInvalid => "name_invalid",
            R::CodeTaken => "code_taken",
            R::SlotInvalid => "slot_invalid",
            R::OrgNotFound => "org_unit_not_found",
            R::TableNotFound => "demand_table_not_found",
            R::VersionConflict { .. } => "version_conflict",
            R::TooManyLines { .. } => "too_many_rows",
            R::LinesInvalid { .. } => "lines_invalid",
            R::SpanInvalid { .. } => "span_invalid",
            R::TooManyPeople { .. } => "too_many_people",
            R::TimesInvalid => "times_invalid",
            R::ShiftUnknown => "shift_unknown",
            R::ShiftDoesNotCover => "shift_does_not_cover",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::OrgNotFound | R::TableNotFound => 404,
            R::VersionConflict { .. } | R::CodeTaken => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::CodeTaken => "该编号已被使用".to_owned(),
            R::SlotInvalid => "时段须为 15、20、30 或 60 分钟".to_owned(),
            R::OrgNotFound => "没有这个部门".to_owned(),
            R::TableNotFound => "没有这张用工需求表".to_owned(),
            R::VersionConflict { version } => {
                format!("该需求表已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::TooManyLines { max } => format!("一张表最多 {max} 行"),
            R::LinesInvalid { faults } => format!("有 {} 行不正确，未作任何更改", faults.len()),
            R::SpanInvalid { max_days } => {
                format!("结束日期不得早于开始日期，且最多 {max_days} 天")
            }
            R::TooManyPeople { max } => format!("部门人数超过 {max}，请按下级部门分别设置需求表"),
            R::TimesInvalid => "开始须早于结束，均在 00:00 至 24:00 之间".to_owned(),
            R::ShiftUnknown => "没有这个班次，或当日尚未生效".to_owned(),
            R::ShiftDoesNotCover => "该班次的工作时间没有覆盖所需时段".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::CodeInvalid => "A code is 1 to 40 letters, digits and . - _".to_owned(),
            R::NameInvalid => "A name is 1 to 100 characters".to_owned(),
            R::CodeTaken => "The code is taken".to_owned(),
            R::SlotInvalid => "A slot has 15, 20, 30 or 60 minutes".to_owned(),
            R::OrgNotFound => "There is no such department".to_owned(),
            R::TableNotFound => "There is no such demand table".to_owned(),
            R::VersionConflict { version } => {
                format!("Somebody else changed the table, now version {version}; reload")
            }
            R::TooManyLines { max } => format!("A table has at most {max} lines"),
            R::LinesInvalid { faults } => {
                format!("{} lines are wrong; nothing was changed", faults.len())
            }
            R::SpanInvalid { max_days } => {
                format!("The end must not be before the start; at most {max_days} days")
            }
            R::TooManyPeople { max } => {
                format!("The department has more than {max} people; use tables of smaller ones")
            }
            R::TimesInvalid => "The start is before the end, both from 00:00 to 24:00".to_owned(),
            R::ShiftUnknown => "There is no such shift, or it is not in effect".to_owned(),
            R::ShiftDoesNotCover => {
                "The working time of the shift does not cover what is needed".to_owned()
            }
        }
    }

    fn errors(&self) -> Vec<FieldError> {
        let R::LinesInvalid { faults } = self else { return Vec::new() };
        let error = |(index, fault): &(usize, LineFault)| {
            let (zh, en) = fault.texts();
            FieldError {
                path: format!("lines[{index}]"),
                code: fault.code().to_owned(),
                zh: zh.to_owned(),
                en: en.to_owned(),
            }
        };
        faults.iter().map(error).collect()
    }
}
