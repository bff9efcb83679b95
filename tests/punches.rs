use kaoqin::base::{Actor, Failure, Once, Query, Scope};
use kaoqin::identity::ScopeChoice;
use kaoqin::punches::{
    self, Assigned, Assignment, Entered, Entry, EntryRefusal, Evidence, Inserted, Moment, NewPunch,
    Pin, PinChange, PunchFilter, Received, Source, UnassignedFilter, Urgency,
};
use serde_json::json;
use vocabulary::{Instant, PersonId, Zone};

use crate::both;
use crate::support::World;

fn wall(text: &str) -> Instant {
    Zone::SHANGHAI.instant(text.parse().unwrap())
}

fn punch(person: PersonId, at: &str, device: &str) -> NewPunch {
    NewPunch {
        person,
        at: wall(at),
        flag: None,
        source: Source::Terminal,
        method: None,
        device: device.to_owned(),
        reason: None,
        raw: None,
        author: None,
    }
}

fn evidence(device: &str, pin: &str, at: &str) -> Evidence {
    Evidence {
        device: device.to_owned(),
        pin: pin.to_owned(),
        wall: at.parse().unwrap(),
        zone: Zone::SHANGHAI,
        flag: None,
        source: Source::Terminal,
        method: None,
        raw: format!("{pin} {at}"),
    }
}

async fn insert(world: &World, punches: &[NewPunch]) -> Vec<Inserted> {
    let tx = world.app.db.begin().await.unwrap();
    let now = world.app.clock.now();
    let done = punches::insert(&tx, punches, Urgency::ByAge, now).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn receive(world: &World, batch: &[Evidence]) -> Vec<Received> {
    let tx = world.app.db.begin().await.unwrap();
    let now = world.app.clock.now();
    let done = punches::receive(&tx, batch, Urgency::ByAge, now).await.unwrap();
    tx.commit().await.unwrap();
    done
}

fn code<T>(done: Result<T, Failure>) -> Option<&'static str> {
    done.err().and_then(|f| f.code())
}

const PUNCHES: &str = "SELECT COUNT(*) FROM punch";

#[derive(sea_orm::FromQueryResult, Debug, PartialEq)]
struct MarkRow {
    person_id: PersonId,
    span: String,
    cause: String,
    lane: i32,
}

async fn marks(world: &World) -> Vec<MarkRow> {
    let sql = "SELECT person_id, CAST(from_date AS TEXT) || '..' || CAST(to_date AS TEXT) AS span, \
               cause, lane FROM dirty_mark ORDER BY person_id, from_date";
    world.app.db.read().rows(sql, vec![]).await.unwrap()
}

both!(a_record_delivered_twice_is_one_punch, |world| async move {
    let p = world.person("1001").await;
    let one = punch(p, "2026-03-09T08:00:00", "D1");
    let done = insert(&world, &[one.clone(), one.clone()]).await;
    assert!(matches!(done[..], [Inserted::New(_), Inserted::Known]));
    assert_eq!(insert(&world, std::slice::from_ref(&one)).await, [Inserted::Known]);
    assert_eq!(world.number(PUNCHES).await, 1);
});

both!(two_quick_taps_and_two_devices_are_kept_as_they_are, |world| async move {
    let p = world.person("1001").await;
    insert(
        &world,
        &[
            punch(p, "2026-03-09T08:00:00", "D1"),
            punch(p, "2026-03-09T08:00:01", "D1"),
            punch(p, "2026-03-09T08:00:01", "D2"),
        ],
    )
    .await;
    assert_eq!(world.number(PUNCHES).await, 3);
});

both!(a_punch_marks_two_days_before_and_one_after_its_local_date, |world| async move {
    let p = world.person("1001").await;
    // 23:30 in Shanghai on the 9th is the 10th in Auckland.
    let far = world.person_in("1002", "Pacific/Auckland").await;
    insert(
        &world,
        &[
            punch(p, "2026-03-09T23:30:00", "D1"),
            punch(p, "2026-03-10T07:30:00", "D1"),
            punch(far, "2026-03-09T23:30:00", "D1"),
            punch(p, "2020-01-07T08:00:00", "D1"),
        ],
    )
    .await;
    let mark = |person, span: &str, lane| MarkRow {
        person_id: person,
        span: span.to_owned(),
        cause: "punch".to_owned(),
        lane,
    };
    assert_eq!(
        marks(&world).await,
        [
            mark(p, "2020-01-05..2020-01-08", 4),
            mark(p, "2026-03-07..2026-03-11", 2),
            mark(far, "2026-03-08..2026-03-11", 2),
        ]
    );
    insert(&world, &[punch(p, "2026-03-09T23:30:00", "D1")]).await;
    assert_eq!(marks(&world).await.len(), 3, "a known punch marks nothing");
});

