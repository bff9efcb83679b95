//! Rules with their versions, and who has which scheme.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use vocabulary::{Instant, LocalDate, PersonId, RuleId, RuleVersionId, UserId};

use super::RuleKind;
use crate::base::{ColumnKind, Dialect, Fault, Query, Scope, json_rows};
use crate::people;

/// A rule with its version of a date.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RuleRow {
    pub id: RuleId,
    pub kind: String,
    pub code: String,
    pub name: String,
    pub latest_version: i32,
    pub version_id: Option<RuleVersionId>,
    pub version: Option<i32>,
    pub effective_from: Option<LocalDate>,
    pub published_at: Option<Instant>,
    pub published_by: Option<UserId>,
    pub body: Option<String>,
}

/// Which rules are wanted.
#[derive(Clone, Debug)]
pub struct RuleFilter {
    /// The version of this date is answered.
    pub on: LocalDate,
    pub id: Option<RuleId>,
    pub kind: Option<RuleKind>,
    /// Part of code or name.
    pub text: Option<String>,
    /// Rules after this one.
    pub after: Option<RuleId>,
    pub limit: u32,
}

/// Rules in the order of their making.
pub async fn rules(q: &impl Query, f: &RuleFilter) -> Result<Vec<RuleRow>, Fault> {
    q.rows(
        "SELECT r.id, r.kind, r.code, r.name, \
           (SELECT max(v.version) FROM rule_version v WHERE v.rule_id = r.id) AS latest_version, \
           c.id AS version_id, c.version, c.effective_from, c.published_at, c.published_by, c.body \
         FROM rule r LEFT JOIN rule_version c ON c.id = ( \
           SELECT v.id FROM rule_version v WHERE v.rule_id = r.id AND v.effective_from <= $1 \
           ORDER BY v.effective_from DESC, v.version DESC LIMIT 1) \
         WHERE ($2 IS NULL OR r.id = $2) AND ($3 IS NULL OR r.kind = $3) \
           AND ($4 IS NULL OR lower(r.code) LIKE $4 ESCAPE '\\' \
             OR lower(r.name) LIKE $4 ESCAPE '\\') AND ($5 IS NULL OR r.id > $5) \
         ORDER BY r.id LIMIT $6",
        vec![
            f.on.into(),
            f.id.into(),
            f.kind.map(RuleKind::as_str).into(),
            f.text.as_deref().map(like).into(),
            f.after.into(),
            i64::from(f.limit).into(),
        ],
    )
    .await
}

/// The pattern that finds `text` anywhere, with escape `\`.
fn like(text: &str) -> String {
    let safe = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{}%", safe.to_lowercase())
}

/// A published version.
#[derive(Clone, Debug, FromQueryResult, Serialize, Deserialize)]
pub struct RuleVersionRow {
    pub id: RuleVersionId,
    pub rule_id: RuleId,
    pub kind: String,
    pub code: String,
    pub version: i32,
    pub effective_from: LocalDate,
    pub published_at: Instant,
    pub published_by: Option<UserId>,
    pub body: String,
}

const VERSION: &str = "SELECT v.id, v.rule_id, r.kind, r.code, v.version, v.effective_from, \
     v.published_at, v.published_by, v.body FROM rule_version v JOIN rule r ON r.id = v.rule_id";

/// Versions of a rule with numbers below `before`, newest number first.
pub async fn rule_versions(
    q: &impl Query,
    id: RuleId,
    before: Option<i32>,
    limit: u32,
) -> Result<Vec<RuleVersionRow>, Fault> {
    let sql = format!(
        "{VERSION} WHERE v.rule_id = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT $3"
    );
    let before = before.unwrap_or(i32::MAX);
    q.rows(&sql, vec![id.into(), before.into(), i64::from(limit).into()]).await
}

/// One version of a rule.
pub async fn rule_version(
    q: &impl Query,
    id: RuleId,
    version: i32,
) -> Result<Option<RuleVersionRow>, Fault> {
    let sql = format!("{VERSION} WHERE v.rule_id = $1 AND v.version = $2");
    q.row(&sql, vec![id.into(), version.into()]).await
}

/// Every version of every rule, in the order of their ids.
pub(super) async fn all_versions(q: &impl Query) -> Result<Vec<RuleVersionRow>, Fault> {
    q.rows(&format!("{VERSION} ORDER BY v.id"), Vec::new()).await
}

/// A rule by kind and code, with the first date on which it has a version.
#[derive(Clone, Debug, FromQueryResult)]
pub struct NamedRule {
    pub id: RuleId,
    pub kind: String,
    pub code: String,
    /// Of the first version, which has the same kind of request as all others.
    pub body: String,
    pub first: LocalDate,
}

const NAMED: &str = "SELECT r.id, r.kind, r.code, v.body, (SELECT min(w.effective_from) \
       FROM rule_version w WHERE w.rule_id = r.id) AS first \
     FROM rule r JOIN rule_version v ON v.rule_id = r.id AND v.version = 1";

