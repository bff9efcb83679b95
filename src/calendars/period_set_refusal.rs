use vocabulary::LocalDate;

use super::CalendarRefusal;
use super::period_list::{MAX_DAYS, MAX_NAME};
use crate::base::{FieldError, Refusal};

/// Why a period set, its list or its assignment is refused. `row` is the place of a period in the list
/// that was sent, `name` how it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeriodSetRefusal {
    NotFound,
    OrgNotFound,
    SubjectInvalid,
    GroupNotFound,
    EverybodyRequired,
    NameInvalid {
        row: usize,
    },
    NameRepeated {
        row: usize,
        name: String,
    },
    NameElsewhere {
        row: usize,
        name: String,
    },
    DatesInvalid {
        row: usize,
        name: String,
    },
    Overlap {
        row: usize,
        name: String,
    },
    Gap {
        row: usize,
        name: String,
        expected: LocalDate,
    },
    NotWhole {
        last: LocalDate,
        end: LocalDate,
    },
    FromInsidePeriod {
        name: String,
        from: LocalDate,
        to: LocalDate,
    },
    NotOpen {
        name: String,
        from: LocalDate,
        to: LocalDate,
    },
    /// What calendars say as well.
    Shared(CalendarRefusal),
}

use PeriodSetRefusal as R;

impl From<CalendarRefusal> for PeriodSetRefusal {
    fn from(r: CalendarRefusal) -> Self {
        Self::Shared(r)
    }
}

impl PeriodSetRefusal {
    /// Which field is meant.
    fn path(&self) -> Option<String> {
        match self {
            R::NameInvalid { row } | R::NameRepeated { row, .. } | R::NameElsewhere { row, .. } => {
                Some(format!("periods[{row}].name"))
            }
            R::DatesInvalid { row, .. } => Some(format!("periods[{row}].to")),
            R::Overlap { row, .. } | R::Gap { row, .. } => Some(format!("periods[{row}].from")),
            R::NotWhole { .. } => Some("periods".to_owned()),
            R::FromInsidePeriod { .. } => Some("from".to_owned()),
            _ => None,
        }
    }
}

impl Refusal for PeriodSetRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::NotFound => "period_set_not_found",
            R::OrgNotFound => "org_not_found",
            R::SubjectInvalid => "subject_invalid",
            R::GroupNotFound => "group_not_found",
            R::EverybodyRequired => "everybody_required",
            R::NameInvalid { .. } => "period_name_invalid",
            R::NameRepeated { .. } => "period_name_repeated",
            R::NameElsewhere { .. } => "period_name_elsewhere",
            R::DatesInvalid { .. } => "period_dates_invalid",
            R::Overlap { .. } => "period_overlap",
            R::Gap { .. } => "period_gap",
            R::NotWhole { .. } => "periods_not_whole",
            R::FromInsidePeriod { .. } => "from_inside_period",
            R::NotOpen { .. } => "period_not_open",
            R::Shared(r) => r.code(),
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::NotFound | R::OrgNotFound | R::GroupNotFound => 404,
            R::NotOpen { .. } => 409,
            R::Shared(r) => r.status(),
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::NotFound => "没有这个考勤周期方案".to_owned(),
            R::OrgNotFound => "没有这个组织".to_owned(),
            R::SubjectInvalid => "员工、部门、用工性质、岗位、维度值须填写且只填写一个".to_owned(),
            R::GroupNotFound => "没有这个岗位或维度值".to_owned(),
            R::EverybodyRequired => {
                "用工性质、岗位、维度值涉及全体员工，须有全部数据范围".to_owned()
            }
            R::NameInvalid { .. } => format!("周期名称须为 1 至 {MAX_NAME} 个字符"),
            R::NameRepeated { name, .. } => format!("周期名称 {name} 重复"),
            R::NameElsewhere { name, .. } => {
                format!("名称 {name} 是列表以外的月份，该月已按起始日划分")
            }
            R::DatesInvalid { name, .. } => format!(
                "周期 {name} 的结束日期不得早于开始日期，最长 {MAX_DAYS} 天，且须在 2000 至 2099 年内"
            ),
            R::Overlap { name, .. } => format!("周期 {name} 与前一个周期重叠"),
            R::Gap { name, expected, .. } => {
                format!("周期 {name} 之前有空档，开始日期应为 {expected}")
            }
            R::NotWhole { last, end } => {
                format!("列表须以整个周期月结束：现止于 {last}，所在周期月止于 {end}")
            }
            R::FromInsidePeriod { name, from, to } => {
                format!("from 须为周期的第一天；周期 {name} 为 {from} 至 {to}")
            }
            R::NotOpen { name, from, to } => {
                format!("周期 {name}（{from} 至 {to}）已关账或正在关账，不能更改其日期")
            }
            R::Shared(r) => r.zh(),
        }
    }

    fn en(&self) -> String {
        match self {
            R::NotFound => "There is no such period set".to_owned(),
            R::OrgNotFound => "There is no such unit".to_owned(),
            R::SubjectInvalid => {
                "Name one of person, department, employment kind, position, dimension value".to_owned()
            }
            R::GroupNotFound => "There is no such position or dimension value".to_owned(),
            R::EverybodyRequired => {
                "Kinds, positions and dimension values concern everybody; that needs the scope of all"
                    .to_owned()
            }
            R::NameInvalid { .. } => format!("The name of a period is 1 to {MAX_NAME} characters"),
            R::NameRepeated { name, .. } => format!("The name {name} stands twice in this set"),
            R::NameElsewhere { name, .. } => {
                format!("{name} names a month outside the list, which the start day cuts")
            }
            R::DatesInvalid { name, .. } => format!(
                "Period {name} must not end before it begins, has at most {MAX_DAYS} days and lies in \
                 2000 to 2099"
            ),
            R::Overlap { name, .. } => format!("Period {name} overlaps the one before it"),
            R::Gap { name, expected, .. } => {
                format!("There is a gap before period {name}: it must begin on {expected}")
            }
            R::NotWhole { last, end } => format!(
                "The list must end where a period of the start day ends: it ends on {last}, that \
                 period on {end}"
            ),
            R::FromInsidePeriod { name, from, to } => {
                format!("from must be the first date of a period; period {name} is {from} to {to}")
            }
            R::NotOpen { name, from, to } => {
                format!(
                    "Period {name} ({from} to {to}) is closing or locked; its dates cannot change"
                )
            }
            R::Shared(r) => r.en(),
        }
    }

    fn errors(&self) -> Vec<FieldError> {
        let fault =
            |path| FieldError { path, code: self.code().to_owned(), zh: self.zh(), en: self.en() };
        self.path().map(fault).into_iter().collect()
    }
}
