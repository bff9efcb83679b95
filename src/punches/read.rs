//! Punches, records of unknown people and device numbers for screens.

use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, PersonId, PunchId, UserId, WallTime};

use super::PunchRefusal;
use crate::base::{Failure, Fault, Query, Scope};
use crate::people;

/// A stored punch with its voiding.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PunchRow {
    pub id: PunchId,
    pub person_id: PersonId,
    pub at: Instant,
    pub wall: i64,
    pub zone: String,
    pub flag: Option<String>,
    pub source: String,
    pub method: Option<String>,
    pub device: String,
    pub reason: Option<String>,
    pub author_id: Option<UserId>,
    pub received_at: Instant,
    pub void_reason: Option<String>,
    pub voided_by: Option<UserId>,
    pub voided_at: Option<Instant>,
}

/// SQL of the local date of a punch; computed from the wall clock it shows.
fn local_date(q: &impl Query) -> &'static str {
    match q.dialect() {
        crate::base::Dialect::Postgres => "(DATE '1970-01-01' + CAST(p.wall / 86400 AS INTEGER))",
        crate::base::Dialect::Sqlite => "date(p.wall, 'unixepoch')",
    }
}

const COLUMNS: &str = "p.id, p.person_id, p.at, p.wall, p.zone, p.flag, p.source, p.method, \
    p.device, p.reason, p.author_id, p.received_at, v.reason AS void_reason, v.voided_by, \
    v.voided_at FROM punch p LEFT JOIN punch_void v ON v.punch_id = p.id";

/// One punch of somebody within scope on the date of the punch.
pub async fn punch(q: &impl Query, scope: &Scope, id: PunchId) -> Result<Option<PunchRow>, Fault> {
    let mut values: Vec<Value> = vec![id.into()];
    let within = people::within(scope, local_date(q), "p.person_id", &mut values);
    let sql = format!("SELECT {COLUMNS} WHERE p.id = $1 AND {within}");
    q.row(&sql, values).await
}

/// Which punches.
#[derive(Clone, Debug)]
pub struct PunchFilter {
    pub person: Option<PersonId>,
    /// Local dates of the punches, both included.
    pub from: LocalDate,
    pub to: LocalDate,
    /// Continue behind this place.
    pub after: Option<Place>,
    pub limit: u32,
}

/// A place in the list: person, time, id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub person: PersonId,
    pub at: Instant,
    pub id: PunchId,
}

impl Place {
    pub fn of(row: &PunchRow) -> Self {
        Self { person: row.person_id, at: row.at, id: row.id }
    }

    /// The text of a cursor.
    pub fn text(self) -> String {
        format!("{}.{}.{}", self.person, self.at.millis(), self.id)
    }

    /// Reads a cursor.
    pub fn parse(text: &str) -> Result<Self, PunchRefusal> {
        let mut parts = text.split('.');
        let parsed = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(person), Some(at), Some(id), None) => {
                Some((person.parse().ok(), at.parse().ok(), id.parse().ok()))
            }
            _ => None,
        };
        match parsed {
            Some((Some(person), Some(at), Some(id))) => {
                Ok(Self { person, at: Instant::from_millis(at), id })
            }
            _ => Err(PunchRefusal::CursorInvalid),
        }
    }
}

/// Most days of one list.
pub const MAX_LIST_DAYS: i32 = 366;
/// Clocks of zones differ by less than a day and a half from UTC, in milliseconds.
const ZONE_MARGIN: i64 = 36 * 3_600_000;

