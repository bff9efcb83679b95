//! The only way into the life of people who are there: events are entered or taken back, and what follows from
//! them is written when the ledger is closed.

use std::collections::{BTreeSet, HashMap};

use vocabulary::{EventId, LocalDate, PersonId, Zone};

use super::event::{Event, EventContent, EventKind, EventState, NewEvent, Undone};
use super::event_check::check;
use super::event_store::{self, EventInsert, PersonLine};
use super::life::{Life, Stretch, in_order};
use super::{PeopleRefusal, event_close};
use crate::base::{Actor, Fault, Tx};
use crate::people::follow::Followed;

/// A person with all of his events.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub line: PersonLine,
    pub before: Life,
    pub events: Vec<Event>,
    /// Name or zone were changed by the one who opened the ledger.
    pub renamed: bool,
}

impl Known {
    pub fn file(&self) -> Stretch {
        (self.line.hired_on, self.line.left_on)
    }

    pub fn life(&self) -> Life {
        Life::of(self.file(), &self.events)
    }

    /// The contract in effect on a date, if it is known.
    pub fn contract(&self, on: LocalDate) -> Option<Stretch> {
        let begins = |e: &&Event| {
            e.on <= on
                && (e.kind == EventKind::Renewal
                    || (matches!(e.kind, EventKind::Hire | EventKind::Reinstate)
                        && e.content.contract_until.is_some()))
        };
        let last = in_order(&self.events).into_iter().rfind(begins)?;
        Some((last.on, last.content.contract_until))
    }

    fn next_seq(&self, on: LocalDate) -> i32 {
        self.events.iter().filter(|e| e.on == on).map(|e| e.seq).max().unwrap_or(0) + 1
    }
}

/// An event that changes its state.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub person: PersonId,
    pub id: EventId,
    pub from: EventState,
    pub to: EventState,
    pub remark: String,
}

/// Events of some people, to be written together. Their rows stay locked until the transaction ends.
#[derive(Debug)]
pub struct Ledger {
    pub(super) people: HashMap<PersonId, Known>,
    pub(super) inserts: Vec<EventInsert>,
    pub(super) turns: Vec<Turn>,
    /// Places whose entries in the timelines may change.
    pub(super) touched: BTreeSet<(PersonId, LocalDate)>,
}

impl Ledger {
    /// Reads people with their events. Unknown ids are left out.
    pub async fn open(tx: &Tx, people: &[PersonId]) -> Result<Self, Fault> {
        let lines = event_store::lock(tx, people).await?;
        let mut events = event_store::events(tx, people).await?;
        let people = lines
            .into_iter()
            .map(|line| {
                let events = events.remove(&line.id).unwrap_or_default();
                let before = Life::of((line.hired_on, line.left_on), &events);
                (line.id, Known { line, before, events, renamed: false })
            })
            .collect();
        let (inserts, turns, touched) = (Vec::new(), Vec::new(), BTreeSet::new());
        Ok(Self { people, inserts, turns, touched })
    }

    fn known(&mut self, person: PersonId) -> Result<&mut Known, PeopleRefusal> {
        self.people.get_mut(&person).ok_or(PeopleRefusal::PersonNotFound)
    }

    /// The version of a person; `None` if he is not there.
    pub fn version(&self, person: PersonId) -> Option<i32> {
        self.people.get(&person).map(|k| k.line.version)
    }

    /// The life of a person as it will be.
    pub fn life(&self, person: PersonId) -> Option<Life> {
        self.people.get(&person).map(Known::life)
    }

    /// The events of a person as they will be.
    pub fn events(&self, person: PersonId) -> &[Event] {
        self.people.get(&person).map(|k| k.events.as_slice()).unwrap_or_default()
    }

