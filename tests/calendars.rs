use std::collections::HashSet;

use engine::DateKind;
use kaoqin::base::{App, Once, Query, RowOutcome, Scope};
use kaoqin::calendars::{
    self, CalendarAssignment, CalendarEntry, DEFAULT_CALENDAR, DateChange, NewCalendar,
    NewPeriodSet, PeriodEntry,
};
use vocabulary::{CalendarId, LocalDate, PersonId};

use crate::both;
use crate::people::{day, group, marks, me, put, row, scope_of, settle};
use crate::shifts::register_concern;

async fn defaults(app: &App) -> CalendarId {
    register_concern();
    let tx = app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    tx.commit().await.unwrap();
    calendars::calendar_codes(app.db.read()).await.unwrap()[DEFAULT_CALENDAR]
}

/// Makes a calendar that rests on these weekdays.
async fn calendar(app: &App, code: &str, rest: &[u8]) -> CalendarId {
    let new = NewCalendar {
        code: code.to_owned(),
        name: format!("日历{code}"),
        rest_weekdays: rest.to_vec(),
    };
    calendars::create_calendar(app, &me(), &new, &Once::never()).await.unwrap().id
}

fn assign(person: i64, from: &str, calendar: Option<&str>) -> CalendarAssignment {
    CalendarAssignment {
        person: PersonId(person),
        valid_from: day(from),
        calendar: calendar.map(str::to_owned),
    }
}

async fn assign_all(app: &App, rows: &[CalendarAssignment]) -> Vec<String> {
    let (all, once) = (Scope::everybody(), Once::never());
    let done = calendars::assign_calendars(app, &me(), &all, rows, &once).await.unwrap();
    done.into_iter().map(outcome).collect()
}

pub fn outcome(o: RowOutcome) -> String {
    match o {
        RowOutcome::Written { .. } => "written".to_owned(),
        RowOutcome::Created { .. } => "created".to_owned(),
        RowOutcome::Unchanged { .. } | RowOutcome::Found { .. } => "unchanged".to_owned(),
        RowOutcome::Refused { code, .. } => code,
    }
}

fn change(date: &str, kind: Option<DateKind>) -> DateChange {
    DateChange { date: day(date), kind, name: "厂庆".to_owned() }
}

both!(a_new_installation_has_the_national_calendar_and_the_natural_month, |world| async move {
    let app = &world.app;
    let id = defaults(app).await;
    assert_eq!(defaults(app).await, id);
    let cn = calendars::load(app.db.read(), id).await.unwrap().unwrap();
    assert_eq!(cn.kind(day("2024-02-10")), DateKind::Statutory);
    assert_eq!(cn.kind(day("2025-01-26")), DateKind::Workday);
    assert_eq!(cn.kind(day("2026-01-02")), DateKind::Rest);
    assert_eq!(cn.kind(day("2026-03-14")), DateKind::Rest);
    let sets = calendars::period_sets(app.db.read()).await.unwrap();
    assert_eq!((sets[0].code.as_str(), sets[0].start_day, sets[0].is_default), ("month", 1, true));
    assert_eq!(world.number("SELECT count(*) FROM calendar_date").await, 108);
});

both!(importing_the_national_data_twice_changes_nothing, |world| async move {
    let app = &world.app;
    defaults(app).await;
    let id = calendar(app, "five", &[6, 7]).await;
    let read = app.db.read();
    let plan = calendars::preview_national(read, id, 2026).await.unwrap();
    assert_eq!((plan.additions.len(), plan.conflicts.len(), plan.unchanged), (39, 0, 0));
    let first = calendars::import_national(app, &me(), id, 2026, false, None).await.unwrap();
    assert_eq!((first.version, first.changed), (2, 39));
    let audits = world.number("SELECT count(*) FROM audit").await;
    settle(app).await;
    let again = calendars::import_national(app, &me(), id, 2026, false, None).await.unwrap();
    assert_eq!((again.version, again.changed, again.marks), (2, 0, 0));
    assert_eq!(world.number("SELECT count(*) FROM audit").await, audits);
    let plan = calendars::preview_national(read, id, 2026).await.unwrap();
    assert_eq!((plan.additions.len(), plan.unchanged), (0, 39));
    let unknown = calendars::preview_national(read, id, 2019).await.unwrap_err();
    assert_eq!(unknown.code(), Some("year_unknown"));
});

