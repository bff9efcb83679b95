//! Period summaries: sums of day results per person and attendance period, in the transaction that changed
//! the days. Days that were just computed are summed from memory; the others of the period are read.

use std::collections::{BTreeMap, HashMap};

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{DateSpan, EmploymentKind, LocalDate, OrgId, PersonId, PositionId};

use super::detail::{Detail, LeaveDetail, Text};
use super::gather::{Inputs, Person};
use super::read::{Named, SummaryRow};
use super::row::{Computed, NUMBERS, Numbers};
use super::settle::Outcome;
use crate::base::{Cells, ColumnKind as K, Fault, Layout, Query, Sheet, Tx, json_rows};
use crate::calendars::PersonPeriod;

#[derive(FromQueryResult)]
struct DayRow {
    person_id: PersonId,
    period_set_id: i64,
    period: String,
    work_date: LocalDate,
    org_id: Option<OrgId>,
    position_id: Option<PositionId>,
    employment_kind: Option<EmploymentKind>,
    state: String,
    #[sea_orm(nested)]
    numbers: Numbers,
    exceptions: i32,
    detail: Option<String>,
}

/// A period of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    person: PersonId,
    set: i64,
    period: String,
    /// First and last date of the stretches.
    from: LocalDate,
    to: LocalDate,
    /// In the order of dates.
    stretches: Vec<(LocalDate, LocalDate)>,
}

impl Key {
    fn holds(&self, date: LocalDate) -> bool {
        self.stretches.iter().any(|(from, to)| *from <= date && date <= *to)
    }
}

/// What no column of a summary holds: late and early by code, leave by type.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SummaryDetail<'a> {
    #[serde(borrow, default, skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<Text<'a>, i32>,
    #[serde(borrow, default, skip_serializing_if = "BTreeMap::is_empty")]
    pub early: BTreeMap<Text<'a>, i32>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub leave: Vec<LeaveDetail<'a>>,
}

pub static PERIOD_SUMMARY: Layout = Layout {
    table: "period_summary",
    key: 3,
    columns: &[
        ("person_id", K::Bigint),
        ("period_set_id", K::Bigint),
        ("period", K::Text),
        ("from_date", K::Date),
        ("to_date", K::Date),
        ("org_id", K::Bigint),
        ("position_id", K::Bigint),
        ("employment_kind", K::Text),
        ("days", K::Int),
        ("final_days", K::Int),
        ("work_days", K::Int),
        ("due_tenths", K::Bigint),
        ("actual_tenths", K::Bigint),
        ("regular_minutes", K::Bigint),
        ("late_tenths", K::Bigint),
        ("late_count", K::Int),
        ("early_tenths", K::Bigint),
        ("early_count", K::Int),
        ("absence_tenths", K::Bigint),
        ("absence_days_hundredths", K::Int),
        ("shortfall_minutes", K::Int),
        ("weekday_overtime_minutes", K::Int),
        ("rest_overtime_minutes", K::Int),
        ("holiday_overtime_minutes", K::Int),
        ("unconfirmed_minutes", K::Int),
        ("presence_minutes", K::Int),
        ("night_minutes", K::Int),
        ("leave_minutes", K::Int),
        ("open_exceptions", K::Int),
        ("detail", K::Json),
    ],
};

