//! What must be true when everything is drained, whatever happened before.

use std::collections::{BTreeMap, HashMap, HashSet};

use engine::{DayResult, DayState};
use kaoqin::base::{App, Query, Scope};
use kaoqin::dirty::{self, Cause, Lane, Mark};
use kaoqin::precompute::{
    self, Day, DayFilter, DayRow, ExceptionFilter, SummaryFilter, SummaryRow,
};
use vocabulary::{DateSpan, LocalDate, PersonId, Zone};

use crate::company;
use crate::play::{Breach, Play};

/// A day computed while somebody waited: who, when, whole content, as of when.
pub struct Spot {
    person: PersonId,
    date: LocalDate,
    hash: i64,
    evaluated: Option<i64>,
}

/// A day as it must be stored.
struct Expected {
    hash: Option<i64>,
    result: DayResult,
}

type Key = (PersonId, LocalDate);

fn text(e: impl std::fmt::Display) -> Breach {
    e.to_string()
}

#[derive(sea_orm::FromQueryResult)]
struct PersonRow {
    id: PersonId,
    zone: String,
}

async fn everybody(app: &App) -> Result<Vec<(PersonId, Zone)>, Breach> {
    let sql = "SELECT id, zone FROM person ORDER BY id";
    let rows: Vec<PersonRow> = app.db.read().rows(sql, vec![]).await.map_err(text)?;
    Ok(rows.into_iter().map(|r| (r.id, r.zone.parse().unwrap())).collect())
}

#[derive(sea_orm::FromQueryResult)]
struct Count {
    n: i64,
}

async fn count(app: &App, sql: &str) -> Result<i64, Breach> {
    let row: Option<Count> = app.db.read().row(sql, vec![]).await.map_err(text)?;
    Ok(row.map_or(0, |r| r.n))
}

/// First date that can hold results, and the spans a person may be asked for at once.
fn spans(today: LocalDate) -> Vec<(LocalDate, LocalDate)> {
    let mut spans = Vec::new();
    let mut from = company::first().plus(-9);
    while from <= today {
        let to = from.plus(29).min(today);
        spans.push((from, to));
        from = to.plus(1);
    }
    spans
}

/// What some people with pending marks are answered before anybody drains.
pub async fn spots(play: &mut Play) -> Result<Vec<Spot>, Breach> {
    let mut spots = Vec::new();
    for _ in 0..3 {
        let e = play.dice.pick(&play.staff).clone();
        let app = &play.front;
        if dirty::pending_since(app.db.read(), e.id).await.map_err(text)?.is_none() {
            continue;
        }
        let to = e.zone.date(app.clock.now());
        let from = play.dice.date(to.plus(-30), to);
        let days = precompute::person_days(app, e.id, from, to).await.map_err(text)?;
        for day in days.days {
            if let Day::Computed(c) = day
                && c.date <= to
            {
                let evaluated = c.evaluated.map(|w| w.seconds());
                spots.push(Spot { person: e.id, date: c.date, hash: c.hash(), evaluated });
            }
        }
    }
    Ok(spots)
}

/// Compares everything; how many days there were.
pub async fn check(play: &Play, spots: Vec<Spot>) -> Result<usize, Breach> {
    let app = &play.front;
    let left = count(app, "SELECT COUNT(*) AS n FROM dirty_mark").await?;
    if left > 0 {
        return Err(format!("{left} marks are left when nobody has anything to do"));
    }
    // Before anything is drained again.
    rebuilt(app).await?;
    let all = stored(app).await?;
    frozen(play, &all)?;
    let count = all.len();
    let (locked, stored): (BTreeMap<_, _>, BTreeMap<_, _>) =
        all.into_iter().partition(|(_, r)| r.state == "locked");
    answered(&stored, spots)?;
    let expected = expected(app).await?;
    days(app, &stored, &expected).await?;
    let expected = as_stored(app, &stored, expected).await?;
    let expected = with_locked(app, &locked, expected).await?;
    exceptions(app, &expected).await?;
    summaries(app, &expected).await?;
    accepted(play).await?;
    rebuilt(app).await?;
    Ok(count)
}

