//! The result line.

use crate::{
    BlockRated, CodeCounts, DayResult, DayState, DayType, Exception, ExceptionCode, Point,
    PointKind, PointSource, Rated,
};
use serde_json::{Map, Value, json};

impl DayState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::InProgress => "in_progress",
            Self::Final => "final",
        }
    }
}

impl DayType {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Rest => "rest",
            Self::Holiday => "holiday",
        }
    }
}

impl ExceptionCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingIn => "missing_in",
            Self::MissingOut => "missing_out",
            Self::BothMissing => "both_missing",
            Self::MiddleMissing => "middle_missing",
            Self::SegmentMissing => "segment_missing",
            Self::OtMissingIn => "ot_missing_in",
            Self::OtMissingOut => "ot_missing_out",
            Self::OtNoShow => "ot_no_show",
            Self::OddCount => "odd_count",
            Self::OutOfWindow => "out_of_window",
            Self::WrongFlag => "wrong_flag",
            Self::UnflaggedPunch => "unflagged_punch",
            Self::HolidayVoid => "holiday_void",
            Self::NoRoster => "no_roster",
            Self::OverlapRequest => "overlap_request",
            Self::BandExceeded => "band_exceeded",
            Self::PunchWhileFrozen => "punch_while_frozen",
            Self::PunchNotEmployed => "punch_not_employed",
        }
    }
}

impl PointKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::OtIn => "ot_in",
            Self::OtOut => "ot_out",
        }
    }
}

impl PointSource {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Punch => "punch",
            Self::Nominal => "nominal",
            Self::Seam => "seam",
            Self::Open => "open",
            Self::Missing => "missing",
        }
    }
}

fn counts(c: &CodeCounts) -> Value {
    c.iter().map(|(code, n)| (code.to_string(), json!(n))).collect::<Map<_, _>>().into()
}

fn rated(r: &Rated) -> Value {
    json!({ "tenths": r.tenths, "raw_minutes": r.raw_minutes, "counts": counts(&r.counts) })
}

fn block_rated(r: &BlockRated) -> Value {
    json!({ "minutes": r.minutes, "raw_minutes": r.raw_minutes, "counts": counts(&r.counts) })
}

fn exception(e: &Exception) -> Value {
    let mut o = Map::new();
    o.insert("code".to_owned(), json!(e.code.as_str()));
    if let Some(at) = e.at {
        o.insert("at".to_owned(), json!(at));
    }
    if let Some(minutes) = e.minutes {
        o.insert("minutes".to_owned(), json!(minutes));
    }
    if let Some(request) = &e.request {
        o.insert("request".to_owned(), json!(request.as_ref()));
    }
    Value::Object(o)
}

fn point(p: &Point) -> Value {
    json!({
        "kind": p.kind.as_str(),
        "nominal": p.nominal,
        "actual": p.actual,
        "source": p.source.as_str(),
    })
}

/// The result line of a case.
pub fn result_json(id: &str, r: &DayResult) -> Value {
    let [weekday, rest, holiday] = r
        .overtime
        .map(|o| json!({ "applied": o.applied, "worked": o.worked, "credited": o.credited }));
    let leave: Vec<Value> = r
        .leave
        .iter()
        .map(|l| {
            json!({ "type": l.kind.as_ref(), "minutes": l.minutes,
                    "days_hundredths": l.days_hundredths })
        })
        .collect();
    json!({
        "id": id,
        "state": r.state.as_str(),
        "day_type": r.day_type.map(DayType::as_str),
        "due_tenths": r.due_tenths,
        "regular_minutes": r.regular_minutes,
        "actual_tenths": r.actual_tenths,
        "late": rated(&r.late),
        "early": rated(&r.early),
        "absence": {
            "tenths": r.absence_tenths, "days_hundredths": r.absence_days_hundredths,
        },
        "shortfall_minutes": r.shortfall_minutes,
        "overtime": { "weekday": weekday, "rest": rest, "holiday": holiday },
        "overtime_late": block_rated(&r.overtime_late),
        "overtime_early": block_rated(&r.overtime_early),
        "unconfirmed_minutes": r.unconfirmed_minutes,
        "presence_minutes": r.presence_minutes,
        "night_minutes": r.night_minutes,
        "leave": leave,
        "exceptions": r.exceptions.iter().map(exception).collect::<Vec<_>>(),
        "points": r.points.iter().map(point).collect::<Vec<_>>(),
    })
}
