//! The SQL that writes the organisation over time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{LocalDate, OrgId, PersonId};

use super::org_book::{Above, OrgBook, OrgFields, OrgVersion, Unit};
use crate::base::{ColumnKind, Dialect, Failure, Fault, Query, Tx, json_rows};

/// Key of the advisory lock of the organisation.
const LOCK: i64 = 0x6b61_6f6f_7267;

/// Lets changes of the organisation follow each other until the end of the transaction: two moves could make a circle
/// together. A statement of its own, so that what is read afterwards is what the one before has left.
pub(super) async fn hold(tx: &Tx) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT pg_advisory_xact_lock($1)", vec![LOCK.into()]).await?;
    }
    Ok(())
}

/// Keeps a unit open until the end of the transaction: who closes it waits.
pub(super) async fn keep_open(tx: &Tx, id: OrgId) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT id FROM org_unit WHERE id = $1 FOR SHARE", vec![id.into()]).await?;
    }
    Ok(())
}

/// Waits for everybody who keeps a unit open.
pub(super) async fn hold_unit(tx: &Tx, id: OrgId) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT id FROM org_unit WHERE id = $1 FOR UPDATE", vec![id.into()]).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct UnitRow {
    id: OrgId,
    code: String,
    name: String,
    kind: String,
    parent_id: Option<OrgId>,
    valid_from: LocalDate,
    valid_to: Option<LocalDate>,
    version: i32,
}

#[derive(FromQueryResult)]
struct VersionRow {
    org_id: OrgId,
    valid_from: LocalDate,
    name: String,
    short_name: String,
    kind: String,
    parent_id: Option<OrgId>,
    sort_order: i32,
    head_id: Option<PersonId>,
    deputy_ids: String,
    region: String,
    cost_centre: String,
}

/// The whole organisation, in two queries.
pub(super) async fn load(q: &impl Query) -> Result<OrgBook, Fault> {
    let units: Vec<UnitRow> = q
        .rows(
            "SELECT id, code, name, kind, parent_id, valid_from, valid_to, version FROM org_unit",
            vec![],
        )
        .await?;
    let rows: Vec<VersionRow> = q
        .rows(
            "SELECT org_id, valid_from, name, short_name, kind, parent_id, sort_order, head_id, \
               deputy_ids, region, cost_centre FROM org_version ORDER BY org_id, valid_from",
            vec![],
        )
        .await?;
    let mut versions: HashMap<OrgId, Vec<OrgVersion>> = HashMap::new();
    for r in rows {
        let deputies: Vec<i64> = serde_json::from_str(&r.deputy_ids)?;
        let fields = OrgFields {
            name: r.name,
            short_name: r.short_name,
            kind: r.kind,
            parent: r.parent_id,
            sort_order: r.sort_order,
            head: r.head_id,
            deputies: deputies.into_iter().map(PersonId).collect(),
            region: r.region,
            cost_centre: r.cost_centre,
        };
        let version = OrgVersion { valid_from: r.valid_from, fields };
        versions.entry(r.org_id).or_default().push(version);
    }
    let mut book = OrgBook::default();
    for u in units {
        // A unit that was never changed may have no version of its own.
        let first = || {
            let (name, kind, parent) = (u.name.clone(), u.kind.clone(), u.parent_id);
            let fields = OrgFields { name, kind, parent, ..OrgFields::default() };
            vec![OrgVersion { valid_from: u.valid_from, fields }]
        };
        let unit = Unit {
            versions: versions.remove(&u.id).unwrap_or_else(first),
            code: u.code,
            valid_from: u.valid_from,
            valid_to: u.valid_to,
            version: u.version,
        };
        book.units.insert(u.id, unit);
    }
    Ok(book)
}

/// What saving has changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Saved {
    /// Ids of the units that were made, by their codes.
    pub made: HashMap<String, OrgId>,
    /// Units that stand elsewhere, with the first of these dates.
    pub moved: Vec<(OrgId, LocalDate)>,
}

