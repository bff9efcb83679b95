//! Life cycle over HTTP.

use std::collections::HashMap;

use contract::employment::{
    EmploymentApproval, EmploymentDecisionCreate, EmploymentEventCreate, EmploymentEventKind,
    EmploymentEventState, EmploymentEventView, EmploymentEventsCreate, EmploymentRemovalCreate,
    FreezeCreate, LeavingPut, ReminderKind, ReminderView, TransferCreate, TransferFormView,
    UnfreezeCreate,
};
use contract::people::PersonView;
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{EventId, LocalDate, PersonId, ReminderId};

use super::{
    Decision, EventInput, Frozen, Leaving, NewTransfer, ReminderFilter, Removal, Thawed, view,
};
use crate::base::{App, Failure, Once, RowOutcome, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::people::{self, EventFilter, EventKind, PeopleRefusal};

pub struct EmploymentApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl EmploymentApi {
    /// Set the last day of a person
    ///
    /// Without a day he stays, or is back without interruption. The days from it on are computed again; his roster and
    /// approved requests after it are withdrawn, and come back if he stays.
    #[oai(
        path = "/persons/:id/leaving",
        method = "put",
        operation_id = "replace_person_leaving",
        tag = "Tag::Employment"
    )]
    async fn end_employment(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<LeavingPut>,
    ) -> Result<Json<PersonView>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let leaving = Leaving { version: body.version, left_on: body.left_on };
        let once = Once::new(key.0, &(id.0, leaving))?;
        let app = &self.app;
        let done =
            retry(|| super::end_employment(app, &actor, &scope, id.0, leaving, &once)).await?;
        Ok(Json(people::person_view(done)))
    }

    /// Transfer a person
    ///
    /// To another department, position, employment kind or scheme from a date to his next transfer. The days before
    /// keep theirs.
    #[oai(
        path = "/persons/:id/transfers",
        method = "post",
        operation_id = "create_transfer",
        tag = "Tag::Employment"
    )]
    async fn transfer(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TransferCreate>,
    ) -> Result<Json<PersonView>, Problem> {
        let b = body.0;
        let (actor, scope) = if b.scheme_code.is_some() {
            auth.allow_both(P::PersonEdit, P::SchemeAssign)?
        } else {
            auth.allow(P::PersonEdit)?
        };
        let new = NewTransfer {
            version: b.version,
            valid_from: b.valid_from,
            org: b.org_code,
            position: b.position_code,
            kind: b.employment_kind,
            scheme: b.scheme_code,
            reason: b.reason.unwrap_or_default(),
        };
        let once = Once::new(key.0, &(id.0, &new))?;
        let done = retry(|| super::transfer(&self.app, &actor, &scope, id.0, &new, &once)).await?;
        Ok(Json(people::person_view(done)))
    }

    /// Get the transfer screen of a person
    ///
    /// What he is on the day before the effective date and on it. With `copy` the second column is filled with the
    /// first (复制调转前职位状态).
    #[oai(
        path = "/persons/:id/transfer-form",
        method = "get",
        operation_id = "get_transfer_form",
        tag = "Tag::Employment"
    )]
    async fn form(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        /// Effective date.
        on: Query<LocalDate>,
        #[oai(default)] copy: Query<bool>,
    ) -> Result<Json<TransferFormView>, Problem> {
        let (_, scope) = auth.allow(P::PersonView)?;
        let q = self.app.db.snapshot().await?;
        let form = super::transfer_form(&q, &scope, id.0, on.0, copy.0).await?;
        q.rollback().await?;
        Ok(Json(view::form(form, on.0)))
    }

    /// Freeze a person
    ///
    /// On frozen dates nothing is due and nothing is computed; punches are kept. Freezes must not
    /// overlap.
    #[oai(
        path = "/persons/:id/freezes",
        method = "post",
        operation_id = "create_freeze",
        tag = "Tag::Employment"
    )]
    async fn freeze(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<FreezeCreate>,
    ) -> Result<Json<PersonView>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let new = Frozen { version: body.version, from: body.from, to: body.to };
        let once = Once::new(key.0, &(id.0, new))?;
        let done = retry(|| super::freeze(&self.app, &actor, &scope, id.0, new, &once)).await?;
        Ok(Json(people::person_view(done)))
    }

    /// Unfreeze a person
    ///
    /// The freeze that lies on the date ends the day before; one that begins on it is gone.
    #[oai(
        path = "/persons/:id/unfreezes",
        method = "post",
        operation_id = "create_unfreeze",
        tag = "Tag::Employment"
    )]
    async fn unfreeze(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<UnfreezeCreate>,
    ) -> Result<Json<PersonView>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let new = Thawed { version: body.version, on: body.on };
        let once = Once::new(key.0, &(id.0, new))?;
        let done = retry(|| super::unfreeze(&self.app, &actor, &scope, id.0, new, &once)).await?;
        Ok(Json(people::person_view(done)))
    }

    /// Enter an event of a person
    ///
    /// It takes effect at 00:00 of its date, before or after the fact; the days from it on are computed again. Kinds
    /// that the setting names wait for a decision.
    #[oai(
        path = "/persons/:id/employment-events",
        method = "post",
        operation_id = "create_employment_event",
        tag = "Tag::Employment"
    )]
    async fn enter(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmploymentEventCreate>,
    ) -> Result<Json<EmploymentEventView>, Problem> {
        let (actor, scope) = if body.scheme_code.is_some() {
            auth.allow_both(P::PersonEdit, P::SchemeAssign)?
        } else {
            auth.allow(P::PersonEdit)?
        };
        let row = view::input(id.0, body.0);
        let once = Once::new(key.0, &row)?;
        let app = &self.app;
        let done = retry(|| super::enter_event(app, &actor, &scope, &row, &once)).await?;
        Ok(Json(view::event(done)?))
    }

    /// Enter events of many people
    ///
    /// Up to 5,000 rows, by employee number; each has its own outcome, a refused row does not hinder the others.
    #[oai(
        path = "/employment-events",
        method = "post",
        operation_id = "create_employment_events",
        tag = "Tag::Employment"
    )]
    async fn enter_many(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmploymentEventsCreate>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = if body.events.iter().any(|r| r.event.scheme_code.is_some()) {
            auth.allow_both(P::PersonEdit, P::SchemeAssign)?
        } else {
            auth.allow(P::PersonEdit)?
        };
        let numbers: Vec<String> = body.events.iter().map(|r| r.number.clone()).collect();
        let known: HashMap<String, PersonId> =
            people::by_number(self.app.db.read(), &numbers).await?;
        let person = |number: &String| known.get(number).copied().unwrap_or_default();
        let rows: Vec<EventInput> =
            body.0.events.into_iter().map(|r| view::input(person(&r.number), r.event)).collect();
        let once = Once::new(key.0, &(&numbers, &rows))?;
        let app = &self.app;
        let done = retry(|| super::enter_events(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// List the events of a person
    ///
    /// In the order in which they were entered, with those that were taken back.
    #[oai(
        path = "/persons/:id/employment-events",
        method = "get",
        operation_id = "list_person_employment_events",
        tag = "Tag::Employment"
    )]
    async fn of_person(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        /// From the former page.
        cursor: Query<Option<EventId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<EmploymentEventView>>, Problem> {
        let (_, scope) = auth.allow(P::PersonView)?;
        let today = self.app.today();
        let found = people::person(self.app.db.read(), &scope, id.0, today).await?;
        found.ok_or_else(|| Failure::from(PeopleRefusal::PersonNotFound))?;
        let filter = EventFilter {
            person: Some(id.0),
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
            ..EventFilter::default()
        };
        self.page(&Scope::everybody(), &filter).await
    }

    /// List events
    ///
    /// Of everybody within scope on the date of the event, in the order in which they were entered.
    #[oai(
        path = "/employment-events",
        method = "get",
        operation_id = "list_employment_events",
        tag = "Tag::Employment"
    )]
    async fn events(
        &self,
        auth: Auth,
        kind: Query<Option<EmploymentEventKind>>,
        state: Query<Option<EmploymentEventState>>,
        /// First effective date.
        from: Query<Option<LocalDate>>,
        /// Last effective date.
        to: Query<Option<LocalDate>>,
        /// From the former page.
        cursor: Query<Option<EventId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<EmploymentEventView>>, Problem> {
        let (_, scope) = auth.allow(P::PersonView)?;
        let filter = EventFilter {
            id: None,
            person: None,
            kind: kind.0.map(view::kind),
            state: state.0.map(view::state),
            from: from.0,
            to: to.0,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        self.page(&scope, &filter).await
    }

    /// Take an event back
    ///
    /// It is removed; one that something later followed or that reaches into a locked period stays and is reversed by
    /// an event of its own. The timelines are then as if it had never been.
    #[oai(
        path = "/employment-events/:id/removal",
        method = "post",
        operation_id = "create_employment_removal",
        tag = "Tag::Employment"
    )]
    async fn remove(
        &self,
        auth: Auth,
        id: Path<EventId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmploymentRemovalCreate>,
    ) -> Result<Json<EmploymentEventView>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let removal = Removal { version: body.version, reason: body.0.reason };
        let once = Once::new(key.0, &(id.0, &removal))?;
        let app = &self.app;
        let done =
            retry(|| super::remove_event(app, &actor, &scope, id.0, &removal, &once)).await?;
        Ok(Json(view::event(done)?))
    }

    /// Decide an event that waits
    ///
    /// Approved, it takes effect from its date on, if it still can. Nobody decides what he has entered himself.
    #[oai(
        path = "/employment-events/:id/decision",
        method = "post",
        operation_id = "create_employment_decision",
        tag = "Tag::Employment"
    )]
    async fn decide(
        &self,
        auth: Auth,
        id: Path<EventId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmploymentDecisionCreate>,
    ) -> Result<Json<EmploymentEventView>, Problem> {
        let (actor, scope) = auth.allow(P::EmploymentApprove)?;
        let b = body.0;
        let decision = Decision {
            version: b.version,
            approved: b.approved,
            remark: b.remark.unwrap_or_default(),
        };
        let once = Once::new(key.0, &(id.0, &decision))?;
        let app = &self.app;
        let done =
            retry(|| super::decide_event(app, &actor, &scope, id.0, &decision, &once)).await?;
        Ok(Json(view::event(done)?))
    }

    /// Get which events wait for a decision
    #[oai(
        path = "/employment-approval",
        method = "get",
        operation_id = "get_employment_approval",
        tag = "Tag::Employment"
    )]
    async fn approval(&self, auth: Auth) -> Result<Json<EmploymentApproval>, Problem> {
        auth.allow(P::PersonView)?;
        Ok(Json(approval_view(super::approval(self.app.db.read()).await?)))
    }

    /// Say which events wait for a decision
    ///
    /// Events that wait already go on waiting.
    #[oai(
        path = "/employment-approval",
        method = "put",
        operation_id = "replace_employment_approval",
        tag = "Tag::Employment"
    )]
    async fn set_approval(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmploymentApproval>,
    ) -> Result<Json<EmploymentApproval>, Problem> {
        let (actor, _) = auth.allow(P::EmploymentApprove)?;
        let kinds: Vec<EventKind> = body.0.kinds.into_iter().map(view::kind).collect();
        let once = Once::new(key.0, &kinds)?;
        let done = retry(|| super::set_approval(&self.app, &actor, &kinds, &once)).await?;
        Ok(Json(approval_view(done)))
    }

    /// List what becomes due
    ///
    /// The ends of probations, contracts and freezes of everybody within scope today, 30, 15 and 7 days before.
    #[oai(
        path = "/employment-reminders",
        method = "get",
        operation_id = "list_employment_reminders",
        tag = "Tag::Employment"
    )]
    async fn reminders(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        kind: Query<Option<ReminderKind>>,
        /// First due date; today if absent.
        from: Query<Option<LocalDate>>,
        /// Last due date.
        to: Query<Option<LocalDate>>,
        /// From the former page.
        cursor: Query<Option<ReminderId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<ReminderView>>, Problem> {
        let (_, scope) = auth.allow(P::PersonView)?;
        let today = self.app.today();
        let filter = ReminderFilter {
            person: person_id.0,
            kind: kind.0.map(view::reminder_kind),
            from: from.0.unwrap_or(today),
            to: to.0.unwrap_or(LocalDate::MAX),
            today,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::reminders(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        let items = rows.into_iter().map(view::reminder).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }
}

impl EmploymentApi {
    async fn page(
        &self,
        scope: &Scope,
        filter: &EventFilter,
    ) -> Result<Json<Page<EmploymentEventView>>, Problem> {
        let rows = people::events(self.app.db.read(), scope, filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        let items = rows.into_iter().map(view::event).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }
}

fn approval_view(kinds: Vec<EventKind>) -> EmploymentApproval {
    EmploymentApproval { kinds: kinds.into_iter().map(view::kind_view).collect() }
}
