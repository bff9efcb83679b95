//! The roster grid over HTTP.

use contract::calendars::DateKind as KindView;
use contract::grid::{GridCellView, GridRowView, ServiceState};
use contract::shifts::CellKind;
use contract::{FileAnswer, FileFormat, MAX_LIMIT, Page, Problem, Tag};
use engine::{DateKind, Service};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PersonId, TeamId};

use super::{
    GridCell, GridFilter, GridRow, MAX_GRID_DAYS, ShiftRefusal, ShiftWords, export_grid, grid,
    roster_layer,
};
use crate::base::{App, Failure, TableFile};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, default_limit};

pub struct GridApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl GridApi {
    /// Show the roster grid
    ///
    /// One row per person in service between the dates, at most 62 days; in each place the cell that
    /// counts (a swap before the person's own cell, before that of his team, before the calendar
    /// with his default shift) and where it comes from.
    #[oai(
        path = "/roster/grid",
        method = "get",
        operation_id = "list_roster_grid",
        tag = "Tag::Shifts"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn grid(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        /// Named people; may stand several times.
        #[oai(default, validator(max_items = 500))]
        person_id: Query<Vec<PersonId>>,
        /// A department with everything below it, on one of the dates.
        org_id: Query<Option<OrgId>>,
        /// Members of a team on one of the dates.
        team_id: Query<Option<TeamId>>,
        /// Part of employee number or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<GridRowView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        check_span(from.0, to.0)?;
        let filter = GridFilter {
            from: from.0,
            to: to.0,
            people: person_id.0,
            org: org_id.0,
            team: team_id.0,
            text: text.0,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let snapshot = self.app.db.snapshot().await?;
        let (rows, words) = grid(&snapshot, &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| r.person.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(|r| row_view(r, &words)).collect(), next)))
    }

    /// Export the roster grid
    ///
    /// The printed layout: rows number, name and department, one column per date (`2017-01-14 [六]`);
    /// cells show the shift, 休 for rest, nothing where nothing is planned. Imported again it
    /// changes nothing. At most 62 days and 5,000 people.
    #[oai(
        path = "/roster/export",
        method = "get",
        operation_id = "get_roster_export",
        tag = "Tag::Shifts"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn export(
        &self,
        auth: Auth,
        format: Query<FileFormat>,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        /// Named people; may stand several times.
        #[oai(default, validator(max_items = 500))]
        person_id: Query<Vec<PersonId>>,
        /// A department with everything below it, on one of the dates.
        org_id: Query<Option<OrgId>>,
        /// Members of a team on one of the dates.
        team_id: Query<Option<TeamId>>,
        /// Part of employee number or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
    ) -> Result<FileAnswer, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        check_span(from.0, to.0)?;
        let filter = GridFilter {
            from: from.0,
            to: to.0,
            people: person_id.0,
            org: org_id.0,
            team: team_id.0,
            text: text.0,
            after: PersonId(0),
            limit: MAX_LIMIT,
        };
        let start = match format.0 {
            FileFormat::Csv => TableFile::csv,
            FileFormat::Xlsx => TableFile::xlsx,
        };
        let file = export_grid(&self.app, &scope, &filter, start).await?;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        let name = format!("roster-{}-{}", from.0, to.0);
        Ok(FileAnswer { format: format.0, name, body })
    }
}

fn check_span(from: LocalDate, to: LocalDate) -> Result<(), Problem> {
    if to < from || to > from.plus(MAX_GRID_DAYS - 1) {
        let refusal = ShiftRefusal::SpanInvalid { max_days: MAX_GRID_DAYS };
        return Err(Failure::from(refusal).into());
    }
    Ok(())
}

fn row_view(row: GridRow, words: &ShiftWords) -> GridRowView {
    let p = row.person;
    GridRowView {
        person_id: p.id,
        number: p.number,
        name: p.name,
        org_id: p.org_id,
        org: p.org_name,
        team_id: p.team_id,
        team: p.team_name,
        cells: row.cells.into_iter().map(|c| cell_view(c, words)).collect(),
    }
}

fn cell_view(c: GridCell, words: &ShiftWords) -> GridCellView {
    let list = c.shifts.as_deref().unwrap_or_default();
    GridCellView {
        date: c.date,
        date_kind: match c.kind {
            DateKind::Workday => KindView::Workday,
            DateKind::Rest => KindView::Rest,
            DateKind::Statutory => KindView::Statutory,
        },
        service: match c.service {
            Service::InService => ServiceState::InService,
            Service::Frozen => ServiceState::Frozen,
            Service::NotEmployed => ServiceState::NotEmployed,
        },
        kind: match c.shifts.as_deref() {
            None => CellKind::Empty,
            Some([]) => CellKind::Rest,
            Some(_) => CellKind::Shifts,
        },
        shifts: list.iter().map(|id| words.code_of(*id).to_owned()).collect(),
        names: list.iter().map(|id| words.name_of(*id).to_owned()).collect(),
        layer: c.layer.map(roster_layer),
        source: c.source,
        version: c.version,
    }
}
