//! Bulk changes under way over HTTP.

use contract::batches::{MarkBatchMove, MarkBatchState, MarkBatchView, MarkLane};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::BatchId;

use super::batches::{BatchChange, change_batch};
use super::refusal::ResultRefusal;
use crate::base::{App, Failure, Once, retry};
use crate::dirty::{self, Batch, BatchFilter, BatchState, Lane};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct BatchesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl BatchesApi {
    /// List bulk changes
    ///
    /// Changes that concern many people, the newest first, with how far their results are computed.
    #[oai(
        path = "/mark-batches",
        method = "get",
        operation_id = "list_mark_batches",
        tag = "Tag::Precompute"
    )]
    async fn batches(
        &self,
        auth: Auth,
        state: Query<Option<MarkBatchState>>,
        /// From the former page.
        cursor: Query<Option<BatchId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<MarkBatchView>>, Problem> {
        auth.allow(P::PrecomputeView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = BatchFilter { state: state.0.map(state_of), before: cursor.0, limit };
        let rows = dirty::batches(self.app.db.read(), &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|b| b.id.to_string());
        Ok(Json(Page::new(rows.iter().map(view).collect(), next)))
    }

    /// Get a bulk change
    #[oai(
        path = "/mark-batches/:id",
        method = "get",
        operation_id = "get_mark_batch",
        tag = "Tag::Precompute"
    )]
    async fn batch(&self, auth: Auth, id: Path<BatchId>) -> Result<Json<MarkBatchView>, Problem> {
        auth.allow(P::PrecomputeView)?;
        self.shown(id.0).await
    }

    /// Pause a bulk change
    ///
    /// Its marks wait. Who has another change is computed with all his marks nevertheless. A change
    /// that is done stays done.
    #[oai(
        path = "/mark-batches/:id/pause",
        method = "post",
        operation_id = "pause_mark_batch",
        tag = "Tag::Precompute"
    )]
    async fn pause(
        &self,
        auth: Auth,
        id: Path<BatchId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<MarkBatchView>, Problem> {
        self.change(auth, id.0, BatchChange::Pause, key).await
    }

    /// Resume a bulk change
    #[oai(
        path = "/mark-batches/:id/resume",
        method = "post",
        operation_id = "resume_mark_batch",
        tag = "Tag::Precompute"
    )]
    async fn resume(
        &self,
        auth: Auth,
        id: Path<BatchId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<MarkBatchView>, Problem> {
        self.change(auth, id.0, BatchChange::Resume, key).await
    }

    /// Move a bulk change to another lane
    ///
    /// Lanes before `mass` are computed at once, without regard to the speed of answers.
    #[oai(
        path = "/mark-batches/:id/lane",
        method = "post",
        operation_id = "move_mark_batch",
        tag = "Tag::Precompute"
    )]
    async fn lane(
        &self,
        auth: Auth,
        id: Path<BatchId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<MarkBatchMove>,
    ) -> Result<Json<MarkBatchView>, Problem> {
        self.change(auth, id.0, BatchChange::Move(lane_of(body.0.lane)), key).await
    }
}

impl BatchesApi {
    async fn change(
        &self,
        auth: Auth,
        id: BatchId,
        change: BatchChange,
        key: IdempotencyKey,
    ) -> Result<Json<MarkBatchView>, Problem> {
        let (actor, _) = auth.allow(P::PrecomputeManage)?;
        let lane = match change {
            BatchChange::Move(lane) => lane.as_str(),
            BatchChange::Pause | BatchChange::Resume => "",
        };
        let once = Once::new(key.0, &(id, lane))?;
        retry(|| change_batch(&self.app, &actor, id, change, &once)).await?;
        self.shown(id).await
    }

    async fn shown(&self, id: BatchId) -> Result<Json<MarkBatchView>, Problem> {
        let found = dirty::batch(self.app.db.read(), id).await?;
        let batch = found.ok_or_else(|| Failure::from(ResultRefusal::BatchNotFound))?;
        Ok(Json(view(&batch)))
    }
}

const fn state_of(s: MarkBatchState) -> BatchState {
    match s {
        MarkBatchState::Running => BatchState::Running,
        MarkBatchState::Paused => BatchState::Paused,
        MarkBatchState::Done => BatchState::Done,
    }
}

const fn lane_of(l: MarkLane) -> Lane {
    match l {
        MarkLane::Interactive => Lane::Interactive,
        MarkLane::Recent => Lane::Recent,
        MarkLane::OpenPeriod => Lane::OpenPeriod,
        MarkLane::Mass => Lane::Mass,
    }
}

fn view(b: &Batch) -> MarkBatchView {
    let (object, id) = match b.object.split_once(':') {
        Some((kind, id)) => (kind, Some(id.to_owned())),
        None => (b.object.as_str(), None),
    };
    MarkBatchView {
        id: b.id,
        cause: b.cause.clone(),
        object: object.to_owned(),
        object_id: id,
        state: match b.state.as_str() {
            "running" => MarkBatchState::Running,
            "paused" => MarkBatchState::Paused,
            _ => MarkBatchState::Done,
        },
        lane: match Lane::from_number(b.lane) {
            Some(Lane::Interactive) => MarkLane::Interactive,
            Some(Lane::Recent) => MarkLane::Recent,
            Some(Lane::OpenPeriod) => MarkLane::OpenPeriod,
            Some(Lane::Mass) | None => MarkLane::Mass,
        },
        author_id: b.author_id,
        created_at: b.at,
        done_at: b.done_at,
        total: b.total,
        done: b.total - b.left,
        left: b.left,
        per_minute: b.per_minute,
        seconds_left: b.seconds_left(),
    }
}
