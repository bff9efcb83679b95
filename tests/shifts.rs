use kaoqin::base::{Actor, App, Once, Query, RowOutcome, Scope};
use kaoqin::shifts::{
    self, CellChange, CellValue, ClearedSpan, DefaultShift, NewOvertime, NewShiftVersion,
    OvertimeFilter, PublishedShift,
};
use serde_json::{Value, json};
use vocabulary::{LocalDate, PersonId, WallTime};

use crate::both;
use crate::support::World;

pub fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// `n` people in service since 2020, with the ids 1 to n.
pub async fn hire(world: &World, n: i64) {
    let rows: Vec<String> = (1..=n)
        .map(|i| format!("({i}, 'E{i:05}', '员工{i}', 'Asia/Shanghai', '2020-01-01', 0)"))
        .collect();
    let sql = format!(
        "INSERT INTO person (id, number, name, zone, hired_on, created_at) VALUES {}",
        rows.join(", ")
    );
    world.app.db.for_migrations().run(&sql, vec![]).await.unwrap();
}

pub fn day_shift() -> Value {
    json!({ "segments": [
        { "start": "08:00", "end": "12:00" }, { "start": "13:00", "end": "17:00" } ] })
}

pub async fn publish(
    app: &App,
    code: &str,
    from: &str,
    body: Value,
) -> Result<PublishedShift, String> {
    register_concern();
    let new = NewShiftVersion {
        code: code.to_owned(),
        name: None,
        effective_from: day(from),
        expected_version: None,
        body,
    };
    let done = shifts::publish(app, &Actor::system(), new, &Once::never()).await;
    done.map_err(|f| f.to_string())
}

fn cell(person: i64, date: &str, value: CellValue) -> CellChange {
    CellChange { person: PersonId(person), date: day(date), value, expected_version: None }
}

fn works(code: &str) -> CellValue {
    CellValue::Shifts(vec![code.to_owned()])
}

async fn set(app: &App, scope: &Scope, cells: &[CellChange]) -> Vec<RowOutcome> {
    shifts::set_cells(app, &Actor::system(), scope, cells, &Once::never()).await.unwrap()
}

fn code(o: &RowOutcome) -> &str {
    match o {
        RowOutcome::Written { .. } | RowOutcome::Created { .. } => "written",
        RowOutcome::Unchanged { .. } | RowOutcome::Found { .. } => "unchanged",
        RowOutcome::Refused { code, .. } => code,
    }
}

fn codes(list: &[RowOutcome]) -> Vec<&str> {
    list.iter().map(code).collect()
}

#[derive(sea_orm::FromQueryResult, Debug, PartialEq)]
struct MarkRow {
    person_id: i64,
    from_date: LocalDate,
    to_date: Option<LocalDate>,
    cause: String,
    lane: i32,
}

/// All marks as `person cause from..to lane`, and forgets them.
pub async fn marks(world: &World) -> Vec<String> {
    let sql = "SELECT person_id, from_date, to_date, cause, lane FROM dirty_mark \
               ORDER BY person_id, from_date, id";
    let rows: Vec<MarkRow> = world.app.db.read().rows(sql, vec![]).await.unwrap();
    world.app.db.for_migrations().run("DELETE FROM dirty_mark", vec![]).await.unwrap();
    rows.iter()
        .map(|m| {
            let to = m.to_date.map_or(String::new(), |d| d.to_string());
            format!("{} {} {}..{to} {}", m.person_id, m.cause, m.from_date, m.lane)
        })
        .collect()
}

both!(a_version_of_a_shift_is_stored_complete_and_never_changes, |world| async move {
    let app = &world.app;
    let first = publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    let free = publish(app, "D1", "2026-04-01", json!({ "kind": "free" })).await.unwrap();
    assert_eq!((first.version, free.version), (1, 2));
    assert_eq!(first.shift_id, free.shift_id);
    let stored = shifts::shift_version(app.db.read(), first.shift_id, 1).await.unwrap().unwrap();
    let body: Value = serde_json::from_str(&stored.body).unwrap();
    assert_eq!(body["points"], "two_point", "defaults are stored: {body}");
    assert_eq!(body["day_equivalent"], Value::Null);
    let versions = shifts::shift_versions(app.db.read(), first.shift_id, None, 10).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
});

