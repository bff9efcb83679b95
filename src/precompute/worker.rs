//! The loop that keeps results fresh: woken by a signal, by a timer at the latest.

use std::time::Duration;

use tokio::sync::watch;

use super::{clock, drain};
use crate::base::App;

/// A worker looks by itself at least this often.
const TIMER: Duration = Duration::from_millis(1000);
/// Rest after a fault.
const PAUSE: Duration = Duration::from_secs(1);

/// Drains until `stop` turns true; a unit that has begun is finished.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match drain(&app).await {
            Ok(Some(done)) => {
                tracing::debug!(people = done.people, written = done.settled.written, "drained");
                // There may be more for the others too.
                app.wake.signal();
            }
            Ok(None) => {
                tokio::select! {
                    () = app.wake.wait(TIMER) => {}
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

/// Looks once a second for days that became due.
pub async fn run_clock(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(e) = clock::tick(&app).await {
            tracing::error!(error = %e, "the clock failed");
        }
        tokio::select! {
            () = tokio::time::sleep(TIMER) => {}
            _ = stop.changed() => {}
        }
    }
}
