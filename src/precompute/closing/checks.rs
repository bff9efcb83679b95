//! What stands in the way of locking a period, and what should be looked at before.

use sea_orm::{FromQueryResult, Value};
use vocabulary::{LocalDate, PersonId};

use crate::base::{Fault, Query, Tx};
use crate::calendars::{NamedPeriod, PeriodLabel, PeriodRow, period_neighbours};
use crate::precompute::gather;

/// People with marks that are looked at in one step.
const PAGE: i64 = 500;

/// Why a period cannot be locked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// People whose changes in the period are not computed yet.
    PendingPeople,
    /// Dates that are not final.
    OpenDays,
    /// The clock has not come to its last date.
    NotOver,
    /// Periods before it that have begun to close and are not locked.
    EarlierUnlocked,
    /// People whose stored results are not what their facts give; only found while locking.
    NotReproduced,
}

impl Obstacle {
    pub const fn code(self) -> &'static str {
        match self {
            Self::PendingPeople => "people_pending",
            Self::OpenDays => "days_not_final",
            Self::NotOver => "period_not_over",
            Self::EarlierUnlocked => "earlier_period_unlocked",
            Self::NotReproduced => "results_not_reproduced",
        }
    }

    pub fn zh(self, count: i64) -> String {
        match self {
            Self::PendingPeople => format!("{count} 名员工在该周期内的变更尚未算完"),
            Self::OpenDays => format!("{count} 个人天尚未最终确定"),
            Self::NotOver => "周期尚未结束".to_owned(),
            Self::EarlierUnlocked => format!("之前还有 {count} 个关账中的周期未锁定"),
            Self::NotReproduced => {
                format!("{count} 名员工的结果与原始数据不一致，请运行 kaoqin rebuild 核对")
            }
        }
    }

    pub fn en(self, count: i64) -> String {
        match self {
            Self::PendingPeople => {
                format!("Changes of {count} people in the period are not computed yet")
            }
            Self::OpenDays => format!("{count} days of people are not final"),
            Self::NotOver => "The period is not over".to_owned(),
            Self::EarlierUnlocked => format!("{count} earlier periods are closing and not locked"),
            Self::NotReproduced => {
                format!("Results of {count} people are not what the facts give; run kaoqin rebuild")
            }
        }
    }
}

/// The sums of a period over everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct PeriodSums {
    pub people: i64,
    pub days: i64,
    pub open_days: i64,
    pub open_exceptions: i64,
    /// People whose results are archived.
    pub archived: i64,
}

/// What is known before a period is locked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    pub sums: PeriodSums,
    pub obstacles: Vec<(Obstacle, i64)>,
    pub statements: Answers,
}

/// How many statements there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Answers {
    pub sent: i64,
    pub confirmed: i64,
    pub disputed: i64,
}

pub async fn sums(q: &impl Query, row: &PeriodRow) -> Result<PeriodSums, Fault> {
    let sql = "SELECT COUNT(*) AS people, \
         CAST(COALESCE(SUM(s.days), 0) AS BIGINT) AS days, \
         CAST(COALESCE(SUM(s.days - s.final_days), 0) AS BIGINT) AS open_days, \
         CAST(COALESCE(SUM(s.open_exceptions), 0) AS BIGINT) AS open_exceptions, \
         COUNT(a.person_id) AS archived \
       FROM period_summary s LEFT JOIN period_archive a ON a.person_id = s.person_id \
         AND a.period_id = $3 AND a.from_date = s.from_date AND a.to_date = s.to_date \
       WHERE s.period_set_id = $1 AND s.period = $2";
    let values = vec![row.period_set_id.into(), row.period.as_str().into(), row.id.into()];
    Ok(q.row(sql, values).await?.unwrap_or_default())
}

