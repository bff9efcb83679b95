//! The words every other crate speaks: typed ids, dates, wall times, instants, zones.
//!
//! Nothing here does I/O or reads a clock. Time is integers: dates are days, wall times are seconds,
//! instants are milliseconds. Features `orm` and `openapi` add the derives of those libraries.

mod date;
mod employment;
mod ids;
mod instant;
mod wall;
mod zone;

#[cfg(feature = "openapi")]
mod openapi;
#[cfg(feature = "orm")]
mod orm;

pub use date::{DateError, DateSpan, LocalDate};
pub use employment::{EmploymentKind, UnknownEmploymentKind};
pub use ids::*;
pub use instant::{Instant, InstantError};
pub use wall::{WallError, WallTime};
pub use zone::{Zone, ZoneError};
