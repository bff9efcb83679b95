//! What rosters ask about teams and the service of people.

use std::collections::{HashMap, HashSet};

use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, PersonId, TeamId};

use super::within_span;
use crate::base::{ColumnKind, Dialect, Fault, Query, Scope, id_rows, id_value, json_rows};

/// A team as the roster sees it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct RosterTeam {
    pub id: TeamId,
    pub code: String,
    pub name: String,
    pub active: bool,
    /// People who are members on some date of the span.
    pub members: i64,
    /// Those of them who are out of scope on all of its dates.
    pub hidden: i64,
}

impl RosterTeam {
    /// Whether whoever has this scope may plan for the team: he sees everybody in it, and somebody.
    pub fn is_open_to(&self, scope: &Scope) -> bool {
        scope.is_everybody() || (self.hidden == 0 && self.members > 0)
    }
}

/// Which teams are wanted.
#[derive(Clone, Debug)]
pub enum TeamChoice {
    These(Vec<TeamId>),
    /// In the order of their ids, after this one.
    After(TeamId, u32),
}

/// Teams with their members between the dates, in the order of their ids.
pub async fn roster_teams(
    q: &impl Query,
    scope: &Scope,
    wanted: &TeamChoice,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<RosterTeam>, Fault> {
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    let (source, tail) = match wanted {
        TeamChoice::These(ids) => {
            values.push(id_value(ids.iter().map(|t| t.0)));
            let rows = id_rows(q.dialect(), "k", 3);
            (format!("(SELECT DISTINCT k.id FROM {rows})"), "")
        }
        TeamChoice::After(id, limit) => {
            values.extend([(*id).into(), i64::from(*limit).into()]);
            let condition = may_plan(q.dialect(), scope, &mut values);
            let sql = format!("(SELECT t.id FROM team t WHERE t.id > $3 AND {condition})");
            (sql, " LIMIT $4")
        }
    };
    let visible = within_span(q.dialect(), scope, ("$1", "$2"), "x.person_id", &mut values);
    let sql = format!(
        "SELECT t.id, t.code, t.name, t.active, count(DISTINCT x.person_id) AS members, \
           count(DISTINCT CASE WHEN NOT ({visible}) THEN x.person_id END) AS hidden \
         FROM {source} w JOIN team t ON t.id = w.id \
         LEFT JOIN team_member x ON x.team_id = t.id AND {} \
         GROUP BY t.id, t.code, t.name, t.active ORDER BY t.id{tail}",
        member_between("$1", "$2")
    );
    q.rows(&sql, values).await
}

/// That an entry `x` of a timeline of teams holds on some date of a span.
fn member_between(from: &str, to: &str) -> String {
    format!(
        "x.valid_from <= {to} AND NOT EXISTS (SELECT 1 FROM team_member n \
           WHERE n.person_id = x.person_id AND n.valid_from > x.valid_from \
             AND n.valid_from <= {from})"
    )
}

/// [`RosterTeam::is_open_to`] in SQL, for team `t` between `$1` and `$2`.
fn may_plan(dialect: Dialect, scope: &Scope, values: &mut Vec<Value>) -> String {
    if scope.is_everybody() {
        return "TRUE".to_owned();
    }
    let visible = within_span(dialect, scope, ("$1", "$2"), "x.person_id", values);
    let member = format!(
        "SELECT 1 FROM team_member x WHERE x.team_id = t.id AND {}",
        member_between("$1", "$2")
    );
    format!("EXISTS ({member}) AND NOT EXISTS ({member} AND NOT ({visible}))")
}

/// Dates on which a person is a member of a team.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TeamSpan {
    pub team_id: TeamId,
    pub person_id: PersonId,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
}

