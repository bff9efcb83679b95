//! A drain: marks → gather → evaluate → settle → delete exactly the marks that were read.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use vocabulary::{DateSpan, LocalDate, MarkId, PersonId};

use super::adjust::{Causes, adjust, hold_states, part};
use super::closing::forget_archives;
use super::compute::{Days, compute};
use super::gather::{Inputs, Wanted};
use super::recut::{reach_posted, recut};
use super::settle::{Settled, settle};
use super::summary::summarise;
use crate::base::failpoint::{Sabotage, Step, at_most, failpoint, sabotaged};
use crate::base::{App, Dialect, Fault, Isolation, Query, Tx};
use crate::dirty::{self, Claim, Lane, Taken};

/// Most people of one drain.
const MAX_PEOPLE: u32 = 400;
/// Most employee-days of one drain; at least one person is always taken.
pub const MAX_DAYS: i64 = 16_000;
/// How long to wait for a unit that somebody else has taken.
const OTHERS: Duration = Duration::from_millis(20);

/// What a drain may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The least urgent lane.
    pub last: Lane,
    /// Most employee-days of the mass lane.
    pub mass_days: i64,
}

impl Limit {
    /// Everything, in the largest units.
    pub const NONE: Self = Self { last: Lane::Mass, mass_days: MAX_DAYS };
}

/// What a drain did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// The lane of the people it took.
    pub lane: Option<Lane>,
    pub days: i64,
    pub marks: usize,
    pub people: usize,
    pub settled: Settled,
}

/// Works off one unit. `None` if there is nothing to do, or somebody else does it.
pub async fn drain(app: &App) -> Result<Option<Drained>, Fault> {
    drain_within(app, Limit::NONE).await
}

/// Works off one unit within a limit.
pub async fn drain_within(app: &App, limit: Limit) -> Result<Option<Drained>, Fault> {
    loop {
        let done = match app.db.dialect() {
            Dialect::Postgres => on_postgres(app, limit).await,
            Dialect::Sqlite => on_sqlite(app, limit).await,
        };
        match done {
            // Another drain of this shard committed after our snapshot: take a new one.
            Err(f) if f.is_serialization() => tokio::task::yield_now().await,
            other => return other,
        }
    }
}

/// Works until no mark is left but those of paused batches, waiting for what others have taken. For
/// commands and tests.
pub async fn drain_all(app: &App) -> Result<Drained, Fault> {
    let mut all = Drained::default();
    loop {
        let Some(d) = drain(app).await? else {
            if !dirty::is_waiting(app.db.read()).await? {
                break;
            }
            tokio::time::sleep(OTHERS).await;
            continue;
        };
        all.marks += d.marks;
        all.people += d.people;
        all.settled.written += d.settled.written;
        all.settled.deleted += d.settled.deleted;
        all.settled.unchanged += d.settled.unchanged;
    }
    Ok(all)
}

/// One REPEATABLE READ transaction that begins with its claim.
async fn on_postgres(app: &App, limit: Limit) -> Result<Option<Drained>, Fault> {
    let tx = app.db.begin_with(Isolation::RepeatableRead).await?;
    if sabotaged(Sabotage::LeaseWithoutUpdate) {
        // The snapshot is taken here, the lock when it is free.
        tx.run("SELECT 1", vec![]).await?;
    }
    failpoint(Step::DrainBegins).await?;
    let Some(claim) = dirty::claim(&tx, limit.last).await? else { return Ok(None) };
    failpoint(Step::DrainClaimed).await?;
    let taken = dirty::take(&tx, claim, at_most(MAX_PEOPLE)).await?;
    let Some(mut unit) = Unit::of(app, claim, limit, taken) else { return Ok(None) };
    failpoint(Step::DrainTook).await?;
    reach_posted(&tx, &unit.causes, &mut unit.wanted).await?;
    let now = app.clock.now();
    let (inputs, days) = compute(&tx, &unit.wanted, now).await?;
    failpoint(Step::DrainEvaluated).await?;
    let done = finish(app, &tx, &unit, &inputs, days).await?;
    failpoint(Step::DrainCommits).await?;
    tx.commit().await?;
    failpoint(Step::DrainCommitted).await?;
    Ok(Some(done))
}

