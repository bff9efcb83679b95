use crate::base::Refusal;

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarRefusal {
    CodeInvalid,
    NameInvalid,
    CodeTaken,
    RestWeekdaysInvalid,
    CalendarNotFound,
    CalendarUnknown { code: String },
    DateUnreasonable,
    DateRepeated { date: vocabulary::LocalDate },
    DateNameInvalid,
    VersionConflict { version: i32 },
    YearUnknown,
    PersonNotFound,
    OrgNotFound,
    RowRepeated,
    TooManyRows { max: usize },
    SpanInvalid { max_days: i32 },
    CursorInvalid,
    StartDayInvalid,
}

use CalendarRefusal as R;

impl Refusal for CalendarRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::NameInvalid => "name_invalid",
            R::CodeTaken => "code_taken",
            R::RestWeekdaysInvalid => "rest_weekdays_invalid",
            R::CalendarNotFound => "calendar_not_found",
            R::CalendarUnknown { .. } => "calendar_unknown",
            R::DateUnreasonable => "date_unreasonable",
            R::DateRepeated { .. } => "date_repeated",
            R::DateNameInvalid => "date_name_invalid",
            R::VersionConflict { .. } => "version_conflict",
            R::YearUnknown => "year_unknown",
            R::PersonNotFound => "person_not_found",
            R::OrgNotFound => "org_not_found",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::SpanInvalid { .. } => "span_invalid",
            R::CursorInvalid => "cursor_invalid",
            R::StartDayInvalid => "start_day_invalid",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::CalendarNotFound | R::PersonNotFound | R::OrgNotFound => 404,
            R::VersionConflict { .. } | R::CodeTaken => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::CodeTaken => "该编号已被使用".to_owned(),
            R::RestWeekdaysInvalid => "休息日须为 1（周一）至 7（周日），不得重复".to_owned(),
            R::CalendarNotFound => "没有这个工作日历".to_owned(),
            R::CalendarUnknown { code } => format!("没有编号为 {code} 的工作日历"),
            R::DateUnreasonable => "日期须在 2000-01-01 至 2099-12-31 之间".to_owned(),
            R::DateRepeated { date } => format!("日期 {date} 重复"),
            R::DateNameInvalid => "日期名称最多 100 个字符".to_owned(),
            R::VersionConflict { version } => {
                format!("该日历已被他人修改，当前版本为 {version}，请刷新后重试")
            }
            R::YearUnknown => "没有该年份的国家放假安排".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::OrgNotFound => "没有这个组织单元".to_owned(),
            R::RowRepeated => "同一批中重复的行".to_owned(),
            R::TooManyRows { max } => format!("一次最多 {max} 行"),
            R::SpanInvalid { max_days } => {
                format!("结束日期不得早于开始日期，且最多 {max_days} 天")
            }
            R::CursorInvalid => "游标无效，请从第一页重新查询".to_owned(),
            R::StartDayInvalid => "起始日须为 1 至 31".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::CodeInvalid => "A code is 1 to 40 letters, digits and . - _".to_owned(),
            R::NameInvalid => "A name is 1 to 100 characters".to_owned(),
            R::CodeTaken => "This code is in use".to_owned(),
            R::RestWeekdaysInvalid => {
                "Weekdays of rest are 1 (Monday) to 7 (Sunday), each once".to_owned()
            }
            R::CalendarNotFound => "There is no such calendar".to_owned(),
            R::CalendarUnknown { code } => format!("There is no calendar {code}"),
            R::DateUnreasonable => "The date must lie between 2000-01-01 and 2099-12-31".to_owned(),
            R::DateRepeated { date } => format!("The date {date} stands twice"),
            R::DateNameInvalid => "The name of a date is at most 100 characters".to_owned(),
            R::VersionConflict { version } => {
                format!("Somebody else changed it, now version {version}; reload and try again")
            }
            R::YearUnknown => "There is no national schedule for this year".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::OrgNotFound => "There is no such unit".to_owned(),
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::SpanInvalid { max_days } => {
                format!("The end must not be before the start; at most {max_days} days")
            }
            R::CursorInvalid => "The cursor is not one of ours; begin again".to_owned(),
            R::StartDayInvalid => "The start day must be 1 to 31".to_owned(),
        }
    }

    fn hint_zh(&self) -> Option<String> {
        let years = super::NATIONAL_YEARS.map(|y| y.to_string()).join("、");
        matches!(self, R::YearUnknown).then(|| format!("程序自带 {years} 年；其他年份请逐日维护"))
    }

    fn hint_en(&self) -> Option<String> {
        let years = super::NATIONAL_YEARS.map(|y| y.to_string()).join(", ");
        matches!(self, R::YearUnknown)
            .then(|| format!("The program brings {years}; enter the dates of other years"))
    }
}
