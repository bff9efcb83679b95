//! What-if runs: what they say would change is exactly what publishing then changes.

use std::collections::{BTreeMap, BTreeSet};

use kaoqin::base::{Actor, App, Clock, Once, Query, Scope};
use kaoqin::calendars::{self, DateChange};
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute::{
    self, CalendarDraft, DifferenceFilter, DifferenceRow, NewWhatIf, RunRow, Target, WhatIfDrafts,
};
use kaoqin::rules::{self, Drafts, NewRuleVersion, RuleKind};
use kaoqin::shifts::{self, NewShiftVersion};
use kaoqin::{house, jobs};
use serde_json::{Value, json};
use vocabulary::{CalendarId, LocalDate, PersonId, WhatIfRunId};

use crate::both;
use crate::support::World;

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

const FROM: &str = "2026-03-01";
const TO: &str = "2026-03-20";

fn rule(kind: RuleKind, code: &str, from: &str, body: Value) -> WhatIfDrafts {
    let version = NewRuleVersion {
        kind,
        code: code.to_owned(),
        name: None,
        effective_from: date(from),
        expected_version: None,
        body,
    };
    let versions = Drafts { rules: vec![version], shifts: Vec::new() };
    WhatIfDrafts { versions, calendars: Vec::new() }
}

fn shift(from: &str, body: Value) -> WhatIfDrafts {
    let version = NewShiftVersion {
        code: "D1".to_owned(),
        name: None,
        effective_from: date(from),
        expected_version: None,
        body,
    };
    let versions = Drafts { rules: Vec::new(), shifts: vec![version] };
    WhatIfDrafts { versions, calendars: Vec::new() }
}

async fn calendar(app: &App, changes: &[(&str, engine::DateKind)]) -> WhatIfDrafts {
    let code = calendars::DEFAULT_CALENDAR;
    let id: CalendarId = calendars::calendar_codes(app.db.read()).await.unwrap()[code];
    let change = |(d, kind): &(&str, engine::DateKind)| DateChange {
        date: date(d),
        kind: Some(*kind),
        name: String::new(),
    };
    let draft = CalendarDraft { calendar: id, dates: changes.iter().map(change).collect() };
    WhatIfDrafts { versions: Drafts::default(), calendars: vec![draft] }
}

async fn plan(app: &App, scope: &Scope, target: Target, drafts: &WhatIfDrafts) -> WhatIfRunId {
    let new = NewWhatIf {
        name: "try".to_owned(),
        from: date(FROM),
        to: date(TO),
        target,
        drafts: drafts.clone(),
    };
    precompute::plan_what_if(app, &Actor::system(), scope, new, &Once::never()).await.unwrap()
}

async fn run(app: &App, id: WhatIfRunId) -> RunRow {
    let everybody = Scope::everybody();
    precompute::what_if_run(app.db.read(), &everybody, None, id).await.unwrap()
}

/// All differences of a run, read in small pages.
async fn differences(app: &App, scope: &Scope, id: WhatIfRunId) -> Vec<DifferenceRow> {
    let mut filter = DifferenceFilter { limit: 7, ..DifferenceFilter::all() };
    let mut all = Vec::new();
    loop {
        let q = app.db.read();
        let rows = precompute::what_if_differences(q, scope, id, &filter).await.unwrap();
        let Some(last) = rows.last() else { return all };
        filter.after = Some((last.person_id, last.work_date));
        all.extend(rows);
    }
}

async fn tried(app: &App, drafts: &WhatIfDrafts) -> (RunRow, Vec<DifferenceRow>) {
    let id = plan(app, &Scope::everybody(), Target::Everybody, drafts).await;
    jobs::work_off(app, house::JOBS).await.unwrap();
    let done = run(app, id).await;
    assert_eq!((done.state.as_str(), &done.error), ("done", &None));
    (done, differences(app, &Scope::everybody(), id).await)
}

#[derive(sea_orm::FromQueryResult)]
struct Stored {
    person_id: PersonId,
    work_date: LocalDate,
    figures: String,
    hash: i64,
}

#[derive(sea_orm::FromQueryResult)]
struct Open {
    person_id: PersonId,
    work_date: LocalDate,
    code: String,
}

type Key = (PersonId, LocalDate);