/// Recomputes the summaries of every period that the changed dates lie in.
pub async fn summarise(
    tx: &Tx,
    inputs: &Inputs,
    outcomes: &[Outcome<'_>],
    changed: &[(PersonId, DateSpan)],
) -> Result<(), Fault> {
    let keys = keys(inputs, changed).len();
    let mut sheet = Sheet::new(tx.dialect(), &PERIOD_SUMMARY, keys);
    sums(tx, inputs, outcomes, changed, |write| sheet.row(|cells| write(cells))).await?;
    sheet.upsert(tx).await
}

/// Gives the row of every period that the dates lie in, from days that were just computed and stored ones.
pub async fn sums(
    tx: &Tx,
    inputs: &Inputs,
    outcomes: &[Outcome<'_>],
    changed: &[(PersonId, DateSpan)],
    mut put: impl FnMut(&dyn Fn(&mut dyn Cells)),
) -> Result<(), Fault> {
    let keys = keys(inputs, changed);
    if keys.is_empty() {
        return Ok(());
    }
    let mut computed: HashMap<PersonId, Vec<&Outcome<'_>>> = HashMap::new();
    for o in outcomes {
        computed.entry(o.person.id).or_default().push(o);
    }
    let of = |k: &Key| computed.get(&k.person).map(Vec::as_slice).unwrap_or_default();
    let wanted: Vec<Value> = keys.iter().flat_map(|k| missing(k, of(k))).collect();
    let rows = stored(tx, wanted).await?;
    // Periods of two sets can have one name.
    let mut read: HashMap<(PersonId, i64, &str), Vec<&DayRow>> = HashMap::new();
    for r in &rows {
        read.entry((r.person_id, r.period_set_id, r.period.as_str())).or_default().push(r);
    }
    for k in &keys {
        let mut sum = Sum::default();
        let results = of(k).iter().flat_map(|o| &o.results);
        for c in results.filter(|c| k.holds(c.date)) {
            sum.computed(c);
        }
        for r in read.get(&(k.person, k.set, k.period.as_str())).into_iter().flatten() {
            let place = Place(r.org_id, r.position_id, r.employment_kind);
            sum.add(r.work_date, place, r.state == "final", &r.numbers.0, r.exceptions);
            sum.count(Detail::read(r.detail.as_deref())?);
        }
        let detail = serde_json::to_string(&sum.detail())?;
        put(&|cells| sum.write(k, &detail, cells));
    }
    Ok(())
}

fn keys(inputs: &Inputs, changed: &[(PersonId, DateSpan)]) -> Vec<Key> {
    let people: HashMap<PersonId, &Person> = inputs.people.iter().map(|p| (p.id, p)).collect();
    let mut keys = BTreeMap::new();
    for (id, span) in changed {
        let Some(person) = people.get(id) else { continue };
        let mut date = span.from;
        let last = span.to.unwrap_or(span.from);
        while date <= last {
            let p = inputs.period(person, date);
            let period = p.label.to_string();
            // What was locked keeps the sums it was locked with.
            if !p.locked() {
                let stretches = inputs.stretches(person, &p);
                let from = stretches.first().map_or(p.from, |s| s.0);
                let to = stretches.last().map_or(p.to, |s| s.1);
                let key = Key { person: *id, set: p.set.0, period, from, to, stretches };
                keys.insert(key, ());
            }
            date = p.to.plus(1);
        }
    }
    keys.into_keys().collect()
}

/// Dates of a period that were not computed just now, as rows of a query.
fn missing(key: &Key, outcomes: &[&Outcome<'_>]) -> Vec<Value> {
    let mut spans: Vec<(LocalDate, LocalDate)> = outcomes.iter().map(|o| (o.from, o.to)).collect();
    spans.sort_unstable();
    let mut gaps = Vec::new();
    for (begin, end) in &key.stretches {
        let mut next = *begin;
        for (from, to) in &spans {
            if *from > next {
                gaps.push((next, from.plus(-1).min(*end)));
            }
            next = next.max(to.plus(1));
        }
        gaps.push((next, *end));
    }
    gaps.into_iter()
        .filter(|(from, to)| from <= to)
        .map(|(from, to)| {
            json!({ "person_id": key.person.0, "period_set_id": key.set, "period": key.period,
                    "from_date": from, "to_date": to })
        })
        .collect()
}

async fn stored(tx: &Tx, wanted: Vec<Value>) -> Result<Vec<DayRow>, Fault> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let columns = [
        ("person_id", K::Bigint),
        ("period_set_id", K::Bigint),
        ("period", K::Text),
        ("from_date", K::Date),
        ("to_date", K::Date),
    ];
    let table = json_rows(tx.dialect(), "k", 1, &columns);
    tx.rows(
        &format!(
            "SELECT d.*, k.period_set_id, k.period FROM {table} JOIN day_result d ON d.person_id = k.person_id \
               AND d.work_date BETWEEN k.from_date AND k.to_date"
        ),
        vec![Value::Array(wanted).to_string().into()],
    )
    .await
}

/// What a person is on a date.
#[derive(Clone, Copy, Default)]
struct Place(Option<OrgId>, Option<PositionId>, Option<EmploymentKind>);

/// A summary in the making. The order in which days are added does not matter.
#[derive(Default)]
struct Sum<'a> {
    days: i32,
    finals: i32,
    work_days: i32,
    exceptions: i32,
    numbers: [i64; NUMBERS.len()],
    last: Option<(LocalDate, Place)>,
    late: BTreeMap<Text<'a>, i32>,
    early: BTreeMap<Text<'a>, i32>,
    leave: BTreeMap<Text<'a>, (i32, i32)>,
}

impl<'a> Sum<'a> {
    fn computed(&mut self, c: &'a Computed) {
        let exceptions = i32::try_from(c.result.exceptions.len()).unwrap_or(i32::MAX);
        let place = Place(c.org, c.position, c.kind);
        self.add(c.date, place, c.is_final(), &c.numbers(), exceptions);
        self.count(Detail::of(&c.result, c.date));
    }

    fn add(
        &mut self,
        date: LocalDate,
        place: Place,
        is_final: bool,
        numbers: &[i32; NUMBERS.len()],
        exceptions: i32,
    ) {
        self.days += 1;
        self.finals += i32::from(is_final);
        self.work_days += i32::from(numbers.first().is_some_and(|due| *due > 0));
        self.exceptions += exceptions;
        for (sum, n) in self.numbers.iter_mut().zip(numbers) {
            *sum += i64::from(*n);
        }
        if self.last.is_none_or(|(d, _)| d < date) {
            self.last = Some((date, place));
        }
    }

    /// Of the last date.
    fn place(&self) -> Place {
        self.last.map(|(_, place)| place).unwrap_or_default()
    }

    fn count(&mut self, detail: Detail<'a>) {
        for (code, n) in detail.late.counts {
            *self.late.entry(code).or_default() += n;
        }
        for (code, n) in detail.early.counts {
            *self.early.entry(code).or_default() += n;
        }
        for LeaveDetail(kind, minutes, days) in detail.leave {
            let total = self.leave.entry(kind).or_default();
            *total = (total.0 + minutes, total.1 + days);
        }
    }

    fn detail(&self) -> SummaryDetail<'_> {
        SummaryDetail {
            late: self.late.clone(),
            early: self.early.clone(),
            leave: self.leave.iter().map(|(k, (m, d))| LeaveDetail(k.clone(), *m, *d)).collect(),
        }
    }

    /// In the order of [`PERIOD_SUMMARY`].
    fn write(&self, key: &Key, detail: &str, cells: &mut dyn Cells) {
        let [
            due,
            actual,
            regular,
            late,
            _late_raw,
            late_count,
            early,
            _early_raw,
            early_count,
            absence,
            rest @ ..,
        ] = self.numbers;
        let int = |n: i64| Some(i32::try_from(n).unwrap_or(i32::MAX));
        cells.big(Some(key.person.0));
        cells.big(Some(key.set));
        cells.text(Some(&key.period));
        cells.date(key.from);
        cells.date(key.to);
        let Place(org, position, kind) = self.place();
        cells.big(org.map(|o| o.0));
        cells.big(position.map(|p| p.0));
        cells.text(kind.map(EmploymentKind::as_str));
        cells.int(Some(self.days));
        cells.int(Some(self.finals));
        cells.int(Some(self.work_days));
        for n in [due, actual, regular, late] {
            cells.big(Some(n));
        }
        cells.int(int(late_count));
        cells.big(Some(early));
        cells.int(int(early_count));
        cells.big(Some(absence));
        for n in rest {
            cells.int(int(n));
        }
        cells.int(Some(self.exceptions));
        cells.text(Some(detail));
    }
}

