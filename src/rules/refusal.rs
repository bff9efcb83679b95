use vocabulary::LocalDate;

use super::RuleKind;
use crate::base::{FieldError, Refusal};

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleRefusal {
    CodeInvalid,
    NameInvalid,
    DateUnreasonable,
    VersionConflict {
        latest: i32,
    },
    /// The body breaks the format; `path` says where.
    BodyInvalid {
        code: &'static str,
        path: String,
        zh: String,
        en: String,
    },
    /// A published object stands for itself: no `base`.
    BaseNotAllowed {
        path: String,
    },
    /// A scheme names its rules by code.
    InlineNotAllowed {
        path: String,
    },
    NameUnknown {
        kind: RuleKind,
        code: String,
        path: String,
    },
    NotInEffect {
        kind: RuleKind,
        code: String,
        first: LocalDate,
        path: String,
    },
    OvertimeTypeExpected {
        code: String,
        path: String,
    },
    KindFixed,
    RuleNotFound,
    VersionNotFound,
    PersonNotFound,
    OrgNotFound,
    SchemeUnknown {
        code: String,
    },
    SchemeNotInEffect {
        code: String,
        first: LocalDate,
    },
    RowRepeated,
    TooManyRows {
        max: usize,
    },
    CursorInvalid,
    TooManyCases {
        max: usize,
    },
    EvaluationTooLong {
        seconds: u64,
    },
}

use RuleRefusal as R;

