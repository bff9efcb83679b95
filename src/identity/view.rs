//! From rows to the types of the API.

use contract::rights::{
    AreaView, DataScope, DepartmentScope, GrantView, ReasonView, RoleAssignmentView, RoleView,
    ScopeView,
};
use contract::users::{AuthMethod, UserState, UserView};
use vocabulary::Instant;

use super::reasons::Reason;
use super::role_store::{AssignmentRow, RoleRow};
use super::scope_wish::ScopeWish;
use super::store::UserRow;
use super::{Permission, ScopeParts};
use crate::base::{Area, Department, Fault, Scope};

pub fn grant((permission, scope): (Permission, Scope)) -> GrantView {
    GrantView { permission: permission.code().to_owned(), scope: self::scope(&scope) }
}

pub fn scope(s: &Scope) -> ScopeView {
    let area = |a: &Area| AreaView {
        departments: departments(&a.departments),
        position_ids: a.positions.clone(),
        dimension_value_ids: a.dimensions.values().flatten().copied().collect(),
    };
    ScopeView {
        all: s.is_everybody(),
        areas: s.areas().iter().map(area).collect(),
        person_ids: s.named().to_vec(),
    }
}

fn departments(list: &[Department]) -> Vec<DepartmentScope> {
    list.iter().map(|d| DepartmentScope { org_id: d.id, with_sub_departments: d.below }).collect()
}

pub fn parts(p: &ScopeParts) -> DataScope {
    DataScope {
        all: p.all,
        own: p.own,
        departments: departments(&p.area.departments),
        position_ids: p.area.positions.clone(),
        dimension_value_ids: p.area.dimensions.values().flatten().copied().collect(),
        person_ids: p.persons.clone(),
    }
}

pub fn wish(s: DataScope) -> ScopeWish {
    let departments = s
        .departments
        .into_iter()
        .map(|d| Department { id: d.org_id, below: d.with_sub_departments })
        .collect();
    ScopeWish {
        all: s.all,
        own: s.own,
        departments,
        positions: s.position_ids,
        values: s.dimension_value_ids,
        persons: s.person_ids,
    }
}

pub fn reason(r: &Reason) -> ReasonView {
    ReasonView {
        role_id: r.row.role_id,
        role_code: r.row.role_code.clone(),
        role_name: r.row.role_name.clone(),
        scope_of_user: r.row.scope.is_none(),
        scope: parts(&r.parts),
        valid_from: r.row.valid_from,
        valid_to: r.row.valid_to,
    }
}

pub fn role(r: RoleRow) -> Result<RoleView, Fault> {
    Ok(RoleView {
        id: r.id,
        code: r.code,
        name: r.name,
        menus: serde_json::from_str(&r.menus)?,
        permissions: serde_json::from_str(&r.permissions)?,
        seed: r.seed,
        version: r.version,
    })
}

pub fn assignment(r: AssignmentRow) -> Result<RoleAssignmentView, Fault> {
    let own = r.scope.as_deref().map(serde_json::from_str::<ScopeParts>).transpose()?;
    Ok(RoleAssignmentView {
        role_id: r.role_id,
        role_code: r.role_code,
        scope: own.as_ref().map(parts),
        valid_from: r.valid_from,
        valid_to: r.valid_to,
    })
}

pub fn user(
    u: UserRow,
    assignments: Vec<RoleAssignmentView>,
    now: Instant,
) -> Result<UserView, Fault> {
    let methods: Vec<String> = serde_json::from_str(&u.auth_methods)?;
    let known = methods.iter().filter(|m| *m == "password").map(|_| AuthMethod::Password);
    let locked_until = u.locked_until.filter(|t| *t > now);
    Ok(UserView {
        assignments,
        id: u.id,
        login: u.login,
        display_name: u.display_name,
        person_id: u.person_id,
        phone: u.phone,
        state: match u.state.as_str() {
            "disabled" => UserState::Disabled,
            "active" if locked_until.is_none() => UserState::Active,
            _ => UserState::Locked,
        },
        locked_until,
        auth_methods: known.collect(),
        last_login_at: u.last_login_at,
        scope: parts(&serde_json::from_str(&u.scope)?),
        version: u.version,
    })
}

pub fn method(m: AuthMethod) -> &'static str {
    match m {
        AuthMethod::Password => "password",
    }
}

pub fn state(s: UserState) -> &'static str {
    match s {
        UserState::Active => "active",
        UserState::Locked => "locked",
        UserState::Disabled => "disabled",
    }
}
