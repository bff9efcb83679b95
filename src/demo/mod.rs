//! The demo group: one command from nothing to explained results and a served API.
//!
//! Deterministic for a seed and a date. Everything goes through the verbs and moves of the rooms; a second
//! start finds the data and uses it again.

mod careers;
mod demand;
mod device;
mod dice;
mod files;
mod life;
mod load;
mod organisation;
mod report;
mod rights;
mod rules;
mod staff;
mod users;

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, WallTime, Zone};

use crate::base::{App, Failure, Fault, Query, Refusal, say};
use crate::precompute;

/// When the demo's today is looked at, if `--today` names one: 20:00.
const EVENING: i64 = 20 * 3600;

/// `kaoqin demo …`
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Another seed invents other people and days
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The date that is played, YYYY-MM-DD [default: today]
    #[arg(long)]
    pub today: Option<LocalDate>,
    /// Use the punches of a device file instead of invented ones
    #[arg(long, value_name = "FILE")]
    pub attlog: Option<PathBuf>,
    /// Scheme of the people of the device file: OFFICE, FLEX, SHOP, PLANT or FREE
    #[arg(long, default_value = "OFFICE", requires = "attlog")]
    pub scheme: String,
    /// End after the printed report instead of serving
    #[arg(long)]
    pub once: bool,
    /// Write base URL and access tokens as JSON
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,
}

impl DemoArgs {
    /// The instant that is played, if it is not now: that of `--today`, or the day after a device file ends.
    pub fn plays(&self, zone: Zone) -> Result<Option<Instant>, Failure> {
        let day = match (&self.today, &self.attlog) {
            (Some(d), _) => Some(*d),
            (None, Some(file)) => Some(device::scan(file)?.last.plus(1)),
            (None, None) => None,
        };
        Ok(day.map(|d| zone.instant(WallTime::on(d, EVENING))))
    }
}

/// Why the demo does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoRefusal {
    OtherData,
    FileUnreadable { why: String },
    SchemeUnknown,
}

impl Refusal for DemoRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherData => "other_data",
            Self::FileUnreadable { .. } => "file_unreadable",
            Self::SchemeUnknown => "scheme_unknown",
        }
    }

    fn status(&self) -> u16 {
        422
    }

    fn zh(&self) -> String {
        match self {
            Self::OtherData => "该数据库已有其他数据，请用 --database-url 指定一个新库".to_owned(),
            Self::FileUnreadable { why } => format!("无法读取设备文件：{why}"),
            Self::SchemeUnknown => "没有这个考勤方案".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::OtherData => {
                "This database holds other data; name a new one with --database-url".to_owned()
            }
            Self::FileUnreadable { why } => format!("The device file cannot be read: {why}"),
            Self::SchemeUnknown => {
                "--scheme: expected OFFICE, FLEX, SHOP, PLANT or FREE".to_owned()
            }
        }
    }
}

#[derive(FromQueryResult)]
struct SettingRow {
    value: String,
}

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

/// Loads what is missing, computes everything and prints the report.
pub async fn run(app: &App, args: &DemoArgs) -> Result<(), Failure> {
    let built: Option<SettingRow> =
        app.db.read().row("SELECT value FROM setting WHERE key = 'demo'", vec![]).await?;
    match built.map(|b| b.value) {
        Some(state) if state == "ready" => say("使用已有的演示数据 / using the data that is there"),
        Some(_) => load(app, args).await?,
        None => {
            let people: Option<CountRow> =
                app.db.read().row("SELECT COUNT(*) AS n FROM person", vec![]).await?;
            if people.is_some_and(|p| p.n > 0) {
                return Err(DemoRefusal::OtherData.into());
            }
            remember(app, "loading").await?;
            load(app, args).await?;
        }
    }
    compute(app).await?;
    report::print(app).await?;
    Ok(())
}

async fn load(app: &App, args: &DemoArgs) -> Result<(), Failure> {
    match &args.attlog {
        Some(file) => device::load(app, file, &args.scheme).await?,
        None => {
            load::load(app, args.seed).await?;
            demand::load(app).await?;
        }
    }
    remember(app, "ready").await?;
    Ok(())
}

async fn remember(app: &App, state: &str) -> Result<(), Fault> {
    let tx = app.db.begin().await?;
    tx.run(
        "INSERT INTO setting (key, value) VALUES ('demo', $1) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        vec![state.into()],
    )
    .await?;
    tx.commit().await
}

/// Works off all marks with a progress bar.
async fn compute(app: &App) -> Result<(), Failure> {
    precompute::tick(app).await?;
    let left: Option<CountRow> =
        app.db.read().row("SELECT COUNT(*) AS n FROM dirty_mark", vec![]).await?;
    let total = left.map_or(0, |l| l.n);
    let bar = bar("预计算 precompute", u64::try_from(total).unwrap_or(0));
    let mut written = 0;
    while let Some(done) = precompute::drain(app).await? {
        bar.inc(done.marks as u64);
        written += done.settled.written;
    }
    bar.finish_and_clear();
    say(format_args!("已计算 {written} 个人日 / {written} employee-days computed"));
    Ok(())
}

/// A progress bar on standard error; silent where that is no terminal.
fn bar(what: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}

pub use users::{PASSWORD, Tokens, tokens};
