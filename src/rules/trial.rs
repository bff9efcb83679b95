use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::Evaluator;
use engine::format::{Definitions, Refusal, RefusalCode, result_json};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::RuleRefusal;
use super::book::DayBook;
use crate::base::context::{Lang, lang};
use crate::base::{Failure, Fault};

/// Cases of one call.
const MAX_CASES: usize = 1_000;

/// Definition lines of one call.
const MAX_DEFINITIONS: usize = 1_000;

/// How long one call may take, waiting included.
const LIMIT: Duration = Duration::from_secs(20);

/// Calls that compute at the same time; the others wait.
static PERMITS: Semaphore = Semaphore::const_new(2);

/// Lines of the evaluate format.
#[derive(Clone, Debug, Default)]
pub struct TrialInput {
    /// Definition lines, `{"define": {…}}`.
    pub definitions: Vec<Value>,
    /// Case lines.
    pub cases: Vec<Value>,
}

/// Why a definition line is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedDefinition {
    /// Index of the line.
    pub index: usize,
    pub code: &'static str,
    pub message: String,
    pub path: String,
}

#[derive(Clone, Debug, Default)]
pub struct TrialOutput {
    /// The result line of each case, or its error line.
    pub results: Vec<Value>,
    pub refused: Vec<RefusedDefinition>,
}

/// Evaluates cases exactly as `kaoqin evaluate` does. With `published` its rules, request types,
/// shifts and schemes are defined before the first definition line. Writes nothing.
pub async fn try_cases(
    input: TrialInput,
    published: Option<Arc<DayBook>>,
) -> Result<TrialOutput, Failure> {
    if input.cases.len() > MAX_CASES || input.definitions.len() > MAX_DEFINITIONS {
        return Err(RuleRefusal::TooManyCases { max: MAX_CASES }.into());
    }
    let language = lang();
    let stop = Arc::new(AtomicBool::new(false));
    let work = async {
        let _permit = PERMITS.acquire().await.map_err(|e| Fault::new("evaluation", e))?;
        let stop = stop.clone();
        let task =
            tokio::task::spawn_blocking(move || run(&input, published.as_deref(), language, &stop));
        task.await.map_err(|e| Fault::new("evaluation", e))
    };
    match tokio::time::timeout(LIMIT, work).await {
        Ok(output) => Ok(output?),
        Err(_) => {
            stop.store(true, Ordering::Relaxed);
            Err(RuleRefusal::EvaluationTooLong { seconds: LIMIT.as_secs() }.into())
        }
    }
}

fn run(
    input: &TrialInput,
    published: Option<&DayBook>,
    language: Lang,
    stop: &AtomicBool,
) -> TrialOutput {
    let mut definitions = Definitions::new();
    if let Some(day) = published {
        day.define(&mut definitions);
    }
    let mut output = TrialOutput::default();
    let lines = input.definitions.iter().enumerate();
    for (index, line) in lines.take_while(|_| !stop.load(Ordering::Relaxed)) {
        if let Err(r) = define(&mut definitions, line) {
            let (code, message) = (r.code.as_str(), message(&r, language));
            output.refused.push(RefusedDefinition { index, code, message, path: r.path });
        }
    }
    let mut evaluator = Evaluator::new();
    for case in input.cases.iter().take_while(|_| !stop.load(Ordering::Relaxed)) {
        output.results.push(match definitions.read_case(case) {
            Ok(case) => result_json(&case.id, &case.evaluate(&mut evaluator)),
            Err(r) => json!({
                "id": case.get("id").and_then(Value::as_str),
                "error": { "code": r.code.as_str(), "message": message(&r, language),
                           "path": r.path },
            }),
        });
    }
    output
}

fn message(r: &Refusal, language: Lang) -> String {
    match language {
        Lang::Zh => r.message_zh.clone(),
        Lang::En => r.message.clone(),
    }
}

/// Keys that may stand beside `define`.
const BESIDE: [&str; 4] = ["define", "id", "note", "expect"];

fn define(definitions: &mut Definitions, line: &Value) -> Result<(), Refusal> {
    let refuse = |code, en: &str, zh: &str, path: &str| {
        Err(Refusal { code, message: en.into(), message_zh: zh.into(), path: path.into() })
    };
    let Value::Object(map) = line else {
        return refuse(RefusalCode::BadJson, "expected one object", "不是一个 JSON 对象", "");
    };
    if let Some(key) = map.keys().find(|k| !BESIDE.contains(&k.as_str())) {
        let code = RefusalCode::UnknownField;
        return refuse(code, "this field is not known here", "未知字段", key);
    }
    let Some(define) = map.get("define") else {
        let code = RefusalCode::MissingField;
        return refuse(code, "this field is required", "缺少必填字段", "define");
    };
    definitions.define(define)
}
