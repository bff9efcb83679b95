use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::Notify;

use super::Fault;

/// Channel of the wake-ups between processes.
const CHANNEL: &str = "kaoqin:wake";
/// Least time between two wake-ups that one process sends.
const PAUSE: Duration = Duration::from_millis(20);
/// How long to wait before connecting again.
const RECONNECT: Duration = Duration::from_secs(1);

/// Tells workers that there is something to do: in this process always, in all processes with Redis. A
/// lost signal is harmless: workers also look by timer.
#[derive(Clone, Default)]
pub struct Wake {
    here: Arc<Notify>,
    everywhere: Option<Arc<Notify>>,
}

impl Wake {
    /// Also wakes the other processes. The connection is made, and made again, in the background.
    pub fn through_redis(url: &str) -> Result<Self, Fault> {
        let client = redis::Client::open(url).map_err(|e| Fault::new("redis_url", e))?;
        let here = Arc::new(Notify::new());
        let everywhere = Arc::new(Notify::new());
        tokio::spawn(listen(client.clone(), here.clone()));
        tokio::spawn(send(client, everywhere.clone()));
        Ok(Self { here, everywhere: Some(everywhere) })
    }

    /// Call it after commit.
    pub fn signal(&self) {
        self.here.notify_one();
        if let Some(everywhere) = &self.everywhere {
            everywhere.notify_one();
        }
    }

    /// Returns after a signal or after `limit`, whatever comes first.
    pub async fn wait(&self, limit: Duration) {
        let signalled = tokio::time::timeout(limit, self.here.notified()).await;
        drop(signalled);
    }
}

async fn send(client: redis::Client, wanted: Arc<Notify>) {
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

async fn listen(client: redis::Client, here: Arc<Notify>) {
    loop {
        if let Ok(mut pubsub) = client.get_async_pubsub().await
            && pubsub.subscribe(CHANNEL).await.is_ok()
        {
            let mut messages = pubsub.on_message();
            while messages.next().await.is_some() {
                here.notify_one();
            }
        }
        tokio::time::sleep(RECONNECT).await;
    }
}
