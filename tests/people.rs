use kaoqin::base::{Actor, App, Area, Failure, Once, Scope};
use kaoqin::employment::{self, Frozen, Leaving, NewTransfer, Thawed};
use kaoqin::people::{
    self, NewOrgUnit, NewPerson, OrgChange, OrgKind, PersonChange, PersonFilter, PersonRow,
    PersonState, Put, PutAt,
};
use vocabulary::{LocalDate, OrgId, PersonId, Zone};

use crate::both;

pub fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

pub fn me() -> Actor {
    Actor::system()
}

fn unit(code: &str, parent: Option<&str>, from: &str) -> NewOrgUnit {
    NewOrgUnit {
        code: code.to_owned(),
        name: format!("单位{code}"),
        kind: OrgKind::Department,
        parent: parent.map(str::to_owned),
        valid_from: day(from),
    }
}

/// Group G with companies A and B; A has departments A1 and A2.
pub async fn group(app: &App) -> Vec<OrgId> {
    let units = [
        unit("G", None, "2020-01-01"),
        unit("A", Some("G"), "2020-01-01"),
        unit("B", Some("G"), "2020-01-01"),
        unit("A1", Some("A"), "2020-01-01"),
        unit("A2", Some("A"), "2026-03-05"),
    ];
    let tx = app.db.begin().await.unwrap();
    let ids = people::put_org_units(&tx, &me(), &units, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

pub fn row(number: &str, hired_on: &str, org: Option<OrgId>) -> PersonRow {
    PersonRow {
        number: number.to_owned(),
        name: Some(format!("员工{number}")),
        hired_on: Some(day(hired_on)),
        org,
        ..PersonRow::default()
    }
}

pub async fn put(app: &App, rows: &[PersonRow]) -> Vec<Put> {
    let tx = app.db.begin().await.unwrap();
    let when = PutAt { zone: Zone::SHANGHAI, today: app.today(), at: app.clock.now() };
    let puts = people::put_people(&tx, &me(), rows, when).await.unwrap();
    tx.commit().await.unwrap();
    puts
}

/// Forgets all marks.
pub async fn settle(app: &App) {
    use kaoqin::base::Query;
    let tx = app.db.begin().await.unwrap();
    tx.run("DELETE FROM dirty_mark", vec![]).await.unwrap();
    tx.commit().await.unwrap();
}

#[derive(sea_orm::FromQueryResult)]
struct MarkRow {
    person_id: PersonId,
    from_date: LocalDate,
    to_date: Option<LocalDate>,
    cause: String,
}

/// Marks as `person from..to cause`, an open end as nothing.
pub async fn marks(app: &App) -> Vec<String> {
    use kaoqin::base::Query;
    let sql = "SELECT person_id, from_date, to_date, cause FROM dirty_mark \
               ORDER BY person_id, from_date, id";
    let rows: Vec<MarkRow> = app.db.read().rows(sql, vec![]).await.unwrap();
    rows.into_iter()
        .map(|m| {
            let to = m.to_date.map_or(String::new(), |d| d.to_string());
            format!("{} {}..{to} {}", m.person_id, m.from_date, m.cause)
        })
        .collect()
}

pub fn scope_of(org: OrgId) -> Scope {
    Scope::org(org)
}

fn code<T: std::fmt::Debug>(answer: Result<T, Failure>) -> &'static str {
    answer.unwrap_err().code().unwrap()
}

both!(a_person_is_put_once_whatever_the_number_of_times, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    let rows: Vec<PersonRow> =
        (0..1200).map(|i| row(&format!("E{i:04}"), "2026-01-05", Some(orgs[3]))).collect();
    let first = put(app, &rows).await;
    assert!(first.iter().all(|p| matches!(p, Put::Created(id) if id.0 > 0)));
    assert_eq!(world.number("SELECT count(*) FROM person_org").await, 1200);
    let audits = world.number("SELECT count(*) FROM audit").await;
    settle(app).await;
    let again = put(app, &rows).await;
    assert!(again.iter().zip(&first).all(|(a, f)| *a == Put::Unchanged(f.id().unwrap())));
    assert_eq!(world.number("SELECT count(*) FROM audit").await, audits);
    assert_eq!(marks(app).await, [""; 0]);
});

