//! Precompute (预计算): marks become correct, explained results before anybody asks.
//!
//! **Owns** `day_result`, `day_exception`, `period_summary`, `clock_mark`, `node_pulse`, `what_if_run`,
//! `what_if_day`, `adjustment`, `period_archive`, `period_book`, `period_statement`; the only writer of results.
//!
//! **Promises**
//! - A drain deletes exactly the marks it read, in the transaction that writes what they asked for: a crash
//!   loses nothing, a change that comes meanwhile has a mark of its own.
//! - One person is never evaluated twice at once. The number of statements of a drain does not depend on
//!   its size. A result that stays the same is not written.
//! - What is stored can be rebuilt from the facts; what is explained reproduces what is stored.
//! - There is one evaluator: drains, reads on the spot, explanations and printed cases all go through
//!   `evaluate.rs` into the engine.
//!
//! **Verbs** [`drain`], [`drain_all`], [`tick`], [`adopt_engine`], [`explain`], [`change_batch`], [`plan_what_if`],
//! [`remove_what_if`], [`rebuild`], [`begin_closing`], [`plan_lock`], [`reopen`], [`send_statements`], [`answer_statement`]. Workers: [`run`], [`run_clock`], [`run_pulse`].

mod adjust;
pub mod api;
mod api_batches;
mod api_periods;
mod api_what_if;
mod batches;
mod case;
mod clock;
mod closing;
mod compute;
mod concern;
mod detail;
mod drain;
mod evaluate;
mod gather;
mod leavers;
mod locked;
mod pace;
mod point;
mod provisional;
mod pulse;
mod read;
mod rebuild;
mod recut;
mod refusal;
mod row;
mod settle;
mod summary;
mod view;
mod what_if;
mod worker;

pub use api_batches::BatchesApi;
pub use api_periods::PeriodsApi;
pub use api_what_if::WhatIfApi;
pub use batches::{BatchChange, change_batch};
pub use case::case_lines;
pub use clock::{adopt_engine, tick, tick_within};
pub use closing::{
    AdjustmentFilter, AdjustmentRow, Answer, Checks, ClosingRefusal, JOB as LOCK_JOB, NewReopening,
    Obstacle, Statement, StatementFilter, adjustments, answer_statement, begin_closing, checks,
    own_statements, plan_lock, reopen, send_statements, statements, work_lock,
};
pub use concern::select;
pub use drain::{Drained, Limit, drain, drain_all, drain_within};
pub use leavers::{PunchedAfterLeaving, punched_after_leaving};
pub use locked::in_locked_period;
pub use locked::{is_locked_from, locked_places};
pub use point::{PersonDays, own_days, person_days};
pub use pulse::{Pulse, gauges, run_pulse, tend};
pub use read::{
    DAY_COLUMNS, Day, DayFilter, DayRow, ExceptionFilter, ExceptionRow, Explanation, Post,
    SummaryFilter, SummaryRow, days, exceptions, explain, explain_days, summaries,
};
pub use rebuild::cli::{RebuildArgs, Rebuilt, rebuild};
pub use rebuild::{Checked, Found, Sampled, What, check_people, check_sample};
pub use refusal::ResultRefusal;
pub use row::NUMBERS;
pub use what_if::{
    CalendarDraft, Content, DifferenceFilter, DifferenceRow, JOB as WHAT_IF_JOB, NewWhatIf,
    REMOVAL as WHAT_IF_REMOVAL, RunRow, Sums, Target, Totals, WhatIfDrafts, WhatIfRefusal,
    expire_what_if_runs, plan_what_if, remove_what_if, what_if_differences, what_if_run,
    work_removal, work_what_if,
};
pub use worker::{run, run_clock};
