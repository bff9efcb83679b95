//! Dirty marks: "these dates of this person must be computed again". Knows people and dates,
//! nothing else.
//!
//! **Owns** marks, their batches and the shards they are claimed by. Marks are inserted and deleted, never
//! updated, so that a punch never waits for a bulk change. Nothing compares mark ids by order: they
//! commit out of order.
//!
//! **Promises** that nobody is forgotten: [`mark_concerned`] takes a lock that every [`mark`]
//! shares, so it sees every concurrent change of who is concerned (on SQLite the single writer
//! gives the same). Punches and the clock use [`mark_own`], without the lock: no selector reads
//! punches. A batch can be paused and moved to another lane, never cancelled: its marks follow its row.
//! Claiming costs the same however many marks there are.
//!
//! **Moves**: `mark`, `mark_own`, `mark_selected`, `mark_concerned`, `hold_marks`, `claim`, `look`, `pass`, `take`, `forget`, `pending`,
//! `set_state`, `set_lane`, `watch_batches`.

mod batch;
mod claim;
mod concerned;
mod lane;
mod mark;
mod queue;

pub use batch::{
    Batch, BatchFilter, BatchState, batch, batches, need_watching, set_lane, set_state,
    watch_batches,
};
pub use claim::{Claim, Taken, claim, claim_sql, is_waiting, look, pass, take};
pub use concerned::{
    Concern, Object, Select, mark_concerned, mark_concerned_in, mark_concerned_on, register,
};
pub use lane::lane;
pub use mark::{Cause, Lane, Mark, hold_marks, mark, mark_own, mark_selected, shard_of};
pub use queue::{Pending, analyze, forget, is_empty, pending, pending_since, waits_since};
