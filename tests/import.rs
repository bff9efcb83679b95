use std::process::{Command, Stdio};
use std::time::Duration;

use kaoqin::base::{Actor, Once, Query};
use kaoqin::calendars;
use kaoqin::import::{
    ImportError, Input, Options, PeopleOptions, Report, import_people, import_punches,
    import_roster,
};
use kaoqin::rules::{self, NewRuleVersion, RuleKind};
use vocabulary::WallTime;

use crate::both;
use crate::rules::scheme;
use crate::shifts::{day_shift, publish};
use crate::support::World;

async fn import(world: &World, bytes: &[u8], options: &Options) -> Result<Report, ImportError> {
    let input = Input::from_bytes(bytes).unwrap();
    import_punches(&world.app, &Actor::cli(), &input, "test.dat", options).await
}

/// `accepted, duplicate, unassigned, rejected`; they add up to the rows.
fn counts(r: &Report) -> [u64; 4] {
    let counts = [r.accepted, r.duplicate, r.unassigned, r.rejected];
    assert_eq!(counts.iter().sum::<u64>(), r.rows);
    counts
}

fn row(pin: u32, wall: WallTime) -> String {
    format!("{pin:>9}\t{}\t1\t0\t1\t0\n", wall.to_string().replace('T', " "))
}

/// A log of `people` people with `rows` rows, a minute apart.
fn log(people: u32, rows: u32) -> String {
    let start: WallTime = "2026-01-05T08:00:00".parse().unwrap();
    let at = |n: u32| start.plus_seconds(i64::from(n) * 60);
    (0..rows).map(|n| row(1 + n % people, at(n))).collect()
}

/// Everything an import writes, without the times at which it was written.
const STORED: &str = "SELECT CAST(person_id AS TEXT) || ' ' || CAST(at AS TEXT) || ' ' || \
    CAST(wall AS TEXT) || ' ' || zone || ' ' || COALESCE(flag, '-') || ' ' || source || ' ' || \
    COALESCE(method, '-') || ' ' || device || ' ' || raw AS line FROM punch \
    UNION ALL SELECT device || ' ' || pin || ' ' || CAST(wall AS TEXT) || ' ' || raw || ' ' || \
    CASE WHEN assigned_to IS NULL THEN 'open' ELSE 'taken' END FROM unassigned_punch";

#[derive(sea_orm::FromQueryResult)]
struct Line {
    line: String,
}

async fn stored(db: &kaoqin::base::Db) -> Vec<String> {
    let rows: Vec<Line> = db.read().rows(STORED, vec![]).await.unwrap();
    let mut lines: Vec<String> = rows.into_iter().map(|r| r.line).collect();
    lines.sort();
    lines
}

async fn written(world: &World) -> [i64; 4] {
    let mut out = [0; 4];
    for (place, table) in ["punch", "unassigned_punch", "dirty_mark", "audit"].iter().enumerate() {
        out[place] = world.number(&format!("SELECT COUNT(*) FROM {table}")).await;
    }
    out
}

both!(a_clock_log_imported_twice_gives_the_same_database, |world| async move {
    for n in 1..=4 {
        world.person(&format!("{n:05}")).await;
    }
    let log = log(5, 5_000);
    let first = import(&world, log.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&first), [4_000, 0, 1_000, 0]);
    let (before, lines) = (written(&world).await, stored(&world.app.db).await);
    let second = import(&world, log.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&second), [0, 5_000, 0, 0]);
    assert_eq!(written(&world).await, before);
    assert!(stored(&world.app.db).await == lines);
});

both!(a_log_dumped_twice_into_one_file_counts_once, |world| async move {
    world.person("1").await;
    world.person("2").await;
    let log = log(3, 300);
    let report = import(&world, log.repeat(2).as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&report), [200, 300, 100, 0]);
});