/// The rules with these kinds and codes that have a version.
pub(super) async fn named(
    q: &impl Query,
    names: &[(RuleKind, &str)],
) -> Result<HashMap<(RuleKind, String), NamedRule>, Fault> {
    let rows: Vec<_> = names
        .iter()
        .map(|(kind, code)| serde_json::json!({ "kind": kind.as_str(), "code": code }))
        .collect();
    let input =
        json_rows(q.dialect(), "n", 1, &[("kind", ColumnKind::Text), ("code", ColumnKind::Text)]);
    let sql = format!("{NAMED} JOIN {input} ON n.kind = r.kind AND n.code = r.code");
    let found: Vec<NamedRule> =
        q.rows(&sql, vec![serde_json::Value::Array(rows).to_string().into()]).await?;
    found
        .into_iter()
        .map(|r| {
            let kind = r.kind.parse().map_err(|e| Fault::new("kind of a rule", e))?;
            Ok(((kind, r.code.clone()), r))
        })
        .collect()
}

/// Ids and first dates of all rules of a kind that have a version, by code: schemes for
/// assignments, request types for requests.
pub async fn codes(
    q: &impl Query,
    kind: RuleKind,
) -> Result<HashMap<String, (RuleId, LocalDate)>, Fault> {
    let sql = format!("{NAMED} WHERE r.kind = $1");
    let rows: Vec<NamedRule> = q.rows(&sql, vec![kind.as_str().into()]).await?;
    Ok(rows.into_iter().map(|r| (r.code, (r.id, r.first))).collect())
}

/// Ids of all schemes by code.
pub async fn scheme_codes(q: &impl Query) -> Result<HashMap<String, RuleId>, Fault> {
    let rows = schemes(q).await?;
    Ok(rows.into_iter().map(|r| (r.code, r.id)).collect())
}

/// One entry of the timeline of the scheme of a person; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AssignmentRow {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// `None` = none.
    pub scheme_id: Option<RuleId>,
    pub code: Option<String>,
}

/// Which assignments are wanted.
#[derive(Clone, Debug)]
pub struct AssignmentFilter {
    pub person: Option<PersonId>,
    pub scheme: Option<RuleId>,
    /// Entries after this person and date.
    pub after: Option<(PersonId, LocalDate)>,
    /// The date on which the person must be in scope.
    pub today: LocalDate,
    pub limit: u32,
}

/// Entries of timelines in the order of person and date.
pub async fn assignments(
    q: &impl Query,
    scope: &Scope,
    f: &AssignmentFilter,
) -> Result<Vec<AssignmentRow>, Fault> {
    let (person, from) = f.after.unwrap_or((PersonId(0), LocalDate::MIN));
    let mut values: Vec<Value> = vec![
        f.person.into(),
        f.scheme.into(),
        person.into(),
        from.into(),
        i64::from(f.limit).into(),
        f.today.into(),
    ];
    let within = people::within(scope, "$6", "a.person_id", &mut values);
    let sql = format!(
        "SELECT a.person_id, a.valid_from, a.scheme_id, r.code FROM scheme_assignment a \
         LEFT JOIN rule r ON r.id = a.scheme_id \
         WHERE ($1 IS NULL OR a.person_id = $1) AND ($2 IS NULL OR a.scheme_id = $2) \
           AND (a.person_id, a.valid_from) > ($3, $4) AND {within} \
         ORDER BY a.person_id, a.valid_from LIMIT $5"
    );
    q.rows(&sql, values).await
}

#[derive(FromQueryResult)]
pub(super) struct StoredAssignment {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    pub scheme_id: Option<RuleId>,
}

fn places(q: &impl Query) -> String {
    json_rows(
        q.dialect(),
        "r",
        1,
        &[("person_id", ColumnKind::Bigint), ("valid_from", ColumnKind::Date)],
    )
}

/// The entries that exist at these places.
pub(super) async fn assignments_at(
    q: &impl Query,
    rows: &str,
) -> Result<Vec<StoredAssignment>, Fault> {
    let sql = format!(
        "SELECT a.person_id, a.valid_from, a.scheme_id FROM scheme_assignment a JOIN {} \
         ON r.person_id = a.person_id AND r.valid_from = a.valid_from",
        places(q)
    );
    q.rows(&sql, vec![rows.into()]).await
}

#[derive(FromQueryResult)]
pub(super) struct EntrySpan {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Where the next entry begins.
    pub next_from: Option<LocalDate>,
}

/// How long the entries at these places hold.
pub(super) async fn assignment_spans(q: &impl Query, rows: &str) -> Result<Vec<EntrySpan>, Fault> {
    let sql = format!(
        "SELECT a.person_id, a.valid_from, (SELECT min(n.valid_from) FROM scheme_assignment n \
           WHERE n.person_id = a.person_id AND n.valid_from > a.valid_from) AS next_from \
         FROM scheme_assignment a JOIN {} \
           ON r.person_id = a.person_id AND r.valid_from = a.valid_from",
        places(q)
    );
    q.rows(&sql, vec![rows.into()]).await
}

