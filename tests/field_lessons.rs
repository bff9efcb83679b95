//! What users of other products suffer from, as stories that must end well here. The threads stand beside them.

use kaoqin::base::failpoint::{Hooks, Step, Stop, with_hooks};
use kaoqin::base::{Fault, Query};
use kaoqin::import::{Format, Input, Options, import_punches};
use kaoqin::precompute;
use kaoqin::punches::{self, NewPunch, Source, Urgency};
use kaoqin::rules::RuleKind;
use serde_json::{Value, json};
use std::sync::Arc;
use vocabulary::{PersonId, Zone};

use crate::both;
use crate::marks::{Office, office, wall};
use crate::people::me;
use crate::support::tapped;

fn late(limit: i32) -> Value {
    json!({ "items": [{ "code": "L", "limit_minutes": limit }] })
}

/// A number of a stored day.
async fn number(o: &Office, what: &str, person: PersonId, date: &str) -> i64 {
    let sql = format!(
        "SELECT COALESCE((SELECT {what} FROM day_result WHERE person_id = {person} \
         AND work_date = '{date}'), -1)"
    );
    o.world.number(&sql).await
}

async fn computed_at(o: &Office, person: PersonId, date: &str) -> i64 {
    number(o, "computed_at", person, date).await
}

// hrms#2897 "Severe Delay and Data Loss in Attendance Punch-In/Out Updates", horilla#1057 "Manual Check-in
// Records for Late-in/Early Out not shown"
both!(history_that_is_imported_late_is_computed_like_live_punches, |world| async move {
    let o = office(world).await;
    let live = ["2026-03-16T08:20", "2026-03-16T16:30"];
    for at in live {
        o.punch(o.one, at).await;
    }
    let rows = "     1002\t2026-03-16 08:20:00\t1\t0\t1\t0\r\n     1002\t2026-03-16 16:30:00\t1\t1\t1\t0\r\n";
    let input = Input::from_bytes(rows.as_bytes().to_vec()).unwrap();
    let options = Options { format: Some(Format::Attlog), ..Options::default() };
    for _ in 0..2 {
        import_punches(o.app(), &me(), &input, "stick.dat", &options).await.unwrap();
    }
    o.drain().await;
    for what in ["regular_minutes", "late_raw_minutes", "early_raw_minutes", "exceptions"] {
        let (live, imported) = (
            number(&o, what, o.one, "2026-03-16").await,
            number(&o, what, o.two, "2026-03-16").await,
        );
        assert_eq!(live, imported, "{what}");
    }
    assert_eq!(number(&o, "late_raw_minutes", o.two, "2026-03-16").await, 20);
});

// odoo#221870 "improve attendance performance in kiosk" (1.7 s per punch: overtime over all history), hrms#609
both!(a_punch_computes_the_days_it_can_touch_and_not_the_whole_history, |world| async move {
    let o = office(world).await;
    o.punch(o.one, "2026-03-17T08:00").await;
    assert_eq!(o.marks().await, ["1 2026-03-15..2026-03-18 punch"]);
    let done = o.drain().await;
    let settled = done.settled;
    let days = settled.written + settled.unchanged + settled.deleted;
    assert!(days <= 4, "{done:?}");
});

