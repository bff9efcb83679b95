//! Statements (考勤确认单): the sums of a closing period and the adjustments posted to it, as people confirm or dispute
//! them.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use serde::Serialize;
use serde_json::json;
use vocabulary::{Instant, LocalDate, PeriodId, PeriodSetId, PersonId};
use xxhash_rust::xxh3::xxh3_64;

use super::change::held;
use super::refusal::{ClosingRefusal, MAX_TEXT};
use crate::base::{
    Actor, App, Failure, Fault, Once, Query, Scope, Tx, audit, begin_once, finish_once, id_rows,
    id_value,
};
use crate::calendars::PeriodState;
use crate::people;
use crate::precompute::read::SummaryRow;

/// A line that is posted to a period because a locked date would be another today.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AdjustmentRow {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub work_date: LocalDate,
    pub item: String,
    pub period_set_id: PeriodSetId,
    pub period: String,
    pub origin_set_id: PeriodSetId,
    pub origin_period: String,
    pub delta: i32,
    pub cause: String,
    pub at: Instant,
}

/// Which adjustments are wanted.
#[derive(Clone, Debug, Default)]
pub struct AdjustmentFilter {
    pub person: Option<PersonId>,
    /// Posted to this period.
    pub period: Option<String>,
    /// Of dates of this locked period.
    pub origin: Option<String>,
    /// Behind this line.
    pub after: Option<(PersonId, LocalDate, String, String)>,
    pub limit: u32,
}

const ADJUSTMENT: &str = "SELECT j.person_id, p.number, p.name, j.work_date, j.item, \
     j.period_set_id, j.period, j.origin_set_id, j.origin_period, j.delta, j.cause, j.at \
     FROM adjustment j JOIN person p ON p.id = j.person_id";

/// Adjustments in the order of person, date and item. Who may see one follows its date.
pub async fn adjustments(
    q: &impl Query,
    scope: &Scope,
    f: &AdjustmentFilter,
) -> Result<Vec<AdjustmentRow>, Fault> {
    let mut values: Vec<Value> = Vec::new();
    let mut parts = vec!["TRUE".to_owned()];
    let mut put = |values: &mut Vec<Value>, column: &str, v: Value| {
        values.push(v);
        parts.push(format!("{column} = ${}", values.len()));
    };
    if let Some(p) = f.person {
        put(&mut values, "j.person_id", p.into());
    }
    if let Some(p) = &f.period {
        put(&mut values, "j.period", p.as_str().into());
    }
    if let Some(p) = &f.origin {
        put(&mut values, "j.origin_period", p.as_str().into());
    }
    if let Some((person, date, item, period)) = &f.after {
        let key = [(*person).into(), (*date).into(), item.as_str().into(), period.as_str().into()];
        values.extend(key);
        let n = values.len();
        parts.push(format!(
            "(j.person_id, j.work_date, j.item, j.period) > (${}, ${}, ${}, ${n})",
            n - 3,
            n - 2,
            n - 1
        ));
    }
    parts.push(people::within(scope, "j.work_date", "j.person_id", &mut values));
    values.push(i64::from(f.limit).into());
    let sql = format!(
        "{ADJUSTMENT} WHERE {} ORDER BY j.person_id, j.work_date, j.item, j.period LIMIT ${}",
        parts.join(" AND "),
        values.len()
    );
    q.rows(&sql, values).await
}

#[derive(Clone, Debug, FromQueryResult)]
struct StatementRow {
    period_id: PeriodId,
    period_set_id: PeriodSetId,
    period_state: String,
    statement_state: String,
    content: Option<i64>,
    remark: Option<String>,
    sent_at: Instant,
    answered_at: Option<Instant>,
    #[sea_orm(nested)]
    summary: SummaryRow,
}

/// A statement with what it says now.
#[derive(Clone, Debug)]
pub struct Statement {
    pub period_id: PeriodId,
    pub period_state: PeriodState,
    /// `sent`, `confirmed` or `disputed`.
    pub state: String,
    pub remark: Option<String>,
    pub sent_at: Instant,
    pub answered_at: Option<Instant>,
    pub summary: SummaryRow,
    pub adjustments: Vec<AdjustmentRow>,
    /// Names what it says; another content has another one.
    pub fingerprint: i64,
    /// Whether it says something else than when it was answered.
    pub changed: bool,
}