/// Who is a member of these teams on the dates of the spans, which have an end.
pub async fn team_members(
    q: &impl Query,
    spans: &[(TeamId, DateSpan)],
) -> Result<Vec<TeamSpan>, Fault> {
    let rows: Vec<_> = spans
        .iter()
        .map(|(t, s)| json!({ "team_id": t.0, "from_date": s.from, "to_date": s.to }))
        .collect();
    let input = json_rows(
        q.dialect(),
        "r",
        1,
        &[
            ("team_id", ColumnKind::Bigint),
            ("from_date", ColumnKind::Date),
            ("to_date", ColumnKind::Date),
        ],
    );
    let sql = format!(
        "SELECT m.team_id, m.person_id, \
           CASE WHEN m.valid_from > m.from_date THEN m.valid_from ELSE m.from_date END AS from_date, \
           m.to_date, m.next_from \
         FROM (SELECT x.team_id, x.person_id, x.valid_from, r.from_date, r.to_date, \
             (SELECT min(n.valid_from) FROM team_member n WHERE n.person_id = x.person_id \
               AND n.valid_from > x.valid_from) AS next_from \
           FROM {input} JOIN team_member x ON x.team_id = r.team_id \
             AND x.valid_from <= r.to_date) m \
         WHERE m.next_from IS NULL OR m.next_from > m.from_date \
         ORDER BY m.team_id, m.person_id, m.from_date"
    );
    let rows: Vec<MemberRow> =
        q.rows(&sql, vec![serde_json::Value::Array(rows).to_string().into()]).await?;
    Ok(rows.into_iter().map(MemberRow::span).collect())
}

#[derive(FromQueryResult)]
struct MemberRow {
    team_id: TeamId,
    person_id: PersonId,
    from_date: LocalDate,
    to_date: LocalDate,
    next_from: Option<LocalDate>,
}

impl MemberRow {
    fn span(self) -> TeamSpan {
        let last = self.next_from.map_or(self.to_date, |d| d.plus(-1).min(self.to_date));
        let Self { team_id, person_id, from_date, .. } = self;
        TeamSpan { team_id, person_id, from_date, to_date: last }
    }
}

#[derive(FromQueryResult)]
struct ServiceRow {
    id: PersonId,
    hired_on: LocalDate,
    left_on: Option<LocalDate>,
}

/// First and last date in service of these people; unknown ids are left out.
pub async fn service_dates(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, (LocalDate, Option<LocalDate>)>, Fault> {
    let sql = format!(
        "SELECT p.id, p.hired_on, p.left_on FROM {} JOIN person p ON p.id = k.id",
        id_rows(q.dialect(), "k", 1)
    );
    let rows: Vec<ServiceRow> = q.rows(&sql, vec![id_value(people.iter().map(|p| p.0))]).await?;
    Ok(rows.into_iter().map(|r| (r.id, (r.hired_on, r.left_on))).collect())
}

#[derive(FromQueryResult)]
struct FrozenRow {
    person_id: PersonId,
    on_date: LocalDate,
}

/// Those of the places on which the person is frozen.
pub async fn frozen_at(
    q: &impl Query,
    places: &[(PersonId, LocalDate)],
) -> Result<HashSet<(PersonId, LocalDate)>, Fault> {
    let rows: Vec<_> =
        places.iter().map(|(p, d)| json!({ "person_id": p.0, "on_date": d })).collect();
    let columns = [("person_id", ColumnKind::Bigint), ("on_date", ColumnKind::Date)];
    let sql = format!(
        "SELECT r.person_id, r.on_date FROM {} JOIN person_freeze f ON f.person_id = r.person_id \
           AND f.valid_from <= r.on_date AND (f.valid_to IS NULL OR f.valid_to >= r.on_date)",
        json_rows(q.dialect(), "r", 1, &columns)
    );
    let rows: Vec<FrozenRow> =
        q.rows(&sql, vec![serde_json::Value::Array(rows).to_string().into()]).await?;
    Ok(rows.into_iter().map(|r| (r.person_id, r.on_date)).collect())
}