// hrms#3540 "Auto Attendance is not marked for 2100 Employee": the request times out
both!(a_rule_for_2100_people_is_answered_before_anything_is_computed, |world| async move {
    let o = office(world).await;
    let app = o.app();
    let people: Vec<String> = (0..2100)
        .map(|i| {
            let id = 1000 + i;
            format!("({id}, 'X{id}', 'X', 'Asia/Shanghai', '2026-03-18', 0)")
        })
        .collect();
    let writer = app.db.for_migrations();
    let columns = "id, number, name, zone, hired_on, created_at";
    let sql = format!("INSERT INTO person ({columns}) VALUES {}", people.join(", "));
    writer.run(&sql, vec![]).await.unwrap();
    let sql = "INSERT INTO scheme_assignment (person_id, valid_from, scheme_id) \
               SELECT id, '2026-03-18', (SELECT id FROM rule WHERE kind = 'scheme' AND code = 'S1') \
               FROM person WHERE id >= 1000";
    writer.run(sql, vec![]).await.unwrap();
    let results = "SELECT COUNT(*) FROM day_result WHERE person_id >= 1000";
    o.rule(RuleKind::Late, "11", late(700), "2026-03-18").await;
    assert_eq!(o.world.number(results).await, 0);
    let batch = "SELECT COUNT(*) FROM dirty_mark WHERE batch_id = (SELECT MAX(id) FROM mark_batch)";
    assert_eq!(o.world.number(batch).await, 2102);
    // The progress can be seen between two units of work.
    precompute::drain(app).await.unwrap();
    let left = o.world.number(batch).await;
    assert!(left < 2102, "{left}");
    o.drain().await;
    assert_eq!(o.world.number(batch).await, 0);
    assert_eq!(o.world.number(results).await, 2100 * 3);
});

/// Every drain crashes before it commits, but the first.
struct OneUnit(std::sync::atomic::AtomicBool);

impl Hooks for OneUnit {
    fn at(&self, step: Step) -> Stop {
        use std::sync::atomic::Ordering::SeqCst;
        let crash = step == Step::DrainCommits && self.0.swap(true, SeqCst);
        Box::pin(async move { if crash { Err(Fault::text("power cut")) } else { Ok(()) } })
    }

    fn people(&self) -> Option<u32> {
        Some(1)
    }
}

// hrms#1022 "perf: batch and commit auto attendance processing": the whole history re-walked, progress lost
both!(a_mass_recompute_that_is_cut_off_goes_on_where_it_stopped, |world| async move {
    let o = office(world).await;
    o.rule(RuleKind::Late, "11", late(700), "2026-03-02").await;
    let hooks = Arc::new(OneUnit(false.into()));
    let cut = with_hooks(hooks, precompute::drain_all(o.app())).await;
    assert!(cut.is_err());
    assert_eq!(o.marks().await.len(), 1, "the first unit is done and stays done");
    let done = o.drain().await;
    assert_eq!((done.people, done.marks), (1, 1), "only the rest is left to do");
    assert!(o.is_complete().await);
});

// odoo#207806 "avoid extra hours recompute if modified": a recompute wipes manual values
both!(a_recompute_never_wipes_what_people_corrected, |world| async move {
    let o = office(world).await;
    // One forgot to punch out on the 13th; the made-up punch and a leave form are facts like any other.
    o.punch(o.one, "2026-03-13T08:00").await;
    o.drain().await;
    assert!(number(&o, "absence_tenths", o.one, "2026-03-13").await > 0);
    o.punch(o.one, "2026-03-13T17:00").await;
    o.request(o.one, "050", "2026-03-16T08:00", "2026-03-16T17:00").await;
    o.drain().await;
    for limit in [100, 200, 300] {
        o.rule(RuleKind::Late, "11", late(limit), "2026-03-01").await;
        o.drain().await;
        assert_eq!(number(&o, "absence_tenths", o.one, "2026-03-13").await, 0);
        assert_eq!(number(&o, "leave_minutes", o.one, "2026-03-16").await, 480);
    }
});

// kimai#5643 "different working hours for the same user over time": a contract change rewrites the past
both!(other_working_hours_from_a_date_leave_the_days_before_untouched, |world| async move {
    let o = office(world).await;
    let before = computed_at(&o, o.one, "2026-03-10").await;
    o.app().clock.step_seconds(60);
    o.shift("HALF", "13:00", "2026-01-01").await;
    o.default_shift(o.one, Some("HALF"), "2026-03-16").await;
    o.drain().await;
    assert_eq!(computed_at(&o, o.one, "2026-03-10").await, before);
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-13").await, 4800);
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-16").await, 2400);
});

