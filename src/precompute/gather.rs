//! All inputs of some people on some dates, in a fixed number of queries on one snapshot. Reads the tables
//! of other rooms and writes none.

mod departments;
mod wide;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use engine::format::Employment;
use engine::{DateKind, PunchFlag, WallSpan};
use sea_orm::{FromQueryResult, Value};
use smallvec::SmallVec;
use vocabulary::{
    CalendarId, DateSpan, EmploymentKind, Instant, LocalDate, OrgId, PeriodSetId, PersonId,
    PositionId, PunchId, RequestId, RuleId, ShiftId, WallTime, Zone,
};

use super::locked::{PERIODS_BEFORE, locked_spans};
use super::row::StoredRow;
use crate::base::{Fault, Query, Tx, midnight_sql, span_rows, span_values};
use crate::calendars::{
    NamedPeriod, PeriodFacts, PeriodLine, Periods, PersonPeriod, shared_periods, with_departments,
    with_groups,
};
use crate::rules::Book;
use crate::shifts::{PlannedCell, planned_cells};

/// Dates before and after a span whose plans the engine may look at (two more for the doubled punches).
pub const BEFORE: i32 = 4;
pub const AFTER: i32 = 5;

/// A timeline: the value of a date is the one of the greatest `valid_from` not after it.
#[derive(Clone, Debug)]
pub struct Timeline<T>(Vec<(LocalDate, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    pub fn on(&self, date: LocalDate) -> Option<&T> {
        let next = self.0.partition_point(|(from, _)| *from <= date);
        next.checked_sub(1).and_then(|i| self.0.get(i)).map(|(_, v)| v)
    }

    /// All entries, the earliest first.
    pub fn entries(&self) -> impl Iterator<Item = (LocalDate, &T)> {
        self.0.iter().map(|(d, v)| (*d, v))
    }

    /// All values, the earliest first.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, v)| v)
    }
}

impl<T> FromIterator<(LocalDate, T)> for Timeline<T> {
    /// From entries in the order of dates.
    fn from_iter<I: IntoIterator<Item = (LocalDate, T)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// A punch as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct RawPunch {
    pub id: PunchId,
    pub at: Instant,
    pub wall: WallTime,
    pub flag: Option<PunchFlag>,
    /// Source and device, hashed: only equality counts.
    pub source: u64,
}

/// An approved request before its type is resolved.
#[derive(Clone, Debug)]
pub struct RawRequest {
    pub id: RequestId,
    pub type_id: RuleId,
    pub span: WallSpan,
    pub approved_at: WallTime,
    pub half_day: bool,
    pub date: Option<LocalDate>,
    pub breaks: SmallVec<[WallSpan; 2]>,
    pub break_minutes: i32,
}

/// Everything known of one person around the span.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: PersonId,
    pub span: DateSpan,
    pub zone: Zone,
    pub employment: Employment,
    pub orgs: Timeline<OrgId>,
    pub positions: Timeline<Option<PositionId>>,
    pub kinds: Timeline<EmploymentKind>,
    pub schemes: Timeline<Option<RuleId>>,
    pub calendars: Timeline<CalendarId>,
    pub default_shifts: Timeline<Option<ShiftId>>,
    pub periods: PeriodLine,
    pub cells: BTreeMap<LocalDate, PlannedCell>,
    pub punches: Vec<RawPunch>,
    pub requests: Vec<RawRequest>,
    pub ordered: Vec<engine::TemporaryOvertime>,
    pub stored: BTreeMap<LocalDate, StoredRow>,
}

/// Weekly rest days and dated entries of a calendar.
pub type Calendar = engine::format::Calendar;

/// The inputs of a batch of people.
pub struct Inputs {
    pub people: Vec<Person>,
    pub book: Arc<Book>,
    pub calendars: HashMap<CalendarId, Calendar>,
    pub default_calendar: Option<CalendarId>,
    pub periods: Periods,
    /// Periods that end before are not known.
    pub since: LocalDate,
}

