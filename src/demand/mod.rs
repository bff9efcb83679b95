//! Demand (用工需求): how many people a department needs when, how far its roster covers that, and who could help
//! (domain 11.4).
//!
//! **Owns** `demand_table`, `demand_line`.
//!
//! **Promises**
//! - The lines of a date replace all lines of its weekday.
//! - Lines of one day and position never overlap.
//! - A person covers a slot if he is planned to work, with pay, in all of it, and no approved leave touches it.
//! - A proposal says for everybody of the department why he is or is not proposed; it never writes.
//! - No computed result depends on demand: nothing here marks days.
//!
//! **Verbs** [`create_table`], [`update_table`], [`set_lines`].

pub mod api;
mod candidates;
mod coverage;
mod create_table;
mod read;
mod refusal;
mod set_lines;
mod store;
mod update_table;

pub use candidates::{Candidate, CandidateAsked, Candidates, Reason, candidates};
pub use coverage::{CoveredSlot, MAX_COVERAGE_DAYS, coverage, planned};
pub use create_table::{NewTable, create_table};
pub use read::{DemandLine, DemandTable, TableFilter, demand_lines, demand_table, demand_tables};
pub use refusal::DemandRefusal;
pub use set_lines::{MAX_LINES, set_lines};
pub use update_table::{TableChange, update_table};
