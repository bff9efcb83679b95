//! Files of employees go out and come in again.

use std::io::Read;

use kaoqin::base::context::{Context, Lang};
use kaoqin::base::{Actor, App, Once, Scope};
use kaoqin::identity::ScopeChoice;
use kaoqin::import::{Input, PeopleOptions, Report, import_people};
use kaoqin::profiles::{
    self, ExportOptions, FileFilter, Group, NewItem, NewKind, create_item, export,
};
use kaoqin::{house, jobs};
use reqwest::Method;
use serde_json::json;
use vocabulary::PersonId;

use crate::both;
use crate::people::{day, group};
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;

const HEAD: &str = "员工编号,姓名,部门,入职日期,离职日期,性别,身份证,出生日期,移动电话,EMail,学历,直属领导,卡号,岗位津贴,宿舍,备注,身份证已确认";

async fn prepare(world: &World) {
    register_concern();
    group(&world.app).await;
    let once = Once::never();
    for (code, name, kind) in [
        ("bonus_1", "岗位津贴", NewKind::Decimal { places: 2 }),
        ("room", "宿舍", NewKind::Choice { elements: "东区；西区".to_owned() }),
    ] {
        let new = NewItem { code: code.to_owned(), name: name.to_owned(), kind };
        create_item(&world.app, &Actor::system(), &new, &once).await.unwrap();
    }
}

async fn bring(app: &App, bytes: &[u8], dry_run: bool) -> Report {
    let input = Input::from_bytes(bytes).unwrap();
    let options = PeopleOptions { dry_run, ..PeopleOptions::default() };
    import_people(app, &Actor::system(), &input, &options).await.unwrap()
}

fn lines(rows: &[&str]) -> Vec<u8> {
    format!("{HEAD}\n{}\n", rows.join("\n")).into_bytes()
}

const GOOD: [&str; 4] = [
    "E1,张伟国,A1,2024-03-01,,女,11010519491231002X,,13800138000,zwg@example.com,本科,E3,0001,350.5,东区,=不是公式,",
    "E2,欧阳娜,B,2024-03-02,,男,11010519491231002X,1950-01-01,+86 755 1234567,,无学历,E1,0002,-0.07,,,是",
    "E3,李强,A,2024-03-03,,,,,,,,,,,西区,\"多行, 带逗号\",",
    "0004,王芳,A1,2024-03-04,2025-12-31,,,,,,硕士,E3,0004,1000000000000,,,",
];

fn all() -> FileFilter {
    FileFilter {
        on: day("2026-03-10"),
        text: None,
        number: None,
        card: None,
        id_number: None,
        org: None,
        state: None,
        manager: None,
        custom: None,
        also: Vec::new(),
        after: PersonId(0),
        limit: 500,
    }
}