/// Every stored result of the span with its numbers, and every open exception.
async fn stored(app: &App) -> (BTreeMap<Key, (String, i64)>, Vec<(Key, String)>) {
    let numbers = precompute::NUMBERS.map(|i| format!("CAST({i} AS TEXT)")).join(" || ',' || ");
    let sql = format!(
        "SELECT person_id, work_date, {numbers} AS figures, hash FROM day_result \
         WHERE work_date BETWEEN $1 AND $2"
    );
    let span = || vec![date(FROM).into(), date(TO).into()];
    let rows: Vec<Stored> = app.db.read().rows(&sql, span()).await.unwrap();
    let sql = "SELECT person_id, work_date, code FROM day_exception \
               WHERE closed_at IS NULL AND work_date BETWEEN $1 AND $2 ORDER BY 1, 2, 3";
    let open: Vec<Open> = app.db.read().rows(sql, span()).await.unwrap();
    let days = rows.into_iter().map(|r| ((r.person_id, r.work_date), (r.figures, r.hash)));
    let open = open.into_iter().map(|o| ((o.person_id, o.work_date), o.code));
    (days.collect(), open.collect())
}

/// `minus` taken away from `all`, each as often as it stands there.
fn without(all: &[(Key, String)], minus: &[(Key, String)]) -> Vec<(Key, String)> {
    let mut left = minus.to_vec();
    let mut out = Vec::new();
    for one in all {
        match left.iter().position(|l| l == one) {
            Some(i) => drop(left.swap_remove(i)),
            None => out.push(one.clone()),
        }
    }
    out.sort();
    out
}

async fn publish(app: &App, drafts: &WhatIfDrafts) {
    let (actor, once) = (Actor::system(), Once::never());
    for r in &drafts.versions.rules {
        rules::publish(app, &actor, r.clone(), &once).await.unwrap();
    }
    for s in &drafts.versions.shifts {
        shifts::publish(app, &actor, s.clone(), &once).await.unwrap();
    }
    for c in &drafts.calendars {
        let row = calendars::calendar_row(app.db.read(), c.calendar).await.unwrap().unwrap();
        let id = c.calendar;
        calendars::set_dates(app, &actor, id, row.version, &c.dates, &once).await.unwrap();
    }
    precompute::drain_all(app).await.unwrap();
}

/// Tries the drafts, publishes them, and compares what was said with what happened. Returns how many days differ.
async fn preview_equals_publication(world: &World, drafts: &WhatIfDrafts) -> usize {
    let app = &world.app;
    let count = "SELECT (SELECT COUNT(*) FROM rule_version) + (SELECT COUNT(*) FROM dirty_mark) \
                 + (SELECT COUNT(*) FROM calendar_date) + (SELECT COUNT(*) FROM shift_version)";
    let written = world.number(count).await;
    let before = stored(app).await;
    let (run, said) = tried(app, drafts).await;
    assert_eq!(stored(app).await, before, "a run writes no result");
    assert_eq!(world.number(count).await, written, "a run writes no rule and no mark");

    publish(app, drafts).await;
    let after = stored(app).await;
    let keys: BTreeSet<Key> = before.0.keys().chain(after.0.keys()).copied().collect();
    let hash = |days: &BTreeMap<Key, (String, i64)>, k: &Key| days.get(k).map(|d| d.1);
    let changed: Vec<Key> =
        keys.into_iter().filter(|k| hash(&before.0, k) != hash(&after.0, k)).collect();
    let named: Vec<Key> = said.iter().map(|d| (d.person_id, d.work_date)).collect();
    assert_eq!(named, changed);

    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for d in &said {
        let key = (d.person_id, d.work_date);
        let content = d.content().unwrap();
        let text = |items: [i32; 19]| items.map(|n| n.to_string()).join(",");
        let figures = |days: &BTreeMap<Key, (String, i64)>| days.get(&key).map(|d| d.0.clone());
        assert_eq!(content.before.map(|s| text(s.items)), figures(&before.0), "{key:?}");
        assert_eq!(content.after.map(|s| text(s.items)), figures(&after.0), "{key:?}");
        added.extend(content.added.into_iter().map(|f| (key, f.code)));
        removed.extend(content.removed.into_iter().map(|f| (key, f.code)));
    }
    added.sort();
    removed.sort();
    assert_eq!(added, without(&after.1, &before.1));
    assert_eq!(removed, without(&before.1, &after.1));

    let totals = run.totals().unwrap();
    let people: BTreeSet<PersonId> = said.iter().map(|d| d.person_id).collect();
    assert_eq!(totals.open.days, i64::try_from(said.len()).unwrap());
    assert_eq!(totals.open.people, i64::try_from(people.len()).unwrap());
    let late = said.iter().flat_map(|d| d.content().unwrap().moved().collect::<Vec<_>>());
    let late: i64 = late
        .filter(|(item, ..)| *item == "late_tenths")
        .map(|(_, a, b)| i64::from(b) - i64::from(a))
        .sum();
    assert_eq!(totals.open.items.get("late_tenths").map_or(0, |s| s.1), late);
    said.len()
}

