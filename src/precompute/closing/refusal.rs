use vocabulary::LocalDate;

use super::checks::Obstacle;
use crate::base::Refusal;

/// Why a step of the closing is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClosingRefusal {
    PeriodNotFound,
    SetNotFound,
    PeriodUnknown { period: String },
    NotEveryone,
    NotOver { to: LocalDate },
    AlreadyClosing,
    AlreadyLocked,
    NotClosing,
    Locking,
    Obstructed { by: Obstacle, count: i64 },
    AlreadyOpen,
    NotLatest,
    AdjustmentsLocked,
    ReasonInvalid,
    StatementNotFound,
    StatementChanged,
    RemarkMissing,
    RemarkInvalid,
    CursorInvalid,
    SpanTooLong,
}

use ClosingRefusal as R;

/// Longest reason or remark.
pub const MAX_TEXT: usize = 500;

impl Refusal for ClosingRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::PeriodNotFound => "attendance_period_not_found",
            R::SetNotFound => "period_set_not_found",
            R::PeriodUnknown { .. } => "period_unknown",
            R::NotEveryone => "scope_not_everyone",
            R::NotOver { .. } => "period_not_over",
            R::AlreadyClosing => "period_already_closing",
            R::AlreadyLocked => "period_already_locked",
            R::NotClosing => "period_not_closing",
            R::Locking => "period_being_locked",
            R::Obstructed { by, .. } => by.code(),
            R::AlreadyOpen => "period_already_open",
            R::NotLatest => "later_period_locked",
            R::AdjustmentsLocked => "adjustments_locked",
            R::ReasonInvalid => "reason_invalid",
            R::StatementNotFound => "statement_not_found",
            R::StatementChanged => "statement_changed",
            R::RemarkMissing => "remark_missing",
            R::RemarkInvalid => "remark_invalid",
            R::CursorInvalid => "cursor_invalid",
            R::SpanTooLong => "span_too_long",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PeriodNotFound | R::SetNotFound | R::StatementNotFound => 404,
            R::NotEveryone => 403,
            R::PeriodUnknown { .. }
            | R::ReasonInvalid
            | R::RemarkMissing
            | R::RemarkInvalid
            | R::CursorInvalid
            | R::SpanTooLong => 422,
            _ => 409,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::PeriodNotFound => "没有这个考勤周期，或尚未开始关账".to_owned(),
            R::SetNotFound => "没有这个考勤周期方案".to_owned(),
            R::PeriodUnknown { period } => format!("该周期方案没有名为 {period} 的周期"),
            R::NotEveryone => "关账涉及全体员工，需要“全部”数据范围".to_owned(),
            R::NotOver { to } => format!("周期到 {to} 才结束，结束后方可关账"),
            R::AlreadyClosing => "该周期已在关账中".to_owned(),
            R::AlreadyLocked => "该周期已锁定".to_owned(),
            R::NotClosing => "该周期不在关账中".to_owned(),
            R::Locking => "该周期正在锁定，请等待任务结束".to_owned(),
            R::Obstructed { by, count } => by.zh(*count),
            R::AlreadyOpen => "该周期已是开放状态".to_owned(),
            R::NotLatest => "其后还有已锁定的周期，只能重开最近锁定的一个".to_owned(),
            R::AdjustmentsLocked => "该周期的调整已计入其他已锁定的周期，不能重开".to_owned(),
            R::ReasonInvalid => format!("请写明重开原因，1 至 {MAX_TEXT} 个字符"),
            R::StatementNotFound => "没有这份考勤确认单".to_owned(),
            R::StatementChanged => "考勤数据已更新，请重新查看后再确认".to_owned(),
            R::RemarkMissing => "提出异议时请写明内容".to_owned(),
            R::RemarkInvalid => format!("说明最多 {MAX_TEXT} 个字符，不能含控制字符"),
            R::CursorInvalid => "翻页标记无效".to_owned(),
            R::SpanTooLong => "日期范围过长，最多 800 天，且结束不得早于开始".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::PeriodNotFound => {
                "There is no such attendance period, or it has not begun to close".to_owned()
            }
            R::SetNotFound => "There is no such period set".to_owned(),
            R::PeriodUnknown { period } => format!("This set has no period named {period}"),
            R::NotEveryone => "Closing concerns everybody; the scope all is needed".to_owned(),
            R::NotOver { to } => format!("The period lasts until {to}; close it afterwards"),
            R::AlreadyClosing => "The period is closing already".to_owned(),
            R::AlreadyLocked => "The period is locked".to_owned(),
            R::NotClosing => "The period is not closing".to_owned(),
            R::Locking => "The period is being locked; wait for the job".to_owned(),
            R::Obstructed { by, count } => by.en(*count),
            R::AlreadyOpen => "The period is open already".to_owned(),
            R::NotLatest => {
                "A later period is locked; only the latest locked one can be reopened".to_owned()
            }
            R::AdjustmentsLocked => {
                "Adjustments of this period are part of another locked period".to_owned()
            }
            R::ReasonInvalid => format!("Say why, in 1 to {MAX_TEXT} characters"),
            R::StatementNotFound => "There is no such statement".to_owned(),
            R::StatementChanged => "The numbers have changed; look at them again".to_owned(),
            R::RemarkMissing => "Say what is wrong when you dispute a statement".to_owned(),
            R::RemarkInvalid => {
                format!("A remark is at most {MAX_TEXT} characters, without control characters")
            }
            R::CursorInvalid => "The cursor is not one of ours".to_owned(),
            R::SpanTooLong => {
                "Ask for at most 800 dates; the end must not be before the start".to_owned()
            }
        }
    }

    fn hint_zh(&self) -> Option<String> {
        matches!(self, R::Obstructed { .. }).then(|| "全部阻碍见该周期的检查结果".to_owned())
    }

    fn hint_en(&self) -> Option<String> {
        matches!(self, R::Obstructed { .. })
            .then(|| "The checks of the period list all that stands in the way".to_owned())
    }
}
