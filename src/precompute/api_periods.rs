//! Closing of attendance periods, statements and adjustments over HTTP.

use contract::periods::{
    AdjustmentView, AttendancePeriodCreate, AttendancePeriodView, PeriodChecksView, PeriodLockView,
    PeriodObstacleView, PeriodReopeningCreate, PeriodState, StatementAnswerCreate, StatementState,
    StatementView, StatementsSentView,
};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, PeriodId, PeriodSetId, PersonId};

use super::closing::{
    self, AdjustmentFilter, AdjustmentRow, Answer, ClosingRefusal, NewReopening, Statement,
    StatementFilter,
};
use super::view;
use crate::base::context::{Lang, lang};
use crate::base::{Actor, App, Failure, Once, Scope, retry};
use crate::calendars::{self, PeriodRow, PeriodState as State};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct PeriodsApi {
    pub app: App,
}

/// Most dates of a list of periods.
const MAX_SPAN: i32 = 800;

fn refused(r: ClosingRefusal) -> Problem {
    Failure::from(r).into()
}

/// Closing concerns everybody.
fn everybody(auth: Auth, permission: P) -> Result<Actor, Problem> {
    let (actor, scope) = auth.allow(permission)?;
    if scope.is_everybody() { Ok(actor) } else { Err(refused(ClosingRefusal::NotEveryone)) }
}

