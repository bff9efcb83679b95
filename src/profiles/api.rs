//! Employee files over HTTP.

use contract::employee_files::{
    CardPut, EmployeeCopyCreate, EmployeeFilePatch, EmployeeFileView, FieldGroup,
};
use contract::people::PersonState as StateChoice;
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PersonId};

use super::{
    CardInput, CopyScheme, CustomFilter, FileChange, FileFilter, Group, NewCopy, ProfileRefusal,
    view,
};
use crate::base::{App, Failure, Once, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::people;

pub struct ProfilesApi {
    pub app: App,
    pub copy_scheme: CopyScheme,
}

/// The scopes of the permissions of groups; a problem 403 for the first that is missing.
pub(super) fn scopes_of(
    auth: &Auth,
    groups: impl IntoIterator<Item = Group>,
) -> Result<Vec<Scope>, Problem> {
    groups.into_iter().map(|g| Ok(auth.clone().allow(g.permission())?.1)).collect()
}

#[OpenApi(prefix_path = "/api/v1")]
impl ProfilesApi {
    /// List employee files
    ///
    /// In the order of their ids. One sees who is in one's departments on the date asked for. Fields of groups are masked.
    #[oai(
        path = "/employee-files",
        method = "get",
        operation_id = "list_employee_files",
        tag = "Tag::People"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn files(
        &self,
        auth: Auth,
        /// The date of state, department and card; today if absent.
        on: Query<Option<LocalDate>>,
        /// The beginning of any part of the name, of its pinyin or initials, or of the employee number.
        #[oai(validator(max_length = 60))]
        text: Query<Option<String>>,
        /// Exactly this employee number.
        #[oai(validator(max_length = 20))]
        number: Query<Option<String>>,
        /// Exactly this card.
        #[oai(validator(max_length = 40))]
        card_no: Query<Option<String>>,
        /// Exactly this identity number; needs `employee.field.id_number`.
        #[oai(validator(max_length = 18))]
        id_number: Query<Option<String>>,
        /// A department with everything below it.
        org_id: Query<Option<OrgId>>,
        state: Query<Option<StateChoice>>,
        /// Whose direct manager is this person.
        manager_id: Query<Option<PersonId>>,
        /// English name of a custom item; with `custom_value`, `custom_min` or `custom_max`.
        #[oai(validator(max_length = 40))]
        custom_item: Query<Option<String>>,
        /// Exactly this value of the custom item.
        #[oai(validator(max_length = 300))]
        custom_value: Query<Option<String>>,
        /// At least this; of a decimal.
        #[oai(validator(max_length = 30))]
        custom_min: Query<Option<String>>,
        /// At most this; of a decimal.
        #[oai(validator(max_length = 30))]
        custom_max: Query<Option<String>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<EmployeeFileView>>, Problem> {
        let (_, scope) = auth.clone().allow(P::PersonView)?;
        // Whoever finds somebody by a number has seen it.
        let seen = id_number.0.is_some().then_some(Group::IdNumber);
        let on = on.0.unwrap_or_else(|| self.app.today());
        let given = [&custom_value.0, &custom_min.0, &custom_max.0].iter().any(|v| v.is_some());
        let custom = match custom_item.0 {
            Some(item) => Some(CustomFilter {
                item,
                value: custom_value.0,
                min: custom_min.0,
                max: custom_max.0,
            }),
            None if given => return Err(Failure::from(ProfileRefusal::FilterIncomplete).into()),
            None => None,
        };
        let filter = FileFilter {
            on,
            text: text.0,
            number: number.0,
            card: card_no.0,
            id_number: id_number.0,
            org: org_id.0,
            state: state.0.map(people::state_choice),
            manager: manager_id.0,
            custom,
            also: scopes_of(&auth, seen)?,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let keys = self.app.config.data_keys();
        let rows = super::files(self.app.db.read(), keys, &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|f| f.person.id.to_string());
        let shown = rows.into_iter().map(|mut f| {
            f.mask(&[]);
            view::file(f, on)
        });
        Ok(Json(Page::new(shown.collect(), next)))
    }

    /// Get the file of an employee
    ///
    /// Fields of groups are masked. `reveal` shows a group in the clear; it needs the permission of the group, and every
    /// such view is logged.
    #[oai(
        path = "/persons/:id/file",
        method = "get",
        operation_id = "get_employee_file",
        tag = "Tag::People"
    )]
    async fn file(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        /// The date of state, department and card; today if absent.
        on: Query<Option<LocalDate>>,
        /// Groups to be shown in the clear; repeat it for several.
        #[oai(default)]
        reveal: Query<Vec<FieldGroup>>,
    ) -> Result<Json<EmployeeFileView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonView)?;
        let on = on.0.unwrap_or_else(|| self.app.today());
        let groups: Vec<Group> = reveal.0.into_iter().map(view::group).collect();
        if groups.is_empty() {
            let (q, keys) = (self.app.db.read(), self.app.config.data_keys());
            let found = super::file(q, keys, &scope, id.0, on).await.map_err(Failure::from)?;
            let missing = || Problem::from(Failure::from(ProfileRefusal::PersonNotFound));
            let mut file = found.ok_or_else(missing)?;
            file.mask(&[]);
            return Ok(Json(view::file(file, on)));
        }
        let mut scopes = scopes_of(&auth, groups.iter().copied())?;
        scopes.push(scope);
        let app = &self.app;
        let file = retry(|| super::reveal(app, &actor, &scopes, id.0, on, &groups)).await?;
        Ok(Json(view::file(file, on)))
    }

    /// Change the file of an employee
    ///
    /// Fields of a group need its permission. The answer is masked.
    #[oai(
        path = "/persons/:id/file",
        method = "patch",
        operation_id = "update_employee_file",
        tag = "Tag::People"
    )]
    async fn change_file(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmployeeFilePatch>,
    ) -> Result<Json<EmployeeFileView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let b = body.0;
        let change = FileChange {
            version: b.version,
            fields: b.fields.into_iter().collect(),
            custom: b.custom.into_iter().collect(),
            confirm_id: b.confirm_id,
        };
        let mut scopes = scopes_of(&auth, change.groups())?;
        scopes.push(scope);
        let app = &self.app;
        let once = Once::new(key.0, &(id.0, change.fingerprint(app.config.data_keys())))?;
        let mut file =
            retry(|| super::change_file(app, &actor, &scopes, id.0, &change, &once)).await?;
        file.mask(&[]);
        Ok(Json(view::file(file, app.today())))
    }

    /// Give an employee a card
    ///
    /// From a date on, or take it back. A card has one holder in service at a time; who has left holds none.
    #[oai(
        path = "/persons/:id/card",
        method = "put",
        operation_id = "replace_person_card",
        tag = "Tag::People"
    )]
    async fn hand_card(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CardPut>,
    ) -> Result<Json<EmployeeFileView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let b = body.0;
        let card = CardInput { card_no: b.card_no, from: b.valid_from, keep: false };
        let once = Once::new(key.0, &(id.0, &card))?;
        let app = &self.app;
        let mut file = retry(|| super::hand_card(app, &actor, &scope, id.0, &card, &once)).await?;
        file.mask(&[]);
        Ok(Json(view::file(file, app.today())))
    }

    /// Copy an employee
    ///
    /// A new employee who works where and how this one does: department, position, employment kind, dimensions, zone,
    /// scheme, manager and working-hours system. Number, card, identity, photo, contact data and papers are never copied.
    #[oai(
        path = "/persons/:id/copies",
        method = "post",
        operation_id = "create_person_copy",
        tag = "Tag::People"
    )]
    async fn copy_person(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmployeeCopyCreate>,
    ) -> Result<Json<EmployeeFileView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        let b = body.0;
        let new = NewCopy { number: b.number, name: b.name, hired_on: b.hired_on };
        let once = Once::new(key.0, &(id.0, &new))?;
        let (app, hook) = (&self.app, self.copy_scheme);
        let work = || super::copy_person(app, &actor, &scope, id.0, &new, hook, &once);
        let mut file = retry(work).await?;
        file.mask(&[]);
        Ok(Json(view::file(file, app.today())))
    }
}
