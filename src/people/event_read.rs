//! Events as screens show them, and what they make of a person.

use sea_orm::FromQueryResult;
use vocabulary::{EmploymentKind, EventId, Instant, LocalDate, PersonId, PositionId, UserId};

use super::event::{EventContent, EventKind, EventState};
use super::event_store;
use super::life::Life;
use super::within;
use crate::base::{Fault, Query, Scope};

/// An event with the names of what it sets.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct EventRow {
    pub id: EventId,
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    /// See [`EventKind`].
    pub kind: String,
    pub on_date: LocalDate,
    pub seq: i32,
    /// See [`EventState`].
    pub state: String,
    pub content: String,
    pub reason: String,
    pub reverses_id: Option<EventId>,
    pub author_id: Option<UserId>,
    pub entered_at: Instant,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
    pub remark: Option<String>,
    pub version: i32,
}

impl EventRow {
    pub fn content(&self) -> Result<EventContent, Fault> {
        Ok(serde_json::from_str(&self.content)?)
    }
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    pub id: Option<EventId>,
    pub person: Option<PersonId>,
    pub kind: Option<EventKind>,
    pub state: Option<EventState>,
    pub from: Option<LocalDate>,
    pub to: Option<LocalDate>,
    /// Ids after this one.
    pub after: EventId,
    pub limit: u32,
}

impl EventFilter {
    pub fn one(id: EventId) -> Self {
        Self { id: Some(id), limit: 1, ..Self::default() }
    }
}

/// Events in the order in which they were entered. One sees those of people who lie in the scope on the date of the
/// event, or on their first day if that is later.
pub async fn events(
    q: &impl Query,
    scope: &Scope,
    f: &EventFilter,
) -> Result<Vec<EventRow>, Fault> {
    let mut values: Vec<sea_orm::Value> = vec![
        f.id.into(),
        f.person.into(),
        f.kind.map(EventKind::as_str).into(),
        f.state.map(EventState::as_str).into(),
        f.from.unwrap_or(LocalDate::MIN).into(),
        f.to.unwrap_or(LocalDate::MAX).into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let on = "(CASE WHEN p.hired_on > e.on_date THEN p.hired_on ELSE e.on_date END)";
    let seen = within(scope, on, "p.id", &mut values);
    let sql = format!(
        "SELECT e.id, e.person_id, p.number, p.name, e.kind, e.on_date, e.seq, e.state, e.content, \
           e.reason, e.reverses_id, e.author_id, e.entered_at, e.decided_by, e.decided_at, \
           e.remark, e.version \
         FROM employment_event e JOIN person p ON p.id = e.person_id \
         WHERE ($1 IS NULL OR e.id = $1) AND ($2 IS NULL OR e.person_id = $2) \
           AND ($3 IS NULL OR e.kind = $3) AND ($4 IS NULL OR e.state = $4) \
           AND e.on_date BETWEEN $5 AND $6 AND e.id > $7 AND {seen} ORDER BY e.id LIMIT $8"
    );
    q.rows(&sql, values).await
}

/// An entry of the timeline of the position.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PositionEntry {
    pub valid_from: LocalDate,
    pub position_id: Option<PositionId>,
    pub code: Option<String>,
    pub name: Option<String>,
}

/// An entry of the timeline of the employment kind.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct KindEntry {
    pub valid_from: LocalDate,
    pub employment_kind: EmploymentKind,
}

/// The contract of a person, as far as events tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    pub from: Option<LocalDate>,
    /// `None` = open-ended, or not known.
    pub until: Option<LocalDate>,
    pub renewals: i32,
}

/// What the events of a person make of him.
#[derive(Clone, Debug)]
pub struct Career {
    pub life: Life,
    pub contract: Contract,
}

/// The positions of a person, oldest first. The caller has found him in scope.
pub async fn position_timeline(q: &impl Query, id: PersonId) -> Result<Vec<PositionEntry>, Fault> {
    q.rows(
        "SELECT t.valid_from, t.position_id, p.code, p.name FROM person_position t \
         LEFT JOIN position p ON p.id = t.position_id WHERE t.person_id = $1 ORDER BY t.valid_from",
        vec![id.into()],
    )
    .await
}

/// The employment kinds of a person, oldest first. The caller has found him in scope.
pub async fn kind_timeline(q: &impl Query, id: PersonId) -> Result<Vec<KindEntry>, Fault> {
    q.rows(
        "SELECT valid_from, employment_kind FROM person_kind WHERE person_id = $1 \
         ORDER BY valid_from",
        vec![id.into()],
    )
    .await
}

/// Service and contract of a person from his events. The caller has found him in scope.
pub async fn career(
    q: &impl Query,
    id: PersonId,
    file: (LocalDate, Option<LocalDate>),
) -> Result<Career, Fault> {
    let events = event_store::events(q, &[id]).await?.remove(&id).unwrap_or_default();
    let life = Life::of(file, &events);
    let mut contract = Contract::default();
    for e in super::life::in_order(&events) {
        match e.kind {
            EventKind::Renewal => contract.renewals += i32::from(contract.from.is_some()),
            EventKind::Hire | EventKind::Reinstate if e.content.contract_until.is_some() => {}
            _ => continue,
        }
        (contract.from, contract.until) = (Some(e.on), e.content.contract_until);
    }
    Ok(Career { life, contract })
}
