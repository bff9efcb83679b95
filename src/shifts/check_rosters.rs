//! The nightly check of all rosters: what it finds becomes rows, what is gone is closed.

use std::collections::{BTreeMap, HashMap};

use engine::legality::{Finding, Severity};
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::check_store as store;
use super::statistics::findings_of;
use crate::base::{App, Failure, Query};
use crate::jobs::{self, Held};

/// Kind of the job.
pub const ROSTER_CHECK_JOB: &str = "roster_check";

/// Days ahead that are checked.
const AHEAD: i32 = 62;

/// People of one transaction.
const PAGE: i64 = 500;

/// What a run found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RosterChecked {
    pub people: i64,
    pub findings: i64,
    /// Findings that were not there before.
    pub new: i64,
    pub closed: i64,
    /// Findings of severity WARN and BLOCK, by check.
    pub serious: BTreeMap<String, i64>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: PersonId,
}

/// Checks the rosters of everybody in service from the first of the month of `on` to 62 days ahead, page by page; each
/// page is one transaction with its progress.
pub async fn check_rosters(
    app: &App,
    held: &Held,
    on: LocalDate,
) -> Result<RosterChecked, Failure> {
    let from = LocalDate::from_ymd(on.year(), on.month(), 1).unwrap_or(on);
    let to = on.plus(AHEAD);
    let mut done = RosterChecked::default();
    let mut after = PersonId(0);
    loop {
        let at = app.clock.now();
        let tx = app.db.begin().await?;
        let sql = "SELECT id FROM person WHERE id > $1 AND hired_on <= $2 \
                   AND (left_on IS NULL OR left_on >= $3) ORDER BY id LIMIT $4";
        let values = vec![after.into(), to.into(), from.plus(-AHEAD).into(), PAGE.into()];
        let people: Vec<IdRow> = tx.rows(sql, values).await?;
        let people: Vec<PersonId> = people.into_iter().map(|r| r.id).collect();
        let Some(last) = people.last().copied() else {
            tx.rollback().await?;
            return Ok(done);
        };
        let found = findings_of(&tx, &people, from, to).await?;
        count(&mut done, &found);
        done.people += i64::try_from(people.len()).unwrap_or(0);
        let open = store::open_findings(&tx, &people, from).await?;
        let rows = rows(&found);
        let known: HashMap<_, i64> = open
            .iter()
            .map(|o| ((o.person_id, o.code.as_str(), o.from_date, o.to_date), o.id))
            .collect();
        let still: Vec<i64> = rows.iter().filter_map(|r| known.get(&r.key()).copied()).collect();
        let gone: Vec<i64> = open.iter().map(|o| o.id).filter(|id| !still.contains(id)).collect();
        done.new += i64::try_from(rows.len() - still.len()).unwrap_or(0);
        done.closed += i64::try_from(gone.len()).unwrap_or(0);
        store::close_findings(&tx, &gone, at).await?;
        let list: Vec<_> = rows.iter().map(Row::json).collect();
        store::put_findings(&tx, &json!(list).to_string(), at).await?;
        jobs::advance(&tx, app, held, done.people, done.people).await?;
        tx.commit().await?;
        after = last;
    }
}

fn count(done: &mut RosterChecked, found: &[(PersonId, Finding)]) {
    done.findings += i64::try_from(found.len()).unwrap_or(0);
    for (_, f) in found.iter().filter(|(_, f)| f.severity >= Severity::Warn) {
        *done.serious.entry(f.check.code().to_owned()).or_default() += 1;
    }
}

/// A finding as it is stored.
struct Row {
    person: PersonId,
    finding: Finding,
}

impl Row {
    fn key(&self) -> (PersonId, &'static str, LocalDate, LocalDate) {
        (self.person, self.finding.check.code(), self.finding.from, self.finding.to)
    }

    fn json(&self) -> serde_json::Value {
        let f = &self.finding;
        json!({ "person_id": self.person.0, "code": f.check.code(), "severity": f.severity.code(),
                "from_date": f.from, "to_date": f.to, "value": f.value, "limit_value": f.limit })
    }
}

/// One row per person, check and dates: the worst.
fn rows(found: &[(PersonId, Finding)]) -> Vec<Row> {
    let mut rows: BTreeMap<(PersonId, &str, LocalDate, LocalDate), Finding> = BTreeMap::new();
    for (person, f) in found {
        let place = rows.entry((*person, f.check.code(), f.from, f.to)).or_insert(*f);
        if f.excess > place.excess {
            *place = *f;
        }
    }
    rows.into_iter().map(|((person, ..), finding)| Row { person, finding }).collect()
}
