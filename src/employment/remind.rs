//! What becomes due soon: the end of a probation, of a contract, of a freeze.

use std::time::Duration;

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use tokio::sync::watch;
use vocabulary::{Instant, LocalDate, PersonId, ReminderId};

use crate::base::{App, ColumnKind, Failure, Fault, Query, Scope, json_rows};
use crate::people::within;

/// Days before; each is said once.
pub const REMINDER_STEPS: [i32; 3] = [30, 15, 7];
/// How often a process looks.
const TIMER: Duration = Duration::from_secs(600);

/// What becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReminderKind {
    /// Last day of a probation.
    ProbationEnd,
    /// Last day of a contract.
    ContractEnd,
    /// First day after a freeze.
    UnfreezeDue,
}

impl ReminderKind {
    pub const ALL: [Self; 3] = [Self::ProbationEnd, Self::ContractEnd, Self::UnfreezeDue];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProbationEnd => "probation_end",
            Self::ContractEnd => "contract_end",
            Self::UnfreezeDue => "unfreeze_due",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// Everything that becomes due from a date `$1` to `$2`, as far as the person is there then.
const DUE: &str = "SELECT d.person_id, d.kind, d.due_on FROM ( \
     SELECT t.person_id, 'probation_end' AS kind, t.valid_to AS due_on FROM person_probation t \
       WHERE t.valid_to BETWEEN $1 AND $2 \
     UNION SELECT f.person_id, 'unfreeze_due', f.valid_to FROM person_freeze f \
       WHERE f.valid_to BETWEEN $1 AND $2 \
     UNION SELECT e.person_id, 'contract_end', e.contract_until FROM employment_event e \
       WHERE e.contract_until BETWEEN $1 AND $2 AND e.state = 'effective' \
         AND NOT EXISTS (SELECT 1 FROM employment_event n WHERE n.person_id = e.person_id \
           AND n.state = 'effective' AND n.kind IN ('renewal', 'reinstate', 'leave') \
           AND (n.on_date > e.on_date OR (n.on_date = e.on_date AND n.seq > e.seq)) \
           AND (n.kind <> 'leave' OR n.on_date <= e.contract_until)) \
     ) d JOIN person p ON p.id = d.person_id \
     WHERE p.left_on IS NULL OR p.left_on > d.due_on";

#[derive(FromQueryResult)]
struct DueRow {
    person_id: PersonId,
    kind: String,
    due_on: LocalDate,
}

/// Says what becomes due in 30, 15 and 7 days, each step once; how many rows are new. After a standstill only the
/// nearest step is said.
pub async fn remind(app: &App) -> Result<u64, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let [longest, ..] = REMINDER_STEPS;
    // A freeze is told by its last day; what is due is the day after.
    let (from, to) = (today.plus(-1), today.plus(longest));
    let due: Vec<DueRow> = app.db.read().rows(DUE, vec![from.into(), to.into()]).await?;
    let mut rows = Vec::new();
    for d in due {
        let kind = ReminderKind::parse(&d.kind);
        let unfreeze = kind == Some(ReminderKind::UnfreezeDue);
        let due_on = if unfreeze { d.due_on.plus(1) } else { d.due_on };
        let left = due_on.days() - today.days();
        let step = REMINDER_STEPS.into_iter().filter(|s| *s >= left).min();
        if let (0.., Some(step)) = (left, step) {
            rows.push(json!({ "person_id": d.person_id.0, "kind": d.kind,
                "due_on": due_on, "days_before": step }));
        }
    }
    if rows.is_empty() {
        return Ok(0);
    }
    let tx = app.db.begin().await?;
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("kind", ColumnKind::Text),
            ("due_on", ColumnKind::Date),
            ("days_before", ColumnKind::Int),
        ],
    );
    let sql = format!(
        "INSERT INTO employment_reminder (person_id, kind, due_on, days_before, made_at) \
         SELECT r.person_id, r.kind, r.due_on, r.days_before, $2 FROM {input} WHERE TRUE \
         ORDER BY r.due_on, r.person_id \
         ON CONFLICT (person_id, kind, due_on, days_before) DO NOTHING"
    );
    let rows = Value::Array(rows).to_string();
    let made = tx.run(&sql, vec![rows.into(), at.into()]).await?;
    tx.commit().await?;
    Ok(made)
}

/// Looks now and then what becomes due, until `stop` turns true.
pub async fn run_reminders(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(e) = remind(&app).await {
            tracing::error!(error = ?e, "what becomes due was not said");
        }
        tokio::select! {
            () = tokio::time::sleep(TIMER) => {}
            _ = stop.changed() => {}
        }
    }
}

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ReminderRow {
    pub id: ReminderId,
    /// See [`ReminderKind`].
    pub kind: String,
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub due_on: LocalDate,
    pub days_before: i32,
    pub made_at: Instant,
}

/// Which reminders are wanted.
#[derive(Clone, Debug)]
pub struct ReminderFilter {
    pub person: Option<PersonId>,
    pub kind: Option<ReminderKind>,
    pub from: LocalDate,
    pub to: LocalDate,
    pub today: LocalDate,
    /// Ids after this one.
    pub after: ReminderId,
    pub limit: u32,
}

/// Reminders in the order in which they were made. Who may see them follows today.
pub async fn reminders(
    q: &impl Query,
    scope: &Scope,
    f: &ReminderFilter,
) -> Result<Vec<ReminderRow>, Fault> {
    let mut values: Vec<sea_orm::Value> = vec![
        f.person.into(),
        f.kind.map(ReminderKind::as_str).into(),
        f.from.into(),
        f.to.into(),
        f.after.into(),
        i64::from(f.limit).into(),
        f.today.into(),
    ];
    let seen = within(scope, "$7", "p.id", &mut values);
    let sql = format!(
        "SELECT r.id, r.kind, r.person_id, p.number, p.name, r.due_on, r.days_before, r.made_at \
         FROM employment_reminder r JOIN person p ON p.id = r.person_id \
         WHERE ($1 IS NULL OR r.person_id = $1) AND ($2 IS NULL OR r.kind = $2) \
           AND r.due_on BETWEEN $3 AND $4 AND r.id > $5 AND $7 IS NOT NULL AND {seen} \
         ORDER BY r.id LIMIT $6"
    );
    q.rows(&sql, values).await
}
