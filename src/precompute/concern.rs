//! Who is concerned by a shared object: the table of domain 17.1 in code. One query per kind of object.

use engine::reach_of_plan;
use sea_orm::Value;
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, TeamId};

use super::locked::is_locked;
use crate::base::{ColumnKind, Dialect, id_rows, id_value, json_rows, plus_days_sql};
use crate::calendars;
use crate::dirty::{Object, Select};

/// `person_id, from_date, to_date` of everybody whose results the object can change on the dates of `span`.
pub fn select(dialect: Dialect, object: &Object, span: DateSpan) -> Select {
    // In SQLite a cast to DATE would make a number of it.
    let ty = match dialect {
        Dialect::Sqlite => "TEXT",
        Dialect::Postgres => "DATE",
    };
    let (sql, id): (String, Option<Value>) = match object {
        Object::Calendar(id) => (
            format!(
                "{} UNION SELECT p.id, {{from}}, {{to}} FROM person p \
                 WHERE EXISTS (SELECT 1 FROM calendar c WHERE c.id = $3 AND c.is_default) \
                   AND NOT EXISTS (SELECT 1 FROM calendar_assignment a \
                     WHERE a.person_id = p.id AND a.valid_from <= {{from}}) UNION {}",
                timeline("calendar_assignment", "calendar_id"),
                of_departments("a.calendar_id = $3", "org_calendar a")
            ),
            Some((*id).into()),
        ),
        Object::Scheme(id) => (
            format!(
                "{} UNION {}",
                timeline("scheme_assignment", "scheme_id"),
                of_departments("a.scheme_id = $3", "org_scheme a")
            ),
            Some((*id).into()),
        ),
        Object::Rule(id) => (users_of_rule(), Some((*id).into())),
        Object::Shift(id) => (
            format!("{} UNION {}", timeline("default_shift", "shift_id"), rostered()),
            Some((*id).into()),
        ),
        Object::RequestType(id) => {
            (format!("{} UNION {FILED}", users_of_rule()), Some((*id).into()))
        }
        Object::Period(id) => (OF_PERIOD.to_owned(), Some((*id).into())),
        Object::Engine(version) => (OF_ANOTHER_ENGINE.to_owned(), Some((*version).into())),
        Object::PeriodSet(id) => (
            USERS_OF_PERIOD_SET.replace("{kind}", &kind_number("pk.employment_kind")),
            Some((*id).into()),
        ),
        Object::Kinds(codes) => {
            let numbers = codes.iter().filter_map(|c| calendars::kind_number(c));
            let sql = OF_KINDS.replace("{kind}", &kind_number("t.employment_kind"));
            (sql.replace("{ids}", &id_rows(dialect, "k", 3)), Some(id_value(numbers)))
        }
        Object::Positions(ids) => (
            OF_POSITIONS.replace("{ids}", &id_rows(dialect, "k", 3)),
            Some(id_value(ids.iter().map(|p| p.0))),
        ),
        Object::DimensionValues(ids) => (
            OF_VALUES.replace("{ids}", &id_rows(dialect, "k", 3)),
            Some(id_value(ids.iter().map(|v| v.0))),
        ),
        Object::Orgs(ids) => (
            STAFF.replace("{orgs}", &id_rows(dialect, "k", 3)),
            Some(id_value(ids.iter().map(|o| o.0))),
        ),
        Object::Teams(spans) => (in_teams(dialect), Some(team_rows(spans))),
        Object::Everybody => (
            "SELECT id AS person_id, {from} AS from_date, {to} AS to_date FROM person".to_owned(),
            None,
        ),
    };
    let sql = sql
        .replace("{from}", &format!("CAST($1 AS {ty})"))
        .replace("{to}", &format!("CAST($2 AS {ty})"));
    let mut values = vec![span.from.into(), span.to.into()];
    values.extend(id);
    Select { sql, values }
}

/// Everybody who has, on some date of the span, a scheme that names rule `$3` in one of its versions.
const USERS_OF_RULE: &str = "SELECT DISTINCT t.person_id, {from} AS from_date, {to} AS to_date \
     FROM (SELECT person_id, scheme_id, valid_from, \
             LEAD(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) AS next_from \
           FROM scheme_assignment) t \
     JOIN rule_version v ON v.rule_id = t.scheme_id \
     JOIN rule_use u ON u.scheme_version_id = v.id \
     WHERE u.rule_id = $3 AND ({to} IS NULL OR t.valid_from <= {to}) \
       AND (t.next_from IS NULL OR t.next_from > {from})";

/// Everybody with results that another engine than `$3` computed, from the first that is not locked. What is
/// locked keeps its engine for ever.
const OF_ANOTHER_ENGINE: &str = concat!(
    "SELECT d.person_id, MIN(d.work_date) AS from_date, {to} AS to_date FROM day_result d \
     WHERE d.engine_version <> $3 AND d.work_date >= {from} AND NOT ",
    is_locked!(),
    " GROUP BY d.person_id"
);