async fn company(world: &World) -> Vec<PersonId> {
    world.at("2026-03-20T15:00:00");
    let people = world.staff(6).await;
    world.lives(&people, "2026-02-20", "2026-03-20").await;
    people
}

both!(the_preview_of_a_late_rule_is_what_publishing_it_changes, |world| async move {
    company(&world).await;
    let body = json!({ "items": [{ "code": "L", "limit_minutes": 10 },
                                 { "code": "M", "limit_minutes": 800, "absence": true, "days": 0.5 }] });
    let days =
        preview_equals_publication(&world, &rule(RuleKind::Late, "11", "2026-03-05", body)).await;
    assert!(days > 15, "{days}");
});

both!(the_preview_of_a_shift_is_what_publishing_it_changes, |world| async move {
    company(&world).await;
    let body = json!({ "segments": [{ "start": "08:30", "end": "12:00" },
                                    { "start": "13:00", "end": "18:00" }] });
    let days = preview_equals_publication(&world, &shift("2026-03-04", body)).await;
    assert!(days > 40, "{days}");
});

both!(the_preview_of_a_calendar_is_what_publishing_it_changes, |world| async move {
    company(&world).await;
    let drafts = calendar(
        &world.app,
        &[
            ("2026-03-11", engine::DateKind::Rest),
            ("2026-03-14", engine::DateKind::Workday),
            ("2026-03-18", engine::DateKind::Statutory),
        ],
    )
    .await;
    let days = preview_equals_publication(&world, &drafts).await;
    assert!(days > 12, "{days}");
});

both!(
    the_preview_of_a_scheme_with_a_rule_of_its_own_is_what_publishing_changes,
    |world| async move {
        company(&world).await;
        let app = &world.app;
        let lenient = json!({ "items": [{ "code": "L", "limit_minutes": 800 }] });
        let mut drafts = rule(RuleKind::Late, "NEW", "2026-03-02", lenient);
        let named = rules::codes(app.db.read(), RuleKind::Scheme).await.unwrap();
        let row = rules::rule_version(app.db.read(), named["S1"].0, 1).await.unwrap().unwrap();
        let mut body: Value = serde_json::from_str(&row.body).unwrap();
        body["workday"]["late_rule"] = json!("NEW");
        body["weekday_ot"]["application"] = json!(false);
        body["weekday_ot"]["late_counts"] = json!(true);
        drafts
            .versions
            .rules
            .extend(rule(RuleKind::Scheme, "S1", "2026-03-03", body).versions.rules);
        let days = preview_equals_publication(&world, &drafts).await;
        assert!(days > 30, "{days}");
    }
);

both!(the_preview_counts_what_goes_free_from_the_begin_of_the_period, |world| async move {
    company(&world).await;
    let body = json!({ "missing_out": { "action": "fixed_absence", "days": 0.5,
                                        "free_per_period": 2 },
                       "missing_in": { "action": "fixed_absence", "days": 0.5 } });
    let drafts = rule(RuleKind::Abnormal, "X1", "2026-02-01", body);
    let days = preview_equals_publication(&world, &drafts).await;
    assert!(days > 5, "{days}");
});

#[derive(sea_orm::FromQueryResult)]
struct Posted {
    item: String,
    delta: i64,
}

