use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{Instant, LocalDate, OrgId, PersonId};

use super::add_org_unit::begin;
use super::close_org_unit::may_close;
use super::lookup::by_number;
use super::org_book::{Fields, OrgBook, new_id};
use super::org_change::{check_date, check_fields, close};
use super::org_read::{OrgFilter, org_units};
use super::{NewOrgUnit, OrgDetails, OrgKind, OrgRefusal, ValuePlace, org_store};
use crate::base::{Actor, App, Failure, Once, RowOutcome, Scope, Tx, begin_once, finish_once};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// What a unit is from a date on. `None` = nothing is said: a new unit takes the default, a known one stays.
#[derive(Clone, Debug, Serialize)]
pub struct OrgInput {
    pub code: String,
    /// First date of a new unit; from this date on a known one is so.
    pub valid_from: LocalDate,
    /// Required for a new unit.
    pub name: Option<String>,
    pub short_name: Option<String>,
    pub kind: Option<OrgKind>,
    /// Codes may be of units of the same batch.
    pub place: ValuePlace,
    pub sort_order: Option<i32>,
    /// Employee number; empty = nobody.
    pub head: Option<String>,
    /// Employee numbers.
    pub deputies: Option<Vec<String>>,
    pub region: Option<String>,
    pub cost_centre: Option<String>,
    /// `Some(None)` = it is open.
    pub last_day: Option<Option<LocalDate>>,
}

