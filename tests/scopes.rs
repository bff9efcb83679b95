//! The SQL of scopes against the formula of domain 1, evaluated by hand over random organisations.

use std::collections::{BTreeMap, BTreeSet};

use kaoqin::base::{Area, Department, Dialect, Query, Scope};
use kaoqin::people;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, OrgId, PersonId, PositionId};

use crate::both;
use crate::support::World;

const UNITS: usize = 9;
const PEOPLE: usize = 24;
const POSITIONS: usize = 3;
const DIMENSIONS: usize = 2;
const VALUES: usize = 8;
/// Dates of a random organisation, from the first of March on.
const DAYS: i32 = 40;

/// SplitMix64: the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn date(day: i32) -> LocalDate {
    "2026-03-01".parse::<LocalDate>().unwrap().plus(day)
}

/// Entries `(day, value)`, the first on day 0 unless `late`.
type Line<T> = Vec<(i32, T)>;

fn at<T: Copy>(line: &[(i32, T)], day: i32) -> Option<T> {
    line.iter().rev().find(|(d, _)| *d <= day).map(|(_, v)| *v)
}

fn line<T>(dice: &mut Dice, late: bool, mut value: impl FnMut(&mut Dice) -> T) -> Line<T> {
    let mut days = BTreeSet::new();
    if !late || dice.chance(50) {
        days.insert(0);
    }
    for _ in 0..dice.below(4) {
        days.insert(dice.below(DAYS as usize) as i32);
    }
    days.into_iter().map(|d| (d, value(dice))).collect()
}

/// A random organisation; everything counts from 0, ids from 1.
struct Group {
    /// Parents by day; a unit stands only below one with a smaller number, so there are no circles.
    parents: Vec<Line<Option<usize>>>,
    unit_of: Vec<Line<usize>>,
    position_of: Vec<Line<Option<usize>>>,
    /// By dimension and person or unit.
    own_value: BTreeMap<(usize, usize), Line<Option<usize>>>,
    unit_value: BTreeMap<(usize, usize), Line<Option<usize>>>,
    /// Of each value the dimension and the parent.
    values: Vec<(usize, Option<usize>)>,
}

impl Group {
    fn new(dice: &mut Dice) -> Self {
        let parents = (0..UNITS)
            .map(|u| line(dice, false, |d| (u > 0 && d.chance(90)).then(|| d.below(u.max(1)))))
            .collect();
        let unit_of = (0..PEOPLE).map(|_| line(dice, true, |d| d.below(UNITS))).collect();
        let position_of = (0..PEOPLE)
            .map(|_| line(dice, true, |d| d.chance(85).then(|| d.below(POSITIONS))))
            .collect();
        let values: Vec<_> = (0..VALUES)
            .map(|v| {
                let same: Vec<usize> =
                    (0..v).filter(|p| p % DIMENSIONS == v % DIMENSIONS).collect();
                let parent =
                    (!same.is_empty() && dice.chance(70)).then(|| same[dice.below(same.len())]);
                (v % DIMENSIONS, parent)
            })
            .collect();
        let of = |dimension: usize, d: &mut Dice| {
            d.chance(80).then(|| d.below(VALUES / DIMENSIONS) * DIMENSIONS + dimension)
        };
        let (mut own_value, mut unit_value) = (BTreeMap::new(), BTreeMap::new());
        for dimension in 0..DIMENSIONS {
            for person in (0..PEOPLE).filter(|p| p % 4 == 0) {
                own_value.insert((dimension, person), line(dice, true, |d| of(dimension, d)));
            }
            for unit in 0..UNITS {
                if dice.chance(60) {
                    unit_value.insert((dimension, unit), line(dice, true, |d| of(dimension, d)));
                }
            }
        }
        Self { parents, unit_of, position_of, own_value, unit_value, values }
    }

    /// The unit and all above it, the nearest first.
    fn chain(&self, unit: usize, day: i32) -> Vec<usize> {
        let mut chain = vec![unit];
        while let Some(parent) = at(&self.parents[*chain.last().unwrap()], day).flatten() {
            chain.push(parent);
        }
        chain
    }

