//! Demand, coverage and candidates over HTTP.

use contract::demand::{
    CandidateReason, CandidateView, CandidatesView, CoverageView, CoveredSlotView, DemandLineBody,
    DemandLinesPut, DemandTableCreate, DemandTablePatch, DemandTableView, Staffing,
};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PositionId};

use super::{
    Candidate, CandidateAsked, CoveredSlot, DemandLine, DemandRefusal, DemandTable, NewTable,
    Reason, TableChange, TableFilter, candidates, coverage, create_table, demand_lines,
    demand_table, demand_tables, set_lines, update_table,
};
use crate::base::context::{Lang, lang};
use crate::base::{App, Failure, Once, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct DemandApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl DemandApi {
    /// List demand tables
    #[oai(
        path = "/demand-tables",
        method = "get",
        operation_id = "list_demand_tables",
        tag = "Tag::Shifts"
    )]
    async fn tables(
        &self,
        auth: Auth,
        org_id: Query<Option<OrgId>>,
        /// Also those that are not in use.
        #[oai(default)]
        inactive: Query<bool>,
        /// From the former page.
        #[oai(validator(minimum(value = "1")))]
        cursor: Query<Option<i64>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<DemandTableView>>, Problem> {
        let (_, scope) = auth.allow(P::DemandView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let after = cursor.0.unwrap_or(0);
        let filter = TableFilter { id: None, org: org_id.0, inactive: inactive.0, after, limit };
        let (db, today) = (self.app.db.read(), self.app.today());
        let rows = demand_tables(db, &scope, &filter, today).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(table_view).collect(), next)))
    }

    /// Get a demand table
    #[oai(
        path = "/demand-tables/:id",
        method = "get",
        operation_id = "get_demand_table",
        tag = "Tag::Shifts"
    )]
    async fn table(&self, auth: Auth, id: Path<i64>) -> Result<Json<DemandTableView>, Problem> {
        let (_, scope) = auth.allow(P::DemandView)?;
        Ok(Json(table_view(self.found(&scope, id.0).await?)))
    }

    /// Create a demand table
    #[oai(
        path = "/demand-tables",
        method = "post",
        operation_id = "create_demand_table",
        tag = "Tag::Shifts"
    )]
    async fn create(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DemandTableCreate>,
    ) -> Result<Json<DemandTableView>, Problem> {
        let (actor, scope) = auth.allow(P::DemandEdit)?;
        let DemandTableCreate { code, name, org_id, slot_minutes } = body.0;
        let new = NewTable { code, name, org: org_id, slot_minutes };
        let once = Once::new(key.0, &new)?;
        let done = retry(|| create_table(&self.app, &actor, &scope, &new, &once)).await?;
        Ok(Json(table_view(done)))
    }

    /// Update a demand table
    ///
    /// Its name, and whether it is in use.
    #[oai(
        path = "/demand-tables/:id",
        method = "patch",
        operation_id = "update_demand_table",
        tag = "Tag::Shifts"
    )]
    async fn update(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        id: Path<i64>,
        body: Json<DemandTablePatch>,
    ) -> Result<Json<DemandTableView>, Problem> {
        let (actor, scope) = auth.allow(P::DemandEdit)?;
        let DemandTablePatch { name, active, version } = body.0;
        let change = TableChange { name, active, version };
        let once = Once::new(key.0, &(id.0, &change))?;
        let verb = || update_table(&self.app, &actor, &scope, id.0, &change, &once);
        Ok(Json(table_view(retry(verb).await?)))
    }

    /// List the lines of a demand table
    ///
    /// All of them, at most 5,000.
    #[oai(
        path = "/demand-tables/:id/lines",
        method = "get",
        operation_id = "list_demand_lines",
        tag = "Tag::Shifts"
    )]
    async fn lines(
        &self,
        auth: Auth,
        id: Path<i64>,
    ) -> Result<Json<Page<DemandLineBody>>, Problem> {
        let (_, scope) = auth.allow(P::DemandView)?;
        self.found(&scope, id.0).await?;
        let rows = demand_lines(self.app.db.read(), id.0).await?;
        Ok(Json(Page::new(rows.into_iter().map(line_view).collect(), None)))
    }

    /// Replace the lines of a demand table
    ///
    /// All or nothing; wrong lines are named in `errors`.
    #[oai(
        path = "/demand-tables/:id/lines",
        method = "put",
        operation_id = "replace_demand_lines",
        tag = "Tag::Shifts"
    )]
    async fn set_lines(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        id: Path<i64>,
        body: Json<DemandLinesPut>,
    ) -> Result<Json<DemandTableView>, Problem> {
        let (actor, scope) = auth.allow(P::DemandEdit)?;
        let lines: Vec<DemandLine> = body.0.lines.into_iter().map(line).collect();
        let all = (body.0.version, lines.as_slice());
        let once = Once::new(key.0, &(id.0, all.0, all.1))?;
        let verb = || set_lines(&self.app, &actor, &scope, id.0, all, &once);
        Ok(Json(table_view(retry(verb).await?)))
    }

    /// Show how the roster covers a demand table
    ///
    /// Scheduled less required, slot by slot, at most 31 days.
    #[oai(
        path = "/demand-tables/:id/coverage",
        method = "get",
        operation_id = "get_demand_coverage",
        tag = "Tag::Shifts"
    )]
    async fn coverage(
        &self,
        auth: Auth,
        id: Path<i64>,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
    ) -> Result<Json<CoverageView>, Problem> {
        let (_, scope) = auth.allow(P::DemandView)?;
        let table = self.found(&scope, id.0).await?;
        let snapshot = self.app.db.snapshot().await?;
        let slots = coverage(&snapshot, &table, from.0, to.0).await?;
        let slots: Vec<CoveredSlotView> = slots.into_iter().map(slot_view).collect();
        let count = |staffing: Staffing| {
            let n = slots.iter().filter(|s| s.staffing == staffing).count();
            i64::try_from(n).unwrap_or(i64::MAX)
        };
        let (under, over) = (count(Staffing::Under), count(Staffing::Over));
        Ok(Json(CoverageView { slots, under, over }))
    }

    /// Propose people for a shift
    ///
    /// Everybody of the department, proposed or refused, with the reasons: free, qualified, within all
    /// limits once he had the shift; fewest hours of the month first. Writes nothing.
    #[oai(
        path = "/demand-tables/:id/candidates",
        method = "get",
        operation_id = "list_demand_candidates",
        tag = "Tag::Shifts"
    )]
    async fn candidates(
        &self,
        auth: Auth,
        id: Path<i64>,
        date: Query<LocalDate>,
        /// Code of the shift that would be given.
        #[oai(validator(max_length = 40))]
        shift: Query<String>,
        /// First minute that must be covered.
        #[oai(validator(minimum(value = "0"), maximum(value = "1440")))]
        start_minute: Query<i32>,
        #[oai(validator(minimum(value = "0"), maximum(value = "1440")))] end_minute: Query<i32>,
        /// Absent = anybody.
        position_id: Query<Option<PositionId>>,
    ) -> Result<Json<CandidatesView>, Problem> {
        let (_, scope) = auth.allow(P::DemandView)?;
        let table = self.found(&scope, id.0).await?;
        let asked = CandidateAsked {
            date: date.0,
            start_minute: start_minute.0,
            end_minute: end_minute.0,
            position: position_id.0,
            shift: shift.0,
        };
        let snapshot = self.app.db.snapshot().await?;
        let found = candidates(&snapshot, &table, &asked).await?;
        Ok(Json(CandidatesView {
            proposed: found.proposed.into_iter().map(candidate_view).collect(),
            refused: found.refused.into_iter().map(candidate_view).collect(),
        }))
    }

    async fn found(&self, scope: &Scope, id: i64) -> Result<DemandTable, Problem> {
        let table = demand_table(self.app.db.read(), scope, id, self.app.today()).await?;
        table.ok_or_else(|| Failure::from(DemandRefusal::TableNotFound).into())
    }
}

