//! Direct managers (直属领导): nobody stands below himself.

use std::collections::{HashMap, HashSet};

use sea_orm::FromQueryResult;
use vocabulary::PersonId;

use crate::base::{Fault, Query, id_rows, id_value};

#[derive(FromQueryResult)]
struct Edge {
    person_id: PersonId,
    manager_id: PersonId,
}

/// Everything above the managers of a batch.
pub(super) struct Managers(HashMap<PersonId, PersonId>);

impl Managers {
    /// One statement, however high the tree is.
    pub async fn load(q: &impl Query, managers: &[PersonId]) -> Result<Self, Fault> {
        if managers.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let sql = format!(
            "WITH RECURSIVE up(person_id, manager_id) AS ( \
               SELECT f.person_id, f.manager_id FROM {} JOIN person_file f ON f.person_id = k.id \
               WHERE f.manager_id IS NOT NULL \
               UNION SELECT f.person_id, f.manager_id FROM up \
                 JOIN person_file f ON f.person_id = up.manager_id \
               WHERE f.manager_id IS NOT NULL) \
             SELECT person_id, manager_id FROM up",
            id_rows(q.dialect(), "k", 1)
        );
        let rows: Vec<Edge> = q.rows(&sql, vec![id_value(managers.iter().map(|p| p.0))]).await?;
        Ok(Self(rows.into_iter().map(|e| (e.person_id, e.manager_id)).collect()))
    }

    /// Puts a person below a manager; `false` if he would stand below himself.
    pub fn put(&mut self, person: PersonId, manager: PersonId) -> bool {
        let mut at = manager;
        let mut seen = HashSet::new();
        while seen.insert(at) {
            if at == person {
                return false;
            }
            match self.0.get(&at) {
                Some(above) => at = *above,
                None => break,
            }
        }
        self.0.insert(person, manager);
        true
    }
}
