//! Life cycle (职业周期): what happens to people who are there, and what follows from it in other rooms.
//!
//! **Owns** `employment_reminder`. The events themselves belong to `people`; this room enters, decides and takes them
//! back, and knows rules, rosters, requests and locked periods.
//!
//! **Promises**
//! - "Before" is read from the timelines on the day before, never typed.
//! - An event that nothing followed and that reaches no locked period is removed; another one is reversed by an event
//!   of its own. Either way the timelines are as if it had never been.
//! - Leaving withdraws roster cells and approved requests of later dates; they come back if the leaving is taken back.
//! - Kinds that the setting names wait for a decision of somebody else than their author.
//! - Each step before the end of a probation, a contract or a freeze is said once.
//!
//! **Verbs** [`enter_event`], [`enter_events`], [`transfer`], [`freeze`], [`unfreeze`], [`end_employment`],
//! [`remove_event`], [`decide_event`], [`set_approval`], [`remind`]. Workers: [`run_reminders`].

mod api;
mod approval;
mod decide;
mod enter;
mod follow;
mod form;
mod plan;
mod refusal;
mod remind;
mod remove;
mod view;
mod wrap;

pub use api::EmploymentApi;
pub use approval::{approval, set_approval};
pub use decide::{Decision, decide_event};
pub use enter::{EventInput, enter_event, enter_events};
pub use follow::follow;
pub use form::{TransferColumn, TransferForm, transfer_form};
pub use refusal::EmploymentRefusal;
pub use remind::{
    REMINDER_STEPS, ReminderFilter, ReminderKind, ReminderRow, remind, reminders, run_reminders,
};
pub use remove::{Removal, remove_event};
pub use wrap::{Frozen, Leaving, NewTransfer, Thawed, end_employment, freeze, transfer, unfreeze};
