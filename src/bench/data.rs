//! A scratch database with an invented company: people, one scheme, one shift of two segments, four punches a
//! day in March 2026.

use std::time::Instant;

use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, WallTime, Zone};

use super::report::{Line, Report};
use crate::base::{
    Actor, App, Clock, Config, DataKeys, Db, Dialect, Failure, Fault, Once, Query, Tx,
};
use crate::dirty::{self, Cause, Object};
use crate::house;
use crate::shifts::{self, NewShiftVersion};

/// How large the company is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub people: u32,
    /// Days with punches, up to the end of March 2026.
    pub days: i32,
}

/// Signs the tokens of the scratch database.
const SECRET: &str = "nobody but a benchmark believes this";
/// People whose punches one statement makes.
const CHUNK: u32 = 5_000;
/// Code of the shift that is published again and again.
const SHIFT: &str = "B1";

/// The scratch database and how to be rid of it.
pub struct World {
    pub app: App,
    pub size: Size,
    pub first: LocalDate,
    pub last: LocalDate,
    server: Config,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    /// Makes the database, empty but for what every installation has.
    pub async fn empty(server: Config, size: Size) -> Result<Self, Failure> {
        let (config, folder) = scratch(&server).await?;
        let last = LocalDate::from_ymd(2026, 3, 31).ok_or_else(|| Fault::text("no such date"))?;
        let now = Zone::SHANGHAI.instant(WallTime::on(last.plus(1), 12 * 3600));
        let db = Db::connect(&config.database_url, &config.db).await?;
        migrations::Migrator::up(&db.for_migrations(), None).await.map_err(Fault::from)?;
        db.close().await;
        let app = App::open(config, Clock::stepped(now)).await?;
        house::prepare();
        house::seed(&app).await?;
        let first = last.plus(1 - size.days);
        Ok(Self { app, size, first, last, server, _folder: folder })
    }

    /// Makes the database and fills it with facts; everything is still to be computed.
    pub async fn create(server: Config, size: Size) -> Result<Self, Failure> {
        let started = Instant::now();
        let world = Self::empty(server, size).await?;
        world.publish(0).await?;
        world.people().await?;
        world.punches().await?;
        world.mark_everybody().await?;
        world.vacuum().await?;
        eprintln!("{} people x {} days made in {:.1?}", size.people, size.days, started.elapsed());
        Ok(world)
    }

    /// Removes the scratch database.
    pub async fn drop(self) -> Result<(), Fault> {
        self.app.db.close().await;
        if !self.server.embedded() {
            let db = Db::connect(&self.server.database_url, &self.server.db).await?;
            let (_, name, _) = place(&self.server.database_url);
            let sql = format!("DROP DATABASE \"{name}\" WITH (FORCE)");
            db.for_migrations().execute_unprepared(&sql).await?;
            db.close().await;
        }
        Ok(())
    }

    /// Prints a measure of this company.
    pub fn line(&self, report: &Report, measure: &str, value: f64, floor: f64, unit: &'static str) {
        report.line(&Line {
            measure: measure.to_owned(),
            value,
            unit,
            floor,
            people: self.size.people as usize,
            days: self.size.days.unsigned_abs() as usize,
        });
    }

    pub fn postgres(&self) -> bool {
        self.app.db.dialect() == Dialect::Postgres
    }

    /// Publishes the shift from the first day on, different from the one before: every result changes. Marks
    /// everybody who works in it.
    pub async fn publish(&self, round: u32) -> Result<(), Failure> {
        let start = format!("08:{:02}", round % 2);
        let version = NewShiftVersion {
            code: SHIFT.to_owned(),
            name: None,
            effective_from: self.first.plus(-7),
            expected_version: None,
            body: json!({ "points": "per_segment", "segments": [
                { "start": start, "end": "12:00" }, { "start": "13:00", "end": "17:00" } ] }),
        };
        shifts::publish(&self.app, &Actor::system(), version, &Once::never()).await?;
        Ok(())
    }

    /// Marks all days of everybody, as a new engine version would.
    pub async fn mark_everybody(&self) -> Result<(), Fault> {
        let tx = self.app.db.begin().await?;
        let (span, at) = (DateSpan::new(self.first, self.last.plus(1)), self.app.clock.now());
        let (cause, actor) = (Cause::Engine, Actor::system());
        dirty::mark_concerned(&tx, Object::Everybody, span, cause, &actor, at).await?;
        tx.commit().await
    }

    /// Results of everybody: of the days with punches and of today, which has begun.
    pub fn results(&self) -> usize {
        self.size.people as usize * (self.size.days.unsigned_abs() as usize + 1)
    }

    /// Numbers from 1 on as rows `n`.
    fn series(&self, from: u32, to: u32) -> String {
        if self.postgres() {
            format!("generate_series({from}, {to}) AS s(n)")
        } else {
            format!(
                "(WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s \
                 WHERE n < {to}) SELECT n FROM s) AS s"
            )
        }
    }

