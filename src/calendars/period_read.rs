//! Attendance periods as they are stored.

use std::collections::HashMap;

use engine::period::PeriodRule;
use sea_orm::FromQueryResult;
use vocabulary::{
    DimensionId, DimensionValueId, LocalDate, OrgId, PeriodId, PeriodSetId, PersonId, PositionId,
};

use super::period_groups::{GroupFacts, SetLine, kind_number};
use super::period_line::{KnownPeriod, NamedPeriod, PeriodCut, PeriodLabel, PeriodState, Periods};
use crate::base::{Dialect, Fault, Query, id_rows, id_value};
use crate::people;

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

/// Sets, listed periods, rows of periods and sets of departments and groups in one query. Listed periods and rows
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
         UNION ALL SELECT 'of_' || subject, period_set_id, subject_id, NULL, valid_from, NULL, NULL \
           FROM period_set_assignment"
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
            (subject, set) if subject.starts_with("of_") => {
                if let (Some(id), Some(from)) = (r.id, r.from_date) {
                    line_of(&mut all, subject, id).push((from, set));
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

/// The timeline of a subject.
fn line_of<'p>(all: &'p mut Periods, subject: &str, id: i64) -> &'p mut SetLine {
    match subject {
        "of_kind" => all.groups.kinds.entry(id).or_default(),
        "of_position" => all.groups.positions.entry(PositionId(id)).or_default(),
        "of_dimension" => all.groups.values.entry(DimensionValueId(id)).or_default(),
        _ => all.orgs.entry(OrgId(id)).or_default(),
    }
}

/// Adds which departments stand above `orgs`. Asks nothing where no department says anything.
pub async fn with_departments(
    q: &impl Query,
    all: &mut Periods,
    orgs: Vec<OrgId>,
) -> Result<(), Fault> {
    if all.orgs.is_empty() && all.groups.org_values.is_empty() {
        return Ok(());
    }
    all.lineage = people::lineage(q, orgs).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct GroupRow {
    what: String,
    owner_id: i64,
    day: Option<LocalDate>,
    word: Option<String>,
    line_id: Option<i64>,
    value_id: Option<i64>,
}

/// Which groups these people belong to, in one query. Asks nothing where no group has a set of its own.
pub async fn with_groups(
    q: &impl Query,
    all: &mut Periods,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<HashMap<PersonId, GroupFacts>, Fault> {
    let mut facts: HashMap<PersonId, GroupFacts> = HashMap::new();
    if all.groups.is_empty() {
        return Ok(facts);
    }
    let date = match q.dialect() {
        Dialect::Sqlite => "TEXT",
        Dialect::Postgres => "DATE",
    };
    let people = id_rows(q.dialect(), "k", 1);
    // Dimensions whose values have sets.
    let used = "(SELECT u.dimension_id FROM dimension_value u JOIN period_set_assignment a \
                   ON a.subject = 'dimension' AND a.subject_id = u.id)";
    let sql = format!(
        "SELECT 'kind' AS what, t.person_id AS owner_id, t.valid_from AS day, \
           t.employment_kind AS word, CAST(NULL AS BIGINT) AS line_id, CAST(NULL AS BIGINT) AS value_id \
           FROM person_kind t JOIN {people} ON k.id = t.person_id \
         UNION ALL SELECT 'position', t.person_id, t.valid_from, NULL, NULL, t.position_id \
           FROM person_position t JOIN {people} ON k.id = t.person_id \
         UNION ALL SELECT 'own', t.person_id, t.valid_from, NULL, t.dimension_id, t.value_id \
           FROM person_dimension t JOIN {people} ON k.id = t.person_id \
           WHERE t.dimension_id IN {used} \
         UNION ALL SELECT 'org', t.org_id, t.valid_from, NULL, t.dimension_id, t.value_id \
           FROM org_dimension t WHERE t.dimension_id IN {used} \
         UNION ALL SELECT 'tree', t.id, CAST(NULL AS {date}), NULL, t.dimension_id, t.parent_id \
           FROM dimension_value t WHERE t.dimension_id IN {used} \
         ORDER BY 1, 2, 3"
    );
    let ids = id_value(ids.into_iter().map(|p| p.0));
    let rows: Vec<GroupRow> = q.rows(&sql, vec![ids]).await?;
    for r in rows {
        let person = PersonId(r.owner_id);
        let (line, value) = (r.line_id.map(DimensionId), r.value_id.map(DimensionValueId));
        match (r.what.as_str(), r.day, line) {
            ("kind", Some(day), _) => {
                let kind = r.word.as_deref().and_then(kind_number);
                facts.entry(person).or_default().kinds.extend(kind.map(|k| (day, k)));
            }
            ("position", Some(day), _) => {
                let position = r.value_id.map(PositionId);
                facts.entry(person).or_default().positions.push((day, position));
            }
            ("own", Some(day), Some(line)) => {
                let values = &mut facts.entry(person).or_default().values;
                values.entry(line).or_default().push((day, value));
            }
            ("org", Some(day), Some(line)) => {
                let key = (line, OrgId(r.owner_id));
                all.groups.org_values.entry(key).or_default().push((day, value));
            }
            ("tree", _, Some(line)) => {
                all.groups.tree.insert(DimensionValueId(r.owner_id), (line, value));
            }
            _ => {}
        }
    }
    Ok(facts)
}