/// Writes what differs between two states in a fixed number of statements. New units have ids of `new_id`. Refuses, before
/// anything is written, what would stand below itself or below nothing.
pub(super) async fn save(tx: &Tx, before: &OrgBook, mut after: OrgBook) -> Result<Saved, Failure> {
    let moved: Vec<(OrgId, LocalDate)> =
        after.units.keys().filter_map(|id| Some((*id, after.moved(before, *id)?))).collect();
    let is_new = |id: &OrgId| !before.units.contains_key(id);
    let new: Vec<OrgId> = after.units.keys().copied().filter(is_new).collect();
    let roots = moved.iter().map(|(id, _)| *id).chain(new.iter().copied());
    let placed = after.below(roots);
    for id in &placed {
        after.above(*id)?;
    }
    let made = insert(tx, &mut after, &new).await?;
    let placed: BTreeSet<OrgId> =
        placed.into_iter().map(|id| made.get(&id).copied().unwrap_or(id)).collect();
    let changed: Vec<OrgId> = after
        .units
        .iter()
        .filter(|(id, unit)| before.units.get(id) != Some(unit))
        .map(|(id, _)| *id)
        .collect();
    let known: Vec<OrgId> =
        changed.iter().copied().filter(|id| before.units.contains_key(id)).collect();
    update(tx, &after, &known).await?;
    versions(tx, &after, &changed).await?;
    closure(tx, &after, &placed).await?;
    let codes = made.values().filter_map(|id| Some((after.units.get(id)?.code.clone(), *id)));
    Ok(Saved { made: codes.collect(), moved })
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: OrgId,
    code: String,
}

/// Makes the units that are new; from then on the state has their real ids.
async fn insert(
    tx: &Tx,
    after: &mut OrgBook,
    new: &[OrgId],
) -> Result<HashMap<OrgId, OrgId>, Fault> {
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let input = json_rows(tx.dialect(), "r", 1, &UNIT);
    let sql = format!(
        "INSERT INTO org_unit (code, name, kind, valid_from, valid_to) \
         SELECT r.code, r.name, r.kind, r.valid_from, r.valid_to FROM {input} WHERE TRUE \
         ORDER BY r.id RETURNING id, code"
    );
    let keys: Vec<KeyRow> = tx.rows(&sql, vec![unit_rows(after, new).into()]).await?;
    let real: HashMap<String, OrgId> = keys.into_iter().map(|k| (k.code, k.id)).collect();
    let mut ids = HashMap::new();
    for id in new {
        let Some(unit) = after.units.remove(id) else { continue };
        let Some(key) = real.get(&unit.code).copied() else {
            return Err(Fault::text("a unit was not written"));
        };
        ids.insert(*id, key);
        after.units.insert(key, unit);
    }
    for version in after.units.values_mut().flat_map(|u| &mut u.versions) {
        let parent = version.fields.parent;
        version.fields.parent = parent.map(|p| ids.get(&p).copied().unwrap_or(p));
    }
    // The unit above is written where all have their ids.
    let made: Vec<OrgId> = ids.values().copied().collect();
    let input = json_rows(tx.dialect(), "r", 1, &UNIT);
    let sql = format!(
        "UPDATE org_unit SET parent_id = r.parent_id FROM {input} WHERE org_unit.id = r.id"
    );
    tx.run(&sql, vec![unit_rows(after, &made).into()]).await?;
    Ok(ids)
}

const UNIT: [(&str, ColumnKind); 7] = [
    ("id", ColumnKind::Bigint),
    ("code", ColumnKind::Text),
    ("name", ColumnKind::Text),
    ("kind", ColumnKind::Text),
    ("parent_id", ColumnKind::Bigint),
    ("valid_from", ColumnKind::Date),
    ("valid_to", ColumnKind::Date),
];

fn unit_rows(book: &OrgBook, ids: &[OrgId]) -> String {
    let row = |id: &OrgId| {
        let unit = book.units.get(id)?;
        let last = &unit.versions.last()?.fields;
        Some(json!({ "id": id.0, "code": unit.code, "name": last.name, "kind": last.kind,
            "parent_id": last.parent.map(|p| p.0), "valid_from": unit.valid_from,
            "valid_to": unit.valid_to }))
    };
    Value::Array(ids.iter().filter_map(row).collect()).to_string()
}

/// Overwrites units; their versions count up.
async fn update(tx: &Tx, after: &OrgBook, ids: &[OrgId]) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    let input = json_rows(tx.dialect(), "r", 1, &UNIT);
    let sql = format!(
        "UPDATE org_unit SET code = r.code, name = r.name, kind = r.kind, parent_id = r.parent_id, \
           valid_to = r.valid_to, version = org_unit.version + 1 \
         FROM {input} WHERE org_unit.id = r.id"
    );
    tx.run(&sql, vec![unit_rows(after, ids).into()]).await?;
    Ok(())
}