    async fn people(&self) -> Result<(), Fault> {
        let tx = self.app.db.begin().await?;
        let all = self.series(1, self.size.people);
        let (first, pad) = (self.first, "substr('000000' || s.n, -6)");
        let number = if self.postgres() { "lpad(s.n::text, 6, '0')" } else { pad };
        let units = self.size.people / 100 + 1;
        let statements = [
            "UPDATE calendar SET is_default = false".to_owned(),
            "INSERT INTO calendar (code, name, rest_weekdays, is_default) \
             VALUES ('B', 'bench', '[]', true)"
                .to_owned(),
            format!(
                "INSERT INTO org_unit (id, code, name, kind, valid_from) \
                 SELECT s.n, 'B' || s.n, 'B' || s.n, 'department', {} FROM {}",
                self.date(first),
                self.series(1, units)
            ),
            format!(
                "INSERT INTO org_closure (ancestor_id, descendant_id, valid_from) \
                 SELECT s.n, s.n, {} FROM {}",
                self.date(first),
                self.series(1, units)
            ),
            format!(
                "INSERT INTO person (id, number, name, zone, hired_on, created_at) \
                 SELECT s.n, 'B' || {number}, '员工' || s.n, 'Asia/Shanghai', {}, 0 FROM {all}",
                self.date(first)
            ),
            format!(
                "INSERT INTO person_org (person_id, valid_from, org_id) \
                 SELECT s.n, {}, s.n / 100 + 1 FROM {all}",
                self.date(first)
            ),
            format!(
                "INSERT INTO scheme_assignment (person_id, valid_from, scheme_id) \
                 SELECT s.n, {}, (SELECT id FROM rule WHERE kind = 'scheme' AND code = 'S1') \
                 FROM {all}",
                self.date(first)
            ),
            format!(
                "INSERT INTO default_shift (person_id, valid_from, shift_id) \
                 SELECT s.n, {}, (SELECT id FROM shift WHERE code = '{SHIFT}') FROM {all}",
                self.date(first)
            ),
        ];
        for sql in statements {
            tx.run(&sql, vec![]).await?;
        }
        if self.postgres() {
            for table in ["person", "org_unit"] {
                let sql = format!(
                    "SELECT setval(pg_get_serial_sequence('{table}', 'id'), \
                     (SELECT MAX(id) FROM {table}))"
                );
                tx.run(&sql, vec![]).await?;
            }
        }
        tx.commit().await
    }

    fn date(&self, d: LocalDate) -> String {
        if self.postgres() { format!("DATE '{d}'") } else { format!("'{d}'") }
    }

    async fn punches(&self) -> Result<(), Fault> {
        let mut from = 1;
        while from <= self.size.people {
            let to = (from + CHUNK - 1).min(self.size.people);
            let tx = self.app.db.begin().await?;
            self.some_punches(&tx, from, to).await?;
            tx.commit().await?;
            from = to + 1;
        }
        Ok(())
    }

    /// In at 07:50 to 08:01, out and in around lunch, out at 17:00 to 17:11.
    async fn some_punches(&self, tx: &Tx, from: u32, to: u32) -> Result<(), Fault> {
        let begin = WallTime::on(self.first, 0).seconds();
        let people = self.series(from, to);
        let days = self.series(0, u32::try_from(self.size.days - 1).unwrap_or(0));
        let days = days.replace("AS s(n)", "AS d(n)").replace(") AS s", ") AS d");
        let jitter = "((p.n * 7919 + d.n * 104729 + k.base) % 660)";
        let people = people.replace("AS s(n)", "AS p(n)").replace(") AS s", ") AS p");
        let sql = format!(
            "INSERT INTO punch (person_id, at, wall, zone, source, method, device, received_at) \
             SELECT p.n, ({begin} + d.n * 86400 + k.base + {jitter} - 28800) * CAST(1000 AS BIGINT), \
               {begin} + d.n * 86400 + k.base + {jitter}, 'Asia/Shanghai', 'terminal', 'card', \
               'T' || (p.n % 50), 0 \
             FROM {people}, {days}, (SELECT 28200 AS base UNION ALL SELECT 43200 \
               UNION ALL SELECT 46100 UNION ALL SELECT 61200) AS k \
             ORDER BY p.n, d.n, k.base"
        );
        tx.run(&sql, vec![]).await?;
        Ok(())
    }

    /// Statistics and hint bits, as a database has that has lived for a while.
    pub async fn vacuum(&self) -> Result<(), Fault> {
        let sql = if self.postgres() { "VACUUM ANALYZE" } else { "ANALYZE" };
        self.app.db.for_migrations().execute_unprepared(sql).await?;
        Ok(())
    }
}

/// An empty database beside the configured one.
async fn scratch(server: &Config) -> Result<(Config, Option<tempfile::TempDir>), Fault> {
    let keys = DataKeys::parse(&DataKeys::fresh("bench")?).map_err(Fault::text)?;
    let config = server.clone().with_secret(SECRET.to_owned()).with_data_keys(keys);
    if server.embedded() {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("bench.db").display());
        return Ok((config.on(url), Some(folder)));
    }
    let (host, name, query) = place(&server.database_url);
    let db = Db::connect(&server.database_url, &server.db).await?;
    let admin = db.for_migrations();
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE \"{name}\"")).await?;
    db.close().await;
    Ok((config.on(format!("{host}/{name}{query}")), None))
}

/// Host, name and query of the scratch database: the configured one with `_bench` behind its name.
fn place(url: &str) -> (&str, String, &str) {
    let (base, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    let at = base.rfind('/').filter(|at| base.get(..*at).is_some_and(|b| b.contains("//")));
    let (host, name) = base.split_at(at.unwrap_or(base.len()));
    let name = name.trim_start_matches('/');
    (host, format!("{}_bench", if name.is_empty() { "kaoqin" } else { name }), query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scratch_database_lies_beside_the_configured_one() {
        let of = |url| place(url).1;
        assert_eq!(place("postgres://a@h:1/x?y=z"), ("postgres://a@h:1", "x_bench".into(), "?y=z"));
        assert_eq!(of("postgres://h/kaoqin"), "kaoqin_bench");
        assert_eq!(place("postgres://h"), ("postgres://h", "kaoqin_bench".into(), ""));
    }
}
