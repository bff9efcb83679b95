//! The command `kaoqin import`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use vocabulary::LocalDate;

use super::report::Report;
use super::stream::ImportError;
use super::{
    DateOrder, FileError, Format, Input, MasterTable, Options, PeopleOptions, import_masters,
    import_people, import_punches, import_roster,
};
use crate::base::{Actor, App};
use crate::punches::Flag;

/// `kaoqin import …`
#[derive(Args, Debug)]
#[command(after_help = "\
A row that cannot be used is reported and never stops the file. Every 2,000 rows are one transaction; \
importing a file again, or going on after a crash, changes nothing that is stored.

Exit status: 0 the file was read, 1 the program or the database failed, 2 the file cannot be read, \
3 (only with --strict) some rows were rejected.")]
pub struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Punches of a clock: *_attlog.dat, AGL text, CSV, XLSX
    Punches(PunchArgs),
    /// People: employees with departments, schemes, shifts and numbers on clocks; CSV, XLSX
    #[command(after_help = PEOPLE_HELP)]
    People(PeopleArgs),
    /// Master data: organisation, positions, dimensions, teams, calendars; CSV, XLSX
    #[command(after_help = MASTERS_HELP)]
    Masters(MasterArgs),
    /// Rosters: people × dates with shifts in the cells, or one row per person and date; CSV, XLSX
    #[command(after_help = ROSTER_HELP)]
    Roster(TableArgs),
}

const PEOPLE_HELP: &str = "\
One row per person, columns by name: number* (工号), name (姓名), hired_on (入职日期), left_on (离职日期), org \
(部门: code, path of names with / or a unique name), zone (时区), scheme (考勤方案), calendar (工作日历), default_shift \
(默认班次), pin (考勤号) and device (设备号), card_no (卡号), every field of the employee file by its English or Chinese \
name (id_number 身份证, mobile 移动电话, manager 直属领导 …; id_confirmed 身份证已确认 = yes where birth date or sex differ from \
the card), and custom items by either of their names. New people need number, name and hired_on. What a column or cell does not say \
stays as it is; a new department holds from today on.";

const MASTERS_HELP: &str = "\
Columns by name, as GET /api/v1/exports/TABLE writes them; what is exported is imported again without a difference. The whole table is \
one transaction; a refused row does not hinder the others. A row of org says what a unit is from valid_from on; several rows of one code \
are its timeline. A blank cell of a column that is there means nothing stands there.";

#[derive(Args, Debug)]
struct MasterArgs {
    /// Which table
    #[arg(value_enum)]
    table: MasterTable,
    #[command(flatten)]
    file: FileArgs,
    /// Try everything and store nothing
    #[arg(long)]
    dry_run: bool,
}

const ROSTER_HELP: &str = "\
Grid: a column with the employee number (number, 工号) and one column per date (2017-01-14, also with the \
weekday as in 2017-01-14 [六]). Long form: columns number, date and shift (工号, 日期, 班次).

A cell holds codes or names of shifts joined by + / , or ;  or 休 (rest). Empty cells change nothing.";

#[derive(Args, Debug)]
struct TableArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Order of dates such as 03-05-2015 [default: as a value above 12 tells, else dmy]
    #[arg(long, value_enum)]
    date_order: Option<OrderArg>,
}

#[derive(Args, Debug)]
struct FileArgs {
    /// The file
    file: PathBuf,
    /// Write the report as JSON to this file; - is the standard output
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Name of the sheet of a workbook [default: the first]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// End with status 3 if a row was rejected
    #[arg(long)]
    strict: bool,
}

/// The zone of the clock is the zone of the installation (--zone).
#[derive(Args, Debug)]
struct PunchArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Format of the file [default: by its content]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Device of all rows, whatever the file says; two clocks with number 1 are told apart by it
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Take the key pressed at the clock as direction: 0, 3, 4 in; 1, 2, 5 out; 255 none. Off by default,
    /// because many clocks say 0 for everything
    #[arg(long)]
    use_status: bool,
    /// Order of dates such as 03-05-2015 [default: as a value above 12 tells, else dmy]
    #[arg(long, value_enum)]
    date_order: Option<OrderArg>,
    /// Direction of rows that say nothing of their own, for files of arrivals or departures only
    #[arg(long, value_enum)]
    flag: Option<FlagArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderArg {
    /// Day, month, year
    Dmy,
    /// Month, day, year
    Mdy,
}

#[derive(Args, Debug)]
struct PeopleArgs {
    #[command(flatten)]
    table: TableArgs,
    /// Make departments that do not exist yet
    #[arg(long)]
    create_orgs: bool,
    /// Say what would happen and write nothing
    #[arg(long)]
    dry_run: bool,
    /// From when schemes, calendars and shifts hold [default: the first day in service]
    #[arg(long, value_name = "DATE")]
    from: Option<LocalDate>,
}