pub async fn stored(app: &App) -> Result<BTreeMap<Key, DayRow>, Breach> {
    let filter = DayFilter {
        person: None,
        org: None,
        post: Default::default(),
        from: company::first().plus(-200),
        to: company::first().plus(200),
        state: None,
        with_exceptions: false,
        after: None,
        limit: 1_000_000,
    };
    let rows = precompute::days(app.db.read(), &Scope::everybody(), &filter).await;
    let rows = rows.map_err(text)?;
    let count = rows.len();
    let map: BTreeMap<Key, DayRow> =
        rows.into_iter().map(|r| ((r.person_id, r.work_date), r)).collect();
    if map.len() != count {
        return Err("a day is stored twice".to_owned());
    }
    Ok(map)
}

/// What was locked is as it was.
fn frozen(play: &Play, all: &BTreeMap<Key, DayRow>) -> Result<(), Breach> {
    for ((person, date), (hash, at)) in &play.frozen {
        match all.get(&(*person, *date)) {
            Some(r) if (r.hash, r.computed_at) == (*hash, *at) && r.state == "locked" => {}
            Some(r) => return Err(format!("{person} {date}: locked, and now {}", r.state)),
            None => return Err(format!("{person} {date}: locked, and now gone")),
        }
    }
    Ok(())
}

/// The results of locked days, from their archives.
async fn with_locked(
    app: &App,
    locked: &BTreeMap<Key, DayRow>,
    mut expected: BTreeMap<Key, DayResult>,
) -> Result<BTreeMap<Key, DayResult>, Breach> {
    let mut spans: BTreeMap<PersonId, (LocalDate, LocalDate)> = BTreeMap::new();
    for (person, date) in locked.keys() {
        let span = spans.entry(*person).or_insert((*date, *date));
        *span = (span.0.min(*date), span.1.max(*date));
    }
    for (person, (from, to)) in spans {
        for e in precompute::explain_days(app, person, from, to).await.map_err(text)? {
            let date = e.computed.date;
            if !locked.contains_key(&(person, date)) {
                continue;
            }
            if !e.reproduced {
                return Err(format!("{person} {date}: the locked result cannot be reproduced"));
            }
            expected.insert((person, date), e.computed.result);
        }
    }
    match locked.keys().find(|k| !expected.contains_key(k)) {
        Some((person, date)) => Err(format!("{person} {date}: a locked result has no archive")),
        None => Ok(expected),
    }
}

/// A rebuild finds nothing; so adjustments are what today's facts differ from what is locked.
async fn rebuilt(app: &App) -> Result<(), Breach> {
    let people: Vec<PersonId> = everybody(app).await?.into_iter().map(|(p, _)| p).collect();
    let (from, to) = (company::first().plus(-9), company::first().plus(60));
    let checked = precompute::check_people(app, &people, from, to).await.map_err(text)?;
    match checked.found.first() {
        Some(found) => Err(format!("a rebuild finds {found:?}")),
        None => Ok(()),
    }
}

/// What was computed on the spot is what the drains then stored.
fn answered(stored: &BTreeMap<Key, DayRow>, spots: Vec<Spot>) -> Result<(), Breach> {
    for s in spots {
        let Some(row) = stored.get(&(s.person, s.date)) else {
            return Err(format!("{} {}: answered on the spot, not stored", s.person, s.date));
        };
        let comparable = row.evaluated_wall == s.evaluated || s.evaluated.is_none();
        if comparable && row.hash != s.hash {
            return Err(format!("{} {}: answered differently on the spot", s.person, s.date));
        }
    }
    Ok(())
}

