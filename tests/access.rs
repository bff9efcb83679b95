//! The access table: operation → who may. Complete in both directions, and tried over HTTP.

use Access::{Needs, Public, SignedIn};
use kaoqin::base::Document;
use kaoqin::house;
use kaoqin::identity::Permission::{self, self as P};
use kaoqin::identity::{self, ScopeChoice, SeedUser};
use reqwest::Method;
use serde_json::Value;

use crate::both;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Nobody has to sign in.
    Public,
    /// Everybody who is signed in, about himself.
    SignedIn,
    Needs(Permission),
}

const TABLE: &[(&str, Access)] = &[
    ("assign_unassigned_punches", Needs(P::PunchAssign)),
    ("create_alert_acknowledgement", Needs(P::AlertHandle)),
    ("create_alert_resolution", Needs(P::AlertHandle)),
    ("create_attendance_period", Needs(P::PeriodClose)),
    ("create_attendance_period_lock", Needs(P::PeriodClose)),
    ("create_attendance_period_reopening", Needs(P::PeriodClose)),
    ("create_attendance_period_statements", Needs(P::PeriodClose)),
    ("create_calendar", Needs(P::CalendarEdit)),
    ("create_evaluation", Needs(P::RulesTry)),
    ("create_freeze", Needs(P::PersonEdit)),
    ("create_job_cancellation", SignedIn),
    ("create_my_punch", SignedIn),
    ("create_my_statement_answer", SignedIn),
    ("create_national_import", Needs(P::CalendarEdit)),
    ("create_org_unit", Needs(P::OrgEdit)),
    ("create_period_set", Needs(P::CalendarEdit)),
    ("create_period_set_assignments", Needs(P::CalendarAssign)),
    ("create_person", Needs(P::PersonEdit)),
    ("create_punches", Needs(P::PunchCreate)),
    ("create_refresh", Public),
    ("create_request_revocation", Needs(P::RequestRecord)),
    ("create_requests", Needs(P::RequestRecord)),
    ("create_roster_clearing", Needs(P::RosterEdit)),
    ("create_rule_version", Needs(P::RulePublish)),
    ("create_shift_version", Needs(P::ShiftPublish)),
    ("create_sign_in", Public),
    ("create_sign_out", SignedIn),
    ("create_team_clearing", Needs(P::RosterEdit)),
    ("create_temporary_overtime", Needs(P::RosterEdit)),
    ("create_transfer", Needs(P::PersonEdit)),
    ("create_unfreeze", Needs(P::PersonEdit)),
    ("create_user", Needs(P::UserEdit)),
    ("create_what_if_run", Needs(P::RulesWhatIf)),
    ("delete_my_session", SignedIn),
    ("delete_temporary_overtime", Needs(P::RosterEdit)),
    ("delete_what_if_run", Needs(P::RulesWhatIf)),
    ("get_attendance_period", Needs(P::PeriodView)),
    ("get_attendance_period_checks", Needs(P::PeriodView)),
    ("get_calendar", Needs(P::CalendarView)),
    ("get_job", SignedIn),
    ("get_mark_batch", Needs(P::PrecomputeView)),
    ("get_me", SignedIn),
    ("get_my_day", SignedIn),
    ("get_my_explanation", SignedIn),
    ("get_my_period_summary", SignedIn),
    ("get_national_preview", Needs(P::CalendarView)),
    ("get_org_unit", Needs(P::OrgView)),
    ("get_period_set", Needs(P::CalendarView)),
    ("get_person", Needs(P::PersonView)),
    ("get_person_explanation", Needs(P::DayExplain)),
    ("get_person_period_summary", Needs(P::DayView)),
    ("get_punch", Needs(P::PunchView)),
    ("get_request", Needs(P::RequestView)),
    ("get_rule", Needs(P::RuleView)),
    ("get_rule_version", Needs(P::RuleView)),
    ("get_shift", Needs(P::ShiftView)),
    ("get_shift_version", Needs(P::ShiftView)),
    ("get_user", Needs(P::UserView)),
    ("get_what_if_export", Needs(P::RulesWhatIf)),
    ("get_what_if_run", Needs(P::RulesWhatIf)),
    ("list_adjustments", Needs(P::DayView)),
    ("list_alerts", Needs(P::AlertView)),
    ("list_attendance_period_statements", Needs(P::PeriodView)),
    ("list_attendance_periods", Needs(P::PeriodView)),
    ("list_audit", Needs(P::AuditView)),
    ("list_calendar_assignments", Needs(P::CalendarView)),
    ("list_calendar_dates", Needs(P::CalendarView)),
    ("list_calendars", Needs(P::CalendarView)),
    ("list_days", Needs(P::DayView)),
    ("list_default_shifts", Needs(P::RosterView)),
    ("list_device_pins", Needs(P::PunchAssign)),
    ("list_exceptions", Needs(P::DayView)),
    ("list_effective_roster", Needs(P::RosterView)),
    ("list_jobs", SignedIn),
    ("list_mark_batches", Needs(P::PrecomputeView)),
    ("list_my_adjustments", SignedIn),
    ("list_my_days", SignedIn),
    ("list_my_exceptions", SignedIn),
    ("list_my_punches", SignedIn),
    ("list_my_roster", SignedIn),
    ("list_my_sessions", SignedIn),
    ("list_my_statements", SignedIn),
    ("list_org_units", Needs(P::OrgView)),
    ("list_period_set_assignments", Needs(P::CalendarView)),
    ("list_period_set_dates", Needs(P::CalendarView)),
    ("list_period_sets", Needs(P::CalendarView)),
    ("list_period_summaries", Needs(P::DayView)),
    ("list_person_days", Needs(P::DayView)),
    ("list_persons", Needs(P::PersonView)),
    ("list_punches", Needs(P::PunchView)),
    ("list_requests", Needs(P::RequestView)),
    ("list_roles", Needs(P::UserView)),
    ("list_roster", Needs(P::RosterView)),
    ("list_rule_differences", Needs(P::RuleView)),
    ("list_rule_versions", Needs(P::RuleView)),
    ("list_rules", Needs(P::RuleView)),
    ("list_scheme_assignments", Needs(P::RuleView)),
    ("list_setup_findings", Needs(P::RuleView)),
    ("list_shift_versions", Needs(P::ShiftView)),
    ("list_shifts", Needs(P::ShiftView)),
    ("list_temporary_overtime", Needs(P::RosterView)),
    ("list_team_rosters", Needs(P::RosterView)),
    ("list_unassigned_punches", Needs(P::PunchAssign)),
    ("list_users", Needs(P::UserView)),
    ("list_what_if_differences", Needs(P::RulesWhatIf)),
    ("list_what_if_runs", Needs(P::RulesWhatIf)),
    ("move_mark_batch", Needs(P::PrecomputeManage)),
    ("pause_mark_batch", Needs(P::PrecomputeManage)),
    ("replace_calendar_assignments", Needs(P::CalendarAssign)),
    ("replace_calendar_dates", Needs(P::CalendarEdit)),
    ("replace_default_shifts", Needs(P::RosterEdit)),
    ("replace_device_pins", Needs(P::PunchAssign)),
    ("replace_my_password", SignedIn),
    ("replace_period_set_dates", Needs(P::CalendarEdit)),
    ("replace_person_leaving", Needs(P::PersonEdit)),
    ("replace_persons", Needs(P::PersonEdit)),
    ("replace_roster_cells", Needs(P::RosterEdit)),
    ("replace_scheme_assignments", Needs(P::SchemeAssign)),
    ("replace_team_cells", Needs(P::RosterEdit)),
    ("replace_user_roles", Needs(P::UserEdit)),
    ("resume_mark_batch", Needs(P::PrecomputeManage)),
    ("update_org_unit", Needs(P::OrgEdit)),
    ("update_person", Needs(P::PersonEdit)),
    ("update_user", Needs(P::UserEdit)),
    ("cancel_swap", Needs(P::RosterSwap)),
    ("create_swap", Needs(P::RosterSwap)),
    ("list_swaps", Needs(P::RosterView)),
    ("list_roster_templates", Needs(P::RosterView)),
    ("get_roster_template", Needs(P::RosterView)),
    ("create_roster_template", Needs(P::RosterTemplate)),
    ("update_shift", Needs(P::ShiftPublish)),
    ("update_roster_template", Needs(P::RosterTemplate)),
    ("create_team_generation", Needs(P::RosterEdit)),
    ("create_cycle_generation", Needs(P::RosterEdit)),
    ("create_roster_copy", Needs(P::RosterEdit)),
    ("list_roster_drafts", Needs(P::RosterEdit)),
    ("create_roster_draft", Needs(P::RosterEdit)),
    ("replace_draft_cells", Needs(P::RosterEdit)),
    ("publish_roster_draft", Needs(P::RosterEdit)),
    ("discard_roster_draft", Needs(P::RosterEdit)),
    ("list_roster_publications", Needs(P::RosterView)),
    ("list_cell_history", Needs(P::RosterView)),
    ("list_my_notices", SignedIn),
    ("create_my_notice_reading", SignedIn),
    ("void_punch", Needs(P::PunchVoid)),
];

