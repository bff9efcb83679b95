//! Closing of attendance periods (考勤周期关账, domain 9): OPEN → CLOSING → LOCKED.
//!
//! While a period closes its results still follow the facts; people confirm their statements. Locking archives what the
//! results were computed from, person by person, and flips the state last, when nothing waits any more. A drain that
//! settles somebody in a period that is not locked removes his archive, so that an archive always stands for the results
//! beside it. Nothing locked is edited: late facts become adjustments (`adjust.rs`).

mod archive;
mod change;
mod checks;
mod facts;
mod lock;
mod refusal;
mod replay;
mod statement;

pub use archive::forget_archives;
pub use change::{NewReopening, begin_closing, plan_lock, reopen};
pub use checks::{Checks, Obstacle, checks};
pub use lock::{JOB, work_lock};
pub use refusal::ClosingRefusal;
pub use replay::{Replay, replays};
pub use statement::{
    AdjustmentFilter, AdjustmentRow, Answer, Statement, StatementFilter, adjustments,
    answer_statement, own_statements, send_statements, statements,
};
