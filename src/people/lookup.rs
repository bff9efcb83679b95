//! Who people are: the questions other rooms ask about many people at once.

use std::collections::{HashMap, HashSet};

use engine::format::Employment;
use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{LocalDate, OrgId, PersonId, Zone};

use super::org_read::{OrgFilter, org_units};
use super::{org_within, within};
use crate::base::{ColumnKind, Fault, Query, Scope, json_rows};

#[derive(FromQueryResult)]
struct ZoneRow {
    id: PersonId,
    zone: String,
}

/// The zones of these persons; unknown ids are left out.
pub async fn zones(q: &impl Query, people: &[PersonId]) -> Result<HashMap<PersonId, Zone>, Fault> {
    let sql = format!(
        "SELECT DISTINCT p.id, p.zone FROM {} JOIN person p ON p.id = k.id",
        json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)])
    );
    let rows: Vec<ZoneRow> = q.rows(&sql, vec![ids(people)?.into()]).await?;
    rows.into_iter()
        .map(|r| match r.zone.parse() {
            Ok(zone) => Ok((r.id, zone)),
            Err(e) => Err(Fault::new("zone of a person", e)),
        })
        .collect()
}

#[derive(FromQueryResult)]
struct ServiceRow {
    id: PersonId,
    hired_on: LocalDate,
    left_on: Option<LocalDate>,
    frozen_from: Option<LocalDate>,
    frozen_to: Option<LocalDate>,
}

#[derive(FromQueryResult)]
struct GapRow {
    id: PersonId,
    valid_from: LocalDate,
    valid_to: LocalDate,
}

/// When these persons are in service; unknown ids are left out.
pub async fn employments(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Employment>, Fault> {
    let sql = format!(
        "SELECT p.id, p.hired_on, p.left_on, f.valid_from AS frozen_from, \
           f.valid_to AS frozen_to FROM {} JOIN person p ON p.id = k.id \
         LEFT JOIN person_freeze f ON f.person_id = p.id ORDER BY p.id, f.valid_from",
        json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)])
    );
    let rows: Vec<ServiceRow> = q.rows(&sql, vec![ids(people)?.into()]).await?;
    let mut found: HashMap<PersonId, Employment> = HashMap::new();
    for r in rows {
        let employment = found.entry(r.id).or_insert_with(|| Employment {
            hired: Some(r.hired_on),
            left: r.left_on,
            frozen: Vec::new(),
            gaps: Vec::new(),
        });
        employment.frozen.extend(r.frozen_from.map(|from| (from, r.frozen_to)));
    }
    let sql = format!(
        "SELECT g.person_id AS id, g.valid_from, g.valid_to FROM {} \
         JOIN person_gap g ON g.person_id = k.id ORDER BY g.person_id, g.valid_from",
        json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)])
    );
    let gaps: Vec<GapRow> = q.rows(&sql, vec![ids(people)?.into()]).await?;
    for g in gaps {
        if let Some(employment) = found.get_mut(&g.id) {
            employment.gaps.push((g.valid_from, g.valid_to));
        }
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct IdRow {
    id: PersonId,
}

/// Which of these persons the scope contains on a date.
pub async fn visible(
    q: &impl Query,
    scope: &Scope,
    people: &[PersonId],
    on: LocalDate,
) -> Result<HashSet<PersonId>, Fault> {
    let mut values = vec![ids(people)?.into(), on.into()];
    let within = within(scope, "$2", "p.id", &mut values);
    let sql = format!(
        "SELECT DISTINCT p.id FROM {} JOIN person p ON p.id = k.id \
         WHERE $2 IS NOT NULL AND {within}",
        json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)])
    );
    let rows: Vec<IdRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

#[derive(FromQueryResult)]
struct PlaceRow {
    place: i32,
}

/// Of each place whether the person exists and lies within the scope on that date.
pub async fn visible_at(
    q: &impl Query,
    scope: &Scope,
    places: &[(PersonId, LocalDate)],
) -> Result<Vec<bool>, Fault> {
    let rows: Vec<_> = places
        .iter()
        .enumerate()
        .map(|(i, (p, d))| json!({ "place": i, "person_id": p.0, "on_date": d }))
        .collect();
    let mut values = vec![serde_json::Value::Array(rows).to_string().into()];
    let within = within(scope, "r.on_date", "r.person_id", &mut values);
    let input = json_rows(
        q.dialect(),
        "r",
        1,
        &[
            ("place", ColumnKind::Int),
            ("person_id", ColumnKind::Bigint),
            ("on_date", ColumnKind::Date),
        ],
    );
    let sql =
        format!("SELECT r.place FROM {input} JOIN person p ON p.id = r.person_id WHERE {within}");
    Ok(seen(q.rows(&sql, values).await?, places.len()))
}

