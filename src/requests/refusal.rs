use vocabulary::LocalDate;

use crate::base::Refusal;

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    PersonNotFound,
    TypeUnknown { code: String },
    TypeNotInEffect { code: String, date: LocalDate },
    TimesInvalid,
    LeaveTooLong,
    OvertimeTooLong,
    OnlyForOvertime,
    OnlyForLeave,
    OvertimeDateInvalid,
    BreaksInvalid,
    ReasonInvalid,
    DateUnreasonable,
    RowRepeated,
    TooManyRows { max: usize },
    SpanInvalid { max_days: i32 },
    RequestNotFound,
}

use RequestRefusal as R;

impl Refusal for RequestRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::PersonNotFound => "person_not_found",
            R::TypeUnknown { .. } => "request_type_unknown",
            R::TypeNotInEffect { .. } => "request_type_not_in_effect",
            R::TimesInvalid => "times_invalid",
            R::LeaveTooLong => "leave_too_long",
            R::OvertimeTooLong => "overtime_too_long",
            R::OnlyForOvertime => "only_for_overtime",
            R::OnlyForLeave => "only_for_leave",
            R::OvertimeDateInvalid => "overtime_date_invalid",
            R::BreaksInvalid => "breaks_invalid",
            R::ReasonInvalid => "reason_invalid",
            R::DateUnreasonable => "date_unreasonable",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::SpanInvalid { .. } => "span_invalid",
            R::RequestNotFound => "request_not_found",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PersonNotFound | R::RequestNotFound => 404,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::TypeUnknown { code } => format!("没有编号为 {code} 的申请类型"),
            R::TypeNotInEffect { code, date } => format!("申请类型 {code} 在 {date} 尚未生效"),
            R::TimesInvalid => "时间须为整分钟，且结束晚于开始".to_owned(),
            R::LeaveTooLong => "请假时间最长 366 天".to_owned(),
            R::OvertimeTooLong => "加班时间最长 24 小时".to_owned(),
            R::OnlyForOvertime => "归属日与休息时间仅用于加班申请".to_owned(),
            R::OnlyForLeave => "半天标记仅用于请假申请".to_owned(),
            R::OvertimeDateInvalid => "加班归属日须为开始日期或其前后一天".to_owned(),
            R::BreaksInvalid => "休息时间须为整分钟，互不重叠，并在申请时间之内".to_owned(),
            R::ReasonInvalid => "原因最多 500 个字符".to_owned(),
            R::DateUnreasonable => "日期须在 2000-01-01 至 2099-12-31 之间".to_owned(),
            R::RowRepeated => "同一批中重复的行".to_owned(),
            R::TooManyRows { max } => format!("一次最多 {max} 行"),
            R::SpanInvalid { max_days } => {
                format!("结束日期不得早于开始日期，且最多 {max_days} 天")
            }
            R::RequestNotFound => "没有这条申请".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::PersonNotFound => "There is no such person".to_owned(),
            R::TypeUnknown { code } => format!("There is no request type {code}"),
            R::TypeNotInEffect { code, date } => {
                format!("Request type {code} is not in effect on {date}")
            }
            R::TimesInvalid => "Times are whole minutes and the end is after the start".to_owned(),
            R::LeaveTooLong => "Leave is at most 366 days".to_owned(),
            R::OvertimeTooLong => "Overtime is at most 24 hours".to_owned(),
            R::OnlyForOvertime => "Attendance date and breaks are for overtime only".to_owned(),
            R::OnlyForLeave => "The mark of half a day is for leave only".to_owned(),
            R::OvertimeDateInvalid => {
                "The attendance date is the date of the start or the day before or after".to_owned()
            }
            R::BreaksInvalid => {
                "Breaks are whole minutes inside the request and do not overlap".to_owned()
            }
            R::ReasonInvalid => "A reason is at most 500 characters".to_owned(),
            R::DateUnreasonable => "The date must lie between 2000-01-01 and 2099-12-31".to_owned(),
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::SpanInvalid { max_days } => {
                format!("The end must not be before the start; at most {max_days} days")
            }
            R::RequestNotFound => "There is no such request".to_owned(),
        }
    }
}
