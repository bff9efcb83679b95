//! What follows from a ledger: timelines, service, marks, and what other rooms do.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use vocabulary::{DateSpan, EventId, LocalDate, PersonId, RuleId};

use super::event::{Event, EventKind, Undone};
use super::event_store::{self, Entry, Held, KINDS, Line, ORGS, POSITIONS};
use super::follow::{Departure, Follow, SchemeEdit, follow};
use super::ledger::{Known, Ledger, keep};
use super::life::{Life, said};
use super::{PutAt, marks, store};
use crate::base::{Actor, Fault, Tx, audit};
use crate::dirty::Cause;

pub(super) async fn close(
    mut ledger: Ledger,
    tx: &Tx,
    actor: &Actor,
    when: PutAt,
) -> Result<Vec<EventId>, Fault> {
    let keys = event_store::insert(tx, &ledger.inserts, actor.user, when.at).await?;
    let by_key: HashMap<_, _> =
        keys.iter().map(|k| ((k.person_id, k.on_date, k.seq), k.id)).collect();
    let entered: Vec<EventId> = ledger
        .inserts
        .iter()
        .filter_map(|i| by_key.get(&(i.new.person, i.new.on, i.seq)).copied())
        .collect();
    if entered.len() < ledger.inserts.len() {
        return Err(Fault::text("an event was not written"));
    }
    for (i, id) in ledger.inserts.iter().zip(&entered) {
        let Some(known) = ledger.people.get_mut(&i.new.person) else { continue };
        if let Some(e) = known.events.iter_mut().find(|e| (e.on, e.seq) == (i.new.on, i.seq)) {
            e.id = *id;
        }
    }
    event_store::turn(tx, &ledger.turns, actor.user, when.at).await?;
    let lives = services(tx, &ledger, when).await?;
    timelines(tx, &ledger, &lives, when).await?;
    followers(tx, actor, &ledger, &lives, when).await?;
    record(tx, actor, &ledger, &entered, when).await?;
    Ok(entered)
}

/// Writes the service of everybody the ledger changes and marks its dates; the lives that differ.
async fn services(tx: &Tx, ledger: &Ledger, when: PutAt) -> Result<HashMap<PersonId, Life>, Fault> {
    let mut rows = Vec::new();
    let mut spans = Vec::new();
    let mut differing = HashMap::new();
    let concerned = |p: &PersonId| {
        ledger.inserts.iter().any(|i| i.new.person == *p)
            || ledger.turns.iter().any(|t| t.person == *p)
    };
    for (id, known) in &ledger.people {
        if !known.renamed && !concerned(id) {
            continue;
        }
        let (line, life) = (&known.line, known.life());
        rows.push(json!({ "id": id.0, "version": line.version, "name": line.name,
            "zone": line.zone, "hired_on": life.hired, "left_on": life.left }));
        if life != known.before {
            let dates = life.differing(&known.before);
            spans.extend(dates.into_iter().map(|span| (*id, span)));
            differing.insert(*id, life);
        }
    }
    if !rows.is_empty() {
        store::update_people(tx, &Value::Array(rows).to_string()).await?;
    }
    let others = |(id, life): (&PersonId, &Life)| {
        let before = &ledger.people.get(id)?.before;
        let same = (&life.freezes, &life.gaps, &life.probations)
            == (&before.freezes, &before.gaps, &before.probations);
        (!same).then(|| (*id, life.clone()))
    };
    let changed: Vec<(PersonId, Life)> = differing.iter().filter_map(others).collect();
    event_store::put_lives(tx, &changed).await?;
    marks::mark_service(tx, &spans, when.today, when.at).await?;
    Ok(differing)
}

