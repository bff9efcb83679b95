//! Persons and the organisation, as of any date (domain 2 to 4).
//!
//! **Owns** `org_unit`, `org_closure`, `person`, `person_org`, `person_freeze`.
//!
//! **Promises**
//! - The department of a date is the entry of the timeline with the greatest `valid_from` not after
//!   it.
//! - `org_closure` holds every pair of a unit and what lies below it, with the dates on which it
//!   holds.
//! - Freezes of one person never overlap; both ends are included.
//! - A person lies within a scope by his department on the date of the row, not by today's.
//! - Every write marks the days it can change, in its own transaction: a transfer from its date on,
//!   service two days wider, because punches of neighbouring dates can belong to it.
//!
//! **Verbs** [`add_org_unit`], [`update_org_unit`], [`add_person`], [`update_person`],
//! [`end_employment`], [`put_persons`], [`transfer`], [`freeze`], [`unfreeze`]. **Moves**
//! [`put_org_units`], [`put_people`].

mod add_org_unit;
mod add_person;
pub mod api;
mod end_employment;
mod freeze;
mod lookup;
mod marks;
mod org_index;
mod put_people;
mod put_persons;
mod read;
mod refusal;
mod roster_teams;
mod store;
mod transfer;
mod update_org_unit;
mod update_person;
mod view;
mod within;

pub use add_org_unit::{NewOrgUnit, OrgKind, add_org_unit, put_org_units};
pub use add_person::{NewPerson, add_person};
pub use end_employment::{Leaving, end_employment};
pub use freeze::{Frozen, Thawed, freeze, unfreeze};
pub use lookup::{by_loose_number, by_number, orgs_visible_at, visible, visible_at, zones};
pub use org_index::{OrgIndex, org_index};
pub use put_people::{PersonRow, Put, PutAt, put_people};
pub use put_persons::{PersonInput, put_persons};
pub use read::{
    FreezeRow, OrgEntry, OrgFilter, OrgRow, PersonFilter, PersonState, PersonView, freezes,
    org_timeline, org_unit, org_units, person, persons,
};
pub use refusal::PeopleRefusal;
pub use roster_teams::{
    RosterTeam, TeamChoice, TeamSpan, frozen_at, roster_teams, service_dates, team_members,
};
pub use transfer::{NewTransfer, transfer};
pub use update_org_unit::{OrgChange, update_org_unit};
pub use update_person::{PersonChange, update_person};
pub use within::{org_within, within, within_span};
