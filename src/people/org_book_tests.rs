use super::*;

fn day(n: i32) -> LocalDate {
    LocalDate::from_days(n)
}

fn version(from: i32, parent: Option<i64>) -> OrgVersion {
    let fields = OrgFields { parent: parent.map(OrgId), ..OrgFields::default() };
    OrgVersion { valid_from: day(from), fields }
}

fn unit(code: &str, versions: Vec<OrgVersion>, to: Option<i32>) -> Unit {
    let valid_from = versions[0].valid_from;
    Unit { code: code.to_owned(), valid_from, valid_to: to.map(day), version: 1, versions }
}

fn book(units: Vec<(i64, Unit)>) -> OrgBook {
    OrgBook { units: units.into_iter().map(|(id, u)| (OrgId(id), u)).collect() }
}

fn rows(book: &OrgBook, id: i64) -> Vec<(i64, i32, i32, i32)> {
    let end = |d: LocalDate| if d == LocalDate::MAX { -1 } else { d.days() };
    let all = book.above(OrgId(id)).unwrap();
    all.iter().map(|a| (a.ancestor.0, a.distance, a.from.days(), end(a.to))).collect()
}

/// 1 group; 2 and 3 companies in it; 4 in 2 and from day 10 in 3; 5 in 4.
fn group() -> OrgBook {
    book(vec![
        (1, unit("G", vec![version(0, None)], None)),
        (2, unit("A", vec![version(0, Some(1))], None)),
        (3, unit("B", vec![version(0, Some(1))], None)),
        (4, unit("A1", vec![version(0, Some(2)), version(10, Some(3))], None)),
        (5, unit("A11", vec![version(5, Some(4))], None)),
    ])
}

#[test]
fn what_stands_above_follows_the_moves_of_everything_above() {
    let g = group();
    // The group stays two steps above all the time: one row.
    assert_eq!(rows(&g, 4), [(1, 2, 0, -1), (2, 1, 0, 9), (3, 1, 10, -1), (4, 0, 0, -1)]);
    assert_eq!(
        rows(&g, 5),
        [(1, 3, 5, -1), (2, 2, 5, 9), (3, 2, 10, -1), (4, 1, 5, -1), (5, 0, 5, -1)]
    );
    assert_eq!(g.below([OrgId(2)]).len(), 3, "4 and 5 were below 2");
    assert_eq!(g.open_child(OrgId(2), day(9)), None);
    assert_eq!(g.open_child(OrgId(2), day(8)).unwrap().code, "A1");
    assert_eq!(g.open_child(OrgId(3), day(9)).unwrap().code, "A1");
}

#[test]
fn nothing_stands_below_itself_on_any_date_and_what_changes_later_is_no_circle() {
    let mut g = group();
    // From day 20 on 3 would stand below 5, which stands below it.
    g.units.get_mut(&OrgId(3)).unwrap().versions.push(version(20, Some(5)));
    assert!(matches!(g.above(OrgId(3)), Err(OrgRefusal::BelowItself { from }) if from == day(20)));
    // 2 may stand below 5 once 4 has left it.
    let mut g = group();
    g.units.get_mut(&OrgId(2)).unwrap().versions.push(version(10, Some(5)));
    assert_eq!(rows(&g, 2)[0], (1, 1, 0, 9));
    let mut g = group();
    g.units.get_mut(&OrgId(2)).unwrap().versions.push(version(9, Some(5)));
    assert!(matches!(g.above(OrgId(2)), Err(OrgRefusal::BelowItself { from }) if from == day(9)));
}

#[test]
fn nothing_stands_below_what_does_not_exist_then() {
    let mut g = group();
    g.units.get_mut(&OrgId(3)).unwrap().valid_to = Some(day(30));
    assert!(matches!(g.above(OrgId(4)), Err(OrgRefusal::ParentNotInEffect { .. })));
    let mut g = group();
    g.units.get_mut(&OrgId(5)).unwrap().versions[0].valid_from = day(5);
    g.units.get_mut(&OrgId(4)).unwrap().valid_from = day(6);
    assert!(matches!(g.above(OrgId(5)), Err(OrgRefusal::ParentNotInEffect { .. })));
}

/// Any way of moves: the closure of each date is what going up on that date gives.
#[test]
fn the_closure_of_a_date_is_the_way_up_on_that_date() {
    let mut seed = 7_u64;
    let mut dice = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    for _ in 0..200 {
        let mut units = Vec::new();
        for id in 1..=8_i64 {
            let mut versions = Vec::new();
            let mut from = 0;
            for _ in 0..=dice(3) {
                let above = dice(id as u64) as i64;
                versions.push(version(from, (above > 0).then_some(above)));
                from += 1 + dice(9) as i32;
            }
            units.push((id, unit(&id.to_string(), versions, None)));
        }
        let b = book(units);
        for id in 1..=8 {
            let above = b.above(OrgId(id)).unwrap();
            for date in (0..25).map(day) {
                let mut way = Vec::new();
                let mut at = Some(OrgId(id));
                while let Some(here) = at {
                    way.push((here, way.len() as i32));
                    at = b.units[&here].on(date).unwrap().fields.parent;
                }
                let mut found: Vec<(OrgId, i32)> = above
                    .iter()
                    .filter(|a| a.from <= date && date <= a.to)
                    .map(|a| (a.ancestor, a.distance))
                    .collect();
                found.sort_by_key(|(_, distance)| *distance);
                assert_eq!(found, way);
            }
        }
    }
}

fn named(from: i32, name: &str, order: i32) -> OrgVersion {
    let fields = OrgFields { name: name.to_owned(), sort_order: order, ..OrgFields::default() };
    OrgVersion { valid_from: day(from), fields }
}

fn change(value: serde_json::Value) -> Fields {
    value.as_object().unwrap().clone()
}

#[test]
fn a_change_lasts_up_to_the_next_change_of_the_same_field() {
    let mut u = unit("A", vec![named(0, "a", 1), named(10, "a", 2), named(20, "c", 2)], None);
    u.set(day(5), &change(serde_json::json!({ "name": "b" })));
    let line = |u: &Unit| -> Vec<(i32, String, i32)> {
        let row =
            |v: &OrgVersion| (v.valid_from.days(), v.fields.name.clone(), v.fields.sort_order);
        u.versions.iter().map(row).collect()
    };
    let text = |rows: &[(i32, &str, i32)]| -> Vec<(i32, String, i32)> {
        rows.iter().map(|(d, n, o)| (*d, (*n).to_owned(), *o)).collect()
    };
    // The later change of the order does not bring the old name back.
    assert_eq!(line(&u), text(&[(0, "a", 1), (5, "b", 1), (10, "b", 2), (20, "c", 2)]));
    u.unset(day(5));
    assert_eq!(line(&u), text(&[(0, "a", 1), (10, "a", 2), (20, "c", 2)]));
    u.set(day(10), &change(serde_json::json!({ "sort_order": 1 })));
    assert_eq!(line(&u), text(&[(0, "a", 1), (20, "c", 1)]), "nothing changes on day 10 now");
}

#[test]
fn a_unit_below_one_that_is_not_written_yet_changes_like_any_other() {
    let mut u = unit("A", vec![named(0, "a", 1)], None);
    u.versions[0].fields.parent = Some(new_id(3));
    u.set(day(5), &change(serde_json::json!({ "parent": new_id(4), "name": "b" })));
    assert_eq!(u.versions.len(), 2);
    assert_eq!(u.versions[1].fields.parent, Some(new_id(4)));
    assert_eq!(u.versions[1].fields.name, "b");
}
