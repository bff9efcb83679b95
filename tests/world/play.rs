//! One seed: a company, changes in disorder, workers that pause, crash and come back; then the reckoning.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kaoqin::base::failpoint::{Sabotage, Step, with_hooks};
use kaoqin::base::{App, Clock, Failure, Fault, retry};
use kaoqin::precompute::{self, Drained};
use tokio::task::JoinHandle;

use crate::apply::apply;
use crate::chance::Dice;
use crate::change::{Change, Notes, roll};
use crate::company::{self, Employee};
use crate::ground::{self, Ground, Kind, Site};
use crate::locks::Frozen;
use crate::oracle;
use crate::reins::{BEFORE_MARKS, Gate, MARKED, Reins, is_crash};

/// Changes of a seed.
pub const CHANGES: usize = 300;
pub const WORKERS: usize = 3;
/// At least so many crashes, at random steps.
pub const CRASHES: usize = 5;
/// After this change everything is drained and compared, and at the end.
const RECKONINGS: [usize; 1] = [120];
/// After this change the periods that are over are locked.
const LOCKED_AFTER: usize = 140;
/// After this one some seeds open them again and lock them once more.
const OPENED_AFTER: usize = 220;
/// Most people of one drain: small, so that units of work lie in each other's way.
const UNIT: u32 = 5;
/// Tasks that are under way at the same time.
const MOST_RUNNING: usize = 5;
/// A change that is kept waiting longer than this by one that is held goes on in the background.
const PATIENCE: Duration = Duration::from_millis(25);
/// Most drains until nothing may be left.
const MOST_DRAINS: usize = 2_000;

/// Why a seed failed.
pub type Breach = String;

/// What happened in a seed.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub changes: usize,
    pub refused: usize,
    pub drains: usize,
    pub crashes: usize,
    pub held: usize,
    pub restarts: usize,
    pub days: usize,
    /// Days that were locked.
    pub locked: usize,
    pub refusals: BTreeMap<&'static str, usize>,
}

/// A task that was started and not yet waited for.
struct Running {
    gate: Option<Arc<Gate>>,
    task: Task,
    writes: bool,
}

enum Task {
    Change(JoinHandle<Result<(), Failure>>, Change),
    Drain(JoinHandle<Result<Option<Drained>, Fault>>, usize, Arc<Reins>),
}

pub struct Play {
    pub kind: Kind,
    pub front: App,
    /// Has connections of its own: it never waits for a change that is held.
    ticker: App,
    pub workers: Vec<App>,
    pub staff: Vec<Employee>,
    pub notes: Arc<Notes>,
    pub tally: Tally,
    pub dice: Dice,
    pub clock: Clock,
    pub sabotage: Option<Sabotage>,
    /// What is locked.
    pub frozen: Frozen,
    /// A job is locking a period.
    pub locking: bool,
    url: String,
    running: Vec<Running>,
}

/// Plays a seed on a copy of the ground. `Err` says what is wrong.
pub async fn play(ground: &Ground, seed: u64, sabotage: Option<Sabotage>) -> Result<Tally, Breach> {
    let site = ground.copy().await;
    let kind = match ground {
        Ground::Sqlite { .. } => Kind::Sqlite,
        Ground::Postgres { .. } => Kind::Postgres,
    };
    let mut play = Play::begin(&site, kind, seed, sabotage).await;
    let done = play.run().await;
    let Play { front, ticker, workers, tally, running, .. } = play;
    for r in running {
        match r.task {
            Task::Change(t, _) => t.abort(),
            Task::Drain(t, ..) => t.abort(),
        }
    }
    front.db.close().await;
    ticker.db.close().await;
    for w in workers {
        w.db.close().await;
    }
    site.close().await;
    done.map(|()| tally)
}

impl Play {
    async fn begin(site: &Site, kind: Kind, seed: u64, sabotage: Option<Sabotage>) -> Self {
        let clock = Clock::stepped(company::begins());
        let front = ground::app(&site.url, &clock).await;
        let ticker = ground::app(&site.url, &clock).await;
        let mut workers = Vec::new();
        for _ in 0..WORKERS {
            workers.push(ground::app(&site.url, &clock).await);
        }
        let mut dice = Dice::new(seed);
        let (staff, taps) = company::settle_in(&front, &mut dice).await;
        let notes = Arc::new(Notes::default());
        taps.iter().for_each(|t| notes.accept(t.person, t.at, &t.device));
        Self {
            kind,
            front,
            ticker,
            workers,
            staff,
            notes,
            tally: Tally::default(),
            dice,
            clock,
            sabotage,
            frozen: Frozen::new(),
            locking: false,
            url: site.url.clone(),
            running: Vec::new(),
        }
    }