both!(
    differences_in_a_locked_period_are_the_adjustments_that_publishing_posts,
    |world| async move {
        company(&world).await;
        let app = &world.app;
        world.lock("2026-02").await;
        let body = json!({ "items": [{ "code": "M", "limit_minutes": 800, "absence": true,
                                   "days": 0.5 }] });
        let drafts = rule(RuleKind::Late, "11", "2026-02-10", body);
        let new = NewWhatIf {
            name: String::new(),
            from: date("2026-02-10"),
            to: date(TO),
            target: Target::Everybody,
            drafts: drafts.clone(),
        };
        let (actor, everybody) = (Actor::system(), Scope::everybody());
        let id =
            precompute::plan_what_if(app, &actor, &everybody, new, &Once::never()).await.unwrap();
        jobs::work_off(app, house::JOBS).await.unwrap();
        let totals = run(app, id).await.totals().unwrap();
        let rows = differences(app, &everybody, id).await;
        assert!(rows.iter().all(|r| r.locked == (r.work_date < date("2026-03-01"))));
        assert!(totals.locked.days > 5 && totals.open.days > 5, "{totals:?}");

        let frozen = "SELECT SUM(regular_minutes) FROM day_result WHERE work_date < '2026-03-01'";
        let before = world.number(frozen).await;
        publish(app, &drafts).await;
        assert_eq!(world.number(frozen).await, before);
        let sql = "SELECT item, CAST(SUM(delta) AS BIGINT) AS delta FROM adjustment GROUP BY item";
        let posted: Vec<Posted> = app.db.read().rows(sql, vec![]).await.unwrap();
        let posted: BTreeMap<String, i64> = posted.into_iter().map(|p| (p.item, p.delta)).collect();
        let said = totals.locked.items.iter().filter(|(_, sum)| sum.1 != 0);
        assert_eq!(posted, said.map(|(item, sum)| (item.clone(), sum.1)).collect());

        // Today's facts say something else of the locked dates now; that is no difference.
        let check = precompute::RebuildArgs {
            from: date("2026-02-01"),
            to: date(TO),
            scope: Vec::new(),
            check: true,
            drain: false,
            report: None,
        };
        let done = precompute::rebuild(app, &check).await.unwrap();
        let precompute::Rebuilt::Done { first, .. } = &done else { return };
        assert_eq!((done.status(), first.locked_days), (0, 6 * 28), "{done:?}");
    }
);

both!(a_draft_that_publishing_would_refuse_is_refused_at_once, |world| async move {
    company(&world).await;
    let app = &world.app;
    let ask = async |drafts: WhatIfDrafts, from: &str, to: &str| {
        let new = NewWhatIf {
            name: String::new(),
            from: date(from),
            to: date(to),
            target: Target::Everybody,
            drafts,
        };
        let (actor, scope) = (Actor::system(), Scope::everybody());
        let asked = precompute::plan_what_if(app, &actor, &scope, new, &Once::never()).await;
        asked.unwrap_err().code().unwrap()
    };
    let late = |body| rule(RuleKind::Late, "11", "2026-03-05", body);
    let good = || late(json!({ "items": [{ "code": "L", "limit_minutes": 10 }] }));
    assert_eq!(ask(late(json!({ "items": 7 })), FROM, TO).await, "body_invalid");
    assert_eq!(ask(WhatIfDrafts::default(), FROM, TO).await, "nothing_drafted");
    assert_eq!(ask(good(), TO, FROM).await, "span_inverted");
    assert_eq!(ask(good(), "2025-01-01", "2026-01-02").await, "span_too_long");
    assert_eq!(ask(good(), FROM, "2026-03-29").await, "span_in_future");
    let mut scheme = rule(RuleKind::Scheme, "S1", "2026-03-05", json!({}));
    scheme.versions.rules[0].body = json!({ "workday": { "late_rule": "NOWHERE" } });
    let code = ask(scheme, FROM, TO).await;
    assert!(matches!(code, "name_unknown" | "body_invalid"), "{code}");
    let kind = json!({ "kind": "ot", "segments": [{ "start": "18:00", "end": "20:00" }] });
    assert_eq!(ask(shift("2026-03-04", kind), FROM, TO).await, "kind_fixed");
    assert_eq!(world.number("SELECT COUNT(*) FROM job").await, 0);
});