both!(the_same_number_is_two_people_on_two_devices, |world| async move {
    let (a, b) = (world.person("1001").await, world.person("1002").await);
    let pin = |device: &str| Pin { device: device.to_owned(), pin: "7".to_owned() };
    let tx = world.app.db.begin().await.unwrap();
    punches::put_pins(&tx, &[(pin("D1"), a), (pin(""), b)]).await.unwrap();
    let wanted = [pin("D1"), pin("D2"), Pin { device: "D1".into(), pin: "8".into() }];
    let found = punches::resolve(&tx, &wanted).await.unwrap();
    assert_eq!(found.get(&pin("D1")), Some(&a));
    assert_eq!(found.get(&pin("D2")), Some(&b));
    assert_eq!(found.len(), 2);
});

both!(a_device_that_drops_leading_zeros_still_finds_its_people, |world| async move {
    let a = world.person("000071").await;
    let b = world.person("71A").await;
    world.person("0500").await;
    world.person("500").await;
    world.person("00500").await;
    let exact = world.person("12").await;
    world.person("012").await;
    let tx = world.app.db.begin().await.unwrap();
    let pin = |pin: &str| Pin { device: "D1".to_owned(), pin: pin.to_owned() };
    let wanted = [pin("71"), pin("71A"), pin("000500"), pin("12"), pin("000")];
    let found = punches::resolve(&tx, &wanted).await.unwrap();
    assert_eq!(found.get(&pin("71")), Some(&a));
    assert_eq!(found.get(&pin("71A")), Some(&b));
    assert_eq!(found.get(&pin("12")), Some(&exact));
    // Three people could be meant, or none: nobody is.
    assert_eq!(found.get(&pin("000500")), None);
    assert_eq!(found.get(&pin("000")), None);
});

both!(a_record_of_an_unknown_person_waits_until_he_is_known, |world| async move {
    let batch = [
        evidence("D1", "7", "2026-03-09T08:00:00"),
        evidence("D1", "7", "2026-03-09T08:00:00"),
        evidence("D1", "7", "2026-03-09T17:00:00"),
    ];
    use Received::{Accepted, Duplicate, Unassigned};
    assert_eq!(receive(&world, &batch).await, [Unassigned, Duplicate, Unassigned]);
    assert_eq!(receive(&world, &batch).await, [Duplicate, Duplicate, Duplicate]);
    assert_eq!(world.number(PUNCHES).await, 0);

    world.person("0007").await;
    assert_eq!(receive(&world, &batch[..1]).await, [Accepted]);
    assert_eq!(receive(&world, &batch[..1]).await, [Duplicate]);
    let open = "SELECT COUNT(*) FROM unassigned_punch WHERE assigned_to IS NULL";
    assert_eq!(world.number(open).await, 1);
    assert_eq!(world.number(PUNCHES).await, 1);
});

both!(a_number_given_to_a_person_turns_his_waiting_records_into_punches, |world| async move {
    let p = world.person("1001").await;
    let other = world.person("1002").await;
    let batch = [
        evidence("D1", "7", "2026-03-09T08:00:00"),
        evidence("D2", "7", "2026-03-09T08:10:00"),
        evidence("D1", "8", "2026-03-09T08:20:00"),
    ];
    receive(&world, &batch).await;
    let change = |device: &str, person| PinChange {
        device: device.to_owned(),
        pin: "7".to_owned(),
        person: Some(person),
    };
    let changes = [change("", p), change("D2", other)];
    let (app, actor) = (&world.app, Actor::cli());
    let everybody = Scope::everybody();
    let done = punches::set_pins(app, &actor, &everybody, &changes, &Once::never()).await.unwrap();
    assert_eq!((done.written, done.removed, done.punches), (2, 0, 2));
    let of = |p: PersonId| format!("SELECT COUNT(*) FROM punch WHERE person_id = {p}");
    assert_eq!((world.number(&of(p)).await, world.number(&of(other)).await), (1, 1));

    let forget = [PinChange { person: None, ..change("D2", other) }];
    let done = punches::set_pins(app, &actor, &everybody, &forget, &Once::never()).await.unwrap();
    assert_eq!((done.written, done.removed, done.punches), (0, 1, 0));
    let hidden = punches::set_pins(app, &actor, &Scope::nobody(), &changes, &Once::never()).await;
    assert_eq!(code(hidden), Some("person_not_found"));
});

