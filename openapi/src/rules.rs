//! Rules, request types and schemes as versioned objects; assignments; trial evaluations.

mod body;

pub use body::*;
use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object, Union};
use vocabulary::{BatchId, Instant, LocalDate, PersonId, RuleId, RuleVersionId, UserId};

use crate::Item;
use crate::examples::{march, utc};

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
#[oai(example, skip_serializing_if_is_none)]
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

impl Example for RuleVersionView {
    fn example() -> Self {
        let body = LateRuleBody { items: vec![BandItem::example()] };
        Self {
            id: RuleVersionId(31),
            rule_id: RuleId(7),
            version: 3,
            effective_from: march(1),
            published_at: utc(1, "02:00:00"),
            published_by: Some(UserId(2)),
            content: RuleContent::Late(body),
        }
    }
}

impl Item for RuleVersionView {}

/// A rule, request type or scheme with the version of the date asked for.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
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

impl Example for RuleView {
    fn example() -> Self {
        Self {
            id: RuleId(7),
            kind: RuleKind::LateRule,
            code: "L1".to_owned(),
            name: "迟到规则".to_owned(),
            latest_version: 3,
            current: Some(RuleVersionView::example()),
        }
    }
}

impl Item for RuleView {}

/// What a publication has set in motion.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RulePublishedView {
    pub rule_id: RuleId,
    pub version_id: RuleVersionId,
    pub version: i32,
    /// People whose days are computed again.
    pub people: i64,
    /// The batch of these computations.
    pub batch_id: BatchId,
}

impl Example for RulePublishedView {
    fn example() -> Self {
        Self {
            rule_id: RuleId(7),
            version_id: RuleVersionId(31),
            version: 3,
            people: 128,
            batch_id: BatchId(5),
        }
    }
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
#[oai(example)]
pub struct RuleDifferencesView {
    pub from_version: i32,
    pub to_version: i32,
    pub differences: Vec<RuleDifferenceView>,
}

impl Example for RuleDifferencesView {
    fn example() -> Self {
        let difference = RuleDifferenceView {
            path: "items[0].limit_minutes".to_owned(),
            before: Some(Any(10.into())),
            after: Some(Any(15.into())),
        };
        Self { from_version: 2, to_version: 3, differences: vec![difference] }
    }
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
#[oai(example, skip_serializing_if_is_none)]
pub struct SchemeAssignmentView {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Absent = none.
    pub scheme_id: Option<RuleId>,
    pub scheme: Option<String>,
}

impl Example for SchemeAssignmentView {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            valid_from: march(1),
            scheme_id: Some(RuleId(12)),
            scheme: Some("S1".to_owned()),
        }
    }
}

impl Item for SchemeAssignmentView {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum SetupFindingKind {
    /// A person in service has no scheme on the date.
    PersonWithoutScheme,
    /// A scheme that people have has no version on the date, or one of its rules has none.
    SchemeNotInEffect,
    /// A roster cell names a shift that has no version on the date of the cell.
    ShiftNotInEffect,
    /// A cell was generated from a template of another scheme than the person has on its date; `code` is the template.
    RosterOfAnotherScheme,
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
#[oai(example)]
pub struct SetupFindingsView {
    pub date: LocalDate,
    pub items: Vec<SetupFindingView>,
    /// There are more findings than are listed.
    pub more: bool,
}

impl Example for SetupFindingsView {
    fn example() -> Self {
        let finding = SetupFindingView {
            kind: SetupFindingKind::PersonWithoutScheme,
            person_id: Some(PersonId(2)),
            number: Some("E00387".to_owned()),
            code: None,
            date: None,
        };
        Self { date: march(10), items: vec![finding], more: false }
    }
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
#[oai(example)]
pub struct EvaluationView {
    pub results: Vec<Any<serde_json::Value>>,
    /// One entry per refused definition line.
    pub refused_definitions: Vec<RefusedDefinition>,
}

impl Example for EvaluationView {
    fn example() -> Self {
        let none = serde_json::json!({ "applied": 0, "credited": 0, "worked": 0 });
        let rated = serde_json::json!({ "counts": {}, "raw_minutes": 0, "tenths": 0 });
        let block = serde_json::json!({ "counts": {}, "minutes": 0, "raw_minutes": 0 });
        let result = serde_json::json!({
            "id": "an ordinary day",
            "state": "final",
            "day_type": "work",
            "due_tenths": 4800,
            "actual_tenths": 4800,
            "regular_minutes": 480,
            "late": rated.clone(),
            "early": rated,
            "absence": { "days_hundredths": 0, "tenths": 0 },
            "shortfall_minutes": 0,
            "overtime": { "weekday": none.clone(), "rest": none.clone(), "holiday": none },
            "overtime_late": block.clone(),
            "overtime_early": block,
            "unconfirmed_minutes": 8,
            "presence_minutes": 548,
            "night_minutes": 0,
            "leave": [],
            "exceptions": [],
            "points": [
                { "kind": "in", "nominal": "2026-03-10T08:00:00",
                  "actual": "2026-03-10T07:55:00", "source": "punch" },
                { "kind": "out", "nominal": "2026-03-10T17:00:00",
                  "actual": "2026-03-10T17:03:00", "source": "punch" }
            ]
        });
        Self { results: vec![Any(result)], refused_definitions: Vec::new() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct RefusedDefinition {
    /// Index of the line in `definitions`.
    pub index: u32,
    pub code: String,
    pub message: String,
    pub path: String,
}
