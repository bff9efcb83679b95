//! Faults built in on purpose, by name.

use kaoqin::base::failpoint::Sabotage;

use crate::ground::Kind;

/// Name, fault, and the database on which it can show.
pub const ALL: [(&str, Sabotage, Kind); 28] = [
    ("skip-punch-mark", Sabotage::SkipMark("punch"), Kind::Sqlite),
    ("skip-punch-void-mark", Sabotage::SkipMark("punch_void"), Kind::Sqlite),
    ("skip-roster-mark", Sabotage::SkipMark("roster"), Kind::Sqlite),
    ("skip-team-roster-mark", Sabotage::SkipMark("team_roster"), Kind::Sqlite),
    ("skip-swap-mark", Sabotage::SkipMark("swap"), Kind::Sqlite),
    ("skip-overtime-mark", Sabotage::SkipMark("temporary_overtime"), Kind::Sqlite),
    ("skip-default-shift-mark", Sabotage::SkipMark("default_shift"), Kind::Sqlite),
    ("skip-request-mark", Sabotage::SkipMark("request"), Kind::Sqlite),
    ("skip-shift-mark", Sabotage::SkipMark("shift"), Kind::Sqlite),
    ("skip-calendar-mark", Sabotage::SkipMark("calendar"), Kind::Sqlite),
    ("skip-calendar-assignment-mark", Sabotage::SkipMark("calendar_assignment"), Kind::Sqlite),
    ("skip-rule-mark", Sabotage::SkipMark("rule"), Kind::Sqlite),
    ("skip-scheme-mark", Sabotage::SkipMark("scheme"), Kind::Sqlite),
    ("skip-scheme-assignment-mark", Sabotage::SkipMark("scheme_assignment"), Kind::Sqlite),
    ("skip-request-type-mark", Sabotage::SkipMark("request_type"), Kind::Sqlite),
    ("skip-employment-mark", Sabotage::SkipMark("employment"), Kind::Sqlite),
    ("skip-org-mark", Sabotage::SkipMark("org"), Kind::Sqlite),
    ("skip-position-mark", Sabotage::SkipMark("position"), Kind::Sqlite),
    ("skip-kind-mark", Sabotage::SkipMark("employment_kind"), Kind::Sqlite),
    ("skip-period-set-mark", Sabotage::SkipMark("period_set"), Kind::Sqlite),
    ("skip-clock-mark", Sabotage::SkipMark("clock"), Kind::Sqlite),
    ("delete-marks-by-greatest-id", Sabotage::DeleteMarksByGreatestId, Kind::Sqlite),
    ("ignore-neighbours", Sabotage::IgnoreNeighbours, Kind::Sqlite),
    ("drain-one-lane-only", Sabotage::DrainOneLaneOnly, Kind::Sqlite),
    ("post-late-lines-twice", Sabotage::PostLateLinesTwice, Kind::Sqlite),
    ("edit-locked", Sabotage::EditLocked, Kind::Sqlite),
    ("keep-archives", Sabotage::KeepArchives, Kind::Sqlite),
    ("lease-without-update", Sabotage::LeaseWithoutUpdate, Kind::Postgres),
];

pub fn named(name: &str) -> Option<(Sabotage, Kind)> {
    ALL.iter().find(|(n, ..)| *n == name).map(|(_, s, k)| (*s, *k))
}