both!(rows_out_of_order_give_the_same_punches, |world| async move {
    world.person("1").await;
    let log = log(1, 50);
    let reversed: String = log.lines().rev().map(|l| format!("{l}\n")).collect();
    let report = import(&world, reversed.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&report), [50, 0, 0, 0]);
    let report = import(&world, log.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&report), [0, 50, 0, 0]);
});

both!(a_device_that_gives_no_direction_imports_all_its_rows, |world| async move {
    world.person("1").await;
    let log = log(1, 10).replace("\t1\t0\t1\t0\n", "\t1\t255\t1\t0\n");
    let options = Options { use_status: true, ..Options::default() };
    let report = import(&world, log.as_bytes(), &options).await.unwrap();
    assert_eq!(counts(&report), [10, 0, 0, 0]);
    assert_eq!(world.number("SELECT COUNT(*) FROM punch WHERE flag IS NULL").await, 10);
});

both!(two_clocks_that_both_call_themselves_one_are_told_apart, |world| async move {
    world.person("1").await;
    let log = log(1, 3);
    for device in ["gate", "canteen"] {
        let options = Options { device: Some(device.to_owned()), ..Options::default() };
        let report = import(&world, log.as_bytes(), &options).await.unwrap();
        assert_eq!(counts(&report), [3, 0, 0, 0]);
    }
});

both!(a_clock_that_lost_its_battery_is_named_and_not_refused, |world| async move {
    world.person("1").await;
    let reset: WallTime = "2000-01-01T00:03:00".parse().unwrap();
    let late: WallTime = "2031-01-01T00:03:00".parse().unwrap();
    let log = format!("{}{}{}", log(1, 3), row(1, reset), row(1, late));
    let report = import(&world, log.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&report), [5, 0, 0, 0]);
    let codes: Vec<_> = report.warnings.iter().map(|w| (w.code, w.first_line)).collect();
    assert_eq!(codes, [("clock_reset", 4), ("future_time", 5)]);
});

both!(the_clock_of_another_zone_is_stored_as_the_right_instant, |world| async move {
    world.person("1").await;
    let options = Options { zone: "Asia/Tokyo".parse().unwrap(), ..Options::default() };
    import(&world, log(1, 1).as_bytes(), &options).await.unwrap();
    let utc: vocabulary::Instant = "2026-01-04T23:00:00Z".parse().unwrap();
    let sql = format!("SELECT COUNT(*) FROM punch WHERE at = {}", utc.millis());
    assert_eq!(world.number(&sql).await, 1);
});

both!(a_file_of_something_else_stores_nothing, |world| async move {
    let input = Input::from_bytes(&b"hello\nworld\n"[..]).unwrap();
    let done = import_punches(&world.app, &Actor::cli(), &input, "x", &Options::default()).await;
    assert!(matches!(done, Err(ImportError::File(_))));
    assert_eq!(written(&world).await, [0, 0, 0, 0]);
});

async fn roster(world: &World, text: &str) -> Report {
    let input = Input::from_bytes(text.as_bytes()).unwrap();
    import_roster(&world.app, &Actor::cli(), &input, None, None).await.unwrap()
}

#[derive(sea_orm::FromQueryResult)]
struct Cell {
    cell: String,
}

async fn cells(world: &World) -> Vec<String> {
    let sql = "SELECT p.number || ' ' || CAST(c.work_date AS TEXT) || ' ' || c.shift_ids || ' ' \
               || c.source || ' ' || CAST(c.version AS TEXT) AS cell \
               FROM roster_cell c JOIN person p ON p.id = c.person_id ORDER BY 1";
    let rows: Vec<Cell> = world.app.db.read().rows(sql, vec![]).await.unwrap();
    rows.into_iter().map(|r| r.cell).collect()
}

