use std::sync::atomic::{AtomicU64, Ordering};

use kaoqin::base::Tx;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

/// A connection that counts what is asked of it.
pub struct Counting<'a> {
    tx: &'a Tx,
    count: AtomicU64,
}

impl<'a> Counting<'a> {
    pub fn new(tx: &'a Tx) -> Self {
        Self { tx, count: AtomicU64::new(0) }
    }

    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    fn one(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Counting<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.one();
        self.tx.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.one();
        self.tx.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.one();
        self.tx.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.one();
        self.tx.query_all_raw(stmt).await
    }
}
