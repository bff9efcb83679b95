use vocabulary::{EventId, OrgId};

use super::*;
use crate::people::event::{EventState, Undone};

fn day(n: i32) -> LocalDate {
    LocalDate::from_days(n)
}

fn event(kind: EventKind, on: i32, seq: i32, content: EventContent) -> Event {
    let state = EventState::Effective;
    Event { id: EventId(1), kind, on: day(on), seq, state, content, undone: Undone::default() }
}

fn plain(kind: EventKind, on: i32) -> Event {
    event(kind, on, 1, EventContent::default())
}

fn until(kind: EventKind, on: i32, until: i32) -> Event {
    event(kind, on, 1, EventContent { until: Some(day(until)), ..EventContent::default() })
}

fn life(events: &[Event]) -> Life {
    Life::of((day(0), None), events)
}

#[test]
fn frozen_is_from_the_freeze_to_the_day_before_the_unfreeze() {
    let l = life(&[
        plain(EventKind::Hire, 0),
        plain(EventKind::Freeze, 10),
        plain(EventKind::Unfreeze, 20),
    ]);
    assert_eq!(l.freezes, [(day(10), Some(day(19)))]);
    assert_eq!(l.state(day(9)), PersonState::Active);
    assert_eq!(l.state(day(19)), PersonState::Frozen);
    assert_eq!(l.state(day(20)), PersonState::Active);
}

#[test]
fn an_unfreeze_on_the_day_of_the_freeze_leaves_nothing_frozen() {
    let l = life(&[
        plain(EventKind::Hire, 0),
        plain(EventKind::Freeze, 10),
        event(EventKind::Unfreeze, 10, 2, EventContent::default()),
    ]);
    assert_eq!(l.freezes, []);
}

#[test]
fn probation_ends_with_its_last_day_or_before_the_confirmation() {
    let l = life(&[until(EventKind::Hire, 0, 89)]);
    assert_eq!(l.state(day(-1)), PersonState::Pending);
    assert_eq!(l.state(day(89)), PersonState::Probation);
    assert_eq!(l.state(day(90)), PersonState::Active);
    let l = life(&[until(EventKind::Hire, 0, 89), plain(EventKind::Confirm, 60)]);
    assert_eq!(l.state(day(59)), PersonState::Probation);
    assert_eq!(l.state(day(60)), PersonState::Active);
}

#[test]
fn who_comes_back_was_away_from_the_day_after_his_last_one() {
    let back = EventContent { continuous: Some(false), ..EventContent::default() };
    let l = life(&[
        plain(EventKind::Hire, 0),
        plain(EventKind::Freeze, 15),
        plain(EventKind::Leave, 20),
        event(EventKind::Reinstate, 31, 1, back),
    ]);
    assert_eq!(l.left, None);
    assert_eq!(l.gaps, [Gap { from: day(21), to: day(30), continuous: false }]);
    assert_eq!(l.gap_days(), 10);
    assert_eq!(l.state(day(20)), PersonState::Frozen);
    assert_eq!(l.state(day(21)), PersonState::Left);
    assert_eq!(l.state(day(31)), PersonState::Active, "a freeze ends when he leaves");
}

#[test]
fn two_lives_differ_exactly_where_a_result_would() {
    let hire = plain(EventKind::Hire, 0);
    let stays = life(std::slice::from_ref(&hire));
    let frozen = life(&[hire.clone(), until(EventKind::Freeze, 10, 19)]);
    assert_eq!(stays.differing(&frozen), [DateSpan::new(day(10), day(19))]);
    let leaves = life(&[hire.clone(), plain(EventKind::Leave, 20)]);
    assert_eq!(leaves.differing(&stays), [DateSpan::since(day(21))]);
    let later = life(&[plain(EventKind::Hire, 5)]);
    assert_eq!(later.differing(&stays), [DateSpan::new(day(0), day(4))]);
    let tried = life(&[until(EventKind::Hire, 0, 30)]);
    assert_eq!(tried.differing(&stays), [], "probation changes no result");
}

#[test]
fn of_several_events_on_one_date_the_last_wins() {
    let to = |seq, org| {
        let content = EventContent { org: Some(OrgId(org)), ..EventContent::default() };
        event(EventKind::Transfer, 10, seq, content)
    };
    let mut events = vec![plain(EventKind::Hire, 0), to(2, 7), to(1, 5)];
    let org = |events: &[Event]| said(events, day(10), |c| c.org);
    assert_eq!(org(&events), Some(OrgId(7)));
    if let Some(e) = events.get_mut(1) {
        e.state = EventState::Removed;
    }
    assert_eq!(org(&events), Some(OrgId(5)));
    assert_eq!(said(&events, day(11), |c| c.org), None);
}