#[OpenApi(prefix_path = "/api/v1")]
impl PeriodsApi {
    /// List attendance periods
    ///
    /// Of one period set or of all, those that touch the dates, at most 800; also those that have not begun to close.
    #[oai(
        path = "/attendance-periods",
        method = "get",
        operation_id = "list_attendance_periods",
        tag = "Tag::Calendars"
    )]
    async fn periods(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        period_set_id: Query<Option<PeriodSetId>>,
        state: Query<Option<PeriodState>>,
    ) -> Result<Json<Page<AttendancePeriodView>>, Problem> {
        auth.allow(P::PeriodView)?;
        if to.0 < from.0 || to.0.days() - from.0.days() >= MAX_SPAN {
            return Err(refused(ClosingRefusal::SpanTooLong));
        }
        let tx = self.app.db.snapshot().await?;
        let rows = calendars::period_rows(&tx, period_set_id.0, from.0, to.0).await?;
        let cuts = calendars::shared_periods(&tx, from.0.plus(-MAX_SPAN)).await?;
        tx.rollback().await?;
        let mut all: Vec<AttendancePeriodView> = rows.iter().map(shown).collect();
        for set in cuts.cuts.iter().map(|c| c.set) {
            if period_set_id.0.is_some_and(|wanted| wanted != set) {
                continue;
            }
            for p in cuts.between(set, from.0, to.0) {
                let name = p.label.to_string();
                if !rows.iter().any(|r| r.period_set_id == set && r.period == name) {
                    all.push(AttendancePeriodView {
                        id: None,
                        period_set_id: set,
                        period: name,
                        from_date: p.from,
                        to_date: p.to,
                        state: PeriodState::Open,
                        reason: None,
                        changed_at: None,
                        changed_by: None,
                        job_id: None,
                    });
                }
            }
        }
        all.retain(|p| state.0.is_none_or(|s| s == p.state));
        all.sort_by_key(|p| (p.period_set_id, p.from_date));
        Ok(Json(Page::new(all, None)))
    }

    /// Begin to close an attendance period
    ///
    /// Once it is over. Results go on following the facts; statements can be sent. Needs the scope of everybody.
    #[oai(
        path = "/attendance-periods",
        method = "post",
        operation_id = "create_attendance_period",
        tag = "Tag::Calendars"
    )]
    async fn close(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<AttendancePeriodCreate>,
    ) -> Result<Json<AttendancePeriodView>, Problem> {
        let actor = everybody(auth, P::PeriodClose)?;
        let (set, name) = (body.period_set_id, body.period.as_str());
        let once = Once::new(key.0, &(set, name))?;
        let id = retry(|| closing::begin_closing(&self.app, &actor, set, name, &once)).await?;
        self.one(id).await
    }

    /// Get an attendance period
    #[oai(
        path = "/attendance-periods/:id",
        method = "get",
        operation_id = "get_attendance_period",
        tag = "Tag::Calendars"
    )]
    async fn period(
        &self,
        auth: Auth,
        id: Path<PeriodId>,
    ) -> Result<Json<AttendancePeriodView>, Problem> {
        auth.allow(P::PeriodView)?;
        self.one(id.0).await
    }

    /// Check an attendance period
    ///
    /// What stands in the way of locking it, and what should be looked at before.
    #[oai(
        path = "/attendance-periods/:id/checks",
        method = "get",
        operation_id = "get_attendance_period_checks",
        tag = "Tag::Calendars"
    )]
    async fn checks(
        &self,
        auth: Auth,
        id: Path<PeriodId>,
    ) -> Result<Json<PeriodChecksView>, Problem> {
        everybody(auth, P::PeriodView)?;
        let row = self.row(id.0).await?;
        let tx = self.app.db.snapshot().await?;
        let c = closing::checks(&tx, &row).await?;
        tx.rollback().await?;
        let text = |by: closing::Obstacle, n| match lang() {
            Lang::Zh => by.zh(n),
            Lang::En => by.en(n),
        };
        let obstacle = |(by, count): &(closing::Obstacle, i64)| PeriodObstacleView {
            code: by.code().to_owned(),
            text: text(*by, *count),
            count: *count,
        };
        Ok(Json(PeriodChecksView {
            people: c.sums.people,
            days: c.sums.days,
            open_exceptions: c.sums.open_exceptions,
            statements_sent: c.statements.sent,
            statements_confirmed: c.statements.confirmed,
            statements_disputed: c.statements.disputed,
            obstacles: c.obstacles.iter().map(obstacle).collect(),
        }))
    }

    /// Lock an attendance period
    ///
    /// A job archives what every result was computed from and locks the period last. It waits half a minute for changes
    /// that are being computed.
    #[oai(
        path = "/attendance-periods/:id/lock",
        method = "post",
        operation_id = "create_attendance_period_lock",
        tag = "Tag::Calendars"
    )]
    async fn lock(
        &self,
        auth: Auth,
        id: Path<PeriodId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<PeriodLockView>, Problem> {
        let actor = everybody(auth, P::PeriodClose)?;
        let once = Once::new(key.0, &id.0)?;
        let job_id = retry(|| closing::plan_lock(&self.app, &actor, id.0, &once)).await?;
        Ok(Json(PeriodLockView { job_id }))
    }

    /// Reopen an attendance period
    ///
    /// One that is closing, or, with the permission `period.unlock`, the latest locked one of its set: then its results
    /// follow the facts again, and the adjustments of its dates are taken back.
    #[oai(
        path = "/attendance-periods/:id/reopen",
        method = "post",
        operation_id = "create_attendance_period_reopening",
        tag = "Tag::Calendars"
    )]
    async fn reopen(
        &self,
        auth: Auth,
        id: Path<PeriodId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PeriodReopeningCreate>,
    ) -> Result<Json<AttendancePeriodView>, Problem> {
        let unlock = auth.everywhere(P::PeriodUnlock);
        let actor = everybody(auth, P::PeriodClose)?;
        let new = NewReopening { reason: body.0.reason };
        let once = Once::new(key.0, &(id.0, &new))?;
        retry(|| closing::reopen(&self.app, &actor, id.0, &new, unlock, &once)).await?;
        self.one(id.0).await
    }

    /// Send the statements of an attendance period
    ///
    /// To everybody with results in a closing period who has none yet.
    #[oai(
        path = "/attendance-periods/:id/statements",
        method = "post",
        operation_id = "create_attendance_period_statements",
        tag = "Tag::Calendars"
    )]
    async fn send(
        &self,
        auth: Auth,
        id: Path<PeriodId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<StatementsSentView>, Problem> {
        let actor = everybody(auth, P::PeriodClose)?;
        let once = Once::new(key.0, &id.0)?;
        let sent = retry(|| closing::send_statements(&self.app, &actor, id.0, &once)).await?;
        Ok(Json(StatementsSentView { sent }))
    }

    /// List the statements of an attendance period
    ///
    /// Of everybody within scope, by person.
    #[oai(
        path = "/attendance-periods/:id/statements",
        method = "get",
        operation_id = "list_attendance_period_statements",
        tag = "Tag::Calendars"
    )]
    async fn statements(
        &self,
        auth: Auth,
        id: Path<PeriodId>,
        state: Query<Option<StatementState>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<StatementView>>, Problem> {
        let (_, scope) = auth.allow(P::PeriodView)?;
        self.row(id.0).await?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = StatementFilter {
            person: None,
            period: Some(id.0),
            state: state.0.map(statement_code),
            after: cursor.0,
            limit,
        };
        let tx = self.app.db.snapshot().await?;
        let found = closing::statements(&tx, &scope, &filter).await?;
        tx.rollback().await?;
        let full = found.len() as u64 == u64::from(limit);
        let next = found.last().filter(|_| full).map(|s| s.summary.person_id.to_string());
        let items = found.iter().map(statement_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// My statements
    ///
    /// The newest period first.
    #[oai(
        path = "/me/statements",
        method = "get",
        operation_id = "list_my_statements",
        tag = "Tag::Me"
    )]
    async fn my_statements(&self, auth: Auth) -> Result<Json<Page<StatementView>>, Problem> {
        let (_, person, _) = auth.own()?;
        let found = self.own(person, None).await?;
        let items = found.iter().map(statement_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, None)))
    }

    /// Answer one of my statements
    ///
    /// While its period is closing; an answer can be changed. 409 `statement_changed` if it says something else by now.
    #[oai(
        path = "/me/statements/:period_id/answer",
        method = "post",
        operation_id = "create_my_statement_answer",
        tag = "Tag::Me"
    )]
    async fn answer(
        &self,
        auth: Auth,
        period_id: Path<PeriodId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<StatementAnswerCreate>,
    ) -> Result<Json<StatementView>, Problem> {
        let (actor, person, _) = auth.own()?;
        let (id, b) = (period_id.0, body.0);
        let seen = b.content.parse().map_err(|_| refused(ClosingRefusal::StatementChanged))?;
        let answer = Answer { seen, agrees: b.agrees, remark: b.remark };
        let once = Once::new(key.0, &(id, &answer))?;
        retry(|| closing::answer_statement(&self.app, &actor, person, id, &answer, &once)).await?;
        let own = self.own(person, Some(id)).await?;
        let own = own.first().ok_or_else(|| refused(ClosingRefusal::StatementNotFound))?;
        Ok(Json(statement_view(own)?))
    }

    /// My adjustments
    #[oai(
        path = "/me/adjustments",
        method = "get",
        operation_id = "list_my_adjustments",
        tag = "Tag::Me"
    )]
    async fn my_adjustments(
        &self,
        auth: Auth,
        /// The period they are posted to, `2026-03`.
        #[oai(validator(max_length = 40))]
        period: Query<Option<String>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<AdjustmentView>>, Problem> {
        let (_, person, scope) = auth.own()?;
        let filter = AdjustmentFilter {
            person: Some(person),
            period: period.0,
            origin: None,
            after: cursor.0.as_deref().map(line_cursor).transpose()?,
            limit: limit.0.min(MAX_LIMIT),
        };
        self.page_of_adjustments(&scope, &filter).await
    }

    /// List adjustments
    ///
    /// Of everybody within scope, by person and date.
    #[oai(
        path = "/adjustments",
        method = "get",
        operation_id = "list_adjustments",
        tag = "Tag::Results"
    )]
    async fn adjustments(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        /// The period they are posted to, `2026-03`.
        #[oai(validator(max_length = 40))]
        period: Query<Option<String>>,
        /// The locked period of their dates.
        #[oai(validator(max_length = 40))]
        origin_period: Query<Option<String>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<AdjustmentView>>, Problem> {
        let (_, scope) = auth.allow(P::DayView)?;
        let filter = AdjustmentFilter {
            person: person_id.0,
            period: period.0,
            origin: origin_period.0,
            after: cursor.0.as_deref().map(line_cursor).transpose()?,
            limit: limit.0.min(MAX_LIMIT),
        };
        self.page_of_adjustments(&scope, &filter).await
    }
}

