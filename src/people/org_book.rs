//! The whole organisation over time, in memory: what units are from which date on, and who stands above whom when. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, OrgId, PersonId};

use super::OrgRefusal;

/// Every dated field of a unit (domain 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgFields {
    pub name: String,
    pub short_name: String,
    /// See [`super::OrgKind::as_str`].
    pub kind: String,
    pub parent: Option<OrgId>,
    /// Place among its neighbours.
    pub sort_order: i32,
    pub head: Option<PersonId>,
    pub deputies: Vec<PersonId>,
    pub region: String,
    pub cost_centre: String,
}

/// What a unit is from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrgVersion {
    pub valid_from: LocalDate,
    #[serde(flatten)]
    pub fields: OrgFields,
}

/// A unit with its timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub code: String,
    pub valid_from: LocalDate,
    /// Last date.
    pub valid_to: Option<LocalDate>,
    pub version: i32,
    /// In the order of dates; the first begins with the unit.
    pub versions: Vec<OrgVersion>,
}

/// Ids of units that are not written yet begin here.
const FIRST_NEW: i64 = 1 << 62;

/// The id of the nth unit that is not written yet, from 0 on.
pub(super) fn new_id(n: usize) -> OrgId {
    OrgId(FIRST_NEW + i64::try_from(n).unwrap_or_default())
}

/// Some fields with new values, by their names.
pub(super) type Fields = serde_json::Map<String, serde_json::Value>;

fn map(fields: &OrgFields) -> Fields {
    match serde_json::to_value(fields) {
        Ok(serde_json::Value::Object(map)) => map,
        _ => Fields::new(),
    }
}

fn fields(map: Fields) -> Option<OrgFields> {
    serde_json::from_value(serde_json::Value::Object(map)).ok()
}

impl Unit {
    /// The fields of a date, or of the first one.
    pub fn on(&self, date: LocalDate) -> Option<&OrgVersion> {
        let next = self.versions.partition_point(|v| v.valid_from <= date);
        self.versions.get(next.saturating_sub(1))
    }

    /// Gives some fields new values from a date on. Each field keeps the new value up to its own next change.
    pub fn set(&mut self, from: LocalDate, change: &Fields) {
        let Some(before) = self.on(from).map(|v| map(&v.fields)) else { return };
        let from = from.max(self.valid_from);
        if self.versions.iter().all(|v| v.valid_from != from) {
            if let Some(fields) = fields(before.clone()) {
                self.versions.push(OrgVersion { valid_from: from, fields });
            }
            self.versions.sort_by_key(|v| v.valid_from);
        }
        for (name, value) in change {
            self.carry(from, name, before.get(name), value);
        }
        self.tidy();
    }

    /// Takes back what changes on a date. Each field keeps its old value up to its own next change.
    pub fn unset(&mut self, at: LocalDate) {
        let Some(i) = self.versions.iter().position(|v| v.valid_from == at) else { return };
        let before = i.checked_sub(1).and_then(|i| self.versions.get(i)).map(|v| map(&v.fields));
        let (Some(before), Some(then)) = (before, self.versions.get(i).map(|v| map(&v.fields)))
        else {
            return;
        };
        for (name, value) in &before {
            if then.get(name) != Some(value) {
                self.carry(at, name, then.get(name), value);
            }
        }
        self.tidy();
    }

    /// Replaces `old` by `new` in the versions from a date on, as long as they hold it.
    fn carry(
        &mut self,
        from: LocalDate,
        name: &str,
        old: Option<&serde_json::Value>,
        new: &serde_json::Value,
    ) {
        for version in self.versions.iter_mut().filter(|v| v.valid_from >= from) {
            let mut all = map(&version.fields);
            if version.valid_from != from && all.get(name) != old {
                return;
            }
            all.insert(name.to_owned(), new.clone());
            if let Some(fields) = fields(all) {
                version.fields = fields;
            }
        }
    }

    /// Drops versions that change nothing.
    pub fn tidy(&mut self) {
        self.versions.dedup_by(|later, earlier| later.fields == earlier.fields);
    }

    /// Where the unit stands: stretches of dates, both ends included, with the unit above.
    fn places(&self) -> Vec<(LocalDate, LocalDate, Option<OrgId>)> {
        let end = self.valid_to.unwrap_or(LocalDate::MAX);
        let next = self.versions.iter().skip(1).map(|v| v.valid_from.plus(-1));
        let ends = next.chain([LocalDate::MAX]);
        let place = |(v, to): (&OrgVersion, LocalDate)| {
            let from = v.valid_from.max(self.valid_from);
            (from <= to.min(end)).then_some((from, to.min(end), v.fields.parent))
        };
        self.versions.iter().zip(ends).filter_map(place).collect()
    }
}

