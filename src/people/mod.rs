//! Persons and the organisation, as of any date (domain 2 to 4).
//!
//! **Owns** `org_unit`, `org_closure`, `person`, `person_org`, `person_position`, `person_kind`, `person_freeze`,
//! `person_gap`, `person_probation`, `employment_event`.
//!
//! **Promises**
//! - The department of a date is the entry of the timeline with the greatest `valid_from` not after
//!   it.
//! - `org_closure` holds every pair of a unit and what lies below it, with the dates on which it
//!   holds.
//! - The timelines of a person and his service are what his events make of them; of several events on one date the
//!   last wins. Nobody writes them but a [`Ledger`] and, for new people, [`put_people`].
//! - Freezes of one person never overlap; both ends are included.
//! - A person lies within a scope by his department on the date of the row, not by today's.
//! - Every write marks the days it can change, in its own transaction: a transfer from its date on,
//!   service two days wider, because punches of neighbouring dates can belong to it.
//!
//! **Verbs** [`add_org_unit`], [`update_org_unit`], [`add_person`], [`update_person`],
//! [`put_persons`]. **Moves** [`put_org_units`], [`put_people`], [`Ledger`]. What other rooms do when an event takes
//! effect is registered with [`register`].

mod add_org_unit;
mod add_person;
pub mod api;
mod event;
mod event_check;
mod event_close;
mod event_read;
mod event_store;
mod follow;
mod ledger;
mod life;
mod lookup;
mod marks;
mod org_index;
mod posts;
mod put_people;
mod put_persons;
mod read;
mod refusal;
mod roster_teams;
mod store;
mod update_org_unit;
mod update_person;
mod view;

pub use crate::identity::{dimension_of, dimension_of_org, org_within, within, within_span};
pub use add_org_unit::{NewOrgUnit, OrgKind, add_org_unit, put_org_units};
pub use add_person::{NewPerson, add_person};
pub use event::{Event, EventContent, EventKind, EventState, NewEvent, Undone};
pub use event_check::MAX_REASON;
pub use event_read::{
    Career, Contract, EventFilter, EventRow, KindEntry, PositionEntry, career, events,
    kind_timeline, position_timeline,
};
pub use follow::{Departure, Follow, Followed, SchemeEdit, register};
pub use ledger::Ledger;
pub use life::{Gap, Life};
pub use lookup::{by_loose_number, by_number, orgs_visible_at, visible, visible_at, zones};
pub use org_index::{OrgIndex, org_index};
pub use posts::{Place, PositionInUse, Post, position_codes, posts_at, seen_at};
pub use put_people::{PersonRow, Put, PutAt, put_people};
pub use put_persons::{PersonInput, put_persons};
pub use read::{
    FreezeRow, OrgEntry, OrgFilter, OrgRow, PersonFilter, PersonState, PersonView, freezes,
    org_timeline, org_unit, org_units, person, persons,
};
pub use refusal::PeopleRefusal;
pub use roster_teams::{RosterTeam, TeamChoice, TeamSpan, roster_teams, team_members};
pub use update_org_unit::{OrgChange, update_org_unit};
pub use update_person::{PersonChange, update_person};
pub use view::person as person_view;
