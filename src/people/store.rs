use sea_orm::FromQueryResult;
use vocabulary::{Instant, PersonId};

use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
pub(super) struct PersonKey {
    pub id: PersonId,
    pub number: String,
}

/// Inserts persons whose numbers are free; answers them.
pub(super) async fn insert_people(
    tx: &Tx,
    rows: &str,
    at: Instant,
) -> Result<Vec<PersonKey>, Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("number", ColumnKind::Text),
            ("name", ColumnKind::Text),
            ("zone", ColumnKind::Text),
            ("hired_on", ColumnKind::Date),
            ("left_on", ColumnKind::Date),
        ],
    );
    let sql = format!(
        "INSERT INTO person (number, name, zone, hired_on, left_on, created_at) \
         SELECT r.number, r.name, r.zone, r.hired_on, r.left_on, $2 FROM {input} WHERE TRUE \
         ORDER BY r.number ON CONFLICT (number) DO NOTHING RETURNING id, number"
    );
    tx.rows(&sql, vec![rows.into(), at.into()]).await
}

/// Overwrites persons that still have the version given; answers them.
pub(super) async fn update_people(tx: &Tx, rows: &str) -> Result<Vec<PersonKey>, Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("id", ColumnKind::Bigint),
            ("version", ColumnKind::Int),
            ("name", ColumnKind::Text),
            ("zone", ColumnKind::Text),
            ("hired_on", ColumnKind::Date),
            ("left_on", ColumnKind::Date),
        ],
    );
    let sql = format!(
        "UPDATE person SET name = r.name, zone = r.zone, hired_on = r.hired_on, \
           left_on = r.left_on, version = person.version + 1 \
         FROM {input} WHERE person.id = r.id AND person.version = r.version \
         RETURNING person.id, person.number"
    );
    tx.rows(&sql, vec![rows.into()]).await
}

/// Lets the first department of persons who are now hired earlier begin on their hire date.
pub(super) async fn stretch_first_orgs(tx: &Tx, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &[("id", ColumnKind::Bigint)]);
    let sql = format!(
        "INSERT INTO person_org (person_id, valid_from, org_id) \
         SELECT o.person_id, p.hired_on, o.org_id FROM {input} \
           JOIN person p ON p.id = r.id JOIN person_org o ON o.person_id = p.id \
         WHERE o.valid_from > p.hired_on AND o.valid_from = ( \
           SELECT min(f.valid_from) FROM person_org f WHERE f.person_id = p.id) \
         ON CONFLICT (person_id, valid_from) DO NOTHING"
    );
    tx.run(&sql, vec![rows.into()]).await
}
