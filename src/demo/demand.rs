//! What the first store needs on one day: as many people as are planned, and two more in one slot.

use vocabulary::OrgId;

use crate::base::{Actor, App, Failure, Once, Scope};
use crate::demand::{self, DemandLine, NewTable};
use crate::people::{self, OrgFilter};

/// The store.
const STORE: &str = "HJ-LS-S1";
/// Code of its table.
const TABLE: &str = "NANSHAN";
/// Minutes of a slot.
const SLOT: i32 = 60;
/// When the store is open.
const OPEN: std::ops::Range<i32> = 9 * 60..22 * 60;
/// Where two people are missing.
const BUSY: i32 = 18 * 60;

/// Makes the table; repeating it changes nothing.
pub async fn load(app: &App) -> Result<(), Failure> {
    let (actor, everybody) = (Actor::cli(), Scope::everybody());
    let today = app.today();
    let wanted = OrgFilter::code(STORE, today);
    let stores = people::org_units(app.db.read(), &everybody, &wanted).await?;
    let Some(org) = stores.first().map(|o| o.id) else { return Ok(()) };
    let id = table(app, &actor, &everybody, org).await?;
    let date = today.plus(2);
    let key = once(&format!("lines {date}"))?;
    let Some(table) = demand::demand_table(app.db.read(), &everybody, id, today).await? else {
        return Ok(());
    };
    if !demand::demand_lines(app.db.read(), id).await?.is_empty() {
        return Ok(());
    }
    let line = |start: i32, required: i32| DemandLine {
        on_date: Some(date),
        weekday: None,
        start_minute: start,
        end_minute: start + SLOT,
        position_id: None,
        required,
    };
    let slots = || (OPEN.start..OPEN.end).step_by(usize::try_from(SLOT).unwrap_or(60));
    let one: Vec<DemandLine> = slots().map(|s| line(s, 1)).collect();
    // What is planned is asked of the room itself.
    let snapshot = app.db.snapshot().await?;
    let planned = demand::planned(&snapshot, &table, &one, date).await?;
    drop(snapshot);
    let lines: Vec<DemandLine> = planned
        .iter()
        .map(|s| {
            let more = if s.start_minute == BUSY { 2 } else { 0 };
            line(s.start_minute, s.scheduled + more)
        })
        .filter(|l| l.required > 0)
        .collect();
    demand::set_lines(app, &actor, &everybody, id, (table.version, &lines), &key).await?;
    Ok(())
}

async fn table(app: &App, actor: &Actor, scope: &Scope, org: OrgId) -> Result<i64, Failure> {
    let new = NewTable {
        code: TABLE.to_owned(),
        name: "南山店用工需求".to_owned(),
        org,
        slot_minutes: SLOT,
    };
    Ok(demand::create_table(app, actor, scope, &new, &once("table")?).await?.id)
}

fn once(name: &str) -> Result<Once, Failure> {
    Ok(Once::new(Some(format!("demo demand {name}")), &name)?)
}
