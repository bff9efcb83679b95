use std::collections::{BTreeMap, HashMap, HashSet};

use engine::Evaluator;
use serde::Serialize;
use vocabulary::{DateSpan, LocalDate, PersonId, RuleId};

use super::MAX_LISTED;
use super::expect;
use super::locked::Archived;
use super::stored::{self, ExceptionKey, Texts};
use crate::base::{App, Fault, Layout, Tx};
use crate::precompute::compute::{evaluated, forgiving, widen};
use crate::precompute::gather::{AFTER, BEFORE, Inputs, Person, Wanted, gather};
use crate::precompute::row::{Computed, DAY_RESULT};
use crate::precompute::summary::{self, PERIOD_SUMMARY};

/// Differing columns that are named of a row.
const MAX_ITEMS: usize = 8;

/// Columns that are no content.
const TIMES: [&str; 1] = ["computed_at"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    DayMissing,
    DaySuperfluous,
    DayDiffers,
    /// A locked day that this engine evaluates otherwise than the one that computed it. Stays as it is.
    EngineDiffers,
    /// Adjustments of a locked day that are not what today's facts give.
    AdjustmentDiffers,
    ExceptionMissing,
    ExceptionSuperfluous,
    ExceptionDiffers,
    SummaryMissing,
    SummarySuperfluous,
    SummaryDiffers,
}

/// A column that is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    pub item: String,
    pub stored: Option<String>,
    pub computed: Option<String>,
}

/// Something stored that is not what the facts give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    pub what: What,
    pub person_id: PersonId,
    /// Of a summary the first date of its period.
    pub date: LocalDate,
    /// Of a summary the last date of its period.
    pub to: LocalDate,
    /// Lies in a locked period: reported, never written.
    pub locked: bool,
    /// Period of a summary, code of an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Set of a summary, anchor of an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_hash: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed_hash: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

/// What a check has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub people: usize,
    pub days: usize,
    /// Dates that changes wait for; not compared.
    pub pending_days: usize,
    /// Dates of locked periods; compared with what was archived.
    pub locked_days: usize,
    /// Those of them that this engine would evaluate otherwise; listed, but no difference.
    pub engine_differs: usize,
    pub exceptions: usize,
    pub summaries: usize,
    /// How many differences there are.
    pub different: usize,
    /// The first of them.
    pub found: Vec<Found>,
}

impl Checked {
    pub fn add(&mut self, other: Self) {
        self.people += other.people;
        self.days += other.days;
        self.pending_days += other.pending_days;
        self.locked_days += other.locked_days;
        self.engine_differs += other.engine_differs;
        self.exceptions += other.exceptions;
        self.summaries += other.summaries;
        self.different += other.different;
        let room = MAX_LISTED.saturating_sub(self.found.len());
        self.found.extend(other.found.into_iter().take(room));
    }

    pub(super) fn put(&mut self, found: Found) {
        if found.what == What::EngineDiffers {
            self.engine_differs += 1;
        } else {
            self.different += 1;
        }
        self.found.push(found);
    }
}