#[derive(FromQueryResult)]
pub(super) struct PersonRow {
    pub id: PersonId,
    /// Employee number.
    pub number: String,
}

/// A limit as a bound value.
fn limit_value(n: usize) -> Value {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

/// People in service on `date` who have no scheme on it, neither of their own nor of a department.
pub(super) async fn people_without_scheme(
    q: &impl Query,
    scope: &Scope,
    date: LocalDate,
    limit: usize,
) -> Result<Vec<PersonRow>, Fault> {
    let mut values: Vec<Value> = vec![date.into(), limit_value(limit)];
    let within = people::within(scope, "$1", "p.id", &mut values);
    let sql = format!(
        "SELECT p.id, p.number FROM person p \
         WHERE p.hired_on <= $1 AND (p.left_on IS NULL OR p.left_on >= $1) AND {within} \
           AND (SELECT a.scheme_id FROM scheme_assignment a WHERE a.person_id = p.id \
             AND a.valid_from <= $1 ORDER BY a.valid_from DESC LIMIT 1) IS NULL \
           AND (EXISTS (SELECT 1 FROM scheme_assignment a WHERE a.person_id = p.id \
               AND a.valid_from <= $1) \
             OR NOT EXISTS (SELECT 1 FROM person_org po \
               JOIN org_closure oc ON oc.descendant_id = po.org_id \
               JOIN org_scheme o ON o.org_id = oc.ancestor_id \
               WHERE po.person_id = p.id AND po.valid_from = (SELECT max(l.valid_from) \
                   FROM person_org l WHERE l.person_id = p.id AND l.valid_from <= $1) \
                 AND oc.valid_from <= $1 AND (oc.valid_to IS NULL OR oc.valid_to >= $1) \
                 AND o.scheme_id IS NOT NULL AND o.valid_from = (SELECT max(l.valid_from) \
                   FROM org_scheme l WHERE l.org_id = o.org_id AND l.valid_from <= $1))) \
         ORDER BY p.id LIMIT $2"
    );
    q.rows(&sql, values).await
}

#[derive(FromQueryResult)]
pub(super) struct SchemeRow {
    pub id: RuleId,
    pub code: String,
}

/// Every scheme.
pub(super) async fn schemes(q: &impl Query) -> Result<Vec<SchemeRow>, Fault> {
    q.rows("SELECT id, code FROM rule WHERE kind = 'scheme' ORDER BY id", Vec::new()).await
}

#[derive(FromQueryResult)]
pub(super) struct CellRow {
    pub id: PersonId,
    pub number: String,
    pub work_date: LocalDate,
    pub code: Option<String>,
}

/// Roster cells from `from` to `to` with a shift that has no version on their date.
pub(super) async fn cells_without_shift(
    q: &impl Query,
    scope: &Scope,
    from: LocalDate,
    to: LocalDate,
    limit: usize,
) -> Result<Vec<CellRow>, Fault> {
    let (each, id) = match q.dialect() {
        Dialect::Sqlite => ("json_each(c.shift_ids) e", "e.value"),
        Dialect::Postgres => {
            ("json_array_elements_text(c.shift_ids::json) AS e(value)", "e.value::bigint")
        }
    };
    let mut values: Vec<Value> = vec![from.into(), to.into(), limit_value(limit)];
    let within = people::within(scope, "c.work_date", "c.person_id", &mut values);
    let sql = format!(
        "SELECT p.id, p.number, c.work_date, s.code FROM roster_cell c CROSS JOIN {each} \
         JOIN person p ON p.id = c.person_id LEFT JOIN shift s ON s.id = {id} \
         WHERE c.work_date BETWEEN $1 AND $2 AND {within} AND NOT EXISTS ( \
           SELECT 1 FROM shift_version v WHERE v.shift_id = {id} \
             AND v.effective_from <= c.work_date) \
         ORDER BY c.work_date, p.id LIMIT $3"
    );
    q.rows(&sql, values).await
}

/// Names the set of versions a snapshot shows. Versions are only ever added, so their number and
/// greatest id tell one set from every other one of the same database.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct BookKey {
    place: String,
    rules: i64,
    last_rule: i64,
    shifts: i64,
    last_shift: i64,
}

pub(super) async fn book_key(q: &impl Query) -> Result<BookKey, Fault> {
    let place = match q.dialect() {
        Dialect::Sqlite => "(SELECT file FROM pragma_database_list WHERE name = 'main')",
        Dialect::Postgres => "current_database() || '/' || current_schema()",
    };
    let sql = format!(
        "SELECT {place} AS place, \
           (SELECT count(*) FROM rule_version) AS rules, \
           (SELECT COALESCE(max(id), 0) FROM rule_version) AS last_rule, \
           (SELECT count(*) FROM shift_version) AS shifts, \
           (SELECT COALESCE(max(id), 0) FROM shift_version) AS last_shift"
    );
    let key: Option<BookKey> = q.row(&sql, Vec::new()).await?;
    key.ok_or_else(|| Fault::text("no key of the book"))
}