fn access(id: &str) -> Option<Access> {
    TABLE.iter().find(|(name, _)| *name == id).map(|(_, a)| *a)
}

#[tokio::test]
async fn the_access_table_names_every_operation_and_no_other() {
    let document = Document::parse(&house::document().unwrap()).unwrap();
    let ids: Vec<String> = document
        .operations()
        .iter()
        .map(|(_, _, o)| o["operationId"].as_str().unwrap().to_owned())
        .collect();
    let missing: Vec<&String> = ids.iter().filter(|id| access(id).is_none()).collect();
    assert!(missing.is_empty(), "not in the access table: {missing:?}");
    let gone: Vec<&str> =
        TABLE.iter().map(|(id, _)| *id).filter(|id| !ids.iter().any(|i| i == id)).collect();
    assert!(gone.is_empty(), "no such operation: {gone:?}");
}

/// A request that gets past the reading of its parts: ids are 1, dates and periods of March.
fn address(path: &str, operation: &Value) -> String {
    let mut out = path.strip_prefix("/api/v1").unwrap().to_owned();
    for (name, value) in [
        ("{date}", "2026-03-10"),
        ("{year}", "2026"),
        ("{version}", "1"),
        ("{id}", "1"),
        ("{period_id}", "1"),
    ] {
        out = out.replace(name, value);
    }
    let needed = operation["parameters"].as_array().into_iter().flatten();
    let query: Vec<String> = needed
        .filter(|p| p["in"] == "query" && p["required"] == true)
        .map(|p| {
            let name = p["name"].as_str().unwrap();
            let value = match name {
                "from" | "to" | "date" => "2026-03-10",
                "format" => "csv",
                "period" => "2026-03",
                _ => "1",
            };
            format!("{name}={value}")
        })
        .collect();
    if query.is_empty() { out } else { format!("{out}?{}", query.join("&")) }
}