/// The events of a person as they were before the ledger.
fn before(ledger: &Ledger, person: PersonId, known: &Known) -> Vec<Event> {
    let entered = |e: &Event| {
        let mut inserts = ledger.inserts.iter();
        inserts.any(|i| i.new.person == person && (i.new.on, i.seq) == (e.on, e.seq))
    };
    let mut events: Vec<Event> = known.events.iter().filter(|e| !entered(e)).cloned().collect();
    for turn in ledger.turns.iter().filter(|t| t.person == person) {
        if let Some(e) = events.iter_mut().find(|e| e.id == turn.id) {
            e.state = turn.from;
        }
    }
    events
}

/// Writes the entries of the timelines at the touched places and marks their dates, exactly from the first.
async fn timelines(
    tx: &Tx,
    ledger: &Ledger,
    lives: &HashMap<PersonId, Life>,
    when: PutAt,
) -> Result<(), Fault> {
    let mut lines: [(Line, Cause, Vec<Entry>); 3] = [
        (ORGS, Cause::Org, Vec::new()),
        (POSITIONS, Cause::Position, Vec::new()),
        (KINDS, Cause::EmploymentKind, Vec::new()),
    ];
    for (person, on) in &ledger.touched {
        let Some(known) = ledger.people.get(person) else { continue };
        let old = before(ledger, *person, known);
        let new = &known.events;
        let org = |e: &[Event]| said(e, *on, |c| c.org).map(|o| json!(o.0));
        let position = |e: &[Event]| said(e, *on, |c| c.position).map(|p| json!(p.map(|p| p.0)));
        let kind = |e: &[Event]| said(e, *on, |c| c.kind).map(|k| json!(k));
        let [orgs, positions, kinds] = &mut lines;
        for (list, before, value) in [
            (&mut orgs.2, org(&old), org(new)),
            (&mut positions.2, position(&old), position(new)),
            (&mut kinds.2, kind(&old), kind(new)),
        ] {
            if before != value {
                list.push(Entry { person: *person, on: *on, value });
            }
        }
    }
    for (line, cause, entries) in lines {
        if entries.is_empty() {
            continue;
        }
        let people: Vec<PersonId> = entries.iter().map(|e| e.person).collect();
        let before = event_store::held(tx, line, &people).await?;
        event_store::put_entries(tx, line, &entries).await?;
        // Dates on which he comes into service or leaves it are marked for that.
        let marked = |p: PersonId, s: &DateSpan| {
            let Some(life) = lives.get(&p) else { return false };
            let Some(known) = ledger.people.get(&p) else { return false };
            let spans = life.differing(&known.before);
            spans
                .iter()
                .any(|d| d.from <= s.from && d.to.is_none_or(|to| s.to.is_some_and(|s| s <= to)))
        };
        let spans: Vec<(PersonId, DateSpan)> =
            differing(before, &entries).into_iter().filter(|(p, span)| !marked(*p, span)).collect();
        marks::mark_place(tx, &spans, cause, when.today, when.at).await?;
    }
    Ok(())
}

