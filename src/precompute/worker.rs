//! The loop that keeps results fresh: woken by a signal, by a timer at the latest.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant as Stopwatch;

use super::pulse::Pulse;
use super::{clock, drain};
use crate::base::App;
use crate::dirty::Lane;

/// A worker looks by itself at least this often.
const TIMER: Duration = Duration::from_millis(1000);
/// Rest after a fault.
const PAUSE: Duration = Duration::from_secs(1);

/// Drains until `stop` turns true; a unit that has begun is finished. An `urgent` task takes no bulk units.
pub async fn run(app: App, pulse: Arc<Pulse>, urgent: bool, mut stop: watch::Receiver<bool>) {
    let mut woken = app.wake.listen();
    // Until then this task takes no further bulk unit.
    let mut rests_until = Stopwatch::now();
    while !*stop.borrow() {
        let began = Stopwatch::now();
        let limit = pulse.limit(urgent || began < rests_until);
        match drain::drain_within(&app, limit).await {
            Ok(Some(done)) => {
                tracing::debug!(people = done.people, written = done.settled.written, "drained");
                let took = began.elapsed();
                let lane = done.lane.map_or("", Lane::as_str);
                metrics::histogram!("kaoqin_drain_seconds", "lane" => lane).record(took);
                if done.lane == Some(Lane::Mass) {
                    rests_until = Stopwatch::now() + pulse.worked(&app, done.days, took);
                }
                // There may be more for the others too.
                app.wake.signal_here();
            }
            Ok(None) => {
                let rest = rests_until.saturating_duration_since(Stopwatch::now());
                let limit = if rest.is_zero() { TIMER } else { rest.min(TIMER) };
                tokio::select! {
                    _ = woken.wait(limit) => {}
                    _ = stop.changed() => {}
                }
            }
            Err(e) => {
                tracing::error!(error = %e, "drain failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Looks once a second for days that became due; first of all for results of another engine.
pub async fn run_clock(app: App, mut stop: watch::Receiver<bool>) {
    let mut adopted = false;
    while !*stop.borrow() {
        if !adopted {
            match clock::adopt_engine(&app).await {
                Ok(marked) => adopted = marked.is_some(),
                Err(e) => tracing::error!(error = %e, "results of another engine were not marked"),
            }
        }
        if let Err(e) = clock::tick(&app).await {
            tracing::error!(error = %e, "the clock failed");
        }
        tokio::select! {
            () = tokio::time::sleep(TIMER) => {}
            _ = stop.changed() => {}
        }
    }
}
