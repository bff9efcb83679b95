use std::collections::{HashMap, HashSet};

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DateSpan, EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, Zone};

use super::event::{EventContent, EventKind, EventState, NewEvent};
use super::event_check::check_probation;
use super::event_store::{self, Entry, EventInsert, KINDS, ORGS, POSITIONS};
use super::ledger::Ledger;
use super::tokens::{Named, put_tokens, renew_tokens};
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
    /// A new person is there from his first day, a known one from today on. So it is with position and kind.
    pub org: Option<OrgId>,
    pub position: Option<PositionId>,
    pub kind: Option<EmploymentKind>,
    /// Of a new person: last day of his probation.
    pub probation_until: Option<LocalDate>,
    /// Of a new person: last day of his contract.
    pub contract_until: Option<LocalDate>,
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
    position_id: Option<PositionId>,
    employment_kind: Option<EmploymentKind>,
}

/// Makes and changes persons by their numbers, in a fixed number of statements; one answer per row,
/// in order. Doing it again changes nothing. What happens to known people becomes events of theirs. Marks every date
/// that changed.
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
        .enumerate()
        .map(|(row, r)| {
            if !seen.insert(r.number.as_str()) {
                return Put::Refused(PeopleRefusal::RowRepeated);
            }
            let planned = match stored.get(&r.number) {
                Some(before) => work.change(row, r, before, when.today),
                None => work.create(r, when.zone),
            };
            planned.unwrap_or_else(Put::Refused)
        })
        .collect();
    let made = work.make(tx, actor, when).await?;
    for (row, put) in rows.iter().zip(&mut puts) {
        match (&*put, made.get(&row.number)) {
            (Put::Created(_), Some(id)) => *put = Put::Created(*id),
            (Put::Created(_), None) => *put = Put::Refused(PeopleRefusal::NumberTaken),
            _ => {}
        }
    }
    for (row, refusal) in work.settle(tx, actor, when).await? {
        if let Some(put) = puts.get_mut(row) {
            *put = Put::Refused(refusal);
        }
    }
    Ok(puts)
}

/// What is said anew of a known person.
struct Change {
    row: usize,
    id: PersonId,
    /// The version it is based on.
    version: i32,
    name: Option<String>,
    zone: Option<Zone>,
    hired_on: Option<LocalDate>,
    left_on: Option<LocalDate>,
    /// The place from a date on.
    place: Option<(LocalDate, EventContent)>,
    /// Hired earlier than before.
    earlier: bool,
}

/// What has to be written.
#[derive(Default)]
struct Work {
    inserts: Vec<Value>,
    /// Numbers of new people with what they are hired as.
    hired: Vec<(String, LocalDate, Option<LocalDate>, EventContent)>,
    changes: Vec<Change>,
}

impl Work {
    fn create(&mut self, r: &PersonRow, zone: Zone) -> Result<Put, PeopleRefusal> {
        check_number(&r.number)?;
        let name = r.name.as_deref().ok_or(PeopleRefusal::NameRequired)?;
        check_name(name)?;
        let hired_on = r.hired_on.ok_or(PeopleRefusal::HireDateRequired)?;
        check_service(hired_on, r.left_on)?;
        for day in [r.probation_until, r.contract_until].into_iter().flatten() {
            check_day(day)?;
            if day < hired_on {
                return Err(PeopleRefusal::SpanInvalid);
            }
        }
        let contract = r.contract_until.map(|last| (hired_on, Some(last)));
        check_probation((hired_on, r.probation_until), contract)?;
        self.inserts.push(json!({ "number": r.number, "name": name.trim(),
            "zone": r.zone.unwrap_or(zone).name(), "hired_on": hired_on, "left_on": r.left_on }));
        let content = EventContent {
            org: r.org,
            position: r.position.map(Some),
            kind: r.kind,
            until: r.probation_until,
            contract_until: r.contract_until,
            ..EventContent::default()
        };
        self.hired.push((r.number.clone(), hired_on, r.left_on, content));
        Ok(Put::Created(PersonId(0)))
    }

