//! The floor: the same rows, moved by the shortest way the database has, without a thought.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::data::World;
use super::rows::Rows;
use crate::base::{App, Db, Dialect, Fault, Query, Tx};

/// People of one piece.
const CHUNK: u32 = 1_000;
/// Connections that work side by side.
const CONNECTIONS: u32 = 2;
/// What the product writes, and the column that names the person.
const TABLES: [&str; 4] = ["day_result", "day_exception", "period_summary", "dirty_mark"];
/// What the product reads.
const INPUTS: [&str; 3] = [
    "SELECT id, at, wall, flag, source, device FROM punch WHERE {} ORDER BY person_id, at",
    "SELECT * FROM scheme_assignment WHERE {}",
    "SELECT * FROM default_shift WHERE {}",
];
const HASHES: &str = "SELECT person_id, work_date, hash FROM day_result WHERE {}";

/// Copies of the product's tables and their rows, piece by piece, in files.
pub struct Floor {
    app: App,
    people: u32,
    postgres: bool,
    folder: Arc<tempfile::TempDir>,
}

impl Floor {
    /// Copies what the product has written.
    pub async fn prepare(world: &World) -> Result<Self, Fault> {
        let folder = Arc::new(tempfile::tempdir()?);
        let postgres = world.postgres();
        let floor = Self { app: world.app.clone(), people: world.size.people, postgres, folder };
        let tx = world.app.db.begin().await?;
        for table in TABLES {
            like(&tx, table).await?;
            tx.run(&format!("INSERT INTO floor_{table} SELECT * FROM {table}"), vec![]).await?;
        }
        if postgres {
            // The marks are gone by now: as many rows as a change of everybody makes.
            tx.run(MARKS, vec![]).await?;
        }
        tx.commit().await?;
        if postgres {
            for piece in floor.pieces() {
                floor.dump(piece).await?;
            }
            let tx = world.app.db.begin().await?;
            tx.run("DELETE FROM floor_dirty_mark", vec![]).await?;
            tx.commit().await?;
        }
        Ok(floor)
    }

    fn pieces(&self) -> Vec<u32> {
        (0..self.people.div_ceil(CHUNK)).collect()
    }

    fn file(&self, piece: u32, table: &str) -> PathBuf {
        self.folder.path().join(format!("{table}.{piece}"))
    }

    async fn dump(&self, piece: u32) -> Result<(), Fault> {
        let tx = self.app.db.begin().await?;
        for table in TABLES {
            let rows = format!("SELECT * FROM floor_{table} WHERE {}", range(piece));
            let sql = format!("COPY ({rows}) TO STDOUT (FORMAT binary)");
            let mut file = std::io::BufWriter::new(File::create(self.file(piece, table))?);
            tx.copy_out(&sql, |bytes| Ok(file.write_all(bytes)?)).await?;
            file.flush()?;
        }
        tx.rollback().await
    }

    /// Reads all inputs, then replaces all rows: COPY OUT, then DELETE of key ranges and COPY. On SQLite the
    /// rows are inserted in multi-row statements.
    pub async fn replace_everything(&self) -> Result<f64, Fault> {
        if !self.postgres {
            return self.insert_everything().await;
        }
        let read = self.read(&INPUTS).await?;
        let started = Instant::now();
        self.side_by_side(|db, mine| async move {
            for (piece, files) in mine {
                let tx = db.begin().await?;
                for (table, file) in TABLES.iter().zip(files) {
                    tx.run(&format!("DELETE FROM floor_{table} WHERE {}", range(piece)), vec![])
                        .await?;
                    let data = std::fs::read(file)?;
                    let sql = format!("COPY floor_{table} FROM STDIN (FORMAT binary)");
                    tx.copy_in(&sql, &[data.as_slice()]).await?;
                }
                tx.commit().await?;
            }
            Ok(())
        })
        .await?;
        Ok(read + started.elapsed().as_secs_f64())
    }

    /// Reads all inputs and the stored hashes.
    pub async fn read_everything(&self) -> Result<f64, Fault> {
        let mut queries = INPUTS.to_vec();
        queries.push(HASHES);
        self.read(&queries).await
    }

