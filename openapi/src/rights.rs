//! Scopes, roles and what somebody may.

use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{DimensionValueId, LocalDate, OrgId, PersonId, PositionId, RoleId, UserId};

use crate::Item;
use crate::examples::march;

/// Whose data: everybody, or who fits the departments and the positions and the dimension values, or a named person.
/// What is not listed does not limit; where nothing at all is listed, nobody is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object)]
#[oai(example)]
pub struct DataScope {
    /// Everybody.
    #[oai(default)]
    pub all: bool,
    /// The user's own employee.
    #[oai(rename = "self", default)]
    pub own: bool,
    /// In one of these departments.
    #[oai(default, validator(max_items = 500))]
    pub departments: Vec<DepartmentScope>,
    /// On one of these positions.
    #[oai(default, validator(max_items = 100))]
    pub position_ids: Vec<PositionId>,
    /// Of each dimension that is named one of the values, or a value below it.
    #[oai(default, validator(max_items = 200))]
    pub dimension_value_ids: Vec<DimensionValueId>,
    /// These persons, wherever they are.
    #[oai(default, validator(max_items = 1000))]
    pub person_ids: Vec<PersonId>,
}

impl Example for DataScope {
    fn example() -> Self {
        Self {
            departments: vec![DepartmentScope { org_id: OrgId(3), with_sub_departments: true }],
            position_ids: vec![PositionId(1)],
            person_ids: vec![PersonId(8)],
            ..Self::default()
        }
    }
}

/// A listed department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct DepartmentScope {
    pub org_id: OrgId,
    /// With everything below it.
    #[oai(default = "yes")]
    pub with_sub_departments: bool,
}

fn yes() -> bool {
    true
}

/// One permission and on whom.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct GrantView {
    pub permission: String,
    pub scope: ScopeView,
}

impl Example for GrantView {
    fn example() -> Self {
        Self { permission: "day.view".to_owned(), scope: ScopeView::example() }
    }
}

/// Whose data a permission covers: the union over the assignments that grant it.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct ScopeView {
    /// Everybody.
    pub all: bool,
    /// Who fits one of these.
    pub areas: Vec<AreaView>,
    /// These persons.
    pub person_ids: Vec<PersonId>,
}

impl Example for ScopeView {
    fn example() -> Self {
        let area = AreaView {
            departments: vec![DepartmentScope { org_id: OrgId(3), with_sub_departments: true }],
            position_ids: Vec::new(),
            dimension_value_ids: Vec::new(),
        };
        Self { all: false, areas: vec![area], person_ids: vec![PersonId(8)] }
    }
}

/// Departments and positions and dimension values, all on the date of the data.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct AreaView {
    pub departments: Vec<DepartmentScope>,
    pub position_ids: Vec<PositionId>,
    pub dimension_value_ids: Vec<DimensionValueId>,
}

/// What the signed-in user may, for a front end.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct MyPermissionsView {
    /// Menus of all roles he holds today.
    pub menus: Vec<String>,
    /// He is an employee and always sees and serves himself under `/me`.
    pub own: bool,
    pub permissions: Vec<GrantView>,
}

impl Example for MyPermissionsView {
    fn example() -> Self {
        Self {
            menus: vec!["me".to_owned(), "team".to_owned()],
            own: true,
            permissions: vec![GrantView::example()],
        }
    }
}

/// What a user may, and why.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct UserPermissionsView {
    /// Menus of all roles he holds today.
    pub menus: Vec<String>,
    pub permissions: Vec<ReasonedGrantView>,
}

impl Example for UserPermissionsView {
    fn example() -> Self {
        let grant = ReasonedGrantView {
            permission: "day.view".to_owned(),
            scope: ScopeView::example(),
            reasons: vec![ReasonView::example()],
        };
        Self { menus: vec!["me".to_owned(), "team".to_owned()], permissions: vec![grant] }
    }
}

/// One permission, on whom, and the assignments that grant it.
#[derive(Clone, Debug, Object)]
pub struct ReasonedGrantView {
    pub permission: String,
    pub scope: ScopeView,
    pub reasons: Vec<ReasonView>,
}

/// An assignment that grants a permission.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ReasonView {
    pub role_id: RoleId,
    pub role_code: String,
    pub role_name: String,
    /// True if the assignment has no scope of its own and that of the user counts.
    pub scope_of_user: bool,
    pub scope: DataScope,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl Example for ReasonView {
    fn example() -> Self {
        Self {
            role_id: RoleId(2),
            role_code: "manager".to_owned(),
            role_name: "主管".to_owned(),
            scope_of_user: false,
            scope: DataScope::example(),
            valid_from: march(1),
            valid_to: None,
        }
    }
}

