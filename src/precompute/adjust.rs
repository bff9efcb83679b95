//! Late facts about locked dates: nothing that is locked changes; what today's facts would give instead is
//! evaluated as a shadow, and the difference is posted to an open period (DD-20).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{FromQueryResult, QueryResult};
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::compute::Days;
use super::gather::{Inputs, Person};
use super::row::{Computed, NUMBERS};
use super::settle::Outcome;
use crate::base::failpoint::{Sabotage, sabotaged};
use crate::base::{ColumnKind, Dialect, Fault, Query, Tx, json_rows};
use crate::calendars::{PeriodState, PersonPeriod};
use crate::dirty::Taken;

/// Why dates of people are computed: the marks of a drain.
#[derive(Debug, Default)]
pub struct Causes(HashMap<PersonId, Vec<(DateSpan, String)>>);

/// Causes of marks that can move a person to other periods.
const CUTTING: [&str; 3] = ["period_set", "org", "employment"];

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

    /// Dates that may have moved to other periods, up to `last`.
    pub fn cutting(&self, last: LocalDate) -> Vec<(PersonId, DateSpan)> {
        let cuts = |c: &str| CUTTING.contains(&c);
        let marks = self.0.iter().flat_map(|(p, all)| all.iter().map(move |(s, c)| (*p, s, c)));
        marks
            .filter(|(_, s, c)| cuts(c) && s.from <= last)
            .map(|(p, s, _)| (p, DateSpan::new(s.from, s.to.unwrap_or(last).min(last))))
            .collect()
    }
}

