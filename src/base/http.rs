//! The front of the server: what happens to every request before and after its operation.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bytes::Bytes;
use contract::{FieldProblem, Problem, ProblemBody};
use futures::FutureExt;
use poem::error::{MethodNotAllowedError, ParsePathError as RoutePathError, ReadBodyError};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::OperationId;
use poem_openapi::error::{
    ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError,
    ParseRequestPayloadError,
};

use super::context::{self, Context, Lang};
use super::{Document, Load, problem, wording};

/// Largest body of a request, in bytes.
pub const MAX_BODY: usize = 8 << 20;
/// Largest body that is a file, in bytes.
pub const MAX_FILE: usize = 12 << 20;
/// Content type of a file.
const FILE: &str = "application/octet-stream";
/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Wraps the routes: language and trace id, body limit, problems for what the framework refuses, no panic
/// beyond this point, one log line, one metric and one measure of load per request.
pub struct Front<E> {
    pub routes: E,
    pub document: Arc<Document>,
    pub load: Load,
}

impl<E: Endpoint> Endpoint for Front<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let lang =
            request.header(header::ACCEPT_LANGUAGE).map(Lang::from_header).unwrap_or_default();
        let trace_id = uuid::Uuid::now_v7().simple().to_string();
        let context = Context { lang, trace_id: trace_id.clone() };
        Ok(context.scope(self.answer(request, trace_id)).await)
    }
}

impl<E: Endpoint> Front<E> {
    async fn answer(&self, request: Request, trace_id: String) -> Response {
        let started = Stopwatch::now();
        let method = request.method().to_string();
        let path = request.uri().path().to_owned();
        let mut response = match limited(request).await {
            Ok((request, body)) if holds_nul(&request, &body) => nul_refused().into_response(),
            Ok((request, body)) => self.guarded(request, &body).await,
            Err(problem) => cut_off(problem.into_response()),
        };
        let operation = response.data::<OperationId>().map_or("none", |o| o.0).to_owned();
        let status = response.status().as_u16();
        let took = started.elapsed();
        self.load.answered(&path, took);
        let seconds = took.as_secs_f64();
        tracing::info!(%trace_id, method, operation, status, seconds, "request");
        metrics::histogram!("kaoqin_request_seconds", "operation" => operation.clone())
            .record(seconds);
        metrics::counter!(
            "kaoqin_requests_total", "operation" => operation, "status" => status.to_string()
        )
        .increment(1);
        dress(&mut response, &trace_id);
        response
    }

    async fn guarded(&self, request: Request, body: &[u8]) -> Response {
        let method = request.method().as_str().to_owned();
        let path = request.uri().path().to_owned();
        let call = std::panic::AssertUnwindSafe(self.routes.call(request));
        match call.catch_unwind().await {
            Ok(Ok(out)) => out.into_response(),
            Ok(Err(e)) if e.is_from_response() => e.into_response(),
            Ok(Err(e)) => {
                let mut problem = framework_problem(&e);
                if e.is::<ParseRequestPayloadError>() {
                    self.explain_body(&mut problem, &method, &path, body);
                }
                self.name_path_parameter(&mut problem, &method, &path);
                Problem::from(problem).into_response()
            }
            Err(_) => {
                tracing::error!(trace_id = %context::trace_id(), "panic in a handler");
                Problem::from(problem::broken()).into_response()
            }
        }
    }
}

/// The rest of the body was not read, so nothing more can come over this connection.
fn cut_off(response: Response) -> Response {
    response.with_header(header::CONNECTION, "close").into_response()
}

impl<E> Front<E> {
    /// Says where a body is wrong, as far as the document knows.
    fn explain_body(&self, problem: &mut ProblemBody, method: &str, path: &str, body: &[u8]) {
        match serde_json::from_slice(body) {
            Ok(sent) => {
                let faults = self.document.request_faults(method, path, &sent);
                if !faults.is_empty() {
                    problem.errors = faults;
                }
            }
            Err(e) => {
                problem.errors.iter_mut().for_each(|f| f.message = wording::no_json(&e));
            }
        }
    }

    /// The framework counts the variable parts of a path (`param0`); the document names them.
    fn name_path_parameter(&self, problem: &mut ProblemBody, method: &str, path: &str) {
        for fault in &mut problem.errors {
            let at = fault.path.strip_prefix("param").and_then(|n| n.parse().ok());
            if let Some(name) = at.and_then(|n| self.document.path_parameter(method, path, n)) {
                fault.path = name.to_owned();
            }
        }
    }
}

