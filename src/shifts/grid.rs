//! The grid of a team roster template (班组排班模板, domain 11.2): rows are shifts, columns are days, a cell lists the
//! teams that work this shift on this day. Pure.

use std::collections::BTreeSet;

use engine::Shift;
use serde::{Deserialize, Serialize};
use vocabulary::ShiftId;

use super::ShiftRefusal;

/// Days of a template.
pub const MAX_DAYS: usize = 366;
/// Shifts of a template.
pub const MAX_ROWS: usize = 20;
/// Teams of a template.
pub const MAX_TEAMS: u16 = 99;
/// Least rest between two shifts, in minutes; less is warned of.
pub const MIN_REST: i32 = 480;

const DAY: i32 = 1_440;

/// One shift with the teams that work it, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridRow {
    pub shift: ShiftId,
    pub teams: Vec<Vec<u16>>,
}

/// What to do behind the last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Phase {
    /// The pattern goes on.
    Continue,
    /// The template begins again.
    Restart,
}

/// What is odd about a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GridWarning {
    /// The length is no multiple of the shortest pattern: beginning again breaks the rotation.
    PatternBroken { days: usize, pattern: usize },
    /// Nobody works this shift on this day (counted from 1).
    NotCovered { shift: ShiftId, day: usize },
    /// A team rests only so many minutes before the first shift of this day.
    RestShort { team: u16, day: usize, minutes: i32 },
}

/// A grid with its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    pub days: usize,
    pub rows: Vec<GridRow>,
}

impl Grid {
    /// The numbers of all teams.
    pub fn teams(&self) -> BTreeSet<u16> {
        self.rows.iter().flat_map(|r| r.teams.iter().flatten().copied()).collect()
    }

    /// What a team works on a day, counted from 0.
    pub fn shifts(&self, team: u16, day: usize) -> Vec<ShiftId> {
        let works = |r: &&GridRow| r.teams.get(day).is_some_and(|t| t.contains(&team));
        self.rows.iter().filter(works).map(|r| r.shift).collect()
    }

    /// The column of the template for the `n`th day since the first, forward or backward.
    pub fn column(&self, n: i32, phase: Phase) -> usize {
        let length = match phase {
            Phase::Continue => self.pattern(),
            Phase::Restart => self.days,
        };
        let length = i32::try_from(length).unwrap_or(1).max(1);
        usize::try_from(n.rem_euclid(length)).unwrap_or(0)
    }

    /// Days after which the columns repeat, or all of them. A shorter pattern is believed only if the template shows it
    /// again but for one day at most: seven days of which the last is as the first are a week, not a rotation of six.
    pub fn pattern(&self) -> usize {
        let columns: Vec<Vec<Vec<u16>>> = (0..self.days).map(|d| self.column_teams(d)).collect();
        let repeats = |p: &usize| {
            let later = columns.iter().skip(*p);
            later.zip(&columns).all(|(a, b)| a == b)
        };
        (1..self.days).filter(|p| 2 * p <= self.days + 1).find(repeats).unwrap_or(self.days)
    }

    fn column_teams(&self, day: usize) -> Vec<Vec<u16>> {
        let cell = |r: &GridRow| {
            let mut teams = r.teams.get(day).cloned().unwrap_or_default();
            teams.sort_unstable();
            teams
        };
        self.rows.iter().map(cell).collect()
    }

    /// Bounds of the grid; `shifts` are those of the rows, in order.
    pub fn check(&self, shifts: &[Shift]) -> Result<(), ShiftRefusal> {
        let at = |row: usize, day: usize| format!("rows[{row}].days[{day}]");
        if self.days == 0 || self.days > MAX_DAYS {
            return Err(ShiftRefusal::GridInvalid { path: "days".to_owned(), rule: "1–366" });
        }
        if self.rows.is_empty() || self.rows.len() > MAX_ROWS {
            return Err(ShiftRefusal::GridInvalid { path: "rows".to_owned(), rule: "1–20" });
        }
        let distinct: BTreeSet<ShiftId> = self.rows.iter().map(|r| r.shift).collect();
        if distinct.len() < self.rows.len() {
            return Err(ShiftRefusal::GridInvalid { path: "rows".to_owned(), rule: "shift twice" });
        }
        for (i, row) in self.rows.iter().enumerate() {
            if row.teams.len() != self.days {
                let path = format!("rows[{i}].days");
                return Err(ShiftRefusal::GridInvalid { path, rule: "length = days" });
            }
            if row.teams.iter().all(Vec::is_empty) {
                return Err(ShiftRefusal::ShiftUncovered { path: format!("rows[{i}]") });
            }
            for (d, teams) in row.teams.iter().enumerate() {
                let distinct: BTreeSet<u16> = teams.iter().copied().collect();
                let known = teams.iter().all(|t| (1..=MAX_TEAMS).contains(t));
                if !known || distinct.len() < teams.len() {
                    return Err(ShiftRefusal::GridInvalid { path: at(i, d), rule: "1–99" });
                }
            }
        }
        for day in 0..self.days {
            for team in self.teams() {
                if let Some(row) = self.clash(team, day, shifts) {
                    return Err(ShiftRefusal::TeamTwice { path: at(row, day), team });
                }
            }
        }
        Ok(())
    }

