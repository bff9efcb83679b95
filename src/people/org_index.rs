use std::collections::HashMap;

use vocabulary::{LocalDate, OrgId};

use super::org_read::{OrgFilter, OrgRow, org_units};
use crate::base::{Fault, Query, Scope};

/// Finds units the way files name them.
#[derive(Clone, Debug, Default)]
pub struct OrgIndex {
    by_code: HashMap<String, OrgId>,
    /// `None` = several units have this path.
    by_path: HashMap<String, Option<OrgId>>,
}

impl OrgIndex {
    /// A unit by its code, else by the path of names from the top with `/` between them, else by
    /// its name if no other unit has it.
    pub fn find(&self, text: &str) -> Option<OrgId> {
        let text = text.trim();
        let path = || self.by_path.get(&normal(text)).copied().flatten();
        self.by_code.get(text).copied().or_else(path)
    }

    fn new(rows: &[OrgRow]) -> Self {
        let by_id: HashMap<OrgId, &OrgRow> = rows.iter().map(|r| (r.id, r)).collect();
        let mut index = Self::default();
        for row in rows {
            index.by_code.insert(row.code.clone(), row.id);
            for path in paths(row, &by_id) {
                let several = index.by_path.get(&path).is_some_and(|id| *id != Some(row.id));
                index.by_path.insert(path, (!several).then_some(row.id));
            }
        }
        index
    }
}

/// The name, and the path from the top.
fn paths(row: &OrgRow, by_id: &HashMap<OrgId, &OrgRow>) -> [String; 2] {
    let mut names = vec![row.name.as_str()];
    let mut at = row;
    while let Some(parent) = at.parent_id.and_then(|p| by_id.get(&p)) {
        names.push(&parent.name);
        at = parent;
        if names.len() > by_id.len() {
            break;
        }
    }
    names.reverse();
    [normal(&row.name), normal(&names.join("/"))]
}

fn normal(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(str::trim).filter(|p| !p.is_empty()).collect();
    parts.join("/")
}

/// All units that exist on a date or will later.
pub async fn org_index(q: &impl Query, on: LocalDate) -> Result<OrgIndex, Fault> {
    Ok(OrgIndex::new(&org_units(q, &Scope::everybody(), &OrgFilter::all(on)).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, code: &str, name: &str, parent: Option<i64>) -> OrgRow {
        OrgRow {
            id: OrgId(id),
            code: code.to_owned(),
            name: name.to_owned(),
            kind: "department".to_owned(),
            parent_id: parent.map(OrgId),
            ..OrgRow::default()
        }
    }

    #[test]
    fn units_are_found_by_code_by_path_and_by_a_name_only_one_has() {
        let index = OrgIndex::new(&[
            row(1, "G", "集团", None),
            row(2, "A", "甲公司", Some(1)),
            row(3, "A-HR", "人事部", Some(2)),
            row(4, "B", "乙公司", Some(1)),
            row(5, "B-HR", "人事部", Some(4)),
        ]);
        assert_eq!(index.find("A-HR"), Some(OrgId(3)));
        assert_eq!(index.find(" 集团 / 乙公司/人事部"), Some(OrgId(5)));
        assert_eq!(index.find("乙公司"), Some(OrgId(4)));
        assert_eq!(index.find("人事部"), None, "two units have this name");
        assert_eq!(index.find("丙公司"), None);
    }
}
