//! Periods that close, are locked and sometimes opened again while the game goes on.

use std::sync::Arc;
use std::time::Duration;

use kaoqin::base::failpoint::{Step, with_hooks};
use kaoqin::base::{Failure, Fault, Once, Query, retry};
use kaoqin::calendars;
use kaoqin::precompute::{self, NewReopening};
use kaoqin::{house, jobs};
use tokio::task::{JoinError, JoinHandle};
use vocabulary::{Instant, LocalDate, PeriodId, PersonId};

use crate::company;
use crate::oracle;
use crate::play::{Breach, Play};
use crate::reins::{Reins, is_crash};

/// What is locked: hash and time of computing.
pub type Frozen = std::collections::BTreeMap<(PersonId, LocalDate), (i64, Instant)>;

/// The period that is over when the changes begin, of every set.
const PERIOD: &str = "2026-03";
/// Between two looks at a lock.
const PAUSE: Duration = Duration::from_millis(5);
/// Longer than a job rests after a crash.
const REST_SECONDS: i64 = 70;

#[derive(sea_orm::FromQueryResult)]
struct StateRow {
    state: String,
}

/// A worker of jobs.
type Job = JoinHandle<Result<usize, Fault>>;

fn ended(done: Result<Result<usize, Fault>, JoinError>) -> Result<(), Breach> {
    match done {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(f)) if is_crash(&f.to_string()) => Ok(()),
        Ok(Err(f)) => Err(format!("the job failed: {f}")),
        Err(e) => Err(format!("the job ended: {e}")),
    }
}

impl Play {
    /// Closes and locks the first period of every set; a lock may crash, and changes come in before it is repeated.
    pub async fn lock(&mut self) -> Result<(), Breach> {
        self.quiet().await?;
        let sets = calendars::period_sets(self.front.db.read()).await.map_err(|f| f.to_string())?;
        for set in sets {
            let (me, once) = (company::me(), Once::never());
            let begun = precompute::begin_closing(&self.front, &me, set.id, PERIOD, &once);
            let id = match begun.await {
                Ok(id) => id,
                Err(Failure::Refused(r)) => {
                    *self.tally.refusals.entry(r.code()).or_default() += 1;
                    continue;
                }
                Err(Failure::Fault(f)) => return Err(format!("closing: {f}")),
            };
            self.lock_one(id).await?;
        }
        self.freeze().await
    }

    async fn lock_one(&mut self, id: PeriodId) -> Result<(), Breach> {
        let once = Once::never();
        let planned = precompute::plan_lock(&self.front, &company::me(), id, &once).await;
        planned.map_err(|f| format!("planning a lock: {f:?}"))?;
        if self.dice.chance(60) {
            let steps = [Step::Archived, Step::LockCommits];
            let step = *self.dice.pick(&steps);
            self.work(Reins::crashing(self.sabotage, 5, &[step])).await?;
            self.tally.crashes += 1;
            for n in 0..4 {
                let change = self.roll(30_000 + n);
                self.change(change).await?;
            }
            self.clock.step_seconds(REST_SECONDS);
            self.quiet().await?;
        }
        // Changes may come while it is being locked; whoever is first decides where they count.
        let locking = self.start_job(Reins::free(self.sabotage, 5));
        let change = self.roll(40_000);
        let free = Reins::free(self.sabotage, 5);
        let changed = self.start_change(change.clone(), free).await;
        self.changed(change, changed).await?;
        // The lock waits for what is computed.
        self.locking = true;
        while !locking.is_finished() {
            self.quiet().await?;
            tokio::time::sleep(PAUSE).await;
        }
        self.locking = false;
        ended(locking.await)?;
        for _ in 0..6 {
            if self.state(id).await? == "locked" {
                return Ok(());
            }
            self.quiet().await?;
            self.clock.step_seconds(REST_SECONDS);
            if let Err(Failure::Refused(r)) =
                precompute::plan_lock(&self.front, &company::me(), id, &Once::never()).await
            {
                *self.tally.refusals.entry(r.code()).or_default() += 1;
            }
            self.work(Reins::free(self.sabotage, 5)).await?;
        }
        Err(format!("period {id} is not locked in the end"))
    }

    async fn state(&self, id: PeriodId) -> Result<String, Breach> {
        let sql = "SELECT state FROM attendance_period WHERE id = $1";
        let row: Result<Option<StateRow>, _> = self.front.db.read().row(sql, vec![id.into()]).await;
        Ok(row.map_err(|f| f.to_string())?.map_or(String::new(), |r| r.state))
    }

    fn start_job(&self, reins: Arc<Reins>) -> Job {
        let app = self.front.clone();
        let work = async move { jobs::work_off(&app, house::JOBS).await };
        tokio::spawn(with_hooks(reins, work))
    }

    async fn work(&mut self, reins: Arc<Reins>) -> Result<(), Breach> {
        self.release().await?;
        ended(self.start_job(reins).await)
    }

    /// Notes what is locked.
    async fn freeze(&mut self) -> Result<(), Breach> {
        let rows = oracle::stored(&self.front).await?;
        let locked = rows.into_iter().filter(|(_, r)| r.state == "locked");
        self.frozen = locked.map(|(k, r)| (k, (r.hash, r.computed_at))).collect();
        self.tally.locked += self.frozen.len();
        Ok(())
    }

    /// Opens what was locked again.
    pub async fn unlock(&mut self) -> Result<(), Breach> {
        self.quiet().await?;
        let today = self.clock.now();
        let to = company::begins().max(today);
        let day = vocabulary::Zone::SHANGHAI.date(to);
        let rows =
            calendars::period_rows(self.front.db.read(), None, company::first().plus(-60), day);
        for row in rows.await.map_err(|f| f.to_string())? {
            let new = NewReopening { reason: "the game".to_owned() };
            let (app, me, once) = (&self.front, company::me(), Once::never());
            match retry(|| precompute::reopen(app, &me, row.id, &new, true, &once)).await {
                Ok(()) => {}
                Err(Failure::Refused(r)) => {
                    *self.tally.refusals.entry(r.code()).or_default() += 1;
                }
                Err(Failure::Fault(f)) => return Err(format!("reopening: {f}")),
            }
        }
        self.freeze().await
    }
}
