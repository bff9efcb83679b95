//! Results as the API shows them.

use std::collections::{BTreeMap, HashMap};

use contract::periods::PeriodState;
use contract::results::{
    BlockRatedView, DayState, DayType, DayView, ExceptionView, FindingView, LeaveView,
    OvertimeByCategory, OvertimeView, PeriodSummaryView, PointView, RatedView, StepView,
};
use engine::trace::Step;
use engine::{ExceptionCode, Lang as EngineLang, Trace};
use serde_json::Value;
use vocabulary::{LocalDate, PunchId, WallTime};

use super::detail::{Detail, FindingDetail, LeaveDetail, PointDetail, RatedDetail, Text};
use super::read::{Day, ExceptionRow, SummaryRow};
use super::row::Computed;
use super::summary::SummaryDetail;
use crate::base::Fault;
use crate::base::context::{Lang, lang};

pub fn engine_lang() -> EngineLang {
    match lang() {
        Lang::Zh => EngineLang::Zh,
        Lang::En => EngineLang::En,
    }
}

/// The sentence of an exception code that is stored as text.
pub fn finding_text(code: &str) -> String {
    let known = ExceptionCode::ALL.iter().find(|c| c.as_str() == code);
    known.map_or(code, |c| c.name(engine_lang())).to_owned()
}

pub fn day_view(day: &Day) -> Result<DayView, Fault> {
    match day {
        Day::Stored { row, fresh } => {
            let detail = Detail::read(row.detail.as_deref())?;
            let mut view = from_detail(&detail, row.work_date);
            view.person_id = row.person_id;
            view.work_date = row.work_date;
            view.org_id = row.org_id;
            view.position_id = row.position_id;
            view.employment_kind = row.employment_kind;
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
    let r = &c.result;
    DayView {
        person_id: c.person,
        work_date: c.date,
        org_id: c.org,
        position_id: c.position,
        employment_kind: c.kind,
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
        ..from_detail(&Detail::of(r, c.date), c.date)
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

fn part<'a>(v: &'a Value, key: &str) -> &'a Value {
    v.get(key).unwrap_or(&Value::Null)
}

fn leave(list: &[LeaveDetail<'_>]) -> Vec<LeaveView> {
    list.iter()
        .map(|LeaveDetail(kind, minutes, days_hundredths)| LeaveView {
            kind: kind.to_string(),
            minutes: *minutes,
            days_hundredths: *days_hundredths,
        })
        .collect()
}

fn counts(map: &BTreeMap<Text<'_>, i32>) -> HashMap<String, i32> {
    map.iter().map(|(code, n)| (code.to_string(), *n)).collect()
}

/// A view with everything that `detail` holds; the rest is zero.
fn from_detail(d: &Detail<'_>, date: LocalDate) -> DayView {
    let rated = |r: &RatedDetail<'_>| RatedView {
        tenths: r.total,
        raw_minutes: r.raw_minutes,
        counts: counts(&r.counts),
    };
    let block = |r: &RatedDetail<'_>| BlockRatedView {
        minutes: r.total,
        raw_minutes: r.raw_minutes,
        counts: counts(&r.counts),
    };
    let [weekday, rest, holiday] =
        d.overtime.map(|o| OvertimeView { applied: o.0, worked: o.1, credited: o.2 });
    DayView {
        person_id: Default::default(),
        work_date: Default::default(),
        org_id: None,
        position_id: None,
        employment_kind: None,
        scheme_id: None,
        shift: None,
        state: DayState::Final,
        day_type: None,
        due_tenths: 0,
        actual_tenths: 0,
        regular_minutes: 0,
        late: rated(&d.late),
        early: rated(&d.early),
        absence_tenths: 0,
        absence_days_hundredths: 0,
        shortfall_minutes: 0,
        overtime: OvertimeByCategory { weekday, rest, holiday },
        overtime_late: block(&d.overtime_late),
        overtime_early: block(&d.overtime_early),
        unconfirmed_minutes: 0,
        presence_minutes: 0,
        night_minutes: 0,
        leave: leave(&d.leave),
        exceptions: d.exceptions.iter().map(finding).collect(),
        points: d.points.iter().map(|p| point(p, date)).collect(),
        fresh: true,
        computed_at: None,
    }
}

fn finding(e: &FindingDetail<'_>) -> FindingView {
    FindingView {
        text: finding_text(&e.code),
        code: e.code.to_string(),
        at: e.at,
        minutes: e.minutes,
        request: e.request.as_ref().map(ToString::to_string),
    }
}

fn point(p: &PointDetail<'_>, date: LocalDate) -> PointView {
    let PointDetail(kind, nominal, actual, source, punch) = p;
    let wall = |seconds: i64| WallTime::on(date, 0).plus_seconds(seconds);
    PointView {
        kind: kind.to_string(),
        nominal: wall(*nominal),
        actual: actual.map(wall),
        source: source.to_string(),
        punch_id: (*punch != 0).then_some(PunchId(*punch)),
    }
}

/// The steps of an explanation in the language asked for.
pub fn step_views(trace: &Trace) -> Vec<StepView> {
    trace.steps.iter().map(|s| step_view(s, trace.date)).collect()
}

fn step_view(s: &Step, date: LocalDate) -> StepView {
    let json = s.to_json(date);
    let rule = part(&json, "rule");
    StepView {
        step: text(&json, "step"),
        text: s.sentence(engine_lang(), date),
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
        org_id: r.org_id,
        position_id: r.position_id,
        employment_kind: r.employment_kind,
        opened_at: r.opened_at,
        closed_at: r.closed_at,
    }
}

pub fn summary_view(r: &SummaryRow) -> Result<PeriodSummaryView, Fault> {
    let detail: SummaryDetail<'_> = serde_json::from_str(&r.detail)?;
    Ok(PeriodSummaryView {
        person_id: r.person_id,
        person_number: r.number.clone(),
        person_name: r.name.clone(),
        period: r.period.clone(),
        from_date: r.from_date,
        to_date: r.to_date,
        org_id: r.org_id,
        position_id: r.position_id,
        employment_kind: r.employment_kind,
        days: r.days,
        final_days: r.final_days,
        work_days: r.work_days,
        due_tenths: r.due_tenths,
        actual_tenths: r.actual_tenths,
        regular_minutes: r.regular_minutes,
        late_tenths: r.late_tenths,
        late_count: r.late_count,
        late_counts: counts(&detail.late),
        early_tenths: r.early_tenths,
        early_count: r.early_count,
        early_counts: counts(&detail.early),
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
        leave: leave(&detail.leave),
        open_exceptions: r.open_exceptions,
        state: match r.period_state.as_deref() {
            Some("locked") => PeriodState::Locked,
            Some("closing") => PeriodState::Closing,
            _ => PeriodState::Open,
        },
        freshness: None,
    })
}