    /// The row of a shift that a team cannot work beside another one of the same day.
    fn clash(&self, team: u16, day: usize, shifts: &[Shift]) -> Option<usize> {
        let works = |(i, r): (usize, &GridRow)| {
            r.teams.get(day).is_some_and(|t| t.contains(&team)).then_some(i)
        };
        let rows: Vec<usize> = self.rows.iter().enumerate().filter_map(works).collect();
        let main = |i: &usize| shifts.get(*i).is_some_and(|s| s.kind != engine::ShiftKind::Ot);
        if let Some(second) = rows.iter().filter(|i| main(i)).nth(1) {
            return Some(*second);
        }
        for (n, a) in rows.iter().enumerate() {
            for b in rows.iter().skip(n + 1) {
                let pair = (shifts.get(*a), shifts.get(*b));
                if let (Some(a), Some(other)) = pair
                    && overlap(a, other)
                {
                    return Some(*b);
                }
            }
        }
        None
    }

    /// What is odd; `shifts` are those of the rows, in order.
    pub fn warnings(&self, shifts: &[Shift], phase: Phase) -> Vec<GridWarning> {
        let mut all = Vec::new();
        let pattern = self.pattern();
        if !self.days.is_multiple_of(pattern) {
            all.push(GridWarning::PatternBroken { days: self.days, pattern });
        }
        for row in &self.rows {
            for (d, teams) in row.teams.iter().enumerate() {
                if teams.is_empty() {
                    all.push(GridWarning::NotCovered { shift: row.shift, day: d + 1 });
                }
            }
        }
        for team in self.teams() {
            all.extend(self.short_rests(team, shifts, phase));
        }
        all
    }

    fn short_rests(&self, team: u16, shifts: &[Shift], phase: Phase) -> Vec<GridWarning> {
        let mut all = Vec::new();
        let mut ended: Option<i32> = None;
        let days = i32::try_from(self.days).unwrap_or(0);
        // One day more: the first one again.
        for n in 0..=days {
            let day = self.column(n, phase);
            if let Some((start, end)) = self.hull(team, day, shifts) {
                let minutes = ended.map(|e| start + n * DAY - e);
                if let Some(minutes) = minutes.filter(|m| *m < MIN_REST) {
                    all.push(GridWarning::RestShort { team, day: day + 1, minutes });
                }
                ended = Some(end + n * DAY);
            }
        }
        all
    }

    /// First start and last end of what a team works on a day.
    fn hull(&self, team: u16, day: usize, shifts: &[Shift]) -> Option<(i32, i32)> {
        let spans = self
            .rows
            .iter()
            .zip(shifts)
            .filter(|(r, _)| r.teams.get(day).is_some_and(|t| t.contains(&team)));
        let spans: Vec<_> = spans.flat_map(|(_, s)| s.segments.iter()).collect();
        let start = spans.iter().map(|s| s.start).min()?;
        Some((start, spans.iter().map(|s| s.end).max()?))
    }
}

