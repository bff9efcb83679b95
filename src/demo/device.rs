//! The demo with a real device file: its numbers become people, its punches their days.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use vocabulary::LocalDate;

use super::DemoRefusal;
use super::load::foundation;
use crate::base::{Actor, App, Failure, Once, Scope, say};
use crate::identity::ScopeChoice;
use crate::import::{Input, Item, Options, import_punches, read_punches};
use crate::people::{self, NewOrgUnit, OrgKind, PersonRow, PutAt};
use crate::rules::{self, SchemeAssignment};
use crate::shifts::{self, DefaultShift};

/// Dates before it come from clocks that lost their battery.
const FIRST_YEAR: i32 = 2001;

/// Who and when of a file.
pub struct Scan {
    /// First date per number.
    pub people: BTreeMap<String, LocalDate>,
    pub first: LocalDate,
    pub last: LocalDate,
}

fn unreadable(e: impl std::fmt::Display) -> Failure {
    DemoRefusal::FileUnreadable { why: e.to_string() }.into()
}

/// Reads the file once without storing anything.
pub fn scan(file: &Path) -> Result<Scan, Failure> {
    let input = Input::open(file).map_err(unreadable)?;
    let mut people: BTreeMap<String, LocalDate> = BTreeMap::new();
    let mut last = LocalDate::MIN;
    read_punches(&input, &Options::default(), &mut |item| {
        if let Item::Row(r) = item {
            let date = r.wall.date();
            if date.year() >= FIRST_YEAR {
                let first = people.entry(r.pin).or_insert(date);
                *first = date.min(*first);
                last = last.max(date);
            }
        }
        ControlFlow::Continue(())
    })
    .map_err(unreadable)?;
    match people.values().min().copied() {
        Some(first) => Ok(Scan { people, first, last }),
        None => Err(unreadable("no row with a person and a time")),
    }
}

/// People with the numbers of the file, all with one scheme and the day shift, and their punches.
pub async fn load(app: &App, file: &Path, scheme: &str) -> Result<(), Failure> {
    let schemes: HashSet<&str> = super::rules::schemes().into_iter().map(|(c, ..)| c).collect();
    if !schemes.contains(scheme) {
        return Err(DemoRefusal::SchemeUnknown.into());
    }
    let scan = scan(file)?;
    let actor = Actor::cli();
    let since = scan.first.plus(-40);
    foundation(app, since).await?;
    let tx = app.db.begin().await?;
    let at = app.clock.now();
    let unit = NewOrgUnit {
        code: "DEVICE".to_owned(),
        name: "设备人员".to_owned(),
        kind: OrgKind::Company,
        parent: None,
        valid_from: since,
    };
    let org = people::put_org_units(&tx, &actor, &[unit], at).await?.first().copied();
    let rows: Vec<PersonRow> = scan
        .people
        .iter()
        .map(|(pin, first)| PersonRow {
            number: pin.clone(),
            name: Some(format!("员工{pin}")),
            zone: None,
            hired_on: Some(*first),
            org,
            ..PersonRow::default()
        })
        .collect();
    let when = PutAt { zone: app.zone(), today: app.today(), at };
    people::put_people(&tx, &actor, &rows, when).await?;
    tx.commit().await?;
    let numbers: Vec<String> = scan.people.keys().cloned().collect();
    let ids = people::by_number(app.db.read(), &numbers).await?;
    let known = || scan.people.iter().filter_map(|(pin, first)| Some((*ids.get(pin)?, *first)));
    let everybody = Scope::everybody();
    let once = |name: &str| Once::new(Some(format!("demo {name}")), &name);
    let chosen: Vec<SchemeAssignment> = known()
        .map(|(person, first)| SchemeAssignment {
            person,
            valid_from: first,
            scheme: Some(scheme.to_owned()),
        })
        .collect();
    rules::assign_schemes(app, &actor, &everybody, &chosen, &once("schemes")?).await?;
    let shift = if scheme == "FLEX" { "F1" } else { "D1" };
    let days: Vec<DefaultShift> = known()
        .map(|(person, first)| DefaultShift {
            person,
            valid_from: first,
            shift: Some(shift.to_owned()),
        })
        .collect();
    shifts::assign_default_shifts(app, &actor, &everybody, &days, &once("default shifts")?).await?;
    let input = Input::open(file).map_err(unreadable)?;
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let report = import_punches(app, &actor, &input, &name, &Options::default())
        .await
        .map_err(unreadable)?;
    say(format_args!(
        "{name}: {} 行 rows, {} 采用 accepted, {} 重复 duplicate, {} 未归属 unassigned, {} 拒绝 rejected",
        report.rows, report.accepted, report.duplicate, report.unassigned, report.rejected
    ));
    let mut people = known().map(|(p, _)| p);
    let (a, b) = (people.next(), people.next());
    let scope = ScopeChoice::Orgs(org.into_iter().collect());
    super::users::write(app, a, b.or(a), b.or(a), scope).await
}
