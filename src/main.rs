//! The program: one command per line of `kaoqin --help`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kaoqin::base::{App, Clock, Config, Db, Failure, Fault, Settings, say, telemetry};
use kaoqin::import;
use kaoqin::{bench, demo, house, identity, people, precompute};
use poem::listener::TcpListener;
use sea_orm_migration::MigratorTrait;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A value or an argument is wrong.
const USAGE: u8 = 2;

/// Kaoqin 考勤: facts in, explained attendance results out.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    /// File with settings [default: kaoqin.toml if it exists]
    #[arg(long, global = true, env = "KAOQIN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer the API and compute results
    Serve,
    /// Compute results only
    Work,
    /// Bring the schema up to date
    Migrate,
    /// Create an administrator and print his password once
    AddAdmin {
        /// Login name
        #[arg(long, default_value = "admin")]
        login: String,
    },
    /// Read a file of people, rosters or punches
    Import(import::ImportArgs),
    /// Load a demo group, compute everything, print a report and serve it
    Demo(demo::DemoArgs),
    /// Measure the product beside a floor
    Bench(bench::BenchArgs),
    /// Compute results again from the facts, compare them with what is stored, repair what differs
    Rebuild(precompute::RebuildArgs),
    /// Evaluate single days: JSON lines on standard input, results on standard output
    Evaluate,
    /// Look into stored data
    Inspect {
        #[command(subcommand)]
        what: Inspect,
    },
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Subcommand)]
enum Inspect {
    /// Print a stored day as lines for `kaoqin evaluate`
    Case {
        /// Employee number
        #[arg(long)]
        person: String,
        /// Attendance date, YYYY-MM-DD
        #[arg(long)]
        date: vocabulary::LocalDate,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match &cli.command {
        Command::Evaluate => return evaluate(),
        Command::Bench(args) if !args.needs_database() => {
            bench::run(args);
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let mut settings = match Settings::load(&cli.settings, cli.config.as_deref()) {
        Ok(s) => s,
        Err(e) => return usage(&e),
    };
    if matches!(cli.command, Command::Bench(_)) {
        settings.log.get_or_insert_with(|| "sqlx=error,error".to_owned());
    }
    let signs = matches!(cli.command, Command::Serve | Command::Demo(_));
    let checked = Config::checked(&settings);
    let config = match if signs { checked.and_then(Config::signs) } else { checked } {
        Ok(c) => c,
        Err(e) => return usage(&e),
    };
    if let Err(e) = telemetry::start(&settings) {
        return usage(&e);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(r) => r,
        Err(e) => return broken(&Fault::from(e)),
    };
    match runtime.block_on(run(cli.command, config)) {
        Ok(code) => code,
        Err(e) => broken(&e),
    }
}

fn usage(e: &impl std::fmt::Display) -> ExitCode {
    eprintln!("kaoqin: {e}");
    ExitCode::from(USAGE)
}

fn broken(e: &Fault) -> ExitCode {
    eprintln!("kaoqin: {e}");
    ExitCode::FAILURE
}

/// Needs neither settings nor a database.
fn evaluate() -> ExitCode {
    let input = std::io::stdin().lock();
    let output = std::io::BufWriter::new(std::io::stdout().lock());
    match engine::format::evaluate_lines(input, output) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(USAGE),
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => broken(&Fault::from(e)),
    }
}

fn failed(f: Failure) -> Result<ExitCode, Fault> {
    match f {
        Failure::Refused(r) => Ok(usage(&format!("{} / {}", r.zh(), r.en()))),
        Failure::Fault(f) => Err(f),
    }
}

async fn run_demo(config: Config, args: demo::DemoArgs) -> Result<ExitCode, Fault> {
    let clock = match args.plays(config.zone()) {
        Ok(Some(now)) if args.once => Clock::stepped(now),
        Ok(Some(now)) => Clock::starting_at(now),
        Ok(None) => Clock::system(),
        Err(f) => return failed(f),
    };
    if !config.embedded() {
        let db = Db::connect(&config.database_url, &config.db).await?;
        migrations::Migrator::up(&db.for_migrations(), None).await?;
        db.close().await;
    }
    let app = App::open(config, clock).await?;
    house::prepare();
    let shown = tokio::select! {
        done = demo::run(&app, &args) => done,
        () = house::stop_signal() => return Ok(ExitCode::SUCCESS),
    };
    if let Err(f) = shown {
        return failed(f);
    }
    let tokens = match demo::tokens(&app, args.tokens.as_deref()).await {
        Ok(t) => t,
        Err(f) => return failed(f),
    };
    if args.once {
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("\n文档 docs      {}/docs", tokens.base_url));
    say(format_args!("接口 document  {}/openapi.json", tokens.base_url));
    say(format_args!(
        "用户 users     employee, manager, hr, admin (密码 password {})",
        demo::PASSWORD
    ));
    say(format_args!("员工 employee  {}", tokens.employee));
    say(format_args!("主管 manager   {}", tokens.manager));
    say(format_args!("人事 hr        {}", tokens.hr));
    let listener = TcpListener::bind(app.config.listen.clone());
    house::serve(&app, listener, house::stop_signal()).await?;
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn inspect(app: &App, what: Inspect) -> Result<ExitCode, Fault> {
    let Inspect::Case { person, date } = what;
    let found = people::by_number(app.db.read(), std::slice::from_ref(&person)).await?;
    let Some(id) = found.get(&person).copied() else {
        return Ok(usage(&format!("--person: there is no employee number {person}")));
    };
    match precompute::case_lines(app, id, date).await {
        Ok((define, case)) => {
            say(format_args!("{define}\n{case}"));
            Ok(ExitCode::SUCCESS)
        }
        Err(Failure::Refused(r)) => Ok(usage(&r.en())),
        Err(Failure::Fault(f)) => Err(f),
    }
}

async fn run(command: Command, config: Config) -> Result<ExitCode, Fault> {
    match command {
        Command::Serve => {
            let app = App::open(config, Clock::system()).await?;
            if app.config.embedded()
                && let Err(f) = house::seed(&app).await
            {
                return failed(f);
            }
            let listener = TcpListener::bind(app.config.listen.clone());
            tracing::info!(listen = app.config.listen, "serving");
            house::serve(&app, listener, house::stop_signal()).await?;
            app.db.close().await;
        }
        Command::Work => {
            let app = App::open(config, Clock::system()).await?;
            house::work(&app, house::stop_signal()).await;
            app.db.close().await;
        }
        Command::Migrate => {
            let db = Db::connect(&config.database_url, &config.db).await?;
            migrations::Migrator::up(&db.for_migrations(), None).await?;
            db.close().await;
            let app = App::open(config, Clock::system()).await?;
            if let Err(f) = house::seed(&app).await {
                return failed(f);
            }
            app.db.close().await;
            say("the schema is up to date");
        }
        Command::AddAdmin { login } => {
            let app = App::open(config, Clock::system()).await?;
            match identity::add_admin(&app, &login).await {
                Ok(password) => say(format_args!("{login} {password}")),
                Err(f) => return failed(f),
            }
        }
        Command::Import(args) => {
            let app = App::open(config, Clock::system()).await?;
            let ended = import::run(&app, &args).await;
            app.db.close().await;
            return Ok(ExitCode::from(ended.status()));
        }
        Command::Demo(args) => return run_demo(config, args).await,
        // Needs neither settings nor a database and never comes here.
        Command::Evaluate => {}
        Command::Bench(args) => {
            if let Err(f) = bench::run_on(config, &args).await {
                return failed(f);
            }
        }
        Command::Rebuild(args) => {
            let app = App::open(config, Clock::system()).await?;
            house::prepare();
            let done = precompute::rebuild(&app, &args).await?;
            app.db.close().await;
            if let precompute::Rebuilt::Usage(text) = &done {
                eprintln!("kaoqin: {text}");
            }
            return Ok(ExitCode::from(done.status()));
        }
        Command::Inspect { what } => {
            let app = App::open(config, Clock::system()).await?;
            return inspect(&app, what).await;
        }
        Command::Openapi => say(house::document()?.trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}
