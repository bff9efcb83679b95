//! `kaoqin import punches`: a file of a clock becomes punches.

use serde_json::json;
use vocabulary::{Instant, Zone};

use super::item::{Item, Record, WarningCode};
use super::read::read_punches;
use super::report::{Report, Tally};
use super::stream::{Chunks, ImportError};
use super::{Input, Options};
use crate::base::{Actor, App, Failure, audit, retry};
use crate::punches::{Evidence, Received, Source, Urgency, receive};

/// Imports a file of punches in chunks of [`super::CHUNK_ROWS`]; every chunk is one transaction with its
/// marks. Importing the file again, or going on after a crash, changes nothing that is stored.
pub async fn import_punches(
    app: &App,
    actor: &Actor,
    input: &Input,
    name: &str,
    options: &Options,
) -> Result<Report, ImportError> {
    let (source, reading) = (input.clone(), options.clone());
    let mut chunks = Chunks::start(move |sink| read_punches(&source, &reading, sink).map(|_| ()));
    let mut tally = Tally::default();
    while let Some(chunk) = chunks.next().await? {
        let mut records = Vec::with_capacity(chunk.len());
        for item in chunk {
            match item {
                Item::Row(record) => {
                    look(&record, app.clock.now(), options.zone, &mut tally);
                    records.push(record);
                }
                Item::Rejected(rejection) => tally.rejected(rejection),
                Item::Warning { line, code, message } => tally.warning(line, code, message),
            }
        }
        let received = retry(|| store(app, actor, &records, name, options)).await?;
        for outcome in received {
            match outcome {
                Received::Accepted => tally.accepted(),
                Received::Duplicate => tally.duplicate(),
                Received::Unassigned => tally.unassigned(),
            }
        }
    }
    Ok(tally.finish())
}

/// The year a clock begins with when its battery was empty.
const RESET_YEAR: i32 = 2000;
const DAY_SECONDS: i64 = 86_400;

/// Warns of times that are possible but hardly true.
fn look(record: &Record, now: Instant, zone: Zone, tally: &mut Tally) {
    let Record { line, wall, .. } = record;
    if wall.date().year() == RESET_YEAR {
        let message = format!("the clock began anew: {wall}");
        tally.warning(*line, WarningCode::ClockReset, message);
    }
    let latest = record.zone.unwrap_or(zone).wall(now).plus_seconds(DAY_SECONDS);
    if *wall > latest {
        tally.warning(*line, WarningCode::FutureTime, format!("in the future: {wall}"));
    }
}

async fn store(
    app: &App,
    actor: &Actor,
    records: &[Record],
    name: &str,
    options: &Options,
) -> Result<Vec<Received>, Failure> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let at = app.clock.now();
    let batch: Vec<Evidence> = records.iter().map(|r| evidence(r, options)).collect();
    let tx = app.db.begin().await?;
    let received = receive(&tx, &batch, Urgency::ByAge, at).await?;
    let count = |what| received.iter().filter(|r| **r == what).count();
    let (accepted, unassigned) = (count(Received::Accepted), count(Received::Unassigned));
    if accepted + unassigned == 0 {
        // Nothing was written, so there is nothing to keep.
        tx.rollback().await?;
        return Ok(received);
    }
    let lines = [records.first(), records.last()].map(|r| r.map(|r| r.line));
    let detail = json!({ "lines": lines, "accepted": accepted, "unassigned": unassigned });
    audit(&tx, actor, at, "import", "punch", name, detail).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(received)
}

fn evidence(record: &Record, options: &Options) -> Evidence {
    Evidence {
        device: options.device.clone().or_else(|| record.device.clone()).unwrap_or_default(),
        pin: record.pin.clone(),
        wall: record.wall,
        zone: record.zone.unwrap_or(options.zone),
        flag: record.flag,
        source: Source::Import,
        method: record.method,
        raw: record.raw.clone(),
    }
}
