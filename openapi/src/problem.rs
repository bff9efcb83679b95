use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};

/// One fault of the input.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct FieldProblem {
    /// Where, for example `items[3].limit_minutes`.
    pub path: String,
    /// Stable machine code.
    pub code: String,
    /// What is wrong, in the language asked for.
    pub message: String,
}

/// The only error body (RFC 9457 with a code, field errors and a trace id).
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
pub struct ProblemBody {
    /// Always `about:blank`; the `code` says which problem it is.
    #[oai(rename = "type")]
    pub kind: String,
    /// Short name of the status.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable machine code in snake_case.
    pub code: String,
    /// What happened, in the language asked for.
    pub detail: String,
    /// What to do about it, if something can be done.
    pub hint: Option<String>,
    /// Faults of single fields.
    pub errors: Vec<FieldProblem>,
    /// Quote it when asking for help.
    pub trace_id: String,
}

/// Every way an operation can say no.
#[derive(Clone, Debug, ApiResponse)]
pub enum Problem {
    /// The request cannot be read
    #[oai(status = 400, content_type = "application/problem+json")]
    BadRequest(Json<ProblemBody>),
    /// Not signed in, or the token is expired or forged
    #[oai(status = 401, content_type = "application/problem+json")]
    Unauthorized(Json<ProblemBody>),
    /// The permission is missing
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<ProblemBody>),
    /// There is no such thing, or it lies outside one's data scope
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<ProblemBody>),
    /// The method is not allowed here
    #[oai(status = 405, content_type = "application/problem+json")]
    MethodNotAllowed(Json<ProblemBody>),
    /// It conflicts with the present state
    #[oai(status = 409, content_type = "application/problem+json")]
    Conflict(Json<ProblemBody>),
    /// The body is too large
    #[oai(status = 413, content_type = "application/problem+json")]
    TooLarge(Json<ProblemBody>),
    /// The media type is not understood
    #[oai(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Json<ProblemBody>),
    /// It can be read but is not acceptable
    #[oai(status = 422, content_type = "application/problem+json")]
    Unprocessable(Json<ProblemBody>),
    /// Too many attempts
    #[oai(status = 429, content_type = "application/problem+json")]
    TooMany(
        Json<ProblemBody>,
        /// Seconds after which it may be tried again
        #[oai(header = "Retry-After")]
        Option<u32>,
    ),
    /// Something is broken on our side
    #[oai(status = 500, content_type = "application/problem+json")]
    Internal(Json<ProblemBody>),
    /// Not available now, try again
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<ProblemBody>),
}

impl Problem {
    /// Says in how many seconds too many attempts are forgotten; other problems have no such time.
    pub fn retry_after(self, seconds: Option<u32>) -> Self {
        match self {
            Self::TooMany(body, _) => Self::TooMany(body, seconds),
            other => other,
        }
    }
}

impl From<ProblemBody> for Problem {
    /// The variant follows the status; a status that is not in the contract becomes 500.
    fn from(body: ProblemBody) -> Self {
        match body.status {
            400 => Self::BadRequest(Json(body)),
            401 => Self::Unauthorized(Json(body)),
            403 => Self::Forbidden(Json(body)),
            404 => Self::NotFound(Json(body)),
            405 => Self::MethodNotAllowed(Json(body)),
            409 => Self::Conflict(Json(body)),
            413 => Self::TooLarge(Json(body)),
            415 => Self::UnsupportedMediaType(Json(body)),
            422 => Self::Unprocessable(Json(body)),
            429 => Self::TooMany(Json(body), None),
            503 => Self::Unavailable(Json(body)),
            _ => Self::Internal(Json(ProblemBody { status: 500, ..body })),
        }
    }
}

impl std::fmt::Display for ProblemBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.detail)
    }
}