/// Whether two shifts of one date overlap.
pub fn overlap(a: &Shift, b: &Shift) -> bool {
    a.segments.iter().any(|x| b.segments.iter().any(|y| x.start < y.end && y.start < x.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// team(s, d) = ((s − d) mod 4) + 1, as printed in domain 11.2.
    fn sample(days: i32) -> Grid {
        let row = |s: i32| GridRow {
            shift: ShiftId(i64::from(s)),
            teams: (1..=days)
                .map(|d| vec![u16::try_from((s - d).rem_euclid(4) + 1).unwrap_or(0)])
                .collect(),
        };
        Grid { days: usize::try_from(days).unwrap_or(0), rows: vec![row(1), row(2), row(3)] }
    }

    /// `123-` = shift 1, 2, 3, rest.
    fn line(grid: &Grid, team: u16, phase: Phase) -> String {
        let cell = |n: i32| {
            let shifts = grid.shifts(team, grid.column(n, phase));
            shifts.first().map_or("-".to_owned(), |s| s.0.to_string())
        };
        (0..14).map(cell).collect()
    }

    #[test]
    fn the_printed_template_gives_these_cells_over_14_days() {
        let grid = sample(7);
        let lines = |phase| [1, 2, 3, 4].map(|t| line(&grid, t, phase));
        assert_eq!(
            lines(Phase::Continue),
            ["123-123-123-12", "23-123-123-123", "3-123-123-123-", "-123-123-123-1"]
        );
        assert_eq!(
            lines(Phase::Restart),
            ["123-123123-123", "23-123-23-123-", "3-123-13-123-1", "-123-12-123-12"]
        );
        assert_eq!(grid.pattern(), 4);
        assert_eq!(line(&grid, 1, Phase::Restart).chars().nth(6), Some('3'), "day 7");
        assert_eq!(line(&grid, 1, Phase::Restart).chars().nth(7), Some('1'), "day 8");
        assert_eq!(grid.column(-1, Phase::Continue), 3, "also backward");
    }

    #[test]
    fn a_week_is_no_rotation() {
        let row = |days: &[u16]| GridRow {
            shift: ShiftId(1),
            teams: days.iter().map(|t| if *t == 0 { vec![] } else { vec![*t] }).collect(),
        };
        let week = Grid { days: 7, rows: vec![row(&[1, 1, 1, 1, 0, 0, 1])] };
        assert_eq!(week.pattern(), 7, "the last day is as the first, no more");
        let two = Grid { days: 6, rows: vec![row(&[1, 0, 1, 0, 1, 0])] };
        assert_eq!(two.pattern(), 2);
        assert_eq!(sample(8).pattern(), 4);
    }

    fn shift(start: i32, end: i32) -> Shift {
        let body = serde_json::json!({ "segments": [{
            "start": format!("{:02}:{:02}", start / 60, start % 60),
            "end": format!("{:02}:{:02}", end / 60, end % 60) }] });
        let mut definitions = engine::format::Definitions::new();
        let done = definitions.define_one(engine::format::Kind::Shift, "S", &body);
        assert!(done.is_ok());
        definitions.shift("S").map(|s| Shift::clone(s)).unwrap_or_else(|| unreachable!())
    }

    #[test]
    fn warnings_name_the_broken_pattern_and_short_rests() {
        let shifts = [shift(480, 960), shift(960, 1440), shift(1440, 1920)];
        let grid = sample(7);
        assert_eq!(grid.check(&shifts), Ok(()));
        let continued = grid.warnings(&shifts, Phase::Continue);
        assert_eq!(continued, [GridWarning::PatternBroken { days: 7, pattern: 4 }]);
        let again = grid.warnings(&shifts, Phase::Restart);
        let short = GridWarning::RestShort { team: 1, day: 1, minutes: 0 };
        assert!(again.contains(&short), "from shift 3 of day 7 into shift 1: {again:?}");
        assert_eq!(sample(8).warnings(&shifts, Phase::Restart), []);
    }

    #[test]
    fn what_no_team_can_work_is_refused() {
        let shifts = [shift(480, 960), shift(960, 1440), shift(1440, 1920)];
        let mut twice = sample(4);
        twice.rows[1].teams[0] = vec![1];
        let code = |g: &Grid| {
            g.check(&shifts).map_err(|r| crate::base::Refusal::code(&r)).err().unwrap_or("none")
        };
        assert_eq!(code(&twice), "team_twice");
        let mut uncovered = sample(4);
        uncovered.rows[2].teams = vec![vec![]; 4];
        assert_eq!(code(&uncovered), "shift_uncovered");
        let mut gap = sample(4);
        gap.rows[2].teams[3] = vec![];
        assert_eq!(code(&gap), "none");
        let none = GridWarning::NotCovered { shift: ShiftId(3), day: 4 };
        assert!(gap.warnings(&shifts, Phase::Continue).contains(&none));
        let mut long = sample(4);
        long.rows[0].teams.pop();
        assert_eq!(code(&long), "grid_invalid");
        let mut number = sample(4);
        number.rows[0].teams[0] = vec![100];
        assert_eq!(code(&number), "grid_invalid");
    }
}