/// Marks and inputs are read in one snapshot; settling takes the writer. One process drains a file.
async fn on_sqlite(app: &App, limit: Limit) -> Result<Option<Drained>, Fault> {
    failpoint(Step::DrainBegins).await?;
    let Some(_guard) = drain_lock(app)? else { return Ok(None) };
    failpoint(Step::DrainClaimed).await?;
    let snapshot = app.db.snapshot().await?;
    let Some(claim) = dirty::look(&snapshot, limit.last).await? else { return Ok(None) };
    let taken = dirty::take(&snapshot, claim, at_most(MAX_PEOPLE)).await?;
    let Some(mut unit) = Unit::of(app, claim, limit, taken) else { return Ok(None) };
    failpoint(Step::DrainTook).await?;
    reach_posted(&snapshot, &unit.causes, &mut unit.wanted).await?;
    let now = app.clock.now();
    let (inputs, days) = compute(&snapshot, &unit.wanted, now).await?;
    snapshot.rollback().await?;
    failpoint(Step::DrainEvaluated).await?;
    let tx = app.db.begin().await?;
    dirty::pass(&tx, claim.shard).await?;
    let done = finish(app, &tx, &unit, &inputs, days).await?;
    failpoint(Step::DrainCommits).await?;
    tx.commit().await?;
    failpoint(Step::DrainCommitted).await?;
    Ok(Some(done))
}

/// The lock beside the file; the kernel frees it when its holder dies.
fn drain_lock(app: &App) -> Result<Option<File>, Fault> {
    let url = app.config.database_url.as_str();
    let path = url.trim_start_matches("sqlite://").trim_start_matches("sqlite:");
    let path = path.split('?').next().unwrap_or(path);
    let file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(PathBuf::from(format!("{path}.drain")))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(e)) => Err(e.into()),
    }
}

/// The people of a drain with the joined spans of all their marks.
struct Unit {
    lane: Lane,
    wanted: Vec<Wanted>,
    marks: Vec<MarkId>,
    days: i64,
    causes: Causes,
}

impl Unit {
    fn of(app: &App, claim: Claim, limit: Limit, taken: Vec<Taken>) -> Option<Self> {
        let today = app.today();
        let most = if claim.lane == Lane::Mass { limit.mass_days } else { MAX_DAYS };
        let mut spans: BTreeMap<PersonId, (DateSpan, Vec<MarkId>)> = BTreeMap::new();
        let mut order = Vec::new();
        let mut causes = Causes::default();
        for t in taken {
            causes.add(&t);
            let entry = spans.entry(t.person).or_insert_with(|| {
                order.push(t.person);
                (t.span, Vec::new())
            });
            entry.0 = join(entry.0, t.span);
            entry.1.push(t.id);
        }
        let mut unit =
            Self { lane: claim.lane, wanted: Vec::new(), marks: Vec::new(), days: 0, causes };
        for person in order {
            let Some((span, marks)) = spans.remove(&person) else { continue };
            let to = span.to.unwrap_or(today).min(today.plus(1));
            let size = i64::from(to.days() - span.from.days()).clamp(1, MAX_DAYS);
            if !unit.wanted.is_empty() && unit.days + size > most {
                break;
            }
            unit.days += size;
            unit.wanted.push((person, span));
            unit.marks.extend(marks);
        }
        if unit.wanted.is_empty() { None } else { Some(unit) }
    }
}

fn join(a: DateSpan, b: DateSpan) -> DateSpan {
    DateSpan {
        from: a.from.min(b.from),
        to: match (a.to, b.to) {
            (Some(x), Some(y)) => Some(x.max(y)),
            _ => None::<LocalDate>,
        },
    }
}

async fn finish(
    app: &App,
    tx: &Tx,
    unit: &Unit,
    inputs: &Inputs,
    days: Vec<Days>,
) -> Result<Drained, Fault> {
    let parted = part(inputs, days);
    hold_states(tx, inputs, &parted).await?;
    forget_archives(tx, inputs, &parted.open).await?;
    let at = app.clock.now();
    let (settled, mut touched) = settle(tx, &parted.open, at).await?;
    touched.extend(adjust(tx, inputs, &parted, &unit.causes, at).await?);
    touched.extend(recut(tx, inputs, &unit.causes, app.today()).await?);
    failpoint(Step::DrainSettled).await?;
    summarise(tx, inputs, &parted.open, &touched).await?;
    failpoint(Step::DrainSummarised).await?;
    let forgotten = dirty::forget(tx, &unit.marks).await?;
    failpoint(Step::DrainForgot).await?;
    if forgotten != unit.marks.len() as u64 {
        return Err(Fault::text("marks vanished under a drain"));
    }
    metrics::counter!("kaoqin_results_written_total").increment(settled.written as u64);
    metrics::counter!("kaoqin_marks_worked_off_total").increment(forgotten);
    Ok(Drained {
        lane: Some(unit.lane),
        days: unit.days,
        marks: unit.marks.len(),
        people: unit.wanted.len(),
        settled,
    })
}
