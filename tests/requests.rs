use kaoqin::base::{App, Failure, Once, Scope};
use kaoqin::requests::{self, NewApproved, RequestFilter};
use kaoqin::rules;
use vocabulary::{LocalDate, PersonId, RequestId, WallTime};

use crate::both;
use crate::calendars::outcome;
use crate::people::{day, group, marks, me, put, row, scope_of, settle};

async fn seed(app: &App) {
    let tx = app.db.begin().await.unwrap();
    rules::ensure_seeds(&tx, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    put(app, &[row("E1", "2020-01-05", None)]).await;
    settle(app).await;
}

fn wall(text: &str) -> WallTime {
    format!("{text}:00").parse().unwrap()
}

fn form(person: i64, code: &str, start: &str, end: &str) -> NewApproved {
    NewApproved {
        person: PersonId(person),
        type_code: code.to_owned(),
        start: wall(start),
        end: wall(end),
        approved_at: None,
        half_day: false,
        overtime_date: None,
        breaks: Vec::new(),
        break_minutes: 0,
        reason: "家中有事".to_owned(),
    }
}

async fn record(app: &App, forms: &[NewApproved]) -> Vec<String> {
    let (all, once) = (Scope::everybody(), Once::never());
    let done = requests::record_approved(app, &me(), &all, forms, &once).await.unwrap();
    done.into_iter().map(outcome).collect()
}

fn all() -> RequestFilter {
    RequestFilter {
        id: None,
        person: None,
        type_code: None,
        from: LocalDate::MIN,
        to: LocalDate::MAX,
        revoked: false,
        after: RequestId(0),
        limit: 100,
    }
}

both!(a_request_marks_the_dates_it_touches_and_two_around, |world| async move {
    let app = &world.app;
    seed(app).await;
    let leave = form(1, "050", "2026-03-12T13:00", "2026-03-14T00:00");
    assert_eq!(record(app, std::slice::from_ref(&leave)).await, ["created"]);
    assert_eq!(marks(app).await, ["1 2026-03-10..2026-03-15 request"], "the 14th is not touched");
    settle(app).await;
    assert_eq!(record(app, &[leave]).await, ["unchanged"], "the same form is stored once");
    assert_eq!(marks(app).await, [""; 0]);
    let night = NewApproved {
        overtime_date: Some(day("2026-03-19")),
        breaks: vec![(wall("2026-03-20T01:00"), wall("2026-03-20T01:30"))],
        break_minutes: 10,
        ..form(1, "400", "2026-03-20T00:30", "2026-03-20T03:00")
    };
    assert_eq!(record(app, std::slice::from_ref(&night)).await, ["created"]);
    assert_eq!(marks(app).await, ["1 2026-03-17..2026-03-22 request"]);
    let stored = requests::requests(app.db.read(), &Scope::everybody(), &all()).await.unwrap();
    let o = &stored[1];
    assert_eq!((o.type_code.as_str(), o.overtime_date), ("400", night.overtime_date));
    assert_eq!((&o.breaks, o.break_minutes), (&night.breaks, 10));
    assert_eq!(o.approved_at, wall("2026-03-10T12:00"), "now, by the clock of the person");
});

both!(every_row_of_a_batch_has_its_own_outcome, |world| async move {
    let app = &world.app;
    seed(app).await;
    let good = form(1, "050", "2026-03-12T13:00", "2026-03-12T17:00");
    let forms = [
        good.clone(),
        good,
        form(9, "050", "2026-03-12T13:00", "2026-03-12T17:00"),
        form(1, "999", "2026-03-12T13:00", "2026-03-12T17:00"),
        form(1, "050", "2026-03-12T13:00", "2026-03-12T13:00"),
        NewApproved { break_minutes: 5, ..form(1, "050", "2026-03-13T13:00", "2026-03-13T17:00") },
        form(1, "400", "2026-03-13T13:00", "2026-03-14T13:01"),
        form(1, "050", "1999-03-13T13:00", "1999-03-13T17:00"),
    ];
    let expected = [
        "created",
        "row_repeated",
        "person_not_found",
        "request_type_unknown",
        "times_invalid",
        "only_for_overtime",
        "overtime_too_long",
        "request_type_not_in_effect",
    ];
    assert_eq!(record(app, &forms).await, expected);
});

both!(a_revoked_request_counts_no_more_and_may_be_filed_again, |world| async move {
    let app = &world.app;
    seed(app).await;
    let leave = form(1, "050", "2026-03-12T13:00", "2026-03-12T17:00");
    record(app, std::slice::from_ref(&leave)).await;
    settle(app).await;
    let scope = Scope::everybody();
    let id = RequestId(1);
    let row = requests::revoke(app, &me(), &scope, id, "提前返岗", &Once::never()).await.unwrap();
    assert!(row.revoked_at.is_some());
    assert_eq!(marks(app).await, ["1 2026-03-10..2026-03-14 request"]);
    settle(app).await;
    requests::revoke(app, &me(), &scope, id, "提前返岗", &Once::never()).await.unwrap();
    assert_eq!(marks(app).await, [""; 0], "it was revoked already");
    assert_eq!(requests::requests(app.db.read(), &scope, &all()).await.unwrap(), []);
    let with = RequestFilter { revoked: true, ..all() };
    assert_eq!(requests::requests(app.db.read(), &scope, &with).await.unwrap().len(), 1);
    assert_eq!(record(app, &[leave]).await, ["created"]);
    let code = |r: Result<_, Failure>| r.map(|_: requests::RequestRow| ()).unwrap_err().code();
    let none = requests::revoke(app, &me(), &scope, RequestId(77), "x", &Once::never()).await;
    assert_eq!(code(none), Some("request_not_found"));
    let silent = requests::revoke(app, &me(), &scope, RequestId(2), " ", &Once::never()).await;
    assert_eq!(code(silent), Some("reason_invalid"));
});

both!(requests_are_seen_by_the_department_on_their_first_date, |world| async move {
    let app = &world.app;
    seed(app).await;
    let orgs = group(app).await;
    put(app, &[row("E2", "2026-01-05", Some(orgs[3]))]).await;
    let t = kaoqin::employment::NewTransfer {
        version: 1,
        valid_from: day("2026-03-16"),
        org: Some("B".to_owned()),
        ..Default::default()
    };
    let (everybody, once) = (Scope::everybody(), Once::never());
    kaoqin::employment::transfer(app, &me(), &everybody, PersonId(2), &t, &once).await.unwrap();
    let forms = [
        form(1, "050", "2026-03-16T08:00", "2026-03-16T12:00"),
        form(2, "050", "2026-03-15T23:00", "2026-03-16T03:00"),
        form(2, "050", "2026-03-16T08:00", "2026-03-16T12:00"),
    ];
    assert_eq!(record(app, &forms).await, ["created"; 3]);
    let seen = async |scope: &Scope, change: &dyn Fn(&mut RequestFilter)| {
        let mut filter = all();
        change(&mut filter);
        let rows = requests::requests(app.db.read(), scope, &filter).await.unwrap();
        rows.into_iter().map(|r| r.id.0).collect::<Vec<_>>()
    };
    assert_eq!(seen(&scope_of(orgs[1]), &|_| {}).await, [2]);
    assert_eq!(seen(&scope_of(orgs[2]), &|_| {}).await, [3]);
    assert_eq!(seen(&everybody, &|f| f.to = day("2026-03-15")).await, [2]);
    assert_eq!(seen(&everybody, &|f| f.from = day("2026-03-17")).await, [0; 0]);
    assert_eq!(seen(&everybody, &|f| f.person = Some(PersonId(1))).await, [1]);
    assert_eq!(seen(&everybody, &|f| f.type_code = Some("400".into())).await, [0; 0]);
    let mine = scope_of(orgs[1]);
    let hidden =
        requests::revoke(app, &me(), &mine, RequestId(3), "x", &Once::never()).await.unwrap_err();
    assert_eq!(hidden.code(), Some("request_not_found"));
    let refused = requests::record_approved(app, &me(), &mine, &forms[2..3], &once).await.unwrap();
    assert_eq!(outcome(refused[0].clone()), "person_not_found");
});

both!(the_same_form_from_two_sides_at_once_counts_once, |world| async move {
    let app = &world.app;
    seed(app).await;
    let leave = [form(1, "050", "2026-03-12T13:00", "2026-03-12T17:00")];
    let (a, b) = tokio::join!(record(app, &leave), record(app, &leave));
    let mut outcomes = [a[0].as_str(), b[0].as_str()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["created", "unchanged"]);
    assert_eq!(marks(app).await.len(), 1);
});
