use std::io::Read;

use kaoqin::base::{App, Query, Scope};
use kaoqin::import::{self, Input, MasterTable, Report, TableFormat};
use kaoqin::{calendars, people};
use vocabulary::OrgId;

use crate::both;
use crate::people::{day, group, me, put, row};
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;

const ALL: [MasterTable; 6] = [
    MasterTable::Org,
    MasterTable::Positions,
    MasterTable::Dimensions,
    MasterTable::Teams,
    MasterTable::TeamMembers,
    MasterTable::Calendars,
];

async fn read(app: &App, table: MasterTable, bytes: &[u8], dry: bool) -> Report {
    let input = Input::from_bytes(bytes).unwrap();
    import::import_masters(app, &me(), &input, None, table, dry).await.unwrap()
}

async fn text(app: &App, table: MasterTable, text: &str) -> Report {
    read(app, table, text.as_bytes(), false).await
}

async fn rows(app: &App, table: MasterTable) -> Vec<Vec<String>> {
    let all = Scope::everybody();
    import::table_rows(app.db.read(), &all, table, app.today()).await.unwrap()
}

fn codes(report: &Report) -> Vec<(u64, &'static str)> {
    report.rejections.iter().map(|r| (r.line, r.code)).collect()
}

/// A company with something of everything.
async fn company(world: &World) -> Vec<OrgId> {
    register_concern();
    let app = &world.app;
    let tx = app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    people::ensure_positions(&tx, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let orgs = group(app).await;
    put(app, &[row("E1", "2026-01-05", Some(orgs[3])), row("007", "2026-01-05", Some(orgs[2]))])
        .await;
    let done = text(
        app,
        MasterTable::Org,
        "编号,生效日期,名称,上级,负责人,副职,成本中心\n\
         A2,2026-05-01,二部,B,E1,007;E1,CC-2\n\
         001001,2026-03-01,\"职业培训中心A, 上海\",A,,,\n",
    )
    .await;
    assert_eq!((done.accepted, done.rejected), (2, 0), "{:?}", done.rejections);
    let done = text(
        app,
        MasterTable::Dimensions,
        "维度,维度名称,编号,名称,上级\nregion,区域,SH,上海,east\nregion,,east,华东,\nline,业务线,retail,零售,\n",
    )
    .await;
    assert_eq!(done.accepted, 3, "{:?}", done.rejections);
    assert_eq!(text(app, MasterTable::Teams, "code,name\nA,甲班\nB,乙班\n").await.accepted, 2);
    let members = "工号,生效日期,班组\nE1,2026-03-01,A\nE1,2026-04-01,\n007,2026-03-01,B\n";
    assert_eq!(text(app, MasterTable::TeamMembers, members).await.accepted, 3);
    let dates = "calendar,name,rest_weekdays,date,kind,date_name\n\
                 six,做六休一,7,2026-07-01,休息日,厂庆\nsix,,,2026-07-05,workday,\n";
    assert_eq!(text(app, MasterTable::Calendars, dates).await.accepted, 2);
    orgs
}

both!(exported_tables_come_back_without_a_difference, |world| async move {
    company(&world).await;
    let app = &world.app;
    let before = world.number("SELECT COUNT(*) FROM audit").await;
    for table in ALL {
        let stored = rows(app, table).await;
        assert!(!stored.is_empty(), "{table:?}");
        for format in [TableFormat::Csv, TableFormat::Xlsx] {
            let mut file = import::table_file(table, &stored, format).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let done = read(app, table, &bytes, false).await;
            assert_eq!(
                (done.accepted, done.rejected, done.duplicate),
                (0, 0, stored.len() as u64),
                "{table:?} {format:?}: {:?}",
                done.rejections
            );
            assert_eq!(rows(app, table).await, stored, "{table:?} {format:?}");
        }
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, before, "nothing changed");
});

both!(a_table_goes_into_an_empty_installation_as_it_was, |world| async move {
    company(&world).await;
    let Some(other) = empty(&world).await else { return };
    register_concern();
    put(&other.app, &[row("E1", "2026-01-05", None), row("007", "2026-01-05", None)]).await;
    for table in ALL {
        let stored = rows(&world.app, table).await;
        let mut file = import::table_file(table, &stored, TableFormat::Xlsx).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let done = read(&other.app, table, &bytes, false).await;
        assert_eq!(done.rejected, 0, "{table:?}: {:?}", done.rejections);
        assert_eq!(rows(&other.app, table).await, stored, "{table:?}");
    }
});

async fn empty(world: &World) -> Option<World> {
    match world.app.db.read().dialect() {
        kaoqin::base::Dialect::Sqlite => Some(World::sqlite().await),
        kaoqin::base::Dialect::Postgres => World::postgres().await,
    }
}

both!(a_dry_run_says_everything_and_stores_nothing, |world| async move {
    company(&world).await;
    let app = &world.app;
    let before = rows(app, MasterTable::Org).await;
    let audits = world.number("SELECT COUNT(*) FROM audit").await;
    let table = "code,valid_from,name,kind,parent,sort_order,head,last_day\n\
                 N1,2026-03-01,新一,department,N2,1,,\n\
                 N2,2026-03-01,新二,部门,G,,E1,\n\
                 N3,2026-03-01,新三,nonsense,G,,,\n\
                 N4,1999-01-01,早,department,G,,,\n\
                 ,2026-03-01,无码,department,G,,,\n\
                 N5,soon,日期,department,G,,,\n\
                 N6,2026-03-01,负责人,department,G,,E999,\n\
                 A,2026-03-01,甲,department,A1,,,\n\
                 A1,2026-03-01,甲一,department,A,,,2026-03-31\n\
                 N7,2026-03-01,排序,department,G,x,,\n";
    let done = read(app, MasterTable::Org, table.as_bytes(), true).await;
    let expected = [
        (4, "bad_value"),
        (5, "conflict"),
        (6, "bad_value"),
        (7, "bad_value"),
        (8, "conflict"),
        (9, "conflict"),
        (10, "conflict"),
        (11, "bad_value"),
    ];
    assert_eq!(codes(&done), expected, "{:?}", done.rejections);
    assert_eq!((done.accepted, done.rows), (2, 10));
    assert_eq!(rows(app, MasterTable::Org).await, before);
    assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, audits);
    let done = read(app, MasterTable::Org, table.as_bytes(), false).await;
    assert_eq!(codes(&done), expected, "what was refused changes nothing, the rest is there");
    assert_eq!(rows(app, MasterTable::Org).await.len(), before.len() + 2);
    let all = Scope::everybody();
    let unit = people::org_unit(app.db.read(), &all, OrgId(2), day("2026-03-10")).await.unwrap();
    assert_eq!(unit.unwrap().name, "单位A");
    let input = Input::from_bytes("x,y\n1,2\n".as_bytes()).unwrap();
    let table = MasterTable::Org;
    let nothing = import::import_masters(app, &me(), &input, None, table, false).await;
    assert!(nothing.is_err(), "no head, no table");
});

both!(a_table_is_got_over_http_by_who_may_see_it, |world| async move {
    let orgs = company(&world).await;
    let hr = signed_in(&world, "hr", None).await;
    let body = hr.get("/exports/org?format=csv").await.ok();
    let text = body.as_str().unwrap();
    assert!(text.contains("001001,2026-03-01,\"职业培训中心A, 上海\""), "{text}");
    let api = world.serve().await;
    let scope = kaoqin::identity::ScopeChoice::Orgs(vec![orgs[1]]);
    let local = world.user(&api, "hr", None, scope).await;
    let body = local.get("/exports/org?format=csv").await.ok();
    let text = body.as_str().unwrap();
    assert!(text.contains("\nA1,") && !text.contains("\nB,"), "{text}");
    assert_eq!(hr.get("/exports/calendars?format=xlsx").await.status, 200);
    assert!(hr.get("/exports/nonsense?format=csv").await.status >= 400);
});
