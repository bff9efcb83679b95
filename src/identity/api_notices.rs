//! One's own notices over HTTP.

use contract::notices::{NoticeView, NoticesRead, NoticesReadView};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use vocabulary::{NoticeId, PersonId};

use super::api::{Auth, IdempotencyKey, default_limit};
use crate::base::{
    Actor, App, Failure, Fault, NoticeRow, Once, begin_once, finish_once, notices, read_notices,
    retry,
};

pub struct NoticesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl NoticesApi {
    /// List one's own notices
    ///
    /// The newest first.
    #[oai(path = "/me/notices", method = "get", operation_id = "list_my_notices", tag = "Tag::Me")]
    async fn notices(
        &self,
        auth: Auth,
        /// Only what was not read yet.
        #[oai(default)]
        unread: Query<bool>,
        /// From the former page.
        cursor: Query<Option<NoticeId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<NoticeView>>, Problem> {
        let (_, person, _) = auth.own()?;
        let limit = limit.0.min(MAX_LIMIT);
        let rows = notices(self.app.db.read(), person, unread.0, cursor.0, limit).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|n| n.id.to_string());
        let items = rows.into_iter().map(notice).collect::<Result<_, Fault>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Note that one has read one's notices
    ///
    /// All up to the one named.
    #[oai(
        path = "/me/notices/readings",
        method = "post",
        operation_id = "create_my_notice_reading",
        tag = "Tag::Me"
    )]
    async fn read(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<NoticesRead>,
    ) -> Result<Json<NoticesReadView>, Problem> {
        let (actor, person, _) = auth.own()?;
        let once = Once::new(key.0, &body.0.up_to)?;
        let read = retry(|| read_up_to(&self.app, &actor, person, body.0.up_to, &once)).await?;
        Ok(Json(NoticesReadView { read: i64::try_from(read).unwrap_or(i64::MAX) }))
    }
}

fn notice(n: NoticeRow) -> Result<NoticeView, Fault> {
    Ok(NoticeView {
        id: n.id,
        kind: n.kind,
        payload: Any(serde_json::from_str(&n.payload)?),
        at: n.at,
        read_at: n.read_at,
    })
}

/// Notes what a person has read; how many were new.
async fn read_up_to(
    app: &App,
    actor: &Actor,
    person: PersonId,
    up_to: NoticeId,
    once: &Once,
) -> Result<u64, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(read) = begin_once(&tx, actor, "read_notices", once, at).await? {
        return Ok(read);
    }
    let read = read_notices(&tx, person, up_to, at).await?;
    finish_once(&tx, actor, "read_notices", once, &read).await?;
    tx.commit().await?;
    Ok(read)
}
