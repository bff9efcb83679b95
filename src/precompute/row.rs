//! A result as a row: columns for what lists and reports ask for, `detail` for the rest, and a hash of it all.

use engine::{DayResult, DayState};
use sea_orm::{DbErr, FromQueryResult, QueryResult};
use vocabulary::{
    EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, RuleId, WallTime,
};
use xxhash_rust::xxh3::xxh3_64;

use super::detail::Detail;
use crate::base::{Cells, ColumnKind as K, CopyCells, Layout};

/// What settling needs to know of a stored result.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct StoredRow {
    pub person_id: PersonId,
    pub work_date: LocalDate,
    pub hash: i64,
}

/// A computed result with what belongs to its date.
#[derive(Clone, Debug)]
pub struct Computed {
    pub person: PersonId,
    pub date: LocalDate,
    pub org: Option<OrgId>,
    pub position: Option<PositionId>,
    pub kind: Option<EmploymentKind>,
    pub scheme: Option<RuleId>,
    /// Codes of the shifts of the date.
    pub shift: Option<String>,
    pub result: DayResult,
    /// The 'now' of a result that is not final.
    pub evaluated: Option<WallTime>,
    pub due_at: Option<Instant>,
    /// The version of the engine that computed it.
    pub engine: i32,
}

/// Numbers of a result, in the order of [`Computed::numbers`].
pub const NUMBERS: [&str; 19] = [
    "due_tenths",
    "actual_tenths",
    "regular_minutes",
    "late_tenths",
    "late_raw_minutes",
    "late_count",
    "early_tenths",
    "early_raw_minutes",
    "early_count",
    "absence_tenths",
    "absence_days_hundredths",
    "shortfall_minutes",
    "weekday_overtime_minutes",
    "rest_overtime_minutes",
    "holiday_overtime_minutes",
    "unconfirmed_minutes",
    "presence_minutes",
    "night_minutes",
    "leave_minutes",
];

/// [`NUMBERS`] as they are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers(pub [i32; NUMBERS.len()]);

impl FromQueryResult for Numbers {
    fn from_query_result(r: &QueryResult, pre: &str) -> Result<Self, DbErr> {
        let mut found = Self::default();
        for (n, name) in found.0.iter_mut().zip(NUMBERS) {
            *n = r.try_get(pre, name)?;
        }
        Ok(found)
    }
}

/// The table of results, in the order in which [`Computed::write`] fills its columns.
pub static DAY_RESULT: Layout = Layout {
    table: "day_result",
    key: 2,
    columns: &[
        ("person_id", K::Bigint),
        ("work_date", K::Date),
        ("org_id", K::Bigint),
        ("scheme_id", K::Bigint),
        ("state", K::Text),
        ("day_type", K::Text),
        ("shift", K::Text),
        ("due_tenths", K::Int),
        ("actual_tenths", K::Int),
        ("regular_minutes", K::Int),
        ("late_tenths", K::Int),
        ("late_raw_minutes", K::Int),
        ("late_count", K::Int),
        ("early_tenths", K::Int),
        ("early_raw_minutes", K::Int),
        ("early_count", K::Int),
        ("absence_tenths", K::Int),
        ("absence_days_hundredths", K::Int),
        ("shortfall_minutes", K::Int),
        ("weekday_overtime_minutes", K::Int),
        ("rest_overtime_minutes", K::Int),
        ("holiday_overtime_minutes", K::Int),
        ("unconfirmed_minutes", K::Int),
        ("presence_minutes", K::Int),
        ("night_minutes", K::Int),
        ("leave_minutes", K::Int),
        ("exceptions", K::Int),
        ("detail", K::Json),
        ("engine_version", K::Int),
        ("evaluated_wall", K::Bigint),
        ("due_at", K::Bigint),
        ("position_id", K::Bigint),
        ("employment_kind", K::Text),
        ("hash", K::Bigint),
        ("computed_at", K::Bigint),
    ],
};