// hrms#480 "group checkin logs by shift start time", hrms#2742: changing shift settings breaks old pairings
both!(another_version_of_a_shift_never_pairs_old_punches_anew, |world| async move {
    let o = office(world).await;
    let before = o.stored(o.one, "2026-03-12").await;
    o.shift("D1", "10:00", "2026-03-16").await;
    o.drain().await;
    assert_eq!(o.stored(o.one, "2026-03-12").await, before);
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-16").await, 4200);
});

// hrms#1516 "Need Periodic Holiday List Assignment": a new-year list turned old days absent
both!(the_calendar_of_next_month_turns_no_old_day_absent, |world| async move {
    let o = office(world).await;
    let saturday = o.stored(o.one, "2026-03-07").await;
    o.new_calendar("works-saturdays", vec![7]).await;
    o.calendar(o.one, "works-saturdays", "2026-03-10").await;
    o.drain().await;
    assert_eq!(o.stored(o.one, "2026-03-07").await, saturday);
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-07").await, 0);
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-14").await, 4800);
});

// OCA#247 "a hole if the resource calendar is modified for already generated entries"
both!(a_holiday_entered_afterwards_reaches_the_days_already_computed, |world| async move {
    let o = office(world).await;
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-16").await, 4800);
    o.holiday("cn", "2026-03-16").await;
    o.drain().await;
    assert_eq!(number(&o, "due_tenths", o.one, "2026-03-16").await, 0);
    assert_eq!(number(&o, "absence_tenths", o.one, "2026-03-16").await, 0);
});

// hrms#5082 "Configurable Auto Attendance Absent Processing": absent only a day later
both!(a_day_is_provisional_until_its_window_closes_and_then_absent_at_once, |world| async move {
    let o = office(world).await;
    o.world.at("2026-03-20T16:00:00");
    precompute::tick(o.app()).await.unwrap();
    o.drain().await;
    assert_eq!(number(&o, "absence_tenths", o.one, "2026-03-20").await, 0, "still provisional");
    // The shift ends at 17:00, its window six hours later.
    o.world.at("2026-03-20T23:00:01");
    precompute::tick(o.app()).await.unwrap();
    o.drain().await;
    assert_eq!(number(&o, "absence_tenths", o.one, "2026-03-20").await, 4800);
});

// hrms#661 '"Attendance can not be marked for future dates" – incorrect behavior for timezones', odoo#212594
both!(
    a_punch_belongs_to_the_date_its_person_lives_on_wherever_the_server_stands,
    |world| async move {
        let o = office(world).await;
        let zone: Zone = "America/New_York".parse().unwrap();
        let far = o.world.person_in("NY", "America/New_York").await;
        o.scheme(far, Some("S1"), "2026-03-10").await;
        o.default_shift(far, Some("D1"), "2026-03-10").await;
        // Thursday evening in New York is Friday in Shanghai already.
        for at in ["2026-03-12T08:00", "2026-03-12T17:00"] {
            let there = zone.instant(wall(at));
            let here = Zone::SHANGHAI.wall(there).to_string();
            o.punch(far, here.get(..16).unwrap()).await;
        }
        o.drain().await;
        assert_eq!(number(&o, "regular_minutes", far, "2026-03-12").await, 480);
        assert_eq!(number(&o, "exceptions", far, "2026-03-12").await, 0);
        // In the forenoon of the 21st in Shanghai, New York still lives on the 20th.
        o.world.at("2026-03-21T11:00:00");
        precompute::tick(o.app()).await.unwrap();
        o.drain().await;
        assert_eq!(o.stored(far, "2026-03-21").await, 0);
        assert_ne!(o.stored(far, "2026-03-20").await, 0);
        assert_ne!(o.stored(o.one, "2026-03-21").await, 0);
    }
);

