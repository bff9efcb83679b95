//! Departments as files name them: by code, by path of names, or by a name only one has.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};
use vocabulary::{Instant, LocalDate, OrgId};

use super::people_file::PersonEntry;
use crate::base::{Actor, EFFECTIVE_RANGE, Failure, Fault, Query, Scope, Tx, code_is_valid};
use crate::people::{self, NewOrgUnit, OrgFilter, OrgIndex, OrgKind};

/// The departments that exist.
pub struct Orgs(OrgIndex);

impl Orgs {
    pub async fn load(q: &impl Query, today: LocalDate) -> Result<Self, Fault> {
        Ok(Self(people::org_index(q, today).await?))
    }

    pub fn find(&self, text: &str) -> Option<OrgId> {
        self.0.find(text)
    }
}

/// Makes the departments of a file that do not exist yet: every missing part of a path (the top one a
/// company, those below departments), and a single word as a department of its own at the top.
pub async fn make_orgs(
    tx: &Tx,
    actor: &Actor,
    entries: &[PersonEntry],
    today: LocalDate,
    at: Instant,
) -> Result<(), Failure> {
    let wanted: BTreeSet<&str> = entries.iter().filter_map(|e| e.org.as_deref()).collect();
    let orgs = Orgs::load(tx, today).await?;
    let missing: Vec<&str> = wanted.into_iter().filter(|w| orgs.find(w).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let all = OrgFilter::all(today);
    let units = people::org_units(tx, &Scope::everybody(), &all).await?;
    let codes: HashMap<OrgId, String> = units.into_iter().map(|u| (u.id, u.code)).collect();
    let mut planned: HashMap<String, String> = HashMap::new();
    let mut new = Vec::new();
    for text in missing {
        let names: Vec<&str> = text.split('/').map(str::trim).filter(|n| !n.is_empty()).collect();
        let mut parent: Option<String> = None;
        for (depth, name) in names.iter().enumerate() {
            let path = names.iter().take(depth + 1).copied().collect::<Vec<_>>().join("/");
            let known = orgs.find(&path).and_then(|id| codes.get(&id).cloned());
            let code = match known.or_else(|| planned.get(&path).cloned()) {
                Some(code) => code,
                None => {
                    let code = code(&path);
                    planned.insert(path, code.clone());
                    new.push(unit(&code, name, depth == 0 && names.len() > 1, parent.take()));
                    code
                }
            };
            parent = Some(code);
        }
    }
    people::put_org_units(tx, actor, &new, at).await?;
    Ok(())
}

fn unit(code: &str, name: &str, company: bool, parent: Option<String>) -> NewOrgUnit {
    NewOrgUnit {
        code: code.to_owned(),
        name: name.to_owned(),
        kind: if company { OrgKind::Company } else { OrgKind::Department },
        parent,
        valid_from: *EFFECTIVE_RANGE.start(),
    }
}

/// The code of a new department: its path with dots, or a fingerprint where that cannot be a code.
fn code(path: &str) -> String {
    let dotted = path.replace('/', ".");
    if code_is_valid(&dotted) {
        return dotted;
    }
    let hash = Sha256::digest(path.as_bytes());
    let hash: String = hash.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("org-{hash}")
}
