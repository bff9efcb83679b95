use engine::legality::Protection;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, OrgId, PersonId};

use crate::base::{Fault, Query, Scope};
use crate::people;
use crate::shifts::LegalFinding;

/// A finding of the nightly check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    pub id: i64,
    pub finding: LegalFinding,
    pub found_at: Instant,
    pub seen_at: Instant,
    pub closed_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Stored {
    id: i64,
    person_id: PersonId,
    number: String,
    name: String,
    code: String,
    severity: String,
    from_date: LocalDate,
    to_date: LocalDate,
    value: i32,
    limit_value: i32,
    found_at: Instant,
    seen_at: Instant,
    closed_at: Option<Instant>,
}

/// Which findings are wanted.
#[derive(Clone, Debug)]
pub struct FindingFilter {
    pub from: LocalDate,
    pub to: LocalDate,
    pub person: Option<PersonId>,
    /// A department with everything below it, on the first date of the finding.
    pub org: Option<OrgId>,
    pub code: Option<String>,
    pub severity: Option<&'static str>,
    /// Also those that are gone.
    pub closed: bool,
    /// Ids after this one.
    pub after: i64,
    pub limit: u32,
}

/// Findings that touch the dates, in the order of their ids; of people in scope on the last date of the finding.
pub async fn roster_findings(
    q: &impl Query,
    scope: &Scope,
    f: &FindingFilter,
) -> Result<Vec<FindingRow>, Fault> {
    let mut values: Vec<Value> = vec![
        f.from.into(),
        f.to.into(),
        f.person.into(),
        f.code.clone().into(),
        f.severity.into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within(scope, "f.to_date", "f.person_id", &mut values);
    let org = f.org.map_or_else(Scope::everybody, Scope::org);
    let wanted = people::within(&org, "f.to_date", "f.person_id", &mut values);
    let open = if f.closed { "TRUE" } else { "f.closed_at IS NULL" };
    let sql = format!(
        "SELECT f.id, f.person_id, p.number, p.name, f.code, f.severity, f.from_date, f.to_date, \
           f.value, f.limit_value, f.found_at, f.seen_at, f.closed_at \
         FROM roster_finding f JOIN person p ON p.id = f.person_id \
         WHERE f.to_date >= $1 AND f.from_date <= $2 AND ($3 IS NULL OR f.person_id = $3) \
           AND ($4 IS NULL OR f.code = $4) AND ($5 IS NULL OR f.severity = $5) AND f.id > $6 \
           AND {open} AND {visible} AND {wanted} ORDER BY f.id LIMIT $7"
    );
    let rows: Vec<Stored> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(Stored::row).collect())
}

impl Stored {
    fn row(self) -> FindingRow {
        FindingRow {
            id: self.id,
            finding: LegalFinding {
                person: self.person_id,
                number: self.number,
                name: self.name,
                code: self.code,
                severity: self.severity,
                from: self.from_date,
                to: self.to_date,
                value: self.value,
                limit: self.limit_value,
            },
            found_at: self.found_at,
            seen_at: self.seen_at,
            closed_at: self.closed_at,
        }
    }
}

/// Protected dates of a person.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ProtectionRow {
    pub person_id: PersonId,
    pub kind: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl ProtectionRow {
    pub fn protection(&self) -> Option<Protection> {
        Protection::parse(&self.kind)
    }
}

/// Protected dates after a person, in the order of person and date, of people in scope on `today`.
pub async fn protection_rows(
    q: &impl Query,
    scope: &Scope,
    person: Option<PersonId>,
    after: PersonId,
    limit: u32,
    today: LocalDate,
) -> Result<Vec<ProtectionRow>, Fault> {
    let mut values: Vec<Value> =
        vec![person.into(), after.into(), i64::from(limit).into(), today.into()];
    let visible = people::within(scope, "$4", "t.person_id", &mut values);
    // Whole people only, so that a page never cuts one in two.
    let sql = format!(
        "SELECT t.person_id, t.kind, t.valid_from, t.valid_to FROM person_protection t \
         JOIN (SELECT DISTINCT t.person_id FROM person_protection t \
           WHERE ($1 IS NULL OR t.person_id = $1) AND t.person_id > $2 AND $4 IS NOT NULL \
             AND {visible} ORDER BY t.person_id LIMIT $3) AS k ON k.person_id = t.person_id \
         ORDER BY t.person_id, t.valid_from, t.kind"
    );
    q.rows(&sql, values).await
}