impl Inputs {
    pub fn kind(&self, person: &Person, date: LocalDate) -> DateKind {
        let id = person.calendars.on(date).copied().or(self.default_calendar);
        id.and_then(|id| self.calendars.get(&id)).map_or(DateKind::Workday, |c| c.kind(date))
    }

    /// All stretches of dates that a period of a person has. Another period of his can lie inside: one that was
    /// locked under another set, or that of a set which held for a while.
    pub fn stretches(&self, person: &Person, p: &PersonPeriod) -> Vec<(LocalDate, LocalDate)> {
        let cut = self.periods.cut(p.set);
        let whole = cut
            .map_or_else(|| Some(self.periods.period_of(p.set, p.from)), |cut| cut.named(&p.label));
        let Some(whole) = whole.filter(|w| w.from < p.from || p.to < w.to) else {
            return vec![(p.from, p.to)];
        };
        let mut all = Vec::new();
        let mut date = whole.from;
        while date <= whole.to {
            let q = self.period(person, date);
            if q.set == p.set && q.label == p.label && q.state == p.state {
                all.push((q.from, q.to));
            }
            date = q.to.plus(1);
        }
        if all.is_empty() { vec![(p.from, p.to)] } else { all }
    }

    /// The attendance period of a date.
    pub fn period(&self, person: &Person, date: LocalDate) -> PersonPeriod {
        self.periods.of(&person.periods, date)
    }
}

/// Who and when.
pub type Wanted = (PersonId, DateSpan);

/// The spans with the neighbouring dates whose facts the engine may look at.
fn around(wanted: &[Wanted]) -> Vec<Wanted> {
    wanted
        .iter()
        .map(|(p, s)| {
            let to = s.to.unwrap_or(LocalDate::MAX);
            (*p, DateSpan::new(s.from.plus(-BEFORE), to.plus(AFTER)))
        })
        .collect()
}

/// Reads everything about these people on these dates.
pub async fn gather(q: &Tx, wanted: &[Wanted]) -> Result<Inputs, Fault> {
    let spans = around(wanted);
    let w = span_rows(q.dialect());
    let bind = span_values(q.dialect(), &spans);
    let book = Book::load(q).await?;
    let (mut people, periods, since) = lives(q, &w, &bind, wanted).await?;
    cells(q, &w, &bind, &mut people).await?;
    wide::punches(q, &spans, &mut people).await?;
    requests(q, &w, &bind, &mut people).await?;
    wide::stored(q, &spans, &mut people).await?;
    let (calendars, default_calendar) = calendars(q).await?;
    departments::apply(q, &mut people, default_calendar).await?;
    let mut people: Vec<Person> = people.into_values().collect();
    people.sort_by_key(|p| p.id);
    Ok(Inputs { people, book, calendars, default_calendar, periods, since })
}

/// The attendance period that holds a date for a person, without all that is known of him.
pub async fn period_at(
    q: &Tx,
    person: PersonId,
    on: LocalDate,
) -> Result<Option<PersonPeriod>, Fault> {
    let wanted = [(person, DateSpan::day(on))];
    let (w, bind) = (span_rows(q.dialect()), span_values(q.dialect(), &wanted));
    let (people, periods, _) = lives(q, &w, &bind, &wanted).await?;
    Ok(people.get(&person).map(|p| periods.of(&p.periods, on)))
}

/// Which of these people a period belongs to, and on which dates.
pub async fn members(
    q: &Tx,
    people: &[PersonId],
    set: PeriodSetId,
    period: &NamedPeriod,
) -> Result<HashMap<PersonId, PersonPeriod>, Fault> {
    let span = DateSpan::new(period.from, period.to);
    let wanted: Vec<Wanted> = people.iter().map(|p| (*p, span)).collect();
    let (w, bind) = (span_rows(q.dialect()), span_values(q.dialect(), &wanted));
    let (people, periods, _) = lives(q, &w, &bind, &wanted).await?;
    let mut found = HashMap::new();
    for (id, person) in people {
        let mut date = period.from;
        while date <= period.to {
            let p = periods.of(&person.periods, date);
            date = p.to.plus(1);
            if p.set == set && p.label == period.label {
                found.insert(id, p);
                break;
            }
        }
    }
    Ok(found)
}