/// The example of the body in the document.
fn example(document: &Value, operation: &Value) -> Option<Value> {
    let content = operation["requestBody"]["content"].as_object()?;
    let schema = &content.values().next()?["schema"];
    if let Some(e) = schema.get("example") {
        return Some(e.clone());
    }
    let name = schema["$ref"].as_str()?.rsplit('/').next()?;
    document["components"]["schemas"][name].get("example").cloned()
}

both!(without_token_401_and_without_permission_403, |world| async move {
    let app = &world.app;
    let tx = app.db.begin().await.unwrap();
    identity::ensure_roles(&tx).await.unwrap();
    let nobody = SeedUser {
        login: "nobody".to_owned(),
        display_name: "nobody".to_owned(),
        person: None,
        role: "employee",
        scope: ScopeChoice::Own,
    };
    let ids =
        identity::put_users(&tx, &[nobody], "a long password", app.clock.now()).await.unwrap();
    let tokens =
        identity::issue_session(app, &tx, ids[0], "test", app.clock.now(), 900).await.unwrap();
    tx.commit().await.unwrap();

    let text = house::document().unwrap();
    let raw: Value = serde_json::from_str(&text).unwrap();
    let document = Document::parse(&text).unwrap();
    let api = world.serve().await;
    let (forged, hers) = (api.with("forged"), api.with(&tokens.access));
    let mut refused = 0;
    for (path, method, operation) in document.operations() {
        let id = operation["operationId"].as_str().unwrap();
        let right = access(id).unwrap();
        if right == Public {
            continue;
        }
        let method: Method = method.parse().unwrap();
        let address = address(path, operation);
        let body = example(&raw, operation);
        let has_body = operation.get("requestBody").is_some();
        for stranger in [&api, &forged] {
            let answer = stranger.send(method.clone(), &address, body.clone(), &[]).await;
            assert_eq!(answer.status, 401, "{id}: {:#}", answer.body);
        }
        if matches!(right, Needs(_)) && (!has_body || body.is_some()) {
            let answer = hers.send(method, &address, body, &[]).await;
            assert_eq!((answer.status, answer.code()), (403, "permission_missing"), "{id}");
            refused += 1;
        }
    }
    assert!(refused > 50, "only {refused} operations were refused");
});
