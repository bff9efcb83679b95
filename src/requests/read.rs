//! Approved requests for screens.

use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, PersonId, RequestId, RuleId, UserId, WallTime};

use crate::base::{Dialect, Fault, Query, Scope};
use crate::people;

/// An approved request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    pub id: RequestId,
    pub person: PersonId,
    pub type_id: RuleId,
    pub type_code: String,
    pub type_name: String,
    pub start: WallTime,
    pub end: WallTime,
    pub approved_at: WallTime,
    pub half_day: bool,
    pub overtime_date: Option<LocalDate>,
    pub breaks: Vec<(WallTime, WallTime)>,
    pub break_minutes: i32,
    pub reason: String,
    pub author: Option<UserId>,
    pub at: Instant,
    pub revoked_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Stored {
    id: RequestId,
    person_id: PersonId,
    type_id: RuleId,
    type_code: String,
    type_name: String,
    start_wall: i64,
    end_wall: i64,
    approved_wall: i64,
    half_day: bool,
    overtime_date: Option<LocalDate>,
    breaks: String,
    break_minutes: i32,
    reason: String,
    author_id: Option<UserId>,
    at: Instant,
    revoked_at: Option<Instant>,
}

impl Stored {
    fn row(self) -> Result<RequestRow, Fault> {
        let wall = WallTime::from_seconds;
        let breaks: Vec<(i64, i64)> = serde_json::from_str(&self.breaks)?;
        Ok(RequestRow {
            id: self.id,
            person: self.person_id,
            type_id: self.type_id,
            type_code: self.type_code,
            type_name: self.type_name,
            start: wall(self.start_wall),
            end: wall(self.end_wall),
            approved_at: wall(self.approved_wall),
            half_day: self.half_day,
            overtime_date: self.overtime_date,
            breaks: breaks.into_iter().map(|(s, e)| (wall(s), wall(e))).collect(),
            break_minutes: self.break_minutes,
            reason: self.reason,
            author: self.author_id,
            at: self.at,
            revoked_at: self.revoked_at,
        })
    }
}

/// Which requests are wanted.
#[derive(Clone, Debug)]
pub struct RequestFilter {
    pub id: Option<RequestId>,
    pub person: Option<PersonId>,
    /// Code of the type.
    pub type_code: Option<String>,
    /// Requests that touch these dates.
    pub from: LocalDate,
    pub to: LocalDate,
    /// Also what was revoked.
    pub revoked: bool,
    /// Ids after this one.
    pub after: RequestId,
    pub limit: u32,
}

/// Requests of people who are in scope on the first date of the request, in the order of their ids.
pub async fn requests(
    q: &impl Query,
    scope: &Scope,
    f: &RequestFilter,
) -> Result<Vec<RequestRow>, Fault> {
    let first = match q.dialect() {
        Dialect::Postgres => "(DATE '1970-01-01' + CAST(a.start_wall / 86400 AS INTEGER))",
        Dialect::Sqlite => "date(a.start_wall, 'unixepoch')",
    };
    let mut values: Vec<Value> = vec![
        f.id.into(),
        f.person.into(),
        f.type_code.clone().into(),
        WallTime::on(f.from, 0).seconds().into(),
        WallTime::on(f.to.plus(1), 0).seconds().into(),
        f.revoked.into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within(scope, first, "a.person_id", &mut values);
    let sql = format!(
        "SELECT a.id, a.person_id, a.type_id, r.code AS type_code, r.name AS type_name, \
           a.start_wall, a.end_wall, a.approved_wall, a.half_day, a.overtime_date, a.breaks, \
           a.break_minutes, a.reason, a.author_id, a.at, a.revoked_at \
         FROM approved_request a JOIN rule r ON r.id = a.type_id \
         WHERE ($1 IS NULL OR a.id = $1) AND ($2 IS NULL OR a.person_id = $2) \
           AND ($3 IS NULL OR r.code = $3) AND a.end_wall > $4 AND a.start_wall < $5 \
           AND ($6 OR a.revoked_at IS NULL) AND a.id > $7 AND {visible} ORDER BY a.id LIMIT $8"
    );
    let rows: Vec<Stored> = q.rows(&sql, values).await?;
    rows.into_iter().map(Stored::row).collect()
}

/// One request, revoked or not.
pub async fn request(
    q: &impl Query,
    scope: &Scope,
    id: RequestId,
) -> Result<Option<RequestRow>, Fault> {
    let filter = RequestFilter {
        id: Some(id),
        person: None,
        type_code: None,
        from: LocalDate::MIN,
        to: LocalDate::MAX,
        revoked: true,
        after: RequestId(0),
        limit: 1,
    };
    Ok(requests(q, scope, &filter).await?.pop())
}
