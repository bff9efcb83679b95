//! What-if (规则预演): what publishing drafts would change on past dates, without publishing them.
//!
//! A run is an asynchronous job. It takes people in chunks; each chunk is gathered once, in one snapshot, and
//! evaluated twice by the one evaluator: with what is published, and with the drafts beside it. Only differing dates
//! are kept. Results, rules and marks are never written.

pub(super) mod compare;
mod draft;
pub(super) mod export;
mod plan;
pub(super) mod read;
mod refusal;
mod remove;
mod store;
pub(super) mod view;
mod work;

pub use compare::{Content, Sums, Totals};
pub use draft::{CalendarDraft, WhatIfDrafts};
pub use plan::{NewWhatIf, plan_what_if};
pub use read::{DifferenceFilter, DifferenceRow, RunRow, Target, what_if_differences, what_if_run};
pub use refusal::WhatIfRefusal;
pub use remove::{expire_what_if_runs, remove_what_if, work_removal};
pub use work::work_what_if;

/// Kind of the job that computes a run.
pub const JOB: &str = "what_if";
/// Kind of the job that deletes a run.
pub const REMOVAL: &str = "what_if_removal";

/// Most dates of a run.
pub const MAX_DAYS: i32 = 366;
/// Most people that may be named one by one.
pub const MAX_PEOPLE: usize = 1_000;
/// Most drafts of a run.
pub const MAX_DRAFTS: usize = 20;
/// Most runs of one user that have not ended.
pub const MAX_OPEN: i64 = 5;
/// Most differing dates that are kept of a run; the totals hold all.
pub const MAX_ROWS: i64 = 2_000_000;
/// How long a run is kept.
pub const KEEP_DAYS: i64 = 14;