/// Compares everything derived of these people on these dates, in one snapshot.
pub async fn check_people(
    app: &App,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<Checked, Fault> {
    let now = app.clock.now();
    let wanted: Vec<Wanted> = people.iter().map(|p| (*p, DateSpan::new(from, to))).collect();
    let tx = app.db.snapshot().await?;
    let mut inputs = gather(&tx, &wanted).await?;
    widen(&tx, &mut inputs, now).await?;
    let computed = evaluated(&inputs, now);
    let mut computed: HashMap<PersonId, Vec<Computed>> =
        computed.into_iter().map(|d| (d.person, d.results)).collect();
    let span = (from, to);
    let mut days =
        by_person(stored::rows(&tx, &DAY_RESULT, people, ("work_date", "work_date"), span).await?);
    let open = stored::open_exceptions(&tx, people, span).await?;
    let waits =
        Waits::read(&tx, people, forgiving(&inputs, from.plus(-BEFORE), to.plus(AFTER))).await?;
    let archived = Archived::read(&tx, people, from, to).await?;
    let mut checked = Checked { people: inputs.people.len(), ..Checked::default() };
    let mut evaluator = Evaluator::new();
    for person in &inputs.people {
        let rows = days.remove(&person.id).unwrap_or_default();
        let results = computed.remove(&person.id).unwrap_or_default();
        let mut expected = expect::results(&inputs, person, results, &rows, &mut evaluator);
        expected.retain(|d, _| (from..=to).contains(d));
        let of = Of { inputs: &inputs, person, waits: &waits };
        of.days(&rows, &expected, &mut checked);
        of.locked_days(&archived, (from, to), (&rows, &expected), &mut checked);
        let known = open.get(&person.id).cloned().unwrap_or_default();
        of.exceptions(&known, &expected, &mut checked);
    }
    summaries(&tx, &inputs, &waits, people, span, &mut checked).await?;
    tx.rollback().await?;
    Ok(checked)
}

fn by_person(rows: Vec<Texts>) -> HashMap<PersonId, BTreeMap<LocalDate, Texts>> {
    let mut out: HashMap<PersonId, BTreeMap<LocalDate, Texts>> = HashMap::new();
    for r in rows {
        let person = r.value(&DAY_RESULT, "person_id").unwrap_or_default();
        let date = r.value(&DAY_RESULT, "work_date").unwrap_or_default();
        out.entry(person).or_default().insert(date, r);
    }
    out
}

/// What is not computed yet.
struct Waits {
    marks: HashMap<PersonId, Vec<(LocalDate, LocalDate)>>,
    midnights: HashMap<String, LocalDate>,
    /// Schemes that let points of a period go free.
    forgiving: HashSet<RuleId>,
}

impl Waits {
    async fn read(tx: &Tx, people: &[PersonId], forgiving: HashSet<RuleId>) -> Result<Self, Fault> {
        let marks = stored::pending(tx, people).await?;
        Ok(Self { marks, midnights: stored::midnights(tx).await?, forgiving })
    }

    /// Whether changes wait for a date of the span.
    fn any(&self, inputs: &Inputs, person: &Person, from: LocalDate, to: LocalDate) -> bool {
        let marks = self.marks.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let wide = self.counts(person);
        marks.iter().any(|(a, b)| {
            // Where points go free a change reaches to the end of its period.
            let low = if wide { inputs.period(person, *a).from } else { *a };
            let high = if wide && *b < LocalDate::MAX { inputs.period(person, *b).to } else { *b };
            low <= to && high >= from
        })
    }

    /// Whether points of the person go free, so that a change reaches the other dates of its period.
    fn counts(&self, person: &Person) -> bool {
        person.schemes.values().flatten().any(|s| self.forgiving.contains(s))
    }

    /// Whether the clock has not come to this date of the person yet.
    fn begins(&self, person: &Person, date: LocalDate) -> bool {
        self.midnights.get(&person.zone.to_string()).is_some_and(|through| date > *through)
    }
}

/// One person under comparison.
pub(super) struct Of<'c> {
    pub inputs: &'c Inputs,
    pub person: &'c Person,
    waits: &'c Waits,
}

impl Of<'_> {
    pub fn pending(&self, date: LocalDate) -> bool {
        self.waits.any(self.inputs, self.person, date, date)
    }

    pub fn locked(&self, date: LocalDate) -> bool {
        self.inputs.period(self.person, date).locked()
    }

    pub fn found(&self, what: What, date: LocalDate) -> Found {
        Found {
            what,
            person_id: self.person.id,
            date,
            to: date,
            locked: self.locked(date),
            code: None,
            key: None,
            stored_hash: None,
            computed_hash: None,
            items: Vec::new(),
        }
    }

    fn days(
        &self,
        rows: &BTreeMap<LocalDate, Texts>,
        expected: &BTreeMap<LocalDate, Computed>,
        checked: &mut Checked,
    ) {
        let mut dates: Vec<LocalDate> = rows.keys().chain(expected.keys()).copied().collect();
        dates.sort_unstable();
        dates.dedup();
        for date in dates {
            if self.locked(date) {
                continue;
            }
            if self.pending(date) {
                checked.pending_days += 1;
                continue;
            }
            match (rows.get(&date), expected.get(&date)) {
                (None, Some(_)) if self.waits.begins(self.person, date) => {
                    checked.pending_days += 1;
                }
                (row, result) => {
                    checked.days += 1;
                    if let Some(found) = self.day(date, row, result) {
                        checked.put(found);
                    }
                }
            }
        }
    }

    fn day(
        &self,
        date: LocalDate,
        row: Option<&Texts>,
        result: Option<&Computed>,
    ) -> Option<Found> {
        let what = match (row, result) {
            (Some(_), None) => What::DaySuperfluous,
            (None, _) => What::DayMissing,
            (Some(_), Some(_)) => What::DayDiffers,
        };
        let computed = result.map(expect::row);
        let items = items(row, computed.as_ref(), &DAY_RESULT);
        if what == What::DayDiffers && items.is_empty() {
            return None;
        }
        Some(Found {
            stored_hash: row.and_then(|r| r.value(&DAY_RESULT, "hash")),
            computed_hash: result.map(Computed::hash),
            items,
            ..self.found(what, date)
        })
    }

    fn exceptions(
        &self,
        open: &BTreeMap<ExceptionKey, Option<i32>>,
        expected: &BTreeMap<LocalDate, Computed>,
        checked: &mut Checked,
    ) {
        let must: BTreeMap<ExceptionKey, Option<i32>> =
            expected.values().flat_map(expect::exceptions).collect();
        let mut keys: Vec<&ExceptionKey> = open.keys().chain(must.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            if self.locked(key.0) || self.pending(key.0) {
                continue;
            }
            let what = match (open.get(key), must.get(key)) {
                (None, _) if self.waits.begins(self.person, key.0) => continue,
                (Some(a), Some(b)) if a == b => None,
                (Some(_), Some(_)) => Some(What::ExceptionDiffers),
                (Some(_), None) => Some(What::ExceptionSuperfluous),
                (None, _) => Some(What::ExceptionMissing),
            };
            checked.exceptions += 1;
            let Some(what) = what else { continue };
            let text = |m: Option<&Option<i32>>| m.copied().flatten().map(|n| n.to_string());
            let minutes = Item {
                item: "minutes".to_owned(),
                stored: text(open.get(key)),
                computed: text(must.get(key)),
            };
            checked.put(Found {
                code: Some(key.1.clone()),
                key: Some(key.2),
                items: vec![minutes],
                ..self.found(what, key.0)
            });
        }
    }
}

