//! A finding about a person, in words.

use engine::legality::{Check, Finding, rule};
use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, PersonId};

use crate::base::context::Lang;

/// A finding with the person it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalFinding {
    pub person: PersonId,
    pub number: String,
    pub name: String,
    /// Code of the check.
    pub code: String,
    pub severity: String,
    pub from: LocalDate,
    pub to: LocalDate,
    pub value: i32,
    pub limit: i32,
}

impl LegalFinding {
    pub fn new(person: PersonId, (number, name): (String, String), f: &Finding) -> Self {
        Self {
            person,
            number,
            name,
            code: f.check.code().to_owned(),
            severity: f.severity.code().to_owned(),
            from: f.from,
            to: f.to,
            value: f.value,
            limit: f.limit,
        }
    }

    /// Person, dates, check and numbers in one sentence.
    pub fn text(&self, lang: Lang) -> String {
        let Self { number, name, from, to, .. } = self;
        let when = match (from == to, lang) {
            (true, _) => from.to_string(),
            (false, Lang::Zh) => format!("{from} 至 {to}"),
            (false, Lang::En) => format!("{from} to {to}"),
        };
        match lang {
            Lang::Zh => format!("{name}（{number}）{when} {}", self.what_zh()),
            Lang::En => format!("{name} ({number}) {when}: {}", self.what_en()),
        }
    }

    fn what_zh(&self) -> String {
        let Self { value, limit, .. } = self;
        match rule(&self.code).map(|r| r.check) {
            Some(Check::WeeklyRest) => {
                format!("本周最长连续休息 {}，少于 {}", hours_zh(*value), hours_zh(*limit))
            }
            Some(Check::ConsecutiveDays) => format!("连续工作 {value} 天，超过 {limit} 天"),
            Some(Check::DailyHours) => {
                format!("当日排班与加班共 {}，超过 {}", hours_zh(*value), hours_zh(*limit))
            }
            Some(Check::MonthlyOvertime) => {
                format!("本月超出标准工时 {}，上限 {}", hours_zh(*value), hours_zh(*limit))
            }
            Some(Check::NightProtected) => {
                format!("受保护人员排夜班，22:00 至 06:00 内 {}", hours_zh(*value))
            }
            Some(Check::OvertimeProtected) => format!("受保护人员排加班 {}", hours_zh(*value)),
            Some(Check::PartTimeWeek) => {
                format!("非全日制本周工时 {}，超过 {}", hours_zh(*value), hours_zh(*limit))
            }
            Some(Check::ShiftOverlap) => format!("班次重叠 {}", hours_zh(*value)),
            Some(Check::RestBetween) => {
                format!("两班之间休息 {}，少于 {}", hours_zh(*value), hours_zh(*limit))
            }
            Some(Check::OutOfService) => "不在职或已冻结，却排了班".to_owned(),
            None => self.code.clone(),
        }
    }

    fn what_en(&self) -> String {
        let Self { value, limit, .. } = self;
        match rule(&self.code).map(|r| r.check) {
            Some(Check::WeeklyRest) => {
                format!(
                    "the longest rest of the week is {}, below {}",
                    hours(*value),
                    hours(*limit)
                )
            }
            Some(Check::ConsecutiveDays) => {
                format!("{value} working days in a row, more than {limit}")
            }
            Some(Check::DailyHours) => {
                format!("{} planned on one date, more than {}", hours(*value), hours(*limit))
            }
            Some(Check::MonthlyOvertime) => format!(
                "{} planned beyond the standard of the month, more than {}",
                hours(*value),
                hours(*limit)
            ),
            Some(Check::NightProtected) => {
                format!("night work of a protected person, {} from 22:00 to 06:00", hours(*value))
            }
            Some(Check::OvertimeProtected) => {
                format!("overtime of a protected person, {}", hours(*value))
            }
            Some(Check::PartTimeWeek) => {
                format!("{} in a part-time week, more than {}", hours(*value), hours(*limit))
            }
            Some(Check::ShiftOverlap) => format!("shifts overlap by {}", hours(*value)),
            Some(Check::RestBetween) => {
                format!("{} rest between shifts, less than {}", hours(*value), hours(*limit))
            }
            Some(Check::OutOfService) => "shifts while not in service or frozen".to_owned(),
            None => self.code.clone(),
        }
    }
}

fn hours_zh(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} 分钟"),
        (h, 0) => format!("{h} 小时"),
        (h, m) => format!("{h} 小时 {m} 分钟"),
    }
}

fn hours(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}
