//! Shifts, rosters, default shifts and temporary overtime over HTTP.

pub(super) mod view;

use contract::roster_checks::CellsSavedView;
use contract::shifts::{
    CellsClear, CellsClearedView, CellsPut, DefaultShiftView, DefaultShiftsPut, RosterRowView,
    ShiftPublishedView, ShiftPut, ShiftVersionCreate, ShiftVersionView, ShiftView,
    TemporaryOvertimeCreate, TemporaryOvertimeView,
};
use contract::{MAX_LIMIT, Outcome, OutcomeKind, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use vocabulary::{LocalDate, OrgId, PersonId, ShiftId};

use super::api_checks::finding_view;
use super::{
    CellChange, ClearedSpan, DefaultShift, NewOvertime, NewShiftVersion, OvertimeFilter,
    RosterFilter, ShiftChange, ShiftFilter, ShiftRefusal,
};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

use view::{cell_view, change, overtime_view, shift_view, version_view};

/// Days of a roster page.
const MAX_ROSTER_DAYS: i32 = 62;

pub struct ShiftsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ShiftsApi {
    /// List shifts
    ///
    /// In the order of their codes, each with its version of the date.
    #[oai(path = "/shifts", method = "get", operation_id = "list_shifts", tag = "Tag::Shifts")]
    async fn shifts(
        &self,
        auth: Auth,
        /// The date whose versions are wanted; today if absent.
        on: Query<Option<LocalDate>>,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// Also those that are retired on the date.
        #[oai(default)]
        retired: Query<bool>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<ShiftView>>, Problem> {
        auth.allow(P::ShiftView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let on = on.0.unwrap_or_else(|| self.app.today());
        let filter =
            ShiftFilter { on, id: None, text: text.0, retired: retired.0, after: cursor.0, limit };
        let rows = super::shifts(self.app.db.read(), &filter).await?;
        let next = full(&rows, limit).map(|r| r.code.clone());
        let items = rows.into_iter().map(shift_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Get a shift
    #[oai(path = "/shifts/:id", method = "get", operation_id = "get_shift", tag = "Tag::Shifts")]
    async fn shift(
        &self,
        auth: Auth,
        id: Path<ShiftId>,
        /// The date whose version is wanted; today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<ShiftView>, Problem> {
        auth.allow(P::ShiftView)?;
        let on = on.0.unwrap_or_else(|| self.app.today());
        let filter =
            ShiftFilter { on, id: Some(id.0), text: None, retired: true, after: None, limit: 1 };
        let rows = super::shifts(self.app.db.read(), &filter).await?;
        let row = rows.into_iter().next().ok_or_else(|| refused(ShiftRefusal::ShiftNotFound))?;
        Ok(Json(shift_view(row)?))
    }

    /// Publish a version of a shift
    ///
    /// The first version makes the shift. A published version never changes. On a date the version
    /// with the greatest `effective_from` not after it counts, of several with one date the newest.
    /// Everybody who works the shift on these dates is computed again.
    #[oai(
        path = "/shifts",
        method = "post",
        operation_id = "create_shift_version",
        tag = "Tag::Shifts"
    )]
    async fn publish(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<ShiftVersionCreate>,
    ) -> Result<Json<ShiftPublishedView>, Problem> {
        let (actor, _) = auth.allow(P::ShiftPublish)?;
        let new = new_shift_version(body.0);
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::publish(&self.app, &actor, new.clone(), &once)).await?;
        Ok(Json(ShiftPublishedView {
            shift_id: done.shift_id,
            version_id: done.version_id,
            version: done.version,
            people: i64::try_from(done.people).unwrap_or(i64::MAX),
            batch_id: done.batch,
        }))
    }

    /// Update how a shift is shown
    ///
    /// Name, short name and colour, and from when on nobody is given it any more: it is hidden for new use, the cells
    /// that are there stay. No result changes. What is left out is taken away.
    #[oai(path = "/shifts/:id", method = "put", operation_id = "update_shift", tag = "Tag::Shifts")]
    async fn update(
        &self,
        auth: Auth,
        id: Path<ShiftId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<ShiftPut>,
    ) -> Result<Json<ShiftView>, Problem> {
        let (actor, _) = auth.allow(P::ShiftPublish)?;
        let b = body.0;
        let new = ShiftChange {
            edition: b.edition,
            name: b.name,
            short_name: b.short_name,
            color: b.color,
            retired_from: b.retired_from,
        };
        let once = Once::new(key.0, &(id.0, &new))?;
        let done = retry(|| super::update_shift(&self.app, &actor, id.0, &new, &once)).await?;
        Ok(Json(shift_view(done)?))
    }

    /// List the versions of a shift
    ///
    /// Newest first.
    #[oai(
        path = "/shifts/:id/versions",
        method = "get",
        operation_id = "list_shift_versions",
        tag = "Tag::Shifts"
    )]
    async fn versions(
        &self,
        auth: Auth,
        id: Path<ShiftId>,
        /// From the former page.
        #[oai(validator(minimum(value = "1")))]
        cursor: Query<Option<i32>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<ShiftVersionView>>, Problem> {
        auth.allow(P::ShiftView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let rows = super::shift_versions(self.app.db.read(), id.0, cursor.0, limit).await?;
        if rows.is_empty() && cursor.0.is_none() {
            return Err(refused(ShiftRefusal::ShiftNotFound));
        }
        let next = full(&rows, limit).map(|r| r.version.to_string());
        let items = rows.into_iter().map(version_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Get a version of a shift
    #[oai(
        path = "/shifts/:id/versions/:version",
        method = "get",
        operation_id = "get_shift_version",
        tag = "Tag::Shifts"
    )]
    async fn version(
        &self,
        auth: Auth,
        id: Path<ShiftId>,
        version: Path<i32>,
    ) -> Result<Json<ShiftVersionView>, Problem> {
        auth.allow(P::ShiftView)?;
        let row = super::shift_version(self.app.db.read(), id.0, version.0).await?;
        let row = row.ok_or_else(|| refused(ShiftRefusal::VersionNotFound))?;
        Ok(Json(version_view(row)?))
    }

    /// List the roster
    ///
    /// One row per person in service between the dates, at most 62 days.
    #[oai(path = "/roster", method = "get", operation_id = "list_roster", tag = "Tag::Shifts")]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn roster(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// A department with everything below it, on the first date.
        org_id: Query<Option<OrgId>>,
        /// Part of employee number or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<RosterRowView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        check_span(from.0, to.0)?;
        let filter = RosterFilter {
            from: from.0,
            to: to.0,
            person: person_id.0,
            org: org_id.0,
            text: text.0,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let snapshot = self.app.db.snapshot().await?;
        let people = super::roster_people(&snapshot, &scope, &filter).await?;
        let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
        let cells = super::cells(&snapshot, &scope, &ids, from.0, to.0).await?;
        let names = super::shift_names(&snapshot).await?;
        let next = full(&people, filter.limit).map(|p| p.id.to_string());
        let mut cells = cells.into_iter().peekable();
        let items = people
            .into_iter()
            .map(|p| {
                let mut own = Vec::new();
                while let Some(cell) = cells.next_if(|c| c.person == p.id) {
                    own.push(cell_view(cell, &names));
                }
                RosterRowView { person_id: p.id, number: p.number, name: p.name, cells: own }
            })
            .collect();
        Ok(Json(Page::new(items, next)))
    }

    /// Write roster cells
    ///
    /// Up to 5,000 cells; every row has its own outcome, a refused row does not hinder the others.
    /// The days are computed again. The checks of rosters look at the people and dates first: what one of
    /// severity `block` finds is refused, the rest is told in `findings`.
    #[oai(
        path = "/roster/cells",
        method = "put",
        operation_id = "replace_roster_cells",
        tag = "Tag::Shifts"
    )]
    async fn set_cells(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CellsPut>,
    ) -> Result<Json<CellsSavedView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let changes: Vec<CellChange> =
            body.0.cells.into_iter().map(change).collect::<Result<_, _>>()?;
        let once = Once::new(key.0, &changes)?;
        let done = retry(|| super::save_cells(&self.app, &actor, &scope, &changes, &once)).await?;
        let items = RowOutcome::page(done.rows).items;
        let findings = done.findings.into_iter().map(finding_view).collect();
        Ok(Json(CellsSavedView { items, findings }))
    }

    /// Remove roster cells
    ///
    /// All cells of these people in a span of dates. People out of scope are passed over.
    #[oai(
        path = "/roster/clearings",
        method = "post",
        operation_id = "create_roster_clearing",
        tag = "Tag::Shifts"
    )]
    async fn clear_cells(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CellsClear>,
    ) -> Result<Json<CellsClearedView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let b = body.0;
        let what = ClearedSpan { people: b.person_ids, from: b.from, to: b.to };
        let once = Once::new(key.0, &what)?;
        let cleared = retry(|| super::clear_cells(&self.app, &actor, &scope, &what, &once)).await?;
        Ok(Json(CellsClearedView { cleared: i64::try_from(cleared).unwrap_or(i64::MAX) }))
    }

    /// List the default shifts of a person
    ///
    /// His timeline, oldest first.
    #[oai(
        path = "/default-shifts",
        method = "get",
        operation_id = "list_default_shifts",
        tag = "Tag::Shifts"
    )]
    async fn default_shifts(
        &self,
        auth: Auth,
        person_id: Query<PersonId>,
    ) -> Result<Json<Page<DefaultShiftView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        let today = self.app.today();
        let db = self.app.db.read();
        let rows = super::default_shifts(db, &scope, person_id.0, today).await?;
        let items = rows
            .into_iter()
            .map(|r| DefaultShiftView {
                person_id: r.person_id,
                valid_from: r.valid_from,
                shift_id: r.shift_id,
                shift: r.code,
            })
            .collect();
        Ok(Json(Page::new(items, None)))
    }

    /// Assign default shifts
    ///
    /// From `valid_from` until the next entry of his timeline a person follows the calendar with
    /// this shift on workdays; without a shift he follows the roster. Up to 5,000 rows, each with
    /// its own outcome.
    #[oai(
        path = "/default-shifts",
        method = "put",
        operation_id = "replace_default_shifts",
        tag = "Tag::Shifts"
    )]
    async fn assign_default_shifts(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DefaultShiftsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let rows: Vec<DefaultShift> = body
            .0
            .assignments
            .into_iter()
            .map(|r| DefaultShift { person: r.person_id, valid_from: r.valid_from, shift: r.shift })
            .collect();
        let once = Once::new(key.0, &rows)?;
        let done =
            retry(|| super::assign_default_shifts(&self.app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// List temporary overtime
    #[oai(
        path = "/temporary-overtime",
        method = "get",
        operation_id = "list_temporary_overtime",
        tag = "Tag::Shifts"
    )]
    async fn temporary_overtime(
        &self,
        auth: Auth,
        /// First attendance date.
        from: Query<LocalDate>,
        /// Last attendance date, at most 366 days later.
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// Also what was revoked.
        #[oai(default)]
        revoked: Query<bool>,
        /// From the former page.
        #[oai(validator(minimum(value = "1")))]
        cursor: Query<Option<i64>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<TemporaryOvertimeView>>, Problem> {
        let (_, scope) = auth.allow(P::OvertimeView)?;
        if to.0 < from.0 || to.0 > from.0.plus(366) {
            return Err(refused(ShiftRefusal::SpanInvalid { max_days: 367 }));
        }
        let filter = OvertimeFilter {
            id: None,
            person: person_id.0,
            from: from.0,
            to: to.0,
            revoked: revoked.0,
            after: cursor.0.unwrap_or(0),
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::overtime(self.app.db.read(), &scope, &filter).await?;
        let next = full(&rows, filter.limit).map(|r| r.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(overtime_view).collect(), next)))
    }

    /// Order temporary overtime
    ///
    /// Overtime ordered by the employer for one or several people; it needs no application. All or
    /// nothing.
    #[oai(
        path = "/temporary-overtime",
        method = "post",
        operation_id = "create_temporary_overtime",
        tag = "Tag::Shifts"
    )]
    async fn order_overtime(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TemporaryOvertimeCreate>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::OvertimeApprove)?;
        let b = body.0;
        let new = NewOvertime {
            people: b.person_ids,
            date: b.date,
            start: b.start,
            end: b.end,
            breaks: b.breaks.into_iter().map(|s| (s.start, s.end)).collect(),
            break_minutes: b.break_minutes,
            reason: b.reason,
        };
        let once = Once::new(key.0, &new)?;
        let ids = retry(|| super::order_overtime(&self.app, &actor, &scope, &new, &once)).await?;
        let items = ids.into_iter().enumerate().map(|(i, id)| Outcome {
            index: u32::try_from(i).unwrap_or(u32::MAX),
            outcome: OutcomeKind::Accepted,
            id: Some(id.to_string()),
            code: None,
            message: None,
        });
        Ok(Json(Page::new(items.collect(), None)))
    }

    /// Revoke temporary overtime
    ///
    /// It stays in the list, marked as revoked.
    #[oai(
        path = "/temporary-overtime/:id",
        method = "delete",
        operation_id = "delete_temporary_overtime",
        tag = "Tag::Shifts"
    )]
    async fn revoke_overtime(
        &self,
        auth: Auth,
        id: Path<i64>,
    ) -> Result<Json<TemporaryOvertimeView>, Problem> {
        let (actor, scope) = auth.allow(P::OvertimeApprove)?;
        let block = retry(|| super::revoke_overtime(&self.app, &actor, &scope, id.0)).await?;
        Ok(Json(overtime_view(block)))
    }
}

fn refused(r: ShiftRefusal) -> Problem {
    Failure::from(r).into()
}

fn check_span(from: LocalDate, to: LocalDate) -> Result<(), Problem> {
    if to < from || to > from.plus(MAX_ROSTER_DAYS - 1) {
        return Err(refused(ShiftRefusal::SpanInvalid { max_days: MAX_ROSTER_DAYS }));
    }
    Ok(())
}

/// The last row of a page that is full, so that there may be another one.
fn full<T>(rows: &[T], limit: u32) -> Option<&T> {
    if rows.len() as u64 == u64::from(limit) { rows.last() } else { None }
}

/// A version as it is sent.
pub fn new_shift_version(b: ShiftVersionCreate) -> NewShiftVersion {
    NewShiftVersion {
        code: b.code,
        name: b.name,
        effective_from: b.effective_from,
        expected_version: b.expected_version,
        body: b.body.to_json().unwrap_or_default(),
    }
}
