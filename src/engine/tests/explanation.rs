//! What an explanation says: every rule with its version, in short sentences of both languages.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it stands")]

use std::sync::Arc;

use kaoqin_engine::format::{Case, Definitions};
use kaoqin_engine::{
    Code, Evaluator, Lang, RequestType, SchemeOrigin, SectionOrigin, Shift, VersionRef,
};
use serde_json::{Value, json};

fn version(code: &str, version: i32) -> VersionRef {
    VersionRef { code: Some(Code::from(code)), version }
}

/// The case as it comes from published versions: every object knows its code and version.
fn published(case: &Value) -> Case {
    let mut case = Definitions::new().read_case(case).unwrap();
    let section = SectionOrigin {
        punch_rule: version("P1", 2),
        late_rule: Some(version("11", 3)),
        early_rule: Some(version("21", 4)),
        abnormal_rule: Some(version("X1", 5)),
    };
    let sections = [section.clone(), section.clone(), section.clone(), section];
    let scheme = Arc::make_mut(&mut case.scheme);
    scheme.origin = Some(Arc::new(SchemeOrigin { scheme: version("S1", 6), sections }));
    for request in &mut case.requests {
        let kind = RequestType { name: Code::from("010"), version: 7, ..(*request.kind).clone() };
        request.kind = Arc::new(kind);
    }
    for cell in case.roster.values_mut() {
        if let kaoqin_engine::format::OwnedCell::Shifts(shifts) = cell {
            for shift in shifts {
                let named = Shift { name: Code::from("D1"), version: 8, ..(**shift).clone() };
                *shift = Arc::new(named);
            }
        }
    }
    case
}

/// A day of eight hours with what `change` says of it.
fn day(change: &Value) -> Case {
    let items = json!([
        { "code": "002", "limit_minutes": 30, "method": "round", "minutes": 30 },
        { "code": "006", "limit_minutes": 240, "absence": true, "days": 0.5 },
    ]);
    let work = json!({ "punch_rule": { "duration": { "method": "floor", "minutes": 30 } },
        "late_rule": { "items": items }, "early_rule": { "items": items },
        "abnormal_rule": { "missing_in": { "action": "fixed_absence", "days": 0.25 } } });
    let extra = json!({ "punch_rule": {}, "application": true, "late_rule": { "items": items } });
    let mut case = json!({
        "id": "x", "date": "2026-03-10", "calendar": { "rest_weekdays": [6, 7] },
        "scheme": { "workday": work, "weekday_ot": extra, "rest_ot": extra, "holiday_ot": extra },
        "roster": { "2026-03-10": [{ "segments": [{ "start": "08:00", "end": "12:00" },
                                                  { "start": "13:00", "end": "17:00" }] }] },
    });
    for (key, value) in change.as_object().unwrap() {
        case[key] = value.clone();
    }
    published(&case)
}

fn at(times: &[&str]) -> Value {
    times.iter().map(|t| json!({ "at": format!("2026-03-10T{t}:00") })).collect()
}

fn sentences(case: &Case, lang: Lang) -> Vec<String> {
    case.evaluate_traced(&mut Evaluator::new()).1.sentences(lang)
}

#[test]
fn a_late_day_reads_like_this() {
    let case = day(&json!({ "punches": at(&["05:30", "08:20", "17:03"]) }));
    assert_eq!(
        sentences(&case, Lang::Zh),
        [
            "工作日，班次 D1 v8，考勤方案 S1 v6",
            "打卡 08:20：已采用",
            "打卡 17:03：已采用",
            "打卡 05:30：不在有效时间内，未采用（打卡规则 P1 v2）",
            "签到 08:20（打卡），应为 08:00",
            "签退 17:03（打卡），应为 17:00",
            "异常：窗口外打卡 05:30（异常规则 X1 v5）",
            "迟到 20 分钟（原始），按规则 11 v3 的 002 档计 30 分钟：迟到 +30 分钟",
            "班内在岗：正班工时 +460 分钟",
            "按打卡规则 P1 v2 取整时长：正班工时 −10 分钟",
            "班次应出勤（不含请假与法定节假日）：应出勤 +480 分钟",
            "正班工时记入：实际出勤 +450 分钟",
            "班外在岗，未认定为加班：未认定在岗 +3 分钟",
            "签到至签退：在岗 +523 分钟",
        ]
    );
    assert_eq!(
        sentences(&case, Lang::En),
        [
            "Working day, shift D1 v8, scheme S1 v6",
            "Punch 08:20: used",
            "Punch 17:03: used",
            "Punch 05:30: in no window, not used (punch rule P1 v2)",
            "Sign-in 08:20 (punched), due 08:00",
            "Sign-out 17:03 (punched), due 17:00",
            "Exception: punch out of window 05:30 (abnormal rule X1 v5)",
            "Late by 20 min (raw); band 002 of rule 11 v3 counts 30 min: lateness +30 min",
            "Present inside the shift: regular work +460 min",
            "Duration rounded by punch rule P1 v2: regular work −10 min",
            "Due by the shift, without leave and statutory minutes: due time +480 min",
            "Regular work: actual time +450 min",
            "Presence outside the shift, not confirmed as overtime: unconfirmed presence +3 min",
            "From sign-in to sign-out: presence +523 min",
        ]
    );
}

