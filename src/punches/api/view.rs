//! Between the types of the contract and those of the room.

use contract::punches::{
    PunchCreate, PunchFlag, PunchMethod, PunchSource, PunchView, PunchVoidView, UnassignedPunchView,
};
use contract::{Outcome, OutcomeKind};
use vocabulary::WallTime;

use crate::base::context::{self, Lang};
use crate::base::{Failure, Refusal};
use crate::punches::{
    Assigned, Entered, Entry, Flag, Method, Moment, PunchRefusal, PunchRow, Source, UnassignedRow,
};

pub(super) fn flag(f: PunchFlag) -> Flag {
    match f {
        PunchFlag::In => Flag::In,
        PunchFlag::Out => Flag::Out,
    }
}

pub(super) fn entry(index: usize, item: PunchCreate) -> Result<Entry, Failure> {
    let moment = match (item.at, item.local_time) {
        (Some(at), None) => Moment::At(at),
        (None, Some(wall)) => Moment::Wall(wall),
        _ => return Err(PunchRefusal::MomentInvalid { index }.into()),
    };
    let flag = item.flag.map(flag);
    Ok(Entry { person: item.person_id, moment, flag, reason: item.reason })
}

/// Answers in the order of the request.
pub(super) fn numbered(rows: impl Iterator<Item = Outcome>) -> Vec<Outcome> {
    rows.zip(0..).map(|(row, index)| Outcome { index, ..row }).collect()
}

fn outcome(outcome: OutcomeKind, id: Option<String>) -> Outcome {
    Outcome { index: 0, outcome, id, code: None, message: None }
}

fn rejected(why: &PunchRefusal) -> Outcome {
    let message = if context::lang() == Lang::Zh { why.zh() } else { why.en() };
    Outcome {
        code: Some(why.code().to_owned()),
        message: Some(message),
        ..outcome(OutcomeKind::Rejected, None)
    }
}

pub(super) fn entered(done: &Entered) -> Outcome {
    match done {
        Entered::New(id) => outcome(OutcomeKind::Accepted, Some(id.to_string())),
        Entered::Known(id) => outcome(OutcomeKind::Duplicate, Some(id.to_string())),
        Entered::Refused(why) => rejected(&why.refusal()),
    }
}

pub(super) fn assigned(id: i64, done: Assigned) -> Outcome {
    match done {
        Assigned::Punch => outcome(OutcomeKind::Accepted, Some(id.to_string())),
        Assigned::Known => outcome(OutcomeKind::Duplicate, Some(id.to_string())),
        Assigned::NotFound => rejected(&PunchRefusal::RecordNotFound),
    }
}

pub(super) fn record_id(text: &str) -> Result<i64, Failure> {
    let id = text.parse::<i64>().ok().filter(|id| *id > 0);
    id.ok_or_else(|| PunchRefusal::RecordNotFound.into())
}

pub(super) fn pin_cursor(text: &str) -> Result<(String, String), Failure> {
    let split = text.split_once('\t').map(|(d, p)| (d.to_owned(), p.to_owned()));
    split.ok_or_else(|| PunchRefusal::CursorInvalid.into())
}

pub(super) fn punch_view(r: PunchRow) -> Result<PunchView, Failure> {
    let void = r.voided_at.map(|at| PunchVoidView {
        reason: r.void_reason.unwrap_or_default(),
        by: r.voided_by,
        at,
    });
    Ok(PunchView {
        id: r.id,
        person_id: r.person_id,
        at: r.at,
        local_time: WallTime::from_seconds(r.wall),
        zone: r.zone,
        flag: flag_view(r.flag.as_deref()),
        source: source_view(&r.source)?,
        method: method_view(r.method.as_deref()),
        device: (!r.device.is_empty()).then_some(r.device),
        reason: r.reason,
        author_id: r.author_id,
        received_at: r.received_at,
        void,
    })
}

pub(super) fn unassigned_view(r: UnassignedRow) -> Result<UnassignedPunchView, Failure> {
    Ok(UnassignedPunchView {
        id: r.id.to_string(),
        device: r.device,
        pin: r.pin,
        local_time: WallTime::from_seconds(r.wall),
        zone: r.zone,
        flag: flag_view(r.flag.as_deref()),
        source: source_view(&r.source)?,
        method: method_view(r.method.as_deref()),
        raw: r.raw,
        received_at: r.received_at,
        assigned_to: r.assigned_to,
        assigned_by: r.assigned_by,
        assigned_at: r.assigned_at,
    })
}

fn flag_view(text: Option<&str>) -> Option<PunchFlag> {
    Some(match Flag::parse(text?)? {
        Flag::In => PunchFlag::In,
        Flag::Out => PunchFlag::Out,
    })
}

fn source_view(text: &str) -> Result<PunchSource, Failure> {
    let source = Source::parse(text)
        .ok_or_else(|| crate::base::Fault::text(format!("source of a punch: {text}")))?;
    Ok(match source {
        Source::Terminal => PunchSource::Terminal,
        Source::Wechat => PunchSource::Wechat,
        Source::Web => PunchSource::Web,
        Source::Makeup => PunchSource::Makeup,
        Source::Import => PunchSource::Import,
    })
}

fn method_view(text: Option<&str>) -> Option<PunchMethod> {
    Some(match Method::parse(text?)? {
        Method::Face => PunchMethod::Face,
        Method::Finger => PunchMethod::Finger,
        Method::Card => PunchMethod::Card,
        Method::Pin => PunchMethod::Pin,
        Method::Gps => PunchMethod::Gps,
        Method::Wifi => PunchMethod::Wifi,
        Method::Manual => PunchMethod::Manual,
    })
}