async fn versions(tx: &Tx, after: &OrgBook, ids: &[OrgId]) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    delete(tx, "DELETE FROM org_version WHERE org_id IN", ids).await?;
    let columns = [
        ("org_id", ColumnKind::Bigint),
        ("valid_from", ColumnKind::Date),
        ("name", ColumnKind::Text),
        ("short_name", ColumnKind::Text),
        ("kind", ColumnKind::Text),
        ("parent_id", ColumnKind::Bigint),
        ("sort_order", ColumnKind::Int),
        ("head_id", ColumnKind::Bigint),
        ("deputy_ids", ColumnKind::Text),
        ("region", ColumnKind::Text),
        ("cost_centre", ColumnKind::Text),
    ];
    let row = |id: OrgId, v: &OrgVersion| {
        let f = &v.fields;
        let deputies: Vec<i64> = f.deputies.iter().map(|p| p.0).collect();
        json!({ "org_id": id.0, "valid_from": v.valid_from, "name": f.name,
            "short_name": f.short_name, "kind": f.kind, "parent_id": f.parent.map(|p| p.0),
            "sort_order": f.sort_order, "head_id": f.head.map(|p| p.0),
            "deputy_ids": Value::from(deputies).to_string(), "region": f.region,
            "cost_centre": f.cost_centre })
    };
    let units = ids.iter().filter_map(|id| Some((*id, after.units.get(id)?)));
    let rows: Vec<Value> =
        units.flat_map(|(id, u)| u.versions.iter().map(move |v| row(id, v))).collect();
    let input = json_rows(tx.dialect(), "r", 1, &columns);
    let names = columns.map(|(n, _)| n);
    let sql = format!(
        "INSERT INTO org_version ({}) SELECT r.{} FROM {input} WHERE TRUE",
        names.join(", "),
        names.join(", r.")
    );
    tx.run(&sql, vec![Value::Array(rows).to_string().into()]).await?;
    Ok(())
}

async fn closure(tx: &Tx, after: &OrgBook, ids: &BTreeSet<OrgId>) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    let list: Vec<OrgId> = ids.iter().copied().collect();
    delete(tx, "DELETE FROM org_closure WHERE descendant_id IN", &list).await?;
    let row = |a: Above| {
        let to = (a.to < LocalDate::MAX).then_some(a.to);
        json!({ "ancestor_id": a.ancestor.0, "descendant_id": a.descendant.0,
            "valid_from": a.from, "valid_to": to, "distance": a.distance })
    };
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(after.above(*id)?.into_iter().map(row));
    }
    let columns = [
        ("ancestor_id", ColumnKind::Bigint),
        ("descendant_id", ColumnKind::Bigint),
        ("valid_from", ColumnKind::Date),
        ("valid_to", ColumnKind::Date),
        ("distance", ColumnKind::Int),
    ];
    let input = json_rows(tx.dialect(), "r", 1, &columns);
    let sql = format!(
        "INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to, distance) \
         SELECT r.ancestor_id, r.descendant_id, r.valid_from, r.valid_to, r.distance \
         FROM {input} WHERE TRUE"
    );
    tx.run(&sql, vec![Value::Array(rows).to_string().into()]).await?;
    Ok(())
}

async fn delete(tx: &Tx, what: &str, ids: &[OrgId]) -> Result<(), Fault> {
    let sql = format!("{what} (SELECT k.id FROM {})", crate::base::id_rows(tx.dialect(), "k", 1));
    tx.run(&sql, vec![crate::base::id_value(ids.iter().map(|o| o.0))]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct CountRow {
    org_id: OrgId,
    n: i64,
}

/// How many people are in each unit after its date, or will be.
pub(super) async fn staff_after_all(
    q: &Tx,
    closings: &BTreeMap<OrgId, LocalDate>,
) -> Result<HashMap<OrgId, i64>, Fault> {
    let row = |(id, day): (&OrgId, &LocalDate)| json!({ "org_id": id.0, "day": day, "next_day": day.plus(1) });
    let rows = Value::Array(closings.iter().map(row).collect()).to_string();
    let columns =
        [("org_id", ColumnKind::Bigint), ("day", ColumnKind::Date), ("next_day", ColumnKind::Date)];
    let input = json_rows(q.dialect(), "k", 1, &columns);
    let sql = format!(
        "SELECT k.org_id, COUNT(DISTINCT po.person_id) AS n FROM {input} \
         JOIN person_org po ON po.org_id = k.org_id JOIN person p ON p.id = po.person_id \
         WHERE (p.left_on IS NULL OR p.left_on > k.day) \
           AND NOT EXISTS (SELECT 1 FROM person_org n WHERE n.person_id = po.person_id \
             AND n.valid_from > po.valid_from AND n.valid_from <= k.next_day) \
         GROUP BY k.org_id"
    );
    let counts: Vec<CountRow> = q.rows(&sql, vec![rows.into()]).await?;
    Ok(counts.into_iter().map(|c| (c.org_id, c.n)).collect())
}

/// The same of one unit.
pub(super) async fn staff_after(q: &Tx, id: OrgId, date: LocalDate) -> Result<i64, Fault> {
    let all = staff_after_all(q, &BTreeMap::from([(id, date)])).await?;
    Ok(all.get(&id).copied().unwrap_or_default())
}
