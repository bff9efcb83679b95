//! Which dates are workdays, rest days and statutory holidays for whom, and by which periods people
//! are accounted for (domain 9 and 10).
//!
//! **Owns** `calendar`, `calendar_date`, `calendar_assignment`, `period_set`, `period_date`,
//! `period_assignment`, `period_set_assignment`, `attendance_period`.
//!
//! **Promises**
//! - `kind(date)` is the listed kind, else rest on a weekday of rest, else workday.
//! - The weekdays of rest of a calendar never change, so that no past day changes by them; another
//!   pattern is another calendar, assigned from a date on.
//! - What a person entered wins against the national data unless he says otherwise.
//! - A calendar without weekdays of rest takes only the statutory dates of the national data.
//! - The calendar of a date is the entry of the timeline with the greatest `valid_from` not after
//!   it, else that of the nearest department that has one, else the default calendar.
//! - The periods of a set never overlap and leave no date out: a list ends where a period of the start
//!   day ends. What is closing or locked keeps its dates.
//! - The period set of a date is that of the entry that names the person, else that of his employment
//!   kind, of his position, of his dimension values, of the nearest department that has one, else the
//!   default one; another one counts from the end of the running period.
//! - Every write marks the days it can change, in its own transaction.
//!
//! **Verbs** [`create_calendar`], [`update_calendar`], [`set_dates`], [`import_national`],
//! [`import_national_into`], [`assign_calendars`], [`assign_org_calendars`],
//! [`create_period_set`], [`set_period_dates`], [`assign_period_sets`].
//! **Moves** [`ensure_defaults`], [`put_calendars`], [`put_assignments`], [`put_period_sets`],
//! [`put_period_assignments`], [`insert_period`], [`hold_period`], [`set_period_state`], [`set_period_job`].

pub mod api;
mod api_org_calendars;
mod api_period_sets;
mod assign_calendars;
mod assign_org_calendars;
mod assign_period_sets;
mod calendar;
mod create_calendar;
mod create_period_set;
mod date_kinds;
mod defaults;
mod entries;
mod import_national;
mod national;
mod period_groups;
mod period_line;
mod period_list;
mod period_read;
mod period_set_read;
mod period_set_refusal;
mod period_set_view;
mod period_sets;
mod period_state;
mod period_store;
mod read;
mod refusal;
mod set_dates;
mod set_period_dates;
mod store;
mod update_calendar;
mod view;

pub use api_org_calendars::OrgCalendarsApi;
pub use api_period_sets::PeriodSetsApi;
pub use assign_calendars::{CalendarAssignment, CalendarEntry, assign_calendars, put_assignments};
pub use assign_org_calendars::{OrgCalendar, assign_org_calendars};
pub use assign_period_sets::{PeriodAssignment, assign_period_sets};
pub use calendar::{Calendar, kind_code, parse_kind};
pub use create_calendar::{NewCalendar, create_calendar, put_calendars};
pub use create_period_set::create_period_set;
pub use date_kinds::{DateKinds, date_kinds};
pub use defaults::{DEFAULT_CALENDAR, DEFAULT_PERIOD_SET, ensure_defaults};
pub use import_national::{
    Conflict, NationalPlan, Planned, import_national, import_national_into, preview_national,
};
pub use national::{NATIONAL_YEARS, NationalDate, national};
pub use period_groups::{EMPLOYMENT_KINDS, GroupFacts, GroupSets, kind_number, kind_of};
pub use period_line::{
    KnownPeriod, LockedSpan, NamedPeriod, PeriodFacts, PeriodLabel, PeriodLine, PeriodState,
    Periods, PersonPeriod,
};
pub use period_list::{ListedPeriod, PeriodList};
pub use period_read::{shared_periods, with_departments, with_groups};
pub use period_set_read::{
    PeriodAssignmentFilter, PeriodAssignmentRow, PeriodSetFilter, PeriodSetRow, PeriodSubject,
    listed_by_name, listed_periods, period_assignments, period_set, period_set_page, period_sets,
};
pub use period_set_refusal::PeriodSetRefusal;
pub use period_sets::{NewPeriodSet, PeriodEntry, put_period_assignments, put_period_sets};
pub use period_state::{
    Neighbours, PeriodRow, hold_period, insert_period, period_neighbours, period_row, period_rows,
    set_period_job, set_period_state,
};
pub use read::{
    AssignmentFilter, AssignmentRow, CalendarFilter, CalendarRow, DateRow, assignments,
    calendar_codes, calendar_row, calendars, dates, load,
};
pub use refusal::CalendarRefusal;
pub use set_dates::{ChangedDates, DateChange, check_changes, put_dates, set_dates};
pub use set_period_dates::{ChangedPeriods, set_period_dates};
pub use update_calendar::{CalendarChange, update_calendar};
