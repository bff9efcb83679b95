use std::collections::{HashMap, HashSet};

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, OrgId, PersonId, Zone};

use super::{PeopleRefusal, marks, store};
use crate::base::{Actor, ColumnKind, Fault, Query, Tx, audit, json_rows};

/// What a file or another source says about one person. `None` = it says nothing: a new person
/// takes the default, a known one stays as he is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonRow {
    /// Employee number, 1 to 20 characters without blanks.
    pub number: String,
    /// Required for a new person; 1 to 60 characters.
    pub name: Option<String>,
    pub zone: Option<Zone>,
    /// First day in service; required for a new person.
    pub hired_on: Option<LocalDate>,
    /// Last day in service.
    pub left_on: Option<LocalDate>,
    /// A new person is there from his first day, a known one from today on.
    pub org: Option<OrgId>,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    Created(PersonId),
    Changed(PersonId),
    Unchanged(PersonId),
    Refused(PeopleRefusal),
}

impl Put {
    pub fn id(&self) -> Option<PersonId> {
        match self {
            Self::Created(id) | Self::Changed(id) | Self::Unchanged(id) => Some(*id),
            Self::Refused(_) => None,
        }
    }
}

/// When and where the rows are written.
#[derive(Clone, Copy, Debug)]
pub struct PutAt {
    /// Of new persons whose row names none.
    pub zone: Zone,
    pub today: LocalDate,
    pub at: Instant,
}

/// A person as he stands, with his department of today (of his first day if that is later).
#[derive(Clone, Debug, FromQueryResult)]
struct Stored {
    id: PersonId,
    number: String,
    name: String,
    zone: String,
    hired_on: LocalDate,
    left_on: Option<LocalDate>,
    version: i32,
    org_id: Option<OrgId>,
}

/// Makes and changes persons by their numbers, in a fixed number of statements; one answer per row,
/// in order. Doing it again changes nothing. Marks every date that changed.
pub async fn put_people(
    tx: &Tx,
    actor: &Actor,
    rows: &[PersonRow],
    when: PutAt,
) -> Result<Vec<Put>, Fault> {
    let stored = stored(tx, rows, when.today).await?;
    let mut work = Work::default();
    let mut seen = HashSet::new();
    let mut puts: Vec<Put> = rows
        .iter()
        .map(|r| {
            if !seen.insert(r.number.as_str()) {
                return Put::Refused(PeopleRefusal::RowRepeated);
            }
            let planned = match stored.get(&r.number) {
                Some(before) => work.change(r, before, when.today),
                None => work.create(r, when.zone),
            };
            planned.unwrap_or_else(Put::Refused)
        })
        .collect();
    let written = work.write(tx, when).await?;
    for (row, put) in rows.iter().zip(&mut puts) {
        match (&*put, written.get(&row.number)) {
            (Put::Created(_), Some(id)) => *put = Put::Created(*id),
            (Put::Created(_), None) => *put = Put::Refused(PeopleRefusal::NumberTaken),
            (Put::Changed(_), None) if !work.moved_only.contains(&row.number) => {
                let version = stored.get(&row.number).map_or(0, |s| s.version + 1);
                *put = Put::Refused(PeopleRefusal::VersionConflict { version });
            }
            _ => {}
        }
    }
    work.finish(tx, actor, &written, when).await?;
    Ok(puts)
}

/// What has to be written.
#[derive(Default)]
struct Work {
    inserts: Vec<Value>,
    updates: Vec<Value>,
    /// Department of a number from a date on.
    orgs: Vec<(String, LocalDate, OrgId)>,
    /// Numbers whose service changes on these dates.
    service: Vec<(String, DateSpan)>,
    /// Numbers that are hired earlier than before.
    earlier: Vec<String>,
    /// Numbers of which only the department changes.
    moved_only: HashSet<String>,
    known: HashMap<String, PersonId>,
}

impl Work {
    fn create(&mut self, r: &PersonRow, zone: Zone) -> Result<Put, PeopleRefusal> {
        check_number(&r.number)?;
        let name = r.name.as_deref().ok_or(PeopleRefusal::NameRequired)?;
        check_name(name)?;
        let hired_on = r.hired_on.ok_or(PeopleRefusal::HireDateRequired)?;
        check_service(hired_on, r.left_on)?;
        self.inserts.push(json!({ "number": r.number, "name": name.trim(),
            "zone": r.zone.unwrap_or(zone).name(), "hired_on": hired_on, "left_on": r.left_on }));
        self.service.push((r.number.clone(), DateSpan { from: hired_on, to: r.left_on }));
        if let Some(org) = r.org {
            self.orgs.push((r.number.clone(), hired_on, org));
        }
        Ok(Put::Created(PersonId(0)))
    }

