//! What the framework and the document find wrong with a value, said in the language of the request and without names
//! of types.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};

use super::context::{self, Lang};

fn say(zh: impl Into<String>, en: impl Into<String>) -> String {
    match context::lang() {
        Lang::Zh => zh.into(),
        Lang::En => en.into(),
    }
}

fn missing() -> String {
    say("此项必填", "this is required")
}

fn not_an_option() -> String {
    say("不在可选值之列", "not one of the values the document lists")
}

/// A limit by the name of its keyword.
fn limit(name: &str, n: &str) -> Option<String> {
    Some(match name {
        "maximum" => say(format!("不能大于 {n}"), format!("at most {n}")),
        "minimum" => say(format!("不能小于 {n}"), format!("at least {n}")),
        "max_length" => say(format!("最多 {n} 个字符"), format!("at most {n} characters")),
        "min_length" => say(format!("至少 {n} 个字符"), format!("at least {n} characters")),
        "max_items" => say(format!("最多 {n} 项"), format!("at most {n} items")),
        "min_items" => say(format!("至少 {n} 项"), format!("at least {n} items")),
        _ => return None,
    })
}

/// Where a body breaks its schema. `text` is what the validator says.
pub fn of_schema(kind: &Kind, text: String) -> String {
    let said = match kind {
        Kind::Required { .. } => Some(missing()),
        Kind::Enum { .. } => Some(not_an_option()),
        Kind::Type { kind } => Some(type_wanted(kind)),
        Kind::AdditionalProperties { unexpected } => {
            let names = unexpected.join(", ");
            Some(say(format!("没有这样的字段：{names}"), format!("no such field: {names}")))
        }
        Kind::Maximum { limit: n } => limit("maximum", &n.to_string()),
        Kind::Minimum { limit: n } => limit("minimum", &n.to_string()),
        Kind::MaxLength { limit: n } => limit("max_length", &n.to_string()),
        Kind::MinLength { limit: n } => limit("min_length", &n.to_string()),
        Kind::MaxItems { limit: n } => limit("max_items", &n.to_string()),
        Kind::MinItems { limit: n } => limit("min_items", &n.to_string()),
        Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } => {
            Some(say("不符合任何一种允许的形式", "this has none of the forms that are allowed"))
        }
        _ => None,
    };
    said.unwrap_or(text)
}

fn type_wanted(kind: &TypeKind) -> String {
    let TypeKind::Single(wanted) = kind else { return not_an_option() };
    let wanted = wanted.to_string();
    let zh = match wanted.as_str() {
        "string" => "文本",
        "integer" => "整数",
        "number" => "数字",
        "boolean" => "true 或 false",
        "array" => "列表",
        _ => "对象",
    };
    let en = match wanted.as_str() {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "an object",
    };
    say(format!("应为{zh}"), format!("expected {en}"))
}

/// Scalars of the document, by what their readers say.
const SCALARS: &[(&str, &str)] = &[
    ("expected a date as YYYY-MM-DD", "应为日期 YYYY-MM-DD"),
    ("expected an id: a positive whole number as text", "应为编号：以文本表示的正整数"),
    ("expected an instant as 2026-03-10T08:00:00.000Z", "应为时刻，如 2026-03-10T08:00:00.000Z"),
    ("expected a local time as YYYY-MM-DDTHH:MM:SS", "应为本地时间 YYYY-MM-DDTHH:MM:SS"),
    ("expected an IANA zone name such as Asia/Shanghai", "应为 IANA 时区名，如 Asia/Shanghai"),
    ("expected a month as YYYY-MM", "应为月份 YYYY-MM"),
];

/// What the framework says about a parameter.
pub fn of_parameter(reason: &str) -> String {
    let reason = bare(reason);
    if reason.ends_with("expects an input value.") {
        return missing();
    }
    if reason == "Expect a valid enumeration value." {
        return not_an_option();
    }
    if let Some(check) = reason.strip_prefix("verification failed. ")
        && let Some((name, rest)) = check.split_once('(')
    {
        let n = rest.split([',', ')']).next().unwrap_or_default();
        return limit(name, n).unwrap_or_else(|| reason.to_owned());
    }
    if let Some((_, zh)) = SCALARS.iter().find(|(en, _)| *en == reason) {
        return say(*zh, reason);
    }
    if reason.contains("digit") || reason.contains("target type") || reason.contains("integer") {
        return say("应为范围内的整数", "expected a whole number that is not out of range");
    }
    if reason.contains("`true` or `false`") {
        return say("应为 true 或 false", "expected true or false");
    }
    reason.to_owned()
}

/// The body is no JSON.
pub fn no_json(e: &serde_json::Error) -> String {
    let (line, column) = (e.line(), e.column());
    say(
        format!("不是有效的 JSON（第 {line} 行第 {column} 列）"),
        format!("this is no JSON (line {line}, column {column})"),
    )
}

/// Drops the names of types that mean nothing to a client.
fn bare(reason: &str) -> &str {
    let reason = reason.split(" (occurred while parsing").next().unwrap_or(reason);
    match reason.strip_prefix("failed to parse \"") {
        Some(rest) => rest.split_once("\": ").map_or(reason, |(_, text)| text),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::Context;
    use super::*;

    async fn both(reason: &'static str) -> (String, String) {
        let context = |lang| Context { lang, trace_id: String::new() };
        let zh = context(Lang::Zh).scope(async { of_parameter(reason) }).await;
        let en = context(Lang::En).scope(async { of_parameter(reason) }).await;
        (zh, en)
    }

    #[tokio::test]
    async fn a_wrong_parameter_is_named_in_words_of_the_reader() {
        for (reason, zh, en) in [
            ("Type \"string_LocalDate\" expects an input value.", "此项必填", "this is required"),
            ("verification failed. maximum(500, exclusive: false)", "不能大于 500", "at most 500"),
            ("verification failed. max_length(100)", "最多 100 个字符", "at most 100 characters"),
            (
                "failed to parse \"string_LocalDate\": expected a date as YYYY-MM-DD",
                "应为日期 YYYY-MM-DD",
                "expected a date as YYYY-MM-DD",
            ),
            (
                "failed to parse \"integer_uint32\": invalid digit found in string",
                "应为范围内的整数",
                "expected a whole number that is not out of range",
            ),
        ] {
            assert_eq!(both(reason).await, (zh.to_owned(), en.to_owned()), "{reason}");
        }
    }

    #[tokio::test]
    async fn the_readers_of_scalars_say_what_is_translated_here() {
        let said = [
            "x".parse::<vocabulary::LocalDate>().unwrap_err().to_string(),
            "x".parse::<vocabulary::PersonId>().unwrap_err().to_string(),
            "x".parse::<vocabulary::Instant>().unwrap_err().to_string(),
            "x".parse::<vocabulary::WallTime>().unwrap_err().to_string(),
            "x".parse::<vocabulary::Zone>().unwrap_err().to_string(),
        ];
        for text in said {
            assert!(SCALARS.iter().any(|(en, _)| *en == text), "{text}");
        }
    }
}
