//! Rules, request types, schemes, assignments and trial evaluations over HTTP.

mod view;

use contract::rules::{
    EvaluationCreate, EvaluationView, RefusedDefinition, RuleDifferenceView, RuleDifferencesView,
    RuleKind, RulePublishedView, RuleVersionCreate, RuleVersionView, RuleView,
    SchemeAssignmentView, SchemeAssignmentsPut, SetupFindingsView,
};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use serde_json::Value;
use vocabulary::{LocalDate, PersonId, RuleId};

use super::{
    AssignmentFilter, Book, NewRuleVersion, RuleFilter, RuleRefusal, RuleVersionRow,
    SchemeAssignment, TrialInput,
};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

use view::{content_body, finding_view, kind_of, parse, rule_view, version_view};

pub struct RulesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl RulesApi {
    /// List rules, request types and schemes
    ///
    /// Each with its version of the date.
    #[oai(path = "/rules", method = "get", operation_id = "list_rules", tag = "Tag::Rules")]
    async fn rules(
        &self,
        auth: Auth,
        kind: Query<Option<RuleKind>>,
        /// The date whose versions are wanted; today if absent.
        on: Query<Option<LocalDate>>,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// From the former page.
        cursor: Query<Option<RuleId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<RuleView>>, Problem> {
        auth.allow(P::RuleView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = RuleFilter {
            on: on.0.unwrap_or_else(|| self.app.today()),
            id: None,
            kind: kind.0.map(kind_of),
            text: text.0,
            after: cursor.0,
            limit,
        };
        let rows = super::rules(self.app.db.read(), &filter).await?;
        let next = full(&rows, limit).map(|r| r.id.to_string());
        let items = rows.into_iter().map(rule_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Get a rule, request type or scheme
    #[oai(path = "/rules/:id", method = "get", operation_id = "get_rule", tag = "Tag::Rules")]
    async fn rule(
        &self,
        auth: Auth,
        id: Path<RuleId>,
        /// The date whose version is wanted; today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<RuleView>, Problem> {
        auth.allow(P::RuleView)?;
        let filter = RuleFilter {
            on: on.0.unwrap_or_else(|| self.app.today()),
            id: Some(id.0),
            kind: None,
            text: None,
            after: None,
            limit: 1,
        };
        let rows = super::rules(self.app.db.read(), &filter).await?;
        let row = rows.into_iter().next().ok_or_else(|| refused(RuleRefusal::RuleNotFound))?;
        Ok(Json(rule_view(row)?))
    }

    /// Publish a version of a rule, request type or scheme
    ///
    /// The first version makes the object. A published version never changes. On a date the version
    /// with the greatest `effective_from` not after it counts, of several with one date the newest.
    /// A scheme names its rules by code and takes, on each date, their versions of that date.
    /// Everybody concerned is computed again from `effective_from` on; earlier days stay as they
    /// are.
    #[oai(
        path = "/rules",
        method = "post",
        operation_id = "create_rule_version",
        tag = "Tag::Rules"
    )]
    async fn publish(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RuleVersionCreate>,
    ) -> Result<Json<RulePublishedView>, Problem> {
        let (actor, _) = auth.allow(P::RulePublish)?;
        let new = new_rule_version(body.0);
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::publish(&self.app, &actor, new.clone(), &once)).await?;
        Ok(Json(RulePublishedView {
            rule_id: done.rule_id,
            version_id: done.version_id,
            version: done.version,
            people: i64::try_from(done.people).unwrap_or(i64::MAX),
            batch_id: done.batch,
        }))
    }

    /// List the versions of a rule, request type or scheme
    ///
    /// Newest first.
    #[oai(
        path = "/rules/:id/versions",
        method = "get",
        operation_id = "list_rule_versions",
        tag = "Tag::Rules"
    )]
    async fn versions(
        &self,
        auth: Auth,
        id: Path<RuleId>,
        /// From the former page.
        #[oai(validator(minimum(value = "1")))]
        cursor: Query<Option<i32>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<RuleVersionView>>, Problem> {
        auth.allow(P::RuleView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let rows = super::rule_versions(self.app.db.read(), id.0, cursor.0, limit).await?;
        if rows.is_empty() && cursor.0.is_none() {
            return Err(refused(RuleRefusal::RuleNotFound));
        }
        let next = full(&rows, limit).map(|r| r.version.to_string());
        let items = rows.into_iter().map(version_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Get a version of a rule, request type or scheme
    #[oai(
        path = "/rules/:id/versions/:version",
        method = "get",
        operation_id = "get_rule_version",
        tag = "Tag::Rules"
    )]
    async fn version(
        &self,
        auth: Auth,
        id: Path<RuleId>,
        version: Path<i32>,
    ) -> Result<Json<RuleVersionView>, Problem> {
        auth.allow(P::RuleView)?;
        Ok(Json(version_view(self.stored(id.0, version.0).await?)?))
    }

    /// Compare two versions
    ///
    /// Every field that differs, with its value in either version.
    #[oai(
        path = "/rules/:id/differences",
        method = "get",
        operation_id = "list_rule_differences",
        tag = "Tag::Rules"
    )]
    async fn differences(
        &self,
        auth: Auth,
        id: Path<RuleId>,
        from_version: Query<i32>,
        to_version: Query<i32>,
    ) -> Result<Json<RuleDifferencesView>, Problem> {
        auth.allow(P::RuleView)?;
        let before: Value = parse(&self.stored(id.0, from_version.0).await?.body)?;
        let after: Value = parse(&self.stored(id.0, to_version.0).await?.body)?;
        let differences = super::differences(&before, &after).into_iter().map(|d| {
            RuleDifferenceView { path: d.path, before: d.before.map(Any), after: d.after.map(Any) }
        });
        Ok(Json(RuleDifferencesView {
            from_version: from_version.0,
            to_version: to_version.0,
            differences: differences.collect(),
        }))
    }

    /// List scheme assignments
    ///
    /// Entries of the timelines of people in scope; an entry holds until the next one of the same
    /// person.
    #[oai(
        path = "/scheme-assignments",
        method = "get",
        operation_id = "list_scheme_assignments",
        tag = "Tag::Rules"
    )]
    async fn assignments(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        /// Entries with this scheme.
        scheme_id: Query<Option<RuleId>>,
        /// From the former page.
        #[oai(validator(max_length = 40))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<SchemeAssignmentView>>, Problem> {
        let (_, scope) = auth.allow(P::RuleView)?;
        let after = match cursor.0.as_deref() {
            None => None,
            Some(text) => Some(place(text).ok_or_else(|| refused(RuleRefusal::CursorInvalid))?),
        };
        let limit = limit.0.min(MAX_LIMIT);
        let filter = AssignmentFilter {
            person: person_id.0,
            scheme: scheme_id.0,
            after,
            today: self.app.today(),
            limit,
        };
        let rows = super::assignments(self.app.db.read(), &scope, &filter).await?;
        let next = full(&rows, limit).map(|r| format!("{}.{}", r.person_id, r.valid_from));
        let items = rows
            .into_iter()
            .map(|r| SchemeAssignmentView {
                person_id: r.person_id,
                valid_from: r.valid_from,
                scheme_id: r.scheme_id,
                scheme: r.code,
            })
            .collect();
        Ok(Json(Page::new(items, next)))
    }

    /// Assign schemes
    ///
    /// From `valid_from` until the next entry of his timeline a person has this scheme. Up to 5,000
    /// rows, each with its own outcome. The days are computed again.
    #[oai(
        path = "/scheme-assignments",
        method = "put",
        operation_id = "replace_scheme_assignments",
        tag = "Tag::Rules"
    )]
    async fn assign_schemes(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<SchemeAssignmentsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::SchemeAssign)?;
        let rows: Vec<SchemeAssignment> = body
            .0
            .assignments
            .into_iter()
            .map(|r| SchemeAssignment {
                person: r.person_id,
                valid_from: r.valid_from,
                scheme: r.scheme,
            })
            .collect();
        let once = Once::new(key.0, &rows)?;
        let done = retry(|| super::assign_schemes(&self.app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Check the setup
    ///
    /// What keeps days from being computed: people in service without scheme, schemes that are not
    /// in effect, roster cells of the next 31 days with shifts that are not in effect.
    #[oai(
        path = "/setup-findings",
        method = "get",
        operation_id = "list_setup_findings",
        tag = "Tag::Rules"
    )]
    async fn setup_findings(
        &self,
        auth: Auth,
        /// Today if absent.
        date: Query<Option<LocalDate>>,
    ) -> Result<Json<SetupFindingsView>, Problem> {
        let (_, scope) = auth.allow(P::RuleView)?;
        let date = date.0.unwrap_or_else(|| self.app.today());
        let snapshot = self.app.db.snapshot().await?;
        let found = super::setup_findings(&snapshot, &scope, date).await?;
        let items = found.items.into_iter().map(finding_view).collect();
        Ok(Json(SetupFindingsView { date, items, more: found.more }))
    }

    /// Evaluate cases
    ///
    /// The evaluation format over HTTP: definitions and up to 1,000 cases in, one result or error
    /// per case out. With `published_on` the published rules, request types, shifts and schemes of
    /// that date can be named too. Writes nothing.
    #[oai(
        path = "/evaluations",
        method = "post",
        operation_id = "create_evaluation",
        tag = "Tag::Rules"
    )]
    async fn evaluate(
        &self,
        auth: Auth,
        body: Json<EvaluationCreate>,
    ) -> Result<Json<EvaluationView>, Problem> {
        auth.allow(P::RulesTry)?;
        let b = body.0;
        let input = TrialInput {
            definitions: b.definitions.into_iter().map(|d| d.0).collect(),
            cases: b.cases.into_iter().map(|c| c.0).collect(),
        };
        let published = match b.published_on {
            None => None,
            Some(date) => Some(Book::load(&self.app.db.snapshot().await?).await?.on(date)),
        };
        let output = super::try_cases(input, published).await?;
        let refused_definitions = output.refused.into_iter().map(|r| RefusedDefinition {
            index: u32::try_from(r.index).unwrap_or(u32::MAX),
            code: r.code.to_owned(),
            message: r.message,
            path: r.path,
        });
        Ok(Json(EvaluationView {
            results: output.results.into_iter().map(Any).collect(),
            refused_definitions: refused_definitions.collect(),
        }))
    }
}

impl RulesApi {
    async fn stored(&self, id: RuleId, version: i32) -> Result<RuleVersionRow, Problem> {
        let row = super::rule_version(self.app.db.read(), id, version).await?;
        row.ok_or_else(|| refused(RuleRefusal::VersionNotFound))
    }
}

fn refused(r: RuleRefusal) -> Problem {
    Failure::from(r).into()
}

/// The last row of a page that is full, so that there may be another one.
fn full<T>(rows: &[T], limit: u32) -> Option<&T> {
    if rows.len() as u64 == u64::from(limit) { rows.last() } else { None }
}

/// A cursor of assignments: person and date.
fn place(cursor: &str) -> Option<(PersonId, LocalDate)> {
    let (person, date) = cursor.split_once('.')?;
    Some((person.parse().ok()?, date.parse().ok()?))
}

/// A version as it is sent.
pub fn new_rule_version(b: RuleVersionCreate) -> NewRuleVersion {
    let (kind, body) = content_body(&b.content);
    NewRuleVersion {
        kind,
        code: b.code,
        name: b.name,
        effective_from: b.effective_from,
        expected_version: b.expected_version,
        body,
    }
}