    fn change(
        &mut self,
        r: &PersonRow,
        s: &Stored,
        today: LocalDate,
    ) -> Result<Put, PeopleRefusal> {
        let name = r.name.as_deref().map_or(s.name.as_str(), str::trim);
        check_name(name)?;
        let zone = match r.zone {
            Some(zone) => zone.name(),
            None => s.zone.as_str(),
        };
        let hired_on = r.hired_on.unwrap_or(s.hired_on);
        let left_on = r.left_on.or(s.left_on);
        check_service(hired_on, left_on)?;
        let same = (name, zone, hired_on, left_on)
            == (s.name.as_str(), s.zone.as_str(), s.hired_on, s.left_on);
        if !same {
            self.updates.push(json!({ "id": s.id.0, "version": s.version, "name": name,
                "zone": zone, "hired_on": hired_on, "left_on": left_on }));
            let spans = changed_service((s.hired_on, s.left_on), (hired_on, left_on));
            self.service.extend(spans.into_iter().map(|span| (s.number.clone(), span)));
            if zone != s.zone {
                let all = DateSpan { from: hired_on, to: left_on };
                self.service.push((s.number.clone(), all));
            }
            if hired_on < s.hired_on {
                self.earlier.push(s.number.clone());
            }
        }
        let moves = r.org.filter(|o| Some(*o) != s.org_id);
        if let Some(org) = moves {
            self.orgs.push((s.number.clone(), today.max(hired_on), org));
        }
        self.known.insert(s.number.clone(), s.id);
        if same && moves.is_some() {
            self.moved_only.insert(s.number.clone());
        }
        let changed = !same || moves.is_some();
        Ok(if changed { Put::Changed(s.id) } else { Put::Unchanged(s.id) })
    }

    /// Writes the persons; the ids of those that were.
    async fn write(&self, tx: &Tx, when: PutAt) -> Result<HashMap<String, PersonId>, Fault> {
        let mut written = HashMap::new();
        if !self.inserts.is_empty() {
            let rows = Value::Array(self.inserts.clone()).to_string();
            let keys = store::insert_people(tx, &rows, when.at).await?;
            written.extend(keys.into_iter().map(|k| (k.number, k.id)));
        }
        if !self.updates.is_empty() {
            let rows = Value::Array(self.updates.clone()).to_string();
            let keys = store::update_people(tx, &rows).await?;
            written.extend(keys.into_iter().map(|k| (k.number, k.id)));
        }
        Ok(written)
    }

    /// Writes the departments, marks and records what was written.
    async fn finish(
        &self,
        tx: &Tx,
        actor: &Actor,
        written: &HashMap<String, PersonId>,
        when: PutAt,
    ) -> Result<(), Fault> {
        let id = |number: &String| {
            let moved = self.moved_only.contains(number);
            let known = self.known.get(number).filter(|_| moved);
            written.get(number).or(known).copied()
        };
        let earlier: Vec<Value> =
            self.earlier.iter().filter_map(id).map(|p| json!({ "id": p.0 })).collect();
        if !earlier.is_empty() {
            store::stretch_first_orgs(tx, &Value::Array(earlier).to_string()).await?;
        }
        let orgs: Vec<(PersonId, LocalDate, OrgId)> =
            self.orgs.iter().filter_map(|(n, from, org)| Some((id(n)?, *from, *org))).collect();
        let count = written.len() + self.moved_only.len();
        if count == 0 {
            return Ok(());
        }
        let service: Vec<(PersonId, DateSpan)> =
            self.service.iter().filter_map(|(n, span)| Some((id(n)?, *span))).collect();
        move_people(tx, &orgs, when.today, when.at).await?;
        marks::mark_service(tx, &service, when.today, when.at).await?;
        let detail = json!({ "made": self.inserts, "changed": self.updates,
            "departments": orgs.iter().map(|(p, d, o)| json!([p.0, d, o.0])).collect::<Vec<_>>() });
        audit(tx, actor, when.at, "put", "person", &count.to_string(), detail).await
    }
}

#[derive(FromQueryResult)]
struct NextEntry {
    person_id: PersonId,
    valid_from: LocalDate,
    next_from: Option<LocalDate>,
}

