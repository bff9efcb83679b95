//! Attendance periods as they are stored.

use std::collections::HashMap;

use engine::period::PeriodRule;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, OrgId, PeriodId, PeriodSetId, UserId};

use super::period_line::{
    Above, KnownPeriod, NamedPeriod, PeriodCut, PeriodLabel, PeriodState, Periods,
};
use crate::base::{ColumnKind, Dialect, Fault, Query, json_rows};

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
    let rows: Vec<serde_json::Value> =
        ids.into_iter().map(|id| serde_json::json!({ "id": id })).collect();
    let table = json_rows(q.dialect(), "o", 1, &[("id", ColumnKind::Bigint)]);
    let rows: Vec<AboveRow> = q
        .rows(
            &format!(
                "SELECT c.ancestor_id, c.descendant_id, c.valid_from, c.valid_to FROM {table} \
                 JOIN org_closure c ON c.descendant_id = o.id \
                 WHERE c.ancestor_id IN (SELECT a.subject_id FROM period_set_assignment a \
                   WHERE a.subject = 'org')"
            ),
            vec![serde_json::Value::Array(rows).to_string().into()],
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

/// A period that has begun to close, or was opened again.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PeriodRow {
    pub id: PeriodId,
    pub period_set_id: PeriodSetId,
    /// Code of the set.
    pub set_code: String,
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    /// `open`, `closing`, `locked`.
    pub state: String,
    pub reason: Option<String>,
    pub changed_at: Instant,
    pub changed_by: Option<UserId>,
}

impl PeriodRow {
    pub fn state(&self) -> PeriodState {
        PeriodState::of(&self.state)
    }
}

/// Which periods are wanted.
#[derive(Clone, Debug, Default)]
pub struct PeriodFilter {
    pub id: Option<PeriodId>,
    pub set: Option<PeriodSetId>,
    pub state: Option<PeriodState>,
    /// Behind this one, the latest first.
    pub after: Option<(LocalDate, PeriodId)>,
    pub limit: u32,
}

/// Periods that have a row, the latest first.
pub async fn period_rows(q: &impl Query, f: &PeriodFilter) -> Result<Vec<PeriodRow>, Fault> {
    let (before, id) = f.after.unwrap_or((LocalDate::MAX, PeriodId(i64::MAX)));
    let values: Vec<Value> = vec![
        f.id.into(),
        f.set.into(),
        f.state.map(PeriodState::as_str).into(),
        before.into(),
        id.into(),
        i64::from(f.limit).into(),
    ];
    let sql = "SELECT p.*, s.code AS set_code FROM attendance_period p \
               JOIN period_set s ON s.id = p.period_set_id \
               WHERE ($1 IS NULL OR p.id = $1) AND ($2 IS NULL OR p.period_set_id = $2) \
                 AND ($3 IS NULL OR p.state = $3) AND (p.from_date, p.id) < ($4, $5) \
               ORDER BY p.from_date DESC, p.id DESC LIMIT $6";
    q.rows(sql, values).await
}

/// One period.
pub async fn period_row(q: &impl Query, id: PeriodId) -> Result<Option<PeriodRow>, Fault> {
    let filter = PeriodFilter { id: Some(id), limit: 1, ..PeriodFilter::default() };
    Ok(period_rows(q, &filter).await?.pop())
}
