use crate::base::Refusal;

/// Why a question about results is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultRefusal {
    PersonNotFound,
    NoResult,
    SpanInverted,
    SpanTooLong { max: i32 },
    CursorInvalid,
    PeriodInvalid,
    BatchNotFound,
}

impl Refusal for ResultRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PersonNotFound => "person_not_found",
            Self::NoResult => "no_result",
            Self::SpanInverted => "span_inverted",
            Self::SpanTooLong { .. } => "span_too_long",
            Self::CursorInvalid => "cursor_invalid",
            Self::PeriodInvalid => "period_invalid",
            Self::BatchNotFound => "mark_batch_not_found",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::PersonNotFound | Self::NoResult | Self::BatchNotFound => 404,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::PersonNotFound => "没有这个员工".to_owned(),
            Self::NoResult => "该日没有考勤结果（没有考勤方案或不在职）".to_owned(),
            Self::SpanInverted => "结束日期早于开始日期".to_owned(),
            Self::SpanTooLong { max } => format!("日期范围过长，最多 {max} 天"),
            Self::CursorInvalid => "翻页标记无效".to_owned(),
            Self::PeriodInvalid => "考勤周期应写作 YYYY-MM".to_owned(),
            Self::BatchNotFound => "没有这个批量变更".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::PersonNotFound => "There is no such person".to_owned(),
            Self::NoResult => {
                "There is no result on this date (no scheme, or not in service)".to_owned()
            }
            Self::SpanInverted => "The last date is before the first".to_owned(),
            Self::SpanTooLong { max } => format!("Ask for at most {max} dates"),
            Self::CursorInvalid => "The cursor is not one of ours".to_owned(),
            Self::PeriodInvalid => "Write the period as YYYY-MM".to_owned(),
            Self::BatchNotFound => "There is no such bulk change".to_owned(),
        }
    }
}