/// Writes entries of the timelines of departments and marks their dates, exactly from the first.
pub(super) async fn move_people(
    tx: &Tx,
    orgs: &[(PersonId, LocalDate, OrgId)],
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    if orgs.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = orgs
        .iter()
        .map(|(p, d, o)| json!({ "person_id": p.0, "valid_from": d, "org_id": o.0 }))
        .collect();
    let rows = Value::Array(rows).to_string();
    store::put_person_orgs(tx, &rows).await?;
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[("person_id", ColumnKind::Bigint), ("valid_from", ColumnKind::Date)],
    );
    let sql = format!(
        "SELECT r.person_id, r.valid_from, (SELECT min(n.valid_from) FROM person_org n \
           WHERE n.person_id = r.person_id AND n.valid_from > r.valid_from) AS next_from \
         FROM {input}"
    );
    let entries: Vec<NextEntry> = tx.rows(&sql, vec![rows.into()]).await?;
    let spans: Vec<(PersonId, DateSpan)> = entries
        .into_iter()
        .map(|e| {
            let to = e.next_from.map(|d| d.plus(-1));
            (e.person_id, DateSpan { from: e.valid_from, to })
        })
        .collect();
    marks::mark_org(tx, &spans, today, at).await
}

async fn stored(
    tx: &Tx,
    rows: &[PersonRow],
    today: LocalDate,
) -> Result<HashMap<String, Stored>, Fault> {
    let numbers: Vec<Value> = rows.iter().map(|r| json!({ "number": r.number })).collect();
    let input = json_rows(tx.dialect(), "r", 1, &[("number", ColumnKind::Text)]);
    let sql = format!(
        "SELECT p.id, p.number, p.name, p.zone, p.hired_on, p.left_on, p.version, \
           (SELECT o.org_id FROM person_org o WHERE o.person_id = p.id AND o.valid_from <= \
             (CASE WHEN p.hired_on > $2 THEN p.hired_on ELSE $2 END) \
            ORDER BY o.valid_from DESC LIMIT 1) AS org_id \
         FROM (SELECT DISTINCT r.number FROM {input}) AS k JOIN person p ON p.number = k.number"
    );
    let values = vec![Value::Array(numbers).to_string().into(), today.into()];
    let found: Vec<Stored> = tx.rows(&sql, values).await?;
    Ok(found.into_iter().map(|s| (s.number.clone(), s)).collect())
}

/// Dates that come into service or leave it.
pub(super) fn changed_service(
    before: (LocalDate, Option<LocalDate>),
    after: (LocalDate, Option<LocalDate>),
) -> Vec<DateSpan> {
    let mut spans = Vec::new();
    if before.0 != after.0 {
        let (first, second) = (before.0.min(after.0), before.0.max(after.0));
        spans.push(DateSpan::new(first, second.plus(-1)));
    }
    match (before.1, after.1) {
        (a, b) if a == b => {}
        (Some(a), Some(b)) => spans.push(DateSpan::new(a.min(b).plus(1), a.max(b))),
        (Some(end), None) | (None, Some(end)) => spans.push(DateSpan::since(end.plus(1))),
        (None, None) => {}
    }
    spans
}

/// 1900-01-01 to 2099-12-31.
const SERVICE_RANGE: std::ops::RangeInclusive<LocalDate> =
    LocalDate::from_days(-25_567)..=LocalDate::from_days(47_481);

/// Characters of an employee number.
const MAX_NUMBER: usize = 20;

/// Characters of the name of a person.
const MAX_NAME: usize = 60;

pub(super) fn check_number(number: &str) -> Result<(), PeopleRefusal> {
    let bad = |c: char| c.is_control() || c.is_whitespace();
    let good = (1..=MAX_NUMBER).contains(&number.chars().count()) && !number.chars().any(bad);
    if good { Ok(()) } else { Err(PeopleRefusal::NumberInvalid) }
}

pub(super) fn check_name(name: &str) -> Result<(), PeopleRefusal> {
    let name = name.trim();
    let good =
        (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if good { Ok(()) } else { Err(PeopleRefusal::PersonNameInvalid) }
}

pub(super) fn check_service(
    hired_on: LocalDate,
    left_on: Option<LocalDate>,
) -> Result<(), PeopleRefusal> {
    if !SERVICE_RANGE.contains(&hired_on) || !left_on.is_none_or(|d| SERVICE_RANGE.contains(&d)) {
        return Err(PeopleRefusal::DateUnreasonable);
    }
    if left_on.is_some_and(|d| d < hired_on) {
        return Err(PeopleRefusal::LeavesBeforeHired);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_that_come_into_service_or_leave_it_change() {
        let day = LocalDate::from_days;
        let spans = |a, b| changed_service(a, b);
        assert_eq!(spans((day(10), None), (day(10), None)), []);
        assert_eq!(spans((day(10), None), (day(7), None)), [DateSpan::new(day(7), day(9))]);
        assert_eq!(
            spans((day(10), Some(day(20))), (day(10), Some(day(25)))),
            [DateSpan::new(day(21), day(25))]
        );
        assert_eq!(spans((day(10), None), (day(10), Some(day(20)))), [DateSpan::since(day(21))]);
        assert_eq!(spans((day(10), Some(day(20))), (day(10), None)), [DateSpan::since(day(21))]);
    }
}
