//! Once a second every process says how busy it is, hears how busy the others are, and sets its pace.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::FromQueryResult;
use tokio::sync::watch;

use super::drain::{Limit, MAX_DAYS};
use super::pace::Pace;
use crate::base::{App, Dialect, Fault, Query};
use crate::dirty::{self, Lane};

/// Time between two beats.
const BEAT: Duration = Duration::from_secs(1);
/// Milliseconds after which a pulse tells nothing any more.
const FRESH: i64 = 5_000;
/// Milliseconds after which the row of a process that has ended is removed.
const GONE: i64 = 60_000;
/// Milliseconds a mark of the interactive lane may wait before bulk work is held.
const PATIENCE: i64 = 100;

/// The pace that all bulk tasks of a process keep.
pub struct Pulse {
    node: String,
    /// Tasks that may take bulk units.
    tasks: usize,
    pace: Mutex<Pace>,
    said: Mutex<Option<(i64, i64, i64)>>,
}

impl Pulse {
    pub fn new(app: &App) -> Self {
        let tasks = match app.config.workers {
            0 => 0,
            1 => 1,
            n => n - 1,
        };
        let pulse = Self {
            node: uuid::Uuid::new_v4().simple().to_string(),
            tasks,
            pace: Mutex::new(Pace::new(app.config.latency_budget_millis, MAX_DAYS)),
            said: Mutex::new(None),
        };
        pulse.show(app);
        pulse
    }

