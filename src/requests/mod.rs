//! Approved requests (leave, trips, overtime forms) as facts for the evaluation (domain 12). The
//! flow that approves them comes later and will write through the same move.
//!
//! **Owns** `approved_request`.
//!
//! **Promises**
//! - A request is never changed, only revoked.
//! - Its type is in effect on its first date, and only overtime has an attendance date and breaks.
//! - The same form is stored once: person, type, start and end of a request in force are unique
//!   among what this room writes.
//! - Every write marks the dates it touches, in its own transaction.
//!
//! **Verbs** [`record_approved`], [`revoke`], [`record_swap`], [`cancel_swap`]. **Moves** [`record`].

pub mod api;
mod api_swaps;
mod check;
mod read;
mod record_approved;
mod refusal;
mod revoke;
mod store;
mod swap;
mod swap_refusal;
mod withdraw;

pub use api_swaps::SwapsApi;
pub use read::{RequestFilter, RequestRow, request, requests};
pub use record_approved::{ApprovedRow, NewApproved, Recorded, record, record_approved};
pub use refusal::RequestRefusal;
pub use revoke::revoke;
pub use swap::{LockedDates, NewSwap, SwapOf, cancel_swap, record_swap};
pub use swap_refusal::SwapRefusal;
pub use withdraw::{restore_requests, withdraw_requests};
