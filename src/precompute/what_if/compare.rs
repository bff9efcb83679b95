//! Two evaluations of a day side by side. Pure.

use std::collections::{BTreeMap, BTreeSet};

use engine::Exception;
use serde::{Deserialize, Serialize};
use vocabulary::{EmploymentKind, LocalDate, OrgId, PersonId, PositionId, RuleId, WallTime};

use crate::precompute::row::{Computed, NUMBERS};
use crate::precompute::settle::anchor;

/// Where two days differ in something that has no number and no other name: points, counts per band.
const DETAIL: &str = "detail";

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub state: String,
    pub day_type: Option<String>,
    pub shift: Option<String>,
    pub scheme: Option<RuleId>,
    /// In the order of [`NUMBERS`].
    pub items: [i32; NUMBERS.len()],
}

/// An exception that appears or disappears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub code: String,
    pub at: Option<WallTime>,
    pub minutes: Option<i32>,
    pub request: Option<String>,
}

/// Both sides; `None` = there is no result of the date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub before: Option<Side>,
    pub after: Option<Side>,
    pub added: Vec<Found>,
    pub removed: Vec<Found>,
}

/// A date of a person on which the drafts change something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub person: PersonId,
    pub date: LocalDate,
    pub org: Option<OrgId>,
    pub position: Option<PositionId>,
    pub kind: Option<EmploymentKind>,
    /// Lies in a locked period: publishing would make adjustments of it.
    pub locked: bool,
    /// Names of what differs.
    pub changed: Vec<&'static str>,
    pub content: Content,
}

/// The dates that differ; both lists are of one person, by date.
pub fn differences(
    before: Vec<Computed>,
    after: Vec<Computed>,
    locked: impl Fn(LocalDate) -> bool,
) -> Vec<Difference> {
    let mut sides: BTreeMap<LocalDate, (Option<Computed>, Option<Computed>)> = BTreeMap::new();
    for c in before {
        let date = c.date;
        sides.entry(date).or_default().0 = Some(c);
    }
    for c in after {
        let date = c.date;
        sides.entry(date).or_default().1 = Some(c);
    }
    let found = sides.into_iter().filter_map(|(date, (b, a))| {
        let same = match (&b, &a) {
            (Some(b), Some(a)) => b.hash() == a.hash(),
            _ => false,
        };
        if same { None } else { Some(difference(date, b.as_ref(), a.as_ref(), locked(date))?) }
    });
    found.collect()
}

fn difference(
    date: LocalDate,
    before: Option<&Computed>,
    after: Option<&Computed>,
    locked: bool,
) -> Option<Difference> {
    let any = after.or(before)?;
    let found = |c: Option<&Computed>| -> BTreeMap<(&'static str, i64), Found> {
        let all = c.map(|c| c.result.exceptions.as_slice()).unwrap_or_default();
        all.iter().map(|e| ((e.code.as_str(), anchor(e)), found(e))).collect()
    };
    let (old, new) = (found(before), found(after));
    let without = |a: &BTreeMap<_, Found>, b: &BTreeMap<_, Found>| -> Vec<Found> {
        a.iter().filter(|(k, _)| !b.contains_key(*k)).map(|(_, f)| f.clone()).collect()
    };
    let (mut added, mut removed) = (without(&new, &old), without(&old, &new));
    // One that is only named at another moment, because its point moved, neither appears nor disappears.
    added.retain(|f| match removed.iter().position(|r| r.code == f.code) {
        Some(i) => {
            removed.remove(i);
            false
        }
        None => true,
    });
    let content = Content { before: before.map(side), after: after.map(side), added, removed };
    let mut changed = changed(&content);
    if old != new {
        changed.push("exceptions");
    }
    if changed.is_empty() {
        changed.push(DETAIL);
    }
    Some(Difference {
        person: any.person,
        date,
        org: any.org,
        position: any.position,
        kind: any.kind,
        locked,
        changed,
        content,
    })
}

fn side(c: &Computed) -> Side {
    Side {
        state: c.result.state.as_str().to_owned(),
        day_type: c.result.day_type.map(|d| d.as_str().to_owned()),
        shift: c.shift.clone(),
        scheme: c.scheme,
        items: c.numbers(),
    }
}

fn found(e: &Exception) -> Found {
    Found {
        code: e.code.as_str().to_owned(),
        at: e.at,
        minutes: e.minutes,
        request: e.request.as_ref().map(ToString::to_string),
    }
}

fn changed(c: &Content) -> Vec<&'static str> {
    let mut names = Vec::new();
    let (old, new) = (figures(c.before.as_ref()), figures(c.after.as_ref()));
    let moved = NUMBERS.iter().zip(old.iter().zip(&new)).filter(|(_, (a, b))| a != b);
    names.extend(moved.map(|(name, _)| *name));
    let text = |f: fn(&Side) -> Option<&str>| {
        c.before.as_ref().and_then(f) != c.after.as_ref().and_then(f)
    };
    if text(|s| Some(&s.state)) {
        names.push("state");
    }
    if text(|s| s.day_type.as_deref()) {
        names.push("day_type");
    }
    if text(|s| s.shift.as_deref()) {
        names.push("shift");
    }
    names
}

fn figures(side: Option<&Side>) -> [i32; NUMBERS.len()] {
    side.map_or([0; NUMBERS.len()], |s| s.items)
}

impl Content {
    /// Items that differ with their numbers before and after.
    pub fn moved(&self) -> impl Iterator<Item = (&'static str, i32, i32)> {
        let (old, new) = (figures(self.before.as_ref()), figures(self.after.as_ref()));
        let all = NUMBERS.into_iter().zip(old).zip(new).map(|((name, a), b)| (name, a, b));
        all.filter(|(_, a, b)| a != b)
    }
}

/// Sums over differing dates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub people: i64,
    pub days: i64,
    /// Per item: differing dates, and the sum of after minus before.
    pub items: BTreeMap<String, (i64, i64)>,
    /// Exceptions that appear, per code.
    pub added: BTreeMap<String, i64>,
    /// Exceptions that disappear, per code.
    pub removed: BTreeMap<String, i64>,
}

/// Sums of a run: of dates that publishing would change, and of locked dates, where it would make adjustments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub open: Sums,
    pub locked: Sums,
}

impl Totals {
    /// Adds all differing dates of one person.
    pub fn add<'d>(&mut self, days: impl Iterator<Item = (bool, &'d Content)>) {
        let mut touched: BTreeSet<bool> = BTreeSet::new();
        for (locked, content) in days {
            touched.insert(locked);
            self.part(locked).day(content);
        }
        for locked in touched {
            self.part(locked).people += 1;
        }
    }

    fn part(&mut self, locked: bool) -> &mut Sums {
        if locked { &mut self.locked } else { &mut self.open }
    }
}

impl Sums {
    fn day(&mut self, content: &Content) {
        self.days += 1;
        for (name, before, after) in content.moved() {
            let sum = self.items.entry(name.to_owned()).or_default();
            *sum = (sum.0 + 1, sum.1 + i64::from(after) - i64::from(before));
        }
        for (found, counts) in
            [(&content.added, &mut self.added), (&content.removed, &mut self.removed)]
        {
            for f in found {
                *counts.entry(f.code.clone()).or_default() += 1;
            }
        }
    }
}