#[test]
fn an_absent_day_names_the_missing_punches_and_the_rule_that_makes_it_absent() {
    let case = day(&json!({ "punches": [] }));
    assert_eq!(
        sentences(&case, Lang::Zh),
        [
            "工作日，班次 D1 v8，考勤方案 S1 v6",
            "签到：缺卡，应为 08:00",
            "签退：缺卡，应为 17:00",
            "异常：全天无打卡 08:00（异常规则 X1 v5）",
            "缺卡，该段无效（异常规则 X1 v5）：缺勤 +480 分钟",
            "班次应出勤（不含请假与法定节假日）：应出勤 +480 分钟",
        ]
    );
}

#[test]
fn a_time_of_the_next_day_says_so() {
    let case = day(&json!({
        "roster": { "2026-03-10": [{ "segments": [{ "start": "22:00", "end": "30:00" }] }] },
        "punches": [{ "at": "2026-03-10T21:55:00" }, { "at": "2026-03-11T06:01:00" }],
    }));
    let (zh, en) = (sentences(&case, Lang::Zh), sentences(&case, Lang::En));
    assert!(zh.contains(&"签到 21:55（打卡），应为 22:00".to_owned()), "{zh:?}");
    assert!(zh.contains(&"签退 次日 06:01（打卡），应为 次日 06:00".to_owned()), "{zh:?}");
    let out = "Sign-out 06:01 of the next day (punched), due 06:00 of the next day";
    assert!(en.contains(&out.to_owned()), "{en:?}");
}

#[test]
fn every_step_that_a_rule_decides_names_it_with_its_version() {
    let leave = json!([{ "id": "L1", "type": { "kind": "leave", "coefficients": { "a1": 1 } },
        "start": "2026-03-10T13:00:00", "end": "2026-03-10T17:00:00" }]);
    let block = json!([{ "date": "2026-03-10", "start": "2026-03-10T19:00:00",
        "end": "2026-03-10T21:00:00" }]);
    let cases = [
        json!({ "punches": at(&["08:20", "17:00"]) }),
        json!({ "punches": at(&["10:00", "17:00"]) }),
        json!({ "punches": at(&["17:00"]) }),
        json!({ "punches": at(&["08:00"]) }),
        json!({ "punches": at(&["08:00", "12:05"]), "requests": leave }),
        json!({ "punches": at(&["08:00", "17:00", "19:10", "21:00"]),
                "temporary_overtime": block }),
    ];
    let ruled = [
        ("plan", "S1", 6),
        ("punch", "P1", 2),
        ("band", "11", 3),
        ("absence_band", "11", 3),
        ("block_band", "11", 3),
        ("void_span", "X1", 5),
        ("fixed_absence", "X1", 5),
        ("duration_rounding", "P1", 2),
        ("exception", "X1", 5),
        ("covered", "010", 7),
        ("coefficient", "010", 7),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for change in cases {
        let (_, trace) = day(&change).evaluate_traced(&mut Evaluator::new());
        for step in trace.to_json().as_array().unwrap() {
            let Some((name, code, n)) = ruled.iter().find(|(name, ..)| step["step"] == *name)
            else {
                continue;
            };
            assert_eq!(step["rule"], json!({ "code": code, "version": n }), "{step}");
            seen.insert(*name);
        }
    }
    assert_eq!(seen.len(), ruled.len(), "only {seen:?} were seen");
}

#[test]
fn a_day_without_scheme_says_so() {
    use kaoqin_engine::{CaseCounts, Cell, DateKind, DayFacts, Facts, Service, Trace};
    let date = vocabulary::LocalDate::from_ymd(2026, 3, 10).unwrap();
    let service = Service::InService;
    let day = DayFacts { scheme: None, kind: DateKind::Workday, cell: Cell::Rest, service };
    let facts = Facts {
        first: date,
        days: &[day],
        punches: &[],
        requests: &[],
        temporary_overtime: &[],
        now: None,
    };
    let mut trace = Trace::default();
    let mut evaluator = Evaluator::new();
    evaluator.person(&facts).day_traced(date, &CaseCounts::default(), &mut trace);
    assert_eq!(trace.sentences(Lang::Zh), ["没有考勤方案，不计算"]);
}