both!(what_people_entered_wins_until_they_say_replace, |world| async move {
    let app = &world.app;
    defaults(app).await;
    let id = calendar(app, "five", &[6, 7]).await;
    let ours = [
        change("2026-01-02", Some(DateKind::Workday)),
        change("2026-01-01", Some(DateKind::Statutory)),
        change("2026-07-01", Some(DateKind::Rest)),
    ];
    let once = Once::never();
    calendars::set_dates(app, &me(), id, 1, &ours, &once).await.unwrap();
    let plan = calendars::preview_national(app.db.read(), id, 2026).await.unwrap();
    assert_eq!((plan.additions.len(), plan.unchanged), (37, 1));
    let c = &plan.conflicts[0];
    assert_eq!(
        (c.date, c.ours, c.national),
        (day("2026-01-02"), Some(DateKind::Workday), DateKind::Rest)
    );
    calendars::import_national(app, &me(), id, 2026, false, None).await.unwrap();
    let kind = async |date: &str| {
        let c = calendars::load(app.db.read(), id).await.unwrap().unwrap();
        c.kind(day(date))
    };
    assert_eq!(kind("2026-01-02").await, DateKind::Workday);
    calendars::import_national(app, &me(), id, 2026, true, None).await.unwrap();
    assert_eq!(kind("2026-01-02").await, DateKind::Rest);
    assert_eq!(kind("2026-07-01").await, DateKind::Rest, "the national data say nothing of it");
});

both!(a_calendar_without_weekly_rest_takes_only_the_statutory_dates, |world| async move {
    let app = &world.app;
    defaults(app).await;
    let id = calendar(app, "rotation", &[]).await;
    let done = calendars::import_national(app, &me(), id, 2026, false, None).await.unwrap();
    assert_eq!(done.changed, 13);
    let kinds: HashSet<String> =
        calendars::dates(app.db.read(), id, day("2026-01-01"), day("2026-12-31"))
            .await
            .unwrap()
            .into_iter()
            .map(|d| d.kind)
            .collect();
    assert_eq!(kinds, HashSet::from(["statutory".to_owned()]));
});

both!(a_date_marks_two_days_around_it_for_the_users_of_the_calendar_only, |world| async move {
    let app = &world.app;
    let cn = defaults(app).await;
    let five = calendar(app, "five", &[6, 7]).await;
    put(app, &[row("E1", "2026-01-05", None), row("E2", "2026-01-05", None)]).await;
    put(app, &[row("E3", "2026-01-05", None)]).await;
    let rows = [
        assign(1, "2026-01-01", Some("five")),
        assign(2, "2026-01-01", Some("five")),
        assign(2, "2026-03-01", Some("cn")),
    ];
    assert_eq!(assign_all(app, &rows).await, ["written"; 3]);
    settle(app).await;
    let once = Once::never();
    let wednesday = [change("2026-03-18", Some(DateKind::Rest))];
    let done = calendars::set_dates(app, &me(), five, 1, &wednesday, &once).await.unwrap();
    assert_eq!((done.version, done.changed, done.marks), (2, 1, 1));
    assert_eq!(marks(app).await, ["1 2026-03-16..2026-03-20 calendar"]);
    settle(app).await;
    calendars::set_dates(app, &me(), cn, 1, &wednesday, &once).await.unwrap();
    assert_eq!(
        marks(app).await,
        ["2 2026-03-16..2026-03-20 calendar", "3 2026-03-16..2026-03-20 calendar"]
    );
    settle(app).await;
    let same_kind = [change("2026-03-14", Some(DateKind::Rest))];
    calendars::set_dates(app, &me(), five, 2, &same_kind, &once).await.unwrap();
    assert_eq!(marks(app).await, [""; 0], "a Saturday was rest before");
    let away = [change("2026-03-18", None)];
    calendars::set_dates(app, &me(), five, 3, &away, &once).await.unwrap();
    assert_eq!(marks(app).await, ["1 2026-03-16..2026-03-20 calendar"]);
    let stale = calendars::set_dates(app, &me(), five, 3, &away, &once).await.unwrap_err();
    assert_eq!(stale.code(), Some("version_conflict"));
    let twice = [change("2026-03-18", None), change("2026-03-18", None)];
    let refused = calendars::set_dates(app, &me(), five, 4, &twice, &once).await.unwrap_err();
    assert_eq!(refused.code(), Some("date_repeated"));
});

