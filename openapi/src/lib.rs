//! The contract: request and response types of the API, one file per room, and what all share.
//!
//! Suffixes: `View` is answered, `Create` and `Patch` are sent, `Query` are parameters. The laws of the
//! API are in README.md beside this crate's manifest. Nothing here knows a room or the database.

pub mod alerts;
pub mod audit;
pub mod batches;
pub mod calendars;
pub mod demand;
pub mod dimensions;
mod direct;
pub mod drafts;
pub mod employee_files;
pub mod employment;
mod examples;
pub mod exports;
mod file;
pub mod grid;
pub mod identity;
pub mod jobs;
pub mod masters;
pub mod notices;
pub mod org;
pub mod org_defaults;
mod page;
pub mod people;
pub mod period_sets;
pub mod periods;
mod problem;
pub mod punches;
pub mod requests;
pub mod results;
pub mod rights;
pub mod roster_checks;
pub mod rosters;
pub mod rules;
pub mod shifts;
pub mod swaps;
mod tags;
pub mod templates;
pub mod users;
pub mod what_if;

pub use direct::Direct;
pub use file::{BlobAnswer, FileAnswer, FileFormat};
pub use page::{Freshness, Item, MAX_LIMIT, Outcome, OutcomeKind, Page};
pub use problem::{FieldProblem, Problem, ProblemBody};
pub use tags::Tag;
