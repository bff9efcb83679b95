//! Positions and teams over HTTP.

use contract::masters::{
    PositionCreate, PositionPatch, PositionView, PositionsPut, TeamCreate, TeamMemberView,
    TeamMembersPut, TeamPatch, TeamView, TeamsPut,
};
use contract::{Item, MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use vocabulary::{LocalDate, PersonId, PositionId, TeamId};

use super::master_view as view;
use super::{
    Master, MasterChange, MasterFilter, MasterInput, MasterRefusal, MasterRow, TeamAssignment,
    TeamEntryFilter,
};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct MastersApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl MastersApi {
    /// List positions
    ///
    /// In the order of their codes.
    #[oai(
        path = "/positions",
        method = "get",
        operation_id = "list_positions",
        tag = "Tag::People"
    )]
    async fn positions(
        &self,
        auth: Auth,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        active: Query<Option<bool>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PositionView>>, Problem> {
        auth.allow(P::PositionView)?;
        let filter = filter(text.0, active.0, cursor.0, limit.0);
        let rows = super::masters(self.app.db.read(), Master::Position, &filter).await?;
        Ok(Json(page(rows, filter.limit, view::position)))
    }

    /// Create a position
    #[oai(
        path = "/positions",
        method = "post",
        operation_id = "create_position",
        tag = "Tag::People"
    )]
    async fn create_position(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PositionCreate>,
    ) -> Result<Json<PositionView>, Problem> {
        let (actor, _) = auth.allow(P::PositionEdit)?;
        let b = body.0;
        let new =
            MasterInput { code: b.code, name: Some(b.name), grade: Some(b.grade), active: None };
        let once = Once::new(key.0, &new)?;
        let app = &self.app;
        let done =
            retry(|| super::create_master(app, &actor, Master::Position, &new, &once)).await?;
        Ok(Json(view::position(done)))
    }

    /// Make and change positions
    ///
    /// Up to 5,000 rows, found by code; each has its own outcome. Sending the same again changes
    /// nothing.
    #[oai(
        path = "/positions",
        method = "put",
        operation_id = "replace_positions",
        tag = "Tag::People"
    )]
    async fn put_positions(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PositionsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, _) = auth.allow(P::PositionEdit)?;
        let rows: Vec<MasterInput> =
            body.0.positions.into_iter().map(view::position_input).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done =
            retry(|| super::put_masters(app, &actor, Master::Position, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Get a position
    #[oai(
        path = "/positions/:id",
        method = "get",
        operation_id = "get_position",
        tag = "Tag::People"
    )]
    async fn position(
        &self,
        auth: Auth,
        id: Path<PositionId>,
    ) -> Result<Json<PositionView>, Problem> {
        auth.allow(P::PositionView)?;
        let row = super::master(self.app.db.read(), Master::Position, id.0.0).await?;
        let row = row.ok_or_else(|| refused(MasterRefusal::PositionNotFound))?;
        Ok(Json(view::position(row)))
    }

    /// Change a position
    #[oai(
        path = "/positions/:id",
        method = "patch",
        operation_id = "update_position",
        tag = "Tag::People"
    )]
    async fn update_position(
        &self,
        auth: Auth,
        id: Path<PositionId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PositionPatch>,
    ) -> Result<Json<PositionView>, Problem> {
        let (actor, _) = auth.allow(P::PositionEdit)?;
        let b = body.0;
        let change = MasterChange {
            version: b.version,
            code: b.code,
            name: b.name,
            grade: b.grade,
            active: b.active,
        };
        let once = Once::new(key.0, &(id.0, &change))?;
        let (app, id) = (&self.app, id.0.0);
        let done =
            retry(|| super::update_master(app, &actor, Master::Position, id, &change, &once))
                .await?;
        Ok(Json(view::position(done)))
    }

    /// List teams
    ///
    /// In the order of their codes.
    #[oai(path = "/teams", method = "get", operation_id = "list_teams", tag = "Tag::People")]
    async fn teams(
        &self,
        auth: Auth,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        active: Query<Option<bool>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<TeamView>>, Problem> {
        auth.allow(P::TeamView)?;
        let filter = filter(text.0, active.0, cursor.0, limit.0);
        let rows = super::masters(self.app.db.read(), Master::Team, &filter).await?;
        Ok(Json(page(rows, filter.limit, view::team)))
    }

    /// Create a team
    #[oai(path = "/teams", method = "post", operation_id = "create_team", tag = "Tag::People")]
    async fn create_team(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamCreate>,
    ) -> Result<Json<TeamView>, Problem> {
        let (actor, _) = auth.allow(P::TeamEdit)?;
        let b = body.0;
        let new = MasterInput { code: b.code, name: Some(b.name), grade: None, active: None };
        let once = Once::new(key.0, &new)?;
        let app = &self.app;
        let done = retry(|| super::create_master(app, &actor, Master::Team, &new, &once)).await?;
        Ok(Json(view::team(done)))
    }

    /// Make and change teams
    ///
    /// Up to 5,000 rows, found by code; each has its own outcome. Sending the same again changes
    /// nothing.
    #[oai(path = "/teams", method = "put", operation_id = "replace_teams", tag = "Tag::People")]
    async fn put_teams(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, _) = auth.allow(P::TeamEdit)?;
        let rows: Vec<MasterInput> = body.0.teams.into_iter().map(view::team_input).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::put_masters(app, &actor, Master::Team, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Get a team
    #[oai(path = "/teams/:id", method = "get", operation_id = "get_team", tag = "Tag::People")]
    async fn team(&self, auth: Auth, id: Path<TeamId>) -> Result<Json<TeamView>, Problem> {
        auth.allow(P::TeamView)?;
        let row = super::master(self.app.db.read(), Master::Team, id.0.0).await?;
        let row = row.ok_or_else(|| refused(MasterRefusal::TeamNotFound))?;
        Ok(Json(view::team(row)))
    }

    /// Change a team
    #[oai(path = "/teams/:id", method = "patch", operation_id = "update_team", tag = "Tag::People")]
    async fn update_team(
        &self,
        auth: Auth,
        id: Path<TeamId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamPatch>,
    ) -> Result<Json<TeamView>, Problem> {
        let (actor, _) = auth.allow(P::TeamEdit)?;
        let b = body.0;
        let change = MasterChange {
            version: b.version,
            code: b.code,
            name: b.name,
            grade: None,
            active: b.active,
        };
        let once = Once::new(key.0, &(id.0, &change))?;
        let (app, id) = (&self.app, id.0.0);
        let done =
            retry(|| super::update_master(app, &actor, Master::Team, id, &change, &once)).await?;
        Ok(Json(view::team(done)))
    }

    /// List members of teams
    ///
    /// Entries of the timelines of people, in the order of person and date; with `on` only those in
    /// effect on that date.
    #[oai(
        path = "/team-members",
        method = "get",
        operation_id = "list_team_members",
        tag = "Tag::People"
    )]
    async fn members(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        team_id: Query<Option<TeamId>>,
        on: Query<Option<LocalDate>>,
        /// From the former page.
        #[oai(validator(max_length = 40))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<TeamMemberView>>, Problem> {
        let (_, scope) = auth.allow(P::TeamView)?;
        let after = match cursor.0.as_deref() {
            Some(text) => Some(place(text).ok_or_else(|| refused(MasterRefusal::CursorInvalid))?),
            None => None,
        };
        let limit = limit.0.min(MAX_LIMIT);
        let (person, team, on) = (person_id.0, team_id.0, on.0);
        let filter = TeamEntryFilter { person, team, on, after, limit };
        let rows = super::team_entries(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full);
        let next = next.map(|e| format!("{}_{}", e.person_id, e.valid_from));
        Ok(Json(Page::new(rows.into_iter().map(view::team_member).collect(), next)))
    }

    /// Put people into teams
    ///
    /// From `valid_from` until the next entry of his timeline a person is in this team; he is in one
    /// at a time. Up to 5,000 rows, each with its own outcome; his days are computed again.
    #[oai(
        path = "/team-members",
        method = "put",
        operation_id = "replace_team_members",
        tag = "Tag::People"
    )]
    async fn put_members(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamMembersPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::TeamAssign)?;
        let rows: Vec<TeamAssignment> =
            body.0.members.into_iter().map(view::team_assignment).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::assign_teams(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

pub(super) fn filter(
    text: Option<String>,
    active: Option<bool>,
    after: Option<String>,
    limit: u32,
) -> MasterFilter {
    MasterFilter { id: None, text, active, after, limit: limit.min(MAX_LIMIT) }
}

pub(super) fn page<V: Item + ParseFromJSON + ToJSON>(
    rows: Vec<MasterRow>,
    limit: u32,
    view: impl Fn(MasterRow) -> V,
) -> Page<V> {
    let full = rows.len() as u64 == u64::from(limit);
    let next = rows.last().filter(|_| full).map(|m| m.code.clone());
    Page::new(rows.into_iter().map(view).collect(), next)
}

pub(super) fn refused(r: MasterRefusal) -> Problem {
    Failure::from(r).into()
}

/// Where a page of entries ended.
fn place(cursor: &str) -> Option<(PersonId, LocalDate)> {
    let (person, date) = cursor.split_once('_')?;
    Some((person.parse().ok()?, date.parse().ok()?))
}
