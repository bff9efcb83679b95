//! A server on a local port, and clients that keep their connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, Server};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::broken;
use crate::base::Fault;

/// A request that a client can send.
#[derive(Clone)]
pub struct Call {
    pub method: Method,
    /// With its query.
    pub path: String,
    pub token: Arc<str>,
    pub key: Option<String>,
    pub body: &'static str,
}

impl Call {
    pub fn get(path: String, token: &Arc<str>) -> Self {
        Self { method: Method::GET, path, token: token.clone(), key: None, body: "" }
    }
}

/// A server in this process.
pub struct Door {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Door {
    pub async fn open<E: Endpoint + 'static>(endpoint: E) -> Result<Self, Fault> {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
        let address = acceptor.local_addr().first().and_then(|a| a.as_socket_addr().copied());
        let address = address.ok_or_else(|| Fault::text("the server has no address"))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::new_with_acceptor(acceptor);
        let server = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            server.run_with_graceful_shutdown(endpoint, stopped, None).await
        });
        Ok(Self { address, stop, server })
    }

    pub async fn client(&self) -> Result<Client, Fault> {
        Client::connect(self.address).await
    }

    /// All clients must be gone.
    pub async fn close(self) -> Result<(), Fault> {
        drop(self.stop);
        self.server.await.map_err(|e| broken("the server ended", e))??;
        Ok(())
    }

    /// Sends every call once over so many connections, each with one call under way.
    pub async fn load(&self, calls: &Arc<[Call]>, connections: usize) -> Result<Load, Fault> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut clients = Vec::new();
        for _ in 0..connections.min(calls.len()) {
            clients.push(self.client().await?);
        }
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for mut client in clients {
            let (calls, next) = (calls.clone(), next.clone());
            tasks.spawn(async move {
                let mut took = Vec::new();
                while let Some(call) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    client.send(call).await?;
                    took.push(started.elapsed().as_secs_f64());
                }
                Ok::<_, Fault>(took)
            });
        }
        let mut took = Vec::new();
        while let Some(done) = tasks.join_next().await {
            took.extend(done.map_err(|e| broken("a client ended", e))??);
        }
        Ok(Load { seconds: started.elapsed().as_secs_f64(), took })
    }
}

/// How a run of calls went.
pub struct Load {
    pub seconds: f64,
    /// Seconds of each call.
    pub took: Vec<f64>,
}

impl Load {
    #[expect(clippy::cast_precision_loss, reason = "calls are far below 2^52")]
    pub fn per_second(&self) -> f64 {
        self.took.len() as f64 / self.seconds
    }
}

/// One connection.
pub struct Client {
    host: String,
    sender: SendRequest<Full<Bytes>>,
    _connection: AbortOnDrop,
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Client {
    async fn connect(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let made = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = made.map_err(|e| broken("no connection", e))?;
        let connection = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { host: address.to_string(), sender, _connection: AbortOnDrop(connection) })
    }

    /// Sends a call and reads the whole answer. Anything but 200 is a fault.
    pub async fn send(&mut self, call: &Call) -> Result<Bytes, Fault> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(&call.path)
            .header(HOST, &self.host)
            .header(AUTHORIZATION, format!("Bearer {}", call.token));
        if let Some(key) = &call.key {
            request = request.header("Idempotency-Key", key);
        }
        if !call.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::from(call.body)).map_err(|e| broken("no request", e))?;
        self.sender.ready().await.map_err(|e| broken("the connection is gone", e))?;
        let answer = self.sender.send_request(request);
        let answer = answer.await.map_err(|e| broken("no answer", e))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|e| broken("half an answer", e))?;
        let body = body.to_bytes();
        if status.as_u16() != 200 {
            let text = String::from_utf8_lossy(&body);
            return Err(Fault::text(format!("{} answers {status}: {text}", call.path)));
        }
        Ok(body)
    }
}