both!(a_row_that_cannot_be_used_hinders_no_other, |world| async move {
    let app = &world.app;
    let nameless = PersonRow { name: None, ..row("E2", "2026-01-05", None) };
    let backwards = PersonRow { left_on: Some(day("2026-01-04")), ..row("E3", "2026-01-05", None) };
    let unhired = PersonRow { hired_on: None, ..row("E4", "2026-01-05", None) };
    let good = row("E1", "2026-01-05", None);
    let rows = [good.clone(), nameless, backwards, unhired, row("E 5", "2026-01-05", None), good];
    let puts = put(app, &rows).await;
    let refusals: Vec<_> = puts
        .iter()
        .map(|p| match p {
            Put::Refused(r) => kaoqin::base::Refusal::code(r),
            _ => "",
        })
        .collect();
    assert_eq!(
        refusals,
        [
            "",
            "name_required",
            "leaves_before_hired",
            "hire_date_required",
            "number_invalid",
            "row_repeated"
        ]
    );
    assert_eq!(marks(app).await, ["1 2026-01-03.. employment"]);
});

both!(a_file_that_names_another_department_moves_people_from_today_on, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-01-05", Some(orgs[3]))]).await;
    settle(app).await;
    let silent = PersonRow { number: "E1".to_owned(), org: Some(orgs[2]), ..PersonRow::default() };
    assert_eq!(put(app, std::slice::from_ref(&silent)).await, [Put::Changed(PersonId(1))]);
    assert_eq!(marks(app).await, ["1 2026-03-10.. org"]);
    assert_eq!(put(app, &[silent]).await, [Put::Unchanged(PersonId(1))]);
    let timeline = people::org_timeline(app.db.read(), PersonId(1)).await.unwrap();
    let timeline: Vec<_> =
        timeline.iter().map(|e| (e.valid_from.to_string(), e.code.as_str())).collect();
    assert_eq!(timeline, [("2026-01-05".into(), "A1"), ("2026-03-10".into(), "B")]);
});

fn transfer_to(version: i32, from: &str, org: &str) -> NewTransfer {
    NewTransfer {
        version,
        valid_from: day(from),
        org: Some(org.to_owned()),
        ..NewTransfer::default()
    }
}

both!(a_transfer_marks_exactly_from_its_date_to_the_next_one, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-01-05", Some(orgs[3]))]).await;
    settle(app).await;
    let (id, all, once) = (PersonId(1), Scope::everybody(), Once::never());
    let t = transfer_to(1, "2026-03-20", "B");
    let after = employment::transfer(app, &me(), &all, id, &t, &once).await.unwrap();
    assert_eq!((after.version, after.org_code.as_deref()), (2, Some("A1")), "not yet");
    assert_eq!(marks(app).await, ["1 2026-03-20.. org"]);
    settle(app).await;
    let t = transfer_to(2, "2026-03-06", "A2");
    employment::transfer(app, &me(), &all, id, &t, &once).await.unwrap();
    assert_eq!(marks(app).await, ["1 2026-03-06..2026-03-19 org"]);

    let stale = transfer_to(2, "2026-03-07", "B");
    assert_eq!(
        code(employment::transfer(app, &me(), &all, id, &stale, &once).await),
        "version_conflict"
    );
    let early = transfer_to(3, "2026-01-04", "B");
    assert_eq!(
        code(employment::transfer(app, &me(), &all, id, &early, &once).await),
        "out_of_service"
    );
    let closed = transfer_to(3, "2026-03-04", "A2");
    assert_eq!(
        code(employment::transfer(app, &me(), &all, id, &closed, &once).await),
        "org_not_in_effect"
    );
});