both!(what_somebody_assigned_by_hand_stays_assigned, |world| async move {
    let (p, other) = (world.person("1001").await, world.person("1002").await);
    let record = evidence("D1", "7", "2026-03-09T08:00:00");
    receive(&world, std::slice::from_ref(&record)).await;
    let (app, actor, all) = (&world.app, Actor::cli(), Scope::everybody());
    let filter = UnassignedFilter { limit: 10, ..UnassignedFilter::default() };
    let id = punches::unassigned(app.db.read(), &filter).await.unwrap()[0].id;
    let wanted = Assignment { records: vec![id, 999], person: p, remember: false };
    let done = punches::assign(app, &actor, &all, &wanted, &Once::never()).await.unwrap();
    assert_eq!(done, [Assigned::Punch, Assigned::NotFound]);
    let again = Assignment { records: vec![id], person: other, remember: true };
    let done = punches::assign(app, &actor, &all, &again, &Once::never()).await.unwrap();
    assert_eq!(done, [Assigned::Known]);
    // The number is remembered for the other person now; the old record stays where it was put.
    assert_eq!(receive(&world, &[record]).await, [Received::Duplicate]);
    let later = evidence("D1", "7", "2026-03-09T18:00:00");
    assert_eq!(receive(&world, &[later]).await, [Received::Accepted]);
    let of = |p: PersonId| format!("SELECT COUNT(*) FROM punch WHERE person_id = {p}");
    assert_eq!((world.number(&of(p)).await, world.number(&of(other)).await), (1, 1));
});

both!(a_punch_abroad_is_on_the_clock_the_person_lives_by, |world| async move {
    world.person("7").await;
    let tokyo = "Asia/Tokyo".parse().unwrap();
    let abroad = Evidence { zone: tokyo, ..evidence("D1", "7", "2026-03-09T09:30:00") };
    receive(&world, &[abroad]).await;
    let filter = PunchFilter {
        person: None,
        from: "2026-03-09".parse().unwrap(),
        to: "2026-03-09".parse().unwrap(),
        after: None,
        limit: 10,
    };
    let all = Scope::everybody();
    let rows = punches::punches(world.app.db.read(), &all, &filter).await.unwrap();
    assert_eq!(rows[0].at, wall("2026-03-09T08:30:00"));
    let local = vocabulary::WallTime::from_seconds(rows[0].wall).to_string();
    assert_eq!((local.as_str(), rows[0].zone.as_str()), ("2026-03-09T08:30:00", "Asia/Shanghai"));
});

both!(a_punch_sent_again_with_its_key_is_the_first_one, |world| async move {
    let p = world.person("1001").await;
    let (app, actor) = (&world.app, Actor::cli());
    let once = Once::new(Some("k1".to_owned()), &"in").unwrap();
    let first = punches::record(app, &actor, p, None, &once).await.unwrap();
    app.clock.step_seconds(3600);
    assert_eq!(punches::record(app, &actor, p, None, &once).await.unwrap(), first);
    let other = Once::new(Some("k1".to_owned()), &"out").unwrap();
    let reused = punches::record(app, &actor, p, None, &other).await;
    assert_eq!(code(reused), Some("idempotency_key_reused"));
    let second = punches::record(app, &actor, p, None, &Once::never()).await.unwrap();
    let same = punches::record(app, &actor, p, None, &Once::never()).await.unwrap();
    assert_eq!((same.id, same.known, second.known), (second.id, true, false));
    assert_eq!(world.number(PUNCHES).await, 2);
    assert_eq!(marks(&world).await[0].lane, 1);
});

both!(a_refused_entry_does_not_stop_the_others, |world| async move {
    let (p, hidden) = (world.person("1001").await, world.person("1002").await);
    let entry = |person, at: &str, reason: &str| Entry {
        person,
        moment: Moment::Wall(at.parse().unwrap()),
        flag: None,
        reason: reason.to_owned(),
    };
    let entries = [
        entry(p, "2026-03-09T08:00:00", "forgot the card"),
        entry(hidden, "2026-03-09T08:00:00", "forgot the card"),
        entry(p, "2026-03-09T08:00:00", "the same again"),
        entry(p, "2026-03-11T08:00:00", "tomorrow"),
        entry(p, "2026-03-09T09:00:00", "  "),
    ];
    let scope = Scope::person(p);
    let done = punches::enter(&world.app, &Actor::cli(), &scope, &entries, &Once::never()).await;
    let done = done.unwrap();
    let Entered::New(id) = done[0] else { panic!("{done:?}") };
    assert_eq!(
        done[1..],
        [
            Entered::Refused(EntryRefusal::PersonNotFound),
            Entered::Known(id),
            Entered::Refused(EntryRefusal::InFuture),
            Entered::Refused(EntryRefusal::ReasonMissing),
        ]
    );
});