    /// Enters an event; refused if it cannot happen to the person as he will be then. One that waits for a decision
    /// changes nothing yet.
    pub fn enter(&mut self, new: NewEvent, waits: bool) -> Result<(), PeopleRefusal> {
        let known = self.known(new.person)?;
        check(&known.life(), known.contract(new.on), &new)?;
        if new.kind == EventKind::Unfreeze && !waits {
            // The planned end of the freeze lies after this one and means nothing any more.
            let planned = known
                .events
                .iter()
                .find(|e| e.counts() && e.kind == EventKind::Unfreeze && e.on > new.on);
            let freeze_between = |to: LocalDate| {
                let mut freezes = known.events.iter().filter(|e| e.kind == EventKind::Freeze);
                freezes.any(|e| e.counts() && new.on <= e.on && e.on < to)
            };
            if let Some(id) = planned.filter(|p| !freeze_between(p.on)).map(|p| p.id) {
                self.turn(new.person, id, EventState::Removed, String::new());
            }
        }
        self.put(new, if waits { EventState::Pending } else { EventState::Effective });
        Ok(())
    }

    /// Enters an event without asking whether it can happen.
    pub(super) fn put(&mut self, new: NewEvent, state: EventState) {
        let Some(known) = self.people.get_mut(&new.person) else { return };
        let seq = known.next_seq(new.on);
        known.events.push(Event {
            id: EventId(0),
            kind: new.kind,
            on: new.on,
            seq,
            state,
            content: new.content.clone(),
            undone: Undone::default(),
        });
        if state == EventState::Effective {
            self.touched.insert((new.person, new.on));
        }
        self.inserts.push(EventInsert { new, seq, state, reverses: None });
    }

    /// Gives an event another state.
    pub(super) fn turn(&mut self, person: PersonId, id: EventId, to: EventState, remark: String) {
        let Some(known) = self.people.get_mut(&person) else { return };
        let Some(event) = known.events.iter_mut().find(|e| e.id == id) else { return };
        let from = event.state;
        event.state = to;
        self.touched.insert((person, event.on));
        self.turns.push(Turn { person, id, from, to, remark });
    }

    /// Decides an event that waits. Approved, it must still be able to happen.
    pub fn decide(
        &mut self,
        person: PersonId,
        id: EventId,
        approved: bool,
        remark: &str,
    ) -> Result<(), PeopleRefusal> {
        let known = self.known(person)?;
        let found = known.events.iter().find(|e| e.id == id);
        let event = found.ok_or(PeopleRefusal::EventNotFound)?.clone();
        if event.state != EventState::Pending {
            return Err(PeopleRefusal::EventDecided { state: event.state.as_str() });
        }
        let to = if approved { EventState::Effective } else { EventState::Refused };
        if approved {
            let (kind, on, content) = (event.kind, event.on, event.content);
            let new = NewEvent { person, kind, on, content, reason: String::new() };
            check(&known.life(), known.contract(on), &new)?;
        }
        self.turn(person, id, to, remark.to_owned());
        Ok(())
    }

    /// Whether something later was said of what an event sets.
    pub fn is_followed(&self, person: PersonId, id: EventId) -> bool {
        let events = self.events(person);
        let Some(event) = events.iter().find(|e| e.id == id) else { return false };
        let group = |k: EventKind| match k {
            EventKind::Freeze | EventKind::Unfreeze => 1,
            EventKind::Leave | EventKind::Reinstate => 2,
            EventKind::Probation | EventKind::Confirm => 3,
            EventKind::Renewal => 4,
            _ => 0,
        };
        let c = &event.content;
        events.iter().filter(|e| e.counts() && e.id != id).any(|e| {
            let later = (e.on, e.seq) > (event.on, event.seq);
            let same = (group(e.kind) > 0 && group(e.kind) == group(event.kind))
                || (c.org.is_some() && e.content.org.is_some())
                || (c.position.is_some() && e.content.position.is_some())
                || (c.kind.is_some() && e.content.kind.is_some())
                || (c.scheme.is_some() && e.content.scheme.is_some());
            later && same
        })
    }

