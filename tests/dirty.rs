use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kaoqin::base::{Actor, Dialect, Isolation};
use kaoqin::calendars::{self, CalendarEntry};
use kaoqin::dirty::{self, Cause, Claim, Lane, Mark, Object};
use vocabulary::{DateSpan, LocalDate, PersonId};

use crate::both;
use crate::people::{me, put, row, settle};
use crate::shifts::register_concern;

fn day(n: i32) -> LocalDate {
    LocalDate::from_ymd(2026, 3, 1).unwrap().plus(n)
}

fn mark(person: i64, from: i32, to: i32, lane: Lane) -> Mark {
    let span = DateSpan::new(day(from), day(to));
    Mark { person: PersonId(person), span, cause: Cause::Roster, lane }
}

both!(
    a_drain_takes_all_marks_of_the_most_urgent_people_and_forgets_just_these,
    |world| async move {
        let app = &world.app;
        let at = app.clock.now();
        let tx = app.db.begin().await.unwrap();
        let marks = [
            mark(1, 0, 1, Lane::Mass),
            mark(2, 0, 1, Lane::Mass),
            mark(2, 5, 6, Lane::Interactive),
            mark(300, 0, 0, Lane::Recent),
        ];
        dirty::mark(&tx, &marks, at).await.unwrap();
        tx.commit().await.unwrap();

        let tx = app.db.begin().await.unwrap();
        let claim = Claim { shard: 0, lane: Lane::Interactive };
        let taken = dirty::take(&tx, claim, 9).await.unwrap();
        assert_eq!(taken.iter().map(|t| t.person.0).collect::<Vec<_>>(), [2, 2]);
        let ids: Vec<_> = taken.iter().map(|t| t.id).collect();
        dirty::mark_own(&tx, &[mark(2, 9, 9, Lane::Interactive)], at).await.unwrap();
        assert_eq!(dirty::forget(&tx, &ids).await.unwrap(), 2);
        tx.commit().await.unwrap();

        let pending =
            dirty::pending(app.db.read(), "person_id > $1", vec![0i64.into()]).await.unwrap();
        assert_eq!(pending.people, 3);
        assert!(dirty::pending_since(app.db.read(), PersonId(2)).await.unwrap().is_some());
    }
);

both!(ids_of_marks_are_never_used_twice, |world| async move {
    let app = &world.app;
    let mut last = 0;
    for _ in 0..3 {
        let tx = app.db.begin().await.unwrap();
        dirty::mark(&tx, &[mark(1, 0, 0, Lane::Mass)], app.clock.now()).await.unwrap();
        let claim = Claim { shard: 0, lane: Lane::Mass };
        let taken = dirty::take(&tx, claim, 9).await.unwrap();
        assert!(taken[0].id.0 > last);
        last = taken[0].id.0;
        dirty::forget(&tx, &[taken[0].id]).await.unwrap();
        tx.commit().await.unwrap();
    }
});

