//! What happens to some of the demo group: transfers, promotions, freezes, somebody who leaves, somebody who came back.

use std::collections::HashMap;

use vocabulary::{EmploymentKind, LocalDate, PersonId};

use super::staff::{Employee, UNITS, Work};
use crate::base::{Actor, App, Failure, Once, Scope};
use crate::employment::{self, EventInput};
use crate::people::{self, EventKind};

/// How somebody is employed: some of the shops work part time, some of the plant are dispatched.
pub fn kind(e: &Employee) -> EmploymentKind {
    match (e.work, e.index % 9) {
        (Work::Shop, 0 | 4) => EmploymentKind::PartTime,
        (Work::PlantTeam(_), 3) => EmploymentKind::Dispatched,
        (Work::Office, 7) if e.index.is_multiple_of(2) => EmploymentKind::Intern,
        _ => EmploymentKind::FullTime,
    }
}

/// Another department of the same company whose people work alike.
fn other_unit(e: &Employee) -> Option<&'static str> {
    let own = UNITS.iter().find(|u| u.code == e.unit)?;
    let alike = |u: &&super::staff::Unit| {
        let same = std::mem::discriminant(&u.work) == std::mem::discriminant(&own.work);
        u.code != own.code && u.parent == own.parent && u.people > 0 && same
    };
    UNITS.iter().find(alike).map(|u| u.code)
}

/// The events of one employee, with dates around today.
fn events(
    e: &Employee,
    person: PersonId,
    today: LocalDate,
    positions: &[(i32, String)],
) -> Vec<EventInput> {
    let event = |kind, days: i32| EventInput::new(person, kind, today.plus(days));
    let reason = |text: &str, input: EventInput| EventInput { reason: text.to_owned(), ..input };
    match e.index % 60 {
        5 | 25 => other_unit(e)
            .map(|org| {
                let org = Some(org.to_owned());
                reason("业务调整", EventInput { org, ..event(EventKind::Transfer, -12) })
            })
            .into_iter()
            .collect(),
        // From the lowest position to the next one; nothing where there are no grades.
        17 => {
            let mut ladder = positions.iter();
            let (Some(low), Some(next)) = (ladder.next(), ladder.next()) else { return Vec::new() };
            let at = |p: &(i32, String)| Some(p.1.clone());
            vec![
                EventInput { position: at(low), ..event(EventKind::Correction, -40) },
                reason(
                    "年度考评",
                    EventInput { position: at(next), ..event(EventKind::Promotion, -9) },
                ),
            ]
        }
        33 => {
            let until = Some(today.plus(-11));
            vec![reason("停薪留职", EventInput { until, ..event(EventKind::Freeze, -15) })]
        }
        41 => vec![reason("个人原因", event(EventKind::Leave, 10))],
        52 => vec![
            reason("个人原因", event(EventKind::Leave, -22)),
            reason(
                "返聘",
                EventInput { continuous: Some(true), ..event(EventKind::Reinstate, -16) },
            ),
        ],
        _ => Vec::new(),
    }
}

/// Enters the events of the demo group.
pub async fn load(
    app: &App,
    staff: &[Employee],
    ids: &HashMap<String, PersonId>,
    today: LocalDate,
) -> Result<(), Failure> {
    let codes = people::position_codes(app.db.read()).await?;
    let mut positions: Vec<(i32, String)> =
        codes.into_iter().map(|(code, p)| (p.grade, code)).collect();
    positions.sort();
    positions.dedup_by_key(|(grade, _)| *grade);
    // Who is new or gone already has had his events.
    let settled = |e: &&Employee| e.left_on.is_none() && e.hired_on < today.plus(-60);
    let rows: Vec<EventInput> = staff
        .iter()
        .filter(settled)
        .filter_map(|e| Some((e, ids.get(&e.number).copied()?)))
        .flat_map(|(e, id)| events(e, id, today, &positions))
        .collect();
    let once = Once::new(Some("demo careers".to_owned()), &"careers")?;
    employment::enter_events(app, &Actor::cli(), &Scope::everybody(), &rows, &once).await?;
    Ok(())
}