/// One row of the closure, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Above {
    pub descendant: OrgId,
    pub ancestor: OrgId,
    pub distance: i32,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// All units.
#[derive(Clone, Debug, Default)]
pub(super) struct OrgBook {
    pub units: BTreeMap<OrgId, Unit>,
}

impl OrgBook {
    pub fn by_code(&self) -> HashMap<String, OrgId> {
        self.units.iter().map(|(id, u)| (u.code.clone(), *id)).collect()
    }

    /// Who stands above a unit on which dates, the unit itself included; refused where it would stand below itself or
    /// below something that does not exist then.
    pub fn above(&self, id: OrgId) -> Result<Vec<Above>, OrgRefusal> {
        let Some(unit) = self.units.get(&id) else { return Ok(Vec::new()) };
        let end = unit.valid_to.unwrap_or(LocalDate::MAX);
        let mut rows = Vec::new();
        self.climb(id, (id, unit.valid_from, end, 0), &mut rows)?;
        rows.sort_unstable();
        let mut joined: Vec<Above> = Vec::new();
        for row in rows {
            match joined.last_mut() {
                Some(last)
                    if (last.ancestor, last.distance) == (row.ancestor, row.distance)
                        && last.to.plus(1) == row.from =>
                {
                    last.to = row.to;
                }
                _ => joined.push(row),
            }
        }
        Ok(joined)
    }

    fn climb(
        &self,
        id: OrgId,
        (at, from, to, distance): (OrgId, LocalDate, LocalDate, i32),
        rows: &mut Vec<Above>,
    ) -> Result<(), OrgRefusal> {
        if (at == id && distance > 0) || distance as usize > self.units.len() {
            return Err(OrgRefusal::BelowItself { from });
        }
        let unknown = || OrgRefusal::ParentNotInEffect { code: at.to_string(), from };
        let unit = self.units.get(&at).ok_or_else(unknown)?;
        if from < unit.valid_from || unit.valid_to.is_some_and(|end| to > end) {
            return Err(OrgRefusal::ParentNotInEffect { code: unit.code.clone(), from });
        }
        rows.push(Above { descendant: id, ancestor: at, distance, from, to });
        for (first, last, parent) in unit.places() {
            let (first, last) = (first.max(from), last.min(to));
            if let Some(parent) = parent.filter(|_| first <= last) {
                self.climb(id, (parent, first, last, distance + 1), rows)?;
            }
        }
        Ok(())
    }

    /// Everything that stands below a unit on some date, the unit itself included.
    pub fn below(&self, roots: impl IntoIterator<Item = OrgId>) -> BTreeSet<OrgId> {
        let mut children: HashMap<OrgId, Vec<OrgId>> = HashMap::new();
        for (id, unit) in &self.units {
            for parent in unit.versions.iter().filter_map(|v| v.fields.parent) {
                children.entry(parent).or_default().push(*id);
            }
        }
        let mut found = BTreeSet::new();
        let mut open: Vec<OrgId> = roots.into_iter().collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(children.get(&id).into_iter().flatten());
            }
        }
        found
    }

    /// From which date on a unit stands elsewhere than in `before`, or exists on other dates.
    pub fn moved(&self, before: &Self, id: OrgId) -> Option<LocalDate> {
        let (new, old) = (self.units.get(&id)?, before.units.get(&id)?);
        let (new, old) = (new.places(), old.places());
        let mut dates: Vec<LocalDate> = new
            .iter()
            .chain(&old)
            .flat_map(|(from, to, _)| [Some(*from), (*to < LocalDate::MAX).then(|| to.plus(1))])
            .flatten()
            .collect();
        dates.sort_unstable();
        let at = |places: &[(LocalDate, LocalDate, Option<OrgId>)], date| {
            let found = places.iter().find(|(from, to, _)| *from <= date && date <= *to);
            found.map(|(_, _, parent)| *parent)
        };
        dates.into_iter().find(|d| at(&new, *d) != at(&old, *d))
    }

    /// The first unit below that is open after a date.
    pub fn open_child(&self, id: OrgId, after: LocalDate) -> Option<&Unit> {
        self.units
            .values()
            .find(|u| u.places().iter().any(|(_, to, parent)| *parent == Some(id) && *to > after))
    }
}

#[cfg(test)]
#[path = "org_book_tests.rs"]
mod tests;
