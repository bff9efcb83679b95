//! Approved requests: leave, trips and overtime forms as facts for the evaluation.

use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{Instant, LocalDate, PersonId, RequestId, RuleId, UserId, WallTime};

use crate::Item;
use crate::examples::{utc, wall};
use crate::shifts::WallSpanBody;

/// An approved form. Times are local wall time of the person.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RequestCreate {
    pub person_id: PersonId,
    /// Code of the request type.
    #[oai(rename = "type", validator(min_length = 1, max_length = 100))]
    pub type_code: String,
    /// Whole minutes.
    pub start: WallTime,
    /// Whole minutes, after the start; leave at most 366 days, overtime at most 24 hours.
    pub end: WallTime,
    /// When it was approved; absent = now.
    pub approved_at: Option<WallTime>,
    /// Half a day was asked for; only for the day count of types of calendar basis.
    #[oai(default)]
    pub half_day: bool,
    /// Attendance date of overtime; absent = the date of the start.
    pub overtime_date: Option<LocalDate>,
    /// Unpaid breaks of overtime.
    #[oai(default, validator(max_items = 20))]
    pub breaks: Vec<WallSpanBody>,
    /// Unpaid minutes of overtime without fixed place.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "1440")))]
    pub break_minutes: i32,
    #[oai(default, validator(max_length = 500))]
    pub reason: String,
}

impl Example for RequestCreate {
    fn example() -> Self {
        let date = LocalDate::from_days(20_522);
        Self {
            person_id: PersonId(1),
            type_code: "050".to_owned(),
            start: WallTime::on(date, 13 * 3600),
            end: WallTime::on(date, 17 * 3600),
            approved_at: None,
            half_day: false,
            overtime_date: None,
            breaks: Vec::new(),
            break_minutes: 0,
            reason: "家中有事".to_owned(),
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RequestsCreate {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub requests: Vec<RequestCreate>,
}

impl Example for RequestsCreate {
    fn example() -> Self {
        Self { requests: vec![RequestCreate::example()] }
    }
}

/// An approved form. It never changes; revoking is an act of its own.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RequestView {
    pub id: RequestId,
    pub person_id: PersonId,
    pub type_id: RuleId,
    /// Code of the request type.
    #[oai(rename = "type")]
    pub type_code: String,
    pub type_name: String,
    pub start: WallTime,
    pub end: WallTime,
    pub approved_at: WallTime,
    pub half_day: bool,
    pub overtime_date: Option<LocalDate>,
    pub breaks: Vec<WallSpanBody>,
    pub break_minutes: i32,
    pub reason: String,
    pub author_id: Option<UserId>,
    /// When it was recorded.
    pub at: Instant,
    /// Present = it was revoked and does not count.
    pub revoked_at: Option<Instant>,
}

impl Example for RequestView {
    fn example() -> Self {
        Self {
            id: RequestId(5),
            person_id: PersonId(1),
            type_id: RuleId(9),
            type_code: "050".to_owned(),
            type_name: "事假".to_owned(),
            start: wall(12, "13:00:00"),
            end: wall(12, "17:00:00"),
            approved_at: wall(11, "16:20:00"),
            half_day: false,
            overtime_date: None,
            breaks: Vec::new(),
            break_minutes: 0,
            reason: "家中有事".to_owned(),
            author_id: Some(UserId(2)),
            at: utc(11, "08:20:05"),
            revoked_at: None,
        }
    }
}

impl Item for RequestView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RevocationCreate {
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Example for RevocationCreate {
    fn example() -> Self {
        Self { reason: "提前返岗".to_owned() }
    }
}
