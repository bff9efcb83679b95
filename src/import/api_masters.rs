//! Tables of master data as files over HTTP.

use contract::exports::MasterTable as TableChoice;
use contract::{FileAnswer, FileFormat, Problem, Tag};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::masters::MasterTable;
use super::masters_export::{TableFormat, table_file, table_rows};
use crate::base::App;
use crate::identity::Permission as P;
use crate::identity::api::Auth;

pub struct ExportsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ExportsApi {
    /// Get a table of master data as a file
    ///
    /// Units of the organisation with their timelines, positions, dimensions with their values, teams and
    /// their members, calendars with their dates. `kaoqin import` reads it again without a difference.
    /// Besides the right to see the organisation one needs that of the table.
    #[oai(
        path = "/exports/:table",
        method = "get",
        operation_id = "get_master_export",
        tag = "Tag::People"
    )]
    async fn export(
        &self,
        auth: Auth,
        table: Path<TableChoice>,
        format: Query<FileFormat>,
    ) -> Result<FileAnswer, Problem> {
        let (right, table, name) = match table.0 {
            TableChoice::Org => (P::OrgView, MasterTable::Org, "org"),
            TableChoice::Positions => (P::PositionView, MasterTable::Positions, "positions"),
            TableChoice::Dimensions => (P::DimensionView, MasterTable::Dimensions, "dimensions"),
            TableChoice::Teams => (P::TeamView, MasterTable::Teams, "teams"),
            TableChoice::TeamMembers => (P::TeamView, MasterTable::TeamMembers, "team-members"),
            TableChoice::Calendars => (P::CalendarView, MasterTable::Calendars, "calendars"),
        };
        let (_, scope) = auth.allow_both(P::OrgView, right)?;
        let q = self.app.db.snapshot().await?;
        let rows = table_rows(&q, &scope, table, self.app.today()).await?;
        let kind = match format.0 {
            FileFormat::Csv => TableFormat::Csv,
            FileFormat::Xlsx => TableFormat::Xlsx,
        };
        let made = tokio::task::spawn_blocking(move || table_file(table, &rows, kind)).await;
        let file = made.map_err(|e| crate::base::Fault::text(e.to_string()))??;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        Ok(FileAnswer { format: format.0, name: name.to_owned(), body })
    }
}
