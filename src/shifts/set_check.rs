use engine::legality::{Severity, rule};
use serde::Serialize;
use serde_json::json;

use super::read::{CheckSetting, check_settings};
use super::{ShiftRefusal, check_store as store};
use crate::base::{Actor, App, Failure, Once, audit, begin_once, finish_once};

/// How a check shall be.
#[derive(Clone, Debug, Serialize)]
pub struct CheckChange {
    pub code: String,
    pub severity: &'static str,
    /// `None` = as it is by default.
    pub limit: Option<i32>,
    /// The version this is based on, 0 = as it is by default; `None` = not checked.
    pub expected_version: Option<i32>,
}

/// Sets how serious a check is and where its limit lies.
pub async fn set_check(
    app: &App,
    actor: &Actor,
    change: &CheckChange,
    once: &Once,
) -> Result<CheckSetting, Failure> {
    let rule = rule(&change.code).ok_or(ShiftRefusal::CheckNotFound)?;
    let severity = Severity::parse(change.severity).unwrap_or(rule.severity);
    let limit = match (rule.limit, change.limit) {
        (Some((default, least, most)), wanted) => {
            let limit = wanted.unwrap_or(default);
            if limit < least || limit > most {
                return Err(ShiftRefusal::CheckLimitInvalid { least, most }.into());
            }
            limit
        }
        (None, None) => 0,
        (None, Some(_)) => {
            return Err(ShiftRefusal::CheckLimitInvalid { least: 0, most: 0 }.into());
        }
    };
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let done: Option<i32> = begin_once(&tx, actor, "set_check", once, at).await?;
    let setting = |version| CheckSetting { code: rule.code, severity, limit, version };
    if let Some(version) = done {
        return Ok(setting(version));
    }
    let all = check_settings(&tx).await?;
    let now = all.iter().find(|s| s.code == rule.code).ok_or(ShiftRefusal::CheckNotFound)?;
    if change.expected_version.is_some_and(|v| v != now.version) {
        return Err(ShiftRefusal::CheckChanged { version: now.version }.into());
    }
    let row = store::CheckRow { code: rule.code, severity: severity.code(), limit };
    if !store::put_check(&tx, &row, now.version, actor.user, at).await? {
        return Err(ShiftRefusal::CheckChanged { version: now.version + 1 }.into());
    }
    let detail = json!({ "before": [now.severity.code(), now.limit],
                         "after": [severity.code(), limit] });
    audit(&tx, actor, at, "set", "roster_check", rule.code, detail).await?;
    finish_once(&tx, actor, "set_check", once, &(now.version + 1)).await?;
    tx.commit().await?;
    Ok(setting(now.version + 1))
}
