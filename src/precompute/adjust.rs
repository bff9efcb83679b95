//! Late facts about locked dates: nothing that is locked changes; what today's facts would give instead is
//! evaluated as a shadow, and the difference is posted to an open period (DD-20).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::compute::Days;
use super::gather::{Inputs, Person};
use super::row::{Computed, NUMBERS, Numbers};
use super::settle::Outcome;
use crate::base::failpoint::{Sabotage, sabotaged};
use crate::base::{
    ColumnKind as K, Dialect, Fault, Layout, Query, Sheet, Tx, id_rows, id_value, span_rows,
    span_values,
};
use crate::calendars::{PeriodState, PersonPeriod};
use crate::dirty::Taken;

/// Why dates of people are computed: the marks of a drain.
#[derive(Debug, Default)]
pub struct Causes(HashMap<PersonId, Vec<(DateSpan, String)>>);

/// Causes of marks that can move a person to other periods.
const CUTTING: [&str; 6] =
    ["period_set", "org", "employment", "position", "employment_kind", "dimension"];

impl Causes {
    pub fn add(&mut self, mark: &Taken) {
        self.0.entry(mark.person).or_default().push((mark.span, mark.cause.clone()));
    }

    /// Distinct causes of a date, without the clock where there is another; of all marks of the person if
    /// none covers the date.
    fn of(&self, person: PersonId, date: LocalDate) -> BTreeSet<&str> {
        let all = self.0.get(&person).map(Vec::as_slice).unwrap_or_default();
        let covers = |s: &DateSpan| s.from <= date && s.to.is_none_or(|t| date <= t);
        let mut found: BTreeSet<&str> =
            all.iter().filter(|(s, _)| covers(s)).map(|(_, c)| c.as_str()).collect();
        if found.is_empty() {
            found = all.iter().map(|(_, c)| c.as_str()).collect();
        }
        if found.len() > 1 {
            found.remove("clock");
        }
        found
    }

    /// Dates that may have moved to other periods, up to `last`: another set moves the date from which the next one
    /// counts, and so on, so that the end of a mark says nothing.
    pub fn cutting(&self, last: LocalDate) -> Vec<(PersonId, DateSpan)> {
        let cuts = |c: &str| CUTTING.contains(&c);
        let marks = self.0.iter().flat_map(|(p, all)| all.iter().map(move |(s, c)| (*p, s, c)));
        marks
            .filter(|(_, s, c)| cuts(c) && s.from <= last)
            .map(|(p, s, _)| (p, DateSpan::new(s.from, last)))
            .collect()
    }
}

/// Results of open dates, and shadows of locked ones.
#[derive(Default)]
pub struct Parted<'i> {
    pub open: Vec<Outcome<'i>>,
    pub locked: Vec<Outcome<'i>>,
    /// Shadows of locked dates on which the person had no part: all of them is adjusted.
    pub foreign: Vec<Outcome<'i>>,
}

/// How a stretch of dates stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    Open,
    Locked,
    Foreign,
}

impl Stretch {
    const fn of(p: &PersonPeriod) -> Self {
        match (p.state, p.archived) {
            (PeriodState::Locked, true) => Self::Locked,
            (PeriodState::Locked, false) => Self::Foreign,
            (PeriodState::Open | PeriodState::Closing, _) => Self::Open,
        }
    }
}