/// Which statements are wanted.
#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    pub person: Option<PersonId>,
    pub period: Option<PeriodId>,
    pub state: Option<&'static str>,
    pub after: Option<PersonId>,
    pub limit: u32,
}

/// Statements in the order of people, the newest period first. Who may see one follows the last date of its period.
pub async fn statements(
    tx: &Tx,
    scope: &Scope,
    f: &StatementFilter,
) -> Result<Vec<Statement>, Fault> {
    let mut values: Vec<Value> = vec![f.after.unwrap_or_default().into()];
    let mut parts = vec!["t.person_id > $1".to_owned()];
    if let Some(p) = f.person {
        values.push(p.into());
        parts.push(format!("t.person_id = ${}", values.len()));
    }
    if let Some(p) = f.period {
        values.push(p.into());
        parts.push(format!("t.period_id = ${}", values.len()));
    }
    if let Some(s) = f.state {
        values.push(s.into());
        parts.push(format!("t.state = ${}", values.len()));
    }
    parts.push(people::within(scope, "s.to_date", "t.person_id", &mut values));
    values.push(i64::from(f.limit).into());
    let sql = format!(
        "SELECT t.period_id, a.period_set_id, a.state AS period_state, \
           t.state AS statement_state, t.content, t.remark, t.sent_at, t.answered_at, \
           s.*, p.number, p.name \
         FROM period_statement t JOIN attendance_period a ON a.id = t.period_id \
         JOIN period_summary s ON s.person_id = t.person_id \
           AND s.period_set_id = a.period_set_id AND s.period = a.period \
         JOIN person p ON p.id = t.person_id WHERE {} \
         ORDER BY t.person_id, a.from_date DESC, t.period_id LIMIT ${}",
        parts.join(" AND "),
        values.len()
    );
    let rows: Vec<StatementRow> = tx.rows(&sql, values).await?;
    let mut lines = posted(tx, &rows).await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let key = (r.summary.person_id, r.period_set_id, r.summary.period.clone());
            let adjustments = lines.remove(&key).unwrap_or_default();
            let fingerprint = fingerprint(&r.summary, &adjustments);
            Statement {
                period_id: r.period_id,
                period_state: PeriodState::of(&r.period_state),
                state: r.statement_state,
                remark: r.remark,
                sent_at: r.sent_at,
                answered_at: r.answered_at,
                summary: r.summary,
                adjustments,
                fingerprint,
                changed: r.content.is_some_and(|c| c != fingerprint),
            }
        })
        .collect())
}

type Place = (PersonId, PeriodSetId, String);

/// The adjustments posted to the periods of some statements.
async fn posted(
    tx: &Tx,
    rows: &[StatementRow],
) -> Result<HashMap<Place, Vec<AdjustmentRow>>, Fault> {
    let mut all: HashMap<Place, Vec<AdjustmentRow>> = HashMap::new();
    if rows.is_empty() {
        return Ok(all);
    }
    let sql = format!(
        "{ADJUSTMENT} WHERE j.person_id IN (SELECT k.id FROM {}) \
           AND j.period IN (SELECT a.period FROM attendance_period a JOIN {} ON n.id = a.id) \
         ORDER BY j.person_id, j.work_date, j.item",
        id_rows(tx.dialect(), "k", 1),
        id_rows(tx.dialect(), "n", 2)
    );
    let people = id_value(rows.iter().map(|r| r.summary.person_id.0));
    let periods = id_value(rows.iter().map(|r| r.period_id.0));
    let lines: Vec<AdjustmentRow> = tx.rows(&sql, vec![people, periods]).await?;
    for l in lines {
        all.entry((l.person_id, l.period_set_id, l.period.clone())).or_default().push(l);
    }
    Ok(all)
}

/// Of everything a statement says.
fn fingerprint(s: &SummaryRow, lines: &[AdjustmentRow]) -> i64 {
    let numbers = [
        i64::from(s.days),
        i64::from(s.work_days),
        s.due_tenths,
        s.actual_tenths,
        s.regular_minutes,
        s.late_tenths,
        i64::from(s.late_count),
        s.early_tenths,
        i64::from(s.early_count),
        s.absence_tenths,
        i64::from(s.absence_days_hundredths),
        i64::from(s.shortfall_minutes),
        i64::from(s.weekday_overtime_minutes),
        i64::from(s.rest_overtime_minutes),
        i64::from(s.holiday_overtime_minutes),
        i64::from(s.unconfirmed_minutes),
        i64::from(s.presence_minutes),
        i64::from(s.night_minutes),
        i64::from(s.leave_minutes),
        i64::from(s.open_exceptions),
    ];
    let lines: Vec<(LocalDate, &str, i32)> =
        lines.iter().map(|l| (l.work_date, l.item.as_str(), l.delta)).collect();
    let text = json!([numbers, s.detail, lines]).to_string();
    xxh3_64(text.as_bytes()).cast_signed()
}