/// Of each place whether the department exists and lies within the scope on that date.
pub async fn orgs_visible_at(
    q: &impl Query,
    scope: &Scope,
    places: &[(OrgId, LocalDate)],
) -> Result<Vec<bool>, Fault> {
    let rows: Vec<_> = places
        .iter()
        .enumerate()
        .map(|(i, (o, d))| json!({ "place": i, "org_id": o.0, "on_date": d }))
        .collect();
    let mut values = vec![serde_json::Value::Array(rows).to_string().into()];
    let within = org_within(scope, "r.on_date", "r.org_id", &mut values);
    let input = json_rows(
        q.dialect(),
        "r",
        1,
        &[
            ("place", ColumnKind::Int),
            ("org_id", ColumnKind::Bigint),
            ("on_date", ColumnKind::Date),
        ],
    );
    let sql = format!(
        "SELECT r.place FROM {input} JOIN org_unit o ON o.id = r.org_id \
         WHERE o.valid_from <= r.on_date AND (o.valid_to IS NULL OR o.valid_to >= r.on_date) \
           AND {within}"
    );
    Ok(seen(q.rows(&sql, values).await?, places.len()))
}

/// Which of so many places are named.
fn seen(rows: Vec<PlaceRow>, places: usize) -> Vec<bool> {
    let mut answer = vec![false; places];
    for row in rows {
        if let Some(a) = usize::try_from(row.place).ok().and_then(|i| answer.get_mut(i)) {
            *a = true;
        }
    }
    answer
}

fn ids(people: &[PersonId]) -> Result<String, Fault> {
    let rows: Vec<_> = people.iter().map(|p| json!({ "id": p.0 })).collect();
    Ok(serde_json::to_string(&rows)?)
}

/// Leading zeros a device may have dropped, at most.
const MAX_DROPPED_ZEROS: usize = 12;

/// Persons by exactly these employee numbers; unknown ones are left out.
pub async fn by_number(
    q: &impl Query,
    numbers: &[String],
) -> Result<HashMap<String, PersonId>, Fault> {
    let rows: Vec<_> = numbers.iter().map(|n| json!({ "number": n })).collect();
    let sql = format!(
        "SELECT DISTINCT p.id, p.number FROM {} JOIN person p ON p.number = k.number",
        json_rows(q.dialect(), "k", 1, &[("number", ColumnKind::Text)])
    );
    let found: Vec<KeyRow> = q.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await?;
    Ok(found.into_iter().map(|r| (r.number, r.id)).collect())
}

/// Employee numbers of these persons.
pub async fn numbers(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, String>, Fault> {
    let sql = format!(
        "SELECT DISTINCT p.id, p.number FROM {} JOIN person p ON p.id = k.id",
        json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)])
    );
    let found: Vec<KeyRow> = q.rows(&sql, vec![ids(people)?.into()]).await?;
    Ok(found.into_iter().map(|r| (r.id, r.number)).collect())
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: PersonId,
    number: String,
}

#[derive(FromQueryResult)]
struct NumberRow {
    wanted: String,
    exact: i64,
    id: PersonId,
}

/// Persons by employee number as devices write it: the number itself, else the only one that is
/// equal without leading zeros. What fits nobody or several is left out.
pub async fn by_loose_number(
    q: &impl Query,
    numbers: &[String],
) -> Result<HashMap<String, PersonId>, Fault> {
    let wanted: HashSet<&str> = numbers.iter().map(String::as_str).collect();
    // Every form is looked up in the index; a comparison without zeros would read all people.
    let rows: Vec<_> = wanted
        .into_iter()
        .flat_map(|number| forms(number).map(move |form| json!({ "wanted": number, "form": form })))
        .collect();
    let sql = format!(
        "SELECT k.wanted, p.id, \
           CAST(CASE WHEN k.form = k.wanted THEN 1 ELSE 0 END AS BIGINT) AS exact \
         FROM {} JOIN person p ON p.number = k.form",
        json_rows(q.dialect(), "k", 1, &[("wanted", ColumnKind::Text), ("form", ColumnKind::Text)])
    );
    let found: Vec<NumberRow> = q.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await?;
    let mut out: HashMap<String, (bool, Option<PersonId>)> = HashMap::new();
    for row in found {
        let exact = row.exact == 1;
        out.entry(row.wanted)
            .and_modify(|(known_exact, id)| match (*known_exact, exact) {
                (true, _) => {}
                (false, true) => (*known_exact, *id) = (true, Some(row.id)),
                (false, false) => *id = None,
            })
            .or_insert((exact, Some(row.id)));
    }
    Ok(out.into_iter().filter_map(|(number, (_, id))| Some((number, id?))).collect())
}

/// The number itself, and what is left without its zeros with every count of zeros before it.
fn forms(number: &str) -> impl Iterator<Item = String> {
    let bare = number.trim_start_matches('0').to_owned();
    let own = number.to_owned();
    let zeros = if bare.is_empty() { 0 } else { MAX_DROPPED_ZEROS + 1 };
    let others = (0..zeros).map(move |n| format!("{}{bare}", "0".repeat(n)));
    std::iter::once(own.clone()).chain(others.filter(move |form| *form != own))
}

/// Units of the scope that exist on a date, by code.
pub(super) async fn org_codes(
    q: &impl Query,
    scope: &Scope,
    on: LocalDate,
) -> Result<HashMap<String, OrgId>, Fault> {
    let units = org_units(q, scope, &OrgFilter::all(on)).await?;
    // Nobody comes into a unit that closes.
    let open = units.into_iter().filter(|u| u.valid_to.is_none());
    Ok(open.map(|u| (u.code, u.id)).collect())
}