    fn change(
        &mut self,
        row: usize,
        r: &PersonRow,
        s: &Stored,
        today: LocalDate,
    ) -> Result<Put, PeopleRefusal> {
        let name = r.name.as_deref().map_or(s.name.as_str(), str::trim);
        check_name(name)?;
        let hired_on = r.hired_on.unwrap_or(s.hired_on);
        let left_on = r.left_on.or(s.left_on);
        check_service(hired_on, left_on)?;
        let content = EventContent {
            org: r.org.filter(|o| Some(*o) != s.org_id),
            position: r.position.filter(|p| Some(*p) != s.position_id).map(Some),
            kind: r.kind.filter(|k| Some(*k) != s.employment_kind),
            ..EventContent::default()
        };
        let change = Change {
            row,
            id: s.id,
            version: s.version,
            name: (name != s.name).then(|| name.to_owned()),
            zone: r.zone.filter(|z| z.name() != s.zone),
            hired_on: (hired_on != s.hired_on).then_some(hired_on),
            left_on: left_on.filter(|l| Some(*l) != s.left_on),
            place: content.moves().then(|| (today.max(hired_on), content)),
            earlier: hired_on < s.hired_on,
        };
        let same = change.name.is_none()
            && change.zone.is_none()
            && change.hired_on.is_none()
            && change.left_on.is_none()
            && change.place.is_none();
        if same {
            return Ok(Put::Unchanged(s.id));
        }
        self.changes.push(change);
        Ok(Put::Changed(s.id))
    }

