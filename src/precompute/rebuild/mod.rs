//! Rebuild (重算核对): everything derived is computed again from the facts and compared with what is stored, column by
//! column, so that a wrong number is found whatever its hash says.
//!
//! Days that changes wait for are *pending*, not different. A result that is not final is compared as of the moment it
//! was computed. Locked dates are compared with what their archives give, and their adjustments with what today's facts
//! give; the dates themselves are never written. Repairing
//! marks what differs and lets a drain write it.

mod check;
pub(super) mod cli;
mod expect;
mod locked;
mod repair;
mod sample;
mod stored;

pub use check::{Checked, Found, What, check_people};
pub use sample::{Sampled, check_sample};

/// Most differences that are listed; all are counted.
pub const MAX_LISTED: usize = 10_000;