    fn unit_effective(&self, dimension: usize, unit: usize, day: i32) -> Option<usize> {
        let value = |u: &usize| at(self.unit_value.get(&(dimension, *u))?, day).flatten();
        self.chain(unit, day).iter().find_map(value)
    }

    fn effective(&self, dimension: usize, person: usize, day: i32) -> Option<usize> {
        let own = self.own_value.get(&(dimension, person)).and_then(|l| at(l, day).flatten());
        own.or_else(|| self.unit_effective(dimension, at(&self.unit_of[person], day)?, day))
    }

    fn under(&self, value: usize, listed: &[DimensionValueId]) -> bool {
        let mut here = Some(value);
        while let Some(v) = here {
            if listed.contains(&DimensionValueId(v as i64 + 1)) {
                return true;
            }
            here = self.values[v].1;
        }
        false
    }

    fn unit_listed(&self, area: &Area, unit: usize, day: i32) -> bool {
        area.departments.is_empty()
            || self.chain(unit, day).iter().enumerate().any(|(steps, u)| {
                area.departments.iter().any(|d| d.id.0 == *u as i64 + 1 && (steps == 0 || d.below))
            })
    }

    /// The formula: (department and position and dimensions), or named, or all; nothing listed is nobody.
    fn contains(&self, scope: &Scope, person: usize, day: i32) -> bool {
        let id = PersonId(person as i64 + 1);
        let fits = |area: &Area| {
            let unit = at(&self.unit_of[person], day);
            let department =
                area.departments.is_empty() || unit.is_some_and(|u| self.unit_listed(area, u, day));
            let position = area.positions.is_empty()
                || at(&self.position_of[person], day)
                    .flatten()
                    .is_some_and(|p| area.positions.contains(&PositionId(p as i64 + 1)));
            let dimensions = area.dimensions.iter().all(|(d, listed)| {
                self.effective(d.0 as usize - 1, person, day).is_some_and(|v| self.under(v, listed))
            });
            !area.is_empty() && department && position && dimensions
        };
        scope.is_everybody() || scope.named().contains(&id) || scope.areas().iter().any(fits)
    }

    fn contains_unit(&self, scope: &Scope, unit: usize, day: i32) -> bool {
        let fits = |area: &Area| {
            area.positions.is_empty()
                && self.unit_listed(area, unit, day)
                && area.dimensions.iter().all(|(d, listed)| {
                    self.unit_effective(d.0 as usize - 1, unit, day)
                        .is_some_and(|v| self.under(v, listed))
                })
        };
        scope.is_everybody() || scope.areas().iter().any(fits)
    }

