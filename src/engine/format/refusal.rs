use std::fmt;

/// Why a line or an object of the format is refused. The code is part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// Not JSON, or not one object.
    BadJson,
    /// A required field is absent.
    MissingField,
    /// A key that the format does not know.
    UnknownField,
    /// Another JSON type is expected.
    WrongType,
    /// Right type, but out of range, not in the enumeration, or contradictory.
    BadValue,
    /// A name that is not defined.
    UnknownName,
}

impl RefusalCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadJson => "bad_json",
            Self::MissingField => "missing_field",
            Self::UnknownField => "unknown_field",
            Self::WrongType => "wrong_type",
            Self::BadValue => "bad_value",
            Self::UnknownName => "unknown_name",
        }
    }
}

/// What is wrong, where, and in two languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: RefusalCode,
    pub message: String,
    pub message_zh: String,
    /// Like `requests[0].start`.
    pub path: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} at {}", self.code.as_str(), self.message, self.path)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    pub(super) fn new(code: RefusalCode, path: &str, en: String, zh: String) -> Self {
        Self { code, message: en, message_zh: zh, path: path.to_owned() }
    }

    pub(super) fn bad_json(en: impl Into<String>) -> Self {
        let en = en.into();
        Self::new(RefusalCode::BadJson, "", en, "不是一个 JSON 对象".to_owned())
    }

    pub(super) fn missing(path: &str) -> Self {
        Self::new(
            RefusalCode::MissingField,
            path,
            "this field is required".to_owned(),
            "缺少必填字段".to_owned(),
        )
    }

    pub(super) fn unknown_field(path: &str) -> Self {
        Self::new(
            RefusalCode::UnknownField,
            path,
            "this field is not known here".to_owned(),
            "未知字段".to_owned(),
        )
    }

    pub(super) fn wrong_type(path: &str, expected: &str) -> Self {
        Self::new(
            RefusalCode::WrongType,
            path,
            format!("expected {expected}"),
            format!("类型不符，应为 {expected}"),
        )
    }

    pub(super) fn bad_value(path: &str, why: impl Into<String>) -> Self {
        let why = why.into();
        Self::new(RefusalCode::BadValue, path, why.clone(), format!("取值不正确：{why}"))
    }

    pub(super) fn unknown_name(path: &str, kind: &str, name: &str) -> Self {
        Self::new(
            RefusalCode::UnknownName,
            path,
            format!("no {kind} named {name}"),
            format!("没有名为 {name} 的 {kind}"),
        )
    }
}