    /// Takes an event back: it is removed, or, where it must stay to be seen, reversed by another one.
    pub fn take_back(
        &mut self,
        person: PersonId,
        id: EventId,
        reversing: bool,
        reason: &str,
    ) -> Result<(), PeopleRefusal> {
        let known = self.known(person)?;
        let event = known.events.iter().find(|e| e.id == id).cloned();
        let event = event.ok_or(PeopleRefusal::EventNotFound)?;
        match (event.kind, event.state) {
            (EventKind::Hire | EventKind::Reversal, _) => {
                return Err(PeopleRefusal::EventStays);
            }
            (_, EventState::Pending | EventState::Effective) => {}
            (_, state) => return Err(PeopleRefusal::EventDecided { state: state.as_str() }),
        }
        let reversing = reversing && event.counts();
        let to = if reversing { EventState::Reversed } else { EventState::Removed };
        self.turn(person, id, to, reason.to_owned());
        if reversing {
            let (kind, content) = (EventKind::Reversal, EventContent::default());
            let new = NewEvent { person, kind, on: event.on, content, reason: reason.to_owned() };
            self.put(new, EventState::Effective);
            if let Some(last) = self.inserts.last_mut() {
                last.reverses = Some(id);
            }
        }
        Ok(())
    }

    /// Sets, moves or takes back the last day in service.
    pub fn leave(
        &mut self,
        person: PersonId,
        on: Option<LocalDate>,
    ) -> Result<bool, PeopleRefusal> {
        let known = self.known(person)?;
        let life = known.life();
        if life.left == on {
            return Ok(false);
        }
        if let Some(on) = on {
            super::put_people::check_service(life.hired, Some(on))?;
        }
        let standing = in_order(&known.events).into_iter().rfind(|e| e.kind == EventKind::Leave);
        if let (Some(id), Some(_)) = (standing.map(|e| e.id), life.left) {
            self.turn(person, id, EventState::Removed, String::new());
        } else if life.left.is_some() {
            // Known from his file alone.
            self.known(person)?.line.left_on = None;
        }
        if let Some(on) = on {
            let (kind, content) = (EventKind::Leave, EventContent::default());
            self.enter(NewEvent { person, kind, on, content, reason: String::new() }, false)?;
        }
        Ok(true)
    }

    /// Corrects the first day in service.
    pub(super) fn rehire(&mut self, person: PersonId, on: LocalDate) {
        let Some(known) = self.people.get(&person) else { return };
        let hire = in_order(&known.events).into_iter().find(|e| e.kind == EventKind::Hire).cloned();
        let content = hire.as_ref().map(|e| e.content.clone()).unwrap_or_default();
        if let Some(hire) = hire {
            self.turn(person, hire.id, EventState::Removed, String::new());
        }
        let new = NewEvent { person, kind: EventKind::Hire, on, content, reason: String::new() };
        self.put(new, EventState::Effective);
    }

    /// Gives a person another name or zone.
    pub(super) fn rename(&mut self, person: PersonId, name: Option<String>, zone: Option<Zone>) {
        let Some(known) = self.people.get_mut(&person) else { return };
        known.renamed |= name.is_some() || zone.is_some();
        if let Some(name) = name {
            known.line.name = name;
        }
        if let Some(zone) = zone {
            zone.name().clone_into(&mut known.line.zone);
        }
    }

    /// Writes everything, marks what changed and lets other rooms follow. The ids of the entered events, in order.
    pub async fn close(
        self,
        tx: &Tx,
        actor: &Actor,
        when: super::PutAt,
    ) -> Result<Vec<EventId>, Fault> {
        event_close::close(self, tx, actor, when).await
    }
}

/// For the events that withdrew something: what it was.
pub(super) fn keep(followed: Followed, known: &mut HashMap<EventId, Undone>) {
    for (id, undone) in followed.withdrawn {
        let kept = known.entry(id).or_default();
        kept.cells = undone.cells;
        kept.requests = undone.requests;
    }
}