fn dress(response: &mut Response, trace_id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(trace_id) {
        headers.insert("x-trace-id", id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Reads the whole body within size and time, whether its length was declared or not.
async fn limited(mut request: Request) -> Result<(Request, Bytes), Problem> {
    if request.is_empty_body() {
        return Ok((request, Bytes::new()));
    }
    let max = if is_file(&request) { MAX_FILE } else { MAX_BODY };
    let reading = request.take_body().into_bytes_limit(max);
    match tokio::time::timeout(BODY_TIMEOUT, reading).await {
        Ok(Ok(bytes)) => {
            request.set_body(bytes.clone());
            Ok((request, bytes))
        }
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(problem(413, None).into()),
        Ok(Err(_)) | Err(_) => Err(problem(400, None).into()),
    }
}

/// Whether the address or the JSON body holds the character U+0000. No name, reason or filter has it, and
/// PostgreSQL cannot store it.
fn holds_nul(request: &Request, body: &[u8]) -> bool {
    const ESCAPED: &[u8] = br"\u0000";
    let address = request.original_uri().path_and_query().map_or("", |p| p.as_str());
    if address.contains("%00") {
        return true;
    }
    if is_file(request) {
        return false;
    }
    // A backslash that is escaped itself escapes nothing.
    let mut backslashes = 0;
    body.iter().enumerate().any(|(at, byte)| {
        let begins = *byte == b'\\' && backslashes % 2 == 0;
        backslashes = if *byte == b'\\' { backslashes + 1 } else { 0 };
        begins && body.get(at..).is_some_and(|rest| rest.starts_with(ESCAPED))
    })
}

fn nul_refused() -> Problem {
    let message = match context::lang() {
        Lang::Zh => "文本中不能有空字符 U+0000",
        Lang::En => "Text must not hold the character U+0000",
    };
    let error = FieldProblem {
        path: String::new(),
        code: "nul_character".to_owned(),
        message: message.to_owned(),
    };
    problem(400, Some(error)).into()
}

/// Whether the body is a file, whatever it holds.
fn is_file(request: &Request) -> bool {
    request.header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with(FILE))
}

trait EmptyBody {
    fn is_empty_body(&self) -> bool;
}

impl EmptyBody for Request {
    fn is_empty_body(&self) -> bool {
        self.header(header::CONTENT_LENGTH).is_none_or(|l| l == "0")
            && self.header(header::TRANSFER_ENCODING).is_none()
    }
}

/// The problem for an error that no operation made.
fn framework_problem(e: &poem::Error) -> ProblemBody {
    if let Some(p) = e.downcast_ref::<ParseParamError>() {
        return problem(400, Some(field(p.name, &p.reason)));
    }
    if let Some(p) = e.downcast_ref::<ParsePathError>() {
        return problem(400, Some(field(p.name, &p.reason)));
    }
    if let Some(p) = e.downcast_ref::<ParseRequestPayloadError>() {
        return problem(400, Some(body_field(&p.reason)));
    }
    if let Some(p) = e.downcast_ref::<ParseMultipartError>() {
        return problem(400, Some(body_field(&p.reason)));
    }
    if e.is::<ContentTypeError>() {
        return problem(415, None);
    }
    if e.is::<MethodNotAllowedError>() {
        return problem(405, None);
    }
    if e.is::<RoutePathError>() {
        return problem(404, None);
    }
    match e.status() {
        StatusCode::BAD_REQUEST => problem(400, None),
        s if s.is_server_error() => {
            tracing::error!(trace_id = %context::trace_id(), error = %e, "framework fault");
            problem::broken()
        }
        s => problem(s.as_u16(), None),
    }
}

fn field(name: &str, reason: &str) -> FieldProblem {
    FieldProblem {
        path: name.to_owned(),
        code: "invalid".to_owned(),
        message: wording::of_parameter(reason),
    }
}

/// Used when the body is not JSON at all; else the document says where the fault is.
fn body_field(reason: &str) -> FieldProblem {
    field("", reason)
}

fn problem(status: u16, error: Option<FieldProblem>) -> ProblemBody {
    let (code, zh, en) = match status {
        400 => ("bad_request", "请求无法读取，请检查格式和字段", "The request cannot be read"),
        401 => ("token_invalid", "请先登录", "Sign in first"),
        403 => ("forbidden", "不允许的操作", "Not allowed"),
        404 => ("not_found", "没有这个地址", "There is nothing at this address"),
        405 => ("method_not_allowed", "该地址不支持此方法", "This method is not allowed here"),
        413 => ("too_large", "请求内容过大，上限 8 MiB", "The body is larger than 8 MiB"),
        415 => ("unsupported_media_type", "请使用 application/json", "Send application/json"),
        422 => ("unprocessable", "请求内容不可接受", "The request is not acceptable"),
        429 => ("too_many_requests", "请求过于频繁", "Too many requests"),
        503 => ("unavailable", "服务暂不可用，请稍后重试", "Not available now; try again"),
        _ => return problem::broken(),
    };
    let zh_wanted = context::lang() == Lang::Zh;
    ProblemBody {
        kind: "about:blank".to_owned(),
        title: problem::title(status).to_owned(),
        status,
        code: code.to_owned(),
        detail: if zh_wanted { zh } else { en }.to_owned(),
        hint: None,
        errors: error.into_iter().collect(),
        trace_id: context::trace_id(),
    }
}
