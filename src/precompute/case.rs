//! `kaoqin inspect case`: a stored day as lines of the evaluate format.

use vocabulary::{LocalDate, PersonId};

use super::read::explain;
use crate::base::{App, Failure};

/// Definition line and case line whose evaluation gives the stored day.
pub async fn case_lines(
    app: &App,
    person: PersonId,
    date: LocalDate,
) -> Result<(String, String), Failure> {
    let (define, case) = explain(app, person, date).await?.explained.case.to_lines();
    Ok((define.to_string(), case.to_string()))
}
