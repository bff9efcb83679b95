//! Alerts (预警): what somebody has to look at, and the nightly sample that looks by itself.
//!
//! **Owns** `alert`, `nightly_sample`.
//!
//! **Promises**
//! - One thing has one alert until it is resolved; raising it again changes nothing.
//! - Every night between 02:00 and 05:00 of the installation's zone 1 % of the people are recomputed from the facts and
//!   compared, once per date however many processes there are; any difference raises an alert.
//! - Somebody who punches on a date after he had left is told once per date.
//!
//! - With the sample all rosters are checked; new serious findings raise an alert.
//!
//! **Verbs** [`acknowledge`], [`resolve`], [`nightly`], [`watch_leavers`]. **Moves** [`raise`]. Workers: [`run_nightly`].

pub mod api;
mod handle;
mod leavers;
mod nightly;
mod read;
mod refusal;
mod rosters;
mod store;

pub use handle::{acknowledge, resolve};
pub use leavers::watch_leavers;
pub use nightly::{NIGHTLY_JOB, nightly, run_nightly, work_nightly};
pub use read::{AlertFilter, AlertRow, alert, alerts};
pub use refusal::AlertRefusal;
pub use rosters::work_roster_check;
pub use store::{NewAlert, Severity, raise};
