//! Results as the API shows them.

use std::collections::HashMap;

use contract::results::{
    BlockRatedView, DayState, DayType, DayView, ExceptionView, FindingView, LeaveView,
    OvertimeByCategory, OvertimeView, PeriodSummaryView, PointView, RatedView, StepView,
};
use engine::trace::Step;
use engine::{ExceptionCode, Lang as EngineLang};
use serde_json::Value;
use vocabulary::{PunchId, WallTime};

use super::read::{Day, ExceptionRow, SummaryRow};
use super::row::Computed;
use crate::base::Fault;
use crate::base::context::{Lang, lang};

pub fn engine_lang() -> EngineLang {
    match lang() {
        Lang::Zh => EngineLang::Zh,
        Lang::En => EngineLang::En,
    }
}

/// The sentence of an exception code that is stored as text.
fn finding_text(code: &str) -> String {
    let known = ExceptionCode::ALL.iter().find(|c| c.as_str() == code);
    known.map_or(code, |c| c.name(engine_lang())).to_owned()
}

pub fn day_view(day: &Day) -> Result<DayView, Fault> {
    match day {
        Day::Stored { row, fresh } => {
            let detail = match &row.detail {
                Some(text) => serde_json::from_str(text)?,
                None => Value::Null,
            };
            let mut view = from_detail(&detail);
            view.person_id = row.person_id;
            view.work_date = row.work_date;
            view.org_id = row.org_id;
            view.scheme_id = row.scheme_id;
            view.shift = row.shift.clone();
            view.state = state(&row.state);
            view.day_type = row.day_type.as_deref().map(day_type);
            view.due_tenths = row.due_tenths;
            view.actual_tenths = row.actual_tenths;
            view.regular_minutes = row.regular_minutes;
            view.absence_tenths = row.absence_tenths;
            view.absence_days_hundredths = row.absence_days_hundredths;
            view.shortfall_minutes = row.shortfall_minutes;
            view.unconfirmed_minutes = row.unconfirmed_minutes;
            view.presence_minutes = row.presence_minutes;
            view.night_minutes = row.night_minutes;
            view.fresh = *fresh;
            view.computed_at = Some(row.computed_at);
            Ok(view)
        }
        Day::Computed(c) => Ok(computed_view(c)),
    }
}

/// A result that was computed for this answer.
pub fn computed_view(c: &Computed) -> DayView {
    let (row, _) = c.row();
    let detail = row.get("detail").and_then(Value::as_str);
    let detail = detail.and_then(|t| serde_json::from_str(t).ok()).unwrap_or(Value::Null);
    let r = &c.result;
    DayView {
        person_id: c.person,
        work_date: c.date,
        org_id: c.org,
        scheme_id: c.scheme,
        shift: c.shift.clone(),
        state: state(r.state.as_str()),
        day_type: r.day_type.map(|d| day_type(d.as_str())),
        due_tenths: r.due_tenths,
        actual_tenths: r.actual_tenths,
        regular_minutes: r.regular_minutes,
        absence_tenths: r.absence_tenths,
        absence_days_hundredths: r.absence_days_hundredths,
        shortfall_minutes: r.shortfall_minutes,
        unconfirmed_minutes: r.unconfirmed_minutes,
        presence_minutes: r.presence_minutes,
        night_minutes: r.night_minutes,
        ..from_detail(&detail)
    }
}

fn state(text: &str) -> DayState {
    match text {
        "future" => DayState::Future,
        "in_progress" => DayState::InProgress,
        "locked" => DayState::Locked,
        _ => DayState::Final,
    }
}

fn day_type(text: &str) -> DayType {
    match text {
        "work" => DayType::Work,
        "holiday" => DayType::Holiday,
        _ => DayType::Rest,
    }
}

fn int(v: &Value, key: &str) -> i32 {
    v.get(key).and_then(Value::as_i64).and_then(|n| i32::try_from(n).ok()).unwrap_or(0)
}

fn text(v: &Value, key: &str) -> String {
    v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn wall(v: &Value, key: &str) -> Option<WallTime> {
    v.get(key).and_then(Value::as_str).and_then(|t| t.parse().ok())
}

fn counts(v: &Value) -> HashMap<String, i32> {
    let found = v.as_object().into_iter().flatten();
    found
        .map(|(k, n)| (k.clone(), n.as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or(0)))
        .collect()
}

fn part<'a>(v: &'a Value, key: &str) -> &'a Value {
    v.get(key).unwrap_or(&Value::Null)
}

fn list<'a>(v: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    v.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn leave(v: &Value) -> Vec<LeaveView> {
    list(v, "leave")
        .map(|l| LeaveView {
            kind: text(l, "type"),
            minutes: int(l, "minutes"),
            days_hundredths: int(l, "days_hundredths"),
        })
        .collect()
}