/// Parts computed days into open and locked stretches.
pub fn part<'i>(inputs: &'i Inputs, days: Vec<Days>) -> Parted<'i> {
    let people: HashMap<PersonId, &Person> = inputs.people.iter().map(|p| (p.id, p)).collect();
    let known = inputs.periods.known.values().filter(|k| k.state == PeriodState::Locked);
    let ends =
        known.map(|k| (k.period.from, k.period.to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let mut parted = Parted::default();
    for d in days {
        let Some(person) = people.get(&d.person).copied() else { continue };
        let mut results = d.results.into_iter().peekable();
        for (from, to, kind) in stretches(inputs, person, d.from, d.to, ends) {
            let mut own = Vec::new();
            while let Some(c) = results.next_if(|c| c.date <= to) {
                own.push(c);
            }
            let outcome = Outcome { person, from, to, results: own };
            match kind {
                Stretch::Open => parted.open.push(outcome),
                Stretch::Locked => parted.locked.push(outcome),
                Stretch::Foreign => {
                    // What was computed when the dates lay in another period goes.
                    if person.stored.range(from..=to).next().is_some() {
                        parted.open.push(Outcome { person, from, to, results: Vec::new() });
                    }
                    parted.foreign.push(outcome);
                }
            }
        }
    }
    parted
}

/// `from` to `to` cut where dates begin or cease to be locked. Only between `ends` anything is locked.
fn stretches(
    inputs: &Inputs,
    person: &Person,
    from: LocalDate,
    to: LocalDate,
    ends: Option<(LocalDate, LocalDate)>,
) -> Vec<(LocalDate, LocalDate, Stretch)> {
    let near = ends.filter(|(a, b)| *a <= to && from <= *b && !sabotaged(Sabotage::EditLocked));
    let Some((first, last)) = near else {
        return vec![(from, to, Stretch::Open)];
    };
    let mut out: Vec<(LocalDate, LocalDate, Stretch)> = Vec::new();
    let mut push = |a: LocalDate, b: LocalDate, kind: Stretch| match out.last_mut() {
        Some(o) if o.2 == kind => o.1 = b,
        _ if a <= b => out.push((a, b, kind)),
        _ => {}
    };
    push(from, first.plus(-1).min(to), Stretch::Open);
    let mut date = from.max(first);
    while date <= last.min(to) {
        let p = inputs.period(person, date);
        let end = p.to.min(last).min(to);
        push(date, end, Stretch::of(&p));
        date = end.plus(1);
    }
    if date <= to {
        push(date, to, Stretch::Open);
    }
    out
}

/// Makes sure that the states of periods are still those that were read, and stay so until the transaction
/// ends. A fault that asks to start over if not.
pub async fn hold_states(tx: &Tx, inputs: &Inputs, parted: &Parted<'_>) -> Result<(), Fault> {
    let all = parted.open.iter().chain(&parted.locked);
    let ends = all.map(|o| (o.from, o.to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((from, to)) = ends else { return Ok(()) };
    if tx.dialect() == Dialect::Sqlite {
        return unchanged(tx, inputs).await;
    }
    let held = inputs.periods.known.values().filter(|k| k.period.from <= to);
    // Adjustments are posted to later periods too.
    let posts = !parted.locked.is_empty() || !parted.foreign.is_empty();
    let held = held.filter(|k| k.period.to >= from || posts);
    let ids: Vec<i64> = held.map(|k| k.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    // One that was changed since the snapshot fails as a serialization fault.
    tx.run(
        &format!(
            "SELECT p.id FROM attendance_period p WHERE p.id IN (SELECT k.id FROM {}) \
             ORDER BY p.id FOR SHARE",
            id_rows(tx.dialect(), "k", 1)
        ),
        vec![id_value(ids)],
    )
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct StateRow {
    id: i64,
    state: String,
}

async fn unchanged(tx: &Tx, inputs: &Inputs) -> Result<(), Fault> {
    let sql = "SELECT id, state FROM attendance_period WHERE to_date >= $1";
    let rows: Vec<StateRow> = tx.rows(sql, vec![inputs.since.into()]).await?;
    let known: HashMap<i64, PeriodState> =
        inputs.periods.known.values().map(|k| (k.id.0, k.state)).collect();
    let same = |r: &StateRow| known.get(&r.id) == Some(&PeriodState::of(&r.state));
    if rows.len() == known.len() && rows.iter().all(same) {
        Ok(())
    } else {
        Err(Fault::again("the state of a period changed under a drain"))
    }
}

/// A line as it is stored.
#[derive(FromQueryResult)]
struct LineRow {
    person_id: PersonId,
    work_date: LocalDate,
    item: String,
    period_set_id: i64,
    period: String,
    delta: i32,
    cause: String,
    locked: i32,
}

/// What is stored of a locked date.
#[derive(FromQueryResult)]
struct Frozen {
    person_id: PersonId,
    work_date: LocalDate,
    #[sea_orm(nested)]
    numbers: Numbers,
}

type Place = (PersonId, LocalDate);

/// Posts what the shadows differ from the frozen results and from what is posted to locked periods already.
/// Lines of open periods are replaced. Returns the periods whose lines changed, as a date of each.
pub async fn adjust(
    tx: &Tx,
    inputs: &Inputs,
    parted: &Parted<'_>,
    causes: &Causes,
    at: Instant,
) -> Result<Vec<(PersonId, DateSpan)>, Fault> {
    let shadows: Vec<&Outcome<'_>> = parted.locked.iter().chain(&parted.foreign).collect();
    if shadows.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines: BTreeMap<Place, Vec<LineRow>> = BTreeMap::new();
    for r in stored_lines(tx, &shadows).await? {
        lines.entry((r.person_id, r.work_date)).or_default().push(r);
    }
    let mut places: BTreeMap<Place, (&Person, Option<&Computed>)> = BTreeMap::new();
    for o in &parted.locked {
        places.extend(differing(o, true, &lines));
    }
    for o in &parted.foreign {
        places.extend(differing(o, false, &lines));
    }
    let mut frozen: HashMap<Place, [i32; NUMBERS.len()]> = HashMap::new();
    if !places.is_empty() {
        let found = frozen_numbers(tx, places.keys()).await?;
        frozen.extend(found.into_iter().map(|f| ((f.person_id, f.work_date), f.numbers.0)));
    }
    let mut change = Change::default();
    for (place, (person, shadow)) in places {
        let numbers = shadow.map(Computed::numbers).unwrap_or_default();
        let before = frozen.get(&place).copied().unwrap_or_default();
        let own = lines.remove(&place).unwrap_or_default();
        let new = Target { place, person, shadow: numbers, frozen: before };
        change.add(inputs, &new, &own, &causes.of(place.0, place.1));
    }
    change.write(tx, at).await
}

/// Dates of a locked stretch that differ from what is stored, if that counts, or have lines. A shadow that is not
/// final yet is left alone: the clock comes back to it.
fn differing<'o>(
    o: &'o Outcome<'_>,
    stored_counts: bool,
    lines: &BTreeMap<Place, Vec<LineRow>>,
) -> BTreeMap<Place, (&'o Person, Option<&'o Computed>)> {
    let id = o.person.id;
    let shadows: BTreeMap<LocalDate, &Computed> = o.results.iter().map(|c| (c.date, c)).collect();
    let stored = o.person.stored.range(o.from..=o.to).map(|(d, _)| *d);
    let posted = lines.range((id, o.from)..=(id, o.to)).map(|((_, d), _)| *d);
    let dates: BTreeSet<LocalDate> = stored.chain(posted).chain(shadows.keys().copied()).collect();
    let mut out = BTreeMap::new();
    for date in dates {
        let shadow = shadows.get(&date).copied();
        let same = match (shadow, o.person.stored.get(&date)) {
            (Some(c), Some(s)) => stored_counts && c.hash() == s.hash,
            _ => false,
        };
        let open = shadow.is_some_and(|c| !c.is_final());
        if !open && (!same || lines.contains_key(&(id, date))) {
            out.insert((id, date), (o.person, shadow));
        }
    }
    out
}

async fn stored_lines(tx: &Tx, shadows: &[&Outcome<'_>]) -> Result<Vec<LineRow>, Fault> {
    let spans: Vec<(PersonId, DateSpan)> =
        shadows.iter().map(|o| (o.person.id, DateSpan::new(o.from, o.to))).collect();
    tx.rows(
        &format!(
            "SELECT a.person_id, a.work_date, a.item, a.period_set_id, a.period, a.delta, a.cause, \
               CASE WHEN p.state = 'locked' THEN 1 ELSE 0 END AS locked \
             FROM {} JOIN adjustment a ON a.person_id = w.person_id \
               AND a.work_date BETWEEN w.from_date AND w.to_date \
             LEFT JOIN attendance_period p \
               ON p.period_set_id = a.period_set_id AND p.period = a.period",
            span_rows(tx.dialect())
        ),
        span_values(tx.dialect(), &spans),
    )
    .await
}

async fn frozen_numbers(
    tx: &Tx,
    places: impl Iterator<Item = &Place>,
) -> Result<Vec<Frozen>, Fault> {
    let days: Vec<(PersonId, DateSpan)> = places.map(|(p, d)| (*p, DateSpan::day(*d))).collect();
    let numbers = NUMBERS.map(|n| format!("d.{n}")).join(", ");
    tx.rows(
        &format!(
            "SELECT d.person_id, d.work_date, {numbers} FROM {} JOIN day_result d \
               ON d.person_id = w.person_id AND d.work_date = w.from_date",
            span_rows(tx.dialect())
        ),
        span_values(tx.dialect(), &days),
    )
    .await
}

/// What the lines of a date must add up to.
struct Target<'i> {
    place: Place,
    person: &'i Person,
    shadow: [i32; NUMBERS.len()],
    frozen: [i32; NUMBERS.len()],
}

static ADJUSTMENT: Layout = Layout {
    table: "adjustment",
    key: 5,
    columns: &[
        ("person_id", K::Bigint),
        ("work_date", K::Date),
        ("item", K::Text),
        ("period_set_id", K::Bigint),
        ("period", K::Text),
        ("origin_set_id", K::Bigint),
        ("origin_period", K::Text),
        ("delta", K::Int),
        ("cause", K::Text),
        ("at", K::Bigint),
    ],
};

/// A line to be written.
struct Line {
    place: Place,
    item: &'static str,
    post: (i64, String),
    origin: (i64, String),
    delta: i32,
    cause: String,
}

/// Lines to be removed and written.
#[derive(Default)]
struct Change {
    gone: Vec<Value>,
    lines: Vec<Line>,
    touched: BTreeSet<(PersonId, LocalDate)>,
}

impl Change {
    fn add(&mut self, inputs: &Inputs, t: &Target<'_>, own: &[LineRow], causes: &BTreeSet<&str>) {
        let (id, date) = t.place;
        let origin = inputs.period(t.person, date);
        let post = inputs.periods.posting(&t.person.periods, date);
        let name = |p: &PersonPeriod| (p.set.0, p.label.to_string());
        let target = name(&post);
        let here = |l: &LineRow| l.period_set_id == target.0 && l.period == target.1;
        for ((item, shadow), frozen) in NUMBERS.into_iter().zip(t.shadow).zip(t.frozen) {
            let lines = || own.iter().filter(|l| l.item == item);
            let locked: i32 = lines().filter(|l| l.locked == 1).map(|l| l.delta).sum();
            let mut delta = shadow - frozen - locked;
            if sabotaged(Sabotage::PostLateLinesTwice) {
                delta += lines().filter(|l| l.locked == 0).map(|l| l.delta).sum::<i32>();
            }
            let mut causes = causes.clone();
            let mut standing = false;
            for l in lines().filter(|l| l.locked == 0) {
                standing |= here(l) && l.delta == delta;
                causes.extend(l.cause.split(','));
                if !here(l) || delta == 0 {
                    self.remove(l);
                    self.touched.insert((id, post.from));
                }
            }
            if delta != 0 && !standing {
                let cause = causes.into_iter().collect::<Vec<_>>().join(",");
                self.touched.insert((id, post.from));
                let (post, origin) = (target.clone(), name(&origin));
                self.lines.push(Line { place: t.place, item, post, origin, delta, cause });
            }
        }
    }

    fn remove(&mut self, l: &LineRow) {
        self.gone.push(json!({ "person_id": l.person_id.0, "work_date": l.work_date,
            "item": l.item, "period_set_id": l.period_set_id, "period": l.period }));
    }

    async fn write(self, tx: &Tx, at: Instant) -> Result<Vec<(PersonId, DateSpan)>, Fault> {
        ADJUSTMENT.delete(tx, self.gone).await?;
        let mut sheet = Sheet::new(tx.dialect(), &ADJUSTMENT, self.lines.len());
        for l in &self.lines {
            sheet.row(|cells| {
                cells.big(Some(l.place.0.0));
                cells.date(l.place.1);
                cells.text(Some(l.item));
                cells.big(Some(l.post.0));
                cells.text(Some(&l.post.1));
                cells.big(Some(l.origin.0));
                cells.text(Some(&l.origin.1));
                cells.int(Some(l.delta));
                cells.text(Some(&l.cause));
                cells.big(Some(at.millis()));
            });
        }
        sheet.upsert(tx).await?;
        Ok(self.touched.into_iter().map(|(p, d)| (p, DateSpan::day(d))).collect())
    }
}