both!(an_assignment_holds_until_the_next_one_and_marks_just_these_dates, |world| async move {
    let app = &world.app;
    defaults(app).await;
    calendar(app, "five", &[6, 7]).await;
    put(app, &[row("E1", "2026-01-05", None)]).await;
    settle(app).await;
    assert_eq!(assign_all(app, &[assign(1, "2026-03-20", Some("five"))]).await, ["written"]);
    assert_eq!(marks(app).await, ["1 2026-03-18.. calendar_assignment"]);
    settle(app).await;
    let rows = [
        assign(1, "2026-03-01", Some("cn")),
        assign(1, "2026-03-20", Some("five")),
        assign(1, "2026-03-01", Some("cn")),
        assign(9, "2026-03-01", Some("cn")),
        assign(1, "2026-03-02", Some("none")),
    ];
    let expected = ["written", "unchanged", "row_repeated", "person_not_found", "calendar_unknown"];
    assert_eq!(assign_all(app, &rows).await, expected);
    assert_eq!(marks(app).await, ["1 2026-02-27..2026-03-21 calendar_assignment"]);
    settle(app).await;
    assert_eq!(assign_all(app, &[assign(1, "2026-03-20", None)]).await, ["written"]);
    assert_eq!(marks(app).await, ["1 2026-03-18.. calendar_assignment"]);
    assert_eq!(assign_all(app, &[assign(1, "2026-03-20", None)]).await, ["unchanged"]);
    assert_eq!(world.number("SELECT count(*) FROM calendar_assignment").await, 1);
});

both!(a_thousand_assignments_are_one_batch, |world| async move {
    let app = &world.app;
    let cn = defaults(app).await;
    let people: Vec<_> = (0..1200).map(|i| row(&format!("E{i}"), "2026-01-05", None)).collect();
    let ids: Vec<PersonId> = put(app, &people).await.iter().filter_map(|p| p.id()).collect();
    let tx = app.db.begin().await.unwrap();
    let entries: Vec<CalendarEntry> = ids
        .iter()
        .map(|p| CalendarEntry { person: *p, valid_from: day("2026-01-05"), calendar: Some(cn) })
        .collect();
    let now = app.clock.now();
    let first = calendars::put_assignments(&tx, &me(), &entries, app.today(), now).await.unwrap();
    let again = calendars::put_assignments(&tx, &me(), &entries, app.today(), now).await.unwrap();
    tx.commit().await.unwrap();
    assert!(first.iter().all(|c| *c) && again.iter().all(|c| !*c));
});

both!(only_people_of_the_scope_on_that_date_can_be_assigned, |world| async move {
    let app = &world.app;
    defaults(app).await;
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-01-05", Some(orgs[3])), row("E2", "2026-01-05", Some(orgs[2]))])
        .await;
    let rows = [assign(1, "2026-03-01", Some("cn")), assign(2, "2026-03-01", Some("cn"))];
    let (mine, once) = (scope_of(orgs[1]), Once::never());
    let done = calendars::assign_calendars(app, &me(), &mine, &rows, &once).await.unwrap();
    let done: Vec<String> = done.into_iter().map(outcome).collect();
    assert_eq!(done, ["written", "person_not_found"]);
});

both!(period_sets_are_put_once_and_assigned_like_calendars, |world| async move {
    let app = &world.app;
    defaults(app).await;
    put(app, &[row("E1", "2026-01-05", None)]).await;
    settle(app).await;
    let new =
        |start_day| NewPeriodSet { code: "26".to_owned(), name: "26日起".to_owned(), start_day };
    let tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    let ids = calendars::put_period_sets(&tx, &me(), &[new(26)], now).await.unwrap();
    let again = calendars::put_period_sets(&tx, &me(), &[new(20)], now).await.unwrap();
    assert_eq!(ids, again, "what exists keeps its start day");
    let refused = calendars::put_period_sets(&tx, &me(), &[new(0)], now).await.unwrap_err();
    assert_eq!(refused.code(), Some("start_day_invalid"));
    let entry =
        PeriodEntry { person: PersonId(1), valid_from: day("2026-02-26"), set: Some(ids[0]) };
    let today: LocalDate = app.today();
    calendars::put_period_assignments(&tx, &me(), &[entry], today, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(marks(app).await, ["1 2026-02-24.. period_set"]);
    app.db.read().run("SELECT 1", vec![]).await.unwrap();
});

both!(a_calendar_is_refused_with_a_reason, |world| async move {
    let app = &world.app;
    defaults(app).await;
    let refused = async |code: &str, name: &str, rest: &[u8]| {
        let new = NewCalendar {
            code: code.to_owned(),
            name: name.to_owned(),
            rest_weekdays: rest.to_vec(),
        };
        let failure = calendars::create_calendar(app, &me(), &new, &Once::never()).await;
        failure.unwrap_err().code().unwrap()
    };
    assert_eq!(refused("cn", "又一个", &[6, 7]).await, "code_taken");
    assert_eq!(refused("a b", "名称", &[]).await, "code_invalid");
    assert_eq!(refused("ab", " ", &[]).await, "name_invalid");
    assert_eq!(refused("ab", "名称", &[0]).await, "rest_weekdays_invalid");
    assert_eq!(refused("ab", "名称", &[6, 6]).await, "rest_weekdays_invalid");
});