/// The summary of days that were computed for an answer.
pub fn summary_of(
    person: PersonId,
    named: Named,
    period: &PersonPeriod,
    computed: &[Computed],
) -> Result<SummaryRow, Fault> {
    let mut sum = Sum::default();
    for c in computed {
        sum.computed(c);
    }
    let detail = serde_json::to_string(&sum.detail())?;
    let Place(org_id, position_id, employment_kind) = sum.place();
    let [
        due_tenths,
        actual_tenths,
        regular_minutes,
        late_tenths,
        _late_raw,
        late_count,
        early_tenths,
        _early_raw,
        early_count,
        absence_tenths,
        rest @ ..,
    ] = sum.numbers;
    let int = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    let [days, shortfall, weekday, rest, holiday, unconfirmed, presence, night, leave] =
        rest.map(int);
    Ok(SummaryRow {
        person_id: person,
        number: named.number,
        name: named.name,
        period: period.label.to_string(),
        from_date: period.from,
        to_date: period.to,
        org_id,
        position_id,
        employment_kind,
        days: sum.days,
        final_days: sum.finals,
        work_days: sum.work_days,
        due_tenths,
        actual_tenths,
        regular_minutes,
        late_tenths,
        late_count: int(late_count),
        early_tenths,
        early_count: int(early_count),
        absence_tenths,
        absence_days_hundredths: days,
        shortfall_minutes: shortfall,
        weekday_overtime_minutes: weekday,
        rest_overtime_minutes: rest,
        holiday_overtime_minutes: holiday,
        unconfirmed_minutes: unconfirmed,
        presence_minutes: presence,
        night_minutes: night,
        leave_minutes: leave,
        open_exceptions: sum.exceptions,
        detail,
        period_state: None,
    })
}
