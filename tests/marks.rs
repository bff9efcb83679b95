//! Every cause of domain 17.1: the change makes exactly the right days dirty in its own transaction, the
//! result follows after a drain, and without its mark it would not.

use std::sync::Arc;

use engine::DateKind;
use kaoqin::base::failpoint::{Hooks, Sabotage, Step, Stop, with_hooks};
use kaoqin::base::{App, Once, Scope};
use kaoqin::calendars::{self, CalendarAssignment, DateChange, NewPeriodSet, PeriodEntry};
use kaoqin::dirty::{self, Cause, Lane, Mark};
use kaoqin::employment::{self, EventInput, Frozen, Leaving, NewTransfer, Removal, Thawed};
use kaoqin::people::{self, EventKind, PersonInput};
use kaoqin::precompute;
use kaoqin::punches::{self, Assignment, Evidence, Source, Urgency};
use kaoqin::requests::{self, NewApproved};
use kaoqin::rules::{self, NewRuleVersion, RuleKind, SchemeAssignment};
use kaoqin::shifts::{
    self, CellChange, CellValue, ClearedSpan, DefaultShift, NewOvertime, NewShiftVersion,
};
use serde_json::{Value, json};
use vocabulary::{DateSpan, EmploymentKind, EventId, PersonId, PunchId, WallTime, Zone};

use crate::both;
use crate::people::{day, group, me};
use crate::precompute::worker;
use crate::support::{World, tapped};

/// Two office workers on Friday 2026-03-20, everything computed.
pub struct Office {
    pub world: World,
    pub one: PersonId,
    pub two: PersonId,
}

pub fn wall(text: &str) -> WallTime {
    format!("{text}:00").parse().unwrap()
}

fn all() -> Scope {
    Scope::everybody()
}

fn never() -> Once {
    Once::never()
}

/// Who works in the office: 8:20 to 17:00 on the 10th to 12th; the second filed annual leave for the
/// 13th and was ordered to work on Saturday, the 14th.
pub async fn office(world: World) -> Office {
    world.at("2026-03-20T12:00:00");
    group(&world.app).await;
    let one = worker(&world, "1001").await;
    let two = worker(&world, "1002").await;
    let office = Office { world, one, two };
    for p in [one, two] {
        office.transfer(p, "A1", "2026-03-01").await;
        for date in ["2026-03-10", "2026-03-11", "2026-03-12"] {
            for time in ["08:20", "17:00"] {
                office.punch(p, &format!("{date}T{time}")).await;
            }
        }
    }
    office.request(two, "010", "2026-03-13T08:00", "2026-03-13T17:00").await;
    office.overtime(two, "2026-03-14").await;
    for time in ["07:55", "12:05"] {
        office.punch(two, &format!("2026-03-14T{time}")).await;
    }
    office.stranger("77", "2026-03-16T08:00").await;
    precompute::tick(office.app()).await.unwrap();
    office.drain().await;
    office
}

impl Office {
    pub fn app(&self) -> &App {
        &self.world.app
    }

    pub async fn drain(&self) -> precompute::Drained {
        precompute::drain_all(self.app()).await.unwrap()
    }

