//! Persons over HTTP.

use contract::people::{
    PersonCreate, PersonDetailView, PersonPatch, PersonState as StateChoice, PersonView as View,
    PersonsPut,
};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PersonId};

use super::{NewPerson, PeopleRefusal, PersonChange, PersonFilter, PersonInput, view};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct PeopleApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl PeopleApi {
    /// List persons
    ///
    /// In the order of their ids. One sees who is in one's departments on the date asked for;
    /// somebody who is not hired yet counts by his first day.
    #[oai(path = "/persons", method = "get", operation_id = "list_persons", tag = "Tag::People")]
    async fn persons(
        &self,
        auth: Auth,
        /// The date of state and department; today if absent.
        on: Query<Option<LocalDate>>,
        /// Part of employee number or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// A department with everything below it.
        org_id: Query<Option<OrgId>>,
        state: Query<Option<StateChoice>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<View>>, Problem> {
        let (_, scope) = auth.allow(P::PersonView)?;
        let filter = PersonFilter {
            on: on.0.unwrap_or_else(|| self.app.today()),
            id: None,
            text: text.0,
            org: org_id.0,
            state: state.0.map(view::state_choice),
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::persons(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|p| p.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(view::person).collect(), next)))
    }

    /// Take a person on
    ///
    /// His days are computed from the first one on, as soon as he has a scheme.
    #[oai(path = "/persons", method = "post", operation_id = "create_person", tag = "Tag::People")]
    async fn add_person(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PersonCreate>,
    ) -> Result<Json<View>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let b = body.0;
        let new = NewPerson {
            number: b.number,
            name: b.name,
            zone: b.zone,
            hired_on: b.hired_on,
            org: b.org_code,
            position: b.position_code,
            kind: b.employment_kind,
            probation_until: b.probation_until,
            contract_until: b.contract_until,
        };
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::add_person(&self.app, &actor, &scope, &new, &once)).await?;
        Ok(Json(view::person(done)))
    }

    /// Make and change persons
    ///
    /// Up to 5,000 rows, found by employee number; each has its own outcome, a refused row does not
    /// hinder the others. Sending the same again changes nothing.
    #[oai(path = "/persons", method = "put", operation_id = "replace_persons", tag = "Tag::People")]
    async fn put_persons(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PersonsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let rows: Vec<PersonInput> = body.0.persons.into_iter().map(view::input).collect();
        let once = Once::new(key.0, &rows)?;
        let done = retry(|| super::put_persons(&self.app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Get a person
    ///
    /// With his timelines and what events make of his service.
    #[oai(path = "/persons/:id", method = "get", operation_id = "get_person", tag = "Tag::People")]
    async fn person(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        /// The date of state and department; today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<PersonDetailView>, Problem> {
        let (_, scope) = auth.allow(P::PersonView)?;
        let on = on.0.unwrap_or_else(|| self.app.today());
        let q = self.app.db.snapshot().await?;
        let person = super::person(&q, &scope, id.0, on).await?;
        let person = person.ok_or_else(|| refused(PeopleRefusal::PersonNotFound))?;
        let departments = super::org_timeline(&q, id.0).await?;
        let positions = super::position_timeline(&q, id.0).await?;
        let kinds = super::kind_timeline(&q, id.0).await?;
        let freezes = super::freezes(&q, id.0).await?;
        let career = super::career(&q, id.0, (person.hired_on, person.left_on)).await?;
        Ok(Json(PersonDetailView {
            person: view::person(person),
            departments: departments.into_iter().map(view::department).collect(),
            positions: positions.into_iter().map(view::position).collect(),
            employment_kinds: kinds.into_iter().map(view::kind).collect(),
            freezes: freezes.into_iter().map(view::freeze).collect(),
            service_gap_days: career.life.gap_days(),
            probations: career.life.probations.into_iter().map(view::stretch).collect(),
            gaps: career.life.gaps.into_iter().map(view::gap).collect(),
            contract: view::contract(career.contract),
        }))
    }

    /// Correct a person
    ///
    /// The days whose service changes are computed again.
    #[oai(
        path = "/persons/:id",
        method = "patch",
        operation_id = "update_person",
        tag = "Tag::People"
    )]
    async fn update_person(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PersonPatch>,
    ) -> Result<Json<View>, Problem> {
        let (actor, scope) = auth.allow(P::PersonEdit)?;
        let b = body.0;
        let change =
            PersonChange { version: b.version, name: b.name, zone: b.zone, hired_on: b.hired_on };
        let once = Once::new(key.0, &(id.0, &change))?;
        let app = &self.app;
        let done =
            retry(|| super::update_person(app, &actor, &scope, id.0, &change, &once)).await?;
        Ok(Json(view::person(done)))
    }
}

fn refused(r: PeopleRefusal) -> Problem {
    Failure::from(r).into()
}
