//! The pure heart of Kaoqin: facts of one person in, results of days and their explanation out.
//!
//! No I/O, no clock, no floats, no panics. The algorithm is one folder, [`day`], one file per step. The
//! public JSON format of single days is [`format`].

#![deny(clippy::float_arithmetic, clippy::as_conversions)]

pub mod answer;
#[cfg(feature = "bench")]
pub mod bench_support;
pub mod day;
pub mod format;
pub mod legality;
pub mod model;
pub mod period;
pub mod trace;

pub use answer::*;
pub use day::{Evaluator, Run, reach_of_plan, reach_of_punch};
pub use model::*;
pub use trace::{Lang, Measure, Trace};

/// Stored with every result; a new one makes all open periods dirty.
pub const ENGINE_VERSION: i32 = 1;