both!(a_roster_imported_twice_gives_the_same_roster, |world| async move {
    world.person("1001").await;
    world.person("0007").await;
    publish(&world.app, "D1", "2025-01-01", day_shift()).await.unwrap();
    publish(&world.app, "早班", "2026-04-01", day_shift()).await.unwrap();
    let grid = "工号,2026-03-02 [一],2026-03-03 [二],2026-04-01\n\
                1001,D1,休,早班\n7,D1,D1+早班,\n9999,D1,,\n1001,D1,D1,\n7,早班,X9,\n";
    let first = roster(&world, grid).await;
    assert_eq!(counts(&first), [4, 1, 0, 5]);
    let codes: Vec<_> = first.rejections.iter().map(|r| (r.line, r.code)).collect();
    let want = [
        (3, "bad_value"),
        (4, "unknown_reference"),
        (5, "conflict"),
        (6, "bad_value"),
        (6, "bad_value"),
    ];
    assert_eq!(codes, want);
    let stored = cells(&world).await;
    let (d1, early) = (1, 2);
    assert_eq!(
        stored,
        [
            format!("0007 2026-03-02 [{d1}] import 1"),
            format!("1001 2026-03-02 [{d1}] import 1"),
            "1001 2026-03-03 [] import 1".to_owned(),
            format!("1001 2026-04-01 [{early}] import 1"),
        ]
    );
    let marks = world.number("SELECT COUNT(*) FROM dirty_mark").await;
    let second = roster(&world, grid).await;
    assert_eq!(counts(&second), [0, 5, 0, 5]);
    assert_eq!(cells(&world).await, stored);
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, marks);
});

both!(a_changed_roster_cell_is_a_new_version, |world| async move {
    world.person("1001").await;
    publish(&world.app, "D1", "2025-01-01", day_shift()).await.unwrap();
    roster(&world, "number,date,shift\n1001,2026-03-02,D1\n").await;
    let report = roster(&world, "number,date,shift\n1001,2026-03-02,rest\n").await;
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert_eq!(cells(&world).await, ["1001 2026-03-02 [] import 2"]);
});

async fn people(world: &World, text: &str, create_orgs: bool) -> Report {
    let input = Input::from_bytes(text.as_bytes()).unwrap();
    let options = PeopleOptions { create_orgs, ..PeopleOptions::default() };
    import_people(&world.app, &Actor::cli(), &input, &options).await.unwrap()
}

/// Everything an import of people writes.
async fn file(world: &World) -> Vec<String> {
    let sql = "SELECT p.number || ' ' || p.name || ' ' || CAST(p.hired_on AS TEXT) || ' ' || \
        COALESCE(CAST(p.left_on AS TEXT), '-') || ' ' || COALESCE(u.name, '-') || ' ' || \
        COALESCE(CAST(o.valid_from AS TEXT), '-') || ' ' || COALESCE(s.code, '-') || ' ' || \
        COALESCE(CAST(d.valid_from AS TEXT), '-') || ' ' || COALESCE(n.pin, '-') AS cell \
        FROM person p LEFT JOIN person_org o ON o.person_id = p.id \
        LEFT JOIN org_unit u ON u.id = o.org_id \
        LEFT JOIN default_shift d ON d.person_id = p.id LEFT JOIN shift s ON s.id = d.shift_id \
        LEFT JOIN device_pin n ON n.person_id = p.id ORDER BY 1";
    let rows: Vec<Cell> = world.app.db.read().rows(sql, vec![]).await.unwrap();
    rows.into_iter().map(|r| r.cell).collect()
}

const PEOPLE: &str = "工号,姓名,部门,入职日期,离职日期,默认班次,考勤号,考勤方案,工作日历\n\
    0001,An,Group/First,2020-03-01,,,,,\n\
    0002,Li,Group/Second,2021-04-01,2026-02-28,,77,,\n\
    0003,Wu,,2022-05-01,,,,,\n\
    0002,Li,Group/Second,2021-04-01,,,,,\n\
    0005,,,2022-05-01,,,,,\n\
    0006,Xu,,2022-05-01,,X9,,,\n";

