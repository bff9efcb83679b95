//! The timelines of a person are what his events make of them, whatever the order in which they are entered and
//! taken back.

use std::collections::BTreeMap;

use kaoqin::base::{Once, Query, Scope};
use kaoqin::employment::{self, EventInput, Removal};
use kaoqin::people::{self, EventFilter, EventKind, EventRow};
use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId};

use crate::both;
use crate::people::{day, me};
use crate::support::World;

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n).unwrap()
    }
}

#[derive(FromQueryResult)]
struct Entry {
    valid_from: LocalDate,
    held: Option<String>,
}

async fn line(
    world: &World,
    person: PersonId,
    table: &str,
    column: &str,
) -> Vec<(LocalDate, Option<String>)> {
    let sql = format!(
        "SELECT valid_from, CAST({column} AS TEXT) AS held FROM {table} \
         WHERE person_id = $1 ORDER BY valid_from"
    );
    let rows: Vec<Entry> = world.app.db.read().rows(&sql, vec![person.into()]).await.unwrap();
    rows.into_iter().map(|r| (r.valid_from, r.held)).collect()
}

/// The entries a timeline must have: of each date the last event in effect that says anything.
fn replayed(
    events: &[EventRow],
    of: impl Fn(&people::EventContent) -> Option<Option<String>>,
) -> Vec<(LocalDate, Option<String>)> {
    let mut all: Vec<&EventRow> = events.iter().filter(|e| e.state == "effective").collect();
    all.sort_by_key(|e| (e.on_date, e.seq));
    let mut entries = BTreeMap::new();
    for e in all {
        if let Some(value) = of(&e.content().unwrap()) {
            entries.insert(e.on_date, value);
        }
    }
    entries.into_iter().collect()
}

/// Dates from February to May on which somebody must be in service and not frozen, by the plain words of domain 4.
fn working(events: &[EventRow]) -> Vec<LocalDate> {
    let mut all: Vec<&EventRow> = events.iter().filter(|e| e.state == "effective").collect();
    all.sort_by_key(|e| (e.on_date, e.seq));
    let mut days = Vec::new();
    for date in day("2026-01-01").through(day("2026-05-31")) {
        let (mut serves, mut frozen_until, mut left): (bool, Option<LocalDate>, Option<LocalDate>) =
            (false, None, None);
        for e in &all {
            let takes_effect = e.on_date <= date;
            match e.kind.as_str() {
                "hire" if takes_effect => serves = true,
                "leave" if left.is_none() && takes_effect => {
                    left = Some(e.on_date);
                    frozen_until = frozen_until.map(|to: LocalDate| to.min(e.on_date));
                }
                "reinstate" if takes_effect && left.is_some_and(|l| l < e.on_date) => left = None,
                "freeze" if takes_effect => {
                    frozen_until = Some(e.content().unwrap().until.unwrap_or(LocalDate::MAX));
                }
                "unfreeze" if takes_effect => frozen_until = None,
                _ => {}
            }
        }
        let gone = left.is_some_and(|l| date > l);
        let frozen = frozen_until.is_some_and(|to| date <= to);
        if serves && !gone && !frozen {
            days.push(date);
        }
    }
    days
}

both!(timelines_are_the_replay_of_the_events_that_were_not_taken_back, |world| async move {
    let app = &world.app;
    let person = world.staff(2).await[0];
    for (code, grade) in [("P1", 1), ("P2", 2), ("P3", 3)] {
        world.position(code, grade).await;
    }
    // A raw file begins with the events that make it, as the migration gives them to files of before.
    let tx = app.db.begin().await.unwrap();
    let org = world.org("A").await;
    tx.run(
        "INSERT INTO employment_event (person_id, kind, on_date, seq, state, content, reason, entered_at) \
         VALUES ($1, 'hire', '2026-02-01', 1, 'effective', $2, '', 0)",
        vec![person.into(), format!("{{\"org\":\"{org}\"}}").into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let (all, never) = (Scope::everybody(), Once::never());
    let mut dice = Dice(20_261_125);
    let (mut entered, mut refused, mut taken) = (0, 0, 0);
    for step in 0..140 {
        let date = day("2026-02-01").plus(i32::try_from(dice.below(100)).unwrap());
        let event = |kind| EventInput::new(person, kind, date);
        let org = ["A", "B"][dice.below(2)];
        let position = ["P1", "P2", "P3"][dice.below(3)];
        let until = Some(date.plus(i32::try_from(dice.below(12)).unwrap()));
        let input = match dice.below(9) {
            0 | 1 => EventInput { org: Some(org.to_owned()), ..event(EventKind::Transfer) },
            2 => EventInput {
                position: Some(position.to_owned()),
                employment_kind: Some(vocabulary::EmploymentKind::Intern),
                ..event(EventKind::Correction)
            },
            3 => EventInput { until, ..event(EventKind::Freeze) },
            4 => event(EventKind::Unfreeze),
            5 => event(EventKind::Leave),
            6 => EventInput {
                continuous: Some(false),
                org: Some(org.to_owned()),
                ..event(EventKind::Reinstate)
            },
            7 => EventInput { position: Some(position.to_owned()), ..event(EventKind::Promotion) },
            _ => {
                let filter =
                    EventFilter { person: Some(person), limit: 500, ..EventFilter::default() };
                let events = people::events(app.db.read(), &all, &filter).await.unwrap();
                let e = &events[dice.below(events.len() as u64)];
                let removal = Removal { version: e.version, reason: "错".to_owned() };
                let done = employment::remove_event(app, &me(), &all, e.id, &removal, &never).await;
                taken += i32::from(done.is_ok());
                continue;
            }
        };
        match employment::enter_event(app, &me(), &all, &input, &never).await {
            Ok(_) => entered += 1,
            Err(_) => refused += 1,
        }
        if step % 10 != 9 {
            continue;
        }
        let filter = EventFilter { person: Some(person), limit: 500, ..EventFilter::default() };
        let events = people::events(app.db.read(), &all, &filter).await.unwrap();
        let text = |id: i64| Some(id.to_string());
        assert_eq!(
            line(&world, person, "person_org", "org_id").await,
            replayed(&events, |c| c.org.map(|o| text(o.0))),
            "departments after {step}"
        );
        assert_eq!(
            line(&world, person, "person_position", "position_id").await,
            replayed(&events, |c| c.position.map(|p| p.and_then(|p| text(p.0)))),
            "positions after {step}"
        );
        assert_eq!(
            line(&world, person, "person_kind", "employment_kind").await,
            replayed(&events, |c| c.kind.map(|k| Some(k.as_str().to_owned()))),
            "kinds after {step}"
        );
        let mut days = Vec::new();
        for date in day("2026-01-01").through(day("2026-05-31")) {
            let p = people::person(app.db.read(), &all, person, date).await.unwrap().unwrap();
            if p.state == "active" || p.state == "probation" {
                days.push(date);
            }
        }
        assert_eq!(days, working(&events), "service after {step}");
    }
    assert!(entered > 40 && refused > 10 && taken > 5, "{entered} {refused} {taken}");
});