    async fn read(&self, queries: &[&'static str]) -> Result<f64, Fault> {
        let started = Instant::now();
        let queries = queries.to_vec();
        let postgres = self.postgres;
        self.side_by_side(move |db, mine| {
            let queries = queries.clone();
            async move {
                for (piece, _) in mine {
                    let tx = db.snapshot().await?;
                    for sql in &queries {
                        let rows = sql.replace("{}", &range(piece));
                        if postgres {
                            let sql = format!("COPY ({rows}) TO STDOUT (FORMAT binary)");
                            tx.copy_out(&sql, |bytes| {
                                std::hint::black_box(bytes);
                                Ok(())
                            })
                            .await?;
                        } else {
                            use sea_orm::{ConnectionTrait, DbBackend, Statement};
                            let stmt = Statement::from_string(DbBackend::Sqlite, rows);
                            std::hint::black_box(tx.query_all_raw(stmt).await?);
                        }
                    }
                    tx.rollback().await?;
                }
                Ok(())
            }
        })
        .await?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// One plain statement that writes a mark for everybody.
    pub async fn mark_everybody(&self) -> Result<f64, Fault> {
        let tx = self.app.db.begin().await?;
        let started = Instant::now();
        tx.run(MARKS, vec![]).await?;
        tx.commit().await?;
        let took = started.elapsed().as_secs_f64();
        let tx = self.app.db.begin().await?;
        tx.run("DELETE FROM floor_dirty_mark", vec![]).await?;
        tx.commit().await?;
        Ok(took)
    }

    async fn insert_everything(&self) -> Result<f64, Fault> {
        let mut took = self.read(&INPUTS).await?;
        for piece in self.pieces() {
            let mut all = Vec::new();
            for table in TABLES {
                all.push(Rows::read(self.app.db.read(), table, &range(piece)).await?);
            }
            let started = Instant::now();
            let tx = self.app.db.begin().await?;
            for table in TABLES {
                let sql = format!("DELETE FROM floor_{table} WHERE {}", range(piece));
                tx.run(&sql, vec![]).await?;
            }
            took += started.elapsed().as_secs_f64();
            for rows in &all {
                took += rows.insert(&tx).await?.as_secs_f64();
            }
            let started = Instant::now();
            tx.commit().await?;
            took += started.elapsed().as_secs_f64();
        }
        Ok(took)
    }

    /// Splits the pieces over the connections and waits for all.
    async fn side_by_side<F, W>(&self, work: W) -> Result<(), Fault>
    where
        W: Fn(Db, Vec<(u32, Vec<PathBuf>)>) -> F,
        F: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        let mut tasks = tokio::task::JoinSet::new();
        for connection in 0..CONNECTIONS {
            let mine: Vec<(u32, Vec<PathBuf>)> = self
                .pieces()
                .into_iter()
                .filter(|p| p % CONNECTIONS == connection)
                .map(|p| (p, TABLES.iter().map(|t| self.file(p, t)).collect()))
                .collect();
            tasks.spawn(work(self.app.db.clone(), mine));
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(|e| super::broken("a connection ended", e))??;
        }
        Ok(())
    }
}

const MARKS: &str = "INSERT INTO floor_dirty_mark (shard, person_id, from_date, cause, lane, at) \
    SELECT (id / 256) % 64, id, hired_on, 'floor', 4, 0 FROM person";

fn range(piece: u32) -> String {
    format!("person_id BETWEEN {} AND {}", piece * CHUNK + 1, (piece + 1) * CHUNK)
}

/// An empty table `floor_…` like this one, with its indexes.
pub async fn like(tx: &Tx, table: &str) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        let sql = format!("CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)");
        tx.run(&sql, vec![]).await?;
        return Ok(());
    }
    let found: Vec<Ddl> = tx
        .rows(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = $1 AND sql IS NOT NULL \
             ORDER BY type DESC",
            vec![table.into()],
        )
        .await?;
    for Ddl { name, sql } in found {
        // The name comes first; an index names its table behind ON.
        let (own, theirs) = (format!("floor_{name}"), format!(" ON floor_{table} "));
        let sql = sql.replacen(&name, &own, 1).replacen(&format!(" ON {table} "), &theirs, 1);
        tx.run(&sql, vec![]).await?;
    }
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct Ddl {
    name: String,
    sql: String,
}
