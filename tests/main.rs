//! The one integration test program. Every file under `tests/` is a module of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it stands"
)]

mod support;

mod access;
mod access_about;
mod audit_http;
mod bench;
mod calendars;
mod calendars_http;
mod chaos;
mod clock;
mod closing;
mod contract;
mod demand;
mod demo;
mod dirty;
mod employment;
mod employment_http;
mod field_lessons;
mod freshness;
mod house_rules;
mod identity;
mod import;
mod jobs;
mod lanes;
mod marks;
mod marks_between;
mod masters_files;
mod masters_http;
mod org_defaults_http;
mod org_http;
mod people;
mod people_files;
mod people_http;
mod period_sets_http;
mod precompute;
mod precompute_http;
mod profile_files;
mod profiles_http;
mod punches;
mod rebuild;
mod requests;
mod requests_http;
mod rights_http;
mod roster_checks;
mod roster_grid;
mod roster_lessons;
mod roster_marks;
mod roster_templates;
mod rosters_http;
mod rules;
mod rules_http;
mod scopes;
mod shifts;
mod shifts_http;
mod transactions;
mod what_if;
