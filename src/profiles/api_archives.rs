//! Lists of a file over HTTP.

use contract::employee_files::{ArchivePut, ArchiveView, FieldGroup};
use contract::{Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{ArchiveId, PersonId};

use super::api::scopes_of;
use super::{Group, view};
use crate::base::{App, Once, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey};

pub struct ArchivesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ArchivesApi {
    /// List the archives of an employee
    ///
    /// All of them at once, by kind and date. Fields of groups are masked; `reveal` is logged.
    #[oai(
        path = "/persons/:id/archives",
        method = "get",
        operation_id = "list_person_archives",
        tag = "Tag::People"
    )]
    async fn archives(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        /// Groups to be shown in the clear; repeat it for several.
        #[oai(default)]
        reveal: Query<Vec<FieldGroup>>,
    ) -> Result<Json<Page<ArchiveView>>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonView)?;
        let groups: Vec<Group> = reveal.0.into_iter().map(view::group).collect();
        let mut scopes = scopes_of(&auth, groups.iter().copied())?;
        scopes.push(scope);
        let app = &self.app;
        let rows = retry(|| super::reveal_archives(app, &actor, &scopes, id.0, &groups)).await?;
        Ok(Json(Page::new(rows.into_iter().map(view::archive).collect(), None)))
    }

    /// Add an entry to the archives of an employee
    #[oai(
        path = "/persons/:id/archives",
        method = "post",
        operation_id = "create_person_archive",
        tag = "Tag::People"
    )]
    async fn add_archive(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<ArchivePut>,
    ) -> Result<Json<ArchiveView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let app = &self.app;
        let input = view::archive_input(body.0);
        let mut scopes = scopes_of(&auth, input.groups())?;
        scopes.push(scope);
        let once = Once::new(key.0, &(id.0, input.fingerprint(app.config.data_keys())))?;
        let mut row =
            retry(|| super::add_archive(app, &actor, &scopes, id.0, &input, &once)).await?;
        row.mask(&[]);
        Ok(Json(view::archive(row)))
    }

    /// Write an entry of an archive anew
    ///
    /// The whole entry; its kind stays.
    #[oai(
        path = "/persons/:id/archives/:archive_id",
        method = "put",
        operation_id = "replace_person_archive",
        tag = "Tag::People"
    )]
    async fn replace_archive(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        archive_id: Path<ArchiveId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<ArchivePut>,
    ) -> Result<Json<ArchiveView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let app = &self.app;
        let version = body.0.version.unwrap_or_default();
        let input = view::archive_input(body.0);
        let mut scopes = scopes_of(&auth, input.groups())?;
        scopes.push(scope);
        let place = (id.0, archive_id.0);
        let same = input.fingerprint(app.config.data_keys());
        let once = Once::new(key.0, &(place, version, same))?;
        let work = || super::replace_archive(app, &actor, &scopes, place, version, &input, &once);
        let mut row = retry(work).await?;
        row.mask(&[]);
        Ok(Json(view::archive(row)))
    }

    /// Remove an entry of an archive
    #[oai(
        path = "/persons/:id/archives/:archive_id",
        method = "delete",
        operation_id = "delete_person_archive",
        tag = "Tag::People"
    )]
    async fn remove_archive(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        archive_id: Path<ArchiveId>,
    ) -> Result<Json<ArchiveView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let app = &self.app;
        let work = || super::remove_archive(app, &actor, &scope, id.0, archive_id.0);
        let mut row = retry(work).await?;
        row.mask(&[]);
        Ok(Json(view::archive(row)))
    }
}
