//! Drafts of rosters, their publications, and the history of a cell, over HTTP.

use contract::drafts::{
    CellHistoryView, PublicationView, RosterDraftCellsPut, RosterDraftCreate, RosterDraftDiscard,
    RosterDraftPublish, RosterDraftPublishedView, RosterDraftState, RosterDraftView,
};
use contract::shifts::CellKind;
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{DraftId, LocalDate, PersonId, PublicationId, TeamId};

use super::roster_view as view;
use super::{Draft, DraftEdit, NewDraft, Publication, Publishing, ShiftRefusal};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::people::{self, TeamChoice};

pub struct DraftsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl DraftsApi {
    /// List roster drafts
    ///
    /// The newest first.
    #[oai(
        path = "/roster/drafts",
        method = "get",
        operation_id = "list_roster_drafts",
        tag = "Tag::Shifts"
    )]
    async fn list(
        &self,
        auth: Auth,
        /// Only open ones.
        #[oai(default)]
        open: Query<bool>,
        /// From the former page.
        cursor: Query<Option<DraftId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<RosterDraftView>>, Problem> {
        auth.allow(P::RosterEdit)?;
        let limit = limit.0.min(MAX_LIMIT);
        let state = open.0.then_some("open");
        let rows = super::drafts(self.app.db.read(), None, state, cursor.0, limit).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|d| d.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(draft).collect(), next)))
    }

    /// Begin a roster draft
    #[oai(
        path = "/roster/drafts",
        method = "post",
        operation_id = "create_roster_draft",
        tag = "Tag::Shifts"
    )]
    async fn create(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RosterDraftCreate>,
    ) -> Result<Json<RosterDraftView>, Problem> {
        let (actor, _) = auth.allow(P::RosterEdit)?;
        let new = NewDraft { name: body.0.name, from: body.0.from, to: body.0.to };
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::create_draft(&self.app, &actor, &new, &once)).await?;
        Ok(Json(draft(done)))
    }

    /// Draft cells
    ///
    /// First the outcomes of the people's cells, then of the teams'. Generations and copies can go into a draft too.
    #[oai(
        path = "/roster/drafts/:id/cells",
        method = "put",
        operation_id = "replace_draft_cells",
        tag = "Tag::Shifts"
    )]
    async fn edit(
        &self,
        auth: Auth,
        id: Path<DraftId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RosterDraftCellsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let people = body.0.cells.into_iter().map(view::change);
        let teams = body.0.team_cells.into_iter().map(view::team_change);
        let edit = DraftEdit {
            people: people.collect::<Result<_, _>>().map_err(refused)?,
            teams: teams.collect::<Result<_, _>>().map_err(refused)?,
        };
        let once = Once::new(key.0, &(id.0, &edit))?;
        let done =
            retry(|| super::edit_draft(&self.app, &actor, &scope, id.0, &edit, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Publish a roster draft
    ///
    /// Its cells count from now on and whoever they concern is told. All or nothing: refused if a cell was changed
    /// after it was drafted, unless it is to be replaced.
    #[oai(
        path = "/roster/drafts/:id/publications",
        method = "post",
        operation_id = "publish_roster_draft",
        tag = "Tag::Shifts"
    )]
    async fn publish(
        &self,
        auth: Auth,
        id: Path<DraftId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RosterDraftPublish>,
    ) -> Result<Json<RosterDraftPublishedView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let b = body.0;
        let how = Publishing { version: b.version, replace: b.replace, note: b.note };
        let once = Once::new(key.0, &(id.0, &how))?;
        let done =
            retry(|| super::publish_draft(&self.app, &actor, &scope, id.0, &how, &once)).await?;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Ok(Json(RosterDraftPublishedView {
            publication_id: done.publication,
            cells: count(done.cells),
            people: count(done.people),
        }))
    }

    /// Discard a roster draft
    #[oai(
        path = "/roster/drafts/:id/discards",
        method = "post",
        operation_id = "discard_roster_draft",
        tag = "Tag::Shifts"
    )]
    async fn discard(
        &self,
        auth: Auth,
        id: Path<DraftId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RosterDraftDiscard>,
    ) -> Result<Json<RosterDraftView>, Problem> {
        let (actor, _) = auth.allow(P::RosterEdit)?;
        let version = body.0.version;
        let once = Once::new(key.0, &(id.0, version))?;
        let done = retry(|| super::discard_draft(&self.app, &actor, id.0, version, &once)).await?;
        Ok(Json(draft(done)))
    }

    /// List the versions of the roster
    ///
    /// The newest first.
    #[oai(
        path = "/roster/publications",
        method = "get",
        operation_id = "list_roster_publications",
        tag = "Tag::Shifts"
    )]
    async fn publications(
        &self,
        auth: Auth,
        /// From the former page.
        cursor: Query<Option<PublicationId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PublicationView>>, Problem> {
        auth.allow(P::RosterView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let rows = super::publications(self.app.db.read(), cursor.0, limit).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|p| p.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(publication).collect(), next)))
    }

    /// List the history of a cell
    ///
    /// Of a person or a team on a date, the newest first: who entered what when, and who changed or removed it.
    #[oai(
        path = "/roster/cell-history",
        method = "get",
        operation_id = "list_cell_history",
        tag = "Tag::Shifts"
    )]
    async fn history(
        &self,
        auth: Auth,
        date: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        team_id: Query<Option<TeamId>>,
    ) -> Result<Json<Page<CellHistoryView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        let (q, date) = (self.app.db.snapshot().await?, date.0);
        let rows = match (person_id.0, team_id.0) {
            (Some(p), None) => {
                let seen = people::visible_at(&q, &scope, &[(p, date)]).await?;
                if seen != [true] {
                    return Err(refused(ShiftRefusal::PersonNotFound));
                }
                super::history_of_person(&q, p, date).await?
            }
            (None, Some(t)) => {
                let wanted = TeamChoice::These(vec![t]);
                let teams = people::roster_teams(&q, &scope, &wanted, date, date).await?;
                if !teams.iter().any(|t| t.is_open_to(&scope)) {
                    return Err(refused(ShiftRefusal::TeamNotFound));
                }
                super::history_of_team(&q, t, date).await?
            }
            _ => return Err(refused(ShiftRefusal::CopyInvalid)),
        };
        let names = super::shift_names(&q).await?;
        let item = |h: super::PastCell| CellHistoryView {
            version: h.version,
            kind: if h.shifts.is_empty() { CellKind::Rest } else { CellKind::Shifts },
            shifts: view::codes(&h.shifts, &names),
            source: h.source,
            author_id: h.author,
            at: h.at,
            ended_by: h.ended_by,
            ended_at: h.ended_at,
        };
        Ok(Json(Page::new(rows.into_iter().map(item).collect(), None)))
    }
}

fn refused(r: ShiftRefusal) -> Problem {
    Failure::from(r).into()
}

fn draft(d: Draft) -> RosterDraftView {
    RosterDraftView {
        id: d.id,
        name: d.name,
        from: d.from,
        to: d.to,
        state: match d.state.as_str() {
            "published" => RosterDraftState::Published,
            "discarded" => RosterDraftState::Discarded,
            _ => RosterDraftState::Open,
        },
        cells: d.cells,
        author_id: d.author,
        at: d.at,
        version: d.version,
    }
}

fn publication(p: Publication) -> PublicationView {
    PublicationView {
        id: p.id,
        draft_id: p.draft_id,
        from: p.from_date,
        to: p.to_date,
        cells: p.cells,
        people: p.people,
        note: p.note,
        author_id: p.author_id,
        at: p.at,
    }
}
