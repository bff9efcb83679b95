use vocabulary::LocalDate;

use crate::base::Refusal;

/// Why a swap is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwapRefusal {
    ReasonInvalid,
    DatesInvalid,
    PersonNotFound,
    SwapNotFound,
    SwapEnded,
    LaterSwap,
    OutOfService { date: LocalDate },
    OtherScheme { date: LocalDate },
    PeriodLocked,
    NothingPlanned,
    NothingChanges,
    OnLeave { date: LocalDate },
    DayTooLong { date: LocalDate, minutes: i32 },
    RestTooShort { date: LocalDate, minutes: i32 },
}

use SwapRefusal as R;

impl Refusal for SwapRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::ReasonInvalid => "reason_invalid",
            R::DatesInvalid => "swap_dates_invalid",
            R::PersonNotFound => "person_not_found",
            R::SwapNotFound => "swap_not_found",
            R::SwapEnded => "swap_ended",
            R::LaterSwap => "later_swap",
            R::OutOfService { .. } => "out_of_service",
            R::OtherScheme { .. } => "other_scheme",
            R::PeriodLocked => "period_locked",
            R::NothingPlanned => "nothing_planned",
            R::NothingChanges => "nothing_changes",
            R::OnLeave { .. } => "on_leave",
            R::DayTooLong { .. } => "day_too_long",
            R::RestTooShort { .. } => "rest_too_short",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::PersonNotFound | R::SwapNotFound => 404,
            R::SwapEnded | R::LaterSwap | R::PeriodLocked => 409,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::ReasonInvalid => "须填写原因，最多 500 个字符".to_owned(),
            R::DatesInvalid => "换班须为两名不同员工的一个或两个不同日期".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::SwapNotFound => "没有这个换班".to_owned(),
            R::SwapEnded => "该换班已取消".to_owned(),
            R::LaterSwap => "这些日期后来又换过班，请先取消后一个换班".to_owned(),
            R::OutOfService { date } => format!("{date} 有人不在职或被冻结"),
            R::OtherScheme { date } => format!("双方在 {date} 的考勤方案不同，须确认后才能换班"),
            R::PeriodLocked => "日期所在的考勤周期已锁定".to_owned(),
            R::NothingPlanned => "对方当天没有排班".to_owned(),
            R::NothingChanges => "换班前后没有区别".to_owned(),
            R::OnLeave { date } => format!("{date} 的班次与已批准的假期重叠"),
            R::DayTooLong { date, minutes } => {
                format!("换班后 {date} 工作 {minutes} 分钟，超过 660 分钟")
            }
            R::RestTooShort { date, minutes } => {
                format!("换班后 {date} 前后两班之间只休息 {minutes} 分钟，少于 480 分钟")
            }
        }
    }

    fn en(&self) -> String {
        match self {
            R::ReasonInvalid => "A reason of at most 500 characters is required".to_owned(),
            R::DatesInvalid => "Two different people exchange one date or two dates".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::SwapNotFound => "There is no such swap".to_owned(),
            R::SwapEnded => "The swap is cancelled already".to_owned(),
            R::LaterSwap => "A later swap stands on these dates; cancel it first".to_owned(),
            R::OutOfService { date } => format!("Somebody is out of service or frozen on {date}"),
            R::OtherScheme { date } => {
                format!("Their schemes differ on {date}; say that you accept it")
            }
            R::PeriodLocked => "The attendance period of a date is locked".to_owned(),
            R::NothingPlanned => "Nothing is planned for the other one on this date".to_owned(),
            R::NothingChanges => "The swap changes nothing".to_owned(),
            R::OnLeave { date } => format!("The shift of {date} overlaps an approved leave"),
            R::DayTooLong { date, minutes } => {
                format!("After the swap {date} has {minutes} minutes of work, more than 660")
            }
            R::RestTooShort { date, minutes } => {
                format!("After the swap the rest beside {date} is {minutes} minutes, less than 480")
            }
        }
    }
}
