//! Shifts, rules and schemes of the demo group, as objects of the evaluate format.

use serde_json::{Value, json};

/// `(code, name, body)`
pub type Definition = (&'static str, &'static str, Value);

fn spans(list: &[(&str, &str)]) -> Value {
    list.iter().map(|(s, e)| json!({ "start": s, "end": e })).collect()
}

fn shift(list: &[(&str, &str)], points: &str) -> Value {
    json!({ "kind": "normal", "segments": spans(list), "points": points })
}

pub fn shifts() -> Vec<Definition> {
    let mut flexible = shift(&[("09:00", "12:00"), ("13:00", "18:00")], "two_point");
    if let Some(o) = flexible.as_object_mut() {
        o.insert("early_flex_minutes".to_owned(), json!(60));
        o.insert("late_flex_minutes".to_owned(), json!(60));
    }
    vec![
        ("D1", "常日班", shift(&[("08:30", "12:00"), ("13:00", "17:30")], "two_point")),
        ("F1", "弹性班", flexible),
        ("SE", "早班", shift(&[("09:00", "13:00"), ("14:00", "18:00")], "per_segment")),
        ("SL", "晚班", shift(&[("13:30", "17:30"), ("18:30", "22:00")], "two_point")),
        ("PD", "厂日班", shift(&[("08:00", "12:00"), ("12:30", "16:30")], "two_point")),
        ("T1", "轮早班", shift(&[("08:00", "16:00")], "two_point")),
        ("T2", "轮中班", shift(&[("16:00", "24:00")], "two_point")),
        ("T3", "轮夜班", shift(&[("24:00", "32:00")], "two_point")),
        ("FREE", "自由班", json!({ "kind": "free" })),
        (
            "OT8",
            "加班班次",
            json!({ "kind": "ot", "segments": spans(&[("08:00", "12:00"), ("13:00", "17:00")]) }),
        ),
    ]
}

/// Rules beyond the seeds: `(kind, code, name, body)`.
pub fn rules() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    vec![
        (
            "punch_rule",
            "DEMO-P",
            "标准打卡规则",
            json!({ "before_minutes": 120, "after_minutes": 360 }),
        ),
        (
            "punch_rule",
            "DEMO-P30",
            "加班打卡规则（30分钟）",
            json!({ "before_minutes": 120, "after_minutes": 360,
                    "duration": { "method": "floor", "minutes": 30 } }),
        ),
        (
            "punch_rule",
            "DEMO-PT",
            "倒班打卡规则",
            json!({ "before_minutes": 60, "after_minutes": 120 }),
        ),
        (
            "late_rule",
            "DEMO-L",
            "迟到规则",
            json!({ "items": [
                { "code": "L30", "limit_minutes": 30, "method": "round", "minutes": 5 },
                { "code": "L60", "limit_minutes": 60, "method": "ceil", "minutes": 30 },
                { "code": "L240", "limit_minutes": 240, "absence": true, "days": 0.5 },
                { "code": "LDAY", "limit_minutes": 800, "absence": true, "days": 1 } ] }),
        ),
        (
            "early_rule",
            "DEMO-E",
            "早退规则",
            json!({ "items": [
                { "code": "E30", "limit_minutes": 30 },
                { "code": "E120", "limit_minutes": 120 },
                { "code": "EDAY", "limit_minutes": 800, "absence": true, "days": 1 } ] }),
        ),
        (
            "abnormal_rule",
            "DEMO-X",
            "异常打卡规则",
            json!({
                "missing_in": { "action": "fixed_absence", "days": 0.5, "free_per_period": 1 },
                "missing_out": { "action": "fixed_absence", "days": 0.5, "free_per_period": 1 },
                "both_missing": { "action": "absent_span" },
                "middle_missing": { "action": "worked_through" },
                "segment_missing": { "action": "absent_span" } }),
        ),
        ("abnormal_rule", "DEMO-XO", "异常打卡规则-加班", json!({})),
    ]
}

fn section(punch_rule: &str, changes: Value) -> Value {
    let mut s = json!({ "punch": true, "punch_rule": punch_rule });
    if let (Some(to), Some(from)) = (s.as_object_mut(), changes.as_object()) {
        to.extend(from.clone());
    }
    s
}

fn workday(punch_rule: &str) -> Value {
    section(
        punch_rule,
        json!({ "late_rule": "DEMO-L", "early_rule": "DEMO-E", "abnormal_rule": "DEMO-X" }),
    )
}

fn overtime(application: bool) -> Value {
    section("DEMO-P30", json!({ "application": application, "abnormal_rule": "DEMO-XO" }))
}

pub fn schemes() -> Vec<Definition> {
    let scheme = |work: Value, weekday: Value, rest: Value, holiday: Value| json!({ "workday": work, "weekday_ot": weekday, "rest_ot": rest, "holiday_ot": holiday });
    let late_counts =
        section("DEMO-P30", json!({ "late_counts": true, "abnormal_rule": "DEMO-XO" }));
    let no_punch = json!({ "punch": false, "punch_rule": "DEMO-P" });
    vec![
        (
            "OFFICE",
            "办公室考勤方案",
            scheme(workday("DEMO-P"), overtime(true), overtime(true), overtime(true)),
        ),
        (
            "FLEX",
            "弹性考勤方案",
            scheme(workday("DEMO-P"), overtime(true), overtime(true), overtime(true)),
        ),
        (
            "SHOP",
            "门店考勤方案",
            scheme(workday("DEMO-P"), late_counts, overtime(false), overtime(false)),
        ),
        (
            "PLANT",
            "工厂倒班方案",
            scheme(workday("DEMO-PT"), overtime(true), overtime(true), overtime(false)),
        ),
        ("FREE", "外勤方案", scheme(no_punch, overtime(true), overtime(true), overtime(true))),
    ]
}
