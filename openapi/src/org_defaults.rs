//! What departments say for people who have none of their own: calendars and schemes.

use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{CalendarId, LocalDate, OrgId, RuleId};

use crate::Item;
use crate::examples::march;

/// One entry of the timeline of the calendar of a department. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgCalendarView {
    pub org_id: OrgId,
    pub valid_from: LocalDate,
    /// Absent = the department above says it.
    pub calendar_id: Option<CalendarId>,
    /// Code of the calendar.
    pub calendar: Option<String>,
}

impl Example for OrgCalendarView {
    fn example() -> Self {
        Self {
            org_id: OrgId(1),
            valid_from: march(1),
            calendar_id: Some(CalendarId(2)),
            calendar: Some("cn".to_owned()),
        }
    }
}

impl Item for OrgCalendarView {}

/// From a date on people of the department and of those below it who have no calendar of their own have this
/// one, until the next entry.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgCalendarPut {
    pub org_id: OrgId,
    pub valid_from: LocalDate,
    /// Code of a calendar; absent = the department above says it.
    #[oai(validator(max_length = 40))]
    pub calendar: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    #[oai(default)]
    pub remove: bool,
}

impl Example for OrgCalendarPut {
    fn example() -> Self {
        Self {
            org_id: OrgId(1),
            valid_from: march(1),
            calendar: Some("cn".to_owned()),
            remove: false,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct OrgCalendarsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub assignments: Vec<OrgCalendarPut>,
}

impl Example for OrgCalendarsPut {
    fn example() -> Self {
        Self { assignments: vec![OrgCalendarPut::example()] }
    }
}

/// One entry of the timeline of the scheme of a department. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgSchemeView {
    pub org_id: OrgId,
    pub valid_from: LocalDate,
    /// Absent = the department above says it.
    pub scheme_id: Option<RuleId>,
    /// Code of the scheme.
    pub scheme: Option<String>,
}

impl Example for OrgSchemeView {
    fn example() -> Self {
        Self {
            org_id: OrgId(1),
            valid_from: march(1),
            scheme_id: Some(RuleId(2)),
            scheme: Some("S1".to_owned()),
        }
    }
}

impl Item for OrgSchemeView {}

/// From a date on people of the department and of those below it who have no scheme of their own have this
/// one, until the next entry.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgSchemePut {
    pub org_id: OrgId,
    pub valid_from: LocalDate,
    /// Code of a scheme; absent = the department above says it.
    #[oai(validator(max_length = 40))]
    pub scheme: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    #[oai(default)]
    pub remove: bool,
}

impl Example for OrgSchemePut {
    fn example() -> Self {
        Self {
            org_id: OrgId(1),
            valid_from: march(1),
            scheme: Some("S1".to_owned()),
            remove: false,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct OrgSchemesPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub assignments: Vec<OrgSchemePut>,
}

impl Example for OrgSchemesPut {
    fn example() -> Self {
        Self { assignments: vec![OrgSchemePut::example()] }
    }
}
