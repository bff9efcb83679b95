//! Writing archives: what each person's results were computed from, beside the hashes they had.

use rayon::prelude::*;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::facts::{PersonFacts, SharedFacts, pack};
use crate::base::failpoint::{Sabotage, sabotaged};
use crate::base::{Fault, Query, Tx, id_rows, id_value, on_all_cores};
use crate::calendars::{PeriodRow, PeriodState};
use crate::precompute::compute::{Days, evaluated};
use crate::precompute::gather::{AFTER, BEFORE, Inputs, Person, Wanted, calendars, gather};
use crate::precompute::settle::Outcome;
use crate::rules::BookFacts;

/// A person of a period with his part of it.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Member {
    pub person_id: PersonId,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
}

/// People of a period without an archive of their dates, in the order of ids, behind `after`.
pub async fn unarchived(
    q: &impl Query,
    row: &PeriodRow,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Member>, Fault> {
    let sql = "SELECT s.person_id, s.from_date, s.to_date FROM period_summary s \
               WHERE s.period_set_id = $1 AND s.period = $2 AND s.person_id > $3 \
                 AND NOT EXISTS (SELECT 1 FROM period_archive a \
                   WHERE a.person_id = s.person_id AND a.period_id = $4 \
                     AND a.from_date = s.from_date AND a.to_date = s.to_date) \
               ORDER BY s.person_id LIMIT $5";
    let values = vec![
        row.period_set_id.into(),
        row.period.as_str().into(),
        after.into(),
        row.id.into(),
        limit.into(),
    ];
    q.rows(sql, values).await
}

/// A person's archive, ready to be written.
struct Packed {
    person: PersonId,
    from: LocalDate,
    to: LocalDate,
    inputs: Vec<u8>,
    hashes: String,
}

/// Archives these people; those whose stored results are not final, or not what the facts of now give, are left for
/// later. The transaction must hold the period. Returns how many were archived.
pub async fn archive(
    tx: &Tx,
    row: &PeriodRow,
    members: &[Member],
    at: Instant,
) -> Result<usize, Fault> {
    let wanted: Vec<Wanted> =
        members.iter().map(|m| (m.person_id, DateSpan::new(m.from_date, m.to_date))).collect();
    let inputs = gather(tx, &wanted).await?;
    let days = evaluated(&inputs, at);
    let packed: Result<Vec<Option<Packed>>, Fault> = on_all_cores(|| {
        inputs.people.par_iter().zip(&days).map(|(p, d)| packed(&inputs, p, d)).collect()
    });
    let packed: Vec<Packed> = packed?.into_iter().flatten().collect();
    write(tx, row, &packed, at).await?;
    Ok(packed.len())
}

fn packed(inputs: &Inputs, person: &Person, days: &Days) -> Result<Option<Packed>, Fault> {
    let (from, to) = (person.span.from, person.span.to.unwrap_or(person.span.from));
    let stored = person.stored.range(from..=to).map(|(d, s)| (*d, s.hash));
    let inside = || days.results.iter().filter(|c| (from..=to).contains(&c.date));
    let hashes: Vec<(LocalDate, i64)> = inside().map(|c| (c.date, c.hash())).collect();
    let open = inside().any(|c| !c.is_final());
    let whole = inputs.period(person, from);
    if !stored.eq(hashes.iter().copied()) || open || (whole.from, whole.to) != (from, to) {
        return Ok(None);
    }
    let hashes: Vec<String> =
        hashes.iter().map(|(d, h)| format!("{d}:{:016x}", h.cast_unsigned())).collect();
    Ok(Some(Packed {
        person: person.id,
        from,
        to,
        inputs: pack(&PersonFacts::of(person))?,
        hashes: hashes.join(","),
    }))
}

/// Columns of an archive.
const WIDTH: usize = 8;

async fn write(tx: &Tx, row: &PeriodRow, packed: &[Packed], at: Instant) -> Result<(), Fault> {
    if packed.is_empty() {
        return Ok(());
    }
    let place = |i: usize| {
        let cells: Vec<String> = (1..=WIDTH).map(|c| format!("${}", i * WIDTH + c)).collect();
        format!("({})", cells.join(", "))
    };
    let rows: Vec<String> = (0..packed.len()).map(place).collect();
    let values: Vec<Value> = packed
        .iter()
        .flat_map(|p| -> [Value; WIDTH] {
            [
                p.person.into(),
                row.id.into(),
                p.from.into(),
                p.to.into(),
                engine::ENGINE_VERSION.into(),
                p.inputs.clone().into(),
                p.hashes.as_str().into(),
                at.into(),
            ]
        })
        .collect();
    let sql = format!(
        "INSERT INTO period_archive (person_id, period_id, from_date, to_date, engine_version, \
           inputs, result_hashes, archived_at) VALUES {} \
         ON CONFLICT (person_id, period_id) DO UPDATE SET from_date = excluded.from_date, \
           to_date = excluded.to_date, engine_version = excluded.engine_version, \
           inputs = excluded.inputs, result_hashes = excluded.result_hashes, \
           archived_at = excluded.archived_at",
        rows.join(", ")
    );
    tx.run(&sql, values).await?;
    Ok(())
}

/// Keeps what everybody of a period shares, as `tx` shows it.
pub async fn write_book(tx: &Tx, row: &PeriodRow, at: Instant) -> Result<(), Fault> {
    let (from, to) = (row.from_date.plus(-BEFORE), row.to_date.plus(AFTER));
    let (calendars, default) = calendars(tx).await?;
    let book = BookFacts::load(tx, to).await?;
    let facts = pack(&SharedFacts::of(book, &calendars, default, (from, to)))?;
    let sql = "INSERT INTO period_book (period_id, facts, at) VALUES ($1, $2, $3) \
               ON CONFLICT (period_id) DO UPDATE SET facts = excluded.facts, at = excluded.at";
    tx.run(sql, vec![row.id.into(), facts.into(), at.into()]).await?;
    Ok(())
}

/// Removes what was archived of people who are settled in periods that are not locked.
pub async fn forget_archives(
    tx: &Tx,
    inputs: &Inputs,
    outcomes: &[Outcome<'_>],
) -> Result<(), Fault> {
    let ends = outcomes.iter().map(|o| (o.from, o.to));
    let Some((from, to)) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        return Ok(());
    };
    let known = inputs.periods.known.values().filter(|k| k.state != PeriodState::Locked);
    let touched = known.filter(|k| k.period.from <= to && k.period.to >= from);
    let periods: Vec<i64> = touched.map(|k| k.id.0).collect();
    if periods.is_empty() || sabotaged(Sabotage::KeepArchives) {
        return Ok(());
    }
    let sql = format!(
        "DELETE FROM period_archive WHERE person_id IN (SELECT k.id FROM {}) \
           AND period_id IN (SELECT n.id FROM {})",
        id_rows(tx.dialect(), "k", 1),
        id_rows(tx.dialect(), "n", 2)
    );
    let people = id_value(outcomes.iter().map(|o| o.person.id.0));
    tx.run(&sql, vec![people, id_value(periods)]).await?;
    Ok(())
}