/// Punches of people within scope, void ones included: by person, then by time.
pub async fn punches(
    q: &impl Query,
    scope: &Scope,
    f: &PunchFilter,
) -> Result<Vec<PunchRow>, Failure> {
    let days = f.to.days().saturating_sub(f.from.days());
    if !(0..MAX_LIST_DAYS).contains(&days) {
        return Err(PunchRefusal::SpanInvalid { max_days: MAX_LIST_DAYS }.into());
    }
    let first = WallTime::on(f.from, 0).seconds();
    let end = WallTime::on(f.to.plus(1), 0).seconds();
    let mut values: Vec<Value> = vec![
        first.into(),
        end.into(),
        (first * 1000 - ZONE_MARGIN).into(),
        (end * 1000 + ZONE_MARGIN).into(),
    ];
    let mut sql =
        format!("SELECT {COLUMNS} WHERE p.wall >= $1 AND p.wall < $2 AND p.at >= $3 AND p.at < $4");
    if let Some(person) = f.person {
        values.push(person.into());
        sql.push_str(&format!(" AND p.person_id = ${}", values.len()));
    }
    if let Some(after) = f.after {
        let n = values.len();
        values.extend([after.person.into(), after.at.into(), after.id.into()]);
        sql.push_str(&format!(
            " AND (p.person_id, p.at, p.id) > (${}, ${}, ${})",
            n + 1,
            n + 2,
            n + 3
        ));
    }
    let within = people::within(scope, local_date(q), "p.person_id", &mut values);
    sql.push_str(&format!(" AND {within} ORDER BY p.person_id, p.at, p.id LIMIT {}", f.limit));
    Ok(q.rows(&sql, values).await?)
}

/// A record of an unknown person.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct UnassignedRow {
    pub id: i64,
    pub device: String,
    pub pin: String,
    pub wall: i64,
    pub zone: String,
    pub flag: Option<String>,
    pub source: String,
    pub method: Option<String>,
    pub raw: String,
    pub received_at: Instant,
    pub assigned_to: Option<PunchId>,
    pub assigned_by: Option<UserId>,
    pub assigned_at: Option<Instant>,
}

/// Which records.
#[derive(Clone, Debug, Default)]
pub struct UnassignedFilter {
    pub device: Option<String>,
    pub pin: Option<String>,
    /// Assigned ones, open ones, or both.
    pub assigned: Option<bool>,
    pub after: Option<i64>,
    pub limit: u32,
}

/// Records of unknown people, oldest first. They belong to nobody, so no scope can hide them.
pub async fn unassigned(q: &impl Query, f: &UnassignedFilter) -> Result<Vec<UnassignedRow>, Fault> {
    let mut values: Vec<Value> = vec![f.after.unwrap_or(0).into()];
    let mut sql = "SELECT id, device, pin, wall, zone, flag, source, method, raw, received_at, \
         assigned_to, assigned_by, assigned_at FROM unassigned_punch WHERE id > $1"
        .to_owned();
    for (column, wanted) in [("device", &f.device), ("pin", &f.pin)] {
        if let Some(text) = wanted {
            values.push(text.as_str().into());
            sql.push_str(&format!(" AND {column} = ${}", values.len()));
        }
    }
    match f.assigned {
        Some(true) => sql.push_str(" AND assigned_to IS NOT NULL"),
        Some(false) => sql.push_str(" AND assigned_to IS NULL"),
        None => {}
    }
    sql.push_str(&format!(" ORDER BY id LIMIT {}", f.limit));
    q.rows(&sql, values).await
}

/// A number of a person on a device.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DevicePinRow {
    pub device: String,
    pub pin: String,
    pub person_id: PersonId,
}

/// Which numbers.
#[derive(Clone, Debug, Default)]
pub struct PinFilter {
    pub device: Option<String>,
    pub person: Option<PersonId>,
    /// Continue behind this device and number.
    pub after: Option<(String, String)>,
    pub limit: u32,
}

/// Numbers of people within scope today, by device and number.
pub async fn device_pins(
    q: &impl Query,
    scope: &Scope,
    today: LocalDate,
    f: &PinFilter,
) -> Result<Vec<DevicePinRow>, Fault> {
    let (device, pin) = f.after.clone().unwrap_or_default();
    let mut values: Vec<Value> = vec![device.into(), pin.into(), today.into()];
    let mut sql = "SELECT d.device, d.pin, d.person_id FROM device_pin d \
         WHERE (d.device, d.pin) > ($1, $2) AND $3 IS NOT NULL"
        .to_owned();
    if let Some(device) = &f.device {
        values.push(device.as_str().into());
        sql.push_str(&format!(" AND d.device = ${}", values.len()));
    }
    if let Some(person) = f.person {
        values.push(person.into());
        sql.push_str(&format!(" AND d.person_id = ${}", values.len()));
    }
    let within = people::within(scope, "$3", "d.person_id", &mut values);
    sql.push_str(&format!(" AND {within} ORDER BY d.device, d.pin LIMIT {}", f.limit));
    q.rows(&sql, values).await
}