/// Columns of [`DAY_RESULT`], as COPY counts them.
const WIDTH: i16 = 35;
/// Bytes of that count.
const COUNT: usize = 2;

impl Computed {
    /// In the order of [`NUMBERS`].
    pub fn numbers(&self) -> [i32; NUMBERS.len()] {
        let r = &self.result;
        let [weekday, rest, holiday] = r.overtime.map(|o| o.credited);
        [
            r.due_tenths,
            r.actual_tenths,
            r.regular_minutes,
            r.late.tenths,
            r.late.raw_minutes,
            r.late.counts.iter().map(|(_, n)| n).sum(),
            r.early.tenths,
            r.early.raw_minutes,
            r.early.counts.iter().map(|(_, n)| n).sum(),
            r.absence_tenths,
            r.absence_days_hundredths,
            r.shortfall_minutes,
            weekday,
            rest,
            holiday,
            r.unconfirmed_minutes,
            r.presence_minutes,
            r.night_minutes,
            r.leave.iter().map(|l| l.minutes).sum(),
        ]
    }

    /// What makes two results equal, with [`Self::post`].
    fn content(&self, cells: &mut (impl Cells + ?Sized)) {
        let r = &self.result;
        cells.big(Some(self.person.0));
        cells.date(self.date);
        cells.big(self.org.map(|o| o.0));
        cells.big(self.scheme.map(|s| s.0));
        cells.text(Some(r.state.as_str()));
        cells.text(r.day_type.map(|d| d.as_str()));
        cells.text(self.shift.as_deref());
        for n in self.numbers() {
            cells.int(Some(n));
        }
        cells.int(Some(i32::try_from(r.exceptions.len()).unwrap_or(i32::MAX)));
        let mut text = Vec::new();
        let some = Detail::of(r, self.date).write(&mut text);
        cells.text(std::str::from_utf8(&text).ok().filter(|_| some));
        cells.int(Some(self.engine));
        cells.big(self.evaluated.map(WallTime::seconds));
        cells.big(self.due_at.map(Instant::millis));
    }

    /// Position and employment kind of the date. They are hashed only where one is known, so that results from
    /// before they were keep their hashes.
    fn post(&self, cells: &mut (impl Cells + ?Sized)) -> bool {
        cells.big(self.position.map(|p| p.0));
        cells.text(self.kind.map(EmploymentKind::as_str));
        self.position.is_some() || self.kind.is_some()
    }

    /// The whole row in the order of [`DAY_RESULT`].
    pub fn write(&self, cells: &mut (impl Cells + ?Sized), at: Instant) {
        self.content(cells);
        self.post(cells);
        cells.big(Some(self.hash()));
        cells.big(Some(at.millis()));
    }

    /// Appends the row as COPY takes it; returns its hash.
    pub fn encode(&self, at: Instant, out: &mut CopyCells) -> i64 {
        let from = out.0.len() + COUNT;
        out.begin(WIDTH);
        let hash = hash(self.hashed(out, from));
        out.big(Some(hash));
        out.big(Some(at.millis()));
        hash
    }

    /// Of the whole content: equal results have equal hashes.
    pub fn hash(&self) -> i64 {
        let mut cells = CopyCells::default();
        hash(self.hashed(&mut cells, 0))
    }

    /// Writes everything but the hash and the time of computing; what is hashed of it. The row begins at `from`.
    fn hashed<'c>(&self, cells: &'c mut CopyCells, from: usize) -> &'c [u8] {
        self.content(cells);
        let end = cells.0.len();
        let end = if self.post(cells) { cells.0.len() } else { end };
        cells.0.get(from..end).unwrap_or_default()
    }

    pub fn is_final(&self) -> bool {
        self.result.state == DayState::Final
    }
}

fn hash(content: &[u8]) -> i64 {
    xxh3_64(content).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_counts_its_columns() {
        assert_eq!(i16::try_from(DAY_RESULT.columns.len()), Ok(WIDTH));
    }
}
