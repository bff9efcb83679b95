//! Persons and the organisation, as of any date (domain 2 to 4).
//!
//! **Owns** `org_unit`, `org_version`, `org_closure`, `person`, `person_org`, `person_position`, `person_kind`,
//! `person_freeze`, `person_gap`, `person_probation`, `employment_event`, `position`, `dimension`, `dimension_value`,
//! `org_dimension`, `org_calendar`, `org_scheme`, `person_dimension`, `person_token`, `team`,
//! `team_member`.
//!
//! **Promises**
//! - The department of a date is the entry of the timeline with the greatest `valid_from` not after
//!   it.
//! - `org_closure` holds every pair of a unit and what lies below it, with the dates on which it
//!   holds and the steps between them; it follows from `org_version`. On no date a unit stands below
//!   itself or below a unit that does not exist then.
//! - A unit with people, open units below or changes after a date is not closed on it.
//! - A value of a dimension is inherited downward until a department or a person has its own.
//! - The timelines of a person and his service are what his events make of them; of several events on one date the
//!   last wins. Nobody writes them but a [`Ledger`] and, for new people, [`put_people`].
//! - Freezes of one person never overlap; both ends are included.
//! - A person lies within a scope by his department on the date of the row, not by today's.
//! - Every write marks the days it can change, in its own transaction: a transfer from its date on,
//!   service two days wider, because punches of neighbouring dates can belong to it.
//!
//! **Verbs** [`add_org_unit`], [`update_org_unit`], [`add_person`], [`update_person`],
//! [`put_persons`]. **Moves** [`put_org_units`], [`put_people`], [`Ledger`]. What other rooms do when an event takes
//! effect is registered with [`register`]. People are found by [`found_by`], whose tokens [`put_people`] keeps.

mod add_org_unit;
mod add_person;
pub mod api;
mod api_dimensions;
mod api_masters;
mod api_org;
mod assign_dimensions;
mod assign_teams;
mod close_org_unit;
mod copy_dimensions;
mod dimension_of;
mod dimension_values;
mod event;
mod event_check;
mod event_close;
mod event_read;
mod event_store;
mod follow;
mod ledger;
mod life;
mod line_entries;
mod line_read;
mod lineage;
mod lookup;
mod marks;
mod master;
mod master_read;
mod master_refusal;
mod master_store;
mod master_view;
mod move_org_unit;
mod org_book;
mod org_change;
mod org_defaults;
mod org_index;
mod org_read;
mod org_refusal;
mod org_store;
mod org_view;
mod posts;
mod put_masters;
mod put_people;
mod put_persons;
mod put_units;
mod put_values;
mod read;
mod refusal;
mod remove_org_event;
mod roster_teams;
mod store;
mod tokens;
mod update_master;
mod update_org_unit;
mod update_person;
mod update_value;
mod view;

pub use crate::identity::{dimension_of, dimension_of_org, org_within, within, within_span};
pub use add_org_unit::{NewOrgUnit, OrgDetails, OrgKind, add_org_unit, put_org_units};
pub use add_person::{NewPerson, add_person};
pub use api_dimensions::DimensionsApi;
pub use api_masters::MastersApi;
pub use api_org::OrgApi;
pub use assign_dimensions::{DimensionAssignment, assign_dimensions, put_dimension_entries};
pub use assign_teams::{TeamAssignment, assign_teams, put_team_members};
pub use close_org_unit::{OrgClosing, close_org_unit};
pub use copy_dimensions::copy_dimensions;
pub use dimension_of::dimensions_of;
pub use dimension_values::{
    ValueFilter, ValueRow, dimension_value, dimension_values, values_below, values_of,
};
pub use event::{Event, EventContent, EventKind, EventState, NewEvent, Undone};
pub use event_check::MAX_REASON;
pub use event_read::{
    Career, Contract, EventFilter, EventRow, KindEntry, PositionEntry, career, events,
    kind_timeline, position_timeline,
};
pub use follow::{Departure, Follow, Followed, SchemeEdit, register};
pub use ledger::Ledger;
pub use life::{Gap, Life};
pub use line_read::{
    DimensionEntry, DimensionEntryFilter, DimensionMember, DimensionMemberFilter, TeamEntry,
    TeamEntryFilter, dimension_entries, dimension_members, team_entries,
};
pub use lineage::{Above, Lineage, lineage};
pub use lookup::{
    by_loose_number, by_number, employments, numbers, orgs_visible_at, visible, visible_at, zones,
};
pub use master::{Master, MasterInput};
pub use master_read::{MasterFilter, MasterRow, all_masters, master, masters};
pub use master_refusal::MasterRefusal;
pub use move_org_unit::{OrgMove, move_org_unit};
pub use org_book::{OrgFields, OrgVersion};
pub use org_defaults::{
    OrgDefault, OrgDefaultEntry, OrgDefaultFilter, OrgDefaultRow, org_defaults, put_org_defaults,
};
pub use org_index::{OrgIndex, org_index};
pub use org_read::{
    OrgFilter, OrgRow, org_children, org_codes_of, org_events, org_path, org_unit, org_units,
    org_versions,
};
pub use org_refusal::OrgRefusal;
pub use posts::{Place, PositionInUse, Post, position_codes, posts_at, seen_at};
pub use put_masters::{ensure_positions, put_masters, write_masters};
pub use put_people::{PersonRow, Put, PutAt, put_people};
pub use put_persons::{PersonInput, put_persons};
pub use put_units::{OrgInput, put_units, write_units};
pub use put_values::{ValueInput, ValuePlace, put_values, write_values};
pub use read::{
    FreezeRow, OrgEntry, PersonFilter, PersonState, PersonView, freezes, org_timeline, person,
    persons, persons_where,
};
pub use refusal::PeopleRefusal;
pub use remove_org_event::remove_org_event;
pub use roster_teams::{
    RosterTeam, TeamChoice, TeamSpan, frozen_at, roster_teams, service_dates, team_members,
};
pub use tokens::{ensure_tokens, found_by};
pub use update_master::{MasterChange, create_master, update_master};
pub use update_org_unit::{OrgChange, update_org_unit};
pub use update_person::{PersonChange, update_person};
pub use update_value::{ValueChange, update_value};
pub use view::{person as person_view, state_choice};
