//! Rosters of teams, and what counts of all layers, over HTTP.

use std::collections::HashMap;

use contract::rosters::{EffectiveRosterView, TeamCellsClear, TeamCellsPut, TeamRosterView};
use contract::shifts::CellsClearedView;
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PersonId, ShiftId, TeamId};

use super::roster_view as view;
use super::{
    ClearedTeams, EffectiveRoster, RosterFilter, RosterPerson, ShiftRefusal, TeamCellChange,
};
use crate::base::{App, Failure, Once, RowOutcome, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::people::{self, TeamChoice};

/// Days of a page.
const MAX_DAYS: i32 = 62;

pub struct RostersApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl RostersApi {
    /// List the rosters of teams
    ///
    /// Teams whose members between the dates all lie in one's scope, with their cells; at most 62 days.
    #[oai(
        path = "/roster/teams",
        method = "get",
        operation_id = "list_team_rosters",
        tag = "Tag::Shifts"
    )]
    async fn team_rosters(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        team_id: Query<Option<TeamId>>,
        /// From the former page.
        cursor: Query<Option<TeamId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<TeamRosterView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        check_span(from.0, to.0)?;
        let limit = limit.0.min(MAX_LIMIT);
        let wanted = match team_id.0 {
            Some(id) => TeamChoice::These(vec![id]),
            None => TeamChoice::After(cursor.0.unwrap_or_default(), limit),
        };
        let snapshot = self.app.db.snapshot().await?;
        let mut teams = people::roster_teams(&snapshot, &scope, &wanted, from.0, to.0).await?;
        teams.retain(|t| t.is_open_to(&scope));
        let ids: Vec<TeamId> = teams.iter().map(|t| t.id).collect();
        let cells = super::team_cells(&snapshot, &ids, from.0, to.0).await?;
        let names = super::shift_names(&snapshot).await?;
        let full = team_id.0.is_none() && teams.len() as u64 == u64::from(limit);
        let next = teams.last().filter(|_| full).map(|t| t.id.to_string());
        let mut cells = cells.into_iter().peekable();
        let items = teams
            .into_iter()
            .map(|t| {
                let mut own = Vec::new();
                while let Some(cell) = cells.next_if(|c| c.team == t.id) {
                    own.push(view::team_cell(cell, &names));
                }
                view::team_roster(t, own)
            })
            .collect();
        Ok(Json(Page::new(items, next)))
    }

    /// Write cells of teams
    ///
    /// They hold for whoever is a member on the date and has no cell of his own. Up to 5,000 cells; every row has its
    /// own outcome. The days of the members are computed again.
    #[oai(
        path = "/roster/team-cells",
        method = "put",
        operation_id = "replace_team_cells",
        tag = "Tag::Shifts"
    )]
    async fn set_team_cells(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamCellsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let changes: Vec<TeamCellChange> = body
            .0
            .cells
            .into_iter()
            .map(view::team_change)
            .collect::<Result<_, _>>()
            .map_err(refused)?;
        let once = Once::new(key.0, &changes)?;
        let done =
            retry(|| super::set_team_cells(&self.app, &actor, &scope, &changes, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Remove cells of teams
    ///
    /// All cells of these teams in a span of dates; what stands below them counts again.
    #[oai(
        path = "/roster/team-clearings",
        method = "post",
        operation_id = "create_team_clearing",
        tag = "Tag::Shifts"
    )]
    async fn clear_team_cells(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamCellsClear>,
    ) -> Result<Json<CellsClearedView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let b = body.0;
        let what = ClearedTeams { teams: b.team_ids, from: b.from, to: b.to };
        let once = Once::new(key.0, &what)?;
        let cleared =
            retry(|| super::clear_team_cells(&self.app, &actor, &scope, &what, &once)).await?;
        Ok(Json(CellsClearedView { cleared: i64::try_from(cleared).unwrap_or(i64::MAX) }))
    }

    /// List what counts
    ///
    /// For every person in service between the dates and every date the cell that counts, with the layer it comes
    /// from: swap, own cell, cell of the team, calendar. At most 62 days.
    #[oai(
        path = "/roster/effective",
        method = "get",
        operation_id = "list_effective_roster",
        tag = "Tag::Shifts"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn effective(
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
    ) -> Result<Json<Page<EffectiveRosterView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        check_span(from.0, to.0)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = RosterFilter {
            from: from.0,
            to: to.0,
            person: person_id.0,
            org: org_id.0,
            text: text.0,
            after: cursor.0.unwrap_or_default(),
            limit,
        };
        let rows = self.rows(&scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| r.person_id.to_string());
        Ok(Json(Page::new(rows, next)))
    }

    /// List one's own roster
    ///
    /// What counts for oneself on every date, at most 62 days. Drafts are not shown.
    #[oai(path = "/me/roster", method = "get", operation_id = "list_my_roster", tag = "Tag::Me")]
    async fn own(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
    ) -> Result<Json<Page<EffectiveRosterView>>, Problem> {
        let (_, person, scope) = auth.own()?;
        check_span(from.0, to.0)?;
        let filter = RosterFilter {
            from: from.0,
            to: to.0,
            person: Some(person),
            org: None,
            text: None,
            after: PersonId::default(),
            limit: 1,
        };
        let rows = self.rows(&scope, &filter).await?;
        Ok(Json(Page::new(rows, None)))
    }

    async fn rows(
        &self,
        scope: &Scope,
        f: &RosterFilter,
    ) -> Result<Vec<EffectiveRosterView>, Problem> {
        let snapshot = self.app.db.snapshot().await?;
        let staff = super::roster_people(&snapshot, scope, f).await?;
        let ids: Vec<PersonId> = staff.iter().map(|p| p.id).collect();
        let roster = super::effective_roster(&snapshot, &ids, f.from, f.to).await?;
        let names = super::shift_names(&snapshot).await?;
        Ok(staff.into_iter().map(|p| row(p, &roster, &names, f)).collect())
    }
}

fn row(
    p: RosterPerson,
    roster: &EffectiveRoster,
    names: &HashMap<ShiftId, String>,
    f: &RosterFilter,
) -> EffectiveRosterView {
    let cell = |date| view::effective_cell(date, roster.cell(p.id, date), names);
    let cells = f.from.through(f.to).map(cell).collect();
    EffectiveRosterView { person_id: p.id, number: p.number, name: p.name, cells }
}

fn refused(r: ShiftRefusal) -> Problem {
    Failure::from(r).into()
}

fn check_span(from: LocalDate, to: LocalDate) -> Result<(), Problem> {
    if to < from || to > from.plus(MAX_DAYS - 1) {
        return Err(refused(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS }));
    }
    Ok(())
}