/// Dates on which a timeline holds something else once the entries are written.
fn differing(before: Held, entries: &[Entry]) -> Vec<(PersonId, DateSpan)> {
    let mut after = before.clone();
    let mut people = BTreeSet::new();
    for e in entries {
        people.insert(e.person);
        let key = (e.person, e.on);
        match &e.value {
            Some(value) => after.insert(key, text(value)),
            None => after.remove(&key),
        };
    }
    let mut spans = Vec::new();
    for person in people {
        let all = (person, LocalDate::MIN)..=(person, LocalDate::MAX);
        let dates = |held: &Held| held.range(all.clone()).map(|((_, d), _)| *d).collect::<Vec<_>>();
        let mut bounds = [dates(&before), dates(&after)].concat();
        bounds.sort_unstable();
        bounds.dedup();
        let on = |held: &Held, date| {
            let until = (person, LocalDate::MIN)..=(person, date);
            held.range(until).next_back().and_then(|(_, v)| v.clone())
        };
        for (i, from) in bounds.iter().enumerate() {
            if on(&before, *from) != on(&after, *from) {
                let to = bounds.get(i + 1).map(|next| next.plus(-1));
                spans.push((person, DateSpan { from: *from, to }));
            }
        }
    }
    spans
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What the events of a date say of the scheme; if none says anything any more, what was assigned by hand before.
fn scheme(events: &[Event], on: LocalDate) -> Option<Option<RuleId>> {
    let by_hand = || events.iter().filter(|e| e.on == on).find_map(|e| e.undone.scheme);
    said(events, on, |c| c.scheme).or_else(by_hand)
}

/// Dates after a last day on which the person is gone, if the leave counts.
fn gone(life: &Life, last: LocalDate) -> Option<DateSpan> {
    let from = last.plus(1);
    if life.left == Some(last) {
        return Some(DateSpan::since(from));
    }
    life.gaps.iter().find(|g| g.from == from).map(|g| DateSpan::new(g.from, g.to))
}

async fn followers(
    tx: &Tx,
    actor: &Actor,
    ledger: &Ledger,
    lives: &HashMap<PersonId, Life>,
    when: PutAt,
) -> Result<(), Fault> {
    let mut what = Follow::default();
    for (person, on) in &ledger.touched {
        let Some(known) = ledger.people.get(person) else { continue };
        let old = before(ledger, *person, known);
        let says = |events: &[Event]| said(events, *on, |c| c.scheme);
        if says(&old) != says(&known.events) {
            let entry = scheme(&known.events, *on);
            what.schemes.push(SchemeEdit { person: *person, on: *on, entry });
        }
        let was = |e: &&Event| old.iter().any(|o| o.id == e.id && o.counts());
        for e in known.events.iter().filter(|e| e.on == *on && e.kind == EventKind::Leave) {
            let dates = lives.get(person).and_then(|l| gone(l, *on)).filter(|_| e.counts());
            match (was(&e), dates) {
                (true, None) => what.back.push((*person, e.undone.clone())),
                (false, Some(span)) => {
                    what.gone.push(Departure { person: *person, event: e.id, span });
                }
                _ => {}
            }
        }
    }
    let followed = follow(tx, actor, &what, when.today, when.at).await?;
    let mut kept: HashMap<EventId, Undone> = HashMap::new();
    for (person, on, entry) in &followed.schemes {
        let Some(known) = ledger.people.get(person) else { continue };
        let mut all = known.events.iter().filter(|e| e.on == *on && e.content.scheme.is_some());
        // Only the first event of a date finds what was assigned by hand.
        if let (Some(first), None) = (all.next(), all.next())
            && first.counts()
            && first.undone.scheme.is_none()
        {
            kept.insert(first.id, Undone { scheme: Some(*entry), ..first.undone.clone() });
        }
    }
    keep(followed, &mut kept);
    event_store::keep(tx, &kept).await
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    ledger: &Ledger,
    entered: &[EventId],
    when: PutAt,
) -> Result<(), Fault> {
    let events: Vec<Value> = ledger
        .inserts
        .iter()
        .zip(entered)
        .map(|(i, id)| {
            json!({ "id": id, "person": i.new.person, "kind": i.new.kind, "on": i.new.on,
                    "state": i.state.as_str(), "content": i.new.content, "reason": i.new.reason })
        })
        .collect();
    let turns: Vec<Value> = ledger
        .turns
        .iter()
        .map(|t| {
            json!({ "id": t.id, "person": t.person, "state": t.to.as_str(), "remark": t.remark })
        })
        .collect();
    let renamed: Vec<Value> = ledger
        .people
        .values()
        .filter(|k| k.renamed)
        .map(|k| json!({ "id": k.line.id, "name": k.line.name, "zone": k.line.zone }))
        .collect();
    if events.is_empty() && turns.is_empty() && renamed.is_empty() {
        return Ok(());
    }
    let subject = match (ledger.people.len(), ledger.people.keys().next()) {
        (1, Some(person)) => person.to_string(),
        (n, _) => n.to_string(),
    };
    let detail = json!({ "entered": events, "turned": turns, "files": renamed });
    audit(tx, actor, when.at, "events", "person", &subject, detail).await
}
