use poem_openapi::Tags;

/// Groups of operations in the document.
#[derive(Clone, Copy, Debug, Tags)]
pub enum Tag {
    /// Signing in, sessions, users and roles
    Identity,
    /// What an employee sees of himself
    Me,
    /// Persons and organisation
    People,
    /// Life cycle: events, transfers, reminders
    Employment,
    /// Calendars and attendance periods
    Calendars,
    /// Shifts, rosters and temporary overtime
    Shifts,
    /// Rules, request types and schemes
    Rules,
    /// Punches and devices
    Punches,
    /// Approved requests
    Requests,
    /// Day results, summaries, exceptions and explanations
    Results,
    /// Bulk changes and how far their results are computed
    Precompute,
    /// Asynchronous jobs
    Jobs,
    /// What somebody has to look at
    Alerts,
}