both!(who_is_out_of_scope_appears_nowhere, |world| async move {
    let people = company(&world).await;
    let app = &world.app;
    let (a, b) = (world.org("A").await, world.org("B").await);
    // One of A worked in B until the 9th.
    let tx = app.db.begin().await.unwrap();
    let sql = "UPDATE person_org SET org_id = $1 WHERE person_id = $2";
    tx.run(sql, vec![b.into(), people[0].into()]).await.unwrap();
    let sql =
        "INSERT INTO person_org (person_id, valid_from, org_id) VALUES ($1, '2026-03-10', $2)";
    tx.run(sql, vec![people[0].into(), a.into()]).await.unwrap();
    tx.commit().await.unwrap();
    let body = json!({ "segments": [{ "start": "08:30", "end": "12:00" },
                                    { "start": "13:00", "end": "18:00" }] });
    let drafts = shift("2026-02-01", body);
    let in_a = Scope::org(a);
    let id = plan(app, &in_a, Target::Everybody, &drafts).await;
    jobs::work_off(app, house::JOBS).await.unwrap();
    let everybody = Scope::everybody();
    let rows = differences(app, &everybody, id).await;
    assert!(rows.iter().all(|r| people[..3].contains(&r.person_id)), "only people of A");
    let mine: Vec<_> = rows.iter().filter(|r| r.person_id == people[0]).collect();
    assert!(!mine.is_empty() && mine.iter().all(|r| r.work_date >= date("2026-03-10")));
    assert_eq!(run(app, id).await.people, 3);

    // What another reader sees of a run over everybody is cut to his own scope.
    let whole = plan(app, &everybody, Target::Everybody, &drafts).await;
    jobs::work_off(app, house::JOBS).await.unwrap();
    let seen = differences(app, &in_a, whole).await;
    let key = |r: &DifferenceRow| (r.person_id, r.work_date);
    assert_eq!(seen.iter().map(key).collect::<Vec<_>>(), rows.iter().map(key).collect::<Vec<_>>());
    assert!(differences(app, &everybody, whole).await.len() > seen.len());

    // A department as the target is cut by the scope too.
    let in_b = Scope::org(b);
    let new = NewWhatIf {
        name: String::new(),
        from: date(FROM),
        to: date(TO),
        target: Target::Persons(vec![people[1]]),
        drafts,
    };
    let asked = precompute::plan_what_if(app, &Actor::system(), &in_b, new, &Once::never()).await;
    assert_eq!(asked.unwrap_err().code(), Some("person_not_found"));
});