both!(a_thousand_punches_are_entered_in_one_request, |world| async move {
    let p = world.person("1001").await;
    let start: vocabulary::WallTime = "2026-02-01T08:00:00".parse().unwrap();
    let entries: Vec<Entry> = (0..1200)
        .map(|n| Entry {
            person: p,
            moment: Moment::Wall(start.plus_seconds(n * 1800)),
            flag: None,
            reason: "paper list".to_owned(),
        })
        .collect();
    let all = Scope::everybody();
    let done = punches::enter(&world.app, &Actor::cli(), &all, &entries, &Once::never()).await;
    let done = done.unwrap();
    assert!(done.iter().all(|d| matches!(d, Entered::New(_))));
    assert_eq!(marks(&world).await.len(), 1, "one span covers neighbouring dates");
});

both!(a_punch_is_voided_once_and_stays_readable, |world| async move {
    let p = world.person("1001").await;
    let (app, actor) = (&world.app, Actor::cli());
    let id = punches::record(app, &actor, p, None, &Once::never()).await.unwrap().id;
    let nobody = Scope::nobody();
    let hidden = punches::void(app, &actor, &nobody, id, "mistake", &Once::never()).await;
    assert_eq!(code(hidden), Some("punch_not_found"));
    let own = Scope::person(p);
    let blank = punches::void(app, &actor, &own, id, " ", &Once::never()).await;
    assert_eq!(code(blank), Some("reason_invalid"));
    punches::void(app, &actor, &own, id, "mistake", &Once::never()).await.unwrap();
    let again = punches::void(app, &actor, &own, id, "mistake", &Once::never()).await;
    assert_eq!(code(again), Some("already_void"));
    let row = punches::punch(app.db.read(), &own, id).await.unwrap().unwrap();
    assert_eq!(row.void_reason.as_deref(), Some("mistake"));
    assert_eq!(marks(&world).await.iter().filter(|m| m.cause == "punch_void").count(), 1);
});

both!(punches_over_http, |world| async move {
    let (p, other) = (world.person("1001").await, world.person("1002").await);
    let api = world.serve().await;
    let me = world.user(&api, "employee", Some(p), ScopeChoice::Own).await;

    let first = me.post_once("/me/punches", "k1", json!({})).await.ok();
    assert_eq!(first["source"], "web");
    assert_eq!(first["local_time"], "2026-03-10T12:00:00");
    world.at("2026-03-10T18:00:00");
    let me = world.user(&api, "employee", Some(other), ScopeChoice::Own).await;
    let mut mine = me.post("/me/punches", json!({ "flag": "out" })).await.ok();
    let fields = mine.as_object_mut().unwrap();
    assert_eq!(fields.remove("pending"), Some(json!(false)));
    assert!(fields.remove("day").is_none(), "without a scheme there is no day");
    let list = me.get("/me/punches").await.ok();
    assert_eq!(list["items"], json!([mine]));
    assert_eq!(me.get("/punches").await.status, 403);
    assert_eq!(api.get("/me/punches").await.status, 401);

    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let items = json!({ "items": [
        { "person_id": p, "local_time": "2026-03-10T17:30:00", "reason": "the clock was dead" },
        { "person_id": "999", "local_time": "2026-03-10T17:30:00", "reason": "nobody" },
        { "person_id": p, "at": "2026-03-10T04:00:00Z", "reason": "he was here" },
    ]});
    let done = hr.post_once("/punches", "k2", items.clone()).await.ok();
    assert_eq!(done["items"][0]["outcome"], "accepted");
    assert_eq!(done["items"][1]["code"], "person_not_found");
    assert_eq!(done["items"][2]["outcome"], "duplicate");
    assert_eq!(hr.post_once("/punches", "k2", items).await.ok(), done);
    let both = json!({ "items": [{ "person_id": p, "reason": "when?" }] });
    let refused = hr.post("/punches", both).await;
    assert_eq!((refused.status, refused.code()), (422, "moment_invalid"));

    let page = hr.get("/punches?from=2026-03-10&to=2026-03-10&limit=2").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let path = format!("/punches?from=2026-03-10&to=2026-03-10&limit=2&cursor={cursor}");
    let rest = hr.get(&path).await.ok();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let of = format!("/punches?person_id={other}&from=2026-03-01&to=2026-03-31");
    assert_eq!(hr.get(&of).await.ok()["items"], json!([mine]));
    assert_eq!(hr.get("/punches?cursor=x").await.code(), "cursor_invalid");
    assert_eq!(hr.get("/punches?from=2020-01-01&to=2026-01-01").await.code(), "span_invalid");

    let path = format!("/punches/{}/void", first["id"].as_str().unwrap());
    let void = hr.post(&path, json!({ "reason": "not him" })).await.ok();
    assert_eq!(void["void"]["reason"], "not him");
    assert_eq!(hr.post(&path, json!({ "reason": "not him" })).await.status, 409);
    assert_eq!(me.post(&path, json!({ "reason": "not him" })).await.status, 403);
    assert_eq!(hr.get("/punches/999999").await.status, 404);
});

