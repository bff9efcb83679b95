//! Layers of the roster as causes: who is concerned by them, and that without a mark the result stays wrong.

use std::sync::Arc;

use kaoqin::base::failpoint::with_hooks;
use kaoqin::base::{Once, Query, RowOutcome, Scope};
use kaoqin::precompute;
use kaoqin::requests::{self, NewSwap, SwapOf};
use kaoqin::shifts::{self, CellValue, ClearedTeams, TeamCellChange};
use vocabulary::{SwapId, TeamId};

use crate::both;
use crate::marks::{Office, Skip, cause, office};
use crate::people::{day, me};
use crate::support::World;

impl Office {
    /// The first team is that of the first worker until 2026-03-11 and of the second from the 12th on.
    async fn teams(&self) {
        for sql in [
            "INSERT INTO team (code, name) VALUES ('T1', '甲班'), ('T2', '乙班')",
            "INSERT INTO team_member (person_id, valid_from, team_id) VALUES \
             (1, '2026-03-02', 1), (1, '2026-03-12', 2), (2, '2026-03-12', 1)",
        ] {
            self.app().db.for_migrations().run(sql, vec![]).await.unwrap();
        }
    }

    async fn team_cells(&self, dates: &[&str], shift: Option<&str>) -> Vec<RowOutcome> {
        let value = || match shift {
            Some(code) => CellValue::Shifts(vec![code.to_owned()]),
            None => CellValue::Rest,
        };
        let cell = |date: &&str| TeamCellChange {
            team: TeamId(1),
            date: day(date),
            value: value(),
            expected_version: None,
        };
        let cells: Vec<_> = dates.iter().map(cell).collect();
        let (all, never) = (Scope::everybody(), Once::never());
        shifts::set_team_cells(self.app(), &me(), &all, &cells, &never).await.unwrap()
    }

    async fn swap(&self, date: &str) {
        let value = CellValue::Rest;
        let of = SwapOf::Change { person: self.one, date: day(date), value };
        let reason = "有事".to_owned();
        let new = NewSwap { of, reason, accept_limits: false, accept_other_scheme: false };
        let locked = precompute::in_locked_period;
        let (all, never) = (Scope::everybody(), Once::never());
        requests::record_swap(self.app(), &me(), &all, &new, locked, &never).await.unwrap();
    }

    async fn cancel_swap(&self) {
        let id = SwapId(self.world.number("SELECT MAX(id) FROM roster_swap").await);
        let locked = precompute::in_locked_period;
        let (all, never) = (Scope::everybody(), Once::never());
        requests::cancel_swap(self.app(), &me(), &all, id, "不换了", locked, &never).await.unwrap();
    }

    async fn clear_team(&self, from: &str, to: &str) {
        let what = ClearedTeams { teams: vec![TeamId(1)], from: day(from), to: day(to) };
        let (all, never) = (Scope::everybody(), Once::never());
        shifts::clear_team_cells(self.app(), &me(), &all, &what, &never).await.unwrap();
    }
}

cause!(a_cell_of_a_team, "team_roster",
    |o| { o.team_cells(&["2026-03-11"], None).await; },
    marks ["1 2026-03-09..2026-03-13 team_roster"], alters one on "2026-03-11",
    before o.teams().await);

cause!(a_cleared_cell_of_a_team, "team_roster",
    |o| o.clear_team("2026-03-10", "2026-03-11").await,
    marks ["1 2026-03-09..2026-03-13 team_roster"], alters one on "2026-03-11",
    before { o.teams().await; o.team_cells(&["2026-03-11"], None).await; });

cause!(a_version_of_a_shift_that_a_team_works, "shift",
|o| o.shift("D2", "08:10", "2026-03-11").await,
marks ["2 2026-03-09.. shift"], alters two on "2026-03-12",
before {
    o.teams().await;
    o.shift("D2", "09:00", "2026-01-01").await;
    o.team_cells(&["2026-03-12"], Some("D2")).await;
});

cause!(a_swap, "swap",
    |o| o.swap("2026-03-11").await,
    marks ["1 2026-03-09..2026-03-13 swap"], alters one on "2026-03-11");

cause!(a_cancelled_swap, "swap",
    |o| o.cancel_swap().await,
    marks ["1 2026-03-09..2026-03-13 swap"], alters one on "2026-03-11",
    before o.swap("2026-03-11").await);

both!(cells_of_a_team_mark_each_member_on_his_own_dates, |world| async move {
    let o = office(world).await;
    o.teams().await;
    o.team_cells(&["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-16"], None)
        .await;
    assert_eq!(
        o.marks().await,
        ["1 2026-03-07..2026-03-13 team_roster", "2 2026-03-10..2026-03-18 team_roster"]
    );
    o.drain().await;
    assert!(o.is_complete().await);
    o.team_cells(&["2026-02-20"], None).await;
    assert_eq!(o.marks().await, [""; 0], "nobody was in the team");
});

both!(an_own_cell_hides_that_of_the_team_until_it_is_cleared, |world| async move {
    let o = office(world).await;
    o.teams().await;
    o.drain().await;
    let by_calendar = o.stored(o.one, "2026-03-11").await;
    o.team_cells(&["2026-03-11"], None).await;
    o.drain().await;
    let by_team = o.stored(o.one, "2026-03-11").await;
    assert_ne!(by_team, by_calendar);
    o.cell(o.one, "2026-03-11", Some("D1")).await;
    o.drain().await;
    assert_eq!(o.stored(o.one, "2026-03-11").await, by_calendar, "the same shift as before");
    let what =
        shifts::ClearedSpan { people: vec![o.one], from: day("2026-03-11"), to: day("2026-03-11") };
    let (all, never) = (Scope::everybody(), Once::never());
    shifts::clear_cells(o.app(), &me(), &all, &what, &never).await.unwrap();
    o.drain().await;
    assert_eq!(o.stored(o.one, "2026-03-11").await, by_team);
    o.clear_team("2026-03-01", "2026-03-31").await;
    o.drain().await;
    assert_eq!(o.stored(o.one, "2026-03-11").await, by_calendar);
    assert_eq!(o.world.number("SELECT COUNT(*) FROM cell_past").await, 2);
});