pub(super) fn items(row: Option<&Texts>, computed: Option<&Texts>, layout: &Layout) -> Vec<Item> {
    let (Some(row), Some(computed)) = (row, computed) else { return Vec::new() };
    let all = row.differing(computed, layout, &TIMES).take(MAX_ITEMS);
    all.map(|(item, stored, computed)| Item {
        item: item.to_owned(),
        stored: stored.map(str::to_owned),
        computed: computed.map(str::to_owned),
    })
    .collect()
}

/// Person, set and period of a summary.
type SummaryKey = (PersonId, i64, String);

fn summary_key(row: &Texts) -> Option<SummaryKey> {
    let l = &PERIOD_SUMMARY;
    let period = row.cell(l, "period")?.to_owned();
    Some((row.value(l, "person_id")?, row.value(l, "period_set_id")?, period))
}

/// Compares the summaries of the periods that touch the span with the sums of the stored results.
async fn summaries(
    tx: &Tx,
    inputs: &Inputs,
    waits: &Waits,
    people: &[PersonId],
    span: (LocalDate, LocalDate),
    checked: &mut Checked,
) -> Result<(), Fault> {
    let dates = ("from_date", "to_date");
    let stored = stored::rows(tx, &PERIOD_SUMMARY, people, dates, span).await?;
    let mut stored: BTreeMap<SummaryKey, Texts> =
        stored.into_iter().filter_map(|r| Some((summary_key(&r)?, r))).collect();
    let persons: HashMap<PersonId, &Person> = inputs.people.iter().map(|p| (p.id, p)).collect();
    let wanted: Vec<(PersonId, DateSpan)> =
        people.iter().map(|p| (*p, DateSpan::new(span.0, span.1))).collect();
    let mut sums: Vec<Texts> = Vec::new();
    summary::sums(tx, inputs, &[], &wanted, |write| {
        let mut texts = Texts::default();
        write(&mut texts);
        sums.push(texts);
    })
    .await?;
    for must in sums {
        let Some(key) = summary_key(&must) else { continue };
        let row = stored.remove(&key);
        let empty = must.cell(&PERIOD_SUMMARY, "days") == Some("0");
        if row.is_none() && empty {
            continue;
        }
        let what = if row.is_none() { What::SummaryMissing } else { What::SummaryDiffers };
        let items = items(row.as_ref(), Some(&must), &PERIOD_SUMMARY);
        let same = what == What::SummaryDiffers && items.is_empty();
        judge(inputs, waits, &persons, (what, key, &must), (same, items), checked);
    }
    for (key, row) in stored {
        judge(
            inputs,
            waits,
            &persons,
            (What::SummarySuperfluous, key, &row),
            (false, Vec::new()),
            checked,
        );
    }
    Ok(())
}

fn judge(
    inputs: &Inputs,
    waits: &Waits,
    persons: &HashMap<PersonId, &Person>,
    (what, key, row): (What, SummaryKey, &Texts),
    (same, items): (bool, Vec<Item>),
    checked: &mut Checked,
) {
    let l = &PERIOD_SUMMARY;
    let Some(person) = persons.get(&key.0) else { return };
    let from: LocalDate = row.value(l, "from_date").unwrap_or_default();
    let to: LocalDate = row.value(l, "to_date").unwrap_or_default();
    let period = inputs.period(person, from);
    let own = period.set.0 == key.1 && period.from == from;
    // What was locked keeps the sums it was locked with.
    let frozen = own && period.locked();
    if frozen || waits.any(inputs, person, from, to) {
        return;
    }
    checked.summaries += 1;
    if same {
        return;
    }
    checked.put(Found {
        what,
        person_id: key.0,
        date: from,
        to,
        locked: false,
        code: Some(key.2),
        key: Some(key.1),
        stored_hash: None,
        computed_hash: None,
        items,
    });
}
