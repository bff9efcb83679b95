//! What people are planned for: the effective cell of each date (domain 11.3).

use std::collections::{BTreeMap, HashMap};

use engine::format::Employment;
use engine::{DateKind, Service};
use vocabulary::{DateSpan, LocalDate, PersonId, ShiftId};

use super::CellLayer;
use super::read::{self, other_cells};
use crate::base::{Fault, Query, Scope, span_rows, span_values};
use crate::calendars::{self, DateKinds};
use crate::people;

/// The source of a cell that is not saved.
const UNSAVED: &str = "unsaved";

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned<'a> {
    /// Nothing is said.
    Empty,
    Rest,
    Shifts(&'a [ShiftId]),
}

impl<'a> Planned<'a> {
    /// As cells are stored: an empty list is rest.
    pub fn of(shifts: Option<&'a [ShiftId]>) -> Self {
        match shifts {
            None => Self::Empty,
            Some([]) => Self::Rest,
            Some(list) => Self::Shifts(list),
        }
    }

    pub const fn shifts(self) -> &'a [ShiftId] {
        match self {
            Self::Shifts(list) => list,
            Self::Empty | Self::Rest => &[],
        }
    }
}

/// The cell that counts on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveCell<'a> {
    pub planned: Planned<'a>,
    /// `None` = no layer says anything.
    pub layer: Option<CellLayer>,
    /// Where a written cell comes from.
    pub source: Option<&'a str>,
    /// Version of the person's own cell, 0 = there is none.
    pub version: i32,
    pub kind: DateKind,
    pub service: Service,
}

/// A written cell of a person.
#[derive(Clone, Debug)]
struct Own {
    /// Empty = rest.
    shifts: Vec<ShiftId>,
    source: String,
    version: i32,
}

#[derive(Clone, Debug, Default)]
struct Person {
    employment: Employment,
    defaults: Vec<(LocalDate, Option<ShiftId>)>,
    swaps: BTreeMap<LocalDate, Vec<ShiftId>>,
    own: BTreeMap<LocalDate, Own>,
    teams: BTreeMap<LocalDate, Vec<ShiftId>>,
    /// Changes that are not saved; `None` = the cell is taken away.
    unsaved: BTreeMap<LocalDate, Option<Vec<ShiftId>>>,
}

/// The effective cells of some people over some dates.
#[derive(Clone, Debug)]
pub struct EffectiveCells {
    people: HashMap<PersonId, Person>,
    kinds: DateKinds,
}

/// Reads what counts for these people from `from` to `to`, in a fixed number of queries.
pub async fn effective_cells(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<EffectiveCells, Fault> {
    let mut all: HashMap<PersonId, Person> = people::employments(q, people)
        .await?
        .into_iter()
        .map(|(id, employment)| (id, Person { employment, ..Person::default() }))
        .collect();
    for row in read::default_lines(q, people).await? {
        if let Some(p) = all.get_mut(&row.person_id) {
            p.defaults.push((row.valid_from, row.shift_id));
        }
    }
    for cell in read::cells(q, &Scope::everybody(), people, from, to).await? {
        if let Some(p) = all.get_mut(&cell.person) {
            let (source, version) = (cell.source, cell.version);
            let own = Own { shifts: cell.shifts, source, version };
            p.own.insert(cell.date, own);
        }
    }
    let spans: Vec<_> = people.iter().map(|p| (*p, DateSpan::new(from, to))).collect();
    let (w, bind) = (span_rows(q.dialect()), span_values(q.dialect(), &spans));
    for cell in other_cells(q, &w, &bind).await? {
        let Some(p) = all.get_mut(&cell.person) else { continue };
        let layer = if cell.layer == CellLayer::Swap { &mut p.swaps } else { &mut p.teams };
        layer.insert(cell.date, cell.shifts);
    }
    let kinds = calendars::date_kinds(q, people, from, to).await?;
    Ok(EffectiveCells { people: all, kinds })
}

impl EffectiveCells {
    /// The cell that counts for a person on a date that was read.
    pub fn on(&self, person: PersonId, date: LocalDate) -> EffectiveCell<'_> {
        let kind = self.kinds.kind(person, date);
        let Some(p) = self.people.get(&person) else {
            let service = Service::NotEmployed;
            let planned = Planned::Empty;
            return EffectiveCell { planned, layer: None, source: None, version: 0, kind, service };
        };
        let own = p.own.get(&date);
        let version = own.map_or(0, |c| c.version);
        let service = p.employment.on(date);
        let (planned, layer, source) = p.layered(date, kind);
        EffectiveCell { planned, layer, source, version, kind, service }
    }

    /// Puts a cell of the person that is not saved, or takes his cell away.
    pub fn put(&mut self, person: PersonId, date: LocalDate, shifts: Option<&[ShiftId]>) {
        if let Some(p) = self.people.get_mut(&person) {
            p.unsaved.insert(date, shifts.map(<[ShiftId]>::to_vec));
        }
    }

    /// Takes back what [`Self::put`] put.
    pub fn restore(&mut self, person: PersonId, date: LocalDate) {
        if let Some(p) = self.people.get_mut(&person) {
            p.unsaved.remove(&date);
        }
    }
}

impl Person {
    /// What counts on a date, from which layer, and the source of a written cell.
    fn layered(
        &self,
        date: LocalDate,
        kind: DateKind,
    ) -> (Planned<'_>, Option<CellLayer>, Option<&str>) {
        if let Some(list) = self.swaps.get(&date) {
            return (Planned::of(Some(list)), Some(CellLayer::Swap), None);
        }
        let own = match (self.unsaved.get(&date), self.own.get(&date)) {
            (Some(change), _) => change.as_deref().map(|list| (list, UNSAVED)),
            (None, Some(c)) => Some((c.shifts.as_slice(), c.source.as_str())),
            (None, None) => None,
        };
        if let Some((list, source)) = own {
            return (Planned::of(Some(list)), Some(CellLayer::Person), Some(source));
        }
        if let Some(list) = self.teams.get(&date) {
            return (Planned::of(Some(list)), Some(CellLayer::Team), None);
        }
        match self.default_shift(date) {
            Some(_) if kind != DateKind::Workday => {
                (Planned::Rest, Some(CellLayer::Calendar), None)
            }
            Some(shift) => {
                let list = std::slice::from_ref(shift);
                (Planned::Shifts(list), Some(CellLayer::Calendar), None)
            }
            None => (Planned::Empty, None, None),
        }
    }

    fn default_shift(&self, date: LocalDate) -> Option<&ShiftId> {
        let next = self.defaults.partition_point(|(from, _)| *from <= date);
        next.checked_sub(1).and_then(|i| self.defaults.get(i)).and_then(|(_, s)| s.as_ref())
    }
}
