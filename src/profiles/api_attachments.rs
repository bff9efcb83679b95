//! Photo and attachments over HTTP. Files are sent as they are, as `application/octet-stream`.

use contract::employee_files::{AttachmentKind as Choice, AttachmentView};
use contract::{BlobAnswer, Page, Problem, Tag};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Json};
use vocabulary::{AttachmentId, LocalDate, PersonId};

use super::api::scopes_of;
use super::{AttachmentKind, AttachmentRow, NewAttachment, ProfileRefusal, attachments, view};
use crate::base::{Actor, App, Failure, Once, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey};

pub struct AttachmentsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl AttachmentsApi {
    /// List the attachments of an employee
    ///
    /// The photo among them, oldest first; all of them at once. What needs a permission of its own is left out without it.
    #[oai(
        path = "/persons/:id/attachments",
        method = "get",
        operation_id = "list_person_attachments",
        tag = "Tag::People"
    )]
    async fn list(
        &self,
        auth: Auth,
        id: Path<PersonId>,
    ) -> Result<Json<Page<AttachmentView>>, Problem> {
        let (_, scope) = auth.clone().allow(P::PersonView)?;
        let rows = self.rows(&auth, &scope, id.0).await?;
        Ok(Json(Page::new(rows.into_iter().map(view::attachment).collect(), None)))
    }

    /// Attach a file to an employee
    ///
    /// An image, a PDF or an Office file of at most 10 MiB; its bytes are looked at, not its name.
    #[oai(
        path = "/persons/:id/attachments",
        method = "post",
        operation_id = "create_person_attachment",
        tag = "Tag::People"
    )]
    async fn attach(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        kind: Query<Choice>,
        /// Name of the file.
        #[oai(validator(min_length = 1, max_length = 120))]
        name: Query<String>,
        dated_on: Query<Option<LocalDate>>,
        body: Binary<Vec<u8>>,
    ) -> Result<Json<AttachmentView>, Problem> {
        let kind = view::attachment_kind(kind.0);
        let new = NewAttachment { kind, name: name.0, dated_on: dated_on.0 };
        self.keep(&auth, id.0, key.0, new, body.0).await
    }

    /// Get the bytes of an attachment
    ///
    /// To be saved, never to be run in a browser.
    #[oai(
        path = "/persons/:id/attachments/:attachment_id",
        method = "get",
        operation_id = "get_person_attachment",
        tag = "Tag::People"
    )]
    async fn open(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        attachment_id: Path<AttachmentId>,
    ) -> Result<BlobAnswer, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonView)?;
        let row = self.row(&auth, &scope, id.0, |a| a.id == attachment_id.0).await?;
        self.send(&auth, &actor, scope, id.0, row).await
    }

    /// Remove an attachment
    #[oai(
        path = "/persons/:id/attachments/:attachment_id",
        method = "delete",
        operation_id = "delete_person_attachment",
        tag = "Tag::People"
    )]
    async fn detach(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        attachment_id: Path<AttachmentId>,
    ) -> Result<Json<AttachmentView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let row = self.row(&auth, &scope, id.0, |a| a.id == attachment_id.0).await?;
        self.remove(&auth, &actor, scope, id.0, row).await
    }

    /// Set the photo of an employee
    ///
    /// A JPEG, PNG or WebP image of at most 2 MiB. It is no template for recognising faces.
    #[oai(
        path = "/persons/:id/photo",
        method = "put",
        operation_id = "replace_person_photo",
        tag = "Tag::People"
    )]
    async fn set_photo(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Binary<Vec<u8>>,
    ) -> Result<Json<AttachmentView>, Problem> {
        let (kind, name) = (AttachmentKind::Photo, "photo".to_owned());
        self.keep(&auth, id.0, key.0, NewAttachment { kind, name, dated_on: None }, body.0).await
    }

    /// Get the photo of an employee
    ///
    /// Needs `employee.field.photo`; every view is logged.
    #[oai(
        path = "/persons/:id/photo",
        method = "get",
        operation_id = "get_person_photo",
        tag = "Tag::People"
    )]
    async fn photo(&self, auth: Auth, id: Path<PersonId>) -> Result<BlobAnswer, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonView)?;
        scopes_of(&auth, AttachmentKind::Photo.group())?;
        let row = self.row(&auth, &scope, id.0, |a| a.kind == AttachmentKind::Photo).await?;
        self.send(&auth, &actor, scope, id.0, row).await
    }

    /// Remove the photo of an employee
    #[oai(
        path = "/persons/:id/photo",
        method = "delete",
        operation_id = "delete_person_photo",
        tag = "Tag::People"
    )]
    async fn remove_photo(
        &self,
        auth: Auth,
        id: Path<PersonId>,
    ) -> Result<Json<AttachmentView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        scopes_of(&auth, AttachmentKind::Photo.group())?;
        let row = self.row(&auth, &scope, id.0, |a| a.kind == AttachmentKind::Photo).await?;
        self.remove(&auth, &actor, scope, id.0, row).await
    }
}

