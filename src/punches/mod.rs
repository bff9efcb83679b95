//! Punches: raw evidence of who was where when (domain 6).
//!
//! **Owns** `punch`, `punch_void`, `unassigned_punch`, `device_pin`.
//!
//! **Promises**
//! - A punch is never updated and never deleted; voiding is an act of its own, for a reason.
//! - The same record of the same source (person, second, source, device) is one punch, however often and
//!   in whatever order it comes.
//! - A record of an unknown person is kept; it becomes a punch when the person is known.
//! - Direction is optional evidence; double taps are kept (what counts is decided when days are computed).
//! - Every write marks the dates it can change, in its own transaction.
//!
//! **Verbs** [`record`], [`enter`], [`void`], [`assign`], [`set_pins`]. **Moves** [`insert`], [`receive`],
//! [`put_pins`], [`claim`]. **Pure** [`groups`].

pub mod api;
mod assign;
mod groups;
mod insert;
mod model;
mod pins;
mod read;
mod receive;
mod record;
mod refusal;
mod store;
mod void;

pub use assign::{Assigned, Assignment, assign};
pub use groups::{DEBOUNCE_MILLIS, Group, groups};
pub use insert::{Inserted, NewPunch, Urgency, insert};
pub use model::{Flag, Method, Source};
pub use pins::{Pin, PinChange, PinsSet, claim, put_pins, resolve, set_pins};
pub use read::{
    DevicePinRow, PinFilter, Place, PunchFilter, PunchRow, UnassignedFilter, UnassignedRow,
    device_pins, punch, punches, unassigned,
};
pub use receive::{Evidence, Received, receive};
pub use record::{Entered, Entry, EntryRefusal, Moment, Recorded, enter, record};
pub use refusal::PunchRefusal;
pub use void::void;
