//! What the demo prints: a month, its exceptions, one explained day.

use engine::Lang;
use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId};

use crate::base::{App, Failure, Query, say};
use crate::precompute;

#[derive(FromQueryResult)]
struct MonthRow {
    name: String,
    people: i64,
    work_days: i64,
    regular: i64,
    late: i64,
    early: i64,
    absence: i64,
    weekday_overtime: i64,
    rest_overtime: i64,
    holiday_overtime: i64,
    presence: i64,
    leave_minutes: i64,
    exceptions: i64,
}

#[derive(FromQueryResult)]
struct PeriodRow {
    period: Option<String>,
}

#[derive(FromQueryResult)]
struct KindRow {
    code: String,
    n: i64,
}

#[derive(FromQueryResult)]
struct ExceptionRow {
    work_date: LocalDate,
    number: String,
    name: String,
    code: String,
}

#[derive(FromQueryResult)]
struct DayRow {
    person_id: PersonId,
    work_date: LocalDate,
    number: String,
    name: String,
}

/// Exceptions that are listed by name.
const SHOWN: i64 = 12;

pub async fn print(app: &App) -> Result<(), Failure> {
    let q = app.db.read();
    // The last period with a final day for everybody: the month before the newest.
    let periods: Vec<PeriodRow> = q
        .rows(
            "SELECT DISTINCT period FROM period_summary WHERE days > 0 ORDER BY period DESC LIMIT 2",
            vec![],
        )
        .await?;
    let Some(period) = periods.into_iter().next_back().and_then(|p| p.period) else {
        say("没有结果 / there are no results");
        return Ok(());
    };
    month(app, &period).await?;
    exceptions(app, &period).await?;
    explained(app, &period).await?;
    Ok(())
}

async fn month(app: &App, period: &str) -> Result<(), Failure> {
    let rows: Vec<MonthRow> = app
        .db
        .read()
        .rows(
            "SELECT COALESCE(o.name, '—') AS name, COUNT(*) AS people, \
               CAST(SUM(s.work_days) AS BIGINT) AS work_days, \
               CAST(SUM(s.regular_minutes) AS BIGINT) AS regular, \
               CAST(SUM(s.late_count) AS BIGINT) AS late, \
               CAST(SUM(s.early_count) AS BIGINT) AS early, \
               CAST(SUM(s.absence_tenths) AS BIGINT) AS absence, \
               CAST(SUM(s.weekday_overtime_minutes) AS BIGINT) AS weekday_overtime, \
               CAST(SUM(s.rest_overtime_minutes) AS BIGINT) AS rest_overtime, \
               CAST(SUM(s.holiday_overtime_minutes) AS BIGINT) AS holiday_overtime, \
               CAST(SUM(s.presence_minutes) AS BIGINT) AS presence, \
               CAST(SUM(s.leave_minutes) AS BIGINT) AS leave_minutes, \
               CAST(SUM(s.open_exceptions) AS BIGINT) AS exceptions \
             FROM period_summary s LEFT JOIN org_unit o ON o.id = s.org_id \
             WHERE s.period = $1 GROUP BY o.code, o.name ORDER BY o.code",
            vec![period.into()],
        )
        .await?;
    say(format_args!("\n考勤月报 {period} / month summary"));
    let mut lines = vec![HEAD_ZH.map(str::to_owned), HEAD_EN.map(str::to_owned)];
    let mut all = Numbers::default();
    for r in &rows {
        for (sum, n) in all.iter_mut().zip(r.numbers()) {
            *sum += n;
        }
        lines.push(line(&r.name, r.numbers()));
    }
    lines.push(line("合计 total", all));
    for line in lines {
        let mut cells = line.iter();
        let first = cells.next().map_or(String::new(), |c| pad(c, 16, false));
        let rest: Vec<String> = cells.map(|c| pad(c, 9, true)).collect();
        say(format_args!("{first}{}", rest.concat()));
    }
    Ok(())
}

const HEAD_ZH: [&str; 13] = [
    "部门",
    "人数",
    "工作日",
    "正班(h)",
    "在岗(h)",
    "迟到",
    "早退",
    "缺勤(h)",
    "平日加班",
    "休日加班",
    "假日加班",
    "请假(h)",
    "异常",
];

const HEAD_EN: [&str; 13] = [
    "department",
    "people",
    "days",
    "regular",
    "present",
    "late",
    "early",
    "absent",
    "weekd.OT",
    "rest OT",
    "holid.OT",
    "leave",
    "exceptns",
];

/// People, work days, minutes and counts, in the order of the head.
type Numbers = [i64; 12];

