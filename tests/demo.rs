use std::path::PathBuf;

use kaoqin::base::{Query, Scope};
use kaoqin::demo::{self, DemoArgs};
use kaoqin::{demand, house, precompute};
use vocabulary::{LocalDate, PersonId};

use crate::both;

fn args() -> DemoArgs {
    DemoArgs {
        seed: 1,
        today: None,
        attlog: None,
        scheme: "OFFICE".to_owned(),
        once: true,
        tokens: None::<PathBuf>,
    }
}

#[derive(sea_orm::FromQueryResult)]
struct Row {
    id: PersonId,
}

both!(
    every_day_of_the_demo_group_printed_as_a_case_evaluates_to_what_is_stored,
    |world| async move {
        let app = &world.app;
        house::prepare();
        world.at("2026-03-31T20:00:00");
        demo::run(app, &args()).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 0);
        // Quality stood below the office of the plant and moved to the plant.
        let stands = "SELECT COUNT(*) FROM org_closure c JOIN org_unit a ON a.id = c.ancestor_id \
                      JOIN org_unit d ON d.id = c.descendant_id WHERE d.code = 'HJ-ZZ-QC' \
                      AND a.code = 'HJ-ZZ-OFFICE' AND c.valid_to IS NOT NULL";
        assert_eq!(world.number(stands).await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM team_member").await, 92);
        assert!(world.number("SELECT COUNT(*) FROM person_dimension").await == 92);
        let people: Vec<Row> =
            app.db.read().rows("SELECT id FROM person ORDER BY id", vec![]).await.unwrap();
        assert!(people.len() > 290);
        let day = |m, d| LocalDate::from_ymd(2026, m, d).unwrap();
        let mut seen = 0;
        for person in people {
            let days =
                precompute::explain_days(app, person.id, day(1, 15), day(3, 31)).await.unwrap();
            let mut lines = String::new();
            for e in &days {
                assert!(e.reproduced, "{} {}", person.id, e.computed.date);
                let (define, case) = e.explained.case.to_lines();
                lines.push_str(&format!("{define}\n{case}\n"));
            }
            let mut out = Vec::new();
            assert!(engine::format::evaluate_lines(lines.as_bytes(), &mut out).unwrap());
            let printed = String::from_utf8(out).unwrap();
            for (e, line) in days.iter().zip(printed.lines()) {
                let id = &e.explained.case.id;
                let expected = engine::format::result_json(id, &e.computed.result).to_string();
                assert_eq!(line, expected);
                seen += 1;
            }
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM day_result").await, seen);

        // A second start finds everything and computes nothing.
        let before = world.number("SELECT COUNT(*) FROM audit").await;
        demo::run(app, &args()).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, before);

        // In one hour of one day the first store is short of two people.
        let all = Scope::everybody();
        let today = app.today();
        let table = demand::demand_table(app.db.read(), &all, 1, today).await.unwrap().unwrap();
        let date = today.plus(2);
        let slots = demand::coverage(app.db.read(), &table, date, date).await.unwrap();
        let under: Vec<(i32, i32)> = slots
            .iter()
            .filter(|s| s.scheduled < s.required)
            .map(|s| (s.start_minute, s.required - s.scheduled))
            .collect();
        assert_eq!(under, [(18 * 60, 2)]);
        assert!(slots.len() > 8, "{slots:?}");
    }
);
