//! Dirty marks: "these dates of this person must be computed again". Knows people and dates,
//! nothing else.
//!
//! **Owns** marks and their batches. Marks are inserted and deleted, never updated, so that a punch
//! never waits for a bulk change. Nothing compares mark ids by order: they commit out of order.
//!
//! **Promises** that nobody is forgotten: [`mark_concerned`] takes a lock that every [`mark`]
//! shares, so it sees every concurrent change of who is concerned (on SQLite the single writer
//! gives the same). Punches and the clock use [`mark_own`], without the lock: no selector reads
//! punches.
//!
//! **Moves**: `mark`, `mark_own`, `mark_concerned`, `take`, `forget`, `pending`, `batch_progress`.

mod concerned;
mod lane;
mod mark;
mod queue;

pub use concerned::{Concern, Object, Select, mark_concerned, register};
pub use lane::lane;
pub use mark::{Cause, Lane, Mark, mark, mark_own, shard_of};
pub use queue::{
    Pending, Progress, Taken, batch_progress, busy_shards, forget, is_empty, is_pending, pending,
    take,
};
