//! What results are computed from, as it is archived. The names of fields are part of what is stored: they never change.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::sync::Arc;

use engine::format::Employment;
use engine::{DateKind, PunchFlag, TemporaryOvertime, WallSpan};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use vocabulary::{
    CalendarId, DateSpan, EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, PunchId,
    RequestId, RuleId, ShiftId, WallTime, Zone,
};

use crate::base::Fault;
use crate::calendars::PeriodLine;
use crate::precompute::gather::{Calendar, Inputs, Person, RawPunch, RawRequest};
use crate::rules::{Book, BookFacts};
use crate::shifts::{CellLayer, PlannedCell};

/// Most bytes an archive may have when it is read.
const MAX_BYTES: u64 = 64 << 20;

/// Compressed JSON.
pub fn pack(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(&serde_json::to_vec(value)?)?;
    Ok(out.finish()?)
}

pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let mut text = Vec::new();
    DeflateDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

type Spans = Vec<(i64, i64)>;

#[derive(Serialize, Deserialize)]
struct RequestFacts {
    id: i64,
    type_id: i64,
    start: i64,
    end: i64,
    approved: i64,
    half_day: bool,
    date: Option<LocalDate>,
    breaks: Spans,
    break_minutes: i32,
}

#[derive(Serialize, Deserialize)]
struct OrderFacts {
    date: LocalDate,
    start: i64,
    end: i64,
    breaks: Spans,
    break_minutes: i32,
}

/// Everything of one person around the dates of his part of a period. Wall times are seconds, instants milliseconds.
#[derive(Serialize, Deserialize)]
pub struct PersonFacts {
    zone: Zone,
    hired: Option<LocalDate>,
    left: Option<LocalDate>,
    frozen: Vec<(LocalDate, Option<LocalDate>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<(LocalDate, LocalDate)>,
    orgs: Vec<(LocalDate, i64)>,
    /// Absent in archives from before positions and employment kinds were known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    positions: Vec<(LocalDate, Option<i64>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<(LocalDate, EmploymentKind)>,
    schemes: Vec<(LocalDate, Option<i64>)>,
    calendars: Vec<(LocalDate, i64)>,
    default_shifts: Vec<(LocalDate, Option<i64>)>,
    cells: Vec<(LocalDate, Vec<i64>)>,
    /// Where those of them come from that are not the person's own; absent = all are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cell_layers: Vec<(LocalDate, String)>,
    /// Id, instant, wall time, flag (1 in, 2 out, 0 none), source.
    punches: Vec<(i64, i64, i64, u8, u64)>,
    requests: Vec<RequestFacts>,
    ordered: Vec<OrderFacts>,
}

fn spans(list: &[WallSpan]) -> Spans {
    list.iter().map(|s| (s.start.seconds(), s.end.seconds())).collect()
}

fn wall_spans(list: &Spans) -> SmallVec<[WallSpan; 2]> {
    list.iter().map(|(a, b)| wall_span(*a, *b)).collect()
}

fn wall_span(start: i64, end: i64) -> WallSpan {
    WallSpan { start: WallTime::from_seconds(start), end: WallTime::from_seconds(end) }
}

impl PersonFacts {
    pub fn of(p: &Person) -> Self {
        let request = |r: &RawRequest| RequestFacts {
            id: r.id.0,
            type_id: r.type_id.0,
            start: r.span.start.seconds(),
            end: r.span.end.seconds(),
            approved: r.approved_at.seconds(),
            half_day: r.half_day,
            date: r.date,
            breaks: spans(&r.breaks),
            break_minutes: r.break_minutes,
        };
        let order = |t: &TemporaryOvertime| OrderFacts {
            date: t.date,
            start: t.span.start.seconds(),
            end: t.span.end.seconds(),
            breaks: spans(&t.breaks),
            break_minutes: t.break_minutes,
        };
        let flag = |f: Option<PunchFlag>| match f {
            None => 0,
            Some(PunchFlag::In) => 1,
            Some(PunchFlag::Out) => 2,
        };
        let punch =
            |p: &RawPunch| (p.id.0, p.at.millis(), p.wall.seconds(), flag(p.flag), p.source);
        Self {
            zone: p.zone,
            hired: p.employment.hired,
            left: p.employment.left,
            frozen: p.employment.frozen.clone(),
            gaps: p.employment.gaps.clone(),
            orgs: p.orgs.entries().map(|(d, o)| (d, o.0)).collect(),
            positions: p.positions.entries().map(|(d, v)| (d, v.map(|v| v.0))).collect(),
            kinds: p.kinds.entries().map(|(d, k)| (d, *k)).collect(),
            schemes: p.schemes.entries().map(|(d, s)| (d, s.map(|s| s.0))).collect(),
            calendars: p.calendars.entries().map(|(d, c)| (d, c.0)).collect(),
            default_shifts: p.default_shifts.entries().map(|(d, s)| (d, s.map(|s| s.0))).collect(),
            cells: p
                .cells
                .iter()
                .map(|(d, c)| (*d, c.shifts.iter().map(|s| s.0).collect()))
                .collect(),
            cell_layers: p
                .cells
                .iter()
                .filter(|(_, c)| c.layer != CellLayer::Person)
                .map(|(d, c)| (*d, c.layer.as_str().to_owned()))
                .collect(),
            punches: p.punches.iter().map(punch).collect(),
            requests: p.requests.iter().map(request).collect(),
            ordered: p.ordered.iter().map(order).collect(),
        }
    }