impl AttachmentsApi {
    /// What the caller may know of.
    async fn rows(
        &self,
        auth: &Auth,
        scope: &Scope,
        id: PersonId,
    ) -> Result<Vec<AttachmentRow>, Problem> {
        let q = self.app.db.snapshot().await.map_err(Failure::from)?;
        let today = self.app.today();
        super::change_file::seen(&q, std::slice::from_ref(scope), id, today).await?;
        let rows = attachments(&q, id).await.map_err(Failure::from)?;
        let known = |a: &AttachmentRow| scopes_of(auth, a.kind.group()).is_ok();
        Ok(rows.into_iter().filter(known).collect())
    }

    async fn row(
        &self,
        auth: &Auth,
        scope: &Scope,
        id: PersonId,
        wanted: impl Fn(&AttachmentRow) -> bool,
    ) -> Result<AttachmentRow, Problem> {
        let found = self.rows(auth, scope, id).await?.into_iter().find(wanted);
        found.ok_or_else(|| Failure::from(ProfileRefusal::AttachmentNotFound).into())
    }

    async fn keep(
        &self,
        auth: &Auth,
        id: PersonId,
        key: Option<String>,
        new: NewAttachment,
        bytes: Vec<u8>,
    ) -> Result<Json<AttachmentView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let mut scopes = scopes_of(auth, new.kind.group())?;
        scopes.push(scope);
        let bytes = bytes::Bytes::from(bytes);
        let once = Once::new(key, &(id, &new, super::attachments::sha256(&bytes)))?;
        let app = &self.app;
        let work = || super::attach(app, &actor, &scopes, id, &new, bytes.clone(), &once);
        Ok(Json(view::attachment(retry(work).await?)))
    }

    async fn send(
        &self,
        auth: &Auth,
        actor: &Actor,
        scope: Scope,
        id: PersonId,
        row: AttachmentRow,
    ) -> Result<BlobAnswer, Problem> {
        let mut scopes = scopes_of(auth, row.kind.group())?;
        scopes.push(scope);
        let app = &self.app;
        let opened = retry(|| super::open_attachment(app, actor, &scopes, id, row.id)).await?;
        let (row, blob) = opened;
        Ok(BlobAnswer {
            inline: row.kind == AttachmentKind::Photo,
            media: row.media,
            name: row.name,
            bytes: blob.bytes,
            body: Body::from_bytes_stream(blob.stream),
        })
    }

    async fn remove(
        &self,
        auth: &Auth,
        actor: &Actor,
        scope: Scope,
        id: PersonId,
        row: AttachmentRow,
    ) -> Result<Json<AttachmentView>, Problem> {
        let mut scopes = scopes_of(auth, row.kind.group())?;
        scopes.push(scope);
        let app = &self.app;
        let done = retry(|| super::detach(app, actor, &scopes, id, row.id)).await?;
        Ok(Json(view::attachment(done)))
    }
}
