use std::collections::HashMap;

use engine::legality::{CHECKS, Limits, Protection, Severity, rule};
use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId, PositionId, TeamId};

use crate::base::{Fault, Query, id_rows, id_value};

/// A timeline per person, the earliest first.
pub type Lines<T> = HashMap<PersonId, Vec<(LocalDate, T)>>;

/// The value of a timeline on a date.
pub fn line_on<T: Copy>(lines: &Lines<T>, person: PersonId, date: LocalDate) -> Option<T> {
    let line = lines.get(&person)?;
    let next = line.partition_point(|(from, _)| *from <= date);
    next.checked_sub(1).and_then(|i| line.get(i)).map(|(_, v)| *v)
}

fn people_value(people: &[PersonId]) -> Vec<sea_orm::Value> {
    vec![id_value(people.iter().map(|p| p.0))]
}

#[derive(FromQueryResult)]
struct LineRow {
    kind: String,
    person_id: PersonId,
    valid_from: LocalDate,
    value: Option<i64>,
}

/// What checks and sums ask about people: who is part-time, which position and team they have.
#[derive(Clone, Debug, Default)]
pub struct PeopleLines {
    pub part_time: Lines<bool>,
    pub positions: Lines<Option<PositionId>>,
    pub teams: Lines<Option<TeamId>>,
}

pub async fn people_lines(q: &impl Query, people: &[PersonId]) -> Result<PeopleLines, Fault> {
    let k = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT 'kind' AS kind, t.person_id, t.valid_from, \
           CAST(CASE WHEN t.employment_kind = 'part_time' THEN 1 ELSE 0 END AS BIGINT) AS value \
         FROM {k} JOIN person_kind t ON t.person_id = k.id \
         UNION ALL SELECT 'position', t.person_id, t.valid_from, t.position_id \
         FROM {k} JOIN person_position t ON t.person_id = k.id \
         UNION ALL SELECT 'team', t.person_id, t.valid_from, t.team_id \
         FROM {k} JOIN team_member t ON t.person_id = k.id ORDER BY 2, 3"
    );
    let rows: Vec<LineRow> = q.rows(&sql, people_value(people)).await?;
    let mut lines = PeopleLines::default();
    for r in rows {
        let (person, from) = (r.person_id, r.valid_from);
        match r.kind.as_str() {
            "kind" => {
                lines.part_time.entry(person).or_default().push((from, r.value == Some(1)));
            }
            "position" => {
                let value = r.value.map(PositionId);
                lines.positions.entry(person).or_default().push((from, value));
            }
            _ => lines.teams.entry(person).or_default().push((from, r.value.map(TeamId))),
        }
    }
    Ok(lines)
}

/// A protected stretch of dates; no end = until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectedSpan {
    pub kind: Protection,
    pub from: LocalDate,
    pub to: Option<LocalDate>,
}

impl ProtectedSpan {
    pub fn contains(&self, date: LocalDate) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

#[derive(FromQueryResult)]
struct ProtectionRow {
    person_id: PersonId,
    kind: String,
    valid_from: LocalDate,
    valid_to: Option<LocalDate>,
}

/// When these people are protected.
pub async fn protections(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<ProtectedSpan>>, Fault> {
    let k = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT t.person_id, t.kind, t.valid_from, t.valid_to \
         FROM {k} JOIN person_protection t ON t.person_id = k.id \
         ORDER BY t.person_id, t.valid_from, t.kind"
    );
    let rows: Vec<ProtectionRow> = q.rows(&sql, people_value(people)).await?;
    let mut found: HashMap<PersonId, Vec<ProtectedSpan>> = HashMap::new();
    for r in rows {
        let Some(kind) = Protection::parse(&r.kind) else { continue };
        let span = ProtectedSpan { kind, from: r.valid_from, to: r.valid_to };
        found.entry(r.person_id).or_default().push(span);
    }
    Ok(found)
}

/// A block of ordered overtime.
#[derive(FromQueryResult)]
pub(in crate::shifts) struct OrderedRow {
    pub person_id: PersonId,
    pub work_date: LocalDate,
    pub start_wall: i64,
    pub end_wall: i64,
    pub breaks: String,
    pub break_minutes: i32,
}

/// The overtime ordered of these people between the dates.
pub(in crate::shifts) async fn ordered_overtime(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<OrderedRow>, Fault> {
    let k = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT t.person_id, t.work_date, t.start_wall, t.end_wall, t.breaks, t.break_minutes \
         FROM {k} JOIN temporary_overtime t ON t.person_id = k.id \
         WHERE t.revoked_at IS NULL AND t.work_date BETWEEN $2 AND $3"
    );
    let mut values = people_value(people);
    values.extend([from.into(), to.into()]);
    q.rows(&sql, values).await
}

/// A check as it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSetting {
    pub code: &'static str,
    pub severity: Severity,
    pub limit: i32,
    /// 0 = as it is by default.
    pub version: i32,
}

#[derive(FromQueryResult)]
struct CheckRow {
    code: String,
    severity: String,
    limit_value: i32,
    version: i32,
}

/// All checks as they are set, in the order of the list.
pub async fn check_settings(q: &impl Query) -> Result<Vec<CheckSetting>, Fault> {
    let sql = "SELECT code, severity, limit_value, version FROM roster_check";
    let rows: Vec<CheckRow> = q.rows(sql, vec![]).await?;
    let stored: HashMap<&str, &CheckRow> = rows.iter().map(|r| (r.code.as_str(), r)).collect();
    let setting = |r: &engine::legality::Rule| {
        let default = r.limit.map_or(0, |(limit, _, _)| limit);
        let own = stored.get(r.code);
        CheckSetting {
            code: r.code,
            severity: own.and_then(|o| Severity::parse(&o.severity)).unwrap_or(r.severity),
            limit: own.map_or(default, |o| o.limit_value),
            version: own.map_or(0, |o| o.version),
        }
    };
    Ok(CHECKS.iter().map(setting).collect())
}

/// The checks for the engine.
pub async fn check_limits(q: &impl Query) -> Result<Limits, Fault> {
    let mut limits = Limits::default();
    for s in check_settings(q).await? {
        if let Some(rule) = rule(s.code) {
            limits.set(rule.check, s.severity, s.limit);
        }
    }
    Ok(limits)
}

#[derive(FromQueryResult)]
struct NameRow {
    id: PersonId,
    number: String,
    name: String,
}

/// Number and name of people.
pub async fn person_names(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, (String, String)>, Fault> {
    let k = id_rows(q.dialect(), "k", 1);
    let sql = format!("SELECT p.id, p.number, p.name FROM {k} JOIN person p ON p.id = k.id");
    let rows: Vec<NameRow> = q.rows(&sql, people_value(people)).await?;
    Ok(rows.into_iter().map(|r| (r.id, (r.number, r.name))).collect())
}
