//! Between the types of the contract and those of the room.

use std::collections::HashMap;

use contract::Problem;
use contract::shifts::{
    CellKind, CellPut, CellView, ShiftBody, ShiftVersionView, ShiftView, TemporaryOvertimeView,
    WallSpanBody,
};
use poem_openapi::types::ParseFromJSON;
use vocabulary::ShiftId;

use super::refused;
use crate::base::Fault;
use crate::shifts::{Cell, CellChange, Overtime, ShiftRow, ShiftVersionRow, roster_view};

pub(in crate::shifts) fn change(c: CellPut) -> Result<CellChange, Problem> {
    let CellPut { person_id, date, expected_version, kind, shifts } = c;
    let value = roster_view::value(kind, shifts).map_err(refused)?;
    Ok(CellChange { person: person_id, date, value, expected_version })
}

fn body_view(text: &str) -> Result<ShiftBody, Fault> {
    let value = serde_json::from_str(text)?;
    ShiftBody::parse_from_json(Some(value))
        .map_err(|e| Fault::text(format!("stored shift: {}", e.into_message())))
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
                body: body_view(&body)?,
            })
        }
        _ => None,
    };
    let ShiftRow { id, code, name, latest_version, .. } = r;
    Ok(ShiftView { id, code, name, latest_version, current })
}

pub(super) fn version_view(r: ShiftVersionRow) -> Result<ShiftVersionView, Fault> {
    Ok(ShiftVersionView {
        id: r.id,
        shift_id: r.shift_id,
        version: r.version,
        effective_from: r.effective_from,
        published_at: r.published_at,
        published_by: r.published_by,
        body: body_view(&r.body)?,
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
