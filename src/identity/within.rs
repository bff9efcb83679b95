//! Scopes as SQL. The timelines it reads belong to `people`, which passes these functions on.

use sea_orm::Value;
use vocabulary::OrgId;

use crate::base::{Area, Department, Dialect, Scope};

/// The SQL condition that a person lies within a scope on a date. `on` is an expression of that
/// date and `person` one of the person's id; what is bound is appended to `values`.
pub fn within(scope: &Scope, on: &str, person: &str, values: &mut Vec<Value>) -> String {
    condition(scope, person, values, |area, values| in_area(area, on, person, values))
}

/// As [`within`], on any date from `from` to `to`. Department, position and dimensions count on the same date.
pub fn within_span(
    dialect: Dialect,
    scope: &Scope,
    (from, to): (&str, &str),
    person: &str,
    values: &mut Vec<Value>,
) -> String {
    condition(scope, person, values, |area, values| {
        if area.is_plain() {
            return in_departments_between(area, from, to, person, values);
        }
        let inside = in_area(area, "k.on_date", person, values);
        let dates = turning_points(dialect, area, from, to, person);
        format!("EXISTS (SELECT 1 FROM ({dates}) k WHERE {inside})")
    })
}

/// The SQL condition that a department lies within a scope on a date, with all its people: it is listed or below a
/// listed one, and its values fit. Who may see single positions only has no department as a whole. `on` is an
/// expression of that date and `org` one of the department's id; what is bound is appended to `values`.
pub fn org_within(scope: &Scope, on: &str, org: &str, values: &mut Vec<Value>) -> String {
    if scope.is_everybody() {
        return "TRUE".to_owned();
    }
    let mut areas = Vec::new();
    for area in scope.areas().iter().filter(|a| a.positions.is_empty()) {
        let mut parts = Vec::new();
        if !area.departments.is_empty() {
            parts.push(listed(area, on, org, values));
        }
        for (dimension, choice) in &area.dimensions {
            let value = dimension_of_org(&dimension.to_string(), on, org);
            let tree = value_tree(choice.iter().map(|v| Value::from(*v)), values);
            parts.push(format!("{value} IN ({tree})"));
        }
        areas.push(format!("({})", parts.join(" AND ")));
    }
    let own =
        if areas.is_empty() { "FALSE".to_owned() } else { format!("({})", areas.join(" OR ")) };
    match scope.also_in() {
        Some(other) => format!("({own} AND {})", org_within(other, on, org, values)),
        None => own,
    }
}

/// The effective value of a dimension for a person on a date, as an expression: his own, else that of his department
/// or of the nearest one above it. All three are expressions.
pub fn dimension_of(dimension: &str, on: &str, person: &str) -> String {
    let org = org_sql(person, on);
    let inherited = dimension_of_org(dimension, on, &org);
    format!(
        "COALESCE((SELECT pd.value_id FROM person_dimension pd WHERE pd.person_id = {person} \
           AND pd.dimension_id = {dimension} AND pd.valid_from <= {on} \
           ORDER BY pd.valid_from DESC LIMIT 1), {inherited})"
    )
}

/// The effective value of a dimension for a department on a date, as an expression: its own, else that of the nearest
/// department above it. All three are expressions.
pub fn dimension_of_org(dimension: &str, on: &str, org: &str) -> String {
    // The nearest one is the one that has the most departments above itself. (SQLite finds no column of an outer query in
    // a subquery of ORDER BY.)
    format!(
        "(SELECT od.value_id FROM org_closure vc JOIN org_dimension od ON od.org_id = vc.ancestor_id \
           AND od.dimension_id = {dimension} \
           JOIN org_closure up ON up.descendant_id = vc.ancestor_id AND up.valid_from <= {on} \
             AND (up.valid_to IS NULL OR up.valid_to >= {on}) \
         WHERE vc.descendant_id = {org} AND vc.valid_from <= {on} \
           AND (vc.valid_to IS NULL OR vc.valid_to >= {on}) AND od.value_id IS NOT NULL \
           AND od.valid_from = (SELECT max(ld.valid_from) FROM org_dimension ld \
             WHERE ld.org_id = vc.ancestor_id AND ld.dimension_id = {dimension} \
               AND ld.valid_from <= {on}) \
         GROUP BY vc.ancestor_id, od.value_id ORDER BY COUNT(*) DESC LIMIT 1)"
    )
}