/// Sends everybody of a closing period his statement who has none yet; how many.
pub async fn send_statements(
    app: &App,
    actor: &Actor,
    id: PeriodId,
    once: &Once,
) -> Result<i64, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "create_period_statements", once, at).await? {
        return Ok(done);
    }
    let row = held(&tx, id).await?;
    if row.state() != PeriodState::Closing {
        return Err(ClosingRefusal::NotClosing.into());
    }
    let sql = "INSERT INTO period_statement (period_id, person_id, state, sent_at) \
               SELECT $1, s.person_id, 'sent', $4 FROM period_summary s \
               WHERE s.period_set_id = $2 AND s.period = $3 \
               ON CONFLICT (period_id, person_id) DO NOTHING";
    let values = vec![id.into(), row.period_set_id.into(), row.period.as_str().into(), at.into()];
    let sent = i64::try_from(tx.run(sql, values).await?).unwrap_or(i64::MAX);
    let detail = json!({ "period": row.period, "sent": sent });
    audit(&tx, actor, at, "send", "period_statement", &id.to_string(), detail).await?;
    finish_once(&tx, actor, "create_period_statements", once, &sent).await?;
    tx.commit().await?;
    Ok(sent)
}

/// What somebody says of his statement.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The fingerprint of what he has seen.
    pub seen: i64,
    pub agrees: bool,
    pub remark: Option<String>,
}

/// Answers one's own statement while its period is closing. An answer can be changed.
pub async fn answer_statement(
    app: &App,
    actor: &Actor,
    person: PersonId,
    id: PeriodId,
    answer: &Answer,
    once: &Once,
) -> Result<(), Failure> {
    let remark = answer.remark.as_deref().map(str::trim).filter(|r| !r.is_empty());
    if !answer.agrees && remark.is_none() {
        return Err(ClosingRefusal::RemarkMissing.into());
    }
    let wrong = |r: &str| r.chars().count() > MAX_TEXT || r.chars().any(char::is_control);
    if remark.is_some_and(wrong) {
        return Err(ClosingRefusal::RemarkInvalid.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(()) = begin_once(&tx, actor, "create_my_statement_answer", once, at).await? {
        return Ok(());
    }
    let own = own_statements(&tx, person, Some(id)).await?;
    let own = own.into_iter().next().ok_or(ClosingRefusal::StatementNotFound)?;
    if own.period_state != PeriodState::Closing {
        return Err(ClosingRefusal::NotClosing.into());
    }
    if own.fingerprint != answer.seen {
        return Err(ClosingRefusal::StatementChanged.into());
    }
    let state = if answer.agrees { "confirmed" } else { "disputed" };
    let sql = "UPDATE period_statement SET state = $3, content = $4, remark = $5, answered_at = $6 \
               WHERE period_id = $1 AND person_id = $2";
    let remark = remark.map(str::to_owned);
    let values =
        vec![id.into(), person.into(), state.into(), answer.seen.into(), remark.into(), at.into()];
    tx.run(sql, values).await?;
    let detail = json!({ "state": state });
    audit(&tx, actor, at, "answer", "period_statement", &format!("{id}/{person}"), detail).await?;
    finish_once(&tx, actor, "create_my_statement_answer", once, &()).await?;
    tx.commit().await?;
    Ok(())
}

/// Most statements of one person in one answer.
const MAX_OWN: u32 = 60;

/// One's own statements, the newest first.
pub async fn own_statements(
    tx: &Tx,
    person: PersonId,
    period: Option<PeriodId>,
) -> Result<Vec<Statement>, Fault> {
    let filter = StatementFilter {
        person: Some(person),
        period,
        limit: MAX_OWN,
        ..StatementFilter::default()
    };
    statements(tx, &Scope::person(person), &filter).await
}