/// Everybody for whom period set `$3` is or may become the one that counts: entries that name him, entries
/// of a department he was ever in, or the default. A change waits for the end of the running period, so that the
/// dates of entries say nothing.
const USERS_OF_PERIOD_SET: &str = "SELECT p.id AS person_id, {from} AS from_date, {to} AS to_date FROM person p \
     WHERE EXISTS (SELECT 1 FROM period_set s WHERE s.id = $3 AND s.is_default) \
       OR p.id IN (SELECT a.person_id FROM period_assignment a WHERE a.period_set_id = $3) \
       OR p.id IN (SELECT po.person_id FROM period_set_assignment a \
         JOIN org_closure oc ON oc.ancestor_id = a.subject_id \
         JOIN person_org po ON po.org_id = oc.descendant_id \
         WHERE a.subject = 'org' AND a.period_set_id = $3) \
       OR p.id IN (SELECT pk.person_id FROM period_set_assignment a \
         JOIN person_kind pk ON {kind} = a.subject_id \
         WHERE a.subject = 'kind' AND a.period_set_id = $3) \
       OR p.id IN (SELECT pp.person_id FROM period_set_assignment a \
         JOIN person_position pp ON pp.position_id = a.subject_id \
         WHERE a.subject = 'position' AND a.period_set_id = $3) \
       OR p.id IN (WITH RECURSIVE below (id) AS ( \
           SELECT a.subject_id FROM period_set_assignment a \
             WHERE a.subject = 'dimension' AND a.period_set_id = $3 \
           UNION SELECT v.id FROM below b JOIN dimension_value v ON v.parent_id = b.id) \
         SELECT pd.person_id FROM below b JOIN person_dimension pd ON pd.value_id = b.id \
         UNION SELECT po.person_id FROM below b JOIN org_dimension od ON od.value_id = b.id \
           JOIN org_closure oc ON oc.ancestor_id = od.org_id \
           JOIN person_org po ON po.org_id = oc.descendant_id)";

/// The number of an employment kind, as `period_set_assignment` holds it.
fn kind_number(column: &str) -> String {
    let kinds = calendars::EMPLOYMENT_KINDS.iter().enumerate();
    let cases: Vec<String> = kinds.map(|(i, k)| format!("WHEN '{k}' THEN {}", i + 1)).collect();
    format!("(CASE {column} {} END)", cases.join(" "))
}

/// Everybody who ever has an employment kind with one of the numbers `$3`.
const OF_KINDS: &str = "SELECT DISTINCT t.person_id, {from} AS from_date, {to} AS to_date \
     FROM person_kind t WHERE {kind} IN (SELECT k.id FROM {ids})";

/// Everybody who ever has one of the positions `$3`.
const OF_POSITIONS: &str = "SELECT DISTINCT t.person_id, {from} AS from_date, {to} AS to_date \
     FROM person_position t WHERE t.position_id IN (SELECT k.id FROM {ids})";

/// Everybody who ever has one of the dimension values `$3` or one below it, himself or by a department.
const OF_VALUES: &str = "SELECT f.person_id, {from} AS from_date, {to} AS to_date FROM ( \
       WITH RECURSIVE below (id) AS (SELECT k.id FROM {ids} \
         UNION SELECT v.id FROM below b JOIN dimension_value v ON v.parent_id = b.id) \
       SELECT pd.person_id FROM below b JOIN person_dimension pd ON pd.value_id = b.id \
       UNION SELECT po.person_id FROM below b JOIN org_dimension od ON od.value_id = b.id \
         JOIN org_closure oc ON oc.ancestor_id = od.org_id \
         JOIN person_org po ON po.org_id = oc.descendant_id) f";

/// Everybody who was ever in or below a department of which the condition is true: it may say his default.
fn of_departments(condition: &str, from: &str) -> String {
    format!(
        "SELECT po.person_id, {{from}}, {{to}} FROM {from} \
         JOIN org_closure oc ON oc.ancestor_id = a.org_id \
         JOIN person_org po ON po.org_id = oc.descendant_id WHERE {condition}"
    )
}

/// Everybody whose own scheme, or that of a department, names rule `$3`.
fn users_of_rule() -> String {
    let named = "u.rule_id = $3";
    let from = "org_scheme a JOIN rule_version v ON v.rule_id = a.scheme_id \
                JOIN rule_use u ON u.scheme_version_id = v.id";
    format!("{USERS_OF_RULE} UNION {}", of_departments(named, from))
}

