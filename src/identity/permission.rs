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
    PersonView = "employee.view",
    PersonEdit = "employee.edit",
    /// Taking files of employees out of the product.
    EmployeeExport = "employee.export",
    /// Custom items, and which optional fields are in use.
    CustomItemEdit = "custom_item.edit",
    OrgView = "org.view",
    OrgEdit = "org.edit",
    PositionView = "position.view",
    PositionEdit = "position.edit",
    DimensionView = "dimension.view",
    DimensionEdit = "dimension.edit",
    /// Giving values of dimensions to people and departments.
    DimensionAssign = "dimension.assign",
    TeamView = "team.view",
    TeamEdit = "team.edit",
    /// Putting people into teams.
    TeamAssign = "team.assign",
    CalendarView = "calendar.view",
    CalendarEdit = "calendar.edit",
    CalendarAssign = "calendar.assign",
    ShiftView = "shift.view",
    ShiftPublish = "shift.publish",
    RosterView = "roster.view",
    RosterEdit = "roster.edit",
    /// How serious the checks of rosters are.
    RosterCheckEdit = "roster_check.edit",
    /// When people are protected by law from night work and overtime.
    ProtectionEdit = "protection.edit",
    DemandView = "demand.view",
    DemandEdit = "demand.edit",
    OvertimeView = "overtime.view",
    /// Ordering overtime and taking it back.
    OvertimeApprove = "overtime.approve",
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
    /// Deciding events of employments, and which kinds wait for it.
    EmploymentApprove = "employment.approve",
    /// Making and changing roles.
    RoleEdit = "role.edit",
    /// Taking the audit log away as a file.
    AuditExport = "audit.export",
    // Fields of the employee file that are masked otherwise.
    FieldIdNumber = "employee.field.id_number",
    FieldBirthDate = "employee.field.birth_date",
    FieldHomeAddress = "employee.field.home_address",
    /// Household registration.
    FieldHousehold = "employee.field.household",
    FieldPhone = "employee.field.phone",
    FieldPhoto = "employee.field.photo",
    FieldLocation = "employee.field.location",
    /// Medical attachments.
    FieldMedical = "employee.field.medical",
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
    /// What front ends show.
    pub menus: &'static [&'static str],
    pub permissions: &'static [Permission],
}

use Permission as P;

/// The seed roles. `employee` needs no permission: everybody may see himself.
pub const SEED_ROLES: &[SeedRole] = &[
    SeedRole { code: "employee", name: "员工", menus: &["me"], permissions: &[] },
    SeedRole {
        code: "manager",
        name: "主管",
        menus: &["me", "team", "results"],
        permissions: &[
            P::PersonView,
            P::OrgView,
            P::PositionView,
            P::DimensionView,
            P::TeamView,
            P::CalendarView,
            P::ShiftView,
            P::RosterView,
            P::DemandView,
            P::OvertimeView,
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
        menus: &["me", "people", "plans", "rules", "punches", "results", "periods"],
        permissions: &[
            P::PersonView,
            P::PersonEdit,
            P::FieldIdNumber,
            P::FieldBirthDate,
            P::FieldHomeAddress,
            P::FieldHousehold,
            P::FieldPhone,
            P::FieldPhoto,
            P::EmployeeExport,
            P::CustomItemEdit,
            P::OrgView,
            P::OrgEdit,
            P::PositionView,
            P::PositionEdit,
            P::DimensionView,
            P::DimensionEdit,
            P::DimensionAssign,
            P::TeamView,
            P::TeamEdit,
            P::TeamAssign,
            P::CalendarView,
            P::CalendarEdit,
            P::CalendarAssign,
            P::ShiftView,
            P::ShiftPublish,
            P::RosterView,
            P::RosterEdit,
            P::ProtectionEdit,
            P::DemandView,
            P::DemandEdit,
            P::OvertimeView,
            P::OvertimeApprove,
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
            P::FieldIdNumber,
            P::FieldBirthDate,
            P::FieldHomeAddress,
            P::FieldHousehold,
            P::FieldPhone,
            P::FieldPhoto,
            P::FieldLocation,
        ],
    },
    SeedRole {
        code: "admin",
        name: "系统管理员",
        menus: &[
            "me",
            "people",
            "plans",
            "rules",
            "punches",
            "results",
            "periods",
            "users",
            "audit",
            "operations",
        ],
        permissions: Permission::ALL,
    },
    SeedRole {
        code: "auditor",
        name: "审计员",
        menus: &["me", "people", "plans", "rules", "results", "users", "audit"],
        permissions: &[
            P::PersonView,
            P::OrgView,
            P::PositionView,
            P::DimensionView,
            P::TeamView,
            P::CalendarView,
            P::ShiftView,
            P::RosterView,
            P::OvertimeView,
            P::RuleView,
            P::PunchView,
            P::RequestView,
            P::DayView,
            P::DayExplain,
            P::PeriodView,
            P::PrecomputeView,
            P::UserView,
            P::AuditView,
            P::AuditExport,
            P::JobView,
            P::AlertView,
        ],
    },
];
