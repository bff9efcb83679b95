use std::error::Error;
use std::fmt;
use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Something is broken: the database is away, a stored value cannot be read, a task ended. Shown to
/// nobody; logged once where it surfaces, with its source chain.
#[derive(Clone)]
pub struct Fault {
    what: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The source of [`Fault::again`].
#[derive(Debug)]
struct Again;

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("start over")
    }
}

impl Error for Again {}

impl Fault {
    pub fn new(what: impl Into<String>, source: impl Error + Send + Sync + 'static) -> Self {
        Self { what: what.into(), source: Some(Arc::new(source)) }
    }

    pub fn text(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// What was read no longer holds: the transaction must be repeated as a whole.
    pub fn again(what: impl Into<String>) -> Self {
        Self::new(what, Again)
    }

    /// The transaction lost against a concurrent one and can be repeated as a whole.
    pub fn is_serialization(&self) -> bool {
        if self.source.as_deref().is_some_and(|e| e.is::<Again>()) {
            return true;
        }
        matches!(self.sql_state().as_deref(), Some("40001" | "40P01" | "5" | "6" | "517"))
    }

    /// A unique key exists already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.sql_state().as_deref(), Some("23505" | "2067" | "1555"))
    }

    /// SQLSTATE on PostgreSQL, extended result code on SQLite.
    fn sql_state(&self) -> Option<String> {
        let mut source: Option<&(dyn Error + 'static)> = self.source.as_deref().map(|e| e as _);
        while let Some(error) = source {
            if let Some(sqlx::Error::Database(db)) = error.downcast_ref::<sqlx::Error>() {
                return db.code().map(|c| c.into_owned());
            }
            if let Some(
                DbErr::Exec(RuntimeErr::SqlxError(e))
                | DbErr::Query(RuntimeErr::SqlxError(e))
                | DbErr::Conn(RuntimeErr::SqlxError(e)),
            ) = error.downcast_ref::<DbErr>()
            {
                return match e.as_ref() {
                    sqlx::Error::Database(db) => db.code().map(|c| c.into_owned()),
                    _ => None,
                };
            }
            source = error.source();
        }
        None
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let mut source: Option<&(dyn Error + 'static)> = self.source.as_deref().map(|e| e as _);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}

impl From<DbErr> for Fault {
    fn from(e: DbErr) -> Self {
        Self::new("database", e)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(e: sqlx::Error) -> Self {
        Self::new("database", e)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(e: serde_json::Error) -> Self {
        Self::new("stored JSON", e)
    }
}

impl From<std::io::Error> for Fault {
    fn from(e: std::io::Error) -> Self {
        Self::new("input or output", e)
    }
}