/// Results of open dates, and shadows of locked ones.
#[derive(Default)]
pub struct Parted<'i> {
    pub open: Vec<Outcome<'i>>,
    pub locked: Vec<Outcome<'i>>,
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
        for (from, to, locked) in stretches(inputs, person, d.from, d.to, ends) {
            let mut own = Vec::new();
            while let Some(c) = results.next_if(|c| c.date <= to) {
                own.push(c);
            }
            let outcome = Outcome { person, from, to, results: own };
            if locked { parted.locked.push(outcome) } else { parted.open.push(outcome) }
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
) -> Vec<(LocalDate, LocalDate, bool)> {
    let Some((first, last)) = ends.filter(|(a, b)| *a <= to && from <= *b) else {
        return vec![(from, to, false)];
    };
    let mut out: Vec<(LocalDate, LocalDate, bool)> = Vec::new();
    let mut push = |a: LocalDate, b: LocalDate, locked: bool| match out.last_mut() {
        Some(o) if o.2 == locked => o.1 = b,
        _ if a <= b => out.push((a, b, locked)),
        _ => {}
    };
    push(from, first.plus(-1).min(to), false);
    let mut date = from.max(first);
    while date <= last.min(to) {
        let p = inputs.period(person, date);
        let end = p.to.min(last).min(to);
        push(date, end, p.locked());
        date = end.plus(1);
    }
    if date <= to {
        push(date, to, false);
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
    let held = held.filter(|k| k.period.to >= from || !parted.locked.is_empty());
    let ids: Vec<Value> = held.map(|k| json!({ "id": k.id.0 })).collect();
    if ids.is_empty() {
        return Ok(());
    }
    // One that was changed since the snapshot fails as a serialization fault.
    let table = json_rows(tx.dialect(), "k", 1, &[("id", ColumnKind::Bigint)]);
    tx.run(
        &format!(
            "SELECT p.id FROM attendance_period p WHERE p.id IN (SELECT k.id FROM {table}) \
             ORDER BY p.id FOR SHARE"
        ),
        vec![Value::Array(ids).to_string().into()],
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

/// Numbers of a stored result, in the order of [`NUMBERS`].
struct Frozen {
    person: PersonId,
    date: LocalDate,
    numbers: [i32; NUMBERS.len()],
}

impl FromQueryResult for Frozen {
    fn from_query_result(r: &QueryResult, pre: &str) -> Result<Self, sea_orm::DbErr> {
        let mut numbers = [0; NUMBERS.len()];
        for (n, name) in numbers.iter_mut().zip(NUMBERS) {
            *n = r.try_get(pre, name)?;
        }
        let (person, date) = (r.try_get(pre, "person_id")?, r.try_get(pre, "work_date")?);
        Ok(Self { person, date, numbers })
    }
}

type Place = (PersonId, LocalDate);

/// Posts what the shadows differ from the frozen results and from what is posted to locked periods already.
/// Lines of open periods are replaced. Returns the periods whose lines changed, as a date of each.
pub async fn adjust(
    tx: &Tx,
    inputs: &Inputs,
    shadows: &[Outcome<'_>],
    causes: &Causes,
    at: Instant,
) -> Result<Vec<(PersonId, DateSpan)>, Fault> {
    if shadows.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines: BTreeMap<Place, Vec<LineRow>> = BTreeMap::new();
    for r in stored_lines(tx, shadows).await? {
        lines.entry((r.person_id, r.work_date)).or_default().push(r);
    }
    let mut places: BTreeMap<Place, (&Person, Option<&Computed>)> = BTreeMap::new();
    for o in shadows {
        places.extend(differing(o, &lines));
    }
    let mut frozen: HashMap<Place, [i32; NUMBERS.len()]> = HashMap::new();
    if !places.is_empty() {
        let found = frozen_numbers(tx, places.keys()).await?;
        frozen.extend(found.into_iter().map(|f| ((f.person, f.date), f.numbers)));
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

/// Dates of a locked stretch that differ from what is stored or have lines. A shadow that is not final yet
/// is left alone: the clock comes back to it.
fn differing<'o>(
    o: &'o Outcome<'_>,
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
            (Some(c), Some(s)) => c.hash() == s.hash,
            _ => false,
        };
        let open = shadow.is_some_and(|c| !c.is_final());
        if !open && (!same || lines.contains_key(&(id, date))) {
            out.insert((id, date), (o.person, shadow));
        }
    }
    out
}

async fn stored_lines(tx: &Tx, shadows: &[Outcome<'_>]) -> Result<Vec<LineRow>, Fault> {
    let rows: Vec<Value> = shadows
        .iter()
        .map(|o| json!({ "person_id": o.person.id.0, "from_date": o.from, "to_date": o.to }))
        .collect();
    let table = json_rows(
        tx.dialect(),
        "w",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("from_date", ColumnKind::Date),
            ("to_date", ColumnKind::Date),
        ],
    );
    tx.rows(
        &format!(
            "SELECT a.person_id, a.work_date, a.item, a.period_set_id, a.period, a.delta, a.cause, \
               CASE WHEN p.state = 'locked' THEN 1 ELSE 0 END AS locked \
             FROM {table} JOIN adjustment a ON a.person_id = w.person_id \
               AND a.work_date BETWEEN w.from_date AND w.to_date \
             LEFT JOIN attendance_period p \
               ON p.period_set_id = a.period_set_id AND p.period = a.period"
        ),
        vec![Value::Array(rows).to_string().into()],
    )
    .await
}

async fn frozen_numbers(
    tx: &Tx,
    places: impl Iterator<Item = &Place>,
) -> Result<Vec<Frozen>, Fault> {
    let rows: Vec<Value> =
        places.map(|(p, d)| json!({ "person_id": p.0, "work_date": d })).collect();
    let table = json_rows(
        tx.dialect(),
        "k",
        1,
        &[("person_id", ColumnKind::Bigint), ("work_date", ColumnKind::Date)],
    );
    let numbers = NUMBERS.map(|n| format!("d.{n}")).join(", ");
    tx.rows(
        &format!(
            "SELECT d.person_id, d.work_date, {numbers} FROM {table} JOIN day_result d \
               ON d.person_id = k.person_id AND d.work_date = k.work_date"
        ),
        vec![Value::Array(rows).to_string().into()],
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

/// Lines to be removed and written.
#[derive(Default)]
struct Change {
    gone: Vec<Value>,
    rows: Vec<Value>,
    touched: BTreeSet<(PersonId, LocalDate)>,
}

impl Change {
    fn add(&mut self, inputs: &Inputs, t: &Target<'_>, own: &[LineRow], causes: &BTreeSet<&str>) {
        let (id, date) = t.place;
        let origin = inputs.period(t.person, date);
        let post = inputs.periods.posting(&t.person.periods, date);
        let target = post.label.to_string();
        let here = |l: &LineRow| l.period_set_id == post.set.0 && l.period == target;
        for ((item, shadow), frozen) in NUMBERS.iter().zip(t.shadow).zip(t.frozen) {
            let lines = || own.iter().filter(|l| l.item == **item);
            let locked: i32 = lines().filter(|l| l.locked == 1).map(|l| l.delta).sum();
            let delta = shadow - frozen - locked;
            let mut causes = causes.clone();
            let mut standing = false;
            for l in lines().filter(|l| l.locked == 0) {
                standing |= here(l) && l.delta == delta && !sabotaged(Sabotage::PostLateLinesTwice);
                causes.extend(l.cause.split(','));
                if !here(l) || delta == 0 {
                    self.remove(l);
                    self.touched.insert((id, post.from));
                }
            }
            if delta != 0 && !standing {
                let cause = causes.into_iter().collect::<Vec<_>>().join(",");
                self.rows.push(line(t.place, item, &post, &origin, delta, &cause));
                self.touched.insert((id, post.from));
            }
        }
    }

    fn remove(&mut self, l: &LineRow) {
        self.gone.push(json!({ "person_id": l.person_id.0, "work_date": l.work_date,
            "item": l.item, "period_set_id": l.period_set_id, "period": l.period }));
    }

    async fn write(self, tx: &Tx, at: Instant) -> Result<Vec<(PersonId, DateSpan)>, Fault> {
        let mut columns = vec![
            ("person_id", ColumnKind::Bigint),
            ("work_date", ColumnKind::Date),
            ("item", ColumnKind::Text),
            ("period_set_id", ColumnKind::Bigint),
            ("period", ColumnKind::Text),
        ];
        if !self.gone.is_empty() {
            let table = json_rows(tx.dialect(), "g", 1, &columns);
            tx.run(
                &format!(
                    "DELETE FROM adjustment \
                     WHERE (person_id, work_date, item, period_set_id, period) IN \
                       (SELECT g.person_id, g.work_date, g.item, g.period_set_id, g.period \
                        FROM {table})"
                ),
                vec![Value::Array(self.gone).to_string().into()],
            )
            .await?;
        }
        if !self.rows.is_empty() {
            columns.extend([
                ("origin_set_id", ColumnKind::Bigint),
                ("origin_period", ColumnKind::Text),
                ("delta", ColumnKind::Int),
                ("cause", ColumnKind::Text),
            ]);
            let table = json_rows(tx.dialect(), "r", 1, &columns);
            let names: Vec<&str> = columns.iter().map(|(n, _)| *n).collect();
            let own: Vec<String> = names.iter().map(|n| format!("r.{n}")).collect();
            let kept =
                if sabotaged(Sabotage::PostLateLinesTwice) { "adjustment.delta + " } else { "" };
            tx.run(
                &format!(
                    "INSERT INTO adjustment ({}, at) SELECT {}, $2 FROM {table} WHERE true \
                     ON CONFLICT (person_id, work_date, item, period_set_id, period) DO UPDATE \
                     SET delta = {kept}excluded.delta, cause = excluded.cause, at = excluded.at",
                    names.join(", "),
                    own.join(", ")
                ),
                vec![Value::Array(self.rows).to_string().into(), at.into()],
            )
            .await?;
        }
        Ok(self.touched.into_iter().map(|(p, d)| (p, DateSpan::day(d))).collect())
    }
}

fn line(
    place: Place,
    item: &str,
    post: &PersonPeriod,
    origin: &PersonPeriod,
    delta: i32,
    cause: &str,
) -> Value {
    json!({
        "person_id": place.0.0, "work_date": place.1, "item": item,
        "period_set_id": post.set.0, "period": post.label.to_string(),
        "origin_set_id": origin.set.0, "origin_period": origin.label.to_string(),
        "delta": delta, "cause": cause,
    })
}