impl PeriodsApi {
    async fn row(&self, id: PeriodId) -> Result<PeriodRow, Problem> {
        let row = calendars::period_row(self.app.db.read(), id).await?;
        row.ok_or_else(|| refused(ClosingRefusal::PeriodNotFound))
    }

    async fn one(&self, id: PeriodId) -> Result<Json<AttendancePeriodView>, Problem> {
        Ok(Json(shown(&self.row(id).await?)))
    }

    async fn own(
        &self,
        person: PersonId,
        period: Option<PeriodId>,
    ) -> Result<Vec<Statement>, Problem> {
        let tx = self.app.db.snapshot().await?;
        let found = closing::own_statements(&tx, person, period).await?;
        tx.rollback().await?;
        Ok(found)
    }

    async fn page_of_adjustments(
        &self,
        scope: &Scope,
        filter: &AdjustmentFilter,
    ) -> Result<Json<Page<AdjustmentView>>, Problem> {
        let rows = closing::adjustments(self.app.db.read(), scope, filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows
            .last()
            .filter(|_| full)
            .map(|r| format!("{}|{}|{}|{}", r.person_id, r.work_date, r.item, r.period));
        Ok(Json(Page::new(rows.iter().map(adjustment_view).collect(), next)))
    }
}

fn line_cursor(text: &str) -> Result<(PersonId, LocalDate, String, String), Problem> {
    let mut parts = text.split('|');
    let mut read = || {
        let person = parts.next()?.parse().ok()?;
        let date = parts.next()?.parse().ok()?;
        Some((person, date, parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    read().ok_or_else(|| refused(ClosingRefusal::CursorInvalid))
}

const fn state(s: State) -> PeriodState {
    match s {
        State::Open => PeriodState::Open,
        State::Closing => PeriodState::Closing,
        State::Locked => PeriodState::Locked,
    }
}

const fn statement_code(s: StatementState) -> &'static str {
    match s {
        StatementState::Sent => "sent",
        StatementState::Confirmed => "confirmed",
        StatementState::Disputed => "disputed",
    }
}

fn shown(row: &PeriodRow) -> AttendancePeriodView {
    AttendancePeriodView {
        id: Some(row.id),
        period_set_id: row.period_set_id,
        period: row.period.clone(),
        from_date: row.from_date,
        to_date: row.to_date,
        state: state(row.state()),
        reason: row.reason.clone(),
        changed_at: Some(row.changed_at),
        changed_by: row.changed_by,
        job_id: row.job_id,
    }
}

fn adjustment_view(r: &AdjustmentRow) -> AdjustmentView {
    AdjustmentView {
        person_id: r.person_id,
        person_number: r.number.clone(),
        person_name: r.name.clone(),
        work_date: r.work_date,
        item: r.item.clone(),
        delta: r.delta,
        period_set_id: r.period_set_id,
        period: r.period.clone(),
        origin_period_set_id: r.origin_set_id,
        origin_period: r.origin_period.clone(),
        causes: r.cause.split(',').map(str::to_owned).collect(),
        at: r.at,
    }
}

fn statement_view(s: &Statement) -> Result<StatementView, Problem> {
    Ok(StatementView {
        attendance_period_id: s.period_id,
        period_state: state(s.period_state),
        state: match s.state.as_str() {
            "confirmed" => StatementState::Confirmed,
            "disputed" => StatementState::Disputed,
            _ => StatementState::Sent,
        },
        remark: s.remark.clone(),
        sent_at: s.sent_at,
        answered_at: s.answered_at,
        content: s.fingerprint.to_string(),
        changed_since_answer: s.changed,
        summary: view::summary_view(&s.summary)?,
        adjustments: s.adjustments.iter().map(adjustment_view).collect(),
    })
}