/// Every day computed from the facts: all marks are made anew, so that reading computes on the spot; the
/// drain that follows must find nothing to change.
async fn expected(app: &App) -> Result<BTreeMap<Key, Expected>, Breach> {
    let people = everybody(app).await?;
    let now = app.clock.now();
    let marks: Vec<Mark> = people
        .iter()
        .map(|(person, _)| Mark {
            person: *person,
            span: DateSpan::since(company::first().plus(-60)),
            cause: Cause::Engine,
            lane: Lane::Mass,
        })
        .collect();
    let tx = app.db.begin().await.map_err(text)?;
    dirty::mark(&tx, &marks, now).await.map_err(text)?;
    tx.commit().await.map_err(text)?;
    let mut expected = BTreeMap::new();
    for (person, zone) in people {
        let today = zone.date(now);
        for (from, to) in spans(today) {
            let days = precompute::person_days(app, person, from, to).await.map_err(text)?;
            for day in days.days {
                match day {
                    Day::Computed(c) if c.date <= today => {
                        let open = c.result.state != DayState::Final;
                        let hash = (!open).then(|| c.hash());
                        let one = Expected { hash, result: c.result };
                        expected.insert((person, c.date), one);
                    }
                    Day::Computed(_) => {}
                    Day::Stored { row, .. } if row.state == "locked" => {}
                    Day::Stored { .. } => return Err("a pending day was not computed".to_owned()),
                }
            }
        }
    }
    Ok(expected)
}

/// No day is missing, superfluous or different; and computing everything again changes nothing.
async fn days(
    app: &App,
    stored: &BTreeMap<Key, DayRow>,
    expected: &BTreeMap<Key, Expected>,
) -> Result<(), Breach> {
    for ((person, date), e) in expected {
        let Some(row) = stored.get(&(*person, *date)) else {
            return Err(format!("{person} {date}: no result is stored"));
        };
        match e.hash {
            Some(hash) if row.hash != hash => {
                return Err(format!(
                    "{person} {date}: the stored result ({}) is not what the facts give: {:?}",
                    row.state, e.result
                ));
            }
            None if row.state == "final" => {
                return Err(format!("{person} {date}: final before its time"));
            }
            _ => {}
        }
    }
    if let Some((person, date)) = stored.keys().find(|k| !expected.contains_key(k)) {
        return Err(format!("{person} {date}: a result is stored that the facts do not give"));
    }
    let again = precompute::drain_all(app).await.map_err(text)?;
    let open = stored.values().filter(|r| r.evaluated_wall.is_some()).count();
    if again.settled.deleted > 0 || again.settled.written > open {
        return Err(format!("computing everything again changes results: {again:?}, {open} open"));
    }
    Ok(())
}

/// The results the rows hold now: those of open days as of when they were evaluated.
async fn as_stored(
    app: &App,
    before: &BTreeMap<Key, DayRow>,
    mut expected: BTreeMap<Key, Expected>,
) -> Result<BTreeMap<Key, DayResult>, Breach> {
    for ((person, date), row) in before.iter().filter(|(_, r)| r.evaluated_wall.is_some()) {
        let e = precompute::explain(app, *person, *date).await.map_err(text)?;
        if !e.reproduced {
            return Err(format!("{person} {date}: {} result cannot be reproduced", row.state));
        }
        expected.insert((*person, *date), Expected { hash: None, result: e.computed.result });
    }
    Ok(expected.into_iter().map(|(k, e)| (k, e.result)).collect())
}

type OpenException = (PersonId, LocalDate, String, i64, Option<i32>);

async fn exceptions(app: &App, expected: &BTreeMap<Key, DayResult>) -> Result<(), Breach> {
    let mut wanted: HashSet<OpenException> = HashSet::new();
    for ((person, date), result) in expected {
        let mut seen = HashSet::new();
        for e in &result.exceptions {
            let anchor = match (e.at, &e.request) {
                (Some(at), _) => at.seconds(),
                (None, Some(r)) => r.parse().unwrap_or(0),
                (None, None) => 0,
            };
            if seen.insert((e.code.as_str(), anchor)) {
                wanted.insert((*person, *date, e.code.as_str().to_owned(), anchor, e.minutes));
            }
        }
    }
    let filter = ExceptionFilter {
        person: None,
        post: Default::default(),
        from: company::first().plus(-200),
        to: company::first().plus(200),
        code: None,
        open: Some(true),
        after: None,
        limit: 1_000_000,
    };
    let rows = precompute::exceptions(app.db.read(), &Scope::everybody(), &filter).await;
    let open: HashSet<OpenException> = rows
        .map_err(text)?
        .into_iter()
        .map(|r| (r.person_id, r.work_date, r.code, r.anchor, r.minutes))
        .collect();
    if let Some(e) = wanted.difference(&open).next() {
        return Err(format!("an exception is not open: {e:?}"));
    }
    if let Some(e) = open.difference(&wanted).next() {
        return Err(format!("an exception is open without reason: {e:?}"));
    }
    Ok(())
}

