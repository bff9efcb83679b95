//! Rules, request types and schemes as versioned objects; assignments; trial evaluations.

mod body;

pub use body::*;
use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object, Union};
use vocabulary::{BatchId, Instant, LocalDate, PersonId, RuleId, RuleVersionId, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RuleKind {
    PunchRule,
    LateRule,
    EarlyRule,
    AbnormalRule,
    RequestType,
    Scheme,
}

/// What a version says: an object with exactly one key, which names the kind.
#[expect(clippy::large_enum_variant, reason = "one per request, never in bulk")]
#[derive(Clone, Debug, PartialEq, Union)]
#[oai(externally_tagged, one_of = true)]
pub enum RuleContent {
    #[oai(mapping = "punch_rule")]
    Punch(PunchRuleBody),
    #[oai(mapping = "late_rule")]
    Late(LateRuleBody),
    #[oai(mapping = "early_rule")]
    Early(EarlyRuleBody),
    #[oai(mapping = "abnormal_rule")]
    Abnormal(AbnormalRuleBody),
    #[oai(mapping = "request_type")]
    RequestType(RequestTypeBody),
    #[oai(mapping = "scheme")]
    Scheme(SchemeBody),
}

/// A new version of a rule, request type or scheme. The first version makes the object.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RuleVersionCreate {
    /// Unique within its kind; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Name for people; absent = as before (of a new object: its code).
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// First attendance date with this version, 2000-01-01 to 2099-12-31. Earlier dates stay as
    /// they are.
    pub effective_from: LocalDate,
    /// Number of the newest version known to the author, 0 = the object is new. Another number than
    /// the present one is refused. Absent = not checked.
    #[oai(validator(minimum(value = "0")))]
    pub expected_version: Option<i32>,
    pub content: RuleContent,
}

impl Example for RuleVersionCreate {
    fn example() -> Self {
        let duration = Rounding { method: RoundMethod::Floor, minutes: 30 };
        let body = PunchRuleBody { duration, ..PunchRuleBody::default() };
        Self {
            code: "P3".to_owned(),
            name: Some("加班打卡规则（半小时取整）".to_owned()),
            effective_from: LocalDate::from_days(20_513),
            expected_version: Some(0),
            content: RuleContent::Punch(body),
        }
    }
}

/// A published version. It never changes.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RuleVersionView {
    pub id: RuleVersionId,
    pub rule_id: RuleId,
    /// 1, 2, 3 …
    pub version: i32,
    pub effective_from: LocalDate,
    pub published_at: Instant,
    pub published_by: Option<UserId>,
    /// With every field, whether it was given or not.
    pub content: RuleContent,
}

/// A rule, request type or scheme with the version of the date asked for.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RuleView {
    pub id: RuleId,
    pub kind: RuleKind,
    pub code: String,
    pub name: String,
    /// Number of the newest version.
    pub latest_version: i32,
    /// The version in effect on the date; absent = none yet.
    pub current: Option<RuleVersionView>,
}

/// What a publication has set in motion.
#[derive(Clone, Debug, Object)]
pub struct RulePublishedView {
    pub rule_id: RuleId,
    pub version_id: RuleVersionId,
    pub version: i32,
    /// People whose days are computed again.
    pub people: i64,
    /// The batch of these computations.
    pub batch_id: BatchId,
}

/// One difference between two versions.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RuleDifferenceView {
    /// Where, for example `workday.late_rule`.
    pub path: String,
    /// Value of the first version; absent = not there.
    pub before: Option<Any<serde_json::Value>>,
    /// Value of the second version; absent = not there.
    pub after: Option<Any<serde_json::Value>>,
}

/// All differences between two versions; empty if they say the same.
#[derive(Clone, Debug, Object)]
pub struct RuleDifferencesView {
    pub from_version: i32,
    pub to_version: i32,
    pub differences: Vec<RuleDifferenceView>,
}

/// From a date on a person has this scheme.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct SchemeAssignmentPut {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Code of a scheme; absent = none, the days get no result.
    pub scheme: Option<String>,
}

impl Example for SchemeAssignmentPut {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            valid_from: LocalDate::from_days(20_513),
            scheme: Some("S1".to_owned()),
        }
    }
}

/// Assignments to be written; each row has its own outcome.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct SchemeAssignmentsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub assignments: Vec<SchemeAssignmentPut>,
}

impl Example for SchemeAssignmentsPut {
    fn example() -> Self {
        Self { assignments: vec![SchemeAssignmentPut::example()] }
    }
}

/// One entry of the timeline of a person. It holds until the next one.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SchemeAssignmentView {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Absent = none.
    pub scheme_id: Option<RuleId>,
    pub scheme: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum SetupFindingKind {
    /// A person in service has no scheme on the date.
    PersonWithoutScheme,
    /// A scheme that people have has no version on the date, or one of its rules has none.
    SchemeNotInEffect,
    /// A roster cell names a shift that has no version on the date of the cell.
    ShiftNotInEffect,
}

/// Something that keeps days from being computed.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SetupFindingView {
    pub kind: SetupFindingKind,
    pub person_id: Option<PersonId>,
    /// Employee number.
    pub number: Option<String>,
    /// Code of the scheme or shift.
    pub code: Option<String>,
    pub date: Option<LocalDate>,
}

/// The findings of each kind, at most 500 of a kind.
#[derive(Clone, Debug, Object)]
pub struct SetupFindingsView {
    pub date: LocalDate,
    pub items: Vec<SetupFindingView>,
    /// There are more findings than are listed.
    pub more: bool,
}

/// Cases to be evaluated.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EvaluationCreate {
    /// The published rules, request types, shifts and schemes of this date can be named too.
    pub published_on: Option<LocalDate>,
    /// Definition lines of the evaluation format, `{"define": {…}}`, in order.
    #[oai(default, validator(max_items = 1000))]
    pub definitions: Vec<Any<serde_json::Value>>,
    /// Case lines of the evaluation format.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub cases: Vec<Any<serde_json::Value>>,
}

impl Example for EvaluationCreate {
    fn example() -> Self {
        let section = serde_json::json!({ "punch_rule": "P1" });
        let define = serde_json::json!({ "define": {
            "punch_rules": { "P1": {} },
            "calendars": { "cn": { "rest_weekdays": [6, 7] } },
            "shifts": { "D1": { "segments": [
                { "start": "08:00", "end": "12:00" },
                { "start": "13:00", "end": "17:00" }
            ] } },
            "schemes": { "office": {
                "workday": section.clone(),
                "weekday_ot": section.clone(),
                "rest_ot": section.clone(),
                "holiday_ot": section
            } }
        } });
        let case = serde_json::json!({
            "id": "an ordinary day",
            "date": "2026-03-10",
            "scheme": "office",
            "calendar": "cn",
            "roster": { "2026-03-10": "D1" },
            "punches": [{ "at": "2026-03-10T07:55:00" }, { "at": "2026-03-10T17:03:00" }]
        });
        Self { published_on: None, definitions: vec![Any(define)], cases: vec![Any(case)] }
    }
}

/// Result lines of the evaluation format, one per case and in their order; a case or definition
/// that was refused has `error` with `code`, `message` and `path` instead of a result.
#[derive(Clone, Debug, Object)]
pub struct EvaluationView {
    pub results: Vec<Any<serde_json::Value>>,
    /// One entry per refused definition line.
    pub refused_definitions: Vec<RefusedDefinition>,
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct RefusedDefinition {
    /// Index of the line in `definitions`.
    pub index: u32,
    pub code: String,
    pub message: String,
    pub path: String,
}