/// Makes, changes, moves and closes units by their codes, in a fixed number of statements. Rows of one unit apply in the
/// order of their dates, what closes after what closes below it. Every row has its own outcome; doing it again changes
/// nothing.
pub async fn put_units(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[OrgInput],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(OrgRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "put_org_units", once, at).await? {
        return Ok(done);
    }
    let outcomes = write_units(&tx, actor, scope, rows, app.today(), at).await?;
    finish_once(&tx, actor, "put_org_units", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// The move of [`put_units`]; it marks, so it must be the last thing of its transaction.
pub async fn write_units(
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    rows: &[OrgInput],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<RowOutcome>, Failure> {
    org_store::hold(tx).await?;
    let before = org_store::load(tx).await?;
    let filter = OrgFilter { closed: true, ..OrgFilter::all(today) };
    let seen = org_units(tx, scope, &filter).await?.into_iter().map(|u| u.id).collect();
    let named = |r: &OrgInput| {
        let deputies = r.deputies.iter().flatten();
        r.head.iter().chain(deputies).cloned().collect::<Vec<String>>()
    };
    let numbers: Vec<String> = rows.iter().flat_map(named).collect();
    let people = by_number(tx, &numbers).await?;
    let mut closings: BTreeMap<OrgId, LocalDate> = BTreeMap::new();
    let ids = before.by_code();
    for row in rows {
        if let (Some(id), Some(Some(day))) = (ids.get(&row.code), row.last_day) {
            closings.insert(*id, day);
        }
    }
    let staff = org_store::staff_after_all(tx, &closings).await?;
    let mut work = Work { scope, before: &before, after: before.clone(), ids, seen, people, staff };
    let outcomes = work.apply(rows);
    let after = work.after;
    let changed = |id: &OrgId| after.units.get(id) != before.units.get(id);
    let touched: HashSet<&str> =
        after.units.iter().filter(|(id, _)| changed(id)).map(|(_, u)| u.code.as_str()).collect();
    let detail: Vec<Value> = rows
        .iter()
        .zip(&outcomes)
        .filter(|(r, o)| o.is_ok() && touched.contains(r.code.as_str()))
        .map(|(r, _)| json!(r))
        .collect();
    let mut made = HashMap::new();
    if !detail.is_empty() {
        let (count, detail) = (detail.len().to_string(), json!({ "rows": detail }));
        made = close(tx, actor, &before, after, at, ("put", &count, detail)).await?.made;
    }
    let answer = |(row, outcome): (&OrgInput, Result<Done, OrgRefusal>)| match outcome {
        Ok(done) => {
            let id = made.get(&row.code).copied().unwrap_or(done.id).0;
            if done.changed { RowOutcome::Created { id } } else { RowOutcome::Found { id } }
        }
        Err(refusal) => RowOutcome::refused(&refusal),
    };
    Ok(rows.iter().zip(outcomes).map(answer).collect())
}

/// What became of a row.
#[derive(Clone, Copy, Debug)]
struct Done {
    id: OrgId,
    changed: bool,
}

struct Work<'w> {
    scope: &'w Scope,
    before: &'w OrgBook,
    after: OrgBook,
    ids: HashMap<String, OrgId>,
    /// Units of the scope; new ones below them join.
    seen: HashSet<OrgId>,
    people: HashMap<String, PersonId>,
    staff: HashMap<OrgId, i64>,
}

impl Work<'_> {
    fn apply(&mut self, rows: &[OrgInput]) -> Vec<Result<Done, OrgRefusal>> {
        let mut outcomes: Vec<Option<Result<Done, OrgRefusal>>> = vec![None; rows.len()];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|i| rows.get(*i).map(|r| r.valid_from));
        let mut places = HashSet::new();
        // Children may stand before their parents: what waits for a unit of the batch is tried again.
        let mut open: Vec<(usize, &OrgInput)> =
            order.iter().filter_map(|i| Some((*i, rows.get(*i)?))).collect();
        open.retain(|(i, r)| {
            let fresh = places.insert((r.code.as_str(), r.valid_from));
            if let Some(o) = outcomes.get_mut(*i).filter(|_| !fresh) {
                *o = Some(Err(OrgRefusal::RowRepeated));
            }
            fresh
        });
        loop {
            let coming: HashSet<&str> = open.iter().map(|(_, r)| r.code.as_str()).collect();
            let waits = |work: &Self, r: &OrgInput| match &r.place {
                ValuePlace::Below(code) => {
                    !work.ids.contains_key(code)
                        && coming.contains(code.as_str())
                        && *code != r.code
                }
                ValuePlace::Kept | ValuePlace::Top => false,
            };
            let mut later: Vec<(usize, &OrgInput)> = Vec::new();
            let mut progress = false;
            for (i, row) in std::mem::take(&mut open) {
                // Rows of one unit apply one after the other.
                let held = later.iter().any(|(_, r)| r.code == row.code);
                if held || waits(self, row) {
                    later.push((i, row));
                    continue;
                }
                let done = self.row(row);
                // What stands below may close later in this batch.
                if matches!(done, Err(OrgRefusal::HasChild { .. })) {
                    later.push((i, row));
                } else {
                    progress = true;
                }
                if let Some(o) = outcomes.get_mut(i) {
                    *o = Some(done);
                }
            }
            open = later;
            if open.is_empty() || !progress {
                break;
            }
        }
        let lost = |(r, o): (&OrgInput, Option<Result<Done, OrgRefusal>>)| match (o, &r.place) {
            (Some(done), _) => done,
            (None, ValuePlace::Below(code)) => {
                Err(OrgRefusal::ParentUnknown { code: code.clone() })
            }
            (None, _) => Err(OrgRefusal::NotFound),
        };
        rows.iter().zip(outcomes).map(lost).collect()
    }

    fn person(&self, number: &String) -> Result<PersonId, OrgRefusal> {
        let unknown = || OrgRefusal::PersonUnknown { number: number.clone() };
        self.people.get(number).copied().ok_or_else(unknown)
    }

    fn row(&mut self, r: &OrgInput) -> Result<Done, OrgRefusal> {
        check_date(r.valid_from)?;
        let above = match &r.place {
            ValuePlace::Kept => None,
            ValuePlace::Top => Some(None),
            ValuePlace::Below(code) => {
                let id = self.ids.get(code).copied().filter(|id| self.seen.contains(id));
                Some(Some(id.ok_or_else(|| OrgRefusal::ParentUnknown { code: code.clone() })?))
            }
        };
        let known = self.ids.get(&r.code).copied();
        let at_top = above == Some(None) || (above.is_none() && known.is_none());
        let stays = known.and_then(|id| self.after.units.get(&id)).is_some_and(|u| {
            above.is_none() || u.on(r.valid_from).map(|v| v.fields.parent) == above
        });
        if at_top && !stays && !self.scope.is_everybody() {
            return Err(OrgRefusal::ParentRequired);
        }
        let head = match r.head.as_ref() {
            Some(number) if number.is_empty() => Some(None),
            Some(number) => Some(Some(self.person(number)?)),
            None => None,
        };
        let deputies = r.deputies.as_ref();
        let deputies: Option<Vec<PersonId>> =
            deputies.map(|d| d.iter().map(|n| self.person(n)).collect()).transpose()?;
        match known {
            Some(id) if !self.seen.contains(&id) => Err(OrgRefusal::CodeTaken),
            Some(id) => self.change(id, r, above, head, deputies),
            None => self.make(r, above.flatten(), head.flatten(), deputies.unwrap_or_default()),
        }
    }

    fn make(
        &mut self,
        r: &OrgInput,
        above: Option<OrgId>,
        head: Option<PersonId>,
        deputies: Vec<PersonId>,
    ) -> Result<Done, OrgRefusal> {
        let new = NewOrgUnit {
            code: r.code.clone(),
            name: r.name.clone().ok_or(OrgRefusal::NameRequired)?,
            kind: r.kind.unwrap_or(OrgKind::Department),
            parent: None,
            valid_from: r.valid_from,
        };
        let details = OrgDetails {
            short_name: r.short_name.clone().unwrap_or_default(),
            sort_order: r.sort_order.unwrap_or_default(),
            head,
            deputies,
            region: r.region.clone().unwrap_or_default(),
            cost_centre: r.cost_centre.clone().unwrap_or_default(),
        };
        let mut unit = begin(&new, &details, above)?;
        unit.valid_to = r.last_day.flatten();
        if unit.valid_to.is_some_and(|to| to < unit.valid_from) {
            return Err(OrgRefusal::OutsideUnit { from: unit.valid_from });
        }
        let made = self.after.units.len() - self.before.units.len();
        let id = new_id(made);
        self.after.units.insert(id, unit);
        if let Err(refusal) = self.after.above(id) {
            self.after.units.remove(&id);
            return Err(refusal);
        }
        self.ids.insert(r.code.clone(), id);
        self.seen.insert(id);
        Ok(Done { id, changed: true })
    }

    fn change(
        &mut self,
        id: OrgId,
        r: &OrgInput,
        above: Option<Option<OrgId>>,
        head: Option<Option<PersonId>>,
        deputies: Option<Vec<PersonId>>,
    ) -> Result<Done, OrgRefusal> {
        let was = self.after.units.get(&id).cloned().ok_or(OrgRefusal::NotFound)?;
        let valid_to = r.last_day.unwrap_or(was.valid_to);
        if r.valid_from < was.valid_from || valid_to.is_some_and(|to| r.valid_from > to) {
            return Err(OrgRefusal::OutsideUnit { from: was.valid_from });
        }
        let mut fields = Fields::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        let text = |t: &Option<String>| t.as_deref().map(|t| json!(t.trim()));
        put("name", text(&r.name));
        put("short_name", text(&r.short_name));
        put("kind", r.kind.map(|k| json!(k.as_str())));
        put("parent", above.map(|p| json!(p)));
        put("sort_order", r.sort_order.map(|n| json!(n)));
        put("head", head.map(|h| json!(h)));
        put("deputies", deputies.map(|d| json!(d)));
        put("region", text(&r.region));
        put("cost_centre", text(&r.cost_centre));
        let mut unit = was.clone();
        unit.set(r.valid_from, &fields);
        unit.valid_to = valid_to;
        unit.on(r.valid_from).map(|v| check_fields(&v.fields)).transpose()?;
        if unit == was {
            return Ok(Done { id, changed: false });
        }
        self.after.units.insert(id, unit);
        let stands = self.stands(id, valid_to.filter(|_| valid_to != was.valid_to));
        if let Err(refusal) = stands {
            self.after.units.insert(id, was);
            return Err(refusal);
        }
        Ok(Done { id, changed: true })
    }

    /// Everything below a unit must stand somewhere on each of its dates, and what closes must not be in use.
    fn stands(&self, id: OrgId, closes: Option<LocalDate>) -> Result<(), OrgRefusal> {
        if let Some(day) = closes {
            let staff = self.staff.get(&id).copied().unwrap_or_default();
            may_close(&self.after, id, day, staff)?;
        }
        for below in self.after.below([id]) {
            self.after.above(below)?;
        }
        Ok(())
    }
}