/// A view with everything that `detail` holds; the rest is zero.
fn from_detail(d: &Value) -> DayView {
    let rated = |key: &str| {
        let v = part(d, key);
        RatedView {
            tenths: int(v, "tenths"),
            raw_minutes: int(v, "raw_minutes"),
            counts: counts(part(v, "counts")),
        }
    };
    let block = |key: &str| {
        let v = part(d, key);
        BlockRatedView {
            minutes: int(v, "minutes"),
            raw_minutes: int(v, "raw_minutes"),
            counts: counts(part(v, "counts")),
        }
    };
    let overtime = |key: &str| {
        let v = part(part(d, "overtime"), key);
        OvertimeView {
            applied: int(v, "applied"),
            worked: int(v, "worked"),
            credited: int(v, "credited"),
        }
    };
    DayView {
        person_id: Default::default(),
        work_date: Default::default(),
        org_id: None,
        scheme_id: None,
        shift: None,
        state: DayState::Final,
        day_type: None,
        due_tenths: 0,
        actual_tenths: 0,
        regular_minutes: 0,
        late: rated("late"),
        early: rated("early"),
        absence_tenths: 0,
        absence_days_hundredths: 0,
        shortfall_minutes: 0,
        overtime: OvertimeByCategory {
            weekday: overtime("weekday"),
            rest: overtime("rest"),
            holiday: overtime("holiday"),
        },
        overtime_late: block("overtime_late"),
        overtime_early: block("overtime_early"),
        unconfirmed_minutes: 0,
        presence_minutes: 0,
        night_minutes: 0,
        leave: leave(d),
        exceptions: list(d, "exceptions").map(finding).collect(),
        points: list(d, "points").filter_map(point).collect(),
        fresh: true,
        computed_at: None,
    }
}

fn finding(v: &Value) -> FindingView {
    let code = text(v, "code");
    FindingView {
        text: finding_text(&code),
        code,
        at: wall(v, "at"),
        minutes: v.get("minutes").map(|_| int(v, "minutes")),
        request: v.get("request").map(|_| text(v, "request")),
    }
}

fn point(v: &Value) -> Option<PointView> {
    Some(PointView {
        kind: text(v, "kind"),
        nominal: wall(v, "nominal")?,
        actual: wall(v, "actual"),
        source: text(v, "source"),
        punch_id: text(v, "punch").parse().ok(),
    })
}

pub fn step_view(s: &Step) -> StepView {
    let json = s.to_json();
    let rule = part(&json, "rule");
    StepView {
        step: text(&json, "step"),
        text: s.sentence(engine_lang()),
        measure: s.measure.map(|m| m.as_str().to_owned()),
        tenths: s.measure.map(|_| s.tenths),
        rule_code: rule.get("code").map(|_| text(rule, "code")),
        rule_version: rule.get("version").map(|_| int(rule, "version")),
        punch_id: text(&json, "punch").parse::<PunchId>().ok(),
    }
}

/// Wall seconds below this are ids of requests, not times: nothing was punched in 1970.
const FIRST_WALL: i64 = 86_400 * 365;

pub fn exception_view(r: &ExceptionRow) -> ExceptionView {
    let timed = r.code != "overlap_request" && r.anchor >= FIRST_WALL;
    ExceptionView {
        person_id: r.person_id,
        person_number: r.number.clone(),
        person_name: r.name.clone(),
        work_date: r.work_date,
        code: r.code.clone(),
        text: finding_text(&r.code),
        at: timed.then(|| WallTime::from_seconds(r.anchor)),
        minutes: r.minutes,
        opened_at: r.opened_at,
        closed_at: r.closed_at,
    }
}

pub fn summary_view(r: &SummaryRow) -> Result<PeriodSummaryView, Fault> {
    let detail: Value = serde_json::from_str(&r.detail)?;
    Ok(PeriodSummaryView {
        person_id: r.person_id,
        person_number: r.number.clone(),
        person_name: r.name.clone(),
        period: r.period.clone(),
        from_date: r.from_date,
        to_date: r.to_date,
        org_id: r.org_id,
        days: r.days,
        final_days: r.final_days,
        work_days: r.work_days,
        due_tenths: r.due_tenths,
        actual_tenths: r.actual_tenths,
        regular_minutes: r.regular_minutes,
        late_tenths: r.late_tenths,
        late_count: r.late_count,
        late_counts: counts(part(&detail, "late")),
        early_tenths: r.early_tenths,
        early_count: r.early_count,
        early_counts: counts(part(&detail, "early")),
        absence_tenths: r.absence_tenths,
        absence_days_hundredths: r.absence_days_hundredths,
        shortfall_minutes: r.shortfall_minutes,
        weekday_overtime_minutes: r.weekday_overtime_minutes,
        rest_overtime_minutes: r.rest_overtime_minutes,
        holiday_overtime_minutes: r.holiday_overtime_minutes,
        unconfirmed_minutes: r.unconfirmed_minutes,
        presence_minutes: r.presence_minutes,
        night_minutes: r.night_minutes,
        leave_minutes: r.leave_minutes,
        leave: leave(&detail),
        open_exceptions: r.open_exceptions,
        freshness: None,
    })
}
