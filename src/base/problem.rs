use contract::{FieldProblem, Problem, ProblemBody};

use super::context::{self, Lang};
use super::{Failure, Refusal};

/// Title of a status, for people who read raw answers.
pub fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

/// The body of a refusal in the language of the request.
pub fn refused(r: &dyn Refusal) -> ProblemBody {
    let zh = context::lang() == Lang::Zh;
    let errors = r.errors().into_iter().map(|e| FieldProblem {
        path: e.path,
        code: e.code,
        message: if zh { e.zh } else { e.en },
    });
    ProblemBody {
        kind: "about:blank".to_owned(),
        title: title(r.status()).to_owned(),
        status: r.status(),
        code: r.code().to_owned(),
        detail: if zh { r.zh() } else { r.en() },
        hint: if zh { r.hint_zh() } else { r.hint_en() },
        errors: errors.collect(),
        trace_id: context::trace_id(),
    }
}

/// The body of a fault: nothing but the trace id.
pub fn broken() -> ProblemBody {
    let detail = match context::lang() {
        Lang::Zh => "服务内部出错，请凭 trace_id 联系管理员",
        Lang::En => "Something broke on our side; quote the trace_id when asking for help",
    };
    ProblemBody {
        kind: "about:blank".to_owned(),
        title: title(500).to_owned(),
        status: 500,
        code: "internal".to_owned(),
        detail: detail.to_owned(),
        hint: None,
        errors: Vec::new(),
        trace_id: context::trace_id(),
    }
}

impl From<Failure> for Problem {
    /// A fault is logged here, once; its text never leaves the machine.
    fn from(f: Failure) -> Self {
        match f {
            Failure::Refused(r) => {
                let problem = Self::from(refused(r.as_ref()));
                problem.retry_after(r.retry_after())
            }
            Failure::Fault(fault) => {
                tracing::error!(trace_id = %context::trace_id(), error = %fault, "fault");
                broken().into()
            }
        }
    }
}

impl From<super::Fault> for Problem {
    fn from(f: super::Fault) -> Self {
        Failure::from(f).into()
    }
}
