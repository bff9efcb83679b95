use kaoqin::base::Document;
use kaoqin::house;
use poem::listener::{Acceptor, Listener, TcpListener};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

use super::World;

/// The served API of a world, as a client sees it. Every answer is checked against the document.
pub struct Api {
    pub base: String,
    client: Client,
    token: Option<String>,
    document: std::sync::Arc<Document>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The problem code, if it is a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Fails unless the status is 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:#}", self.body);
        self.body
    }
}

impl World {
    /// Serves this world on a free port.
    pub async fn serve(&self) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0".to_owned());
        let acceptor = listener.into_acceptor().await.unwrap();
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let endpoint = house::endpoint(&self.app).unwrap();
        tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(endpoint));
        let document = Document::parse(&house::document().unwrap()).unwrap();
        Api {
            base: format!("http://{address}"),
            client: Client::new(),
            token: None,
            document: std::sync::Arc::new(document),
        }
    }
}

impl Api {
    /// The same API with another token.
    pub fn with(&self, token: &str) -> Self {
        Self {
            base: self.base.clone(),
            client: self.client.clone(),
            token: Some(token.to_owned()),
            document: self.document.clone(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    /// A file as it comes.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let url = format!("{}/api/v1{path}", self.base);
        let request = self.client.get(url).bearer_auth(self.token.as_deref().unwrap_or_default());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let named = response.headers().get("content-disposition").is_some();
        assert!(named, "{path} answers no file");
        response.bytes().await.unwrap().to_vec()
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// POST with an Idempotency-Key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), &[("Idempotency-Key", key)]).await
    }

    /// `path` begins below `/api/v1`, for example `/me?limit=3`.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.client.request(method.clone(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let kind = content_type(&response);
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}: {body:#}");
        self.check(&method, path, status.as_u16(), &kind, &body);
        Answer { status: status.as_u16(), headers, body }
    }

    /// Sends a file as it is; the answer is JSON.
    pub async fn send_file(&self, method: Method, path: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.client.request(method.clone(), url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let request = request.header("content-type", "application/octet-stream").body(bytes);
        let response = request.send().await.unwrap();
        let kind = content_type(&response);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_ne!(status, 500, "{method} {path}: {body:#}");
        self.check(&method, path, status, &kind, &body);
        Answer { status, headers, body }
    }

    /// The bytes of an answer that is a file, with its headers.
    pub async fn get_file(&self, path: &str) -> (HeaderMap, Vec<u8>) {
        let url = format!("{}/api/v1{path}", self.base);
        let token = self.token.as_deref().unwrap_or_default();
        let response = self.client.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        (response.headers().clone(), response.bytes().await.unwrap().to_vec())
    }

    /// Fails if status, content type or body are not what the document says.
    fn check(&self, method: &Method, path: &str, status: u16, kind: &str, body: &Value) {
        let full = format!("/api/v1{}", path.split('?').next().unwrap());
        let Some(operation) = self.document.operation(method.as_str(), &full) else {
            assert!(matches!(status, 404 | 405), "undocumented {method} {full}: {status}");
            return;
        };
        let faults = self.document.answer_faults(operation, status, kind, body);
        assert!(faults.is_empty(), "{method} {full} {status}: {faults:#?}\n{body:#}");
    }
}

fn content_type(response: &Response) -> String {
    let value = response.headers().get("content-type").and_then(|v| v.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().to_owned()
}
