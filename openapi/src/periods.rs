//! Closing of attendance periods, statements and adjustments.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{Instant, JobId, LocalDate, PeriodId, PeriodSetId, PersonId, UserId};

use crate::Item;
use crate::examples::{march, utc};
use crate::results::PeriodSummaryView;

/// Where an attendance period stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PeriodState {
    /// Results follow every change.
    Open,
    /// They still do; people confirm their statements.
    Closing,
    /// Nothing inside changes any more.
    Locked,
}

/// An attendance period of a period set.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AttendancePeriodView {
    /// Once it has begun to close.
    pub id: Option<PeriodId>,
    pub period_set_id: PeriodSetId,
    /// `2026-03`.
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub state: PeriodState,
    /// Of the last reopening.
    pub reason: Option<String>,
    pub changed_at: Option<Instant>,
    pub changed_by: Option<UserId>,
    /// The job that locks it, or did so last.
    pub job_id: Option<JobId>,
}

impl Example for AttendancePeriodView {
    fn example() -> Self {
        Self {
            id: Some(PeriodId(1)),
            period_set_id: PeriodSetId(1),
            period: "2026-03".to_owned(),
            from_date: march(1),
            to_date: march(31),
            state: PeriodState::Closing,
            reason: None,
            changed_at: Some(utc(32, "01:00:00")),
            changed_by: Some(UserId(2)),
            job_id: None,
        }
    }
}

impl Item for AttendancePeriodView {}

/// Begins to close a period.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct AttendancePeriodCreate {
    pub period_set_id: PeriodSetId,
    /// Its name.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub period: String,
}

impl Example for AttendancePeriodCreate {
    fn example() -> Self {
        Self { period_set_id: PeriodSetId(1), period: "2026-03".to_owned() }
    }
}

/// Something that stands in the way of locking.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct PeriodObstacleView {
    /// `people_pending`, `days_not_final`, `period_not_over`, `earlier_period_unlocked`.
    pub code: String,
    pub text: String,
    pub count: i64,
}

/// What is to be known before a period is locked.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct PeriodChecksView {
    pub people: i64,
    /// Dates of people with a result.
    pub days: i64,
    /// Exceptions nobody has mended; they do not hinder locking.
    pub open_exceptions: i64,
    pub statements_sent: i64,
    pub statements_confirmed: i64,
    pub statements_disputed: i64,
    /// Nothing here: the period can be locked.
    pub obstacles: Vec<PeriodObstacleView>,
}

impl Example for PeriodChecksView {
    fn example() -> Self {
        let obstacle = PeriodObstacleView {
            code: "days_not_final".to_owned(),
            text: "仍有日期未定".to_owned(),
            count: 3,
        };
        Self {
            people: 300,
            days: 9300,
            open_exceptions: 5,
            statements_sent: 300,
            statements_confirmed: 281,
            statements_disputed: 2,
            obstacles: vec![obstacle],
        }
    }
}

/// The job that locks the period.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct PeriodLockView {
    pub job_id: JobId,
}

impl Example for PeriodLockView {
    fn example() -> Self {
        Self { job_id: JobId(22) }
    }
}

/// Opens a period again.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PeriodReopeningCreate {
    /// 1 to 500 characters.
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Example for PeriodReopeningCreate {
    fn example() -> Self {
        Self { reason: "plant 2 entered its overtime late".to_owned() }
    }
}

/// How many statements were sent.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct StatementsSentView {
    pub sent: i64,
}

impl Example for StatementsSentView {
    fn example() -> Self {
        Self { sent: 300 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum StatementState {
    Sent,
    Confirmed,
    Disputed,
}

/// A difference between what is locked and what today's facts give, posted to a period that was open then.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct AdjustmentView {
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    /// The locked date.
    pub work_date: LocalDate,
    /// A number of a day: `late_tenths`, `weekday_overtime_minutes` …
    pub item: String,
    /// In the unit of the item.
    pub delta: i32,
    /// The period it is posted to.
    pub period_set_id: PeriodSetId,
    pub period: String,
    /// The locked period of the date.
    pub origin_period_set_id: PeriodSetId,
    pub origin_period: String,
    /// What changed: `punch`, `request`, `rule` …
    pub causes: Vec<String>,
    pub at: Instant,
}

impl Example for AdjustmentView {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            person_number: "E00421".to_owned(),
            person_name: "李娜".to_owned(),
            work_date: march(10),
            item: "late_tenths".to_owned(),
            delta: -60,
            period_set_id: PeriodSetId(1),
            period: "2026-04".to_owned(),
            origin_period_set_id: PeriodSetId(1),
            origin_period: "2026-03".to_owned(),
            causes: vec!["punch".to_owned()],
            at: utc(37, "03:15:00"),
        }
    }
}

impl Item for AdjustmentView {}

/// The sums of a period and the adjustments posted to it, as a person confirms them.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct StatementView {
    pub attendance_period_id: PeriodId,
    pub period_state: PeriodState,
    pub state: StatementState,
    pub remark: Option<String>,
    pub sent_at: Instant,
    pub answered_at: Option<Instant>,
    /// Names what it says; send it back with the answer.
    pub content: String,
    /// Whether it says something else than when it was answered.
    pub changed_since_answer: bool,
    pub summary: PeriodSummaryView,
    pub adjustments: Vec<AdjustmentView>,
}

impl Example for StatementView {
    fn example() -> Self {
        Self {
            attendance_period_id: PeriodId(1),
            period_state: PeriodState::Closing,
            state: StatementState::Confirmed,
            remark: None,
            sent_at: utc(32, "01:10:00"),
            answered_at: Some(utc(32, "04:02:00")),
            content: "-123456789".to_owned(),
            changed_since_answer: false,
            summary: PeriodSummaryView { freshness: None, ..PeriodSummaryView::example() },
            adjustments: Vec::new(),
        }
    }
}

impl Item for StatementView {}

/// Confirms or disputes one's own statement.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct StatementAnswerCreate {
    /// Of the statement that was looked at.
    #[oai(validator(max_length = 20))]
    pub content: String,
    /// `true` confirms, `false` disputes.
    pub agrees: bool,
    /// Needed where it is disputed; up to 500 characters.
    #[oai(validator(max_length = 500))]
    pub remark: Option<String>,
}

impl Example for StatementAnswerCreate {
    fn example() -> Self {
        Self { content: "-123456789".to_owned(), agrees: true, remark: None }
    }
}