async fn answers(q: &impl Query, row: &PeriodRow) -> Result<Answers, Fault> {
    let sql = "SELECT COUNT(*) AS sent, \
         COUNT(CASE WHEN state = 'confirmed' THEN 1 END) AS confirmed, \
         COUNT(CASE WHEN state = 'disputed' THEN 1 END) AS disputed \
       FROM period_statement WHERE period_id = $1";
    Ok(q.row(sql, vec![row.id.into()]).await?.unwrap_or_default())
}

/// Everything that is to be known before locking.
pub async fn checks(tx: &Tx, row: &PeriodRow) -> Result<Checks, Fault> {
    let sums = sums(tx, row).await?;
    let (obstacles, statements) = (obstacles(tx, row, &sums).await?, answers(tx, row).await?);
    Ok(Checks { sums, obstacles, statements })
}

#[derive(FromQueryResult)]
struct ThroughRow {
    through: Option<LocalDate>,
}

/// What stands in the way besides missing archives.
pub async fn obstacles(
    tx: &Tx,
    row: &PeriodRow,
    sums: &PeriodSums,
) -> Result<Vec<(Obstacle, i64)>, Fault> {
    let mut all = Vec::new();
    let pending = pending(tx, row).await?;
    if pending > 0 {
        all.push((Obstacle::PendingPeople, pending));
    }
    if sums.open_days > 0 {
        all.push((Obstacle::OpenDays, sums.open_days));
    }
    let clock: Option<ThroughRow> =
        tx.row("SELECT MIN(marked_through) AS through FROM clock_mark", vec![]).await?;
    if clock.and_then(|c| c.through).is_some_and(|d| d < row.to_date) {
        all.push((Obstacle::NotOver, 1));
    }
    let earlier = period_neighbours(tx, row).await?.earlier_unlocked;
    if earlier > 0 {
        all.push((Obstacle::EarlierUnlocked, earlier));
    }
    Ok(all)
}

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

#[derive(FromQueryResult)]
struct PersonRow {
    person_id: PersonId,
}

/// People of the period with marks in their part of it.
async fn pending(tx: &Tx, row: &PeriodRow) -> Result<i64, Fault> {
    let known = "SELECT COUNT(DISTINCT m.person_id) AS n FROM dirty_mark m \
         JOIN period_summary s ON s.person_id = m.person_id \
           AND s.period_set_id = $1 AND s.period = $2 \
         WHERE m.from_date <= s.to_date AND (m.to_date IS NULL OR m.to_date >= s.from_date)";
    let values = vec![row.period_set_id.into(), row.period.as_str().into()];
    let count: Option<CountRow> = tx.row(known, values).await?;
    Ok(count.map_or(0, |c| c.n) + strangers(tx, row).await?)
}

/// The same of people who have no results in it yet, but will have.
async fn strangers(tx: &Tx, row: &PeriodRow) -> Result<i64, Fault> {
    let sql = "SELECT DISTINCT m.person_id FROM dirty_mark m \
         WHERE m.person_id > $5 AND m.from_date <= $4 AND (m.to_date IS NULL OR m.to_date >= $3) \
           AND NOT EXISTS (SELECT 1 FROM period_summary s WHERE s.person_id = m.person_id \
             AND s.period_set_id = $1 AND s.period = $2) \
         ORDER BY m.person_id LIMIT $6";
    let label = PeriodLabel::of(&row.period);
    let period = NamedPeriod { label, from: row.from_date, to: row.to_date };
    let mut after = PersonId(0);
    let mut count = 0;
    loop {
        let values: Vec<Value> = vec![
            row.period_set_id.into(),
            row.period.as_str().into(),
            row.from_date.into(),
            row.to_date.into(),
            after.into(),
            PAGE.into(),
        ];
        let rows: Vec<PersonRow> = tx.rows(sql, values).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.person_id;
        let people: Vec<PersonId> = rows.iter().map(|r| r.person_id).collect();
        let members = gather::members(tx, &people, row.period_set_id, &period).await?;
        count += i64::try_from(members.len()).unwrap_or(i64::MAX);
    }
}
