//! Kaoqin (考勤): facts in, explained attendance results out. The rooms in tier order; see README.md.

pub mod base;
pub mod dirty;

pub mod identity;
pub mod jobs;

pub mod people;

pub mod profiles;

pub mod calendars;

pub mod shifts;

pub mod rules;

pub mod punches;

pub mod requests;

pub mod precompute;

pub mod employment;

pub mod demand;

pub mod alerts;

pub mod import;

pub mod demo;

pub mod house;

pub mod bench;
