use std::collections::HashMap;

use sea_orm::FromQueryResult;
use vocabulary::{OrgId, PersonId, PositionId};

use super::staff::Employee;
use super::users::PASSWORD;
use crate::base::{App, Area, Failure, Query};
use crate::identity::{self, Permission as P, ScopeChoice, ScopeParts, SeedRole, SeedUser};

/// Roles of the demo group beside those of the program.
const ROLES: &[SeedRole] = &[
    SeedRole {
        code: "clerk",
        name: "部门文员",
        menus: &["me", "team"],
        permissions: &[
            P::PersonView,
            P::OrgView,
            P::ShiftView,
            P::RosterView,
            P::RosterEdit,
            P::OvertimeView,
        ],
    },
    SeedRole {
        code: "approver",
        name: "直线审批人",
        menus: &["me", "approvals"],
        permissions: &[P::OvertimeView, P::OvertimeApprove, P::RequestView, P::DayView],
    },
];

#[derive(FromQueryResult)]
struct UnitRow {
    id: OrgId,
    code: String,
}

#[derive(FromQueryResult)]
struct PositionRow {
    id: PositionId,
}

/// The clerk of one shop who also approves overtime of ordinary staff in all shops; an approver of one company; an
/// auditor of another one, who is no employee.
pub async fn create(
    app: &App,
    staff: &[Employee],
    ids: &HashMap<String, PersonId>,
) -> Result<(), Failure> {
    let tx = app.db.begin().await?;
    let units: Vec<UnitRow> = tx.rows("SELECT id, code FROM org_unit", vec![]).await?;
    let unit =
        |code: &str| units.iter().filter(|u| u.code == code).map(|u| u.id).collect::<Vec<_>>();
    let staff_position: Vec<PositionRow> =
        tx.rows("SELECT id FROM position WHERE name = '普通员工' ORDER BY id", vec![]).await?;
    let person = |unit: &str| {
        let e = staff.iter().find(|e| e.unit == unit && e.left_on.is_none());
        e.and_then(|e| ids.get(&e.number).copied())
    };
    identity::put_roles(&tx, ROLES).await?;
    let user = |login: &str, name: &str, person, role, scope| SeedUser {
        login: login.to_owned(),
        display_name: name.to_owned(),
        person,
        role,
        scope,
    };
    let users = [
        user(
            "clerk",
            "演示部门文员",
            person("HJ-LS-S1"),
            "clerk",
            ScopeChoice::Orgs(unit("HJ-LS-S1")),
        ),
        user(
            "approver",
            "演示审批人",
            person("HJ-KJ-OPS"),
            "approver",
            ScopeChoice::Orgs(unit("HJ-KJ")),
        ),
        user("auditor", "演示审计员", None, "auditor", ScopeChoice::Orgs(unit("HJ-ZZ"))),
    ];
    let made = identity::put_users(&tx, &users, PASSWORD, app.clock.now()).await?;
    if let Some(clerk) = made.first() {
        let area = Area {
            positions: staff_position.into_iter().map(|p| p.id).collect(),
            ..Area::departments(unit("HJ-LS"))
        };
        let scope = ScopeChoice::Of(ScopeParts { area, ..ScopeParts::default() });
        identity::grant(&tx, *clerk, "approver", scope).await?;
    }
    tx.commit().await?;
    Ok(())
}
