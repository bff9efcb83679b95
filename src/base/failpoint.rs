//! Named steps at which tests stop or break the program. Without the feature `failpoints`, and so in every build
//! that ships, all of it is nothing.

use super::Fault;

/// A step at which a test may wait, or crash as `kill -9` would: the transaction is rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A drain before it claims a shard or the file.
    DrainBegins,
    DrainClaimed,
    DrainTook,
    DrainGathered,
    DrainEvaluated,
    DrainSettled,
    DrainSummarised,
    DrainForgot,
    DrainCommits,
    /// Committed, nobody woken yet.
    DrainCommitted,
    /// A change before its marks, and before the lock they share.
    MarkBegins,
    /// A change with its marks, not committed yet.
    MarkWritten,
    /// The same of punches and the clock, which take no lock.
    OwnMarkWritten,
    /// The same of a change of something shared, which takes the lock alone.
    BulkMarkBegins,
    BulkMarkWritten,
    /// A lock with some people archived, not committed yet.
    Archived,
    /// A lock before its last commit.
    LockCommits,
}

impl Step {
    /// Steps of a drain in their order.
    pub const DRAIN: [Self; 10] = [
        Self::DrainBegins,
        Self::DrainClaimed,
        Self::DrainTook,
        Self::DrainGathered,
        Self::DrainEvaluated,
        Self::DrainSettled,
        Self::DrainSummarised,
        Self::DrainForgot,
        Self::DrainCommits,
        Self::DrainCommitted,
    ];
}

/// A fault built in on purpose, to prove that the simulator of the world finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sabotage {
    /// Changes of this cause leave no mark.
    SkipMark(&'static str),
    /// A drain deletes everything up to the greatest mark it read.
    DeleteMarksByGreatestId,
    /// A change does not wait for a change of something shared, nor the other way round.
    MarkWithoutLock,
    /// Marks cover only the dates that were touched.
    IgnoreNeighbours,
    /// Only interactive marks are read.
    DrainOneLaneOnly,
    /// A shard is claimed by a lock alone.
    LeaseWithoutUpdate,
    /// A drain adds to the adjustments of a locked date instead of replacing them.
    PostLateLinesTwice,
    /// A drain takes locked dates for open ones.
    EditLocked,
    /// What was archived stays when the results beside it change.
    KeepArchives,
}

#[cfg(feature = "failpoints")]
mod on {
    use std::pin::Pin;
    use std::sync::Arc;

    use super::{Fault, Sabotage, Step};

    /// What a hook does at a step.
    pub type Stop = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>>;

    /// What a test does to the task that runs under it.
    pub trait Hooks: Send + Sync {
        fn at(&self, step: Step) -> Stop;

        /// The fault that is built in.
        fn sabotage(&self) -> Option<Sabotage> {
            None
        }

        /// Most people of one drain.
        fn people(&self) -> Option<u32> {
            None
        }
    }

    tokio::task_local! {
        static HOOKS: Arc<dyn Hooks>;
    }

    /// Runs `work` under `hooks`.
    pub async fn with_hooks<F: Future>(hooks: Arc<dyn Hooks>, work: F) -> F::Output {
        HOOKS.scope(hooks, work).await
    }

    pub async fn failpoint(step: Step) -> Result<(), Fault> {
        match HOOKS.try_with(|h| h.at(step)) {
            Ok(stop) => stop.await,
            Err(_) => Ok(()),
        }
    }

    pub fn sabotaged(by: Sabotage) -> bool {
        HOOKS.try_with(|h| h.sabotage() == Some(by)).unwrap_or_default()
    }

    pub fn at_most(people: u32) -> u32 {
        let most = HOOKS.try_with(|h| h.people()).ok().flatten();
        most.map_or(people, |most| most.min(people))
    }
}

#[cfg(feature = "failpoints")]
pub use on::{Hooks, Stop, at_most, failpoint, sabotaged, with_hooks};

/// Lets a test stop the task here.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub fn failpoint(_: Step) -> std::future::Ready<Result<(), Fault>> {
    std::future::ready(Ok(()))
}

/// Whether a test has built in this fault.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub const fn sabotaged(_: Sabotage) -> bool {
    false
}

/// The size of a drain, unless a test wants smaller ones.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub const fn at_most(people: u32) -> u32 {
    people
}