/// The department of a person on a date, as an expression.
fn org_sql(person: &str, on: &str) -> String {
    format!(
        "(SELECT lo.org_id FROM person_org lo WHERE lo.person_id = {person} \
           AND lo.valid_from <= {on} ORDER BY lo.valid_from DESC LIMIT 1)"
    )
}

/// The person lies in the area on one date.
fn in_area(area: &Area, on: &str, person: &str, values: &mut Vec<Value>) -> String {
    let mut parts = Vec::new();
    if !area.departments.is_empty() {
        let listed = listed(area, on, "po.org_id", values);
        parts.push(format!(
            "EXISTS (SELECT 1 FROM person_org po WHERE po.person_id = {person} \
               AND po.valid_from = (SELECT max(lp.valid_from) FROM person_org lp \
                 WHERE lp.person_id = {person} AND lp.valid_from <= {on}) AND {listed})"
        ));
    }
    if !area.positions.is_empty() {
        let list = bind(area.positions.iter().map(|p| Value::from(*p)), values);
        parts.push(format!(
            "(SELECT pp.position_id FROM person_position pp WHERE pp.person_id = {person} \
               AND pp.valid_from <= {on} ORDER BY pp.valid_from DESC LIMIT 1) IN ({list})"
        ));
    }
    for (dimension, choice) in &area.dimensions {
        let value = dimension_of(&dimension.to_string(), on, person);
        let tree = value_tree(choice.iter().map(|v| Value::from(*v)), values);
        parts.push(format!("{value} IN ({tree})"));
    }
    format!("({})", parts.join(" AND "))
}

/// The department `org` is listed in the area on a date, or stands below one that is listed with what is below it.
fn listed(area: &Area, on: &str, org: &str, values: &mut Vec<Value>) -> String {
    let (alone, trees) = split(area);
    let mut parts = Vec::new();
    if !alone.is_empty() {
        let list = bind(alone.into_iter().map(Value::from), values);
        parts.push(format!("{org} IN ({list})"));
    }
    if !trees.is_empty() {
        let list = bind(trees.into_iter().map(Value::from), values);
        parts.push(format!(
            "EXISTS (SELECT 1 FROM org_closure oc WHERE oc.descendant_id = {org} \
               AND oc.ancestor_id IN ({list}) AND oc.valid_from <= {on} \
               AND (oc.valid_to IS NULL OR oc.valid_to >= {on}))"
        ));
    }
    format!("({})", parts.join(" OR "))
}

/// An entry of the timeline and a place in the tree that hold on one of the dates, both together.
fn in_departments_between(
    area: &Area,
    from: &str,
    to: &str,
    person: &str,
    values: &mut Vec<Value>,
) -> String {
    let (alone, trees) = split(area);
    let mut parts = Vec::new();
    if !alone.is_empty() {
        let list = bind(alone.into_iter().map(Value::from), values);
        parts.push(format!("po.org_id IN ({list})"));
    }
    if !trees.is_empty() {
        let list = bind(trees.into_iter().map(Value::from), values);
        parts.push(format!(
            "EXISTS (SELECT 1 FROM org_closure oc WHERE oc.descendant_id = po.org_id \
               AND oc.ancestor_id IN ({list}) \
               AND oc.valid_from <= {to} AND (oc.valid_to IS NULL OR oc.valid_to >= {from}) \
               AND (po.next_from IS NULL OR oc.valid_from < po.next_from) \
               AND (oc.valid_to IS NULL OR oc.valid_to >= po.valid_from))"
        ));
    }
    let listed = parts.join(" OR ");
    format!(
        "EXISTS (SELECT 1 FROM (SELECT lp.org_id, lp.valid_from, \
             LEAD(lp.valid_from) OVER (ORDER BY lp.valid_from) AS next_from \
           FROM person_org lp WHERE lp.person_id = {person}) po \
         WHERE po.valid_from <= {to} AND (po.next_from IS NULL OR po.next_from > {from}) \
           AND ({listed}))"
    )
}

