use std::collections::BTreeMap;

use serde_json::{Value, json};
use vocabulary::{DateSpan, LocalDate, PersonId};

use super::check::{Found, What};
use crate::base::{App, ColumnKind, Fault, Query, Tx, json_rows, span_rows, span_values};
use crate::dirty::{self, Cause, Lane, Mark};
use crate::precompute::summary::PERIOD_SUMMARY;

/// Has what differs computed and written again: marks it, spoils the hashes of the stored rows so that the drain does
/// not take them for right, and leaves the rest to the drain. What has no result it hangs on is written here. Locked
/// dates are left alone; a drain makes their adjustments anew. Returns how many people were marked.
pub async fn repair(app: &App, found: &[Found]) -> Result<usize, Fault> {
    let mut spans: BTreeMap<PersonId, (LocalDate, LocalDate)> = BTreeMap::new();
    let open: Vec<&Found> = found.iter().filter(|f| !f.locked).collect();
    let adjusted = found.iter().filter(|f| f.what == What::AdjustmentDiffers);
    for f in open.iter().copied().chain(adjusted) {
        let span = spans.entry(f.person_id).or_insert((f.date, f.to));
        *span = (span.0.min(f.date), span.1.max(f.to));
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    spoil(&tx, &open).await?;
    close(&tx, &open, at).await?;
    delete_summaries(&tx, &open).await?;
    let marks: Vec<Mark> = spans
        .iter()
        .map(|(person, (from, to))| Mark {
            person: *person,
            span: DateSpan::new(*from, *to),
            cause: Cause::Engine,
            lane: Lane::OpenPeriod,
        })
        .collect();
    dirty::mark(&tx, &marks, at).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(marks.len())
}

/// Makes the stored rows of these dates differ from whatever is computed; of a summary all dates of its period.
async fn spoil(tx: &Tx, found: &[&Found]) -> Result<(), Fault> {
    let spans: Vec<(PersonId, DateSpan)> =
        found.iter().map(|f| (f.person_id, DateSpan::new(f.date, f.to))).collect();
    tx.run(
        &format!(
            "UPDATE day_result SET hash = CASE WHEN hash = 0 THEN 1 ELSE 0 END \
             WHERE (person_id, work_date) IN \
               (SELECT d.person_id, d.work_date FROM {} JOIN day_result d \
                ON d.person_id = w.person_id AND d.work_date BETWEEN w.from_date AND w.to_date)",
            span_rows(tx.dialect())
        ),
        span_values(tx.dialect(), &spans),
    )
    .await?;
    Ok(())
}

/// Closes exceptions that nothing calls for. A date without result has nothing else that would.
async fn close(tx: &Tx, found: &[&Found], at: vocabulary::Instant) -> Result<(), Fault> {
    let gone = found.iter().filter(|f| f.what == What::ExceptionSuperfluous);
    let rows: Vec<Value> = gone
        .map(|f| {
            json!({ "person_id": f.person_id.0, "work_date": f.date, "code": f.code,
                    "anchor": f.key })
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let input = json_rows(
        tx.dialect(),
        "k",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("work_date", ColumnKind::Date),
            ("code", ColumnKind::Text),
            ("anchor", ColumnKind::Bigint),
        ],
    );
    tx.run(
        &format!(
            "UPDATE day_exception SET closed_at = $2 \
             WHERE closed_at IS NULL AND (person_id, work_date, code, anchor) IN \
               (SELECT k.person_id, k.work_date, k.code, k.anchor FROM {input})"
        ),
        vec![Value::Array(rows).to_string().into(), at.into()],
    )
    .await?;
    Ok(())
}

/// Deletes summaries of periods that are not the person's, or that have no results.
async fn delete_summaries(tx: &Tx, found: &[&Found]) -> Result<(), Fault> {
    let wrong = [What::SummarySuperfluous, What::SummaryDiffers];
    let gone = found.iter().filter(|f| wrong.contains(&f.what));
    let keys = gone
        .map(|f| json!({ "person_id": f.person_id.0, "period_set_id": f.key, "period": f.code }));
    PERIOD_SUMMARY.delete(tx, keys.collect()).await
}