type People = HashMap<PersonId, Person>;

/// People with their timelines and periods; periods that end before the date are not known.
async fn lives(
    q: &Tx,
    w: &str,
    bind: &[Value],
    wanted: &[Wanted],
) -> Result<(People, Periods, LocalDate), Fault> {
    let mut people = persons(q, w, bind, wanted).await?;
    let own_sets = timelines(q, w, bind, &mut people).await?;
    let first = wanted.iter().map(|(_, s)| s.from).min().unwrap_or(LocalDate::MIN);
    let since = first.plus(-PERIODS_BEFORE);
    let periods = periods(q, w, bind, since, &mut people, own_sets).await?;
    Ok((people, periods, since))
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: PersonId,
    zone: String,
    hired_on: LocalDate,
    left_on: Option<LocalDate>,
}

async fn persons(q: &Tx, w: &str, bind: &[Value], wanted: &[Wanted]) -> Result<People, Fault> {
    let spans: HashMap<PersonId, DateSpan> = wanted.iter().copied().collect();
    let rows: Vec<PersonRow> = q
        .rows(
            &format!(
                "SELECT p.id, p.zone, p.hired_on, p.left_on FROM person p \
                 JOIN {w} ON w.person_id = p.id"
            ),
            bind.to_vec(),
        )
        .await?;
    let mut people = People::new();
    for r in rows {
        let Some(span) = spans.get(&r.id) else { continue };
        let zone = r.zone.parse().map_err(|e| Fault::new("zone of a person", e))?;
        let employment =
            Employment { hired: Some(r.hired_on), left: r.left_on, ..Employment::default() };
        people.insert(
            r.id,
            Person {
                id: r.id,
                span: *span,
                zone,
                employment,
                orgs: Timeline::default(),
                positions: Timeline::default(),
                kinds: Timeline::default(),
                schemes: Timeline::default(),
                calendars: Timeline::default(),
                default_shifts: Timeline::default(),
                periods: PeriodLine::default(),
                cells: BTreeMap::new(),
                punches: Vec::new(),
                requests: Vec::new(),
                ordered: Vec::new(),
                stored: BTreeMap::new(),
            },
        );
    }
    Ok(people)
}

#[derive(FromQueryResult)]
struct TimelineRow {
    kind: String,
    person_id: PersonId,
    valid_from: LocalDate,
    valid_to: Option<LocalDate>,
    value: Option<i64>,
    word: Option<EmploymentKind>,
}

/// Entries of period sets that name a person.
type OwnSets = HashMap<PersonId, Vec<(LocalDate, PeriodSetId)>>;