    async fn write(&self, world: &World) {
        let tx = world.app.db.begin().await.unwrap();
        let mut sql: Vec<String> = Vec::new();
        for u in 0..UNITS {
            sql.push(format!(
                "INSERT INTO org_unit (id, code, name, kind, valid_from) \
                 VALUES ({0}, 'U{0}', 'U{0}', 'department', '2026-03-01')",
                u + 1
            ));
        }
        for u in 0..UNITS {
            // Pairs by day, then stretches of days.
            let mut open: BTreeMap<usize, i32> = BTreeMap::new();
            for day in 0..=DAYS {
                let chain = if day == DAYS { Vec::new() } else { self.chain(u, day) };
                let gone: Vec<usize> =
                    open.keys().filter(|a| !chain.contains(a)).copied().collect();
                for a in gone {
                    let from = open.remove(&a).unwrap();
                    let to = if day == DAYS {
                        "NULL".to_owned()
                    } else {
                        format!("'{}'", date(day - 1))
                    };
                    sql.push(format!(
                        "INSERT INTO org_closure (ancestor_id, descendant_id, valid_from, valid_to) \
                         VALUES ({}, {}, '{}', {to})",
                        a + 1, u + 1, date(from)
                    ));
                }
                for a in chain {
                    open.entry(a).or_insert(day);
                }
            }
        }
        for p in 0..POSITIONS {
            sql.push(format!(
                "INSERT INTO position (id, code, name, grade) VALUES ({0}, 'P{0}', 'P{0}', {0})",
                p + 1
            ));
        }
        for d in 0..DIMENSIONS {
            sql.push(format!(
                "INSERT INTO dimension (id, code, name) VALUES ({0}, 'D{0}', 'D')",
                d + 1
            ));
        }
        let null = |v: Option<usize>| v.map_or("NULL".to_owned(), |v| (v + 1).to_string());
        for (v, (dimension, parent)) in self.values.iter().enumerate() {
            sql.push(format!(
                "INSERT INTO dimension_value (id, dimension_id, parent_id, code, name) \
                 VALUES ({0}, {1}, {2}, 'V{0}', 'V')",
                v + 1,
                dimension + 1,
                null(*parent)
            ));
        }
        for p in 0..PEOPLE {
            sql.push(format!(
                "INSERT INTO person (id, number, name, zone, hired_on, created_at) \
                 VALUES ({0}, 'E{0}', 'E', 'Asia/Shanghai', '2026-03-01', 0)",
                p + 1
            ));
            for (d, u) in &self.unit_of[p] {
                sql.push(format!(
                    "INSERT INTO person_org (person_id, valid_from, org_id) VALUES ({}, '{}', {})",
                    p + 1,
                    date(*d),
                    u + 1
                ));
            }
            for (d, v) in &self.position_of[p] {
                sql.push(format!(
                    "INSERT INTO person_position (person_id, valid_from, position_id) \
                     VALUES ({}, '{}', {})",
                    p + 1,
                    date(*d),
                    null(*v)
                ));
            }
        }
        for (table, column, lines) in [
            ("person_dimension", "person_id", &self.own_value),
            ("org_dimension", "org_id", &self.unit_value),
        ] {
            for ((dimension, owner), line) in lines {
                for (d, v) in line {
                    sql.push(format!(
                        "INSERT INTO {table} ({column}, dimension_id, valid_from, value_id) \
                         VALUES ({}, {}, '{}', {})",
                        owner + 1,
                        dimension + 1,
                        date(*d),
                        null(*v)
                    ));
                }
            }
        }
        for s in sql {
            tx.run(&s, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

fn scope(dice: &mut Dice, group: &Group) -> Scope {
    let mut areas = Vec::new();
    for _ in 0..dice.below(3) {
        let mut area = Area::default();
        if dice.chance(60) {
            for _ in 0..=dice.below(2) {
                let id = OrgId(dice.below(UNITS) as i64 + 1);
                area.departments.push(Department { id, below: dice.chance(60) });
            }
        }
        if dice.chance(40) {
            area.positions.push(PositionId(dice.below(POSITIONS) as i64 + 1));
        }
        for _ in 0..dice.below(3) {
            let v = dice.below(VALUES);
            let dimension = DimensionId(group.values[v].0 as i64 + 1);
            area.dimensions.entry(dimension).or_default().push(DimensionValueId(v as i64 + 1));
        }
        areas.push(area);
    }
    let named = (0..dice.below(3)).map(|_| PersonId(dice.below(PEOPLE) as i64 + 1)).collect();
    Scope::of(areas, named)
}

#[derive(sea_orm::FromQueryResult)]
struct Id {
    id: i64,
}

async fn ids(world: &World, sql: &str, values: Vec<sea_orm::Value>) -> BTreeSet<usize> {
    let rows: Vec<Id> = world.app.db.read().rows(sql, values).await.unwrap();
    rows.into_iter().map(|r| r.id as usize - 1).collect()
}

async fn forget(world: &World) {
    let tx = world.app.db.begin().await.unwrap();
    for table in [
        "person_dimension",
        "org_dimension",
        "person_position",
        "person_org",
        "dimension_value",
        "dimension",
        "position",
        "org_closure",
        "person",
        "org_unit",
    ] {
        let all = if table == "dimension_value" {
            "UPDATE dimension_value SET parent_id = NULL"
        } else {
            "SELECT 1"
        };
        tx.run(all, vec![]).await.unwrap();
        tx.run(&format!("DELETE FROM {table}"), vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

both!(the_sql_of_a_scope_is_the_formula_on_every_date, |world| async move {
    let dialect: Dialect = world.app.db.read().dialect();
    let (mut inside, mut outside) = (0, 0);
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let group = Group::new(&mut dice);
        group.write(&world).await;
        for n in 0..20 {
            let scope = scope(&mut dice, &group);
            let (day, more) = (dice.below(DAYS as usize) as i32, dice.below(12) as i32);
            let to = (day + more).min(DAYS - 1);
            let told =
                format!("seed {seed}, scope {n} from {} to {}: {scope:?}", date(day), date(to));

            let mut values = vec![date(day).into()];
            let sql = people::within(&scope, "$1", "p.id", &mut values);
            let found = ids(
                &world,
                &format!("SELECT p.id FROM person p WHERE $1 IS NOT NULL AND {sql}"),
                values,
            )
            .await;
            let want: BTreeSet<usize> =
                (0..PEOPLE).filter(|p| group.contains(&scope, *p, day)).collect();
            assert_eq!(found, want, "{told}");
            inside += want.len();
            outside += PEOPLE - want.len();

            let mut values = vec![date(day).into(), date(to).into()];
            let sql = people::within_span(dialect, &scope, ("$1", "$2"), "p.id", &mut values);
            let found =
                ids(&world, &format!("SELECT p.id FROM person p WHERE $1 <= $2 AND {sql}"), values)
                    .await;
            let ever = |p: &usize| (day..=to).any(|d| group.contains(&scope, *p, d));
            let want: BTreeSet<usize> = (0..PEOPLE).filter(ever).collect();
            assert_eq!(found, want, "on any date, {told}");

            let mut values = vec![date(day).into()];
            let sql = people::org_within(&scope, "$1", "o.id", &mut values);
            let found = ids(
                &world,
                &format!("SELECT o.id FROM org_unit o WHERE $1 IS NOT NULL AND {sql}"),
                values,
            )
            .await;
            let want: BTreeSet<usize> =
                (0..UNITS).filter(|u| group.contains_unit(&scope, *u, day)).collect();
            assert_eq!(found, want, "units, {told}");

            // The date may be a column of the row.
            let places: Vec<_> = (0..PEOPLE)
                .map(|p| (PersonId(p as i64 + 1), date(dice.below(DAYS as usize) as i32)))
                .collect();
            let found = people::visible_at(world.app.db.read(), &scope, &places).await.unwrap();
            for ((p, d), seen) in places.iter().zip(found) {
                let day = d.days() - date(0).days();
                assert_eq!(
                    seen,
                    group.contains(&scope, p.0 as usize - 1, day),
                    "{p} on {d}, {told}"
                );
            }
        }
        forget(&world).await;
    }
    assert!(inside > 300 && outside > 300, "{inside} and {outside}: the dice are loaded");
});

/// 20 companies of 100 departments, 50,000 people with a department and a position; a company has a region, one person
/// in a hundred his own.
async fn large(world: &World) {
    let tx = world.app.db.begin().await.unwrap();
    let numbers = |n: i64| {
        format!("WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {n})")
    };
    let (units, people) = (numbers(2020), numbers(50_000));
    for sql in [
        format!(
            "INSERT INTO org_unit (id, code, name, kind, parent_id, valid_from) {units} \
             SELECT n, 'U' || n, 'U' || n, 'department', CASE WHEN n > 20 THEN (n - 21) / 100 + 1 END, \
               '2020-01-01' FROM k"
        ),
        "INSERT INTO org_closure (ancestor_id, descendant_id, valid_from) \
         SELECT id, id, valid_from FROM org_unit".to_owned(),
        "INSERT INTO org_closure (ancestor_id, descendant_id, valid_from) \
         SELECT parent_id, id, valid_from FROM org_unit WHERE parent_id IS NOT NULL".to_owned(),
        format!(
            "INSERT INTO person (id, number, name, zone, hired_on, created_at) {people} \
             SELECT n, 'E' || n, 'E' || n, 'Asia/Shanghai', '2020-01-01', 0 FROM k"
        ),
        "INSERT INTO person_org (person_id, valid_from, org_id) \
         SELECT id, hired_on, 21 + id % 2000 FROM person".to_owned(),
        "INSERT INTO position (id, code, name, grade) VALUES (1, 'P1', 'P1', 1), (2, 'P2', 'P2', 2)".to_owned(),
        "INSERT INTO person_position (person_id, valid_from, position_id) \
         SELECT id, hired_on, CASE WHEN id % 50 = 0 THEN 2 ELSE 1 END FROM person".to_owned(),
        "INSERT INTO dimension (id, code, name) VALUES (1, 'D', 'D')".to_owned(),
        "INSERT INTO dimension_value (id, dimension_id, parent_id, code, name) VALUES \
         (1, 1, NULL, 'a', 'a'), (2, 1, 1, 'b', 'b'), (3, 1, NULL, 'c', 'c')".to_owned(),
        "INSERT INTO org_dimension (org_id, dimension_id, valid_from, value_id) \
         SELECT id, 1, valid_from, CASE WHEN id = 20 THEN 2 ELSE 3 END FROM org_unit WHERE id <= 20".to_owned(),
        "INSERT INTO person_dimension (person_id, dimension_id, valid_from, value_id) \
         SELECT id, 1, hired_on, 3 FROM person WHERE id % 100 = 0".to_owned(),
    ] {
        tx.run(&sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    if world.app.db.read().dialect() == Dialect::Postgres {
        let tx = world.app.db.begin().await.unwrap();
        tx.run("ANALYZE", vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[derive(sea_orm::FromQueryResult)]
struct PlanLine {
    detail: String,
}

both!(fifty_thousand_people_are_never_read_for_one_page_of_a_scope, |world| async move {
    large(&world).await;
    let dimensions = || BTreeMap::from([(DimensionId(1), vec![DimensionValueId(1)])]);
    let company = Area::departments([OrgId(20)]);
    let positions = vec![PositionId(2)];
    let scopes = [
        ("a company", company.clone(), 2_500),
        ("positions", Area { positions: positions.clone(), ..Area::default() }, 1_000),
        ("a region", Area { dimensions: dimensions(), ..Area::default() }, 2_500 - 25),
        ("all three", Area { positions, dimensions: dimensions(), ..company }, 25),
    ];
    let dialect = world.app.db.read().dialect();
    for (what, area, count) in scopes {
        let scope = Scope::of(vec![area], Vec::new());
        let mut values = vec![date(0).into()];
        let inside = people::within(&scope, "$1", "p.id", &mut values);
        let base = format!("SELECT p.id FROM person p WHERE $1 IS NOT NULL AND {inside}");
        let started = std::time::Instant::now();
        let all = ids(&world, &base, values.clone()).await;
        let whole = started.elapsed();
        let started = std::time::Instant::now();
        let page = format!("{base} ORDER BY p.id LIMIT 50");
        let found = ids(&world, &page, values.clone()).await;
        let one = started.elapsed();
        // In region, who has a value of his own is in another one.
        let near = |n: usize| n.abs_diff(count) <= count / 20;
        assert!(near(all.len()) || all.len() == count, "{what}: {}", all.len());
        assert_eq!(found.len(), 50.min(all.len()));
        println!("{what}: {} people in {whole:?}, a page in {one:?}", all.len());
        assert!(whole.as_secs() < 5 && one.as_secs() < 5, "{what}: {whole:?}, a page {one:?}");
        if dialect == Dialect::Sqlite {
            let plan: Vec<PlanLine> = world
                .app
                .db
                .read()
                .rows(&format!("EXPLAIN QUERY PLAN {page}"), values)
                .await
                .unwrap();
            for table in ["po", "lp", "pp", "oc", "pd", "lo", "vc", "od", "ld", "up"] {
                let scan = format!("SCAN {table}");
                assert!(!plan.iter().any(|l| l.detail == scan), "{what}: {scan}");
            }
        }
    }
});