fn table_view(t: DemandTable) -> DemandTableView {
    DemandTableView {
        id: t.id.to_string(),
        code: t.code,
        name: t.name,
        org_id: t.org_id,
        org: t.org_name,
        slot_minutes: t.slot_minutes,
        active: t.active,
        version: t.version,
    }
}

fn line(b: DemandLineBody) -> DemandLine {
    DemandLine {
        on_date: b.date,
        weekday: b.weekday,
        start_minute: b.start_minute,
        end_minute: b.end_minute,
        position_id: b.position_id,
        required: b.required,
    }
}

fn line_view(l: DemandLine) -> DemandLineBody {
    DemandLineBody {
        date: l.on_date,
        weekday: l.weekday,
        start_minute: l.start_minute,
        end_minute: l.end_minute,
        position_id: l.position_id,
        required: l.required,
    }
}

fn slot_view(s: CoveredSlot) -> CoveredSlotView {
    let coverage = s.scheduled - s.required;
    CoveredSlotView {
        date: s.date,
        start_minute: s.start_minute,
        end_minute: s.end_minute,
        position_id: s.position,
        required: s.required,
        scheduled: s.scheduled,
        coverage,
        staffing: match coverage {
            ..=-1 => Staffing::Under,
            0 => Staffing::Met,
            1.. => Staffing::Over,
        },
    }
}

fn candidate_view(c: Candidate) -> CandidateView {
    CandidateView {
        person_id: c.person,
        number: c.number,
        name: c.name,
        month_minutes: c.month_minutes,
        reasons: c.reasons.iter().map(reason_view).collect(),
    }
}

/// The text in the language of the request.
fn said(zh: impl Into<String>, en: impl Into<String>) -> String {
    if lang() == Lang::Zh { zh.into() } else { en.into() }
}

fn reason_view(r: &Reason) -> CandidateReason {
    let message = match r {
        Reason::Free => said("当日未排班", "nothing is planned on the date"),
        Reason::Qualified => said("岗位符合", "has the position"),
        Reason::MonthMinutes(m) => {
            let (hours, minutes) = (m / 60, m % 60);
            let zh = format!("本月已排 {hours} 小时 {minutes} 分钟");
            said(zh, format!("{hours} h {minutes} min planned in the month"))
        }
        Reason::NotInService => said("当日不在职或已冻结", "not in service, or frozen"),
        Reason::NotQualified => said("岗位不符", "has another position"),
        Reason::Planned(codes) => {
            let zh = format!("当日已排班：{}", codes.join("、"));
            said(zh, format!("works {} on the date", codes.join(", ")))
        }
        Reason::Away => said("当日已批准休假或外出", "on approved leave or a trip"),
        Reason::Note(f) | Reason::Breaks(f) => f.text(lang()),
    };
    CandidateReason { code: r.code().to_owned(), message }
}
