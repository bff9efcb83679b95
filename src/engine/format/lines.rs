//! `kaoqin evaluate`: lines in, lines out.

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

use super::case::{Case, id_of};
use super::{Definitions, Refusal, result_json};
use crate::{DayResult, Evaluator, Trace};

/// Longest line, in bytes. A longer one is refused without being kept.
pub const MAX_LINE: usize = 16 << 20;

impl Case {
    pub fn evaluate(&self, evaluator: &mut Evaluator) -> DayResult {
        self.with_facts(|facts| evaluator.person(facts).day(self.date, &self.prior))
    }

    /// The same with the explanation.
    pub fn evaluate_traced(&self, evaluator: &mut Evaluator) -> (DayResult, Trace) {
        let mut trace = Trace::default();
        let result = self.with_facts(|facts| {
            evaluator.person(facts).day_traced(self.date, &self.prior, &mut trace)
        });
        (result, trace)
    }
}

/// Evaluates every line of `input`. True if no line was refused.
pub fn evaluate_lines(mut input: impl BufRead, mut output: impl Write) -> io::Result<bool> {
    let mut definitions = Definitions::new();
    let mut evaluator = Evaluator::new();
    let mut clean = true;
    let mut line = Vec::new();
    loop {
        let whole = match read_line(&mut input, &mut line)? {
            Line::End => break,
            Line::Whole => true,
            Line::TooLong => false,
        };
        if line.iter().all(u8::is_ascii_whitespace) && whole {
            continue;
        }
        let answer = if whole {
            evaluate_line(&line, &mut definitions, &mut evaluator)
        } else {
            Err((Value::Null, Refusal::bad_json("the line is longer than 16 MiB")))
        };
        match answer {
            Ok(None) => {}
            Ok(Some(result)) => writeln!(output, "{result}")?,
            Err((id, refusal)) => {
                clean = false;
                writeln!(output, "{}", refusal_json(id, &refusal))?;
            }
        }
    }
    output.flush()?;
    Ok(clean)
}

/// The line of a refusal.
pub fn refusal_json(id: Value, r: &Refusal) -> Value {
    json!({
        "id": id,
        "error": { "code": r.code.as_str(), "message": r.message, "path": r.path },
    })
}

enum Line {
    End,
    Whole,
    TooLong,
}

/// Reads one line without its end; of a line that is too long only a part is kept.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let mut any = false;
    let mut too_long = false;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        any = true;
        let end = chunk.iter().position(|b| *b == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        if line.len() + part.len() > MAX_LINE {
            too_long = true;
        } else {
            line.extend_from_slice(part);
        }
        let used = end.map_or(chunk.len(), |e| e + 1);
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(match (any, too_long) {
        (false, _) => Line::End,
        (true, true) => Line::TooLong,
        (true, false) => Line::Whole,
    })
}

/// The result of a case line, nothing for a definition line, or the refusal with the id of the line.
fn evaluate_line(
    line: &[u8],
    definitions: &mut Definitions,
    evaluator: &mut Evaluator,
) -> Result<Option<Value>, (Value, Refusal)> {
    let value: Value = serde_json::from_slice(line)
        .map_err(|e| (Value::Null, Refusal::bad_json(format!("not JSON: {e}"))))?;
    let refused = |r| (id_of(&value), r);
    let Value::Object(map) = &value else {
        return Err((Value::Null, Refusal::bad_json("expected one object")));
    };
    if let Some(define) = map.get("define") {
        for key in map.keys() {
            if !["define", "id", "note", "expect"].contains(&key.as_str()) {
                return Err(refused(Refusal::unknown_field(key)));
            }
        }
        definitions.define(define).map_err(refused)?;
        return Ok(None);
    }
    let case = definitions.read_case(&value).map_err(refused)?;
    let result = case.evaluate(evaluator);
    Ok(Some(result_json(&case.id, &result)))
}
