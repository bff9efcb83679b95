//! Rebuild (重算核对): everything derived is computed again from the facts and compared with what is stored, column by
//! column, so that a wrong number is found whatever its hash says.
//!
//! Days that changes wait for are *pending*, not different. A result that is not final is compared as of the moment it
//! was computed. Of locked dates the frozen results are compared with what their archives give; they are reported and
//! never written. Repairing marks what differs and lets a drain write it.

mod check;
pub(super) mod cli;
mod expect;
mod repair;
mod sample;
mod stored;

pub use check::{Checked, Found, What, check_people};
pub use sample::{Sampled, check_sample};

/// Most people of a chunk.
pub const CHUNK_PEOPLE: i32 = 500;
/// Most employee-days of a chunk.
pub const CHUNK_DAYS: i32 = 16_000;
/// Most differences that are listed; all are counted.
pub const MAX_LISTED: usize = 10_000;

/// How many people make a chunk over so many dates.
pub fn chunk_size(days: i32) -> usize {
    usize::try_from((CHUNK_DAYS / days.max(1)).clamp(1, CHUNK_PEOPLE)).unwrap_or(1)
}