async fn taken_out(app: &App, lang: Lang, xlsx: bool) -> Vec<u8> {
    let options = ExportOptions { groups: Group::ALL.to_vec(), xlsx };
    let context = Context { lang, trace_id: String::new() };
    let (actor, scope, filter) = (Actor::system(), Scope::everybody(), all());
    let work = export(app, &actor, &scope, &[], &filter, &options);
    let mut bytes = Vec::new();
    context.scope(work).await.unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

both!(exported_files_come_in_again_without_a_difference, |world| async move {
    prepare(&world).await;
    let app = &world.app;
    let report = bring(app, &lines(&GOOD), false).await;
    assert_eq!((report.accepted, report.rejected), (4, 0), "{:?}", report.rejections);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    let keys = app.config.data_keys();
    let rows = profiles::files(app.db.read(), keys, &Scope::everybody(), &all()).await.unwrap();
    let first = &rows[1];
    assert_eq!(first.values["id_number"], "11010519491231002X");
    assert_eq!(first.values["birth_date"], "1949-12-31");
    assert_eq!(first.values["manager"], "E3", "who stands further down in the file");
    assert_eq!(first.values["remarks"], "=不是公式");
    assert_eq!(first.custom["bonus_1"], "350.50");
    assert_eq!(rows[2].custom["bonus_1"], "-0.07");
    assert!(rows[2].id_confirmed);
    assert_eq!(rows[0].person.number, "0004");
    let before = world.number("SELECT COUNT(*) FROM audit WHERE operation <> 'export'").await;
    for (lang, xlsx) in [(Lang::Zh, false), (Lang::En, false), (Lang::Zh, true), (Lang::En, true)] {
        let report = bring(app, &taken_out(app, lang, xlsx).await, false).await;
        let got = (report.rows, report.duplicate, report.rejected);
        assert_eq!(got, (4, 4, 0), "{lang:?} {xlsx}: {:?}", report.rejections);
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    }
    let after = world.number("SELECT COUNT(*) FROM audit WHERE operation <> 'export'").await;
    assert_eq!(before, after, "nothing was written");
    assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE operation = 'export'").await, 4);
});

both!(a_file_with_every_kind_of_fault_is_refused_row_by_row, |world| async move {
    prepare(&world).await;
    let app = &world.app;
    bring(app, &lines(&GOOD), false).await;
    let sums = async || {
        let mut all = Vec::new();
        for table in ["person", "person_file", "person_card", "custom_value", "person_token"] {
            all.push(world.number(&format!("SELECT COUNT(*) FROM {table}")).await);
        }
        all.push(world.number("SELECT COALESCE(SUM(version), 0) FROM person_file").await);
        all
    };
    let before = sums().await;
    let faults = [
        (",无编号,A,2024-03-01,,,,,,,,,,,,,", "bad_number"),
        ("F1,,A,2024-03-01,,,,,,,,,,,,,", "bad_value"),
        ("F2,甲,A,,,,,,,,,,,,,,", "bad_value"),
        ("F3,甲,NO,2024-03-01,,,,,,,,,,,,,", "unknown_reference"),
        ("F4,甲,A,2024-02-30,,,,,,,,,,,,,", "bad_value"),
        ("F5,甲,A,2024-03-01,2024-02-01,,,,,,,,,,,,", "bad_value"),
        ("F6,甲,A,2024-03-01,,不详,,,,,,,,,,,", "bad_value"),
        ("F7,甲,A,2024-03-01,,,110105194912310021,,,,,,,,,,", "bad_value"),
        ("F8,甲,A,2024-03-01,,男,11010519491231002X,,,,,,,,,,", "bad_value"),
        ("F9,甲,A,2024-03-01,,,,,138****8000,,,,,,,,", "bad_value"),
        ("G1,甲,A,2024-03-01,,,,,,不是邮箱,,,,,,,", "bad_value"),
        ("G2,甲,A,2024-03-01,,,,,,,幼儿园,,,,,,", "bad_value"),
        ("G3,甲,A,2024-03-01,,,,,,,,NOBODY,,,,,", "unknown_reference"),
        ("G4,甲,A,2024-03-01,,,,,,,,,0001,,,,", "bad_value"),
        ("G5,甲,A,2024-03-01,,,,,,,,,,1.234,,,", "bad_value"),
        ("G6,甲,A,2024-03-01,,,,,,,,,,,南区,,", "bad_value"),
        ("G7,甲,A,2024-03-01,,,,,,,,,,,,,也许", "bad_value"),
        ("E3,,,,,,,,,,,E1,,,,,", "bad_value"),
        ("E1,改名,,,,,,,,,,,0002,,,,", "bad_value"),
    ];
    let rows: Vec<&str> = faults.iter().map(|(row, _)| *row).collect();
    let report = bring(app, &lines(&rows), false).await;
    let found: Vec<(u64, &str)> = report.rejections.iter().map(|r| (r.line, r.code)).collect();
    let wanted: Vec<(u64, &str)> =
        faults.iter().enumerate().map(|(n, (_, code))| (n as u64 + 2, *code)).collect();
    assert_eq!(found, wanted, "{:#?}", report.rejections);
    assert_eq!(sums().await, before, "nothing of a refused row is written");
    assert_eq!(world.number("SELECT COUNT(*) FROM person WHERE name = '改名'").await, 0);
    // A good row between bad ones comes in.
    let mixed = [rows[4], "H1,好人,A,2024-03-01,,,,,,,,,,,,,", rows[6]];
    let report = bring(app, &lines(&mixed), false).await;
    assert_eq!((report.accepted, report.rejected), (1, 2));
});

both!(a_dry_run_says_what_would_happen_and_writes_nothing, |world| async move {
    prepare(&world).await;
    let app = &world.app;
    let mut rows = GOOD.to_vec();
    rows.push("X,甲,A,2024-13-01,,,,,,,,,,,,,");
    let dry = bring(app, &lines(&rows), true).await;
    assert_eq!((dry.accepted, dry.rejected), (4, 1));
    assert_eq!(world.number("SELECT COUNT(*) FROM person").await, 0);
    let wet = bring(app, &lines(&rows), false).await;
    assert_eq!((wet.accepted, wet.rejected), (4, 1));
});

both!(columns_of_fields_that_are_off_are_left_out_with_a_warning, |world| async move {
    prepare(&world).await;
    let text = "number,name,hired_on,marital_status,nonsense\nE1,甲,2024-03-01,已婚,x\n";
    let report = bring(&world.app, text.as_bytes(), false).await;
    assert_eq!((report.accepted, report.warnings[0].count), (1, 2), "{:?}", report.warnings);
    assert_eq!(world.number("SELECT COUNT(*) FROM person_file").await, 0);
});

both!(a_table_comes_in_over_http_and_its_job_reports, |world| async move {
    prepare(&world).await;
    let app = &world.app;
    let api = signed_in(&world, "hr", None).await;
    let bring = |query: &'static str, rows: Vec<u8>| {
        let api = &api;
        async move {
            let path = format!("/employee-imports{query}");
            let started = api.send_file(Method::POST, &path, rows).await.ok();
            jobs::work_off(app, house::JOBS).await.unwrap();
            let job = started["job_id"].as_str().unwrap().to_owned();
            api.get(&format!("/jobs/{job}")).await.ok()
        }
    };
    let dry = bring("?dry_run=true", lines(&GOOD)).await;
    assert_eq!((&dry["state"], &dry["result"]["accepted"]), (&json!("done"), &json!(4)), "{dry:#}");
    assert_eq!(world.number("SELECT COUNT(*) FROM person").await, 0);
    let mut rows = GOOD.to_vec();
    rows.push("X,甲,A,2024-13-01,,,,,,,,,,,,,");
    let wet = bring("", lines(&rows)).await;
    assert_eq!(wet["result"]["accepted"], 4);
    assert_eq!(wet["result"]["rejections"][0]["line"], 6, "{wet:#}");
    let broken = bring("", b"PK\x03\x04 no workbook".to_vec()).await;
    assert_eq!(
        (&broken["state"], &broken["error"]["code"]),
        (&json!("failed"), &json!("file_unreadable"))
    );
    // HR may not write medical fields: the column is left out.
    let text = "number,name,disabled\nE1,张伟国,yes\n".as_bytes().to_vec();
    let medical = bring("", text).await;
    assert_eq!(medical["result"]["warnings"][0]["code"], "ignored_column");
    let local = ScopeChoice::Orgs(vec![world.org("A").await]);
    let local = world.user(&api, "hr", None, local).await;
    let refused = local.send_file(Method::POST, "/employee-imports", lines(&GOOD)).await;
    assert_eq!((refused.status, refused.code()), (403, "scope_too_small"));
});