both!(a_person_is_in_scope_by_his_department_on_the_date_of_the_row, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-01-05", Some(orgs[3])), row("E2", "2026-01-05", Some(orgs[2]))])
        .await;
    let t = transfer_to(1, "2026-03-20", "B");
    let (all, once) = (Scope::everybody(), Once::never());
    employment::transfer(app, &me(), &all, PersonId(1), &t, &once).await.unwrap();
    let seen = async |scope: &Scope, on: &str| {
        let ids = [PersonId(1), PersonId(2)];
        let seen = people::visible(app.db.read(), scope, &ids, day(on)).await.unwrap();
        let mut seen: Vec<i64> = seen.into_iter().map(|p| p.0).collect();
        seen.sort_unstable();
        seen
    };
    let (g, a, b, a2) = (orgs[0], orgs[1], orgs[2], orgs[4]);
    assert_eq!(seen(&scope_of(a), "2026-03-19").await, [1]);
    assert_eq!(seen(&scope_of(a), "2026-03-20").await, [0; 0]);
    assert_eq!(seen(&scope_of(b), "2026-03-19").await, [2]);
    assert_eq!(seen(&scope_of(b), "2026-03-20").await, [1, 2]);
    assert_eq!(seen(&scope_of(g), "2026-03-20").await, [1, 2]);
    assert_eq!(seen(&scope_of(a2), "2026-03-19").await, [0; 0]);
    assert_eq!(seen(&scope_of(g), "2026-01-04").await, [0; 0], "nobody has a department yet");
    assert_eq!(seen(&Scope::nobody(), "2026-03-20").await, [0; 0]);
    let named = Scope::of(vec![Area::departments([a])], vec![PersonId(1)]);
    assert_eq!(seen(&named, "2026-03-20").await, [1]);
});

both!(the_list_of_persons_knows_text_subtree_state_and_pages, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    let left = PersonRow { left_on: Some(day("2026-02-28")), ..row("E3", "2025-01-01", None) };
    put(
        app,
        &[
            row("E1", "2026-01-05", Some(orgs[3])),
            row("E2", "2026-04-01", Some(orgs[4])),
            left,
            row("X_1", "2026-01-05", Some(orgs[2])),
        ],
    )
    .await;
    let frozen = Frozen { version: 1, from: day("2026-03-01"), to: None };
    let (all, once) = (Scope::everybody(), Once::never());
    employment::freeze(app, &me(), &all, PersonId(4), frozen, &once).await.unwrap();
    let list = async |scope: &Scope, change: &dyn Fn(&mut PersonFilter)| {
        let mut f = PersonFilter {
            on: app.today(),
            id: None,
            text: None,
            org: None,
            state: None,
            after: PersonId(0),
            limit: 50,
        };
        change(&mut f);
        let rows = people::persons(app.db.read(), scope, &f).await.unwrap();
        rows.into_iter().map(|p| format!("{} {}", p.number, p.state)).collect::<Vec<_>>()
    };
    let everyone = ["E1 active", "E2 pending", "E3 left", "X_1 frozen"];
    assert_eq!(list(&all, &|_| {}).await, everyone);
    assert_eq!(list(&scope_of(orgs[1]), &|_| {}).await, ["E1 active", "E2 pending"]);
    assert_eq!(list(&all, &|f| f.text = Some("x_".into())).await, ["X_1 frozen"]);
    assert_eq!(list(&all, &|f| f.text = Some("员工e".into())).await.len(), 3);
    assert_eq!(list(&all, &|f| f.org = Some(orgs[1])).await, ["E1 active", "E2 pending"]);
    assert_eq!(list(&all, &|f| f.state = Some(PersonState::Left)).await, ["E3 left"]);
    assert_eq!(list(&all, &|f| f.limit = 2).await, everyone[..2]);
    let second = list(&all, &|f| f.after = PersonId(2)).await;
    assert_eq!(second, everyone[2..]);
    assert_eq!(list(&all, &|f| f.on = day("2026-02-28")).await[2..], ["E3 active", "X_1 active"]);
});