    /// Writes the new people with their first events; the ids of those that were.
    async fn make(
        &self,
        tx: &Tx,
        actor: &Actor,
        when: PutAt,
    ) -> Result<HashMap<String, PersonId>, Fault> {
        if self.inserts.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = Value::Array(self.inserts.clone()).to_string();
        let keys = store::insert_people(tx, &rows, when.at).await?;
        let made: HashMap<String, PersonId> = keys.into_iter().map(|k| (k.number, k.id)).collect();
        let named = self.inserts.iter().filter_map(|row| {
            let text = |key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
            let (number, name) = (text("number")?, text("name")?);
            Some(Named { id: *made.get(&number)?, number, name })
        });
        put_tokens(tx, &named.collect::<Vec<_>>(), false).await?;
        let mut events = Vec::with_capacity(self.hired.len());
        let (mut orgs, mut positions, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        let mut tried = Vec::new();
        let mut service = Vec::new();
        for (number, from, left, content) in &self.hired {
            let Some(person) = made.get(number).copied() else { continue };
            let entry = |value| Entry { person, on: *from, value: Some(value) };
            orgs.extend(content.org.map(|o| entry(json!(o.0))));
            positions.extend(content.position.flatten().map(|p| entry(json!(p.0))));
            kinds.extend(content.kind.map(|k| entry(json!(k))));
            service.push((person, DateSpan { from: *from, to: *left }));
            let event = |kind, on, content, seq| EventInsert {
                new: NewEvent { person, kind, on, content, reason: String::new() },
                seq,
                state: EventState::Effective,
                reverses: None,
            };
            events.push(event(EventKind::Hire, *from, content.clone(), 1));
            if let Some(last) = left {
                let seq = if last == from { 2 } else { 1 };
                events.push(event(EventKind::Leave, *last, EventContent::default(), seq));
            }
            if let Some(until) = content.until {
                let until = left.map_or(until, |l| l.min(until));
                tried.push(json!({ "person_id": person.0, "valid_from": from, "valid_to": until }));
            }
        }
        event_store::insert(tx, &events, actor.user, when.at).await?;
        for (line, entries) in [(ORGS, orgs), (POSITIONS, positions), (KINDS, kinds)] {
            event_store::put_entries(tx, line, &entries).await?;
        }
        event_store::put_probations(tx, tried).await?;
        marks::mark_service(tx, &service, when.today, when.at).await?;
        let detail = json!({ "made": self.inserts });
        audit(tx, actor, when.at, "put", "person", &made.len().to_string(), detail).await?;
        Ok(made)
    }

    /// Lets known people have their events; the rows that are refused after all.
    async fn settle(
        self,
        tx: &Tx,
        actor: &Actor,
        when: PutAt,
    ) -> Result<Vec<(usize, PeopleRefusal)>, Fault> {
        let mut refused = Vec::new();
        if self.changes.is_empty() {
            return Ok(refused);
        }
        let ids: Vec<PersonId> = self.changes.iter().map(|c| c.id).collect();
        let mut ledger = Ledger::open(tx, &ids).await?;
        let (mut earlier, mut rezoned) = (Vec::new(), Vec::new());
        let mut renamed = Vec::new();
        for c in self.changes {
            match ledger.version(c.id) {
                Some(version) if version != c.version => {
                    refused.push((c.row, PeopleRefusal::VersionConflict { version }));
                    continue;
                }
                _ => {}
            }
            if let Some(last) = c.left_on
                && let Err(refusal) = ledger.leave(c.id, Some(last))
            {
                refused.push((c.row, refusal));
                continue;
            }
            if let Some(first) = c.hired_on {
                ledger.rehire(c.id, first);
            }
            if let Some((on, content)) = c.place {
                let (person, kind) = (c.id, EventKind::Transfer);
                let new = NewEvent { person, kind, on, content, reason: String::new() };
                ledger.put(new, EventState::Effective);
            }
            if c.earlier {
                earlier.push(json!({ "id": c.id.0 }));
            }
            if let Some(life) = c.zone.and_then(|_| ledger.life(c.id)) {
                rezoned.push((c.id, DateSpan { from: life.hired, to: life.left }));
            }
            renamed.extend(c.name.as_ref().map(|_| c.id));
            ledger.rename(c.id, c.name, c.zone);
        }
        ledger.close(tx, actor, when).await?;
        renew_tokens(tx, &renamed).await?;
        if !earlier.is_empty() {
            store::stretch_first_orgs(tx, &Value::Array(earlier).to_string()).await?;
        }
        marks::mark_service(tx, &rezoned, when.today, when.at).await?;
        Ok(refused)
    }
}

async fn stored(
    tx: &Tx,
    rows: &[PersonRow],
    today: LocalDate,
) -> Result<HashMap<String, Stored>, Fault> {
    let numbers: Vec<Value> = rows.iter().map(|r| json!({ "number": r.number })).collect();
    let input = json_rows(tx.dialect(), "r", 1, &[("number", ColumnKind::Text)]);
    let on = "(CASE WHEN p.hired_on > $2 THEN p.hired_on ELSE $2 END)";
    let of = |table: &str, column: &str| {
        format!(
            "(SELECT t.{column} FROM {table} t WHERE t.person_id = p.id AND t.valid_from <= {on} \
             ORDER BY t.valid_from DESC LIMIT 1) AS {column}"
        )
    };
    let sql = format!(
        "SELECT p.id, p.number, p.name, p.zone, p.hired_on, p.left_on, p.version, {}, {}, {} \
         FROM (SELECT DISTINCT r.number FROM {input}) AS k JOIN person p ON p.number = k.number",
        of("person_org", "org_id"),
        of("person_position", "position_id"),
        of("person_kind", "employment_kind"),
    );
    let values = vec![Value::Array(numbers).to_string().into(), today.into()];
    let found: Vec<Stored> = tx.rows(&sql, values).await?;
    Ok(found.into_iter().map(|s| (s.number.clone(), s)).collect())
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

/// Refuses days nobody means.
pub(super) fn check_day(day: LocalDate) -> Result<(), PeopleRefusal> {
    if SERVICE_RANGE.contains(&day) { Ok(()) } else { Err(PeopleRefusal::DateUnreasonable) }
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
