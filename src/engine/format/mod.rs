//! The public JSON format of single days: what `kaoqin evaluate` reads and writes.
//!
//! Names are snake_case, durations integer minutes unless the name says `_tenths` or `_hundredths`. Every
//! fault is a [`Refusal`] with a code, a path and two languages; nothing panics.

mod case;
mod definitions;
mod fields;
mod lines;
mod plan;
mod refusal;
mod result;
mod rules;
mod write;

pub use case::{Case, Employment, OwnedCell};
pub use definitions::{Definitions, INLINE, Kind};
pub use lines::{MAX_LINE, evaluate_lines, refusal_json};
pub use plan::Calendar;
pub use refusal::{Refusal, RefusalCode};
pub use result::result_json;
pub use write::{
    InPlace, RuleNames, write_abnormal_rule, write_band_rule, write_calendar, write_punch_rule,
    write_request_type, write_scheme, write_shift,
};
