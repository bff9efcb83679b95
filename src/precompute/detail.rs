//! What no column of a result holds, as the compact JSON that is stored beside them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use engine::{BlockRated, CodeCounts, DayResult, OvertimeMinutes, Point, Rated};
use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, WallTime};

/// Text that is borrowed where possible.
pub type Text<'a> = Cow<'a, str>;

fn is_default<T: Default + PartialEq>(v: &T) -> bool {
    *v == T::default()
}

/// Late or early.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatedDetail<'a> {
    /// Tenths of the shift's total; whole minutes of a block.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total: i32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub raw_minutes: i32,
    #[serde(borrow, default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<Text<'a>, i32>,
}

/// Applied, worked and credited minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OvertimeDetail(pub i32, pub i32, pub i32);

/// Type, minutes, hundredths of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveDetail<'a>(#[serde(borrow)] pub Text<'a>, pub i32, pub i32);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingDetail<'a> {
    #[serde(borrow)]
    pub code: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<WallTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i32>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Text<'a>>,
}

/// Kind, nominal and actual time as seconds from the midnight of the date, source, id of the punch (0 = none).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointDetail<'a>(
    #[serde(borrow)] pub Text<'a>,
    pub i64,
    pub Option<i64>,
    #[serde(borrow)] pub Text<'a>,
    pub i64,
);

/// Empty parts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail<'a> {
    #[serde(borrow, default, skip_serializing_if = "is_default")]
    pub late: RatedDetail<'a>,
    #[serde(borrow, default, skip_serializing_if = "is_default")]
    pub early: RatedDetail<'a>,
    /// Weekday, rest, holiday.
    #[serde(default, skip_serializing_if = "is_default")]
    pub overtime: [OvertimeDetail; 3],
    #[serde(borrow, default, skip_serializing_if = "is_default")]
    pub overtime_late: RatedDetail<'a>,
    #[serde(borrow, default, skip_serializing_if = "is_default")]
    pub overtime_early: RatedDetail<'a>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub leave: Vec<LeaveDetail<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<FindingDetail<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointDetail<'a>>,
}

impl<'a> Detail<'a> {
    /// The parts of a result that have no column.
    pub fn of(r: &'a DayResult, date: LocalDate) -> Self {
        let second = |t: WallTime| t.seconds() - WallTime::on(date, 0).seconds();
        Self {
            late: rated(&r.late),
            early: rated(&r.early),
            overtime: r
                .overtime
                .map(|o: OvertimeMinutes| OvertimeDetail(o.applied, o.worked, o.credited)),
            overtime_late: block(&r.overtime_late),
            overtime_early: block(&r.overtime_early),
            leave: r
                .leave
                .iter()
                .map(|l| LeaveDetail(l.kind.as_ref().into(), l.minutes, l.days_hundredths))
                .collect(),
            exceptions: r
                .exceptions
                .iter()
                .map(|e| FindingDetail {
                    code: e.code.as_str().into(),
                    at: e.at,
                    minutes: e.minutes,
                    request: e.request.as_ref().map(|r| r.as_ref().into()),
                })
                .collect(),
            points: r
                .points
                .iter()
                .map(|p: &Point| {
                    let (kind, source) = (p.kind.as_str().into(), p.source.as_str().into());
                    PointDetail(kind, second(p.nominal), p.actual.map(second), source, p.punch)
                })
                .collect(),
        }
    }

    /// Reads what is stored; nothing stored is an empty detail.
    pub fn read(stored: Option<&'a str>) -> Result<Self, serde_json::Error> {
        stored.map_or_else(|| Ok(Self::default()), serde_json::from_str)
    }

    /// The text that is stored, written over `out`; false if there is nothing to store.
    pub fn write(&self, out: &mut Vec<u8>) -> bool {
        out.clear();
        serde_json::to_writer(&mut *out, self).is_ok() && out.as_slice() != b"{}"
    }
}

fn counts(list: &CodeCounts) -> BTreeMap<Text<'_>, i32> {
    list.iter().map(|(code, n)| (code.as_ref().into(), *n)).collect()
}

fn rated(r: &Rated) -> RatedDetail<'_> {
    RatedDetail { total: r.tenths, raw_minutes: r.raw_minutes, counts: counts(&r.counts) }
}

fn block(r: &BlockRated) -> RatedDetail<'_> {
    RatedDetail { total: r.minutes, raw_minutes: r.raw_minutes, counts: counts(&r.counts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_is_stored_for_nothing() {
        let mut detail = Detail::default();
        let mut out = Vec::new();
        assert!(!detail.write(&mut out));
        detail.points.push(PointDetail("in".into(), 28_800, Some(28_265), "punch".into(), 12));
        detail.late.counts.insert("00\"2".into(), 1);
        assert!(detail.write(&mut out));
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            r#"{"late":{"counts":{"00\"2":1}},"points":[["in",28800,28265,"punch",12]]}"#
        );
        assert_eq!(Detail::read(Some(&text)).unwrap(), detail);
    }
}
