use sea_orm::Value;

use crate::base::Scope;

/// The SQL condition that a person lies within a scope on a date. `on` is an expression of that
/// date and `person` one of the person's id; what is bound is appended to `values`.
pub fn within(scope: &Scope, on: &str, person: &str, values: &mut Vec<Value>) -> String {
    condition(scope, person, values, |list| {
        format!(
            "EXISTS (SELECT 1 FROM person_org po \
               JOIN org_closure oc ON oc.descendant_id = po.org_id \
             WHERE po.person_id = {person} AND po.valid_from = ( \
                 SELECT max(lp.valid_from) FROM person_org lp \
                 WHERE lp.person_id = {person} AND lp.valid_from <= {on}) \
               AND oc.ancestor_id IN ({list}) AND oc.valid_from <= {on} \
               AND (oc.valid_to IS NULL OR oc.valid_to >= {on}))"
        )
    })
}

/// As [`within`], on any date from `from` to `to`.
pub fn within_span(
    scope: &Scope,
    from: &str,
    to: &str,
    person: &str,
    values: &mut Vec<Value>,
) -> String {
    // An entry of the timeline and a place in the tree that hold on one of the dates, both together.
    condition(scope, person, values, |list| {
        format!(
            "EXISTS (SELECT 1 FROM (SELECT lp.org_id, lp.valid_from, \
                 LEAD(lp.valid_from) OVER (ORDER BY lp.valid_from) AS next_from \
               FROM person_org lp WHERE lp.person_id = {person}) po \
               JOIN org_closure oc ON oc.descendant_id = po.org_id \
             WHERE oc.ancestor_id IN ({list}) \
               AND po.valid_from <= {to} AND (po.next_from IS NULL OR po.next_from > {from}) \
               AND oc.valid_from <= {to} AND (oc.valid_to IS NULL OR oc.valid_to >= {from}) \
               AND (po.next_from IS NULL OR oc.valid_from < po.next_from) \
               AND (oc.valid_to IS NULL OR oc.valid_to >= po.valid_from))"
        )
    })
}

/// The SQL condition that a department lies within a scope on a date. `on` is an expression of that
/// date and `org` one of the department's id; what is bound is appended to `values`.
pub fn org_within(scope: &Scope, on: &str, org: &str, values: &mut Vec<Value>) -> String {
    if scope.all {
        return "TRUE".to_owned();
    }
    if scope.orgs.is_empty() {
        return "FALSE".to_owned();
    }
    let list = bind(scope.orgs.iter().map(|o| Value::from(*o)), values);
    format!(
        "EXISTS (SELECT 1 FROM org_closure oc WHERE oc.descendant_id = {org} \
           AND oc.ancestor_id IN ({list}) AND oc.valid_from <= {on} \
           AND (oc.valid_to IS NULL OR oc.valid_to >= {on}))"
    )
}

/// Named people, or people of departments; `in_orgs` is the condition for a list of departments.
fn condition(
    scope: &Scope,
    person: &str,
    values: &mut Vec<Value>,
    in_orgs: impl FnOnce(&str) -> String,
) -> String {
    if scope.all {
        return "TRUE".to_owned();
    }
    let mut parts = Vec::new();
    if !scope.persons.is_empty() {
        let list = bind(scope.persons.iter().map(|p| Value::from(*p)), values);
        parts.push(format!("{person} IN ({list})"));
    }
    if !scope.orgs.is_empty() {
        let list = bind(scope.orgs.iter().map(|o| Value::from(*o)), values);
        parts.push(in_orgs(&list));
    }
    if parts.is_empty() { "FALSE".to_owned() } else { format!("({})", parts.join(" OR ")) }
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