both!(changes_of_service_mark_two_days_wider_than_the_dates_that_change, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-02-01", Some(orgs[3]))]).await;
    settle(app).await;
    let (id, all, once) = (PersonId(1), Scope::everybody(), Once::never());

    let earlier = PersonChange {
        version: 1,
        name: Some("王伟".to_owned()),
        zone: None,
        hired_on: Some(day("2026-01-10")),
    };
    let p = people::update_person(app, &me(), &all, id, &earlier, &once).await.unwrap();
    assert_eq!((p.version, p.name.as_str()), (2, "王伟"));
    assert_eq!(marks(app).await, ["1 2026-01-08..2026-02-02 employment"]);
    let seen = people::visible(app.db.read(), &scope_of(orgs[3]), &[id], day("2026-01-10")).await;
    assert_eq!(seen.unwrap().len(), 1, "his first department begins with him");
    settle(app).await;

    let leaving = Leaving { version: 2, left_on: Some(day("2026-03-31")) };
    employment::end_employment(app, &me(), &all, id, leaving, &once).await.unwrap();
    assert_eq!(marks(app).await, ["1 2026-03-30.. employment"]);
    settle(app).await;
    let back = Leaving { version: 3, left_on: None };
    let p = employment::end_employment(app, &me(), &all, id, back, &once).await.unwrap();
    assert_eq!(p.left_on, None);
    assert_eq!(marks(app).await, ["1 2026-03-30.. employment"]);
    let bad = Leaving { version: 4, left_on: Some(day("2026-01-09")) };
    let refused = employment::end_employment(app, &me(), &all, id, bad, &once).await;
    assert_eq!(code(refused), "leaves_before_hired");
    let stale = PersonChange { version: 3, name: None, zone: None, hired_on: None };
    let refused = people::update_person(app, &me(), &all, id, &stale, &once).await;
    assert_eq!(code(refused), "version_conflict");
    let renamed = PersonChange { version: 4, name: Some("王维".into()), ..stale };
    settle(app).await;
    people::update_person(app, &me(), &all, id, &renamed, &once).await.unwrap();
    assert_eq!(marks(app).await, [""; 0], "a name changes no result");
});

both!(frozen_is_from_the_freeze_date_to_the_day_before_the_unfreeze_date, |world| async move {
    let app = &world.app;
    put(app, &[row("E1", "2026-01-05", None)]).await;
    settle(app).await;
    let (id, all, once) = (PersonId(1), Scope::everybody(), Once::never());
    let frozen = Frozen { version: 1, from: day("2026-03-10"), to: None };
    let p = employment::freeze(app, &me(), &all, id, frozen, &once).await.unwrap();
    assert_eq!((p.state.as_str(), p.version), ("frozen", 2));
    assert_eq!(marks(app).await, ["1 2026-03-08.. employment"]);
    let again = Frozen { version: 2, from: day("2026-03-15"), to: Some(day("2026-03-16")) };
    assert_eq!(
        code(employment::freeze(app, &me(), &all, id, again, &once).await),
        "freeze_overlaps"
    );
    settle(app).await;
    let thawed = Thawed { version: 2, on: day("2026-03-20") };
    employment::unfreeze(app, &me(), &all, id, thawed, &once).await.unwrap();
    assert_eq!(marks(app).await, ["1 2026-03-18.. employment"]);
    let rows = people::freezes(app.db.read(), id).await.unwrap();
    assert_eq!(
        (rows[0].valid_from, rows[0].valid_to),
        (day("2026-03-10"), Some(day("2026-03-19")))
    );
    let none = Thawed { version: 3, on: day("2026-03-20") };
    assert_eq!(
        code(employment::unfreeze(app, &me(), &all, id, none, &once).await),
        "freeze_not_found"
    );
    let whole = Thawed { version: 3, on: day("2026-03-10") };
    employment::unfreeze(app, &me(), &all, id, whole, &once).await.unwrap();
    assert_eq!(people::freezes(app.db.read(), id).await.unwrap(), []);
});