both!(what_cannot_be_a_shift_is_refused_with_its_reason, |world| async move {
    let app = &world.app;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    let refused = async |code: &str, from: &str, body: Value| {
        publish(app, code, from, body).await.unwrap_err()
    };
    let has = |text: String, code: &str| assert!(text.starts_with(code), "{text}");
    has(refused("D 1", "2026-01-01", day_shift()).await, "code_invalid");
    has(refused("rest", "2026-01-01", day_shift()).await, "code_reserved");
    has(refused("D2", "1999-12-31", day_shift()).await, "effective_from_unreasonable");
    has(refused("D2", "2026-01-01", json!({ "segments": [] })).await, "body_invalid");
    has(refused("D2", "2026-01-01", json!({ "base": "D1" })).await, "body_invalid");
    let mut overtime = day_shift();
    overtime["kind"] = json!("ot");
    has(refused("D1", "2026-01-01", overtime).await, "kind_fixed");
    let stale = NewShiftVersion {
        code: "D1".to_owned(),
        name: None,
        effective_from: day("2026-02-01"),
        expected_version: Some(0),
        body: day_shift(),
    };
    let stale = shifts::publish(app, &Actor::system(), stale, &Once::never()).await;
    assert_eq!(stale.unwrap_err().code(), Some("version_conflict"));
    assert_eq!(world.number("SELECT count(*) FROM shift_version").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM shift").await, 1);
});

both!(every_cell_of_a_batch_has_its_own_outcome, |world| async move {
    let app = &world.app;
    hire(&world, 3).await;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    publish(app, "N1", "2026-01-01", day_shift()).await.unwrap();
    let all = Scope::everybody();
    let both_main = CellValue::Shifts(vec!["D1".to_owned(), "N1".to_owned()]);
    let rows = [
        cell(1, "2026-03-10", works("D1")),
        cell(1, "2026-03-11", CellValue::Rest),
        cell(1, "2026-03-10", works("N1")),
        cell(2, "2026-03-10", works("X")),
        cell(2, "2026-03-11", both_main),
        cell(2, "2025-12-31", works("D1")),
        cell(99, "2026-03-10", works("D1")),
        cell(3, "2026-03-10", CellValue::Empty),
    ];
    assert_eq!(
        codes(&set(app, &all, &rows).await),
        [
            "written",
            "written",
            "row_repeated",
            "shift_unknown",
            "several_main_shifts",
            "shift_not_in_effect",
            "person_not_found",
            "unchanged"
        ]
    );
    assert_eq!(marks(&world).await, ["1 roster 2026-03-08..2026-03-13 1"]);
    let again = set(app, &all, &rows[..2]).await;
    assert_eq!(codes(&again), ["unchanged", "unchanged"]);
    assert!(marks(&world).await.is_empty(), "what changes nothing marks nothing");
});

both!(a_cell_is_only_changed_by_who_knows_its_version, |world| async move {
    let app = &world.app;
    hire(&world, 1).await;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    let all = Scope::everybody();
    let with = |value, version| CellChange {
        expected_version: Some(version),
        ..cell(1, "2026-03-10", value)
    };
    let written = set(app, &all, &[with(works("D1"), 0)]).await;
    assert_eq!(written, [RowOutcome::Written { version: 1 }]);
    let late = set(app, &all, &[with(CellValue::Rest, 0)]).await;
    assert_eq!(codes(&late), ["cell_changed"]);
    let good = set(app, &all, &[with(CellValue::Rest, 1)]).await;
    assert_eq!(good, [RowOutcome::Written { version: 2 }]);
    let gone = set(app, &all, &[with(CellValue::Empty, 2)]).await;
    assert_eq!(gone, [RowOutcome::Written { version: 0 }]);
    assert_eq!(world.number("SELECT count(*) FROM roster_cell").await, 0);
});

both!(people_out_of_scope_do_not_exist, |world| async move {
    let app = &world.app;
    hire(&world, 2).await;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    let own = Scope::person(PersonId(1));
    let rows = [cell(1, "2026-03-10", works("D1")), cell(2, "2026-03-10", works("D1"))];
    assert_eq!(codes(&set(app, &own, &rows).await), ["written", "person_not_found"]);
    set(app, &Scope::everybody(), &rows).await;
    let (from, to) = (day("2026-03-01"), day("2026-03-31"));
    let people = [PersonId(1), PersonId(2)];
    let seen = shifts::cells(app.db.read(), &own, &people, from, to).await.unwrap();
    assert_eq!(seen.len(), 1);
    let what = ClearedSpan { people: people.to_vec(), from, to };
    let cleared = shifts::clear_cells(app, &Actor::system(), &own, &what, &Once::never()).await;
    assert_eq!(cleared.unwrap(), 1);
    assert_eq!(world.number("SELECT count(*) FROM roster_cell").await, 1);
});

both!(a_thousand_cells_are_one_call_and_a_repeated_call_writes_once, |world| async move {
    let app = &world.app;
    hire(&world, 60).await;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    marks(&world).await;
    let rows: Vec<CellChange> = (0..1_200)
        .map(|i| {
            let date = day("2026-03-10").plus(i % 20);
            CellChange { date, ..cell(i64::from(i / 20) + 1, "2026-03-10", works("D1")) }
        })
        .collect();
    let once = Once::new(Some("key".to_owned()), &rows).unwrap();
    let scope = Scope::everybody();
    for _ in 0..2 {
        let done = shifts::set_cells(app, &Actor::system(), &scope, &rows, &once).await.unwrap();
        assert!(done.iter().all(|o| *o == RowOutcome::Written { version: 1 }));
    }
    let marked = marks(&world).await;
    assert_eq!(marked.len(), 60);
    assert_eq!(marked[0], "1 roster 2026-03-08..2026-03-31 2");
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE object = 'roster_cell'").await, 1);
});

both!(a_default_shift_holds_until_the_next_entry, |world| async move {
    let app = &world.app;
    hire(&world, 1).await;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    let mut overtime = day_shift();
    overtime["kind"] = json!("ot");
    publish(app, "OT", "2026-01-01", overtime).await.unwrap();
    let row = |from: &str, shift: Option<&str>| DefaultShift {
        person: PersonId(1),
        valid_from: day(from),
        shift: shift.map(str::to_owned),
    };
    let all = Scope::everybody();
    let rows = [
        row("2026-05-01", None),
        row("2026-03-01", Some("D1")),
        row("2026-04-01", Some("OT")),
        row("2025-04-01", Some("D1")),
    ];
    let done =
        shifts::assign_default_shifts(app, &Actor::system(), &all, &rows, &Once::never()).await;
    assert_eq!(
        codes(&done.unwrap()),
        ["written", "written", "overtime_shift", "shift_not_in_effect"]
    );
    assert_eq!(
        marks(&world).await,
        ["1 default_shift 2026-02-27..2026-05-02 1", "1 default_shift 2026-04-29.. 1"]
    );
    let again = [row("2026-03-01", Some("D1"))];
    let done =
        shifts::assign_default_shifts(app, &Actor::system(), &all, &again, &Once::never()).await;
    assert_eq!(codes(&done.unwrap()), ["unchanged"]);
    let line = shifts::default_shifts(app.db.read(), &all, PersonId(1), day("2026-03-10")).await;
    assert_eq!(line.unwrap().len(), 2);
});

both!(overtime_is_ordered_for_all_or_nobody_and_revoked_once, |world| async move {
    let app = &world.app;
    hire(&world, 2).await;
    let date = day("2026-03-10");
    let order = NewOvertime {
        people: vec![PersonId(2), PersonId(1)],
        date,
        start: WallTime::on(date, 18 * 3600),
        end: WallTime::on(date, 21 * 3600),
        breaks: vec![(WallTime::on(date, 19 * 3600), WallTime::on(date, 19 * 3600 + 1800))],
        break_minutes: 10,
        reason: "盘点".to_owned(),
    };
    let (actor, all, once) = (Actor::system(), Scope::everybody(), Once::never());
    let stranger = NewOvertime { people: vec![PersonId(1), PersonId(9)], ..order.clone() };
    let refused = shifts::order_overtime(app, &actor, &all, &stranger, &once).await;
    assert_eq!(refused.unwrap_err().code(), Some("person_not_found"));
    let ids = shifts::order_overtime(app, &actor, &all, &order, &once).await.unwrap();
    assert_eq!(ids.len(), 2);
    assert_eq!(
        marks(&world).await,
        [
            "1 temporary_overtime 2026-03-08..2026-03-12 1",
            "2 temporary_overtime 2026-03-08..2026-03-12 1"
        ]
    );
    let revoked = shifts::revoke_overtime(app, &actor, &all, ids[0]).await.unwrap();
    assert_eq!(revoked.person, PersonId(2), "ids stand in the order of the people");
    assert_eq!(marks(&world).await.len(), 1);
    shifts::revoke_overtime(app, &actor, &all, ids[0]).await.unwrap();
    assert!(marks(&world).await.is_empty());
    let own = Scope::person(PersonId(1));
    let hidden = shifts::revoke_overtime(app, &actor, &own, ids[0]).await;
    assert_eq!(hidden.unwrap_err().code(), Some("temporary_overtime_not_found"));
    let filter = OvertimeFilter {
        id: None,
        person: None,
        from: date,
        to: date,
        revoked: false,
        after: 0,
        limit: 10,
    };
    let left = shifts::overtime(app.db.read(), &all, &filter).await.unwrap();
    assert_eq!(left.iter().map(|o| o.person).collect::<Vec<_>>(), [PersonId(1)]);
    assert_eq!(left[0].breaks, order.breaks);
});

both!(two_publishers_of_one_shift_get_two_numbers, |world| async move {
    let app = &world.app;
    let (a, b) = tokio::join!(
        publish(app, "D1", "2026-01-01", day_shift()),
        publish(app, "D1", "2026-01-01", json!({ "kind": "free" }))
    );
    let mut numbers = [a.unwrap().version, b.unwrap().version];
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
    let names = shifts::shift_names(app.db.read()).await.unwrap();
    assert_eq!(names.into_values().collect::<Vec<_>>(), ["D1"]);
});

/// As the wiring does.
pub fn register_concern() {
    kaoqin::house::prepare();
}

both!(batches_over_the_same_cells_do_not_block_each_other_in_a_circle, |world| async move {
    let app = &world.app;
    hire(&world, 40).await;
    publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    let batch = |value: &CellValue, backwards: bool| {
        let mut rows: Vec<CellChange> =
            (1..=40).map(|p| cell(p, "2026-03-10", value.clone())).collect();
        if backwards {
            rows.reverse();
        }
        rows
    };
    for _ in 0..5 {
        let (a, b) = (batch(&works("D1"), false), batch(&CellValue::Rest, true));
        let all = Scope::everybody();
        let (a, b) = tokio::join!(set(app, &all, &a), set(app, &all, &b));
        let known = ["written", "unchanged", "cell_changed"];
        assert!(codes(&a).iter().chain(&codes(&b)).all(|c| known.contains(c)));
    }
    assert_eq!(world.number("SELECT count(*) FROM roster_cell").await, 40);
});
