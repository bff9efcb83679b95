//! Period sets of groups of people: employment kinds, positions, values of dimensions (domain 9). Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use vocabulary::{DimensionId, DimensionValueId, LocalDate, OrgId, PeriodSetId, PositionId};

use super::period_line::{PeriodFacts, at};
use crate::people::Lineage;

/// Codes of the employment kinds; the number of one in a table is its place, from 1 on.
pub const EMPLOYMENT_KINDS: [&str; 5] =
    ["full_time", "part_time", "dispatched", "intern", "rehired_retiree"];

/// The number of an employment kind.
pub fn kind_number(code: &str) -> Option<i64> {
    let place = EMPLOYMENT_KINDS.iter().position(|k| *k == code)?;
    i64::try_from(place + 1).ok()
}

/// The code of an employment kind.
pub fn kind_of(number: i64) -> Option<&'static str> {
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    EMPLOYMENT_KINDS.get(place).copied()
}

/// A timeline of sets; `None` = none of its own.
pub type SetLine = Vec<(LocalDate, Option<PeriodSetId>)>;

/// A timeline of the values of one dimension; `None` = the department, or the one above it, says it.
pub type ValueLine = Vec<(LocalDate, Option<DimensionValueId>)>;

/// The sets of groups, and what is needed to know who belongs to them.
#[derive(Clone, Debug, Default)]
pub struct GroupSets {
    /// By the number of the employment kind.
    pub kinds: HashMap<i64, SetLine>,
    pub positions: HashMap<PositionId, SetLine>,
    pub values: HashMap<DimensionValueId, SetLine>,
    /// Dimension and parent of each value of these dimensions.
    pub tree: HashMap<DimensionValueId, (DimensionId, Option<DimensionValueId>)>,
    pub org_values: HashMap<(DimensionId, OrgId), ValueLine>,
}

/// What is known of the groups of a person.
#[derive(Clone, Debug, Default)]
pub struct GroupFacts {
    pub kinds: Vec<(LocalDate, i64)>,
    pub positions: Vec<(LocalDate, Option<PositionId>)>,
    /// His own values.
    pub values: BTreeMap<DimensionId, ValueLine>,
}

impl GroupSets {
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.positions.is_empty() && self.values.is_empty()
    }

    /// What his groups say on a date: the employment kind before the position before the dimensions, those in the order of
    /// their ids; within a dimension the nearest value that says anything.
    pub fn wanted(
        &self,
        facts: &PeriodFacts,
        lineage: &Lineage,
        date: LocalDate,
    ) -> Option<PeriodSetId> {
        let groups = &facts.groups;
        let kind = || at(self.kinds.get(&at(&groups.kinds, date)?)?, date)?;
        let position = || at(self.positions.get(&at(&groups.positions, date)??)?, date)?;
        let dimension = |d: DimensionId| {
            let own = groups.values.get(&d).and_then(|line| at(line, date)).flatten();
            let says = |o: OrgId| at(self.org_values.get(&(d, o))?, date).flatten();
            let inherited = || lineage.nearest(at(&facts.orgs, date)?, date, says);
            self.of_value(own.or_else(inherited)?, date)
        };
        kind().or_else(position).or_else(|| self.dimensions().into_iter().find_map(dimension))
    }

    fn dimensions(&self) -> BTreeSet<DimensionId> {
        self.values.keys().filter_map(|v| self.tree.get(v)).map(|(d, _)| *d).collect()
    }

    /// The set of the nearest value, up from this one, that has one.
    fn of_value(&self, value: DimensionValueId, date: LocalDate) -> Option<PeriodSetId> {
        let mut place = Some(value);
        for _ in 0..=self.tree.len() {
            let here = place?;
            let set = self.values.get(&here).and_then(|line| at(line, date)).flatten();
            if set.is_some() {
                return set;
            }
            place = self.tree.get(&here).and_then(|(_, parent)| *parent);
        }
        None
    }

    /// Dates on which the answer of [`Self::wanted`] can change, but for the places in the tree of departments.
    pub fn changes(&self, facts: &PeriodFacts, above: &BTreeSet<OrgId>) -> Vec<LocalDate> {
        let groups = &facts.groups;
        let mut dates: Vec<LocalDate> = Vec::new();
        if !self.kinds.is_empty() {
            dates.extend(groups.kinds.iter().map(|(d, _)| *d));
        }
        if !self.positions.is_empty() {
            dates.extend(groups.positions.iter().map(|(d, _)| *d));
        }
        dates.extend(groups.values.values().flatten().map(|(d, _)| *d));
        let lines = self.kinds.values().chain(self.positions.values()).chain(self.values.values());
        dates.extend(lines.flatten().map(|(d, _)| *d));
        let values = self.org_values.iter().filter(|((_, org), _)| above.contains(org));
        dates.extend(values.flat_map(|(_, line)| line).map(|(d, _)| *d));
        dates
    }
}
