//! The ground: database, transactions, clock, who acts, how to say no.
//!
//! **Promises**: one kind of transaction; no nesting; time only from [`Clock`]; a refusal has a stable code
//! and two languages; a fault is logged once and never shown.

mod actor;
mod app;
mod audit;
mod blobs;
mod cell;
mod clock;
mod code;
pub mod config;
pub mod context;
mod copy;
mod cores;
mod data_keys;
mod db;
mod document;
pub mod failpoint;
mod fault;
pub mod http;
mod load;
mod notice;
mod once;
mod outcome;
pub mod problem;
mod query;
mod refusal;
mod retry;
mod say;
mod scope;
mod setting;
mod sheet;
mod table_file;
pub mod telemetry;
mod tx;
mod wake;
mod wording;

pub use actor::{Actor, Channel};
pub use app::App;
pub use audit::{audit, audit_alone, changed};
pub use blobs::{Blob, Blobs};
pub use cell::{guarded, unguarded};
pub use clock::Clock;
pub use code::{EFFECTIVE_RANGE, code_is_valid, name_is_valid};
pub use config::{Config, ConfigError, Settings};
pub use copy::{Cells, CopyCells, CopyRow, CopyRows, copy_parts};
pub use cores::on_all_cores;
pub use data_keys::{DataKeys, Sealed};
pub use db::{Db, DbOptions, Dialect, Isolation, Synchronous};
pub use document::Document;
pub use fault::Fault;
pub use load::Load;
pub use notice::{NewNotice, NoticeRow, notices, notify, read_notices};
pub use once::{KEEP_PUNCH_DAYS, Once, OnceRefusal, begin_once, finish_once};
pub use outcome::RowOutcome;
pub use query::{
    ColumnKind, Query, id_rows, id_value, json_rows, midnight_sql, plus_days_sql, span_rows,
    span_values,
};
pub use refusal::{Failure, FieldError, Refusal};
pub use retry::retry;
pub use say::say;
pub use scope::{Area, Department, Scope};
pub use setting::{put_setting, setting};
pub use sheet::{Layout, Sheet};
pub use table_file::TableFile;
pub use tx::{Tx, statements};
pub use wake::Wake;
