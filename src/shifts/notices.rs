//! Who is told that his roster has changed. What is over concerns nobody any more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use vocabulary::{Instant, LocalDate, PersonId};

use crate::base::{Fault, NewNotice, Tx, notify};
use crate::people::TeamSpan;

/// Dates of people.
pub(super) type Concerned = BTreeMap<PersonId, BTreeSet<LocalDate>>;

/// Tells each person once, whatever the number of his dates.
pub(super) async fn tell(
    tx: &Tx,
    kind: &str,
    concerned: &Concerned,
    extra: &Value,
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let notice = |(person, dates): (&PersonId, &BTreeSet<LocalDate>)| {
        let mut ahead = dates.range(today..);
        let from = ahead.next()?;
        let to = ahead.next_back().unwrap_or(from);
        let count = dates.range(today..).count();
        let mut payload = json!({ "from": from, "to": to, "dates": count });
        if let (Some(p), Some(more)) = (payload.as_object_mut(), extra.as_object()) {
            p.extend(more.clone());
        }
        Some(NewNotice { person: *person, payload })
    };
    let notices: Vec<NewNotice> = concerned.iter().filter_map(notice).collect();
    notify(tx, kind, &notices, at).await
}

/// Adds the dates of teams to those of their members.
pub(super) fn add_members(
    concerned: &mut Concerned,
    members: &[TeamSpan],
    places: &[(vocabulary::TeamId, LocalDate)],
) {
    let mut dates: BTreeMap<vocabulary::TeamId, BTreeSet<LocalDate>> = BTreeMap::new();
    for (team, date) in places {
        dates.entry(*team).or_default().insert(*date);
    }
    for m in members {
        let Some(own) = dates.get(&m.team_id) else { continue };
        let own = own.range(m.from_date..=m.to_date.max(m.from_date));
        concerned.entry(m.person_id).or_default().extend(own);
    }
}
