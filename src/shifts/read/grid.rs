use sea_orm::{FromQueryResult, Value};
use vocabulary::{LocalDate, OrgId, PersonId, TeamId};

use super::{id_rows, like};
use crate::base::{ColumnKind, Fault, Query, Scope, json_rows};
use crate::people;

/// Whose grid is wanted.
#[derive(Clone, Debug)]
pub struct GridFilter {
    pub from: LocalDate,
    pub to: LocalDate,
    /// Named people; empty = all.
    pub people: Vec<PersonId>,
    /// A department with everything below it, on one of the dates.
    pub org: Option<OrgId>,
    /// Members on one of the dates.
    pub team: Option<TeamId>,
    /// Part of number or name.
    pub text: Option<String>,
    /// People after this one.
    pub after: PersonId,
    pub limit: u32,
}

/// A person of the grid, as he is on its first date or on his first day if that is later.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct GridPerson {
    pub id: PersonId,
    pub number: String,
    pub name: String,
    pub org_id: Option<OrgId>,
    pub org_name: Option<String>,
    pub team_id: Option<TeamId>,
    pub team_name: Option<String>,
}

/// People in service between the dates and in scope on one of them, in the order of their ids.
pub async fn grid_people(
    q: &impl Query,
    scope: &Scope,
    f: &GridFilter,
) -> Result<Vec<GridPerson>, Fault> {
    let mut values: Vec<Value> = vec![
        f.from.into(),
        f.to.into(),
        f.team.into(),
        f.text.as_deref().map(like).into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within_span(q.dialect(), scope, ("$1", "$2"), "p.id", &mut values);
    let org = f.org.map_or_else(Scope::everybody, Scope::org);
    let wanted = people::within_span(q.dialect(), &org, ("$1", "$2"), "p.id", &mut values);
    let named = if f.people.is_empty() {
        "TRUE".to_owned()
    } else {
        values.push(id_rows(&f.people).into());
        let columns = [("person_id", ColumnKind::Bigint)];
        let input = json_rows(q.dialect(), "k", values.len(), &columns);
        format!("p.id IN (SELECT k.person_id FROM {input})")
    };
    let sql = format!(
        "SELECT p.id, p.number, p.name, o.id AS org_id, o.name AS org_name, t.id AS team_id, \
           t.name AS team_name \
         FROM (SELECT p.id, p.number, p.name, \
             (SELECT po.org_id FROM person_org po WHERE po.person_id = p.id \
                AND po.valid_from <= (CASE WHEN p.hired_on > $1 THEN p.hired_on ELSE $1 END) \
              ORDER BY po.valid_from DESC LIMIT 1) AS org_id, \
             (SELECT tm.team_id FROM team_member tm WHERE tm.person_id = p.id \
                AND tm.valid_from <= (CASE WHEN p.hired_on > $1 THEN p.hired_on ELSE $1 END) \
              ORDER BY tm.valid_from DESC LIMIT 1) AS team_id \
           FROM person p \
           WHERE p.id > $5 AND p.hired_on <= $2 AND (p.left_on IS NULL OR p.left_on >= $1) \
             AND ($3 IS NULL OR EXISTS (SELECT 1 FROM team_member m WHERE m.person_id = p.id \
               AND m.team_id = $3 AND m.valid_from <= $2 AND NOT EXISTS ( \
                 SELECT 1 FROM team_member n WHERE n.person_id = p.id \
                   AND n.valid_from > m.valid_from AND n.valid_from <= $1))) \
             AND ($4 IS NULL OR lower(p.number) LIKE $4 ESCAPE '\\' \
               OR lower(p.name) LIKE $4 ESCAPE '\\') AND {named} AND {visible} AND {wanted} \
           ORDER BY p.id LIMIT $6) AS p \
         LEFT JOIN org_unit o ON o.id = p.org_id LEFT JOIN team t ON t.id = p.team_id ORDER BY p.id"
    );
    q.rows(&sql, values).await
}