/// All timelines and freezes in one query.
async fn timelines(q: &Tx, w: &str, bind: &[Value], people: &mut People) -> Result<OwnSets, Fault> {
    let mut own_sets = OwnSets::new();
    let part = |kind: &str, table: &str, column: &str| {
        format!(
            "SELECT '{kind}' AS kind, t.person_id, t.valid_from, NULL AS valid_to, \
             t.{column} AS value, NULL AS word FROM {table} t JOIN {w} ON w.person_id = t.person_id"
        )
    };
    let sql = [
        format!(
            "SELECT 'freeze' AS kind, t.person_id, t.valid_from, t.valid_to, \
             CAST(NULL AS BIGINT) AS value, CAST(NULL AS TEXT) AS word FROM person_freeze t JOIN {w} ON w.person_id = t.person_id"
        ),
        format!(
            "SELECT 'gap' AS kind, t.person_id, t.valid_from, t.valid_to, NULL AS value, \
             NULL AS word FROM person_gap t JOIN {w} ON w.person_id = t.person_id"
        ),
        part("org", "person_org", "org_id"),
        part("position", "person_position", "position_id"),
        format!(
            "SELECT 'kind' AS kind, t.person_id, t.valid_from, NULL AS valid_to, NULL AS value, \
             t.employment_kind AS word FROM person_kind t JOIN {w} ON w.person_id = t.person_id"
        ),
        part("scheme", "scheme_assignment", "scheme_id"),
        part("calendar", "calendar_assignment", "calendar_id"),
        part("shift", "default_shift", "shift_id"),
        part("period", "period_assignment", "period_set_id"),
    ]
    .join(" UNION ALL ");
    let rows: Vec<TimelineRow> = q.rows(&format!("{sql} ORDER BY 2, 3"), bind.to_vec()).await?;
    for r in rows {
        let Some(p) = people.get_mut(&r.person_id) else { continue };
        match (r.kind.as_str(), r.value) {
            ("freeze", _) => p.employment.frozen.push((r.valid_from, r.valid_to)),
            ("gap", _) => {
                p.employment.gaps.extend(r.valid_to.map(|to| (r.valid_from, to)));
            }
            ("org", Some(v)) => p.orgs.0.push((r.valid_from, OrgId(v))),
            ("position", v) => p.positions.0.push((r.valid_from, v.map(PositionId))),
            ("kind", _) => p.kinds.0.extend(r.word.map(|k| (r.valid_from, k))),
            ("scheme", v) => p.schemes.0.push((r.valid_from, v.map(RuleId))),
            ("calendar", Some(v)) => p.calendars.0.push((r.valid_from, CalendarId(v))),
            ("shift", v) => p.default_shifts.0.push((r.valid_from, v.map(ShiftId))),
            ("period", Some(v)) => {
                own_sets.entry(r.person_id).or_default().push((r.valid_from, PeriodSetId(v)));
            }
            _ => {}
        }
    }
    Ok(own_sets)
}

async fn cells(q: &Tx, w: &str, bind: &[Value], people: &mut People) -> Result<(), Fault> {
    for ((person, date), cell) in planned_cells(q, w, bind).await? {
        if let Some(p) = people.get_mut(&person) {
            p.cells.insert(date, cell);
        }
    }
    Ok(())
}

