use kaoqin::base::{Actor, Once, Query};
use kaoqin::punches::{self, NewPunch, Source, Urgency};
use kaoqin::shifts::{self, NewShiftVersion};
use kaoqin::{calendars, dirty, house, jobs, precompute, rules};
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, OrgId, PeriodSetId, PersonId, WallTime, Zone};

use super::World;

#[derive(sea_orm::FromQueryResult)]
struct Id {
    id: i64,
}

impl World {
    /// So many office workers with shift D1 (08–12, 13–17) and scheme S1, in service since 2026-02-01; one half in
    /// department A, the other in B.
    pub async fn staff(&self, count: i64) -> Vec<PersonId> {
        house::prepare();
        let app = &self.app;
        let shift = NewShiftVersion {
            code: "D1".to_owned(),
            name: None,
            effective_from: "2026-01-01".parse().unwrap(),
            expected_version: None,
            body: json!({ "segments": [
                { "start": "08:00", "end": "12:00" }, { "start": "13:00", "end": "17:00" } ] }),
        };
        shifts::publish(app, &Actor::system(), shift, &Once::never()).await.unwrap();
        let tx = app.db.begin().await.unwrap();
        rules::ensure_seeds(&tx, app.clock.now()).await.unwrap();
        calendars::ensure_defaults(&tx).await.unwrap();
        for code in ["A", "B"] {
            let sql = "INSERT INTO org_unit (code, name, kind, valid_from) \
                       VALUES ($1, $1, 'department', '2010-01-01') RETURNING id";
            let org: Option<Id> = tx.row(sql, vec![code.into()]).await.unwrap();
            let sql = "INSERT INTO org_closure (ancestor_id, descendant_id, valid_from) \
                       VALUES ($1, $1, '2010-01-01')";
            tx.run(sql, vec![org.unwrap().id.into()]).await.unwrap();
        }
        let mut people = Vec::new();
        for n in 1..=count {
            let sql = "INSERT INTO person (number, name, zone, hired_on, created_at) \
                       VALUES ($1, $1, 'Asia/Shanghai', '2026-02-01', 0) RETURNING id";
            let number = format!("{}", 1_000 + n);
            let row: Option<Id> = tx.row(sql, vec![number.into()]).await.unwrap();
            people.push(PersonId(row.unwrap().id));
        }
        for (half, code) in people.chunks(people.len().div_ceil(2)).zip(["A", "B"]) {
            let ids: Vec<String> = half.iter().map(ToString::to_string).collect();
            let of = |what: &str| format!("{what} FROM person p WHERE p.id IN ({})", ids.join(","));
            for sql in [
                of(&format!(
                    "INSERT INTO person_org (person_id, valid_from, org_id) SELECT p.id, \
                     p.hired_on, (SELECT id FROM org_unit WHERE code = '{code}')"
                )),
                of(
                    "INSERT INTO scheme_assignment (person_id, valid_from, scheme_id) SELECT p.id, \
                    p.hired_on, (SELECT id FROM rule WHERE kind = 'scheme' AND code = 'S1')",
                ),
                of("INSERT INTO default_shift (person_id, valid_from, shift_id) SELECT p.id, \
                    p.hired_on, (SELECT id FROM shift WHERE code = 'D1')"),
            ] {
                tx.run(&sql, vec![]).await.unwrap();
            }
        }
        let marks = people.iter().map(|person| dirty::Mark {
            person: *person,
            span: DateSpan::since("2026-02-01".parse().unwrap()),
            cause: dirty::Cause::Employment,
            lane: dirty::Lane::OpenPeriod,
        });
        dirty::mark(&tx, &marks.collect::<Vec<_>>(), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        people
    }

    /// Computes everything and locks a period of the default set.
    pub async fn lock(&self, period: &str) {
        house::prepare();
        let (app, me, once) = (&self.app, Actor::system(), Once::never());
        precompute::tick(app).await.unwrap();
        precompute::drain_all(app).await.unwrap();
        let set = PeriodSetId(self.number("SELECT id FROM period_set WHERE is_default").await);
        let id = precompute::begin_closing(app, &me, set, period, &once).await.unwrap();
        precompute::plan_lock(app, &me, id, &once).await.unwrap();
        jobs::work_off(app, house::JOBS).await.unwrap();
        let locked =
            format!("SELECT COUNT(*) FROM attendance_period WHERE id = {id} AND state = 'locked'");
        assert_eq!(self.number(&locked).await, 1, "{period} is not locked");
    }

    /// The department with this code.
    pub async fn org(&self, code: &str) -> OrgId {
        let sql = "SELECT id FROM org_unit WHERE code = $1";
        let row: Option<Id> = self.app.db.read().row(sql, vec![code.into()]).await.unwrap();
        OrgId(row.unwrap().id)
    }

    /// Comes and goes every day from `from` to `to`: on time, late, early, without sign-out, late into the evening, at
    /// weekends, each in turn and everybody another way.
    pub async fn lives(&self, people: &[PersonId], from: &str, to: &str) {
        let ways: [&[&str]; 7] = [
            &["07:52:00", "17:04:00"],
            &["08:13:00", "17:01:00"],
            &["08:47:10", "17:30:00"],
            &["07:59:00", "16:22:00"],
            &["08:05:00"],
            &["07:40:00", "20:10:00"],
            &["09:20:00", "18:45:00"],
        ];
        let (from, to): (LocalDate, LocalDate) = (from.parse().unwrap(), to.parse().unwrap());
        let mut all = Vec::new();
        for (i, person) in people.iter().enumerate() {
            for (n, date) in from.through(to).enumerate() {
                if date.weekday() > 5 && (i + n) % 3 != 0 {
                    continue;
                }
                for time in ways[(i * 3 + n) % ways.len()] {
                    let wall = format!("{date}T{time}").parse().unwrap();
                    all.push(tapped(*person, wall));
                }
            }
        }
        let app = &self.app;
        for piece in all.chunks(1_000) {
            let tx = app.db.begin().await.unwrap();
            punches::insert(&tx, piece, Urgency::Now, app.clock.now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        precompute::tick(app).await.unwrap();
        precompute::drain_all(app).await.unwrap();
    }
}

/// A punch of a terminal in Shanghai.
pub fn tapped(person: PersonId, wall: WallTime) -> NewPunch {
    NewPunch {
        person,
        at: Zone::SHANGHAI.instant(wall),
        flag: None,
        source: Source::Terminal,
        method: None,
        device: "T1".to_owned(),
        reason: None,
        raw: None,
        author: None,
    }
}
