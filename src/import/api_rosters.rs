//! Files over HTTP.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::grid::{
    FileFault, GridImportCreate, GridImportView, TableImportCreate, TableImportView,
};
use contract::{FileAnswer, FileFormat, Problem, Tag};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::{
    GridFault, GridOptions, GridRefusal, GridReport, Input, export_default_shifts,
    import_default_shifts, import_grid,
};
use crate::base::context::{Lang, lang};
use crate::base::{App, Failure, Once, TableFile, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey};

pub struct RosterFilesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl RosterFilesApi {
    /// Import a roster file
    ///
    /// The printed layout as the export writes it. Only cells that differ from what counts already
    /// are written; every place that cannot be used is told with its line and column and changes
    /// nothing: unknown shifts, people out of scope, locked periods, dates out of service, heads
    /// that are no dates, people who stand twice. At most 5,000 people, 62 days and 20,000 changes.
    #[oai(
        path = "/roster/imports",
        method = "post",
        operation_id = "create_roster_import",
        tag = "Tag::Shifts"
    )]
    async fn import_roster(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<GridImportCreate>,
    ) -> Result<Json<GridImportView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let b = body.0;
        let input = content(&b.content_base64)?;
        let options =
            GridOptions { sheet: b.sheet, dry_run: b.dry_run, clear_empty: b.clear_empty };
        let once = Once::new(key.0, &(&b.content_base64, &options))?;
        let verb = || import_grid(&self.app, &actor, &scope, &input, &options, &once);
        Ok(Json(report_view(retry(verb).await?)))
    }

    /// Export the default shifts
    ///
    /// One line per entry of everybody in scope: number, name, first date, shift (none = the person
    /// follows the roster). Imported again it changes nothing.
    #[oai(
        path = "/default-shifts/export",
        method = "get",
        operation_id = "get_default_shifts_export",
        tag = "Tag::Shifts"
    )]
    async fn export_default_shifts(
        &self,
        auth: Auth,
        format: Query<FileFormat>,
    ) -> Result<FileAnswer, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        let start = match format.0 {
            FileFormat::Csv => TableFile::csv,
            FileFormat::Xlsx => TableFile::xlsx,
        };
        let file = export_default_shifts(&self.app, &scope, start).await?;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        Ok(FileAnswer { format: format.0, name: "default-shifts".to_owned(), body })
    }

    /// Import default shifts
    ///
    /// Columns: number, first date, shift by code or name (none = the person follows the roster). Every
    /// row that cannot be used is told with its line and changes nothing. At most 20,000 rows.
    #[oai(
        path = "/default-shifts/imports",
        method = "post",
        operation_id = "create_default_shift_import",
        tag = "Tag::Shifts"
    )]
    async fn import_default_shifts(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TableImportCreate>,
    ) -> Result<Json<TableImportView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let b = body.0;
        let input = content(&b.content_base64)?;
        let once = Once::new(key.0, &(&b.content_base64, &b.sheet, b.dry_run))?;
        let file = (&input, b.sheet.as_deref(), b.dry_run);
        let verb = || import_default_shifts(&self.app, &actor, &scope, file, &once);
        let r = retry(verb).await?;
        Ok(Json(TableImportView {
            dry_run: r.dry_run,
            rows: r.rows,
            changed: r.changed,
            unchanged: r.unchanged,
            refused: r.refused,
            faults: r.faults.into_iter().map(fault_view).collect(),
        }))
    }
}

/// The bytes of a file.
fn content(base64: &str) -> Result<Input, Problem> {
    let bytes = STANDARD.decode(base64).map_err(|_| refused(GridRefusal::ContentInvalid))?;
    Input::from_bytes(bytes).map_err(|e| refused(GridRefusal::file(&e)))
}

fn refused(r: GridRefusal) -> Problem {
    Failure::from(r).into()
}

fn report_view(r: GridReport) -> GridImportView {
    GridImportView {
        dry_run: r.dry_run,
        people: r.people,
        changed: r.changed,
        unchanged: r.unchanged,
        refused: r.refused,
        faults: r.faults.into_iter().map(fault_view).collect(),
    }
}

fn fault_view(f: GridFault) -> FileFault {
    let message = if lang() == Lang::Zh { f.zh } else { f.en };
    FileFault { line: f.line, column: f.column, code: f.code, message }
}
