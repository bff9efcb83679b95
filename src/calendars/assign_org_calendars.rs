use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use vocabulary::{DateSpan, LocalDate, OrgId};

use super::{CalendarRefusal, read};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once,
    finish_once,
};
use crate::dirty::{self, Cause, Object};
use crate::people::{self, OrgDefault, OrgDefaultEntry};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// From a date on people of a department without a calendar of their own have this one.
#[derive(Clone, Debug, Serialize)]
pub struct OrgCalendar {
    pub org: OrgId,
    pub valid_from: LocalDate,
    /// Code of a calendar; `None` = the department above says it.
    pub calendar: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    pub removed: bool,
}

/// Says which calendar counts in departments. Every row has its own outcome, in the order given; everybody in the
/// departments is computed again from the first date on.
pub async fn assign_org_calendars(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[OrgCalendar],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(CalendarRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_org_calendars", once, at).await? {
        return Ok(done);
    }
    let checked = check(&tx, scope, rows).await?;
    let good: Vec<OrgDefaultEntry> =
        checked.iter().filter_map(|r| r.as_ref().ok()).copied().collect();
    let changed = people::put_org_defaults(&tx, actor, OrgDefault::Calendar, &good, at).await?;
    let places: Vec<_> = good.iter().zip(&changed).filter(|(_, c)| **c).map(|(e, _)| e).collect();
    let mut written = changed.iter();
    let outcome = |r: &Result<OrgDefaultEntry, CalendarRefusal>| match r {
        Ok(_) if written.next() == Some(&true) => RowOutcome::Written { version: 0 },
        Ok(_) => RowOutcome::Unchanged { version: 0 },
        Err(refusal) => RowOutcome::refused(refusal),
    };
    let outcomes: Vec<RowOutcome> = checked.iter().map(outcome).collect();
    finish_once(&tx, actor, "assign_org_calendars", once, &outcomes).await?;
    if let Some(from) = places.iter().map(|e| e.valid_from).min() {
        let orgs: BTreeSet<OrgId> = places.iter().map(|e| e.org).collect();
        let object = Object::Orgs(orgs.into_iter().collect());
        let span = engine::reach_of_plan(DateSpan::since(from));
        let cause = Cause::CalendarAssignment;
        dirty::mark_concerned(&tx, object, span, cause, actor, at).await?;
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

async fn check(
    tx: &Tx,
    scope: &Scope,
    rows: &[OrgCalendar],
) -> Result<Vec<Result<OrgDefaultEntry, CalendarRefusal>>, Fault> {
    let codes = read::calendar_codes(tx).await?;
    let places: Vec<_> = rows.iter().map(|r| (r.org, r.valid_from)).collect();
    let visible = people::orgs_visible_at(tx, scope, &places).await?;
    let mut seen = HashSet::new();
    let checked = rows.iter().zip(visible).map(|(r, visible)| {
        if !visible {
            return Err(CalendarRefusal::OrgNotFound);
        }
        if !seen.insert((r.org, r.valid_from)) {
            return Err(CalendarRefusal::RowRepeated);
        }
        if !EFFECTIVE_RANGE.contains(&r.valid_from) {
            return Err(CalendarRefusal::DateUnreasonable);
        }
        let unknown = |code: &String| CalendarRefusal::CalendarUnknown { code: code.clone() };
        let find = |code: &String| codes.get(code).copied().ok_or_else(|| unknown(code));
        let named = r.calendar.as_ref().filter(|_| !r.removed);
        let object = named.map(find).transpose()?.map(|c| c.0);
        let (org, valid_from, removed) = (r.org, r.valid_from, r.removed);
        Ok(OrgDefaultEntry { org, valid_from, object, removed })
    });
    Ok(checked.collect())
}
