//! Attendance periods as they are stored.

use std::collections::HashMap;

use engine::period::PeriodRule;
use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, OrgId, PeriodId, PeriodSetId};

use super::period_line::{
    Above, KnownPeriod, NamedPeriod, PeriodCut, PeriodLabel, PeriodState, Periods,
};
use crate::base::{Dialect, Fault, Query, id_rows, id_value};

#[derive(FromQueryResult)]
struct SharedRow {
    kind: String,
    set_id: Option<PeriodSetId>,
    id: Option<i64>,
    name: Option<String>,
    from_date: Option<LocalDate>,
    to_date: Option<LocalDate>,
    day: Option<i32>,
}

/// Sets, listed periods, rows of periods and sets of departments in one query. Listed periods and rows
/// that end before `since` are left out.
pub async fn shared_periods(q: &impl Query, since: LocalDate) -> Result<Periods, Fault> {
    // In SQLite a cast to DATE would make a number of it.
    let date = match q.dialect() {
        Dialect::Sqlite => "TEXT",
        Dialect::Postgres => "DATE",
    };
    let sql = format!(
        "SELECT 'set' AS kind, id AS set_id, CASE WHEN is_default THEN 0 ELSE 1 END AS id, \
           CAST(NULL AS TEXT) AS name, CAST(NULL AS {date}) AS from_date, \
           CAST(NULL AS {date}) AS to_date, start_day AS day FROM period_set \
         UNION ALL SELECT 'listed', period_set_id, NULL, period, from_date, to_date, NULL \
           FROM period_date WHERE to_date >= $1 \
         UNION ALL SELECT state, period_set_id, id, period, from_date, to_date, NULL \
           FROM attendance_period WHERE to_date >= $1 \
         UNION ALL SELECT 'org', period_set_id, subject_id, NULL, valid_from, NULL, NULL \
           FROM period_set_assignment WHERE subject = 'org'"
    );
    let mut rows: Vec<SharedRow> = q.rows(&sql, vec![since.into()]).await?;
    rows.sort_by(|a, b| {
        (&a.kind, a.from_date, a.id, a.set_id).cmp(&(&b.kind, b.from_date, b.id, b.set_id))
    });
    let mut all = Periods::default();
    let mut listed: HashMap<PeriodSetId, Vec<NamedPeriod>> = HashMap::new();
    for r in rows {
        let named = |r: &SharedRow| {
            let label = PeriodLabel::of(r.name.as_deref()?);
            Some(NamedPeriod { label, from: r.from_date?, to: r.to_date? })
        };
        match (r.kind.as_str(), r.set_id) {
            ("set", Some(set)) => {
                let rule = r.day.and_then(|d| u8::try_from(d).ok()).and_then(PeriodRule::new);
                let rule = rule.unwrap_or(PeriodRule::MONTH);
                all.cuts.push(PeriodCut { set, rule, listed: Vec::new() });
            }
            ("listed", Some(set)) => listed.entry(set).or_default().extend(named(&r)),
            ("org", set) => {
                if let (Some(org), Some(from)) = (r.id, r.from_date) {
                    all.orgs.entry(OrgId(org)).or_default().push((from, set));
                }
            }
            (state, Some(set)) => {
                if let (Some(id), Some(period)) = (r.id, named(&r)) {
                    let key = (set, period.label.clone());
                    let state = PeriodState::of(state);
                    all.known.insert(key, KnownPeriod { id: PeriodId(id), set, period, state });
                }
            }
            _ => {}
        }
    }
    for cut in &mut all.cuts {
        cut.listed = listed.remove(&cut.set).unwrap_or_default();
    }
    Ok(all)
}

#[derive(FromQueryResult)]
struct AboveRow {
    ancestor_id: OrgId,
    descendant_id: OrgId,
    valid_from: LocalDate,
    valid_to: Option<LocalDate>,
}

/// Adds which departments with a set of their own stand above `orgs`. Asks nothing where no department
/// has one.
pub async fn with_departments(
    q: &impl Query,
    all: &mut Periods,
    orgs: Vec<OrgId>,
) -> Result<(), Fault> {
    if all.orgs.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<i64> = orgs.into_iter().chain(all.orgs.keys().copied()).map(|o| o.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<AboveRow> = q
        .rows(
            &format!(
                "SELECT c.ancestor_id, c.descendant_id, c.valid_from, c.valid_to FROM {} \
                 JOIN org_closure c ON c.descendant_id = o.id \
                 WHERE c.ancestor_id IN (SELECT a.subject_id FROM period_set_assignment a \
                   WHERE a.subject = 'org')",
                id_rows(q.dialect(), "o", 1)
            ),
            vec![id_value(ids)],
        )
        .await?;
    all.above = rows
        .into_iter()
        .map(|r| Above {
            ancestor: r.ancestor_id,
            descendant: r.descendant_id,
            from: r.valid_from,
            to: r.valid_to,
        })
        .collect();
    Ok(())
}