/// The dates of a span on which somebody can come into an area: the first one, and those on which one of his
/// timelines or the tree above him changes.
fn turning_points(dialect: Dialect, area: &Area, from: &str, to: &str, person: &str) -> String {
    let inside = |date: &str| format!("{date} > {from} AND {date} <= {to}");
    let mut dates = vec![
        format!("SELECT {from} AS on_date"),
        format!(
            "SELECT c.valid_from FROM person_org c WHERE c.person_id = {person} AND {}",
            inside("c.valid_from")
        ),
    ];
    let mut own = |table: &str| {
        dates.push(format!(
            "SELECT c.valid_from FROM {table} c WHERE c.person_id = {person} AND {}",
            inside("c.valid_from")
        ));
    };
    if !area.positions.is_empty() {
        own("person_position");
    }
    if !area.dimensions.is_empty() {
        own("person_dimension");
    }
    let stood = format!(
        "c.descendant_id IN (SELECT s.org_id FROM person_org s WHERE s.person_id = {person})"
    );
    dates.push(format!(
        "SELECT c.valid_from FROM org_closure c WHERE {stood} AND {}",
        inside("c.valid_from")
    ));
    if !area.dimensions.is_empty() {
        // Where a nearer department goes, the value of a farther one begins to count.
        let day_after = match dialect {
            Dialect::Postgres => "(c.valid_to + 1)",
            Dialect::Sqlite => "date(c.valid_to, '+1 day')",
        };
        dates.push(format!(
            "SELECT {day_after} FROM org_closure c WHERE {stood} AND c.valid_to IS NOT NULL AND {}",
            inside(day_after)
        ));
        dates.push(format!(
            "SELECT v.valid_from FROM org_closure c JOIN org_dimension v ON v.org_id = c.ancestor_id \
             WHERE {stood} AND {}",
            inside("v.valid_from")
        ));
    }
    dates.join(" UNION ")
}

/// Departments that count alone, and those that count with everything below them.
fn split(area: &Area) -> (Vec<OrgId>, Vec<OrgId>) {
    let (below, alone): (Vec<_>, Vec<_>) = area.departments.iter().copied().partition(|d| d.below);
    let ids = |list: Vec<Department>| list.into_iter().map(|d| d.id).collect();
    (ids(alone), ids(below))
}

/// These values of a dimension and all below them, as a query.
fn value_tree(ids: impl Iterator<Item = Value>, values: &mut Vec<Value>) -> String {
    let list = bind(ids, values);
    format!(
        "WITH RECURSIVE vt(id) AS (SELECT dv.id FROM dimension_value dv WHERE dv.id IN ({list}) \
         UNION SELECT dv.id FROM dimension_value dv JOIN vt ON dv.parent_id = vt.id) \
         SELECT vt.id FROM vt"
    )
}

/// Everybody, or named people, or people of areas; and of the other scope where there is one.
fn condition(
    scope: &Scope,
    person: &str,
    values: &mut Vec<Value>,
    in_area: impl Fn(&Area, &mut Vec<Value>) -> String + Copy,
) -> String {
    if scope.is_everybody() {
        return "TRUE".to_owned();
    }
    let mut parts = Vec::new();
    if !scope.named().is_empty() {
        let list = bind(scope.named().iter().map(|p| Value::from(*p)), values);
        parts.push(format!("{person} IN ({list})"));
    }
    for area in scope.areas() {
        parts.push(in_area(area, values));
    }
    let own =
        if parts.is_empty() { "FALSE".to_owned() } else { format!("({})", parts.join(" OR ")) };
    match scope.also_in() {
        Some(other) => {
            let other = condition(other, person, values, in_area);
            format!("({own} AND {other})")
        }
        None => own,
    }
}

fn bind(ids: impl Iterator<Item = Value>, values: &mut Vec<Value>) -> String {
    let places: Vec<String> = ids
        .map(|id| {
            values.push(id);
            format!("${}", values.len())
        })
        .collect();
    places.join(", ")
}