both!(one_who_is_assigned_while_a_change_is_published_is_not_forgotten, |world| async move {
    register_concern();
    let app = &world.app;
    if app.db.dialect() == Dialect::Sqlite {
        return; // one writer: the second transaction cannot even begin
    }
    let at = app.clock.now();
    let tx = app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    let new = calendars::NewCalendar {
        code: "five".to_owned(),
        name: "做五休二".to_owned(),
        rest_weekdays: vec![6, 7],
    };
    let five = calendars::put_calendars(&tx, &me(), &[new], at).await.unwrap()[0];
    tx.commit().await.unwrap();
    put(app, &[row("E1", "2026-01-05", None)]).await;
    settle(app).await;

    // Somebody is assigned to the calendar, not committed yet.
    let assigning = app.db.begin().await.unwrap();
    let entry = CalendarEntry { person: PersonId(1), valid_from: day(0), calendar: Some(five) };
    calendars::put_assignments(&assigning, &me(), &[entry], app.today(), at).await.unwrap();

    // The calendar changes; whoever uses it must be marked.
    let published = Arc::new(AtomicBool::new(false));
    let publishing = {
        let (app, published) = (app.clone(), published.clone());
        tokio::spawn(async move {
            let tx = app.db.begin().await.unwrap();
            let object = Object::Calendar(five);
            let span = DateSpan::new(day(16), day(20));
            let system = Actor::system();
            let (_, marked) =
                dirty::mark_concerned(&tx, object, span, Cause::Calendar, &system, at)
                    .await
                    .unwrap();
            tx.commit().await.unwrap();
            published.store(true, Ordering::SeqCst);
            marked
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!published.load(Ordering::SeqCst), "it waits for the one who is being assigned");
    // A drain in between sees neither change and must not take what is to come.
    let drain = app.db.begin_with(Isolation::RepeatableRead).await.unwrap();
    assert_eq!(dirty::claim(&drain, Lane::Mass).await.unwrap(), None);
    drain.commit().await.unwrap();
    assigning.commit().await.unwrap();
    assert_eq!(publishing.await.unwrap(), 1, "the new user of the calendar is marked");
});

both!(who_is_assigned_after_a_change_was_published_waits_for_it, |world| async move {
    register_concern();
    let app = &world.app;
    if app.db.dialect() == Dialect::Sqlite {
        return; // one writer: the second transaction cannot even begin
    }
    let at = app.clock.now();
    put(app, &[row("E1", "2026-01-05", None)]).await;
    settle(app).await;
    let publishing = app.db.begin().await.unwrap();
    let span = DateSpan::new(day(16), day(20));
    let system = Actor::system();
    dirty::mark_concerned(&publishing, Object::Everybody, span, Cause::Engine, &system, at)
        .await
        .unwrap();
    let assigned = {
        let app = app.clone();
        tokio::spawn(async move {
            let tx = app.db.begin().await.unwrap();
            dirty::mark(&tx, &[mark(1, 0, 1, Lane::Recent)], at).await.unwrap();
            tx.commit().await.unwrap();
        })
    };
    let punched = app.db.begin().await.unwrap();
    dirty::mark_own(&punched, &[mark(1, 5, 6, Lane::Interactive)], at).await.unwrap();
    punched.commit().await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!assigned.is_finished(), "only punches go ahead");
    publishing.commit().await.unwrap();
    assigned.await.unwrap();
    let pending = dirty::pending(app.db.read(), "TRUE", vec![]).await.unwrap();
    assert_eq!(pending.people, 1);
    assert_eq!(world.number("SELECT count(*) FROM dirty_mark").await, 3);
});

both!(a_batch_knows_how_much_of_it_is_left, |world| async move {
    register_concern();
    let app = &world.app;
    let at = app.clock.now();
    let rows: Vec<_> = (0..3).map(|i| row(&format!("E{i}"), "2026-01-05", None)).collect();
    put(app, &rows).await;
    settle(app).await;
    let tx = app.db.begin().await.unwrap();
    let span = DateSpan::since(day(0));
    let system = Actor::system();
    let (batch, marked) =
        dirty::mark_concerned(&tx, Object::Everybody, span, Cause::Engine, &system, at)
            .await
            .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(marked, 3);
    let tx = app.db.begin().await.unwrap();
    let claim = Claim { shard: 0, lane: Lane::Mass };
    let taken = dirty::take(&tx, claim, 2).await.unwrap();
    let ids: Vec<_> = taken.iter().map(|t| t.id).collect();
    assert_eq!(dirty::forget(&tx, &ids).await.unwrap(), 2);
    assert_eq!(dirty::forget(&tx, &ids).await.unwrap(), 0, "a mark is forgotten once");
    tx.commit().await.unwrap();
    let progress = dirty::batch(app.db.read(), batch).await.unwrap().unwrap();
    assert_eq!((progress.total, progress.left), (3, 1));
});
