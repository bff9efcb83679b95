//! Swaps over HTTP.

use std::collections::HashMap;

use contract::shifts::CellKind;
use contract::swaps::{SwapCancel, SwapCellView, SwapCreate, SwapKind, SwapView};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, PersonId, ShiftId, SwapId};

use super::{LockedDates, NewSwap, SwapOf, SwapRefusal};
use crate::base::{App, Failure, Once, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::shifts::{self, CellValue, ShiftRefusal, Swap, SwapFilter};

/// Days of a page.
const MAX_DAYS: i32 = 366;

pub struct SwapsApi {
    pub app: App,
    pub locked: LockedDates,
}

#[OpenApi(prefix_path = "/api/v1")]
impl SwapsApi {
    /// List swaps
    ///
    /// With a cell between the dates, the newest first.
    #[oai(path = "/roster/swaps", method = "get", operation_id = "list_swaps", tag = "Tag::Shifts")]
    async fn list(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        /// At most 366 days.
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// Also cancelled ones.
        #[oai(default)]
        cancelled: Query<bool>,
        /// From the former page.
        cursor: Query<Option<SwapId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<SwapView>>, Problem> {
        let (_, scope) = auth.allow(P::RosterView)?;
        if to.0 < from.0 || to.0 > from.0.plus(MAX_DAYS - 1) {
            return Err(Failure::from(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS }).into());
        }
        let limit = limit.0.min(MAX_LIMIT);
        let filter = SwapFilter {
            id: None,
            person: person_id.0,
            from: from.0,
            to: to.0,
            cancelled: cancelled.0,
            before: cursor.0,
            limit,
        };
        let rows = shifts::swaps(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|s| s.id.to_string());
        let names = shifts::shift_names(self.app.db.read()).await?;
        Ok(Json(Page::new(rows.into_iter().map(|s| view(s, &names)).collect(), next)))
    }

    /// Swap shifts
    ///
    /// Its cells count above all others and the days are computed again. Refused if somebody is out of service, his
    /// period is locked, an approved leave lies on the shift, or rests and hours are out of bounds.
    #[oai(
        path = "/roster/swaps",
        method = "post",
        operation_id = "create_swap",
        tag = "Tag::Shifts"
    )]
    async fn create(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<SwapCreate>,
    ) -> Result<Json<SwapView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterSwap)?;
        let new = new_swap(body.0).map_err(Failure::from)?;
        let once = Once::new(key.0, &new)?;
        let locked = self.locked;
        let id =
            retry(|| super::record_swap(&self.app, &actor, &scope, &new, locked, &once)).await?;
        self.one(&scope, id).await
    }

    /// Cancel a swap
    ///
    /// What counted before counts again.
    #[oai(
        path = "/roster/swaps/:id/cancellations",
        method = "post",
        operation_id = "cancel_swap",
        tag = "Tag::Shifts"
    )]
    async fn cancel(
        &self,
        auth: Auth,
        id: Path<SwapId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<SwapCancel>,
    ) -> Result<Json<SwapView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterSwap)?;
        let reason = body.0.reason;
        let once = Once::new(key.0, &(id.0, &reason))?;
        let locked = self.locked;
        let id =
            retry(|| super::cancel_swap(&self.app, &actor, &scope, id.0, &reason, locked, &once))
                .await?;
        self.one(&scope, id).await
    }

    async fn one(&self, scope: &Scope, id: SwapId) -> Result<Json<SwapView>, Problem> {
        let filter = SwapFilter {
            id: Some(id),
            person: None,
            from: LocalDate::MIN,
            to: LocalDate::MAX,
            cancelled: true,
            before: None,
            limit: 1,
        };
        let swap = shifts::swaps(self.app.db.read(), scope, &filter).await?.pop();
        let swap = swap.ok_or_else(|| Problem::from(Failure::from(SwapRefusal::SwapNotFound)))?;
        let names = shifts::shift_names(self.app.db.read()).await?;
        Ok(Json(view(swap, &names)))
    }
}

fn new_swap(b: SwapCreate) -> Result<NewSwap, SwapRefusal> {
    let of = match (b.kind, b.other_person_id, b.to_kind, b.dates.as_slice()) {
        (SwapKind::Exchange, Some(other), None, _) if b.to_shifts.is_empty() => {
            SwapOf::Exchange { people: [b.person_id, other], dates: b.dates }
        }
        (SwapKind::Change, None, Some(kind), [date]) => {
            let value = match kind {
                CellKind::Shifts => CellValue::Shifts(b.to_shifts),
                CellKind::Rest if b.to_shifts.is_empty() => CellValue::Rest,
                _ => return Err(SwapRefusal::DatesInvalid),
            };
            SwapOf::Change { person: b.person_id, date: *date, value }
        }
        _ => return Err(SwapRefusal::DatesInvalid),
    };
    let (accept_limits, accept_other_scheme) = (b.accept_limits, b.accept_other_scheme);
    Ok(NewSwap { of, reason: b.reason, accept_limits, accept_other_scheme })
}

fn view(s: Swap, names: &HashMap<ShiftId, String>) -> SwapView {
    let codes = |ids: &[ShiftId]| ids.iter().filter_map(|s| names.get(s).cloned()).collect();
    let kind = |ids: &[ShiftId]| if ids.is_empty() { CellKind::Rest } else { CellKind::Shifts };
    let cells = s.cells.iter().map(|c| SwapCellView {
        person_id: c.person,
        date: c.date,
        before_kind: c.before.as_deref().map_or(CellKind::Empty, kind),
        before: c.before.as_deref().map(codes).unwrap_or_default(),
        after_kind: kind(&c.after),
        after: codes(&c.after),
    });
    SwapView {
        id: s.id,
        kind: if s.kind == "exchange" { SwapKind::Exchange } else { SwapKind::Change },
        reason: s.reason,
        cells: cells.collect(),
        author_id: s.author,
        at: s.at,
        cancelled_at: s.cancelled_at,
        cancel_reason: s.cancel_reason,
    }
}