/// Whether a user may do something with a person's data of a date, and by which assignments.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PermissionCheckView {
    pub user_id: UserId,
    pub permission: String,
    pub person_id: PersonId,
    pub on: LocalDate,
    pub allowed: bool,
    /// The assignments that allow it.
    pub reasons: Vec<ReasonView>,
}

impl Example for PermissionCheckView {
    fn example() -> Self {
        Self {
            user_id: UserId(3),
            permission: "roster.edit".to_owned(),
            person_id: PersonId(8),
            on: march(10),
            allowed: true,
            reasons: vec![ReasonView::example()],
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RoleView {
    pub id: RoleId,
    pub code: String,
    pub name: String,
    /// What front ends show to holders.
    pub menus: Vec<String>,
    pub permissions: Vec<String>,
    /// Comes with the program and cannot be changed.
    pub seed: bool,
    pub version: i32,
}

impl Example for RoleView {
    fn example() -> Self {
        let permissions = ["roster.edit", "overtime.view"];
        Self {
            id: RoleId(7),
            code: "clerk".to_owned(),
            name: "部门文员".to_owned(),
            menus: vec!["team".to_owned()],
            permissions: permissions.map(str::to_owned).into(),
            seed: false,
            version: 1,
        }
    }
}

impl Item for RoleView {}

#[derive(Clone, Object)]
#[oai(example)]
pub struct RoleCreate {
    /// 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// Codes of the front end, 1 to 60 characters each.
    #[oai(default, validator(max_items = 200))]
    pub menus: Vec<String>,
    /// Operations, `resource.action`.
    #[oai(validator(max_items = 200))]
    pub permissions: Vec<String>,
}

impl Example for RoleCreate {
    fn example() -> Self {
        let r = RoleView::example();
        Self { code: r.code, name: r.name, menus: r.menus, permissions: r.permissions }
    }
}

/// What is absent stays as it is.
#[derive(Clone, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RolePatch {
    /// The version this change is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    #[oai(validator(max_items = 200))]
    pub menus: Option<Vec<String>>,
    /// All operations of the role from now on.
    #[oai(validator(max_items = 200))]
    pub permissions: Option<Vec<String>>,
}

impl Example for RolePatch {
    fn example() -> Self {
        let permissions = Some(vec!["roster.view".to_owned()]);
        Self { version: 1, name: None, menus: None, permissions }
    }
}

/// A role is gone.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RoleDeletedView {
    pub deleted: bool,
}

impl Example for RoleDeletedView {
    fn example() -> Self {
        Self { deleted: true }
    }
}

/// An operation a role may hold.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PermissionView {
    pub code: String,
    /// True if it only shows fields that are masked otherwise.
    pub field: bool,
}

impl Example for PermissionView {
    fn example() -> Self {
        Self { code: "employee.field.phone".to_owned(), field: true }
    }
}

impl Item for PermissionView {}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RoleAssignmentView {
    pub role_id: RoleId,
    pub role_code: String,
    /// Its own scope; absent = the scope of the user.
    pub scope: Option<DataScope>,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl Example for RoleAssignmentView {
    fn example() -> Self {
        Self {
            role_id: RoleId(2),
            role_code: "manager".to_owned(),
            scope: Some(DataScope::example()),
            valid_from: march(1),
            valid_to: None,
        }
    }
}

/// All role assignments of a user; they replace the former ones.
#[derive(Clone, Object)]
#[oai(example)]
pub struct RoleAssignmentsPut {
    /// The version of the user this change is based on.
    pub version: i32,
    #[oai(validator(max_items = 50))]
    pub assignments: Vec<RoleAssignmentCreate>,
}

impl Example for RoleAssignmentsPut {
    fn example() -> Self {
        Self { version: 1, assignments: vec![RoleAssignmentCreate::example()] }
    }
}

#[derive(Clone, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RoleAssignmentCreate {
    pub role_id: RoleId,
    /// Its own scope; absent = the scope of the user.
    pub scope: Option<DataScope>,
    pub valid_from: LocalDate,
    /// The last day.
    pub valid_to: Option<LocalDate>,
}

impl Example for RoleAssignmentCreate {
    fn example() -> Self {
        Self {
            role_id: RoleId(2),
            scope: Some(DataScope::example()),
            valid_from: march(1),
            valid_to: None,
        }
    }
}