both!(people_imported_twice_are_the_same_people, |world| async move {
    let refused = people(&world, PEOPLE, false).await;
    assert_eq!(counts(&refused), [1, 0, 0, 5]);
    let first = people(&world, PEOPLE, true).await;
    assert_eq!(counts(&first), [2, 1, 0, 3]);
    let codes: Vec<_> = first.rejections.iter().map(|r| (r.line, r.code)).collect();
    assert_eq!(codes, [(5, "conflict"), (6, "bad_value"), (7, "unknown_reference")]);
    let stored = file(&world).await;
    assert_eq!(
        stored,
        [
            "0001 An 2020-03-01 - First 2020-03-01 - - -",
            "0002 Li 2021-04-01 2026-02-28 Second 2021-04-01 - - 77",
            "0003 Wu 2022-05-01 - - - - - -",
        ]
    );
    let before = (written(&world).await, world.number("SELECT COUNT(*) FROM org_unit").await);
    let second = people(&world, PEOPLE, true).await;
    assert_eq!(counts(&second), [0, 3, 0, 3]);
    assert_eq!(file(&world).await, stored);
    let after = (written(&world).await, world.number("SELECT COUNT(*) FROM org_unit").await);
    assert_eq!(after, before);
});

both!(a_file_of_people_gives_them_schemes_shifts_and_calendars, |world| async move {
    let app = &world.app;
    publish(app, "D1", "2025-01-01", day_shift()).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    rules::ensure_seeds(&tx, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let new = NewRuleVersion {
        kind: RuleKind::Scheme,
        code: "T1".to_owned(),
        name: None,
        effective_from: "2024-01-01".parse().unwrap(),
        expected_version: None,
        body: scheme("P1", None),
    };
    rules::publish(app, &Actor::cli(), new, &Once::never()).await.unwrap();
    let text = "number,name,hired_on,scheme,default_shift,calendar\n\
                1,An,2020-03-01,T1,D1,cn\n2,Li,2025-06-01,T1,,cn\n3,Wu,2025-06-01,T2,,\n\
                4,Xu,2025-06-01,,,mars\n";
    let first = people(&world, text, false).await;
    assert_eq!(counts(&first), [2, 0, 0, 2]);
    let sql = "SELECT p.number || ' ' || CAST(s.valid_from AS TEXT) || ' ' || \
        COALESCE(CAST(d.valid_from AS TEXT), '-') || ' ' || CAST(c.valid_from AS TEXT) AS cell \
        FROM person p JOIN scheme_assignment s ON s.person_id = p.id \
        LEFT JOIN default_shift d ON d.person_id = p.id \
        JOIN calendar_assignment c ON c.person_id = p.id ORDER BY 1";
    let rows: Vec<Cell> = app.db.read().rows(sql, vec![]).await.unwrap();
    let stored: Vec<&str> = rows.iter().map(|r| r.cell.as_str()).collect();
    assert_eq!(stored, ["1 2024-01-01 2025-01-01 2020-03-01", "2 2025-06-01 - 2025-06-01"]);
    assert_eq!(counts(&people(&world, text, false).await), [0, 2, 0, 2]);
});

both!(what_a_file_of_people_does_not_say_stays_as_it_is, |world| async move {
    people(&world, PEOPLE, true).await;
    let report = people(&world, "number,name\n0003,Wu Wei\n", false).await;
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert_eq!(file(&world).await[2], "0003 Wu Wei 2022-05-01 - - - - - -");
});

both!(punches_imported_before_their_people_are_not_lost, |world| async move {
    let rows = [(3, "2026-01-05T08:00:00"), (77, "2026-01-05T08:01:00")];
    let log: String = rows.iter().map(|(pin, at)| row(*pin, at.parse().unwrap())).collect();
    let report = import(&world, log.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&report), [0, 0, 2, 0]);
    people(&world, PEOPLE, true).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM punch").await, 2);
    let report = import(&world, log.as_bytes(), &Options::default()).await.unwrap();
    assert_eq!(counts(&report), [0, 2, 0, 0]);
});

