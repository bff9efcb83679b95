use std::fmt;
use std::str::FromStr;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// What a role may allow. Codes are `noun.action`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $( $(#[$doc])* $name ),+ }

        impl Permission {
            pub const ALL: &'static [Self] = &[ $( Self::$name ),+ ];

            pub const fn code(self) -> &'static str {
                match self { $( Self::$name => $code ),+ }
            }
        }

        impl FromStr for Permission {
            type Err = UnknownPermission;

            fn from_str(s: &str) -> Result<Self, UnknownPermission> {
                match s { $( $code => Ok(Self::$name), )+ _ => Err(UnknownPermission) }
            }
        }
    };
}

permissions! {
    PersonView = "person.view",
    PersonEdit = "person.edit",
    OrgView = "org.view",
    OrgEdit = "org.edit",
    CalendarView = "calendar.view",
    CalendarEdit = "calendar.edit",
    CalendarAssign = "calendar.assign",
    ShiftView = "shift.view",
    ShiftPublish = "shift.publish",
    RosterView = "roster.view",
    RosterEdit = "roster.edit",
    /// Team roster templates.
    RosterTemplate = "roster.template",
    /// Swaps everybody has agreed to.
    RosterSwap = "roster.swap",
    RuleView = "rule.view",
    RulePublish = "rule.publish",
    /// Evaluating cases without touching any data.
    RulesTry = "rules.try",
    /// Evaluating drafts over past dates without publishing them.
    RulesWhatIf = "rules.what_if",
    SchemeAssign = "scheme.assign",
    PunchView = "punch.view",
    /// Entering punches for others.
    PunchCreate = "punch.create",
    PunchVoid = "punch.void",
    /// Records of unknown people, and the numbers people have on devices.
    PunchAssign = "punch.assign",
    RequestView = "request.view",
    /// Entering approved requests.
    RequestRecord = "request.record",
    DayView = "day.view",
    DayExplain = "day.explain",
    /// Closing of attendance periods.
    PeriodView = "period.view",
    PeriodClose = "period.close",
    /// Reopening a locked period.
    PeriodUnlock = "period.unlock",
    /// Bulk changes and how far they are computed.
    PrecomputeView = "precompute.view",
    PrecomputeManage = "precompute.manage",
    UserView = "user.view",
    UserEdit = "user.edit",
    AuditView = "audit.view",
    /// Seeing the jobs of others; everybody sees his own.
    JobView = "job.view",
    /// Cancelling the jobs of others; everybody may cancel his own.
    JobCancel = "job.cancel",
    AlertView = "alert.view",
    /// Acknowledging and resolving alerts.
    AlertHandle = "alert.handle",
}

/// The text names no permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPermission;

impl fmt::Display for UnknownPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown permission")
    }
}

impl std::error::Error for UnknownPermission {}

/// A role every installation has from the start.
pub struct SeedRole {
    pub code: &'static str,
    pub name: &'static str,
    pub permissions: &'static [Permission],
}

use Permission as P;

/// The seed roles. `employee` needs no permission: everybody may see himself.
pub const SEED_ROLES: &[SeedRole] = &[
    SeedRole { code: "employee", name: "员工", permissions: &[] },
    SeedRole {
        code: "manager",
        name: "主管",
        permissions: &[
            P::PersonView,
            P::OrgView,
            P::CalendarView,
            P::ShiftView,
            P::RosterView,
            P::RuleView,
            P::PunchView,
            P::RequestView,
            P::DayView,
            P::DayExplain,
        ],
    },
    SeedRole {
        code: "hr",
        name: "考勤管理员",
        permissions: &[
            P::PersonView,
            P::PersonEdit,
            P::OrgView,
            P::OrgEdit,
            P::CalendarView,
            P::CalendarEdit,
            P::CalendarAssign,
            P::ShiftView,
            P::ShiftPublish,
            P::RosterView,
            P::RosterEdit,
            P::RosterTemplate,
            P::RosterSwap,
            P::RuleView,
            P::RulePublish,
            P::RulesTry,
            P::RulesWhatIf,
            P::SchemeAssign,
            P::PunchView,
            P::PunchCreate,
            P::PunchVoid,
            P::PunchAssign,
            P::RequestView,
            P::RequestRecord,
            P::DayView,
            P::DayExplain,
            P::PeriodView,
            P::PeriodClose,
            P::PrecomputeView,
            P::PrecomputeManage,
        ],
    },
    SeedRole { code: "admin", name: "系统管理员", permissions: Permission::ALL },
    SeedRole {
        code: "auditor",
        name: "审计员",
        permissions: &[
            P::PersonView,
            P::OrgView,
            P::CalendarView,
            P::ShiftView,
            P::RosterView,
            P::RuleView,
            P::PunchView,
            P::RequestView,
            P::DayView,
            P::DayExplain,
            P::PeriodView,
            P::PrecomputeView,
            P::UserView,
            P::AuditView,
            P::JobView,
            P::AlertView,
        ],
    },
];
