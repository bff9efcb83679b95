//! Period summaries: sums of day results per person and attendance period, in the transaction that changed
//! the days.

use std::collections::{BTreeMap, HashMap};

use sea_orm::FromQueryResult;
use serde_json::{Map, Value, json};
use vocabulary::{DateSpan, LocalDate, OrgId, PersonId};

use super::gather::Inputs;
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct DayRow {
    person_id: PersonId,
    org_id: Option<OrgId>,
    state: String,
    due_tenths: i32,
    actual_tenths: i32,
    regular_minutes: i32,
    late_tenths: i32,
    late_count: i32,
    early_tenths: i32,
    early_count: i32,
    absence_tenths: i32,
    absence_days_hundredths: i32,
    shortfall_minutes: i32,
    weekday_overtime_minutes: i32,
    rest_overtime_minutes: i32,
    holiday_overtime_minutes: i32,
    unconfirmed_minutes: i32,
    presence_minutes: i32,
    night_minutes: i32,
    leave_minutes: i32,
    exceptions: i32,
    detail: Option<String>,
    period: String,
}

/// A period of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    person: PersonId,
    set: i64,
    period: String,
    from: LocalDate,
    to: LocalDate,
}

/// Recomputes the summaries of every period that the changed dates lie in.
pub async fn summarise(
    tx: &Tx,
    inputs: &Inputs,
    changed: &[(PersonId, DateSpan)],
) -> Result<(), Fault> {
    let mut keys: BTreeMap<Key, ()> = BTreeMap::new();
    for (id, span) in changed {
        let Some(person) = inputs.people.iter().find(|p| p.id == *id) else { continue };
        let mut date = span.from;
        let last = span.to.unwrap_or(span.from);
        while date <= last {
            let p = inputs.period(person, date);
            let period = p.label.to_string();
            // What was locked keeps the sums it was locked with.
            if !p.locked() {
                keys.insert(Key { person: *id, set: p.set.0, period, from: p.from, to: p.to }, ());
            }
            date = p.to.plus(1);
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let wanted: Vec<Value> = keys
        .keys()
        .map(|k| {
            json!({ "person_id": k.person.0, "from_date": k.from, "to_date": k.to,
                    "period": k.period })
        })
        .collect();
    let rows = days(tx, wanted).await?;
    let mut by_key: HashMap<(PersonId, String), Vec<DayRow>> = HashMap::new();
    for r in rows {
        by_key.entry((r.person_id, r.period.clone())).or_default().push(r);
    }
    let mut out = Vec::new();
    for k in keys.keys() {
        let days = by_key.remove(&(k.person, k.period.clone())).unwrap_or_default();
        out.push(sum(k, &days)?);
    }
    upsert(tx, out).await
}

async fn days(tx: &Tx, wanted: Vec<Value>) -> Result<Vec<DayRow>, Fault> {
    let table = json_rows(
        tx.dialect(),
        "k",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("from_date", ColumnKind::Date),
            ("to_date", ColumnKind::Date),
            ("period", ColumnKind::Text),
        ],
    );
    tx.rows(
        &format!(
            "SELECT d.*, k.period FROM {table} JOIN day_result d ON d.person_id = k.person_id \
               AND d.work_date BETWEEN k.from_date AND k.to_date \
             ORDER BY d.person_id, d.work_date"
        ),
        vec![Value::Array(wanted).to_string().into()],
    )
    .await
}

/// Columns of the summary that are plain sums, with their kinds.
const SUMS: [(&str, ColumnKind); 19] = [
    ("due_tenths", ColumnKind::Bigint),
    ("actual_tenths", ColumnKind::Bigint),
    ("regular_minutes", ColumnKind::Bigint),
    ("late_tenths", ColumnKind::Bigint),
    ("late_count", ColumnKind::Int),
    ("early_tenths", ColumnKind::Bigint),
    ("early_count", ColumnKind::Int),
    ("absence_tenths", ColumnKind::Bigint),
    ("absence_days_hundredths", ColumnKind::Int),
    ("shortfall_minutes", ColumnKind::Int),
    ("weekday_overtime_minutes", ColumnKind::Int),
    ("rest_overtime_minutes", ColumnKind::Int),
    ("holiday_overtime_minutes", ColumnKind::Int),
    ("unconfirmed_minutes", ColumnKind::Int),
    ("presence_minutes", ColumnKind::Int),
    ("night_minutes", ColumnKind::Int),
    ("leave_minutes", ColumnKind::Int),
    ("open_exceptions", ColumnKind::Int),
    ("work_days", ColumnKind::Int),
];

impl DayRow {
    fn sums(&self) -> [i32; 19] {
        [
            self.due_tenths,
            self.actual_tenths,
            self.regular_minutes,
            self.late_tenths,
            self.late_count,
            self.early_tenths,
            self.early_count,
            self.absence_tenths,
            self.absence_days_hundredths,
            self.shortfall_minutes,
            self.weekday_overtime_minutes,
            self.rest_overtime_minutes,
            self.holiday_overtime_minutes,
            self.unconfirmed_minutes,
            self.presence_minutes,
            self.night_minutes,
            self.leave_minutes,
            self.exceptions,
            i32::from(self.due_tenths > 0),
        ]
    }
}

fn sum(key: &Key, days: &[DayRow]) -> Result<Value, Fault> {
    let mut sums = [0_i64; 19];
    let mut counts: [BTreeMap<String, i64>; 2] = [BTreeMap::new(), BTreeMap::new()];
    let mut leave: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for d in days {
        for (sum, n) in sums.iter_mut().zip(d.sums()) {
            *sum += i64::from(n);
        }
        let Some(text) = &d.detail else { continue };
        let detail: Value = serde_json::from_str(text)?;
        for (key, counts) in ["late", "early"].iter().zip(&mut counts) {
            let found = detail.pointer(&format!("/{key}/counts")).and_then(Value::as_object);
            for (code, n) in found.into_iter().flatten() {
                *counts.entry(code.clone()).or_default() += n.as_i64().unwrap_or(0);
            }
        }
        for l in detail.get("leave").and_then(Value::as_array).into_iter().flatten() {
            let number = |k: &str| l.get(k).and_then(Value::as_i64).unwrap_or(0);
            let kind = l.get("type").and_then(Value::as_str).unwrap_or_default();
            let total = leave.entry(kind.to_owned()).or_default();
            *total = (total.0 + number("minutes"), total.1 + number("days_hundredths"));
        }
    }
    let leave: Vec<Value> = leave
        .into_iter()
        .map(|(t, (m, d))| json!({ "type": t, "minutes": m, "days_hundredths": d }))
        .collect();
    let [late, early] = counts;
    let detail = json!({ "late": late, "early": early, "leave": leave }).to_string();
    let mut o = Map::new();
    o.insert("person_id".to_owned(), json!(key.person.0));
    o.insert("period_set_id".to_owned(), json!(key.set));
    o.insert("period".to_owned(), json!(key.period));
    o.insert("from_date".to_owned(), json!(key.from));
    o.insert("to_date".to_owned(), json!(key.to));
    o.insert("org_id".to_owned(), json!(days.last().and_then(|d| d.org_id).map(|o| o.0)));
    o.insert("days".to_owned(), json!(days.len()));
    let finals = days.iter().filter(|d| d.state == "final").count();
    o.insert("final_days".to_owned(), json!(finals));
    o.insert("detail".to_owned(), json!(detail));
    for ((name, _), n) in SUMS.iter().zip(sums) {
        o.insert((*name).to_owned(), json!(n));
    }
    Ok(Value::Object(o))
}

async fn upsert(tx: &Tx, rows: Vec<Value>) -> Result<(), Fault> {
    let mut columns = vec![
        ("person_id", ColumnKind::Bigint),
        ("period_set_id", ColumnKind::Bigint),
        ("period", ColumnKind::Text),
        ("from_date", ColumnKind::Date),
        ("to_date", ColumnKind::Date),
        ("org_id", ColumnKind::Bigint),
        ("days", ColumnKind::Int),
        ("final_days", ColumnKind::Int),
        ("detail", ColumnKind::Json),
    ];
    columns.extend(SUMS);
    let names: Vec<&str> = columns.iter().map(|(n, _)| *n).collect();
    let own: Vec<String> = names.iter().map(|n| format!("r.{n}")).collect();
    let sets: Vec<String> = names.iter().skip(3).map(|n| format!("{n} = excluded.{n}")).collect();
    let table = json_rows(tx.dialect(), "r", 1, &columns);
    tx.run(
        &format!(
            "INSERT INTO period_summary ({}) SELECT {} FROM {table} WHERE true \
             ON CONFLICT (person_id, period_set_id, period) DO UPDATE SET {}",
            names.join(", "),
            own.join(", "),
            sets.join(", ")
        ),
        vec![Value::Array(rows).to_string().into()],
    )
    .await?;
    Ok(())
}