impl Refusal for RuleRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::CodeInvalid => "code_invalid",
            R::NameInvalid => "name_invalid",
            R::DateUnreasonable => "effective_from_unreasonable",
            R::VersionConflict { .. } => "version_conflict",
            R::BodyInvalid { .. } => "body_invalid",
            R::BaseNotAllowed { .. } => "base_not_allowed",
            R::InlineNotAllowed { .. } => "inline_not_allowed",
            R::NameUnknown { .. } => "name_unknown",
            R::NotInEffect { .. } => "rule_not_in_effect",
            R::OvertimeTypeExpected { .. } => "overtime_type_expected",
            R::KindFixed => "kind_fixed",
            R::RuleNotFound => "rule_not_found",
            R::VersionNotFound => "version_not_found",
            R::PersonNotFound => "person_not_found",
            R::OrgNotFound => "org_not_found",
            R::SchemeUnknown { .. } => "scheme_unknown",
            R::SchemeNotInEffect { .. } => "scheme_not_in_effect",
            R::RowRepeated => "row_repeated",
            R::TooManyRows { .. } => "too_many_rows",
            R::CursorInvalid => "cursor_invalid",
            R::TooManyCases { .. } => "too_many_cases",
            R::EvaluationTooLong { .. } => "evaluation_too_long",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::VersionConflict { .. } => 409,
            R::RuleNotFound | R::VersionNotFound | R::PersonNotFound | R::OrgNotFound => 404,
            _ => 422,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::CodeInvalid => "编号须为 1 至 40 个字母、数字或 . - _".to_owned(),
            R::NameInvalid => "名称须为 1 至 100 个字符".to_owned(),
            R::DateUnreasonable => "生效日期须在 2000-01-01 至 2099-12-31 之间".to_owned(),
            R::VersionConflict { latest } => {
                format!("该对象已被他人修改，最新版本为 {latest}，请刷新后重试")
            }
            R::BodyInvalid { path, zh, .. } => at_path(path, zh),
            R::BaseNotAllowed { .. } => "发布的对象必须完整，不能使用 base".to_owned(),
            R::InlineNotAllowed { path } => format!("{path}：方案须以编号引用规则，不能内嵌"),
            R::NameUnknown { kind, code, path } => {
                format!("{path}：没有编号为 {code} 的{}", kind.zh())
            }
            R::NotInEffect { kind, code, first, path } => {
                format!("{path}：{} {code} 自 {first} 起才生效", kind.zh())
            }
            R::OvertimeTypeExpected { code, path } => {
                format!("{path}：申请类型 {code} 不是加班类型")
            }
            R::KindFixed => "申请类型不能在请假类与加班类之间改变，请新建类型".to_owned(),
            R::RuleNotFound => "没有这个规则".to_owned(),
            R::VersionNotFound => "没有这个版本".to_owned(),
            R::PersonNotFound => "没有这个员工".to_owned(),
            R::OrgNotFound => "没有这个组织单元".to_owned(),
            R::SchemeUnknown { code } => format!("没有编号为 {code} 的考勤方案"),
            R::SchemeNotInEffect { code, first } => {
                format!("考勤方案 {code} 自 {first} 起才生效")
            }
            R::RowRepeated => "同一批中重复的行".to_owned(),
            R::TooManyRows { max } => format!("一次最多 {max} 行"),
            R::CursorInvalid => "cursor 须取自上一页".to_owned(),
            R::TooManyCases { max } => format!("一次最多 {max} 个案例"),
            R::EvaluationTooLong { seconds } => {
                format!("计算超过 {seconds} 秒，请减少案例")
            }
        }
    }

    fn en(&self) -> String {
        match self {
            R::CodeInvalid => "A code is 1 to 40 letters, digits and . - _".to_owned(),
            R::NameInvalid => "A name is 1 to 100 characters".to_owned(),
            R::DateUnreasonable => {
                "effective_from must lie between 2000-01-01 and 2099-12-31".to_owned()
            }
            R::VersionConflict { latest } => {
                format!("Somebody else published version {latest}; reload and try again")
            }
            R::BodyInvalid { path, en, .. } => at_path(path, en),
            R::BaseNotAllowed { .. } => {
                "A published object is complete; base is not allowed".to_owned()
            }
            R::InlineNotAllowed { path } => {
                format!("{path}: a scheme names its rules by code, not in place")
            }
            R::NameUnknown { kind, code, path } => {
                format!("{path}: there is no {} {code}", kind.en())
            }
            R::NotInEffect { kind, code, first, path } => {
                format!("{path}: {} {code} is in effect from {first} only", kind.en())
            }
            R::OvertimeTypeExpected { code, path } => {
                format!("{path}: request type {code} is not of kind overtime")
            }
            R::KindFixed => {
                "A request type cannot change between leave and overtime; make a new one".to_owned()
            }
            R::RuleNotFound => "There is no such rule".to_owned(),
            R::VersionNotFound => "There is no such version".to_owned(),
            R::PersonNotFound => "There is no such person".to_owned(),
            R::OrgNotFound => "There is no such unit".to_owned(),
            R::SchemeUnknown { code } => format!("There is no scheme {code}"),
            R::SchemeNotInEffect { code, first } => {
                format!("Scheme {code} is in effect from {first} only")
            }
            R::RowRepeated => "The row stands twice in this batch".to_owned(),
            R::TooManyRows { max } => format!("At most {max} rows at once"),
            R::CursorInvalid => "cursor must come from the former page".to_owned(),
            R::TooManyCases { max } => format!("At most {max} cases at once"),
            R::EvaluationTooLong { seconds } => {
                format!("The evaluation took more than {seconds} seconds; send fewer cases")
            }
        }
    }

    fn hint_zh(&self) -> Option<String> {
        match self {
            R::NotInEffect { .. } => Some("推迟生效日期，或为该规则发布更早生效的版本".to_owned()),
            _ => None,
        }
    }

    fn hint_en(&self) -> Option<String> {
        match self {
            R::NotInEffect { .. } => {
                Some("Choose a later date, or publish an earlier version of the rule".to_owned())
            }
            _ => None,
        }
    }

    fn errors(&self) -> Vec<FieldError> {
        match self {
            R::BodyInvalid { path, code, zh, en } => vec![FieldError {
                path: path.clone(),
                code: (*code).to_owned(),
                zh: zh.clone(),
                en: en.clone(),
            }],
            R::InlineNotAllowed { path }
            | R::BaseNotAllowed { path }
            | R::NameUnknown { path, .. }
            | R::NotInEffect { path, .. }
            | R::OvertimeTypeExpected { path, .. } => vec![field(path, self)],
            R::CodeInvalid => vec![field("code", self)],
            R::NameInvalid => vec![field("name", self)],
            R::DateUnreasonable => vec![field("effective_from", self)],
            _ => Vec::new(),
        }
    }
}

fn field(path: &str, r: &RuleRefusal) -> FieldError {
    FieldError { path: path.to_owned(), code: r.code().to_owned(), zh: r.zh(), en: r.en() }
}

fn at_path(path: &str, message: &str) -> String {
    if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") }
}