both!(outside_ones_scope_nobody_exists_and_nothing_can_be_put, |world| async move {
    let app = &world.app;
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-01-05", Some(orgs[2]))]).await;
    let (mine, once) = (scope_of(orgs[1]), Once::never());
    let id = PersonId(1);
    let t = transfer_to(1, "2026-03-20", "A1");
    let refused = employment::transfer(app, &me(), &mine, id, &t, &once).await;
    assert_eq!(code(refused), "person_not_found");
    let frozen = Frozen { version: 1, from: day("2026-03-10"), to: None };
    assert_eq!(
        code(employment::freeze(app, &me(), &mine, id, frozen, &once).await),
        "person_not_found"
    );
    let new = |org: Option<&str>| NewPerson {
        number: "E9".to_owned(),
        name: "李娜".to_owned(),
        zone: None,
        hired_on: day("2026-04-01"),
        org: org.map(str::to_owned),
        ..NewPerson::default()
    };
    let add = async |org| people::add_person(app, &me(), &mine, &new(org), &once).await;
    assert_eq!(code(add(Some("B")).await), "org_unknown");
    assert_eq!(code(add(None).await), "org_required");
    assert_eq!(add(Some("A1")).await.unwrap().state, "pending");
    assert_eq!(code(add(Some("A1")).await), "number_taken");
    let unit = unit("C", None, "2026-01-01");
    let details = people::OrgDetails::default();
    let refused = people::add_org_unit(app, &me(), &mine, &unit, &details, &once).await;
    assert_eq!(code(refused), "parent_required");
    let change = OrgChange { version: 1, name: Some("新名".to_owned()), ..OrgChange::default() };
    let refused = people::update_org_unit(app, &me(), &mine, orgs[2], &change, &once).await;
    assert_eq!(code(refused), "org_not_found");
    let a1 = people::update_org_unit(app, &me(), &mine, orgs[3], &change, &once).await.unwrap();
    assert_eq!((a1.name.as_str(), a1.version), ("新名", 2));
    let refused = people::update_org_unit(app, &me(), &mine, orgs[3], &change, &once).await;
    assert_eq!(code(refused), "version_conflict");
});

both!(a_write_sent_twice_is_done_once_and_audited_once, |world| async move {
    let app = &world.app;
    let new = NewPerson {
        number: "E1".to_owned(),
        name: "李娜".to_owned(),
        zone: Some("Asia/Urumqi".to_owned()),
        hired_on: day("2026-01-05"),
        ..NewPerson::default()
    };
    let once = Once::new(Some("k1".to_owned()), &new).unwrap();
    let all = Scope::everybody();
    let first = people::add_person(app, &me(), &all, &new, &once).await.unwrap();
    let again = people::add_person(app, &me(), &all, &new, &once).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(first.zone, "Asia/Urumqi");
    assert_eq!(world.number("SELECT count(*) FROM audit").await, 1);
    let nowhere = NewPerson { zone: Some("Mars/Base".to_owned()), number: "E2".to_owned(), ..new };
    let refused = people::add_person(app, &me(), &all, &nowhere, &Once::never()).await;
    assert_eq!(code(refused), "zone_unknown");
});

both!(of_two_changes_of_one_version_at_once_one_is_refused, |world| async move {
    let app = &world.app;
    put(app, &[row("E1", "2026-01-05", None)]).await;
    let (id, all, once) = (PersonId(1), Scope::everybody(), Once::never());
    let frozen = |from: &str| Frozen { version: 1, from: day(from), to: None };
    let actor = me();
    let (a, b) = tokio::join!(
        employment::freeze(app, &actor, &all, id, frozen("2026-03-10"), &once),
        employment::freeze(app, &actor, &all, id, frozen("2026-03-12"), &once)
    );
    assert_ne!(a.is_ok(), b.is_ok());
    assert_eq!(a.and(b).unwrap_err().code(), Some("version_conflict"));
    assert_eq!(people::freezes(app.db.read(), id).await.unwrap().len(), 1);
});