impl MonthRow {
    fn numbers(&self) -> Numbers {
        [
            self.people,
            self.work_days,
            self.regular,
            self.presence,
            self.late,
            self.early,
            self.absence / 10,
            self.weekday_overtime,
            self.rest_overtime,
            self.holiday_overtime,
            self.leave_minutes,
            self.exceptions,
        ]
    }
}

fn line(name: &str, n: Numbers) -> [String; 13] {
    let [people, days, regular, presence, late, early, absence, week, rest, holiday, leave, open] =
        n;
    [
        name.to_owned(),
        people.to_string(),
        days.to_string(),
        hours(regular),
        hours(presence),
        late.to_string(),
        early.to_string(),
        hours(absence),
        hours(week),
        hours(rest),
        hours(holiday),
        hours(leave),
        open.to_string(),
    ]
}

fn hours(minutes: i64) -> String {
    format!("{}.{}", minutes / 60, minutes % 60 / 6)
}

/// Pads to a width on the screen, where a Chinese character takes two places.
fn pad(text: &str, width: usize, right: bool) -> String {
    let wide = |c: char| if u32::from(c) > 0x2e7f { 2 } else { 1 };
    let used: usize = text.chars().map(wide).sum();
    let space = " ".repeat(width.saturating_sub(used));
    if right { format!("{space}{text}") } else { format!("{text}{space}") }
}

fn name(code: &str) -> &str {
    let known = engine::ExceptionCode::ALL.iter().find(|c| c.as_str() == code);
    known.map_or(code, |c| c.name(Lang::Zh))
}

async fn exceptions(app: &App, period: &str) -> Result<(), Failure> {
    let within = "FROM day_exception e JOIN period_summary s ON s.person_id = e.person_id \
                    AND e.work_date BETWEEN s.from_date AND s.to_date AND s.period = $1 \
                  JOIN person p ON p.id = e.person_id WHERE e.closed_at IS NULL";
    let kinds: Vec<KindRow> = app
        .db
        .read()
        .rows(
            &format!("SELECT e.code, COUNT(*) AS n {within} GROUP BY e.code ORDER BY 2 DESC, 1"),
            vec![period.into()],
        )
        .await?;
    say("\n异常 / exceptions");
    for k in kinds {
        say(format_args!("  {}{:>6}  {}", pad(name(&k.code), 20, false), k.n, k.code));
    }
    let some: Vec<ExceptionRow> = app
        .db
        .read()
        .rows(
            &format!(
                "SELECT e.work_date, p.number, p.name, e.code {within} \
                 ORDER BY e.work_date DESC, p.number, e.code LIMIT $2"
            ),
            vec![period.into(), SHOWN.into()],
        )
        .await?;
    for e in some {
        say(format_args!(
            "  {} {} {} {}",
            e.work_date,
            e.number,
            pad(&e.name, 10, false),
            name(&e.code)
        ));
    }
    Ok(())
}

/// A day with as much to explain as possible.
async fn explained(app: &App, period: &str) -> Result<(), Failure> {
    let day: Option<DayRow> = app
        .db
        .read()
        .row(
            "SELECT d.person_id, d.work_date, p.number, p.name FROM day_result d \
             JOIN person p ON p.id = d.person_id \
             JOIN period_summary s ON s.person_id = d.person_id AND s.period = $1 \
               AND d.work_date BETWEEN s.from_date AND s.to_date \
             WHERE d.state = 'final' \
             ORDER BY (CASE WHEN d.late_count > 0 THEN 4 ELSE 0 END) \
               + (CASE WHEN d.leave_minutes > 0 THEN 2 ELSE 0 END) \
               + (CASE WHEN d.weekday_overtime_minutes > 0 THEN 2 ELSE 0 END) \
               + (CASE WHEN d.exceptions > 0 THEN 1 ELSE 0 END) DESC, \
               d.work_date, d.person_id LIMIT 1",
            vec![period.into()],
        )
        .await?;
    let Some(day) = day else { return Ok(()) };
    let e = precompute::explain(app, day.person_id, day.work_date).await?;
    say(format_args!(
        "\n一天的解释 / one day explained: {} {} {}",
        day.number, day.name, day.work_date
    ));
    for sentence in e.explained.trace.sentences(Lang::Zh) {
        say(format_args!("  · {sentence}"));
    }
    let same = if e.reproduced { "一致 identical" } else { "不一致 DIFFERENT" };
    say(format_args!("  = 重算与存储结果 / evaluated again: {same}"));
    Ok(())
}
