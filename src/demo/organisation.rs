//! The demo group beside its departments: regions and kinds of work as dimensions, the four shifts of the plant as teams, heads
//! of departments, and a department that has moved.

use std::collections::HashMap;

use vocabulary::{DimensionId, LocalDate, PersonId};

use super::staff::{Employee, Work};
use crate::base::{Actor, App, Failure, Fault, RowOutcome, Scope};
use crate::people::{
    self, DimensionAssignment, Master, MasterInput, OrgFilter, OrgInput, TeamAssignment,
    ValueInput, ValuePlace,
};

fn named(code: &str, name: &str) -> MasterInput {
    let (code, name) = (code.to_owned(), Some(name.to_owned()));
    MasterInput { code, name, ..MasterInput::default() }
}

fn value(code: &str, name: &str, parent: Option<&str>) -> ValueInput {
    let place = parent.map_or(ValuePlace::Top, |p| ValuePlace::Below(p.to_owned()));
    ValueInput { code: code.to_owned(), name: Some(name.to_owned()), place, active: None }
}

/// Regions of units: inherited by everything below that has none of its own.
const REGIONS: &[(&str, &str)] = &[("HJ", "south"), ("HJ-KJ-SALES", "east"), ("HJ-ZZ", "east")];

/// The four shifts of the plant.
const TEAMS: [(&str, &str); 4] =
    [("ZZ-A", "甲班"), ("ZZ-B", "乙班"), ("ZZ-C", "丙班"), ("ZZ-D", "丁班")];

/// Fills it, after the people are there.
pub async fn fill(
    app: &App,
    staff: &[Employee],
    ids: &HashMap<String, PersonId>,
    since: LocalDate,
    from: LocalDate,
) -> Result<(), Failure> {
    let (actor, all) = (Actor::cli(), Scope::everybody());
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    let dimensions = [named("region", "区域"), named("work", "工种")];
    let made = people::write_masters(&tx, &actor, Master::Dimension, &dimensions, at).await?;
    let regions = [
        value("south", "华南", None),
        value("SZ", "深圳", Some("south")),
        value("east", "华东", None),
    ];
    let works = [value("office", "职能", None), value("line", "一线", None)];
    for (made, values) in made.iter().zip([regions.as_slice(), works.as_slice()]) {
        let (RowOutcome::Created { id } | RowOutcome::Found { id }) = made else {
            return Err(Fault::text("a dimension was not written").into());
        };
        people::write_values(&tx, &actor, DimensionId(*id), values, at).await?;
    }
    let teams = TEAMS.map(|(code, name)| named(code, name));
    people::write_masters(&tx, &actor, Master::Team, &teams, at).await?;
    tx.commit().await?;

    let tx = app.db.begin().await?;
    let members: Vec<TeamAssignment> = staff
        .iter()
        .filter_map(|e| {
            let Work::PlantTeam(n) = e.work else { return None };
            let (code, _) = TEAMS.get(usize::from(n))?;
            Some(TeamAssignment {
                person: *ids.get(&e.number)?,
                valid_from: e.hired_on.max(from),
                team: Some((*code).to_owned()),
                removed: false,
            })
        })
        .collect();
    people::put_team_members(&tx, &actor, &all, &members, (today, at)).await?;
    tx.commit().await?;

    let tx = app.db.begin().await?;
    let units = people::org_units(&tx, &all, &OrgFilter::all(today)).await?;
    let units: HashMap<&str, _> = units.iter().map(|u| (u.code.as_str(), u.id)).collect();
    let row = |dimension: &str, value: &str| DimensionAssignment {
        dimension: dimension.to_owned(),
        person: None,
        org: None,
        valid_from: since,
        value: Some(value.to_owned()),
        removed: false,
    };
    let mut rows: Vec<DimensionAssignment> = REGIONS
        .iter()
        .map(|(unit, value)| DimensionAssignment {
            org: units.get(unit).copied(),
            ..row("region", value)
        })
        .collect();
    rows.push(DimensionAssignment { org: units.get("HJ").copied(), ..row("work", "office") });
    // Who stands at the line of the plant has it for himself.
    rows.extend(staff.iter().filter(|e| matches!(e.work, Work::PlantTeam(_))).filter_map(|e| {
        let person = ids.get(&e.number).copied()?;
        let valid_from = e.hired_on.max(from);
        Some(DimensionAssignment { person: Some(person), valid_from, ..row("work", "line") })
    }));
    people::put_dimension_entries(&tx, &actor, &all, &rows, (today, at)).await?;
    tx.commit().await?;

    // The first of each department leads it, and quality moved from the office of the plant to the plant.
    let tx = app.db.begin().await?;
    let mut heads: Vec<OrgInput> = Vec::new();
    for e in staff {
        if heads.iter().all(|h| h.code != e.unit) {
            heads.push(OrgInput { head: Some(e.number.clone()), ..said(e.unit, since) });
        }
    }
    let below = |code: &str| ValuePlace::Below(code.to_owned());
    heads.push(OrgInput { place: below("HJ-ZZ"), ..said("HJ-ZZ-QC", from.plus(14)) });
    let before = OrgInput { place: below("HJ-ZZ-OFFICE"), ..said("HJ-ZZ-QC", since.plus(1)) };
    heads.insert(0, before);
    people::write_units(&tx, &actor, &all, &heads, today, at).await?;
    tx.commit().await?;
    Ok(())
}

/// Nothing but the unit and the date.
fn said(code: &str, valid_from: LocalDate) -> OrgInput {
    OrgInput {
        code: code.to_owned(),
        valid_from,
        name: None,
        short_name: None,
        kind: None,
        place: ValuePlace::Kept,
        sort_order: None,
        head: None,
        deputies: None,
        region: None,
        cost_centre: None,
        last_day: None,
    }
}