    fn pace<T>(&self, with: impl FnOnce(&mut Pace) -> T) -> T {
        with(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn show(&self, app: &App) -> i64 {
        let (percent, days) = self.pace(|p| (p.parallelism_percent(self.tasks), p.unit_days()));
        app.load.set_bulk(percent, days);
        percent
    }

    /// What a task may take now; `urgent` = no bulk units.
    pub fn limit(&self, urgent: bool) -> Limit {
        self.pace(|p| Limit {
            last: if urgent || !p.may_claim() { Lane::OpenPeriod } else { Lane::Mass },
            mass_days: p.unit_days(),
        })
    }

    /// A bulk unit has been worked off; how long its task takes no other.
    pub fn worked(&self, app: &App, days: i64, took: Duration) -> Duration {
        let rest = self.pace(|p| p.worked(days, took));
        self.show(app);
        rest
    }

    /// Says, hears and sets the pace.
    pub async fn beat(&self, app: &App) -> Result<(), Fault> {
        let waiting = waiting(app).await?;
        let own = app.load.p95_millis();
        let percent = self.show(app);
        self.say(app, (own, waiting, percent)).await?;
        let others = heard(app, Some(&self.node)).await?;
        self.pace(|p| p.look(own.max(others.p95_millis), waiting.max(others.waiting)));
        self.show(app);
        Ok(())
    }

    /// Writes the row of this process. An embedded process is mostly alone and writes only what is new, so
    /// that an idle one leaves its disk alone.
    async fn say(&self, app: &App, now: (i64, i64, i64)) -> Result<(), Fault> {
        let before = self.said.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
        let quiet = |s: (i64, i64, i64)| s.0 == 0 && s.1 == 0;
        let embedded = app.db.dialect() == Dialect::Sqlite;
        if embedded && quiet(now) && before.is_none_or(quiet) {
            return Ok(());
        }
        let (at, (p95, waiting, percent)) = (app.clock.now(), now);
        let tx = app.db.begin().await?;
        tx.run(
            "INSERT INTO node_pulse (node, p95_millis, waiting, bulk_percent, at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (node) DO UPDATE \
             SET p95_millis = excluded.p95_millis, waiting = excluded.waiting, \
               bulk_percent = excluded.bulk_percent, at = excluded.at",
            vec![self.node.as_str().into(), p95.into(), waiting.into(), percent.into(), at.into()],
        )
        .await?;
        tx.run("DELETE FROM node_pulse WHERE at < $1", vec![at.plus_millis(-GONE).into()]).await?;
        tx.commit().await
    }
}

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

/// Marks of the interactive lane that have waited for a moment.
pub async fn waiting(app: &App) -> Result<i64, Fault> {
    let since = app.clock.now().plus_millis(-PATIENCE);
    let row: Option<CountRow> = app
        .db
        .read()
        .row(
            "SELECT COUNT(*) AS n FROM shard s JOIN dirty_mark m ON m.shard = s.no \
             WHERE m.lane = 1 AND m.batch_id IS NULL AND m.at <= $1",
            vec![since.into()],
        )
        .await?;
    Ok(row.map_or(0, |r| r.n))
}

/// What the fresh pulses say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Heard {
    /// The slowest.
    pub p95_millis: i64,
    pub waiting: i64,
    pub bulk_percent: i64,
}

/// The fresh pulses of all processes but `except`.
async fn heard(app: &App, except: Option<&str>) -> Result<Heard, Fault> {
    let since = app.clock.now().plus_millis(-FRESH);
    let row: Option<Heard> = app
        .db
        .read()
        .row(
            "SELECT COALESCE(MAX(p95_millis), 0) AS p95_millis, \
               COALESCE(MAX(waiting), 0) AS waiting, \
               CAST(COALESCE(SUM(bulk_percent), 0) AS BIGINT) AS bulk_percent \
             FROM node_pulse WHERE at >= $1 AND node <> $2",
            vec![since.into(), except.unwrap_or_default().into()],
        )
        .await?;
    Ok(row.unwrap_or_default())
}

#[derive(FromQueryResult)]
struct LaneRow {
    lane: i32,
    paused: i64,
    n: i64,
}

/// Brings the gauges of this process up to date, for those who ask for metrics.
pub async fn gauges(app: &App) -> Result<(), Fault> {
    let rows: Vec<LaneRow> = app
        .db
        .read()
        .rows(
            "SELECT lane, paused, CAST(SUM(n) AS BIGINT) AS n FROM ( \
               SELECT lane, CAST(0 AS BIGINT) AS paused, COUNT(*) AS n FROM dirty_mark \
               WHERE batch_id IS NULL GROUP BY lane \
               UNION ALL SELECT b.lane, \
                 CAST(CASE WHEN b.state = 'paused' THEN 1 ELSE 0 END AS BIGINT) AS paused, \
                 (SELECT COUNT(*) FROM dirty_mark m WHERE m.batch_id = b.id) AS n \
               FROM mark_batch b WHERE b.state IN ('running', 'paused') \
             ) AS t GROUP BY lane, paused",
            vec![],
        )
        .await?;
    let marks = |lane: Option<Lane>| -> i64 {
        let here = rows.iter().filter(|r| match lane {
            Some(lane) => r.paused == 0 && r.lane == lane.number(),
            None => r.paused == 1,
        });
        here.map(|r| r.n).sum()
    };
    for lane in [Lane::Interactive, Lane::Recent, Lane::OpenPeriod, Lane::Mass] {
        metrics::gauge!("kaoqin_marks_waiting", "lane" => lane.as_str())
            .set(whole(marks(Some(lane))));
    }
    metrics::gauge!("kaoqin_marks_paused").set(whole(marks(None)));
    let all = heard(app, None).await?;
    let (percent, days) = app.load.bulk();
    let p95 = app.load.p95_millis().max(all.p95_millis);
    metrics::gauge!("kaoqin_pulse_p95_seconds").set(whole(p95) / 1_000.0);
    metrics::gauge!("kaoqin_bulk_parallelism").set(whole(percent) / 100.0);
    metrics::gauge!("kaoqin_bulk_parallelism_all_processes").set(whole(all.bulk_percent) / 100.0);
    metrics::gauge!("kaoqin_bulk_unit_days").set(whole(days));
    Ok(())
}

/// Metrics are floating numbers; ours are small whole ones.
fn whole(n: i64) -> f64 {
    f64::from(i32::try_from(n).unwrap_or(i32::MAX))
}

/// Beats until `stop` turns true, and looks after the batches.
pub async fn run_pulse(app: App, pulse: std::sync::Arc<Pulse>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(e) = pulse.beat(&app).await {
            tracing::error!(error = %e, "the pulse failed");
        }
        if let Err(e) = tend(&app).await {
            tracing::error!(error = %e, "tending the marks failed");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Notes the progress of batches, and tells the planner when the marks have become many.
pub async fn tend(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    if dirty::need_watching(app.db.read(), now).await? {
        let tx = app.db.begin().await?;
        dirty::watch_batches(&tx, now).await?;
        tx.commit().await?;
    }
    dirty::analyze(&app.db).await
}
