use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use sea_orm::sqlx::postgres::Postgres;
use sea_orm::sqlx::sqlite::Sqlite;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor, Transaction};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;

use super::{Dialect, Fault};

/// Largest piece of a COPY, in bytes.
const COPY_PIECE: usize = 1 << 20;

/// The one kind of transaction. Entities work with `&Tx`; it cannot be nested; dropped means rolled back.
pub struct Tx {
    dialect: Dialect,
    inner: Inner,
}

enum Inner {
    Sqlite(Mutex<Transaction<'static, Sqlite>>),
    Postgres(Mutex<Transaction<'static, Postgres>>),
}

impl Tx {
    pub(super) fn sqlite(t: Transaction<'static, Sqlite>) -> Self {
        Self { dialect: Dialect::Sqlite, inner: Inner::Sqlite(Mutex::new(t)) }
    }

    pub(super) fn postgres(t: Transaction<'static, Postgres>) -> Self {
        Self { dialect: Dialect::Postgres, inner: Inner::Postgres(Mutex::new(t)) }
    }

    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub async fn commit(self) -> Result<(), Fault> {
        match self.inner {
            Inner::Sqlite(t) => t.into_inner().commit().await?,
            Inner::Postgres(t) => t.into_inner().commit().await?,
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), Fault> {
        match self.inner {
            Inner::Sqlite(t) => t.into_inner().rollback().await?,
            Inner::Postgres(t) => t.into_inner().rollback().await?,
        }
        Ok(())
    }

    /// COPY … FROM STDIN inside this transaction, of parts that make one stream. Always finished or aborted.
    /// PostgreSQL only.
    pub async fn copy_in(&self, sql: &str, parts: &[&[u8]]) -> Result<u64, Fault> {
        let Inner::Postgres(t) = &self.inner else {
            return Err(Fault::text("COPY needs PostgreSQL"));
        };
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
        let mut t = t.lock().await;
        let mut copy = t.copy_in_raw(sql).await?;
        let mut piece = Vec::with_capacity(COPY_PIECE);
        for part in parts.iter().flat_map(|p| p.chunks(COPY_PIECE)) {
            if piece.len() + part.len() > COPY_PIECE {
                if let Err(e) = copy.send(piece.as_slice()).await {
                    copy.abort("the sender failed").await?;
                    return Err(e.into());
                }
                piece.clear();
            }
            piece.extend_from_slice(part);
        }
        if let Err(e) = copy.send(piece.as_slice()).await {
            copy.abort("the sender failed").await?;
            return Err(e.into());
        }
        Ok(copy.finish().await?)
    }

    /// COPY … TO STDOUT inside this transaction; what comes is given away piece by piece. PostgreSQL only.
    pub async fn copy_out(
        &self,
        sql: &str,
        mut take: impl FnMut(&[u8]) -> Result<(), Fault> + Send,
    ) -> Result<(), Fault> {
        let Inner::Postgres(t) = &self.inner else {
            return Err(Fault::text("COPY needs PostgreSQL"));
        };
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
        let mut t = t.lock().await;
        let mut stream = t.copy_out_raw(sql).await?;
        let mut taken = Ok(());
        // What comes is read to its end, whatever becomes of it.
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            if taken.is_ok() {
                taken = take(&piece);
            }
        }
        taken
    }
}

/// Statements this process has sent inside transactions; what a benchmark counts.
pub fn statements() -> u64 {
    STATEMENTS.load(Ordering::Relaxed)
}

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Takes the values out of a statement: a bulk insert has tens of thousands.
fn values(stmt: &mut Statement) -> SqlxValues {
    STATEMENTS.fetch_add(1, Ordering::Relaxed);
    SqlxValues(stmt.values.take().unwrap_or_else(|| sea_orm::Values(Vec::new())))
}

fn exec_err(e: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(e.into()))
}

fn query_err(e: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(e.into()))
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        match self.dialect {
            Dialect::Sqlite => DbBackend::Sqlite,
            Dialect::Postgres => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, mut stmt: Statement) -> Result<ExecResult, DbErr> {
        let args = values(&mut stmt);
        match &self.inner {
            Inner::Sqlite(t) => sqlx::query_with(AssertSqlSafe(stmt.sql), args)
                .execute(&mut **t.lock().await)
                .await
                .map(ExecResult::from)
                .map_err(exec_err),
            Inner::Postgres(t) => sqlx::query_with(AssertSqlSafe(stmt.sql), args)
                .execute(&mut **t.lock().await)
                .await
                .map(ExecResult::from)
                .map_err(exec_err),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.inner {
            Inner::Sqlite(t) => {
                t.lock().await.execute(sql).await.map(ExecResult::from).map_err(exec_err)
            }
            Inner::Postgres(t) => {
                t.lock().await.execute(sql).await.map(ExecResult::from).map_err(exec_err)
            }
        }
    }

    async fn query_one_raw(&self, mut stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        let args = values(&mut stmt);
        match &self.inner {
            Inner::Sqlite(t) => sqlx::query_with(AssertSqlSafe(stmt.sql), args)
                .fetch_optional(&mut **t.lock().await)
                .await
                .map(|r| r.map(QueryResult::from))
                .map_err(query_err),
            Inner::Postgres(t) => sqlx::query_with(AssertSqlSafe(stmt.sql), args)
                .fetch_optional(&mut **t.lock().await)
                .await
                .map(|r| r.map(QueryResult::from))
                .map_err(query_err),
        }
    }

    async fn query_all_raw(&self, mut stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let args = values(&mut stmt);
        match &self.inner {
            Inner::Sqlite(t) => sqlx::query_with(AssertSqlSafe(stmt.sql), args)
                .fetch_all(&mut **t.lock().await)
                .await
                .map(|r| r.into_iter().map(QueryResult::from).collect())
                .map_err(query_err),
            Inner::Postgres(t) => sqlx::query_with(AssertSqlSafe(stmt.sql), args)
                .fetch_all(&mut **t.lock().await)
                .await
                .map(|r| r.into_iter().map(QueryResult::from).collect())
                .map_err(query_err),
        }
    }
}