impl OrderArg {
    fn order(self) -> DateOrder {
        match self {
            Self::Dmy => DateOrder::Dmy,
            Self::Mdy => DateOrder::Mdy,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FlagArg {
    In,
    Out,
}

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// Rows were rejected and `--strict` was asked for.
    Rejected,
    /// The file cannot be read.
    Unreadable,
    Failed,
}

impl Ended {
    /// The exit status.
    pub const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unreadable => 2,
            Self::Rejected => 3,
        }
    }
}

/// Runs the command; says on the terminal what happened.
pub async fn run(app: &App, args: &ImportArgs) -> Ended {
    let file = match &args.what {
        What::Punches(a) => &a.file,
        What::People(a) => &a.table.file,
        What::Masters(a) => &a.file,
        What::Roster(a) => &a.file,
    };
    let report = match import(app, &args.what, file).await {
        Ok(report) => report,
        Err(e) => {
            eprintln!("kaoqin: {}: {e}", file.file.display());
            return match e {
                ImportError::File(_) => Ended::Unreadable,
                ImportError::Failed(_) => Ended::Failed,
            };
        }
    };
    if let Err(e) = show(&report, file) {
        eprintln!("kaoqin: cannot write the report: {e}");
        return Ended::Failed;
    }
    if file.strict && report.rejected > 0 { Ended::Rejected } else { Ended::Done }
}

async fn import(app: &App, what: &What, file: &FileArgs) -> Result<Report, ImportError> {
    let input = open(&file.file).await?;
    let (actor, name) = (Actor::cli(), name(&file.file));
    let sheet = file.sheet.as_deref();
    let progress = Progress::start(&input);
    let done = match what {
        What::Punches(args) => {
            let options = options(app, args);
            import_punches(app, &actor, &input, &name, &options).await
        }
        What::People(args) => {
            let options = PeopleOptions {
                sheet: file.sheet.clone(),
                date_order: args.table.date_order.map(OrderArg::order),
                create_orgs: args.create_orgs,
                from: args.from,
                dry_run: args.dry_run,
                groups: None,
            };
            import_people(app, &actor, &input, &options).await
        }
        What::Masters(args) => {
            import_masters(app, &actor, &input, sheet, args.table, args.dry_run).await
        }
        What::Roster(args) => {
            let order = args.date_order.map(OrderArg::order);
            import_roster(app, &actor, &input, sheet, order).await
        }
    };
    progress.end();
    done
}

fn options(app: &App, args: &PunchArgs) -> Options {
    Options {
        format: args.format,
        zone: app.zone(),
        device: args.device.clone(),
        use_status: args.use_status,
        date_order: args.date_order.map(OrderArg::order),
        flag: args.flag.map(|f| match f {
            FlagArg::In => Flag::In,
            FlagArg::Out => Flag::Out,
        }),
        sheet: args.file.sheet.clone(),
    }
}

async fn open(path: &Path) -> Result<Input, ImportError> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || Input::open(&path)).await;
    Ok(opened.map_err(|e| FileError::Io(std::io::Error::other(e)))??)
}

/// The file as the audit log names it.
fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A bar on the terminal; nothing where there is none.
struct Progress {
    bar: ProgressBar,
    task: tokio::task::JoinHandle<()>,
}

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    fn start(input: &Input) -> Self {
        let (total, read) = input.progress();
        let bar = match std::io::stderr().is_terminal() {
            true => ProgressBar::new(total),
            false => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template(
            "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        let shown = bar.clone();
        let task = tokio::spawn(async move {
            let mut tick = tokio::time::interval(TICK);
            loop {
                tick.tick().await;
                shown.set_position(read.load(Ordering::Relaxed));
            }
        });
        Self { bar, task }
    }

    fn end(self) {
        self.task.abort();
        self.bar.finish_and_clear();
    }
}

/// Rejections shown on the terminal; the report has all.
const SHOWN_REJECTIONS: usize = 10;

fn show(report: &Report, file: &FileArgs) -> Result<(), std::io::Error> {
    let json = || serde_json::to_string_pretty(report).map_err(std::io::Error::other);
    match &file.report {
        Some(path) if path.as_os_str() == "-" => {
            return writeln!(std::io::stdout(), "{}", json()?);
        }
        Some(path) => std::fs::write(path, json()? + "\n")?,
        None => {}
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} rows: {} accepted, {} duplicate, {} unassigned, {} rejected",
        report.rows, report.accepted, report.duplicate, report.unassigned, report.rejected
    )?;
    for w in &report.warnings {
        writeln!(
            out,
            "  {} × {} (first in line {}): {}",
            w.count, w.code, w.first_line, w.message
        )?;
    }
    for r in report.rejections.iter().take(SHOWN_REJECTIONS) {
        writeln!(out, "  line {}: {}: {}", r.line, r.code, r.message)?;
    }
    if report.rejected > SHOWN_REJECTIONS as u64 {
        writeln!(out, "  … the report (--report FILE) lists the others")?;
    }
    Ok(())
}
