//! The roster as people see it: rows of people, columns of dates, in each place the cell that counts.

use std::collections::HashSet;
use std::fs::File;

use engine::{DateKind, Service};
use vocabulary::{LocalDate, PersonId, ShiftId};

use super::read::{GridFilter, GridPerson, grid_people, shift_codes};
use super::{
    CellLayer, EffectiveCells, Planned, REST_WORD, ShiftRefusal, ShiftWords, effective_cells,
};
use crate::base::context::{Lang, lang};
use crate::base::{App, Failure, Fault, Query, Scope, TableFile};
use crate::people;

/// Days of a grid.
pub const MAX_GRID_DAYS: i32 = 62;

/// People of one file.
const MAX_EXPORT_PEOPLE: usize = 5_000;

/// People of one reading.
const PAGE: u32 = 500;

/// One place of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridCell {
    pub date: LocalDate,
    /// `None` = nothing is planned; empty = rest.
    pub shifts: Option<Vec<ShiftId>>,
    pub layer: Option<CellLayer>,
    pub source: Option<String>,
    pub version: i32,
    pub kind: DateKind,
    pub service: Service,
}

/// One row of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridRow {
    pub person: GridPerson,
    /// Dates on which the person is out of scope are left out.
    pub cells: Vec<GridCell>,
}

/// A page of the grid with the names of shifts, in a fixed number of queries.
pub async fn grid(
    q: &impl Query,
    scope: &Scope,
    f: &GridFilter,
) -> Result<(Vec<GridRow>, ShiftWords), Fault> {
    let people = grid_people(q, scope, f).await?;
    let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
    let cells = effective_cells(q, &ids, f.from, f.to).await?;
    let seen = Seen::read(q, scope, &ids, f.from, f.to).await?;
    let words = ShiftWords::new(shift_codes(q).await?);
    let rows = people
        .into_iter()
        .map(|person| {
            let dates = f.from.through(f.to).filter(|d| seen.has(person.id, *d));
            let cells = dates.map(|d| grid_cell(&cells, person.id, d)).collect();
            GridRow { person, cells }
        })
        .collect();
    Ok((rows, words))
}

fn grid_cell(cells: &EffectiveCells, person: PersonId, date: LocalDate) -> GridCell {
    let cell = cells.on(person, date);
    GridCell {
        date,
        shifts: match cell.planned {
            Planned::Empty => None,
            Planned::Rest => Some(Vec::new()),
            Planned::Shifts(list) => Some(list.to_vec()),
        },
        layer: cell.layer,
        source: cell.source.map(str::to_owned),
        version: cell.version,
        kind: cell.kind,
        service: cell.service,
    }
}

/// Which places lie within a scope.
pub struct Seen(Option<HashSet<(PersonId, LocalDate)>>);

impl Seen {
    pub async fn read(
        q: &impl Query,
        scope: &Scope,
        people: &[PersonId],
        from: LocalDate,
        to: LocalDate,
    ) -> Result<Self, Fault> {
        if scope.is_everybody() {
            return Ok(Self(None));
        }
        let places: Vec<(PersonId, LocalDate)> =
            people.iter().flat_map(|p| from.through(to).map(move |d| (*p, d))).collect();
        let visible = people::visible_at(q, scope, &places).await?;
        let seen = places.into_iter().zip(visible).filter(|(_, v)| *v).map(|(p, _)| p);
        Ok(Self(Some(seen.collect())))
    }

    pub fn has(&self, person: PersonId, date: LocalDate) -> bool {
        self.0.as_ref().is_none_or(|s| s.contains(&(person, date)))
    }
}

/// The head of a date column: `2017-01-14 [六]`.
pub fn date_heading(date: LocalDate) -> String {
    const ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let names = if lang() == Lang::Zh { ZH } else { EN };
    let name = names.get(usize::from(date.weekday()).saturating_sub(1)).copied();
    format!("{date} [{}]", name.unwrap_or_default())
}

/// Writes the grid of all people of the filter into a file in the printed layout.
pub async fn export_grid(
    app: &App,
    scope: &Scope,
    filter: &GridFilter,
    start: fn(Vec<String>) -> Result<TableFile, Fault>,
) -> Result<File, Failure> {
    let names = match lang() {
        Lang::Zh => ["工号", "姓名", "部门"],
        Lang::En => ["number", "name", "department"],
    };
    let mut heading: Vec<String> = names.iter().map(ToString::to_string).collect();
    heading.extend(filter.from.through(filter.to).map(date_heading));
    let mut file = start(heading)?;
    let snapshot = app.db.snapshot().await?;
    let mut f = GridFilter { limit: PAGE, after: PersonId(0), ..filter.clone() };
    let mut people = 0;
    loop {
        let (rows, words) = grid(&snapshot, scope, &f).await?;
        people += rows.len();
        if people > MAX_EXPORT_PEOPLE {
            return Err(ShiftRefusal::TooManyPeople { max: MAX_EXPORT_PEOPLE }.into());
        }
        for row in &rows {
            file.line(&line(row, &words, &f))?;
        }
        match rows.last() {
            Some(last) if rows.len() as u64 == u64::from(PAGE) => f.after = last.person.id,
            _ => return Ok(file.finish()?),
        }
    }
}

fn line(row: &GridRow, words: &ShiftWords, f: &GridFilter) -> Vec<String> {
    let p = &row.person;
    let mut line = vec![p.number.clone(), p.name.clone(), p.org_name.clone().unwrap_or_default()];
    let mut cells = row.cells.iter().peekable();
    line.extend(f.from.through(f.to).map(|date| {
        let cell = cells.next_if(|c| c.date == date);
        match cell.and_then(|c| c.shifts.as_deref()) {
            None => String::new(),
            Some([]) => REST_WORD.to_owned(),
            Some(list) => list.iter().map(|id| words.word(*id)).collect::<Vec<_>>().join("+"),
        }
    }));
    line
}
