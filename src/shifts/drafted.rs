use vocabulary::{Instant, ShiftId, ShiftVersionId};

use super::publish::{check, next_version};
use super::{NewShiftVersion, ShiftVersionRow};
use crate::base::Failure;

/// The versions that publishing these drafts one after the other would make beside the `published` ones. Refuses
/// what [`super::publish`] refuses. Ids of what does not exist yet are below zero.
pub fn drafted(
    published: &[ShiftVersionRow],
    new: &[NewShiftVersion],
    at: Instant,
) -> Result<Vec<ShiftVersionRow>, Failure> {
    let mut made: Vec<ShiftVersionRow> = Vec::with_capacity(new.len());
    for draft in new {
        let form = check(draft)?;
        let same = |v: &&ShiftVersionRow| v.code == draft.code;
        let latest = published.iter().chain(&made).filter(same).max_by_key(|v| v.version);
        let version = next_version(draft, &form, latest.map(|v| (v.version, v.body.as_str())))?;
        let id = -1 - i64::try_from(made.len()).unwrap_or(i64::MAX - 1);
        made.push(ShiftVersionRow {
            id: ShiftVersionId(id),
            shift_id: latest.map_or(ShiftId(id), |v| v.shift_id),
            code: draft.code.clone(),
            version,
            effective_from: draft.effective_from,
            published_at: at,
            published_by: None,
            body: form.canonical,
            half_after: form.half_after,
        });
    }
    Ok(made)
}
