//! Employee files as a file over HTTP.

use contract::employee_files::FieldGroup;
use contract::people::PersonState as StateChoice;
use contract::{FileAnswer, FileFormat, Problem, Tag};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use vocabulary::{LocalDate, OrgId, PersonId};

use super::api::scopes_of;
use super::{ExportOptions, FileFilter, Group, view};
use crate::base::App;
use crate::identity::Permission as P;
use crate::identity::api::Auth;
use crate::people;

pub struct ProfileExportApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ProfileExportApi {
    /// Export employee files
    ///
    /// A table with the headings of the language asked for; the import of people reads it back without a difference.
    /// Columns of groups that are not revealed are left out. Every export is logged.
    #[oai(
        path = "/employee-exports",
        method = "get",
        operation_id = "get_employee_export",
        tag = "Tag::People"
    )]
    async fn export(
        &self,
        auth: Auth,
        format: Query<FileFormat>,
        /// The date of state, department and card; today if absent.
        on: Query<Option<LocalDate>>,
        /// The beginning of any part of the name, of its pinyin or initials, or of the employee number.
        #[oai(validator(max_length = 60))]
        text: Query<Option<String>>,
        /// A department with everything below it.
        org_id: Query<Option<OrgId>>,
        state: Query<Option<StateChoice>>,
        /// Groups to be shown in the clear; repeat it for several.
        #[oai(default)]
        reveal: Query<Vec<FieldGroup>>,
    ) -> Result<FileAnswer, Problem> {
        let (actor, scope) = auth.clone().allow(P::EmployeeExport)?;
        let groups: Vec<Group> = reveal.0.into_iter().map(view::group).collect();
        let also = scopes_of(&auth, groups.iter().copied())?;
        let filter = FileFilter {
            on: on.0.unwrap_or_else(|| self.app.today()),
            text: text.0,
            number: None,
            card: None,
            id_number: None,
            org: org_id.0,
            state: state.0.map(people::state_choice),
            manager: None,
            custom: None,
            also: Vec::new(),
            after: PersonId(0),
            limit: 0,
        };
        let options = ExportOptions { groups, xlsx: format.0 == FileFormat::Xlsx };
        let file = super::export(&self.app, &actor, &scope, &also, &filter, &options).await?;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        Ok(FileAnswer { format: format.0, name: "employees".to_owned(), body })
    }
}
