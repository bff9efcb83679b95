//! Which attendance period a date of a person belongs to. Pure.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use engine::period::{PeriodName, PeriodRule};
use vocabulary::{LocalDate, OrgId, PeriodId, PeriodSetId};

use super::period_groups::{GroupFacts, GroupSets};
use crate::people::Lineage;

/// Name of a period.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodLabel {
    Month(PeriodName),
    /// A name of a list that is no month, `2026-03a`.
    Listed(Arc<str>),
}

impl PeriodLabel {
    pub fn of(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Listed(Arc::from(text)), Self::Month)
    }
}

impl fmt::Display for PeriodLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(m) => m.fmt(f),
            Self::Listed(text) => f.write_str(text),
        }
    }
}

/// A named stretch of dates, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPeriod {
    pub label: PeriodLabel,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// How one period set cuts time: a list of dates where it has one, else by its start day.
#[derive(Clone, Debug)]
pub struct PeriodCut {
    pub set: PeriodSetId,
    pub rule: PeriodRule,
    /// In the order of dates. Each stretch without gaps is whole periods of the rule together.
    pub listed: Vec<NamedPeriod>,
}

impl PeriodCut {
    pub fn period_of(&self, date: LocalDate) -> NamedPeriod {
        let next = self.listed.partition_point(|p| p.from <= date);
        let found = next.checked_sub(1).and_then(|i| self.listed.get(i));
        if let Some(p) = found.filter(|p| date <= p.to) {
            return p.clone();
        }
        let p = self.rule.period_of(date);
        NamedPeriod { label: PeriodLabel::Month(p.name), from: p.from, to: p.to }
    }

    /// The period of a name, if the set has one.
    pub fn named(&self, label: &PeriodLabel) -> Option<NamedPeriod> {
        let listed = self.listed.iter().find(|p| p.label == *label).cloned();
        listed.or_else(|| match label {
            PeriodLabel::Month(month) => {
                let period = self.period_of(self.rule.period(*month).from);
                (period.label == *label).then_some(period)
            }
            PeriodLabel::Listed(_) => None,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodState {
    Open,
    Closing,
    Locked,
}

impl PeriodState {
    /// What a column holds.
    pub fn of(text: &str) -> Self {
        match text {
            "locked" => Self::Locked,
            "closing" => Self::Closing,
            _ => Self::Open,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Locked => "locked",
        }
    }
}

/// A period that has a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPeriod {
    pub id: PeriodId,
    pub set: PeriodSetId,
    pub period: NamedPeriod,
    pub state: PeriodState,
}

/// What all people share: sets, periods that have rows, sets of departments.
#[derive(Clone, Debug, Default)]
pub struct Periods {
    /// The default one stands first.
    pub cuts: Vec<PeriodCut>,
    pub known: HashMap<(PeriodSetId, PeriodLabel), KnownPeriod>,
    /// Timelines of the sets of departments; `None` = none of its own.
    pub orgs: HashMap<OrgId, Vec<(LocalDate, Option<PeriodSetId>)>>,
    pub lineage: Lineage,
    /// Sets of employment kinds, positions and dimension values.
    pub groups: GroupSets,
}

/// A locked period as a person took part in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedSpan {
    pub id: PeriodId,
    pub set: PeriodSetId,
    pub period: NamedPeriod,
}

/// The part of one person, see [`Periods::line`].
#[derive(Clone, Debug, Default)]
pub struct PeriodLine {
    /// From a date on, this set cuts his time. Begins at the beginning of time.
    sets: Vec<(LocalDate, PeriodSetId)>,
    /// In the order of dates.
    locked: Vec<LockedSpan>,
}

/// A period of a person: only the dates that are his in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonPeriod {
    pub set: PeriodSetId,
    pub label: PeriodLabel,
    pub from: LocalDate,
    pub to: LocalDate,
    /// Its row, if it has one.
    pub id: Option<PeriodId>,
    pub state: PeriodState,
    /// Whether it is locked with an archive of his; a locked one without it never held him.
    pub archived: bool,
}

impl PersonPeriod {
    pub fn locked(&self) -> bool {
        self.state == PeriodState::Locked
    }
}

/// What is known of a person.
#[derive(Clone, Debug, Default)]
pub struct PeriodFacts {
    pub hired: Option<LocalDate>,
    /// Entries that name him.
    pub own: Vec<(LocalDate, PeriodSetId)>,
    /// What is known of his groups.
    pub groups: GroupFacts,
    /// Timeline of his department.
    pub orgs: Vec<(LocalDate, OrgId)>,
    /// Locked periods that hold an archive of his.
    pub locked: Vec<LockedSpan>,
}

/// The value of a timeline on a date.
pub(super) fn at<T: Copy>(line: &[(LocalDate, T)], date: LocalDate) -> Option<T> {
    let next = line.partition_point(|(from, _)| *from <= date);
    next.checked_sub(1).and_then(|i| line.get(i)).map(|(_, v)| *v)
}

impl Periods {
    fn default_set(&self) -> PeriodSetId {
        self.cuts.first().map_or(PeriodSetId(0), |c| c.set)
    }

    /// How a set cuts time.
    pub fn cut(&self, set: PeriodSetId) -> Option<&PeriodCut> {
        self.cuts.iter().find(|c| c.set == set)
    }