/// Everybody who is in one of the departments `$3` or below it on some date of the span.
const STAFF: &str = "SELECT DISTINCT t.person_id, {from} AS from_date, {to} AS to_date \
     FROM (SELECT person_id, org_id, valid_from, \
             LEAD(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) AS next_from \
           FROM person_org) t \
     JOIN org_closure oc ON oc.descendant_id = t.org_id \
     WHERE oc.ancestor_id IN (SELECT k.id FROM {orgs}) \
       AND ({to} IS NULL OR (t.valid_from <= {to} AND oc.valid_from <= {to})) \
       AND (t.next_from IS NULL OR (t.next_from > {from} AND oc.valid_from < t.next_from)) \
       AND (oc.valid_to IS NULL OR (oc.valid_to >= {from} AND oc.valid_to >= t.valid_from))";

/// Everybody with an archive of period `$3`, or with adjustments of its dates.
const OF_PERIOD: &str = "SELECT a.person_id, {from} AS from_date, {to} AS to_date \
     FROM period_archive a WHERE a.period_id = $3 \
     UNION SELECT j.person_id, {from}, {to} FROM attendance_period p \
       JOIN adjustment j ON j.origin_set_id = p.period_set_id AND j.origin_period = p.period \
     WHERE p.id = $3";

/// Everybody with an approved request of type `$3`.
const FILED: &str = "SELECT r.person_id, {from}, {to} FROM approved_request r \
     WHERE r.type_id = $3 AND r.revoked_at IS NULL";

/// Everybody with shift `$3` in a cell of the span, his own, that of a swap or that of his team; cells hold `[1,2]`.
fn rostered() -> String {
    const HELD: &str = "(',' || substr(c.shift_ids, 2, length(c.shift_ids) - 2) || ',') \
        LIKE ('%,' || CAST($3 AS TEXT) || ',%')";
    const IN_SPAN: &str = "c.work_date >= {from} AND ({to} IS NULL OR c.work_date <= {to})";
    format!(
        "SELECT c.person_id, {{from}}, {{to}} FROM roster_cell c WHERE {IN_SPAN} AND {HELD} \
         UNION SELECT c.person_id, {{from}}, {{to}} FROM swap_cell c \
           WHERE c.ended_at IS NULL AND {IN_SPAN} AND {HELD} \
         UNION SELECT m.person_id, {{from}}, {{to}} FROM team_cell c JOIN ({MEMBERS}) m \
           ON m.team_id = c.team_id AND m.valid_from <= c.work_date \
             AND (m.next_from IS NULL OR m.next_from > c.work_date) \
           WHERE {IN_SPAN} AND {HELD}"
    )
}

/// Who is in which team from when until before when.
const MEMBERS: &str = "SELECT person_id, team_id, valid_from, \
       LEAD(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) AS next_from \
     FROM team_member";

/// Members of the teams `$3` on the dates that are theirs, with the reach of a plan.
fn in_teams(dialect: Dialect) -> String {
    let columns = [
        ("team_id", ColumnKind::Bigint),
        ("first", ColumnKind::Date),
        ("last", ColumnKind::Date),
        ("mark_from", ColumnKind::Date),
        ("mark_to", ColumnKind::Date),
    ];
    let rows = json_rows(dialect, "r", 3, &columns);
    let reach = reach_of_plan(DateSpan::day(LocalDate::from_days(0)));
    let before = plus_days_sql(dialect, "m.valid_from", reach.from.days());
    let after = plus_days_sql(dialect, "m.next_from", reach.to.map_or(0, LocalDate::days) - 1);
    let (greatest, least) = match dialect {
        Dialect::Sqlite => ("max", "min"),
        Dialect::Postgres => ("GREATEST", "LEAST"),
    };
    format!(
        "SELECT m.person_id, \
           {greatest}({{from}}, CASE WHEN m.valid_from > r.first THEN {before} \
             ELSE r.mark_from END) AS from_date, \
           {least}({{to}}, CASE WHEN m.next_from <= r.last THEN {after} \
             ELSE r.mark_to END) AS to_date \
         FROM {rows} JOIN ({MEMBERS}) m ON m.team_id = r.team_id \
           AND m.valid_from <= r.last AND (m.next_from IS NULL OR m.next_from > r.first)"
    )
}

/// The rows that [`in_teams`] binds.
fn team_rows(spans: &[(TeamId, DateSpan)]) -> Value {
    let row = |(team, span): &(TeamId, DateSpan)| {
        let mark = reach_of_plan(*span);
        json!({ "team_id": team.0, "first": span.from, "last": span.to,
                "mark_from": mark.from, "mark_to": mark.to })
    };
    serde_json::Value::Array(spans.iter().map(row).collect()).to_string().into()
}

/// People whose timeline holds `$3` on some date of the span.
fn timeline(table: &str, column: &str) -> String {
    format!(
        "SELECT DISTINCT t.person_id, {{from}} AS from_date, {{to}} AS to_date \
         FROM (SELECT person_id, {column} AS held, valid_from, \
                 LEAD(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) AS next_from \
               FROM {table}) t \
         WHERE t.held = $3 AND ({{to}} IS NULL OR t.valid_from <= {{to}}) \
           AND (t.next_from IS NULL OR t.next_from > {{from}})"
    )
}