both!(a_run_that_was_interrupted_ends_once_with_the_right_rows, |world| async move {
    world.at("2026-03-20T15:00:00");
    let people = world.staff(60).await;
    world.lives(&people, "2026-03-01", "2026-03-12").await;
    let app = &world.app;
    app.clock.set(Clock::system().now());
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    let body = json!({ "segments": [{ "start": "08:30", "end": "17:00" }] });
    let drafts = shift("2026-02-10", body);
    let ask = async || {
        let new = NewWhatIf {
            name: String::new(),
            from: date("2025-06-01"),
            to: date("2026-05-31"),
            target: Target::Everybody,
            drafts: drafts.clone(),
        };
        let everybody = Scope::everybody();
        precompute::plan_what_if(app, &Actor::system(), &everybody, new, &Once::never())
            .await
            .unwrap()
    };
    let first = ask().await;
    for round in 0..3 {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kaoqin"))
            .args(["work", "--log", "off", "--database-url", &app.config.database_url])
            .spawn()
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(700 + 40 * round)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // The next one need not wait for the lease.
        let tx = app.db.begin().await.unwrap();
        tx.run("UPDATE job SET lease_until = NULL WHERE state = 'running'", vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }
    app.clock.set(Clock::system().now().plus_seconds(1));
    jobs::work_off(app, house::JOBS).await.unwrap();
    let second = ask().await;
    jobs::work_off(app, house::JOBS).await.unwrap();
    let (one, two) = (run(app, first).await, run(app, second).await);
    assert_eq!((one.state.as_str(), one.people), ("done", 60));
    assert_eq!(one.totals().unwrap(), two.totals().unwrap());
    let rows = |r: Vec<DifferenceRow>| -> Vec<_> {
        r.into_iter().map(|d| (d.person_id, d.work_date, d.content)).collect()
    };
    let everybody = Scope::everybody();
    let all = rows(differences(app, &everybody, first).await);
    assert!(all.len() > 200, "{}", all.len());
    assert_eq!(all, rows(differences(app, &everybody, second).await));
});

async fn done(api: &crate::support::api::Api, app: &App, id: &str) -> Value {
    jobs::work_off(app, house::JOBS).await.unwrap();
    let run = api.get(&format!("/what-if-runs/{id}")).await.ok();
    assert_eq!(run["state"], "done", "{run:#}");
    run
}

both!(a_run_over_http_is_made_read_filtered_exported_and_deleted, |world| async move {
    let people = company(&world).await;
    let app = &world.app;
    let api = world.serve().await;
    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let half = world.user(&api, "hr", None, ScopeChoice::Orgs(vec![world.org("A").await])).await;
    let body = json!({ "name": "宽松迟到", "from": FROM, "to": TO, "rules": [{
        "code": "11", "effective_from": "2026-03-02",
        "content": { "late_rule": { "items": [{ "code": "L", "limit_minutes": 5 }] } } }] });
    let made = hr.post_once("/what-if-runs", "k", body.clone()).await.ok();
    assert_eq!(made["state"], "queued");
    assert_eq!(hr.post_once("/what-if-runs", "k", body.clone()).await.ok()["id"], made["id"]);
    let id = made["id"].as_str().unwrap();
    let run = done(&hr, app, id).await;
    assert_eq!((&run["progress_done"], &run["progress_total"]), (&json!(6), &json!(6)));
    assert_eq!(run["drafts"][0]["kind"], "late_rule");
    let total = run["changes"]["days"].as_u64().unwrap();
    assert!(total > 10, "{run:#}");

    let path = format!("/what-if-runs/{id}/differences");
    let all = hr.get(&format!("{path}?limit=500")).await.ok();
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len() as u64, total);
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = hr.get(&format!("{path}?limit=4{cursor}")).await.ok();
        seen += page["items"].as_array().unwrap().len();
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, items.len());
    let one = hr.get(&format!("{path}?person_id={}&limit=500", people[1])).await.ok();
    assert!(one["items"].as_array().unwrap().iter().all(|d| d["number"] == "1002"));
    let late = hr.get(&format!("{path}?item=late_tenths&limit=500")).await.ok();
    let late = late["items"].as_array().unwrap().len();
    assert!(late > 0 && late as u64 == run["changes"]["items"]["late_tenths"]["days"]);
    let found = hr.get(&format!("{path}?only_exceptions=true&limit=500")).await.ok();
    let exceptions = found["items"].as_array().unwrap();
    let appear = |d: &Value| d["exceptions_added"][0]["code"] == "band_exceeded";
    assert!(!exceptions.is_empty() && exceptions.iter().all(appear), "{found:#}");
    assert_eq!(hr.get(&format!("{path}?item=nothing")).await.code(), "item_unknown");

    let csv = hr.get(&format!("/what-if-runs/{id}/export?format=csv")).await.ok();
    let text = csv.as_str().unwrap();
    assert!(text.starts_with("\u{feff}工号,姓名,部门,归属日"), "{text}");
    assert!(text.contains("late_tenths") && text.contains("band_exceeded"));
    let book = hr.get(&format!("/what-if-runs/{id}/export?format=xlsx")).await.ok();
    assert!(book.as_str().unwrap().starts_with("PK"));

    // Another author with half of the company neither finds this run nor people outside of his half.
    assert_eq!(half.get(&path).await.code(), "what_if_run_not_found");
    let own = half.post("/what-if-runs", body).await.ok();
    let own = own["id"].as_str().unwrap();
    done(&half, app, own).await;
    let mine = half.get(&format!("/what-if-runs/{own}/differences?limit=500")).await.ok();
    let mine = mine["items"].as_array().unwrap();
    let numbers = ["1001", "1002", "1003"];
    assert!(mine.iter().all(|d| numbers.contains(&d["number"].as_str().unwrap())));
    assert!(!mine.is_empty() && mine.len() < items.len());

    assert_eq!(hr.delete(&format!("/what-if-runs/{id}")).await.ok()["deleted"], true);
    assert_eq!(hr.get(&path).await.status, 404);
    jobs::work_off(app, house::JOBS).await.unwrap();
    let left = format!("SELECT COUNT(*) FROM what_if_day WHERE run_id = {id}");
    assert_eq!(world.number(&left).await, 0);
    let runs = world.number("SELECT COUNT(*) FROM what_if_run").await;
    assert_eq!(runs, 1);
});