/// FNV-1a: the same text gives the same number everywhere.
pub fn fnv(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|p| p.iter().copied().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

#[derive(FromQueryResult)]
struct RequestRow {
    kind: String,
    id: i64,
    person_id: PersonId,
    type_id: Option<RuleId>,
    start_wall: i64,
    end_wall: i64,
    approved_wall: Option<i64>,
    half_day: Option<bool>,
    own_date: Option<LocalDate>,
    breaks: String,
    break_minutes: i32,
}

async fn requests(q: &Tx, w: &str, bind: &[Value], people: &mut People) -> Result<(), Fault> {
    let midnight = |date| midnight_sql(q.dialect(), date);
    let (from, to) = (midnight("w.from_date"), midnight("w.to_date"));
    let sql = format!(
        "SELECT 'request' AS kind, r.id, r.person_id, r.type_id, r.start_wall, r.end_wall, \
           r.approved_wall, r.half_day, r.overtime_date AS own_date, r.breaks, r.break_minutes \
         FROM {w} JOIN approved_request r ON r.person_id = w.person_id \
           AND r.start_wall < {to} AND r.end_wall > {from} \
         WHERE r.revoked_at IS NULL \
         UNION ALL \
         SELECT 'ordered' AS kind, t.id, t.person_id, NULL AS type_id, t.start_wall, t.end_wall, \
           NULL AS approved_wall, NULL AS half_day, t.work_date AS own_date, t.breaks, \
           t.break_minutes \
         FROM {w} JOIN temporary_overtime t ON t.person_id = w.person_id \
           AND t.work_date BETWEEN w.from_date AND w.to_date \
         WHERE t.revoked_at IS NULL ORDER BY 3, 1, 2"
    );
    let rows: Vec<RequestRow> = q.rows(&sql, bind.to_vec()).await?;
    for r in rows {
        let Some(p) = people.get_mut(&r.person_id) else { continue };
        let wall = WallTime::from_seconds;
        let span = WallSpan { start: wall(r.start_wall), end: wall(r.end_wall) };
        let list: Vec<(i64, i64)> = serde_json::from_str(&r.breaks)?;
        let breaks =
            list.into_iter().map(|(a, b)| WallSpan { start: wall(a), end: wall(b) }).collect();
        match (r.kind.as_str(), r.type_id) {
            ("request", Some(type_id)) => p.requests.push(RawRequest {
                id: RequestId(r.id),
                type_id,
                span,
                approved_at: wall(r.approved_wall.unwrap_or_default()),
                half_day: r.half_day.unwrap_or_default(),
                date: r.own_date,
                breaks,
                break_minutes: r.break_minutes,
            }),
            _ => p.ordered.push(engine::TemporaryOvertime {
                date: r.own_date.unwrap_or_else(|| span.start.date()),
                span,
                breaks,
                break_minutes: r.break_minutes,
            }),
        }
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct CalendarRow {
    id: CalendarId,
    rest_weekdays: String,
    is_default: bool,
    on_date: Option<LocalDate>,
    kind: Option<String>,
}

pub async fn calendars(
    q: &Tx,
) -> Result<(HashMap<CalendarId, Calendar>, Option<CalendarId>), Fault> {
    let rows: Vec<CalendarRow> = q
        .rows(
            "SELECT c.id, c.rest_weekdays, c.is_default, d.on_date, d.kind FROM calendar c \
             LEFT JOIN calendar_date d ON d.calendar_id = c.id ORDER BY c.id, d.on_date",
            vec![],
        )
        .await?;
    let mut calendars: HashMap<CalendarId, Calendar> = HashMap::new();
    let mut default = None;
    for r in rows {
        if r.is_default {
            default = Some(r.id);
        }
        if let std::collections::hash_map::Entry::Vacant(e) = calendars.entry(r.id) {
            let rest_weekdays = serde_json::from_str(&r.rest_weekdays)?;
            e.insert(Calendar { rest_weekdays, dates: BTreeMap::new() });
        }
        let (Some(c), Some(date), Some(kind)) = (calendars.get_mut(&r.id), r.on_date, r.kind)
        else {
            continue;
        };
        let kind = match kind.as_str() {
            "statutory" => DateKind::Statutory,
            "rest" => DateKind::Rest,
            _ => DateKind::Workday,
        };
        c.dates.insert(date, kind);
    }
    Ok((calendars, default))
}

/// Sets and states of attendance periods, and the part of each person in them.
async fn periods(
    q: &Tx,
    w: &str,
    bind: &[Value],
    since: LocalDate,
    people: &mut People,
    mut own: OwnSets,
) -> Result<Periods, Fault> {
    let mut all = shared_periods(q, since).await?;
    let mut groups = with_groups(q, &mut all, people.keys().copied()).await?;
    let orgs = people.values().flat_map(|p| p.orgs.0.iter().map(|(_, o)| *o)).collect();
    with_departments(q, &mut all, orgs).await?;
    let mut locked = locked_spans(q, w, bind, &all, since).await?;
    for p in people.values_mut() {
        let facts = PeriodFacts {
            hired: p.employment.hired,
            own: own.remove(&p.id).unwrap_or_default(),
            groups: groups.remove(&p.id).unwrap_or_default(),
            orgs: p.orgs.0.clone(),
            locked: locked.remove(&p.id).unwrap_or_default(),
        };
        p.periods = all.line(facts);
    }
    Ok(all)
}