/// Sums of a summary, in one order.
fn sums(s: &SummaryRow) -> [i64; 20] {
    let i = i64::from;
    [
        i(s.days),
        i(s.final_days),
        s.due_tenths,
        s.actual_tenths,
        s.regular_minutes,
        s.late_tenths,
        i(s.late_count),
        s.early_tenths,
        i(s.early_count),
        s.absence_tenths,
        i(s.absence_days_hundredths),
        i(s.shortfall_minutes),
        i(s.weekday_overtime_minutes),
        i(s.rest_overtime_minutes),
        i(s.holiday_overtime_minutes),
        i(s.unconfirmed_minutes),
        i(s.presence_minutes),
        i(s.night_minutes),
        i(s.leave_minutes),
        i(s.open_exceptions),
    ]
}

fn numbers(r: &DayResult) -> [i64; 20] {
    let i = i64::from;
    let [weekday, rest, holiday] = r.overtime.map(|o| i(o.credited));
    [
        1,
        i64::from(r.state == DayState::Final),
        i(r.due_tenths),
        i(r.actual_tenths),
        i(r.regular_minutes),
        i(r.late.tenths),
        r.late.counts.iter().map(|(_, n)| i(*n)).sum(),
        i(r.early.tenths),
        r.early.counts.iter().map(|(_, n)| i(*n)).sum(),
        i(r.absence_tenths),
        i(r.absence_days_hundredths),
        i(r.shortfall_minutes),
        weekday,
        rest,
        holiday,
        i(r.unconfirmed_minutes),
        i(r.presence_minutes),
        i(r.night_minutes),
        r.leave.iter().map(|l| i(l.minutes)).sum(),
        i64::try_from(r.exceptions.len()).unwrap(),
    ]
}

/// Every day lies in exactly one summary of its person, and a summary is the sum of its days.
async fn summaries(app: &App, expected: &BTreeMap<Key, DayResult>) -> Result<(), Breach> {
    let mut covered: HashMap<Key, usize> = HashMap::new();
    for period in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"] {
        let filter = SummaryFilter {
            person: None,
            post: Default::default(),
            period: period.to_owned(),
            after: None,
            limit: 1_000_000,
        };
        let rows = precompute::summaries(app.db.read(), &Scope::everybody(), &filter).await;
        for s in rows.map_err(text)? {
            let mut sum = [0; 20];
            let span = (s.person_id, s.from_date)..=(s.person_id, s.to_date);
            for (key, result) in expected.range(span) {
                *covered.entry(*key).or_default() += 1;
                for (total, n) in sum.iter_mut().zip(numbers(result)) {
                    *total += n;
                }
            }
            if sum != sums(&s) {
                return Err(format!(
                    "{} {period}: the summary {:?} is not the sum {sum:?}",
                    s.person_id,
                    sums(&s)
                ));
            }
        }
    }
    for key in expected.keys() {
        let n = covered.get(key).copied().unwrap_or(0);
        if n != 1 {
            return Err(format!("{} {}: lies in {n} summaries", key.0, key.1));
        }
    }
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct PunchRow {
    person_id: i64,
    at: i64,
    device: String,
    n: i64,
}

/// Every punch that was accepted is there exactly once, and no other.
async fn accepted(play: &Play) -> Result<(), Breach> {
    let sql =
        "SELECT person_id, at, device, COUNT(*) AS n FROM punch GROUP BY person_id, at, device";
    let rows: Vec<PunchRow> = play.front.db.read().rows(sql, vec![]).await.map_err(text)?;
    let accepted = play.notes.accepted.lock().unwrap().clone();
    let mut seen = HashSet::new();
    for r in rows {
        let key = (r.person_id, r.at, r.device);
        // Records of strangers are assigned by chance.
        if r.n != 1 || (!accepted.contains(&key) && key.2 != "T8") {
            return Err(format!("punch {key:?} is there {} times", r.n));
        }
        seen.insert(key);
    }
    match accepted.iter().find(|k| !seen.contains(*k)) {
        Some(lost) => Err(format!("an accepted punch is lost: {lost:?}")),
        None => Ok(()),
    }
}