    /// The person as he was gathered, on the dates of `span`.
    pub fn person(self, id: PersonId, span: DateSpan, periods: PeriodLine) -> Person {
        let request = |r: RequestFacts| RawRequest {
            id: RequestId(r.id),
            type_id: RuleId(r.type_id),
            span: wall_span(r.start, r.end),
            approved_at: WallTime::from_seconds(r.approved),
            half_day: r.half_day,
            date: r.date,
            breaks: wall_spans(&r.breaks),
            break_minutes: r.break_minutes,
        };
        let order = |t: OrderFacts| TemporaryOvertime {
            date: t.date,
            span: wall_span(t.start, t.end),
            breaks: wall_spans(&t.breaks),
            break_minutes: t.break_minutes,
        };
        let punch = |(id, at, wall, flag, source): (i64, i64, i64, u8, u64)| RawPunch {
            id: PunchId(id),
            at: Instant::from_millis(at),
            wall: WallTime::from_seconds(wall),
            flag: match flag {
                1 => Some(PunchFlag::In),
                2 => Some(PunchFlag::Out),
                _ => None,
            },
            source,
        };
        let line = |l: Vec<(LocalDate, i64)>| l.into_iter();
        let layer = |(d, l): &(LocalDate, String)| Some((*d, CellLayer::parse(l)?));
        let layers: HashMap<_, _> = self.cell_layers.iter().filter_map(layer).collect();
        Person {
            id,
            span,
            zone: self.zone,
            employment: Employment {
                hired: self.hired,
                left: self.left,
                frozen: self.frozen,
                gaps: self.gaps,
            },
            orgs: line(self.orgs).map(|(d, o)| (d, OrgId(o))).collect(),
            positions: self.positions.into_iter().map(|(d, v)| (d, v.map(PositionId))).collect(),
            kinds: self.kinds.into_iter().collect(),
            schemes: self.schemes.into_iter().map(|(d, s)| (d, s.map(RuleId))).collect(),
            calendars: line(self.calendars).map(|(d, c)| (d, CalendarId(c))).collect(),
            default_shifts: self
                .default_shifts
                .into_iter()
                .map(|(d, s)| (d, s.map(ShiftId)))
                .collect(),
            periods,
            cells: self
                .cells
                .into_iter()
                .map(|(date, c)| {
                    let layer = layers.get(&date).copied().unwrap_or(CellLayer::Person);
                    let shifts = c.into_iter().map(ShiftId).collect();
                    (date, PlannedCell { layer, shifts })
                })
                .collect(),
            punches: self.punches.into_iter().map(punch).collect(),
            requests: self.requests.into_iter().map(request).collect(),
            ordered: self.ordered.into_iter().map(order).collect(),
            stored: BTreeMap::new(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct CalendarFacts {
    id: i64,
    rest_weekdays: Vec<u8>,
    /// Workday 0, rest 1, statutory 2.
    dates: Vec<(LocalDate, u8)>,
}

/// What everybody of a period shares.
#[derive(Serialize, Deserialize)]
pub struct SharedFacts {
    book: BookFacts,
    calendars: Vec<CalendarFacts>,
    default_calendar: Option<i64>,
}

impl SharedFacts {
    /// `from` to `to` are the dates whose kinds matter.
    pub fn of(
        book: BookFacts,
        calendars: &HashMap<CalendarId, Calendar>,
        default_calendar: Option<CalendarId>,
        (from, to): (LocalDate, LocalDate),
    ) -> Self {
        let number = |k: &DateKind| match k {
            DateKind::Workday => 0,
            DateKind::Rest => 1,
            DateKind::Statutory => 2,
        };
        let mut all: Vec<CalendarFacts> = calendars
            .iter()
            .map(|(id, c)| CalendarFacts {
                id: id.0,
                rest_weekdays: c.rest_weekdays.clone(),
                dates: c.dates.range(from..=to).map(|(d, k)| (*d, number(k))).collect(),
            })
            .collect();
        all.sort_unstable_by_key(|c| c.id);
        Self { book, calendars: all, default_calendar: default_calendar.map(|c| c.0) }
    }

    pub fn book(&self) -> Result<Arc<Book>, Fault> {
        Ok(Arc::new(self.book.book()?))
    }

    /// The calendars, for [`Inputs`].
    pub fn fill(self, inputs: &mut Inputs) {
        let kind = |n: u8| match n {
            1 => DateKind::Rest,
            2 => DateKind::Statutory,
            _ => DateKind::Workday,
        };
        let calendar = |c: CalendarFacts| {
            let dates = c.dates.into_iter().map(|(d, k)| (d, kind(k))).collect();
            (CalendarId(c.id), Calendar { rest_weekdays: c.rest_weekdays, dates })
        };
        inputs.calendars = self.calendars.into_iter().map(calendar).collect();
        inputs.default_calendar = self.default_calendar.map(CalendarId);
    }
}
