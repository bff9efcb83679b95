//! Between the types of the contract and those of the room.

use std::collections::HashMap;

use contract::Problem;
use contract::shifts::{
    CellKind, CellPut, CellView, ClockSpan, ShiftBody, ShiftVersionView, ShiftView,
    TemporaryOvertimeView, WallSpanBody,
};
use poem_openapi::types::ParseFromJSON;
use vocabulary::ShiftId;

use super::refused;
use crate::base::Fault;
use crate::shifts::{Cell, CellChange, Overtime, ShiftRow, ShiftVersionRow, body, roster_view};

pub(in crate::shifts) fn change(c: CellPut) -> Result<CellChange, Problem> {
    roster_view::change(c).map_err(refused)
}

fn body_view(text: &str, half_day_after: Option<i32>) -> Result<ShiftBody, Fault> {
    let value = serde_json::from_str(text)?;
    let body = ShiftBody::parse_from_json(Some(value))
        .map_err(|e| Fault::text(format!("stored shift: {}", e.into_message())))?;
    Ok(ShiftBody { half_day_after, ..body })
}

fn half_views(code: &str, body: &str, after: Option<i32>) -> Result<Vec<ClockSpan>, Fault> {
    let clock = |m: i32| format!("{:02}:{:02}", m / 60, m % 60);
    let span = |s: engine::ClockSpan| ClockSpan { start: clock(s.start), end: clock(s.end) };
    Ok(body::halves_of(code, body, after)?.into_iter().map(span).collect())
}

pub(super) fn shift_view(r: ShiftRow) -> Result<ShiftView, Fault> {
    let current = match (r.version_id, r.version, r.effective_from, r.published_at, r.body) {
        (Some(id), Some(version), Some(effective_from), Some(published_at), Some(body)) => {
            Some(ShiftVersionView {
                id,
                shift_id: r.id,
                version,
                effective_from,
                published_at,
                published_by: r.published_by,
                halves: half_views(&r.code, &body, r.half_after)?,
                body: body_view(&body, r.half_after)?,
            })
        }
        _ => None,
    };
    Ok(ShiftView {
        id: r.id,
        code: r.code,
        name: r.name,
        short_name: r.short_name,
        color: r.color,
        retired_from: r.retired_from,
        edition: r.edition,
        latest_version: r.latest_version,
        current,
    })
}

pub(super) fn version_view(r: ShiftVersionRow) -> Result<ShiftVersionView, Fault> {
    Ok(ShiftVersionView {
        id: r.id,
        shift_id: r.shift_id,
        version: r.version,
        effective_from: r.effective_from,
        published_at: r.published_at,
        published_by: r.published_by,
        halves: half_views(&r.code, &r.body, r.half_after)?,
        body: body_view(&r.body, r.half_after)?,
    })
}

pub(super) fn cell_view(c: Cell, names: &HashMap<ShiftId, String>) -> CellView {
    let shifts: Vec<String> = c.shifts.iter().filter_map(|s| names.get(s).cloned()).collect();
    CellView {
        date: c.date,
        kind: if c.shifts.is_empty() { CellKind::Rest } else { CellKind::Shifts },
        shifts,
        source: c.source,
        version: c.version,
        author_id: c.author,
        at: c.at,
    }
}

pub(super) fn overtime_view(o: Overtime) -> TemporaryOvertimeView {
    TemporaryOvertimeView {
        id: o.id.to_string(),
        person_id: o.person,
        date: o.date,
        start: o.start,
        end: o.end,
        breaks: o.breaks.into_iter().map(|(start, end)| WallSpanBody { start, end }).collect(),
        break_minutes: o.break_minutes,
        reason: o.reason,
        author_id: o.author,
        at: o.at,
        revoked_at: o.revoked_at,
    }
}
