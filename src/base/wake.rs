use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use sea_orm::sqlx::postgres::{PgConnection, PgListener};
use sea_orm::sqlx::{self, Connection};
use tokio::sync::{Notify, watch};

use super::Fault;

/// Channel of the wake-ups between processes.
const CHANNEL: &str = "kaoqin:wake";
/// The same as PostgreSQL names it.
const PG_CHANNEL: &str = "kaoqin_wake";
/// Least time between two wake-ups that one process sends.
const PAUSE: Duration = Duration::from_millis(20);
/// How long to wait before connecting again.
const RECONNECT: Duration = Duration::from_secs(1);

/// Tells workers that there is something to do: in this process always, in all processes through Redis or
/// PostgreSQL. A lost signal is harmless: workers also look by timer.
#[derive(Clone)]
pub struct Wake {
    here: Arc<watch::Sender<()>>,
    everywhere: Option<Arc<Notify>>,
}

impl Default for Wake {
    fn default() -> Self {
        Self { here: Arc::new(watch::Sender::new(())), everywhere: None }
    }
}

/// One who waits for signals. What was signalled while he was busy is not lost.
pub struct Waiter(watch::Receiver<()>);

impl Waiter {
    /// Returns after a signal or after `limit`, whatever comes first; whether it was a signal.
    pub async fn wait(&mut self, limit: Duration) -> bool {
        matches!(tokio::time::timeout(limit, self.0.changed()).await, Ok(Ok(())))
    }
}

impl Wake {
    /// Also wakes the other processes through Redis. The connections are made, and made again, in the
    /// background.
    pub fn through_redis(url: &str) -> Result<Self, Fault> {
        let client = redis::Client::open(url).map_err(|e| Fault::new("redis_url", e))?;
        let (wake, wanted) = Self::connected();
        tokio::spawn(listen_redis(client.clone(), wake.here.clone()));
        tokio::spawn(send_redis(client, wanted));
        Ok(wake)
    }

    /// Also wakes the other processes through PostgreSQL, on two connections of its own: a NOTIFY inside the
    /// transactions that cause it would make their commits wait for each other.
    pub fn through_postgres(url: &str) -> Self {
        let (wake, wanted) = Self::connected();
        tokio::spawn(listen_postgres(url.to_owned(), wake.here.clone()));
        tokio::spawn(send_postgres(url.to_owned(), wanted));
        wake
    }

    fn connected() -> (Self, Arc<Notify>) {
        let wanted = Arc::new(Notify::new());
        (Self { everywhere: Some(wanted.clone()), ..Self::default() }, wanted)
    }

    /// Call it after commit.
    pub fn signal(&self) {
        self.signal_here();
        if let Some(everywhere) = &self.everywhere {
            everywhere.notify_one();
        }
    }

    /// Wakes this process alone.
    pub fn signal_here(&self) {
        self.here.send_replace(());
    }

    pub fn listen(&self) -> Waiter {
        Waiter(self.here.subscribe())
    }
}

async fn send_redis(client: redis::Client, wanted: Arc<Notify>) {
    loop {
        let Ok(mut connection) = client.get_multiplexed_async_connection().await else {
            tokio::time::sleep(RECONNECT).await;
            continue;
        };
        loop {
            wanted.notified().await;
            let sent: redis::RedisResult<i64> =
                redis::cmd("PUBLISH").arg(CHANNEL).arg("").query_async(&mut connection).await;
            if sent.is_err() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn listen_redis(client: redis::Client, here: Arc<watch::Sender<()>>) {
    loop {
        if let Ok(mut pubsub) = client.get_async_pubsub().await
            && pubsub.subscribe(CHANNEL).await.is_ok()
        {
            let mut messages = pubsub.on_message();
            while messages.next().await.is_some() {
                here.send_replace(());
            }
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn send_postgres(url: String, wanted: Arc<Notify>) {
    loop {
        let Ok(mut connection) = PgConnection::connect(&url).await else {
            tokio::time::sleep(RECONNECT).await;
            continue;
        };
        loop {
            wanted.notified().await;
            let sent = sqlx::query("SELECT pg_notify($1, '')").bind(PG_CHANNEL);
            if sent.execute(&mut connection).await.is_err() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn listen_postgres(url: String, here: Arc<watch::Sender<()>>) {
    loop {
        if let Ok(mut listener) = PgListener::connect(&url).await
            && listener.listen(PG_CHANNEL).await.is_ok()
        {
            while listener.recv().await.is_ok() {
                here.send_replace(());
            }
        }
        tokio::time::sleep(RECONNECT).await;
    }
}
