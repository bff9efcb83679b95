//! Who can sign in to the demo, and tokens that are ready to use.

use std::collections::HashMap;
use std::path::Path;

use sea_orm::FromQueryResult;
use vocabulary::{OrgId, PersonId, UserId};

use super::staff::Employee;
use crate::base::{App, Failure, Fault, Query};
use crate::identity::{self, ScopeChoice, SeedUser};

/// Password of every demo user.
pub const PASSWORD: &str = "kaoqin-demo-2026";

/// How long the printed tokens are good: a working day.
const TOKEN_SECONDS: i64 = 12 * 3600;

/// Access tokens of the three demo users.
#[derive(Clone, serde::Serialize)]
pub struct Tokens {
    pub base_url: String,
    pub employee: String,
    pub manager: String,
    pub hr: String,
}

#[derive(FromQueryResult)]
struct OrgRow {
    id: OrgId,
}

/// An employee, his manager, and HR.
pub async fn create(
    app: &App,
    staff: &[Employee],
    ids: &HashMap<String, PersonId>,
) -> Result<(), Failure> {
    let unit = "HJ-KJ-DEV";
    let mut team = staff.iter().filter(|e| e.unit == unit && e.left_on.is_none());
    let manager = team.next();
    let employee = team.find(|e| e.hired_on < app.today().plus(-90));
    let hr = staff.iter().find(|e| e.unit == "HJ-KJ-HR");
    let org: Option<OrgRow> =
        app.db.read().row("SELECT id FROM org_unit WHERE code = $1", vec![unit.into()]).await?;
    let scope = ScopeChoice::Orgs(org.map(|o| o.id).into_iter().collect());
    let person = |e: Option<&Employee>| e.and_then(|e| ids.get(&e.number).copied());
    write(app, person(employee), person(manager), person(hr), scope).await
}

/// The three users; any of them may be nobody's.
pub async fn write(
    app: &App,
    employee: Option<PersonId>,
    manager: Option<PersonId>,
    hr: Option<PersonId>,
    scope: ScopeChoice,
) -> Result<(), Failure> {
    let user = |login: &str, name: &str, person, role, scope| SeedUser {
        login: login.to_owned(),
        display_name: name.to_owned(),
        person,
        role,
        scope,
    };
    let users = [
        user("employee", "演示员工", employee, "employee", ScopeChoice::Own),
        user("manager", "演示主管", manager, "manager", scope),
        user("hr", "演示考勤管理员", hr, "hr", ScopeChoice::All),
        user("admin", "演示系统管理员", None, "admin", ScopeChoice::All),
    ];
    let tx = app.db.begin().await?;
    identity::put_users(&tx, &users, PASSWORD, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct UserRow {
    id: UserId,
}

/// New sessions of the demo users; written to `file` as JSON if one is named.
pub async fn tokens(app: &App, file: Option<&Path>) -> Result<Tokens, Failure> {
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let mut access = Vec::new();
    for login in ["employee", "manager", "hr"] {
        let user: Option<UserRow> =
            tx.row("SELECT id FROM app_user WHERE login = $1", vec![login.into()]).await?;
        let user = user.ok_or_else(|| Fault::text("a demo user is missing"))?;
        let session =
            identity::issue_session(app, &tx, user.id, "kaoqin demo", now, TOKEN_SECONDS).await?;
        access.push(session.access);
    }
    tx.commit().await?;
    let mut access = access.into_iter();
    let mut next = || access.next().unwrap_or_default();
    let tokens = Tokens {
        base_url: format!("http://{}", app.config.listen),
        employee: next(),
        manager: next(),
        hr: next(),
    };
    if let Some(file) = file {
        std::fs::write(file, serde_json::to_string_pretty(&tokens)? + "\n")?;
    }
    Ok(tokens)
}