    async fn run(&mut self) -> Result<(), Breach> {
        self.quiet().await?;
        for n in 0..CHANGES {
            self.meanwhile(n).await?;
            let change = self.roll(n);
            self.change(change).await?;
            if RECKONINGS.contains(&n) {
                self.reckon().await?;
            }
            if n == LOCKED_AFTER {
                self.lock().await?;
            }
            if n == OPENED_AFTER && self.dice.chance(25) {
                self.unlock().await?;
                self.lock().await?;
            }
        }
        while self.tally.crashes < CRASHES {
            let change = self.roll(CHANGES + self.tally.crashes);
            self.change(change).await?;
            let step = *self.dice_step();
            self.drain(Some(step)).await?;
        }
        self.reckon().await
    }

    pub fn roll(&mut self, n: usize) -> Change {
        roll(&mut self.dice, &self.staff, self.clock.now(), n)
    }

    fn dice_step(&mut self) -> &'static Step {
        self.dice.pick(&Step::DRAIN)
    }

    /// Something else than the next change.
    async fn meanwhile(&mut self, n: usize) -> Result<(), Breach> {
        match self.dice.between(1, 100) {
            1..=12 => self.drain(None).await,
            13..=22 => self.hold_drain().await,
            23..=25 => {
                let step = *self.dice_step();
                self.drain(Some(step)).await
            }
            26..=33 => {
                let change = self.roll(10_000 + n);
                self.hold_change(change).await
            }
            34..=42 => self.time_passes().await,
            43..=44 => self.restart().await,
            45..=60 => self.release().await,
            61..=63 if self.kind == Kind::Postgres => self.storm(n).await,
            _ => Ok(()),
        }
    }

    /// On SQLite a change that is held has the only writer.
    fn writer_is_held(&self) -> bool {
        self.kind == Kind::Sqlite && self.running.iter().any(|r| r.writes)
    }

    fn free_worker(&mut self) -> Option<usize> {
        let busy: Vec<usize> = self
            .running
            .iter()
            .filter_map(|r| match &r.task {
                Task::Drain(_, k, _) => Some(*k),
                Task::Change(..) => None,
            })
            .collect();
        let free: Vec<usize> = (0..WORKERS).filter(|k| !busy.contains(k)).collect();
        if free.is_empty() { None } else { Some(*self.dice.pick(&free)) }
    }

    /// Makes a change through its verb; now and then it crashes before or after its marks.
    pub async fn change(&mut self, change: Change) -> Result<(), Breach> {
        if self.writer_is_held() || self.running.len() >= MOST_RUNNING {
            self.release().await?;
        }
        let reins = if self.dice.chance(4) {
            let steps: &[Step] = if self.dice.chance(30) { &BEFORE_MARKS } else { &MARKED };
            Reins::crashing(self.sabotage, UNIT, steps)
        } else {
            Reins::free(self.sabotage, UNIT)
        };
        let mut task = self.start_change(change.clone(), reins);
        if self.running.is_empty() {
            return self.changed(change, task.await).await;
        }
        match tokio::time::timeout(PATIENCE, &mut task).await {
            Ok(done) => self.changed(change, done).await,
            Err(_) => {
                let task = Task::Change(task, change);
                self.running.push(Running { gate: None, task, writes: true });
                Ok(())
            }
        }
    }

    pub fn start_change(
        &self,
        change: Change,
        reins: Arc<Reins>,
    ) -> JoinHandle<Result<(), Failure>> {
        let (app, notes) = (self.front.clone(), self.notes.clone());
        tokio::spawn(with_hooks(reins, async move { retry(|| apply(&app, &change, &notes)).await }))
    }

    pub async fn changed(
        &mut self,
        change: Change,
        done: Result<Result<(), Failure>, tokio::task::JoinError>,
    ) -> Result<(), Breach> {
        match done {
            Ok(Ok(())) => self.tally.changes += 1,
            Ok(Err(Failure::Refused(r))) => {
                self.tally.refused += 1;
                *self.tally.refusals.entry(r.code()).or_default() += 1;
            }
            Ok(Err(Failure::Fault(f))) if is_crash(&f.to_string()) => {
                self.tally.crashes += 1;
                if matches!(change, Change::Enter { .. }) {
                    // The client does not know what became of it and sends it again.
                    let free = Reins::free(self.sabotage, UNIT);
                    let again = self.start_change(change.clone(), free).await;
                    if let Ok(Err(Failure::Fault(f))) = again {
                        return Err(format!("{change:?} sent again: {f}"));
                    }
                }
            }
            Ok(Err(Failure::Fault(f))) => return Err(format!("{change:?}: {f}")),
            Err(e) => return Err(format!("{change:?}: {e}")),
        }
        Ok(())
    }

    /// Begins a change and holds its transaction open.
    async fn hold_change(&mut self, change: Change) -> Result<(), Breach> {
        if self.writer_is_held() || self.running.len() >= MOST_RUNNING {
            self.release().await?;
        }
        let steps: &[Step] = if self.dice.chance(20) { &BEFORE_MARKS } else { &MARKED };
        let (reins, gate) = Reins::held(self.sabotage, UNIT, steps);
        let mut task = self.start_change(change.clone(), reins);
        tokio::select! {
            () = gate.reached() => {}
            done = &mut task => return self.changed(change, done).await,
            () = tokio::time::sleep(PATIENCE), if !self.running.is_empty() => {}
        }
        self.tally.held += 1;
        let task = Task::Change(task, change);
        self.running.push(Running { gate: Some(gate), task, writes: true });
        Ok(())
    }

    fn start_drain(
        &self,
        worker: usize,
        reins: &Arc<Reins>,
    ) -> JoinHandle<Result<Option<Drained>, Fault>> {
        let app = self.workers[worker].clone();
        tokio::spawn(with_hooks(reins.clone(), async move { precompute::drain(&app).await }))
    }

    /// One drain, which may crash at a step.
    async fn drain(&mut self, crash: Option<Step>) -> Result<(), Breach> {
        if self.writer_is_held() {
            self.release().await?;
        }
        let Some(worker) = self.free_worker() else { return Ok(()) };
        let reins = match crash {
            Some(step) => Reins::crashing(self.sabotage, UNIT, &[step]),
            None => Reins::free(self.sabotage, UNIT),
        };
        let mut task = self.start_drain(worker, &reins);
        if self.running.is_empty() {
            let done = task.await;
            return self.drained(worker, &reins, done).await;
        }
        match tokio::time::timeout(PATIENCE * 4, &mut task).await {
            Ok(done) => self.drained(worker, &reins, done).await,
            Err(_) => {
                let task = Task::Drain(task, worker, reins);
                self.running.push(Running { gate: None, task, writes: true });
                Ok(())
            }
        }
    }

    async fn drained(
        &mut self,
        worker: usize,
        reins: &Reins,
        done: Result<Result<Option<Drained>, Fault>, tokio::task::JoinError>,
    ) -> Result<(), Breach> {
        self.tally.drains += 1;
        // A drain that finds its period locked meanwhile evaluates once more.
        if reins.evaluated_again() && !self.locking {
            return Err("a drain evaluated what another one was settling".to_owned());
        }
        match done {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(f)) if is_crash(&f.to_string()) => {
                self.tally.crashes += 1;
                self.replace(worker).await;
                Ok(())
            }
            Ok(Err(f)) => Err(format!("a drain failed: {f}")),
            Err(e) => Err(format!("a drain ended: {e}")),
        }
    }

    /// A dead or restarted worker: another process on the same database.
    async fn replace(&mut self, worker: usize) {
        let new = ground::app(&self.url, &self.clock).await;
        let old = std::mem::replace(&mut self.workers[worker], new);
        old.db.close().await;
    }

    async fn restart(&mut self) -> Result<(), Breach> {
        if let Some(worker) = self.free_worker() {
            self.replace(worker).await;
            self.tally.restarts += 1;
        }
        Ok(())
    }

    /// Begins a drain and holds it at a step. On SQLite only while it reads: later it has the only writer.
    async fn hold_drain(&mut self) -> Result<(), Breach> {
        if self.running.len() >= MOST_RUNNING {
            self.release().await?;
        }
        let Some(worker) = self.free_worker() else { return Ok(()) };
        let steps = match self.kind {
            Kind::Sqlite => &Step::DRAIN[..5],
            Kind::Postgres => &Step::DRAIN[..],
        };
        let step =
            if self.writer_is_held() { Step::DrainEvaluated } else { *self.dice.pick(steps) };
        let (reins, gate) = Reins::held(self.sabotage, UNIT, &[step]);
        let mut task = self.start_drain(worker, &reins);
        tokio::select! {
            () = gate.reached() => {}
            done = &mut task => return self.drained(worker, &reins, done).await,
            () = tokio::time::sleep(PATIENCE), if self.kind == Kind::Postgres => {}
        }
        self.tally.held += 1;
        let task = Task::Drain(task, worker, reins);
        self.running.push(Running { gate: Some(gate), task, writes: false });
        Ok(())
    }

    /// Lets everything that is held go on, in the order of chance, and waits for it.
    pub async fn release(&mut self) -> Result<(), Breach> {
        let mut held = std::mem::take(&mut self.running);
        if self.kind == Kind::Sqlite {
            // The writer first: what is held while it reads will want to write.
            held.sort_by_key(|r| !r.writes);
        } else if self.dice.chance(50) {
            held.reverse();
        }
        for r in &held {
            if let Some(gate) = &r.gate {
                gate.open();
            }
            tokio::task::yield_now().await;
        }
        for r in held {
            match r.task {
                Task::Change(task, change) => {
                    let done = task.await;
                    self.changed(change, done).await?;
                }
                Task::Drain(task, worker, reins) => {
                    let done = task.await;
                    self.drained(worker, &reins, done).await?;
                }
            }
        }
        Ok(())
    }

    /// Some hours pass; days, windows and zones end.
    async fn time_passes(&mut self) -> Result<(), Breach> {
        if self.writer_is_held() {
            self.release().await?;
        }
        let minutes = self.dice.between(40, 600);
        self.clock.step_seconds(minutes * 60 + self.dice.between(0, 59));
        self.tick().await.map(|_| ())
    }

    async fn tick(&mut self) -> Result<u64, Breach> {
        let reins = Reins::free(self.sabotage, UNIT);
        let ticked = with_hooks(reins, precompute::tick(&self.ticker)).await;
        ticked.map_err(|f| format!("the clock failed: {f}"))
    }

    /// Workers drain at once while changes come in.
    async fn storm(&mut self, n: usize) -> Result<(), Breach> {
        self.release().await?;
        let mut drains = Vec::new();
        let mut changes = Vec::new();
        for i in 0..6 {
            let change = self.roll(20_000 + n * 10 + i);
            let free = Reins::free(self.sabotage, UNIT);
            changes.push((change.clone(), self.start_change(change, free)));
            if i < WORKERS {
                let reins = Reins::free(self.sabotage, UNIT);
                drains.push((i, self.start_drain(i, &reins), reins));
            }
        }
        for (change, task) in changes {
            let done = task.await;
            self.changed(change, done).await?;
        }
        for (worker, task, reins) in drains {
            let done = task.await;
            self.drained(worker, &reins, done).await?;
        }
        Ok(())
    }

    /// Works off everything there is.
    pub async fn quiet(&mut self) -> Result<(), Breach> {
        self.release().await?;
        for _ in 0..6 {
            let ticked = self.tick().await?;
            let mut drains = 0;
            let mut idle = 0;
            while idle < WORKERS {
                let worker = drains % WORKERS;
                let reins = Reins::free(self.sabotage, UNIT);
                let done = self.start_drain(worker, &reins).await;
                let nothing = matches!(done, Ok(Ok(None)));
                self.drained(worker, &reins, done).await?;
                idle = if nothing { idle + 1 } else { 0 };
                drains += 1;
                if drains > MOST_DRAINS {
                    return Err("drains come to no end".to_owned());
                }
            }
            if ticked == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Everything is drained and compared with a computation from the facts.
    async fn reckon(&mut self) -> Result<(), Breach> {
        self.release().await?;
        self.tick().await?;
        let spots = oracle::spots(self).await?;
        self.quiet().await?;
        self.tally.days = oracle::check(self, spots).await?;
        Ok(())
    }
}