both!(unknown_people_over_http, |world| async move {
    let p = world.person("1001").await;
    let batch = [
        evidence("D1", "7", "2026-03-09T08:00:00"),
        evidence("D1", "7", "2026-03-09T17:00:00"),
        evidence("D1", "8", "2026-03-09T08:30:00"),
    ];
    receive(&world, &batch).await;
    let api = world.serve().await;
    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let list = hr.get("/unassigned-punches?pin=7&assigned=false&limit=1").await.ok();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list["next_cursor"], json!(id));
    let body = json!({ "ids": [id], "person_id": p, "remember": true });
    let done = hr.post("/unassigned-punches/assign", body).await.ok();
    assert_eq!(done["items"][0]["outcome"], "accepted");
    let pins = hr.get("/device-pins?device=D1").await.ok();
    assert_eq!(pins["items"], json!([{ "device": "D1", "pin": "7", "person_id": p }]));
    let body = json!({ "items": [{ "device": "", "pin": "8", "person_id": p }] });
    let set = hr.put("/device-pins", body).await.ok();
    assert_eq!(set, json!({ "written": 1, "removed": 0, "punches": 1 }));
    let body = json!({ "items": [{ "pin": "9", "person_id": "99" }] });
    assert_eq!(hr.put("/device-pins", body).await.code(), "person_not_found");
    let open = hr.get("/unassigned-punches?assigned=false").await.ok();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    let all = hr.get("/device-pins?limit=1").await.ok();
    let cursor = all["next_cursor"].as_str().unwrap().replace('\t', "%09");
    let rest = hr.get(&format!("/device-pins?limit=1&cursor={cursor}")).await.ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
});

both!(every_operation_of_punches_asks_who_may_and_on_whom, |world| async move {
    let (p, hidden) = (world.person("1001").await, world.person("1002").await);
    let done = insert(&world, &[punch(hidden, "2026-03-09T08:00:00", "D1")]).await;
    let Inserted::New(id) = done[0] else { panic!("{done:?}") };
    let api = world.serve().await;
    let employee = world.user(&api, "employee", Some(p), ScopeChoice::Own).await;
    // HR of nobody but himself.
    let narrow = world.user(&api, "hr", Some(p), ScopeChoice::Own).await;
    let row = json!({ "items": [
        { "person_id": hidden, "local_time": "2026-03-09T09:00:00", "reason": "r" } ] });
    let pin = json!({ "items": [{ "pin": "7", "person_id": hidden }] });
    let assignment = json!({ "ids": ["1"], "person_id": hidden });
    let reason = json!({ "reason": "r" });
    let (get, void) = (format!("/punches/{id}"), format!("/punches/{id}/void"));
    // Method, path, body, and what the narrow scope answers.
    let table = [
        ("GET", "/punches", None, 200),
        ("GET", get.as_str(), None, 404),
        ("POST", "/punches", Some(row), 200),
        ("POST", void.as_str(), Some(reason), 404),
        ("GET", "/unassigned-punches", None, 200),
        ("POST", "/unassigned-punches/assign", Some(assignment), 404),
        ("GET", "/device-pins", None, 200),
        ("PUT", "/device-pins", Some(pin), 404),
    ];
    for (method, path, body, outside) in table {
        for (who, status) in [(&api, 401), (&employee, 403), (&narrow, outside)] {
            let answer = who.send(method.parse().unwrap(), path, body.clone(), &[]).await;
            assert_eq!(answer.status, status, "{method} {path}: {:#}", answer.body);
        }
    }
    assert_eq!(narrow.get("/punches?from=2026-03-09&to=2026-03-09").await.ok()["items"], json!([]));
    assert_eq!(world.number(PUNCHES).await, 1);
});