both!(an_imported_history_is_computed_like_live_punches, |world| async move {
    let p = world.person("1").await;
    import(&world, log(1, 1).as_bytes(), &Options::default()).await.unwrap();
    let marked = format!(
        "SELECT COUNT(*) FROM dirty_mark WHERE person_id = {p} AND from_date = '2026-01-03' \
         AND to_date = '2026-01-06'"
    );
    assert_eq!(world.number(&marked).await, 1);
});

fn kaoqin(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaoqin"));
    command
        .env("KAOQIN_DATABASE_URL", database)
        .env("KAOQIN_JWT_SECRET", "a secret for tests with more than 32 characters")
        .env("KAOQIN_LOG", "off")
        .env_remove("KAOQIN_CONFIG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

both!(a_killed_import_loses_nothing_and_doubles_nothing, |world| async move {
    for n in 1..=30 {
        world.person(&n.to_string()).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1_attlog.dat");
    std::fs::write(&file, log(33, 30_000)).unwrap();
    let report = folder.path().join("report.json");
    let url = world.app.config.database_url.clone();
    let import = || {
        let mut command = kaoqin(&url);
        command.args(["import", "punches"]).arg(&file).arg("--report").arg(&report);
        command
    };
    let mut child = import().spawn().unwrap();
    // Some chunks are committed, others are not.
    for _ in 0..3_000 {
        if world.number("SELECT COUNT(*) FROM punch").await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = world.number("SELECT COUNT(*) FROM punch").await;
    assert!(before > 0 && before < 27_000, "the import was to be killed in between: {before}");
    assert!(!report.exists());

    let done = tokio::task::block_in_place(|| import().output().unwrap());
    assert!(done.status.success(), "{done:?}");
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(json["rows"], 30_000);
    let sum =
        ["accepted", "duplicate", "unassigned", "rejected"].map(|k| json[k].as_u64().unwrap());
    assert_eq!(sum.iter().sum::<u64>(), 30_000);
    assert_eq!(json["rejections"], serde_json::json!([]));

    // The same people and the same file in a world without a crash.
    let calm = World::sqlite().await;
    for n in 1..=30 {
        calm.person(&n.to_string()).await;
    }
    import_whole(&calm, &file).await;
    assert!(stored(&world.app.db).await == stored(&calm.app.db).await);
    let unmarked = "SELECT COUNT(*) FROM punch p WHERE NOT EXISTS (SELECT 1 FROM dirty_mark m \
                    WHERE m.person_id = p.person_id)";
    assert_eq!(world.number(unmarked).await, 0);
});

async fn import_whole(world: &World, file: &std::path::Path) {
    let input = Input::open(file).unwrap();
    let report =
        import_punches(&world.app, &Actor::cli(), &input, "x", &Options::default()).await.unwrap();
    assert_eq!(report.rows, 30_000);
}

#[tokio::test]
async fn the_command_says_what_it_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("k.db").display());
    let file = folder.path().join("photo.jpg");
    std::fs::write(&file, [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 1, 2, 3, 4, 5, 6].repeat(20)).unwrap();
    let run = |file: std::path::PathBuf, strict: bool| {
        let mut command = kaoqin(&database);
        command.args(["import", "punches"]).arg(file);
        if strict {
            command.arg("--strict");
        }
        command.output().unwrap()
    };
    let unknown = run(file, false);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("known format"));
    assert_eq!(run(folder.path().join("missing"), false).status.code(), Some(2));

    let broken = folder.path().join("1_attlog.dat");
    let rows = format!("{}        1\t1971--10--29 -23:-23:-27\t1\t0\t1\t0\n", log(1, 2));
    std::fs::write(&broken, rows).unwrap();
    let loose = run(broken.clone(), false);
    assert_eq!(loose.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&loose.stdout).contains("impossible_time"));
    assert_eq!(run(broken, true).status.code(), Some(3));
}