    /// Everything computed again from the facts writes nothing: nobody was forgotten.
    pub async fn is_complete(&self) -> bool {
        let span = DateSpan::since(day("2026-02-20"));
        let (cause, lane) = (Cause::Engine, Lane::Mass);
        let marks = [self.one, self.two].map(|person| Mark { person, span, cause, lane });
        let tx = self.app().db.begin().await.unwrap();
        dirty::mark(&tx, &marks, self.app().clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let again = self.drain().await;
        again.settled.written + again.settled.deleted == 0
    }

    /// What is stored of a date: the whole content as a number, 0 if nothing is.
    pub async fn stored(&self, person: PersonId, date: &str) -> i64 {
        let sql = format!(
            "SELECT COALESCE((SELECT hash FROM day_result WHERE person_id = {person} \
             AND work_date = '{date}'), 0)"
        );
        self.world.number(&sql).await
    }

    /// All marks as `person from..to cause`, once each.
    pub async fn marks(&self) -> Vec<String> {
        let mut marks = crate::people::marks(self.app()).await;
        marks.dedup();
        marks
    }

    pub async fn punch(&self, person: PersonId, at: &str) {
        let punch = tapped(person, wall(at));
        let tx = self.app().db.begin().await.unwrap();
        punches::insert(&tx, &[punch], Urgency::Now, self.app().clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn stranger(&self, pin: &str, at: &str) {
        let record = Evidence {
            device: "T1".to_owned(),
            pin: pin.to_owned(),
            wall: wall(at),
            zone: Zone::SHANGHAI,
            flag: None,
            source: Source::Terminal,
            method: None,
            raw: format!("{pin}\t{at}"),
        };
        let tx = self.app().db.begin().await.unwrap();
        let now = self.app().clock.now();
        punches::receive(&tx, &[record], Urgency::Now, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn void(&self, person: PersonId, at: &str) {
        let at = Zone::SHANGHAI.instant(wall(at)).millis();
        let id = self
            .world
            .number(&format!("SELECT id FROM punch WHERE person_id = {person} AND at = {at}"))
            .await;
        punches::void(self.app(), &me(), &all(), PunchId(id), "误刷", &never()).await.unwrap();
    }

    async fn assign_record(&self, person: PersonId) {
        let id = self.world.number("SELECT MAX(id) FROM unassigned_punch").await;
        let wanted = Assignment { records: vec![id], person, remember: false };
        punches::assign(self.app(), &me(), &all(), &wanted, &never()).await.unwrap();
    }

    pub async fn cell(&self, person: PersonId, date: &str, shift: Option<&str>) {
        let value = match shift {
            Some(code) => CellValue::Shifts(vec![code.to_owned()]),
            None => CellValue::Rest,
        };
        let change = CellChange { person, date: day(date), value, expected_version: None };
        shifts::set_cells(self.app(), &me(), &all(), &[change], &never()).await.unwrap();
    }

    async fn clear(&self, person: PersonId, date: &str) {
        let what = ClearedSpan { people: vec![person], from: day(date), to: day(date) };
        shifts::clear_cells(self.app(), &me(), &all(), &what, &never()).await.unwrap();
    }

    async fn overtime(&self, person: PersonId, date: &str) {
        let new = NewOvertime {
            people: vec![person],
            date: day(date),
            start: wall(&format!("{date}T08:00")),
            end: wall(&format!("{date}T12:00")),
            breaks: Vec::new(),
            break_minutes: 0,
            reason: "赶工".to_owned(),
        };
        shifts::order_overtime(self.app(), &me(), &all(), &new, &never()).await.unwrap();
    }

    async fn revoke_overtime(&self) {
        let id = self.world.number("SELECT MAX(id) FROM temporary_overtime").await;
        shifts::revoke_overtime(self.app(), &me(), &all(), id).await.unwrap();
    }

    pub async fn default_shift(&self, person: PersonId, shift: Option<&str>, from: &str) {
        let shift = shift.map(str::to_owned);
        let row = DefaultShift { person, valid_from: day(from), shift };
        shifts::assign_default_shifts(self.app(), &me(), &all(), &[row], &never()).await.unwrap();
    }

    pub async fn request(&self, person: PersonId, code: &str, start: &str, end: &str) {
        let form = NewApproved {
            person,
            type_code: code.to_owned(),
            start: wall(start),
            end: wall(end),
            approved_at: None,
            half_day: false,
            overtime_date: None,
            breaks: Vec::new(),
            break_minutes: 0,
            reason: "家中有事".to_owned(),
        };
        requests::record_approved(self.app(), &me(), &all(), &[form], &never()).await.unwrap();
    }

    async fn revoke_request(&self) {
        let id = self.world.number("SELECT MAX(id) FROM approved_request").await;
        let id = vocabulary::RequestId(id);
        requests::revoke(self.app(), &me(), &all(), id, "不去了", &never()).await.unwrap();
    }

    pub async fn shift(&self, code: &str, start: &str, from: &str) {
        let body = json!({ "segments": [{ "start": start, "end": "17:00" }] });
        let new = NewShiftVersion {
            code: code.to_owned(),
            name: None,
            effective_from: day(from),
            expected_version: None,
            body,
        };
        shifts::publish(self.app(), &me(), new, &never()).await.unwrap();
    }

    pub async fn rule(&self, kind: RuleKind, code: &str, body: Value, from: &str) {
        let new = NewRuleVersion {
            kind,
            code: code.to_owned(),
            name: None,
            effective_from: day(from),
            expected_version: None,
            body,
        };
        rules::publish(self.app(), &me(), new, &never()).await.unwrap();
    }

    pub async fn scheme(&self, person: PersonId, code: Option<&str>, from: &str) {
        let scheme = code.map(str::to_owned);
        let row = SchemeAssignment { person, valid_from: day(from), scheme };
        rules::assign_schemes(self.app(), &me(), &all(), &[row], &never()).await.unwrap();
    }

    pub async fn holiday(&self, code: &str, date: &str) {
        let id = calendars::calendar_codes(self.app().db.read()).await.unwrap()[code];
        let calendar = calendars::calendar_row(self.app().db.read(), id).await.unwrap().unwrap();
        let kind = Some(DateKind::Statutory);
        let change = DateChange { date: day(date), kind, name: "节".to_owned() };
        let version = calendar.version;
        calendars::set_dates(self.app(), &me(), id, version, &[change], &never()).await.unwrap();
    }

    pub async fn new_calendar(&self, code: &str, rest_weekdays: Vec<u8>) {
        let (code, name) = (code.to_owned(), code.to_owned());
        let new = calendars::NewCalendar { code, name, rest_weekdays };
        calendars::create_calendar(self.app(), &me(), &new, &never()).await.unwrap();
    }

    pub async fn calendar(&self, person: PersonId, code: &str, from: &str) {
        let calendar = Some(code.to_owned());
        let row = CalendarAssignment { person, valid_from: day(from), calendar };
        calendars::assign_calendars(self.app(), &me(), &all(), &[row], &never()).await.unwrap();
    }

    async fn version(&self, person: PersonId) -> i32 {
        let on = self.app().today();
        let p = people::person(self.app().db.read(), &all(), person, on).await.unwrap().unwrap();
        p.version
    }

    async fn transfer(&self, person: PersonId, org: &str, from: &str) {
        let org = Some(org.to_owned());
        self.moves(person, from, NewTransfer { org, ..NewTransfer::default() }).await;
    }

    async fn moves(&self, person: PersonId, from: &str, new: NewTransfer) {
        let version = self.version(person).await;
        let new = NewTransfer { version, valid_from: day(from), ..new };
        employment::transfer(self.app(), &me(), &all(), person, &new, &never()).await.unwrap();
    }

    async fn position(&self, person: PersonId, from: &str) {
        self.world.position("ZG", 3).await;
        let position = Some("ZG".to_owned());
        self.moves(person, from, NewTransfer { position, ..NewTransfer::default() }).await;
    }

    async fn kind(&self, person: PersonId, from: &str) {
        let kind = Some(EmploymentKind::PartTime);
        self.moves(person, from, NewTransfer { kind, ..NewTransfer::default() }).await;
    }

    /// Takes the last event back.
    async fn take_back(&self) {
        let id = EventId(self.world.number("SELECT MAX(id) FROM employment_event").await);
        let removal = Removal { version: 1, reason: "录入错误".to_owned() };
        employment::remove_event(self.app(), &me(), &all(), id, &removal, &never()).await.unwrap();
    }

    async fn reinstate(&self, person: PersonId, on: &str) {
        let event = EventInput {
            continuous: Some(true),
            ..EventInput::new(person, EventKind::Reinstate, day(on))
        };
        employment::enter_event(self.app(), &me(), &all(), &event, &never()).await.unwrap();
    }

    async fn leave(&self, person: PersonId, last: &str) {
        let version = self.version(person).await;
        let leaving = Leaving { version, left_on: Some(day(last)) };
        employment::end_employment(self.app(), &me(), &all(), person, leaving, &never())
            .await
            .unwrap();
    }

    async fn hired(&self, number: &str, on: &str) {
        let row = PersonInput {
            number: number.to_owned(),
            name: None,
            zone: None,
            hired_on: Some(day(on)),
            left_on: None,
            ..PersonInput::default()
        };
        people::put_persons(self.app(), &me(), &all(), &[row], &never()).await.unwrap();
    }

    async fn freeze(&self, person: PersonId, from: &str) {
        let version = self.version(person).await;
        let new = Frozen { version, from: day(from), to: None };
        employment::freeze(self.app(), &me(), &all(), person, new, &never()).await.unwrap();
    }

    async fn unfreeze(&self, person: PersonId, on: &str) {
        let version = self.version(person).await;
        let new = Thawed { version, on: day(on) };
        employment::unfreeze(self.app(), &me(), &all(), person, new, &never()).await.unwrap();
    }
}

/// Lets every mark of one cause be forgotten.
pub struct Skip(pub &'static str);

impl Hooks for Skip {
    fn at(&self, _: Step) -> Stop {
        Box::pin(async { Ok(()) })
    }

    fn sabotage(&self) -> Option<Sabotage> {
        Some(Sabotage::SkipMark(self.0))
    }
}

/// A cause: its change, the marks it must leave, and a day whose result it changes.
macro_rules! cause {
    (
        $name:ident, $cause:literal, |$o:ident| $change:expr,
        marks $marks:expr, alters $who:ident on $date:literal $(, before $before:expr)?
    ) => {
        mod $name {
            use super::*;

            async fn body(world: World, sabotaged: bool) {
                let office = office(world).await;
                let $o = &office;
                $( $before; $o.drain().await; )?
                let before = $o.stored($o.$who, $date).await;
                if sabotaged {
                    with_hooks(Arc::new(Skip($cause)), async { $change }).await;
                    assert_eq!($o.marks().await, [""; 0]);
                    $o.drain().await;
                    assert_eq!($o.stored($o.$who, $date).await, before, "nobody said so");
                    assert!(!$o.is_complete().await, "and it stays wrong");
                } else {
                    $change;
                    let expected: &[&str] = &$marks;
                    assert_eq!($o.marks().await, expected);
                    $o.drain().await;
                    assert_ne!($o.stored($o.$who, $date).await, before, "the result follows");
                    assert!($o.is_complete().await, "no other day changes");
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(World::sqlite().await, false).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match World::postgres().await {
                    Some(world) => body(world, false).await,
                    None => crate::support::skipped(module_path!()),
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn and_without_its_mark_the_result_stays_wrong() {
                body(World::sqlite().await, true).await;
            }
        }
    };
}

pub(crate) use cause;

cause!(a_punch, "punch",
    |o| o.punch(o.one, "2026-03-13T08:00").await,
    marks ["1 2026-03-11..2026-03-14 punch"], alters one on "2026-03-13");

cause!(a_voided_punch, "punch_void",
    |o| o.void(o.one, "2026-03-11T17:00").await,
    marks ["1 2026-03-09..2026-03-12 punch_void"], alters one on "2026-03-11");

cause!(a_record_of_a_stranger_that_is_assigned, "punch",
    |o| o.assign_record(o.one).await,
    marks ["1 2026-03-14..2026-03-17 punch"], alters one on "2026-03-16");

cause!(a_roster_cell, "roster",
    |o| o.cell(o.one, "2026-03-11", None).await,
    marks ["1 2026-03-09..2026-03-13 roster"], alters one on "2026-03-11");

cause!(a_cleared_roster_cell, "roster",
    |o| o.clear(o.one, "2026-03-11").await,
    marks ["1 2026-03-09..2026-03-13 roster"], alters one on "2026-03-11",
    before o.cell(o.one, "2026-03-11", None).await);

cause!(ordered_overtime, "temporary_overtime",
    |o| o.overtime(o.one, "2026-03-15").await,
    marks ["1 2026-03-13..2026-03-17 temporary_overtime"], alters one on "2026-03-15");

cause!(revoked_overtime, "temporary_overtime",
    |o| o.revoke_overtime().await,
    marks ["2 2026-03-12..2026-03-16 temporary_overtime"], alters two on "2026-03-14");

cause!(a_default_shift, "default_shift",
    |o| o.default_shift(o.one, None, "2026-03-12").await,
    marks ["1 2026-03-10.. default_shift"], alters one on "2026-03-12");

cause!(an_approved_request, "request",
    |o| o.request(o.one, "050", "2026-03-11T13:00", "2026-03-12T17:00").await,
    marks ["1 2026-03-09..2026-03-14 request"], alters one on "2026-03-12");

cause!(a_revoked_request, "request",
    |o| o.revoke_request().await,
    marks ["2 2026-03-11..2026-03-15 request"], alters two on "2026-03-13");

cause!(a_version_of_a_shift, "shift",
    |o| o.shift("D1", "08:30", "2026-03-12").await,
    marks ["1 2026-03-10.. shift", "2 2026-03-10.. shift"], alters one on "2026-03-12");

cause!(a_version_of_a_shift_that_one_works_by_roster, "shift",
|o| o.shift("D2", "08:10", "2026-03-11").await,
marks ["1 2026-03-09.. shift"], alters one on "2026-03-12",
before {
    o.shift("D2", "09:00", "2026-01-01").await;
    o.cell(o.one, "2026-03-12", Some("D2")).await;
});

cause!(a_date_of_the_default_calendar, "calendar",
    |o| o.holiday("cn", "2026-03-11").await,
    marks ["1 2026-03-09..2026-03-13 calendar", "2 2026-03-09..2026-03-13 calendar"],
    alters two on "2026-03-11");

cause!(a_date_of_a_calendar_of_one, "calendar",
|o| o.holiday("six", "2026-03-11").await,
marks ["1 2026-03-09..2026-03-13 calendar"], alters one on "2026-03-11",
before {
    o.new_calendar("six", vec![7]).await;
    o.calendar(o.one, "six", "2026-03-02").await;
});

cause!(another_calendar, "calendar_assignment",
    |o| o.calendar(o.one, "none", "2026-03-13").await,
    marks ["1 2026-03-11.. calendar_assignment"], alters one on "2026-03-14",
    before o.new_calendar("none", Vec::new()).await);

fn late(limit: i32) -> Value {
    json!({ "items": [{ "code": "L", "limit_minutes": limit }] })
}

cause!(a_version_of_a_rule, "rule",
    |o| o.rule(RuleKind::Late, "11", late(700), "2026-03-12").await,
    marks ["1 2026-03-10.. rule", "2 2026-03-10.. rule"], alters two on "2026-03-12");

fn scheme() -> Value {
    let section = json!({ "punch_rule": "P1" });
    json!({ "workday": section, "weekday_ot": section, "rest_ot": section, "holiday_ot": section })
}

cause!(a_version_of_a_scheme, "scheme",
    |o| o.rule(RuleKind::Scheme, "S1", scheme(), "2026-03-12").await,
    marks ["1 2026-03-10.. scheme", "2 2026-03-10.. scheme"], alters two on "2026-03-12");

cause!(another_scheme, "scheme_assignment",
    |o| o.scheme(o.one, Some("S2"), "2026-03-12").await,
    marks ["1 2026-03-10.. scheme_assignment"], alters one on "2026-03-12");

cause!(a_version_of_a_request_type, "request_type",
    |o| o.rule(RuleKind::RequestType, "010",
        json!({ "kind": "leave", "coefficients": { "a1": 1, "a2": 0.5 } }), "2026-03-12").await,
    marks ["2 2026-03-10.. request_type"], alters two on "2026-03-13");

cause!(the_last_day_in_service, "employment",
    |o| o.leave(o.one, "2026-03-13").await,
    marks ["1 2026-03-12.. employment"], alters one on "2026-03-16");

cause!(a_later_first_day_in_service, "employment",
    |o| o.hired("1001", "2026-03-05").await,
    marks ["1 2026-02-27..2026-03-06 employment"], alters one on "2026-03-03");

cause!(a_freeze, "employment",
    |o| o.freeze(o.one, "2026-03-12").await,
    marks ["1 2026-03-10.. employment"], alters one on "2026-03-12");

cause!(the_end_of_a_freeze, "employment",
    |o| o.unfreeze(o.one, "2026-03-12").await,
    marks ["1 2026-03-10.. employment"], alters one on "2026-03-12",
    before o.freeze(o.one, "2026-03-10").await);

cause!(a_transfer, "org",
    |o| o.transfer(o.one, "B", "2026-03-12").await,
    marks ["1 2026-03-12.. org"], alters one on "2026-03-12");

cause!(another_position, "position",
    |o| o.position(o.one, "2026-03-12").await,
    marks ["1 2026-03-12.. position"], alters one on "2026-03-12");

cause!(another_employment_kind, "employment_kind",
    |o| o.kind(o.one, "2026-03-12").await,
    marks ["1 2026-03-12.. employment_kind"], alters one on "2026-03-12");

cause!(a_transfer_that_is_taken_back, "org",
    |o| o.take_back().await,
    marks ["1 2026-03-12.. org"], alters one on "2026-03-12",
    before o.transfer(o.one, "B", "2026-03-12").await);

cause!(a_freeze_that_is_taken_back, "employment",
    |o| o.take_back().await,
    marks ["1 2026-03-10.. employment"], alters one on "2026-03-12",
    before o.freeze(o.one, "2026-03-12").await);

cause!(a_reinstatement, "employment",
    |o| o.reinstate(o.one, "2026-03-12").await,
    marks ["1 2026-03-10.. employment"], alters one on "2026-03-12",
    before o.leave(o.one, "2026-03-10").await);

cause!(the_end_of_a_day, "clock",
    |o| {
        o.world.at("2026-03-21T00:00:01");
        precompute::tick(o.app()).await.unwrap();
    },
    marks ["1 2026-03-20..2026-03-20 clock", "1 2026-03-21..2026-03-21 clock",
           "2 2026-03-20..2026-03-20 clock", "2 2026-03-21..2026-03-21 clock"],
    alters one on "2026-03-20");

both!(another_period_set_gives_other_summaries, |world| async move {
    let o = office(world).await;
    let tx = o.app().db.begin().await.unwrap();
    let at = o.app().clock.now();
    let (code, name) = ("plant".to_owned(), "工厂".to_owned());
    let sets = [NewPeriodSet { code, name, start_day: 26 }];
    let set = calendars::put_period_sets(&tx, &me(), &sets, at).await.unwrap()[0];
    let entry = PeriodEntry { person: o.one, valid_from: day("2026-02-26"), set: Some(set) };
    let today = o.app().today();
    calendars::put_period_assignments(&tx, &me(), &[entry], today, at).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(o.marks().await, ["1 2026-02-24.. period_set"]);
    o.drain().await;
    let days = "SELECT COALESCE(SUM(days), 0) FROM period_summary WHERE person_id = 1";
    let other = o.world.number(&format!("{days} AND period_set_id <> {set}")).await;
    let own = o.world.number(&format!("{days} AND period_set_id = {set}")).await;
    let all = o.world.number("SELECT COUNT(*) FROM day_result WHERE person_id = 1").await;
    assert_eq!((own, other), (all, 0));
});
