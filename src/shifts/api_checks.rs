//! Checks of rosters, sums while editing and findings over HTTP.

use contract::roster_checks::{
    CheckSeverity, HeadcountView, PersonSumsView, PositionCount, ProtectionKind, ProtectionView,
    ProtectionsPut, RosterCheckPut, RosterCheckRunView, RosterCheckView, RosterEvaluationCreate,
    RosterEvaluationView, RosterFindingBody, RosterFindingView, RosterSumsBody, TeamSumsView,
};
use contract::{FileAnswer, FileFormat, MAX_LIMIT, Outcome, Page, Problem, Tag};
use engine::legality::{Protection, Rule, Severity, rule};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PersonId};

use super::api::view::change;
use super::read::{CheckSetting, FindingFilter, FindingRow, check_settings, protection_rows};
use super::{
    CheckChange, GridFilter, LegalFinding, ProtectionChange, RosterEvaluation, RosterSums,
    ShiftRefusal, evaluate_roster, export_findings, roster_findings, set_check, set_protections,
    start_check_run,
};
use crate::base::context::{Lang, lang};
use crate::base::{App, Failure, Fault, Once, RowOutcome, TableFile, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct ChecksApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ChecksApi {
    /// List the checks of rosters
    ///
    /// What is looked at when a roster is saved and every night, how serious it is, where its limit
    /// lies and which law or policy it comes from.
    #[oai(
        path = "/roster-checks",
        method = "get",
        operation_id = "list_roster_checks",
        tag = "Tag::Shifts"
    )]
    async fn checks(&self, auth: Auth) -> Result<Json<Page<RosterCheckView>>, Problem> {
        auth.allow(P::RosterView)?;
        let settings = check_settings(self.app.db.read()).await?;
        let items = settings.iter().filter_map(check_view).collect();
        Ok(Json(Page::new(items, None)))
    }

    /// Set a check of rosters
    ///
    /// What a check of severity `block` finds refuses the cells that would cause it, or make it worse.
    #[oai(
        path = "/roster-checks/:code",
        method = "put",
        operation_id = "replace_roster_check",
        tag = "Tag::Shifts"
    )]
    async fn set_check(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        #[oai(validator(max_length = 40))] code: Path<String>,
        body: Json<RosterCheckPut>,
    ) -> Result<Json<RosterCheckView>, Problem> {
        let (actor, _) = auth.allow(P::RosterCheckEdit)?;
        let b = body.0;
        let change = CheckChange {
            code: code.0,
            severity: severity_code(b.severity),
            limit: b.limit,
            expected_version: b.expected_version,
        };
        let once = Once::new(key.0, &change)?;
        let done = retry(|| set_check(&self.app, &actor, &change, &once)).await?;
        let view = check_view(&done).ok_or_else(|| refused(ShiftRefusal::CheckNotFound))?;
        Ok(Json(view))
    }

    /// Count a roster while it is edited
    ///
    /// Sums per person, per team and per date and shift over the saved cells with changes that are not
    /// saved, and what the checks find in them. Writes nothing.
    #[oai(
        path = "/roster/evaluations",
        method = "post",
        operation_id = "create_roster_evaluation",
        tag = "Tag::Shifts"
    )]
    async fn evaluate(
        &self,
        auth: Auth,
        body: Json<RosterEvaluationCreate>,
    ) -> Result<Json<RosterEvaluationView>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        let b = body.0;
        let changes = b.changes.into_iter().map(change).collect::<Result<Vec<_>, _>>()?;
        let filter = GridFilter {
            from: b.from,
            to: b.to,
            people: b.person_ids,
            org: b.org_id,
            team: b.team_id,
            text: None,
            after: PersonId(0),
            limit: MAX_LIMIT,
        };
        let snapshot = self.app.db.snapshot().await?;
        let done = evaluate_roster(&snapshot, &scope, &filter, &changes).await?;
        Ok(Json(evaluation_view(done, b.headcounts)))
    }

    /// List what the nightly check found
    ///
    /// Findings that touch the dates, in the order in which they were found.
    #[oai(
        path = "/roster-findings",
        method = "get",
        operation_id = "list_roster_findings",
        tag = "Tag::Shifts"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn findings(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// A department with everything below it, on the last date of the finding.
        org_id: Query<Option<OrgId>>,
        /// Code of a check.
        #[oai(validator(max_length = 40))]
        code: Query<Option<String>>,
        severity: Query<Option<CheckSeverity>>,
        /// Also those that are gone.
        #[oai(default)]
        closed: Query<bool>,
        /// From the former page.
        #[oai(validator(minimum(value = "1")))]
        cursor: Query<Option<i64>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<RosterFindingView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        let filter = FindingFilter {
            from: from.0,
            to: to.0,
            person: person_id.0,
            org: org_id.0,
            code: code.0,
            severity: severity.0.map(severity_code),
            closed: closed.0,
            after: cursor.0.unwrap_or(0),
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = roster_findings(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(row_view).collect(), next)))
    }

    /// Export what the nightly check found
    #[oai(
        path = "/roster-findings/export",
        method = "get",
        operation_id = "get_roster_findings_export",
        tag = "Tag::Shifts"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn export(
        &self,
        auth: Auth,
        format: Query<FileFormat>,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// A department with everything below it, on the last date of the finding.
        org_id: Query<Option<OrgId>>,
        /// Code of a check.
        #[oai(validator(max_length = 40))]
        code: Query<Option<String>>,
        severity: Query<Option<CheckSeverity>>,
        /// Also those that are gone.
        #[oai(default)]
        closed: Query<bool>,
    ) -> Result<FileAnswer, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        let filter = FindingFilter {
            from: from.0,
            to: to.0,
            person: person_id.0,
            org: org_id.0,
            code: code.0,
            severity: severity.0.map(severity_code),
            closed: closed.0,
            after: 0,
            limit: MAX_LIMIT,
        };
        let start = match format.0 {
            FileFormat::Csv => TableFile::csv,
            FileFormat::Xlsx => TableFile::xlsx,
        };
        let file = export_findings(&self.app, &scope, filter, start).await?;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        Ok(FileAnswer { format: format.0, name: "roster-findings".to_owned(), body })
    }

    /// Check all rosters now
    ///
    /// Asks for the nightly check as a job.
    #[oai(
        path = "/roster-check-runs",
        method = "post",
        operation_id = "create_roster_check_run",
        tag = "Tag::Shifts"
    )]
    async fn run(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<RosterCheckRunView>, Problem> {
        let (actor, _) = auth.allow(P::RosterCheckEdit)?;
        let once = Once::new(key.0, &"check_run")?;
        let job_id = retry(|| start_check_run(&self.app, &actor, &once)).await?;
        Ok(Json(RosterCheckRunView { job_id }))
    }

    /// List protected dates
    ///
    /// When people are protected by law from night work and overtime; page by page of people.
    #[oai(
        path = "/protections",
        method = "get",
        operation_id = "list_protections",
        tag = "Tag::Shifts"
    )]
    async fn protections(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        /// People of a page.
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<ProtectionView>>, Problem> {
        let (_, scope) = auth.allow(P::ProtectionEdit)?;
        let (after, limit) = (cursor.0.unwrap_or_default(), limit.0.min(MAX_LIMIT));
        let (db, today) = (self.app.db.read(), self.app.today());
        let rows = protection_rows(db, &scope, person_id.0, after, limit, today).await?;
        let mut people: Vec<PersonId> = rows.iter().map(|r| r.person_id).collect();
        people.dedup();
        let full = people.len() as u64 == u64::from(limit);
        let next = people.last().filter(|_| full).map(ToString::to_string);
        let view = |r: super::read::ProtectionRow| {
            let kind = match r.protection() {
                Some(Protection::Pregnant) => ProtectionKind::Pregnant,
                Some(Protection::Nursing) => ProtectionKind::Nursing,
                Some(Protection::Minor) => ProtectionKind::Minor,
                None => return Err(Fault::text("a protection of no known kind")),
            };
            let (person_id, valid_from, valid_to) = (r.person_id, r.valid_from, r.valid_to);
            Ok(ProtectionView { person_id, kind, valid_from, valid_to })
        };
        let items = rows.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Write protected dates
    ///
    /// Up to 1,000 rows, each with its own outcome. An entry is known by person, kind and first date.
    #[oai(
        path = "/protections",
        method = "put",
        operation_id = "replace_protections",
        tag = "Tag::Shifts"
    )]
    async fn set_protections(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<ProtectionsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::ProtectionEdit)?;
        let rows: Vec<ProtectionChange> = body
            .0
            .protections
            .into_iter()
            .map(|p| ProtectionChange {
                person: p.person_id,
                kind: match p.kind {
                    ProtectionKind::Pregnant => Protection::Pregnant.code(),
                    ProtectionKind::Nursing => Protection::Nursing.code(),
                    ProtectionKind::Minor => Protection::Minor.code(),
                },
                valid_from: p.valid_from,
                valid_to: p.valid_to,
                remove: p.remove,
            })
            .collect();
        let once = Once::new(key.0, &rows)?;
        let done = retry(|| set_protections(&self.app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

fn refused(r: ShiftRefusal) -> Problem {
    Failure::from(r).into()
}

const fn severity_code(s: CheckSeverity) -> &'static str {
    match s {
        CheckSeverity::Info => Severity::Info.code(),
        CheckSeverity::Warn => Severity::Warn.code(),
        CheckSeverity::Block => Severity::Block.code(),
    }
}

const fn severity_view(s: Severity) -> CheckSeverity {
    match s {
        Severity::Info => CheckSeverity::Info,
        Severity::Warn => CheckSeverity::Warn,
        Severity::Block => CheckSeverity::Block,
    }
}

fn check_view(s: &CheckSetting) -> Option<RosterCheckView> {
    let r: &Rule = rule(s.code)?;
    let name = if lang() == Lang::Zh { r.zh } else { r.en };
    Some(RosterCheckView {
        code: s.code.to_owned(),
        name: name.to_owned(),
        source: r.source.to_owned(),
        severity: severity_view(s.severity),
        default_severity: severity_view(r.severity),
        limit: r.limit.map(|_| s.limit),
        default_limit: r.limit.map(|(default, _, _)| default),
        least: r.limit.map(|(_, least, _)| least),
        most: r.limit.map(|(_, _, most)| most),
        version: s.version,
    })
}

/// A finding in the language of the request.
pub(super) fn finding_view(f: LegalFinding) -> RosterFindingBody {
    let message = f.text(lang());
    RosterFindingBody {
        person_id: f.person,
        number: f.number,
        name: f.name,
        severity: severity_view(Severity::parse(&f.severity).unwrap_or(Severity::Warn)),
        code: f.code,
        from: f.from,
        to: f.to,
        value: f.value,
        limit: f.limit,
        message,
    }
}

fn row_view(r: FindingRow) -> RosterFindingView {
    RosterFindingView {
        id: r.id.to_string(),
        finding: finding_view(r.finding),
        found_at: r.found_at,
        seen_at: r.seen_at,
        closed_at: r.closed_at,
    }
}

fn sums_view(s: &RosterSums) -> RosterSumsBody {
    RosterSumsBody {
        scheduled_minutes: s.scheduled_minutes,
        overtime_minutes: s.overtime_minutes,
        work_days: s.work_days,
        rest_days: s.rest_days,
        empty_days: s.empty_days,
        night_shifts: s.night_shifts,
        longest_run: s.longest_run,
        standard_minutes: s.standard_minutes,
        difference_minutes: s.difference_minutes(),
    }
}

fn evaluation_view(e: RosterEvaluation, with_headcounts: bool) -> RosterEvaluationView {
    let people = e.people.into_iter().map(|p| PersonSumsView {
        person_id: p.person.id,
        number: p.person.number,
        name: p.person.name,
        org_id: p.person.org_id,
        team_id: p.person.team_id,
        sums: sums_view(&p.sums),
    });
    let teams = e.teams.into_iter().map(|t| TeamSumsView {
        team_id: t.team,
        people: i64::try_from(t.people).unwrap_or(i64::MAX),
        sums: sums_view(&t.sums),
    });
    let words = e.words;
    let headcounts = e.headcounts.into_iter().filter(|_| with_headcounts).map(|h| HeadcountView {
        date: h.date,
        shift_id: h.shift,
        shift: words.code_of(h.shift).to_owned(),
        people: h.people,
        positions: h
            .positions
            .into_iter()
            .map(|(position_id, people)| PositionCount { position_id, people })
            .collect(),
    });
    RosterEvaluationView {
        people: people.collect(),
        teams: teams.collect(),
        headcounts: headcounts.collect(),
        findings: e.findings.into_iter().map(finding_view).collect(),
        findings_left_out: i64::try_from(e.findings_left_out).unwrap_or(i64::MAX),
    }
}
