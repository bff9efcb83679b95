//! Jobs (异步任务): work that takes longer than a request may, with progress, on any process.
//!
//! **Owns** `job`.
//!
//! **Promises**
//! - A job is written by [`enqueue`] in the transaction of what asks for it; its parameters say where to look,
//!   never what is so.
//! - One worker holds a job at a time. Every lease raises the turn, and a holder writes only in his own turn: who
//!   lost his lease or was cancelled can commit nothing more.
//! - `kill -9` loses nothing: an expired lease is taken up again. A handler writes its output and [`advance`] in
//!   one transaction, so that what is done twice is never stored twice.
//! - Cancelling takes effect at the next transaction of the holder.
//!
//! **Verbs** [`cancel`]; workers: [`run`], [`work_off`]. **Moves** [`enqueue`], [`advance`], [`stop`].

pub mod api;
mod cancel;
mod read;
mod refusal;
mod run;
mod store;

pub use cancel::{cancel, stop};
pub use read::{JobFilter, JobRow, job, jobs};
pub use refusal::JobRefusal;
pub use run::{Handler, Held, advance, run, work_off};
pub use store::{LEASE_SECONDS, enqueue, forget_old};
