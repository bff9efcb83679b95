//! The command `kaoqin rebuild`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::check::{Checked, Found, check_people};
use super::repair::repair;
use super::stored::{self, Selection, count_people, people_between};
use crate::base::{App, Area, Fault, Query, Scope, say};
use crate::people::{self, OrgFilter};
use crate::precompute::compute::chunk_size;
use crate::precompute::drain_all;

/// `kaoqin rebuild …`
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Days that changes wait for are pending, not different; --drain computes them first. Locked dates are counted \
and neither compared nor written.

Exit status: 0 everything is as it must be, 1 there are differences (with --check) or some are left, 2 an argument is \
wrong.")]
pub struct RebuildArgs {
    /// First attendance date
    #[arg(long)]
    pub from: LocalDate,
    /// Last attendance date
    #[arg(long)]
    pub to: LocalDate,
    /// Code of a department (with everything below it) or employee number; may be repeated [default: everybody]
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub scope: Vec<String>,
    /// Only compare; differences fail the command
    #[arg(long)]
    pub check: bool,
    /// Compute first what changes wait for
    #[arg(long)]
    pub drain: bool,
    /// Write the report as JSON to this file; - is the standard output
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// How the command ended.
#[derive(Clone, Debug)]
pub enum Rebuilt {
    /// What was found, and what is left after repairing.
    Done { first: Checked, left: Option<Checked> },
    /// An argument is wrong.
    Usage(String),
}

impl Rebuilt {
    pub fn status(&self) -> u8 {
        match self {
            Self::Done { first, left } => u8::from(left.as_ref().unwrap_or(first).different > 0),
            Self::Usage(_) => 2,
        }
    }
}

/// Compares, repairs unless told otherwise, compares what was repaired again, and reports.
pub async fn rebuild(app: &App, args: &RebuildArgs) -> Result<Rebuilt, Fault> {
    if args.to < args.from {
        return Ok(Rebuilt::Usage("--to is before --from".to_owned()));
    }
    let scope = match scope(app, args).await? {
        Ok(scope) => scope,
        Err(text) => return Ok(Rebuilt::Usage(text)),
    };
    if args.drain {
        drain_all(app).await?;
    }
    let selection = Selection { scope, from: args.from, to: args.to };
    let (first, mut left) = (compare(app, &selection).await?, None);
    if !args.check && first.different > 0 {
        repair_all(app, &first.found).await?;
        let mut now = compare(app, &selection).await?;
        // A list has an end: what did not fit is found now.
        let mut before = first.different;
        while now.different > 0 && now.different < before {
            before = now.different;
            repair_all(app, &now.found).await?;
            now = compare(app, &selection).await?;
        }
        left = Some(now);
    }
    show(app, args, &first, left.as_ref()).await?;
    Ok(Rebuilt::Done { first, left })
}

async fn repair_all(app: &App, found: &[Found]) -> Result<(), Fault> {
    for piece in found.chunks(2_000) {
        repair(app, piece).await?;
        drain_all(app).await?;
    }
    Ok(())
}

/// Departments and people by their codes.
async fn scope(app: &App, args: &RebuildArgs) -> Result<Result<Scope, String>, Fault> {
    if args.scope.is_empty() {
        return Ok(Ok(Scope::everybody()));
    }
    let q = app.db.read();
    let numbers = people::by_number(q, &args.scope).await?;
    let (mut departments, mut persons) = (Vec::new(), Vec::new());
    for code in &args.scope {
        let filter = OrgFilter::code(code, args.from);
        let orgs = people::org_units(q, &Scope::everybody(), &filter).await?;
        match (orgs.first(), numbers.get(code)) {
            (Some(org), _) => departments.push(org.id),
            (None, Some(person)) => persons.push(*person),
            (None, None) => {
                return Ok(Err(format!("--scope: {code} is no department and no employee")));
            }
        }
    }
    Ok(Ok(Scope::of(vec![Area::departments(departments)], persons)))
}

/// Compares everybody, chunk by chunk.
async fn compare(app: &App, selection: &Selection) -> Result<Checked, Fault> {
    let total = count_people(app.db.read(), selection).await?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(total),
        false => ProgressBar::hidden(),
    };
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} people, {eta} left {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    let size = chunk_size(selection.to.days() - selection.from.days() + 1);
    let mut all = Checked::default();
    let mut after = PersonId(0);
    loop {
        let people = people_between(app.db.read(), selection, after, size).await?;
        let Some(last) = people.last() else { break };
        after = *last;
        all.add(check_people(app, &people, selection.from, selection.to).await?);
        bar.inc(people.len() as u64);
        bar.set_message(format!("{} different", all.different));
    }
    bar.finish_and_clear();
    Ok(all)
}

/// Differences shown on the terminal; the report has all that are listed.
const SHOWN: usize = 20;

async fn show(
    app: &App,
    args: &RebuildArgs,
    first: &Checked,
    left: Option<&Checked>,
) -> Result<(), Fault> {
    let report = json!({ "from": args.from, "to": args.to, "check": args.check,
                         "checked": first, "left": left });
    match &args.report {
        Some(path) if path.as_os_str() == "-" => {
            say(format!("{report:#}"));
            return Ok(());
        }
        Some(path) => std::fs::write(path, format!("{report:#}\n"))?,
        None => {}
    }
    let lines = lines(app.db.read(), first).await?;
    say(format!(
        "{} people, {} days, {} exceptions, {} summaries compared; {} days pending, \
         {} locked; {} different",
        first.people,
        first.days,
        first.exceptions,
        first.summaries,
        first.pending_days,
        first.locked_days,
        first.different
    ));
    for line in lines {
        say(format!("  {line}"));
    }
    if first.different > SHOWN {
        say("  … the report (--report FILE) lists the others");
    }
    if let Some(left) = left {
        say(format!("repaired; {} different now", left.different));
    }
    Ok(())
}

async fn lines(q: &impl Query, checked: &Checked) -> Result<Vec<String>, Fault> {
    let shown = checked.found.get(..SHOWN).unwrap_or(&checked.found);
    let ids: Vec<PersonId> = shown.iter().map(|f| f.person_id).collect();
    let numbers = stored::numbers(q, &ids).await?;
    let line = |f: &Found| {
        let what = serde_json::to_value(f.what).unwrap_or_default();
        let number = numbers.get(&f.person_id).map(String::as_str).unwrap_or_default();
        let hash = |h: Option<i64>| h.map_or("-".to_owned(), |h| format!("{h:016x}"));
        let items: Vec<String> = f
            .items
            .iter()
            .filter(|i| i.item != "hash")
            .map(|i| {
                let text = |t: &Option<String>| t.clone().unwrap_or_else(|| "-".to_owned());
                format!("{} {} → {}", i.item, text(&i.stored), text(&i.computed))
            })
            .collect();
        format!(
            "{number} {} {}{}{} stored {} computed {} {}",
            f.date,
            what.as_str().unwrap_or_default(),
            f.code.as_ref().map(|c| format!(" {c}")).unwrap_or_default(),
            if f.locked { " (locked)" } else { "" },
            hash(f.stored_hash),
            hash(f.computed_hash),
            items.join(", ")
        )
    };
    Ok(shown.iter().map(line).collect())
}