// hrms#3298 "Overlapping Shift issue", horilla#358: the sign-out of a night lands on the next day's shift
both!(
    the_sign_out_of_a_night_shift_belongs_to_the_night_also_when_it_comes_late,
    |world| async move {
        let o = office(world).await;
        let night = json!({ "segments": [{ "start": "22:00", "end": "30:00" }] });
        crate::shifts::publish(o.app(), "N", "2026-01-01", night).await.unwrap();
        o.cell(o.one, "2026-03-16", Some("N")).await;
        o.cell(o.one, "2026-03-17", Some("N")).await;
        for at in ["2026-03-17T21:55", "2026-03-18T06:03", "2026-03-17T06:05", "2026-03-16T21:58"] {
            o.punch(o.one, at).await;
            o.drain().await;
        }
        for date in ["2026-03-16", "2026-03-17"] {
            assert_eq!(number(&o, "regular_minutes", o.one, date).await, 480, "{date}");
            assert_eq!(number(&o, "exceptions", o.one, date).await, 0, "{date}");
        }
        assert!(o.is_complete().await);
    }
);

// hrms#3353 "HRMS should always show Check In even if the employee forgot to Check Out": blocks the next day
both!(a_forgotten_sign_out_never_blocks_the_next_day, |world| async move {
    let o = office(world).await;
    o.punch(o.one, "2026-03-16T08:00").await;
    o.punch(o.one, "2026-03-17T08:00").await;
    o.punch(o.one, "2026-03-17T17:00").await;
    o.drain().await;
    assert_eq!(number(&o, "regular_minutes", o.one, "2026-03-17").await, 480);
    assert!(number(&o, "exceptions", o.one, "2026-03-16").await > 0);
    assert_eq!(number(&o, "exceptions", o.one, "2026-03-17").await, 0);
});

// horilla#1227 "ZKTeco biometric scheduler creates duplicate attendance activities"
both!(a_clock_that_sends_its_memory_again_changes_nothing, |world| async move {
    let o = office(world).await;
    let punches = o.world.number("SELECT COUNT(*) FROM punch").await;
    for _ in 0..2 {
        o.punch(o.one, "2026-03-10T08:20").await;
        o.punch(o.one, "2026-03-10T17:00").await;
    }
    assert_eq!(o.marks().await, [""; 0]);
    assert_eq!(o.world.number("SELECT COUNT(*) FROM punch").await, punches);
});

// horilla#820 "Manual Logout Not Recorded in Attendance When Biometric Check-In Is Used": sources not joined
both!(a_sign_in_at_the_gate_and_a_sign_out_on_the_phone_make_one_day, |world| async move {
    let o = office(world).await;
    let ways = [(Source::Terminal, "2026-03-16T08:00"), (Source::Wechat, "2026-03-16T17:00")];
    for (source, at) in ways {
        let punch = NewPunch { source, ..tapped(o.one, wall(at)) };
        let tx = o.app().db.begin().await.unwrap();
        punches::insert(&tx, &[punch], Urgency::Now, o.app().clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    o.drain().await;
    assert_eq!(number(&o, "regular_minutes", o.one, "2026-03-16").await, 480);
    assert_eq!(number(&o, "exceptions", o.one, "2026-03-16").await, 0);
});

// hrms#3839 "Auto Attendance Fails When Default Shift and Shift Assignment Conflict", #2884: in and out mapped to
// different shifts
both!(
    where_roster_and_default_shift_differ_both_punches_follow_the_roster_whenever_it_comes,
    |world| async move {
        let o = office(world).await;
        let night = json!({ "segments": [{ "start": "22:00", "end": "30:00" }] });
        crate::shifts::publish(o.app(), "N", "2026-01-01", night).await.unwrap();
        for at in ["2026-03-16T21:58", "2026-03-17T06:03"] {
            o.punch(o.one, at).await;
        }
        o.drain().await;
        // By the default shift, 8 to 17, a sign-in is missing.
        assert!(number(&o, "exceptions", o.one, "2026-03-16").await > 0);
        // The roster is entered after the night was worked; no punch remembers another shift.
        o.cell(o.one, "2026-03-16", Some("N")).await;
        o.cell(o.one, "2026-03-17", None).await;
        o.drain().await;
        assert_eq!(number(&o, "regular_minutes", o.one, "2026-03-16").await, 480);
        for date in ["2026-03-16", "2026-03-17"] {
            assert_eq!(number(&o, "exceptions", o.one, date).await, 0, "{date}");
        }
        assert!(o.is_complete().await);
    }
);
