//! The access table: operation → who may. Complete in both directions, and tried over HTTP.

use Access::{Needs, Public, SignedIn};
use kaoqin::base::Document;
use kaoqin::house;
use kaoqin::identity::Permission::{self, self as P};
use kaoqin::identity::{self, ScopeChoice, SeedUser};
use reqwest::Method;
use serde_json::{Value, json};

use crate::access_about::{ABOUT_NOBODY, ABOUT_SOMEBODY, TRIED_THERE};
use crate::both;
use crate::rights_http::{Company, company};
use crate::support::api::Api;

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
    ("create_employment_decision", Needs(P::EmploymentApprove)),
    ("create_employment_event", Needs(P::PersonEdit)),
    ("create_employment_events", Needs(P::PersonEdit)),
    ("create_employment_removal", Needs(P::PersonEdit)),
    ("create_default_shift_import", Needs(P::RosterEdit)),
    ("create_demand_table", Needs(P::DemandEdit)),
    ("create_dimension", Needs(P::DimensionEdit)),
    ("create_custom_item", Needs(P::CustomItemEdit)),
    ("create_employee_import", Needs(P::PersonEdit)),
    ("create_evaluation", Needs(P::RulesTry)),
    ("create_freeze", Needs(P::PersonEdit)),
    ("create_job_cancellation", SignedIn),
    ("create_my_punch", SignedIn),
    ("create_my_statement_answer", SignedIn),
    ("create_national_import", Needs(P::CalendarEdit)),
    ("create_national_imports", Needs(P::CalendarEdit)),
    ("create_org_unit", Needs(P::OrgEdit)),
    ("create_org_unit_move", Needs(P::OrgEdit)),
    ("create_period_set", Needs(P::CalendarEdit)),
    ("create_period_set_assignments", Needs(P::CalendarAssign)),
    ("create_person", Needs(P::PersonEdit)),
    ("create_position", Needs(P::PositionEdit)),
    ("create_person_archive", Needs(P::PersonEdit)),
    ("create_person_attachment", Needs(P::PersonEdit)),
    ("create_person_copy", Needs(P::PersonEdit)),
    ("create_punches", Needs(P::PunchCreate)),
    ("create_refresh", Public),
    ("create_request_revocation", Needs(P::RequestRecord)),
    ("create_requests", Needs(P::RequestRecord)),
    ("create_roster_check_run", Needs(P::RosterCheckEdit)),
    ("create_role", Needs(P::RoleEdit)),
    ("create_roster_clearing", Needs(P::RosterEdit)),
    ("create_roster_evaluation", Needs(P::RosterView)),
    ("create_roster_import", Needs(P::RosterEdit)),
    ("create_rule_version", Needs(P::RulePublish)),
    ("create_shift_version", Needs(P::ShiftPublish)),
    ("create_sign_in", Public),
    ("create_sign_out", SignedIn),
    ("create_team", Needs(P::TeamEdit)),
    ("create_team_clearing", Needs(P::RosterEdit)),
    ("create_temporary_overtime", Needs(P::OvertimeApprove)),
    ("create_transfer", Needs(P::PersonEdit)),
    ("create_unfreeze", Needs(P::PersonEdit)),
    ("create_user", Needs(P::UserEdit)),
    ("create_what_if_run", Needs(P::RulesWhatIf)),
    ("delete_custom_item", Needs(P::CustomItemEdit)),
    ("delete_my_session", SignedIn),
    ("delete_org_unit_event", Needs(P::OrgEdit)),
    ("delete_person_archive", Needs(P::PersonEdit)),
    ("delete_person_attachment", Needs(P::PersonEdit)),
    ("delete_person_photo", Needs(P::PersonEdit)),
    ("delete_role", Needs(P::RoleEdit)),
    ("delete_temporary_overtime", Needs(P::OvertimeApprove)),
    ("delete_what_if_run", Needs(P::RulesWhatIf)),
    ("get_attendance_period", Needs(P::PeriodView)),
    ("get_attendance_period_checks", Needs(P::PeriodView)),
    ("get_audit_export", Needs(P::AuditExport)),
    ("get_calendar", Needs(P::CalendarView)),
    ("get_employment_approval", Needs(P::PersonView)),
    ("get_default_shifts_export", Needs(P::RosterView)),
    ("get_demand_coverage", Needs(P::DemandView)),
    ("get_demand_table", Needs(P::DemandView)),
    ("get_dimension", Needs(P::DimensionView)),
    ("get_employee_export", Needs(P::EmployeeExport)),
    ("get_employee_file", Needs(P::PersonView)),
    ("get_job", SignedIn),
    ("get_mark_batch", Needs(P::PrecomputeView)),
    ("get_master_export", Needs(P::OrgView)),
    ("get_me", SignedIn),
    ("get_my_day", SignedIn),
    ("get_my_explanation", SignedIn),
    ("get_my_period_summary", SignedIn),
    ("get_my_permissions", SignedIn),
    ("get_national_preview", Needs(P::CalendarView)),
    ("get_org_unit", Needs(P::OrgView)),
    ("get_period_set", Needs(P::CalendarView)),
    ("get_permission_check", Needs(P::UserView)),
    ("get_person", Needs(P::PersonView)),
    ("get_person_attachment", Needs(P::PersonView)),
    ("get_person_explanation", Needs(P::DayExplain)),
    ("get_person_period_summary", Needs(P::DayView)),
    ("get_position", Needs(P::PositionView)),
    ("get_person_photo", Needs(P::PersonView)),
    ("get_punch", Needs(P::PunchView)),
    ("get_request", Needs(P::RequestView)),
    ("get_roster_export", Needs(P::RosterView)),
    ("get_roster_findings_export", Needs(P::RosterView)),
    ("get_role", Needs(P::UserView)),
    ("get_rule", Needs(P::RuleView)),
    ("get_rule_version", Needs(P::RuleView)),
    ("get_shift", Needs(P::ShiftView)),
    ("get_shift_version", Needs(P::ShiftView)),
    ("get_transfer_form", Needs(P::PersonView)),
    ("get_team", Needs(P::TeamView)),
    ("get_user", Needs(P::UserView)),
    ("get_user_permissions", Needs(P::UserView)),
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
    ("list_custom_items", Needs(P::PersonView)),
    ("list_days", Needs(P::DayView)),
    ("list_default_shifts", Needs(P::RosterView)),
    ("list_demand_candidates", Needs(P::DemandView)),
    ("list_demand_lines", Needs(P::DemandView)),
    ("list_demand_tables", Needs(P::DemandView)),
    ("list_device_pins", Needs(P::PunchAssign)),
    ("list_employment_events", Needs(P::PersonView)),
    ("list_employment_reminders", Needs(P::PersonView)),
    ("list_employee_fields", Needs(P::PersonView)),
    ("list_employee_files", Needs(P::PersonView)),
    ("list_exceptions", Needs(P::DayView)),
    ("list_dimension_assignments", Needs(P::DimensionView)),
    ("list_dimension_members", Needs(P::DimensionView)),
    ("list_dimension_values", Needs(P::DimensionView)),
    ("list_dimensions", Needs(P::DimensionView)),
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
    ("list_national_previews", Needs(P::CalendarView)),
    ("list_org_calendars", Needs(P::CalendarView)),
    ("list_org_schemes", Needs(P::RuleView)),
    ("list_org_unit_children", Needs(P::OrgView)),
    ("list_org_unit_events", Needs(P::OrgView)),
    ("list_org_unit_path", Needs(P::OrgView)),
    ("list_org_units", Needs(P::OrgView)),
    ("list_period_set_assignments", Needs(P::CalendarView)),
    ("list_period_set_dates", Needs(P::CalendarView)),
    ("list_period_sets", Needs(P::CalendarView)),
    ("list_period_summaries", Needs(P::DayView)),
    ("list_person_archives", Needs(P::PersonView)),
    ("list_person_attachments", Needs(P::PersonView)),
    ("list_permissions", Needs(P::UserView)),
    ("list_person_days", Needs(P::DayView)),
    ("list_person_employment_events", Needs(P::PersonView)),
    ("list_persons", Needs(P::PersonView)),
    ("list_protections", Needs(P::ProtectionEdit)),
    ("list_positions", Needs(P::PositionView)),
    ("list_punches", Needs(P::PunchView)),
    ("list_requests", Needs(P::RequestView)),
    ("list_roles", Needs(P::UserView)),
    ("list_roster", Needs(P::RosterView)),
    ("list_roster_checks", Needs(P::RosterView)),
    ("list_roster_findings", Needs(P::RosterView)),
    ("list_roster_grid", Needs(P::RosterView)),
    ("list_rule_differences", Needs(P::RuleView)),
    ("list_rule_versions", Needs(P::RuleView)),
    ("list_rules", Needs(P::RuleView)),
    ("list_scheme_assignments", Needs(P::RuleView)),
    ("list_setup_findings", Needs(P::RuleView)),
    ("list_shift_versions", Needs(P::ShiftView)),
    ("list_shifts", Needs(P::ShiftView)),
    ("list_team_members", Needs(P::TeamView)),
    ("list_teams", Needs(P::TeamView)),
    ("list_team_rosters", Needs(P::RosterView)),
    ("list_temporary_overtime", Needs(P::OvertimeView)),
    ("list_unassigned_punches", Needs(P::PunchAssign)),
    ("list_users", Needs(P::UserView)),
    ("list_what_if_differences", Needs(P::RulesWhatIf)),
    ("list_what_if_runs", Needs(P::RulesWhatIf)),
    ("move_mark_batch", Needs(P::PrecomputeManage)),
    ("pause_mark_batch", Needs(P::PrecomputeManage)),
    ("replace_calendar_assignments", Needs(P::CalendarAssign)),
    ("replace_calendar_dates", Needs(P::CalendarEdit)),
    ("replace_default_shifts", Needs(P::RosterEdit)),
    ("replace_demand_lines", Needs(P::DemandEdit)),
    ("replace_device_pins", Needs(P::PunchAssign)),
    ("replace_employment_approval", Needs(P::EmploymentApprove)),
    ("replace_dimension_assignments", Needs(P::DimensionAssign)),
    ("replace_dimension_values", Needs(P::DimensionEdit)),
    ("replace_employee_field", Needs(P::CustomItemEdit)),
    ("replace_my_password", SignedIn),
    ("replace_org_calendars", Needs(P::CalendarAssign)),
    ("replace_org_schemes", Needs(P::SchemeAssign)),
    ("replace_org_unit_closing", Needs(P::OrgEdit)),
    ("replace_org_units", Needs(P::OrgEdit)),
    ("replace_period_set_dates", Needs(P::CalendarEdit)),
    ("replace_person_archive", Needs(P::PersonEdit)),
    ("replace_person_card", Needs(P::PersonEdit)),
    ("replace_person_leaving", Needs(P::PersonEdit)),
    ("replace_person_photo", Needs(P::PersonEdit)),
    ("replace_persons", Needs(P::PersonEdit)),
    ("replace_protections", Needs(P::ProtectionEdit)),
    ("replace_positions", Needs(P::PositionEdit)),
    ("replace_roster_cells", Needs(P::RosterEdit)),
    ("replace_roster_check", Needs(P::RosterCheckEdit)),
    ("replace_scheme_assignments", Needs(P::SchemeAssign)),
    ("replace_team_cells", Needs(P::RosterEdit)),
    ("replace_team_members", Needs(P::TeamAssign)),
    ("replace_teams", Needs(P::TeamEdit)),
    ("replace_user_roles", Needs(P::UserEdit)),
    ("resume_mark_batch", Needs(P::PrecomputeManage)),
    ("update_demand_table", Needs(P::DemandEdit)),
    ("update_calendar", Needs(P::CalendarEdit)),
    ("update_dimension", Needs(P::DimensionEdit)),
    ("update_dimension_value", Needs(P::DimensionEdit)),
    ("update_custom_item", Needs(P::CustomItemEdit)),
    ("update_employee_file", Needs(P::PersonEdit)),
    ("update_org_unit", Needs(P::OrgEdit)),
    ("update_person", Needs(P::PersonEdit)),
    ("update_position", Needs(P::PositionEdit)),
    ("update_team", Needs(P::TeamEdit)),
    ("update_role", Needs(P::RoleEdit)),
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
        ("{code}", "weekly_rest"),
        ("{id}", "1"),
        ("{period_id}", "1"),
        ("{value_id}", "1"),
        ("{table}", "org"),
        ("{name}", "birth_place"),
        ("{archive_id}", "1"),
        ("{attachment_id}", "1"),
    ] {
        out = out.replace(name, value);
    }
    let needed = operation["parameters"].as_array().into_iter().flatten();
    let query: Vec<String> = needed
        .filter(|p| p["in"] == "query" && p["required"] == true)
        .map(|p| {
            let name = p["name"].as_str().unwrap();
            let value = match name {
                "from" | "to" | "on" | "date" => "2026-03-10",
                "format" => "csv",
                "kind" => "contract",
                "name" => "a.pdf",
                "period" => "2026-03",
                "year" => "2026",
                "permission" => "day.view",
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

#[tokio::test]
async fn every_operation_about_somebody_is_tried_within_and_outside_a_scope() {
    let document = Document::parse(&house::document().unwrap()).unwrap();
    let mut forgotten = Vec::new();
    for (path, _, operation) in document.operations() {
        let id = operation["operationId"].as_str().unwrap();
        let listed = ABOUT_NOBODY.contains(&id)
            || TRIED_THERE.contains(&id)
            || ABOUT_SOMEBODY.iter().any(|(n, ..)| *n == id);
        if matches!(access(id), Some(Needs(_))) && path.contains('{') && !listed {
            forgotten.push(id.to_owned());
        }
    }
    assert!(forgotten.is_empty(), "neither about somebody nor about nobody: {forgotten:?}");
}

both!(outside_scope_404_inside_without_permission_403_else_an_answer, |world| async move {
    let c = company(world).await;
    let wang = c.person("wang").await;
    let (u, _) = c.user("wang", json!({ "person_id": wang }), json!([])).await;
    c.admin
        .post(
            "/punches",
            json!({ "items": [{ "person_id": wang, "local_time": "2026-03-09T08:00:00", "reason": "x" }] }),
        )
        .await;
    let punch = c.world.number("SELECT COALESCE(MAX(id), 0) FROM punch").await;
    c.run(&format!(
        "INSERT INTO temporary_overtime (person_id, work_date, start_wall, end_wall, breaks, break_minutes, reason, at) \
         VALUES ({wang}, '2026-03-09', 1, 2, '[]', 0, 'x', 0)"
    ))
    .await;
    let overtime = c.world.number("SELECT MAX(id) FROM temporary_overtime").await;
    let request = insert_request(&c, &wang).await;
    let event = c
        .world
        .number(&format!("SELECT MAX(id) FROM employment_event WHERE person_id = {wang}"))
        .await;
    let filled = |text: &str, org: &str| {
        text.replace("{p}", &wang)
            .replace("{u}", &u)
            .replace("{o}", org)
            .replace("{punch}", &punch.to_string())
            .replace("{overtime}", &overtime.to_string())
            .replace("{request}", &request)
            .replace("{event}", &event.to_string())
    };
    let org = c.org("001002").await;
    let all: Vec<&str> = Permission::ALL.iter().map(|p| p.code()).collect();
    let everything = c.role("everything", &all).await;
    let scope = |dept: Value| json!({ "departments": [dept] });
    let (inside, outside) = (c.dept("001", true).await, c.dept("001001", true).await);
    let assignment = |role: &str, dept: &Value| json!([{ "role_id": role, "scope": scope(dept.clone()), "valid_from": "2026-01-01" }]);
    let (_, stranger) = c.user("stranger", json!({}), assignment(&everything, &outside)).await;
    let (_, near) = c.user("near", json!({}), assignment(&everything, &inside)).await;
    for (id, method, path, body) in ABOUT_SOMEBODY {
        let Some(Needs(permission)) = access(id) else { panic!("{id} needs no permission") };
        let others: Vec<&str> = all.iter().copied().filter(|c| *c != permission.code()).collect();
        let role = c.role(&format!("no-{id}"), &others).await;
        // Other permissions for everybody are of no use.
        let (_, without) = c
            .user(
                &format!("no-{id}"),
                json!({}),
                json!([
                { "role_id": role, "scope": { "all": true }, "valid_from": "2026-01-01" } ]),
            )
            .await;
        let body = (!body.is_empty()).then(|| serde_json::from_str(&filled(body, &org)).unwrap());
        let ask = async |api: &Api| {
            let method: Method = method.parse().unwrap();
            api.send(method, &filled(path, &org), body.clone(), &[]).await
        };
        let answer = ask(&stranger).await;
        assert_eq!(answer.status, 404, "{id} outside: {:#}", answer.body);
        let unseen = answer.code().to_owned();
        let answer = ask(&without).await;
        assert_eq!((answer.status, answer.code()), (403, "permission_missing"), "{id}");
        let answer = ask(&near).await;
        // He is seen; there may still be nothing of his, which some say as if they did not see him.
        let nothing = answer.code() == "no_result" || answer.code() != unseen;
        let found = matches!(answer.status, 200 | 409 | 422) || (answer.status == 404 && nothing);
        assert!(found, "{id} inside: {} {:#}", answer.status, answer.body);
    }
});

async fn insert_request(c: &Company, person: &str) -> String {
    let tx = c.world.app.db.begin().await.unwrap();
    kaoqin::rules::ensure_seeds(&tx, c.world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let day = "2026-03-09T00:00:00".parse::<vocabulary::WallTime>().unwrap().seconds();
    c.run(&format!(
        "INSERT INTO approved_request (person_id, type_id, start_wall, end_wall, approved_wall, half_day, \
           breaks, break_minutes, reason, at) \
         SELECT {person}, MIN(id), {day} + 28800, {day} + 61200, {day}, FALSE, '[]', 0, 'x', 0 FROM rule \
         WHERE kind = 'request_type'"
    ))
    .await;
    c.world.number("SELECT MAX(id) FROM approved_request").await.to_string()
}