    /// The period of a set a date lies in.
    pub fn period_of(&self, set: PeriodSetId, date: LocalDate) -> NamedPeriod {
        if let Some(cut) = self.cut(set) {
            return cut.period_of(date);
        }
        let p = PeriodRule::MONTH.period_of(date);
        NamedPeriod { label: PeriodLabel::Month(p.name), from: p.from, to: p.to }
    }

    /// The periods of a set that touch the dates, in their order.
    pub fn between(&self, set: PeriodSetId, from: LocalDate, to: LocalDate) -> Vec<NamedPeriod> {
        let mut all = Vec::new();
        let mut date = from;
        while date <= to {
            let p = self.period_of(set, date);
            date = p.to.plus(1);
            all.push(p);
        }
        all
    }

    /// The set of the nearest department above that has one.
    fn set_of_org(&self, org: OrgId, date: LocalDate) -> Option<PeriodSetId> {
        self.lineage.nearest(org, date, |o| at(self.orgs.get(&o)?, date).flatten())
    }

    /// Who says it on a date: the person, else his groups, else his department, else the installation.
    fn wanted(&self, facts: &PeriodFacts, date: LocalDate) -> PeriodSetId {
        let of_groups = || self.groups.wanted(facts, &self.lineage, date);
        let of_org = || self.set_of_org(at(&facts.orgs, date)?, date);
        let said = at(&facts.own, date).or_else(of_groups).or_else(of_org);
        said.unwrap_or_else(|| self.default_set())
    }

    /// Dates on which the answer of [`Self::wanted`] can change.
    fn changes(&self, facts: &PeriodFacts) -> BTreeSet<LocalDate> {
        let mut dates: BTreeSet<LocalDate> = facts.own.iter().map(|(d, _)| *d).collect();
        let by_org = !self.orgs.is_empty() || !self.groups.org_values.is_empty();
        let mut above = BTreeSet::new();
        if by_org {
            dates.extend(facts.orgs.iter().map(|(d, _)| *d));
            for (_, org) in &facts.orgs {
                above.extend(self.lineage.above(*org).iter().map(|a| a.ancestor));
                dates.extend(self.lineage.changes(*org));
            }
            let lines = above.iter().filter_map(|o| self.orgs.get(o));
            dates.extend(lines.flatten().map(|(d, _)| *d));
        }
        if !self.groups.is_empty() {
            dates.extend(self.groups.changes(facts, &above));
        }
        dates
    }

    /// A change of the set takes effect where the running period ends, at the earliest; what
    /// stands at the date of hire counts from that date on, whatever ran before.
    pub fn line(&self, facts: PeriodFacts) -> PeriodLine {
        let mut last = (LocalDate::MIN, self.wanted(&facts, LocalDate::MIN));
        let mut sets = vec![last];
        let mut changes = self.changes(&facts);
        changes.extend(facts.hired);
        for change in changes {
            if facts.hired == Some(change) {
                sets.retain(|(from, _)| *from < change || *from == LocalDate::MIN);
                last = sets.last().copied().unwrap_or(last);
                let set = self.wanted(&facts, change);
                if set != last.1 {
                    last = (change, set);
                    sets.push(last);
                }
                continue;
            }
            if change <= last.0 || self.wanted(&facts, change) == last.1 {
                continue;
            }
            let running = self.period_of(last.1, change);
            let begins = running.from.max(last.0) == change;
            let from = if begins { change } else { running.to.plus(1) };
            let set = self.wanted(&facts, from);
            if set != last.1 {
                last = (from, set);
                sets.push(last);
            }
        }
        let mut locked = facts.locked;
        locked.sort_by_key(|l| l.period.from);
        PeriodLine { sets, locked }
    }

    /// The period of a date: the locked one that holds an archive of the date, else the one his
    /// set cuts, without what belongs to other periods of his.
    pub fn of(&self, line: &PeriodLine, date: LocalDate) -> PersonPeriod {
        let next = line.locked.partition_point(|l| l.period.from <= date);
        let before = next.checked_sub(1).and_then(|i| line.locked.get(i));
        if let Some(l) = before.filter(|l| date <= l.period.to) {
            return PersonPeriod {
                set: l.set,
                label: l.period.label.clone(),
                from: l.period.from,
                to: l.period.to,
                id: Some(l.id),
                state: PeriodState::Locked,
                archived: true,
            };
        }
        let index = line.sets.partition_point(|(from, _)| *from <= date).saturating_sub(1);
        let (since, set) =
            line.sets.get(index).copied().unwrap_or((LocalDate::MIN, self.default_set()));
        let p = self.period_of(set, date);
        let mut from = p.from.max(since);
        let mut to = p.to;
        if let Some((next, _)) = line.sets.get(index + 1) {
            to = to.min(next.plus(-1));
        }
        if let Some(l) = before {
            from = from.max(l.period.to.plus(1));
        }
        if let Some(l) = line.locked.get(next) {
            to = to.min(l.period.from.plus(-1));
        }
        let known = self.known.get(&(set, p.label.clone()));
        PersonPeriod {
            set,
            label: p.label,
            from,
            to,
            id: known.map(|k| k.id),
            state: known.map_or(PeriodState::Open, |k| k.state),
            archived: false,
        }
    }

    /// Where changes of a locked date are posted: his first period after it that is not locked.
    pub fn posting(&self, line: &PeriodLine, date: LocalDate) -> PersonPeriod {
        let mut p = self.of(line, date);
        while p.locked() && p.to < LocalDate::MAX {
            p = self.of(line, p.to.plus(1));
        }
        p
    }
}

#[cfg(test)]
#[path = "period_line_tests.rs"]
mod tests;
