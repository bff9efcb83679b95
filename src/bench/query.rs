//! The days of one person over HTTP, beside an endpoint that verifies the token, runs one raw select of the
//! same rows and answers the same bytes.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::{Endpoint, Request, Response};
use sea_orm::sqlx::{self, PgPool, SqlitePool};
use vocabulary::LocalDate;

use super::data::World;
use super::http::{Call, Door, Load};
use super::recompute;
use super::report::{Report, median, percentile};
use super::users::{User, users};
use crate::base::{App, Failure, Fault};
use crate::precompute::DAY_COLUMNS;
use crate::{house, identity};

/// People who ask.
const USERS: u32 = 64;

/// How much is asked.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct LoadArgs {
    /// Requests of a run
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
    /// Connections, each with one request under way
    #[arg(long, default_value_t = 32)]
    connections: usize,
}

pub async fn run(
    world: &World,
    report: &Report,
    rounds: u32,
    load: LoadArgs,
) -> Result<(), Failure> {
    recompute::drain(&world.app).await?;
    world.vacuum().await?;
    let users = users(world, USERS).await?;
    let product = Door::open(house::endpoint(&world.app)?).await?;
    for (measure, from) in [("query_day", world.last), ("query_month", world.first)] {
        let asked: Vec<Asked> = users.iter().map(|u| Asked::of(u, from, world.last)).collect();
        let asked: Vec<&Asked> = asked.iter().cycle().take(load.requests).collect();
        let calls: Arc<[Call]> = asked.iter().map(|a| a.call.clone()).collect();
        let distinct = asked.get(..users.len().min(asked.len())).unwrap_or_default();
        let floor = Door::open(Floor::of(&world.app, &product, distinct).await?).await?;
        let bare: Arc<[Call]> = asked.iter().map(|a| a.bare()).collect();
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            others.push(floor.load(&bare, load.connections).await?);
            own.push(product.load(&calls, load.connections).await?);
        }
        lines(world, report, measure, &own, &others);
        floor.close().await?;
    }
    Ok(product.close().await?)
}

/// Requests a second and milliseconds of a request, product beside floor.
pub fn lines(world: &World, report: &Report, measure: &str, own: &[Load], floor: &[Load]) {
    let rate = |runs: &[Load]| median(runs.iter().map(Load::per_second).collect());
    world.line(report, measure, rate(own), rate(floor), "requests/s");
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let ms = |runs: &[Load]| {
            median(runs.iter().map(|l| percentile(l.took.clone(), share) * 1000.0).collect())
        };
        world.line(report, &format!("{measure}_{name}"), ms(own), ms(floor), "ms");
    }
}

/// A question of one person.
struct Asked {
    call: Call,
    row: Row,
}

/// What the floor selects.
#[derive(Clone)]
struct Row {
    person: i64,
    from: LocalDate,
    to: LocalDate,
}

impl Asked {
    fn of(user: &User, from: LocalDate, to: LocalDate) -> Self {
        let path = if from == to {
            format!("/api/v1/me/days/{from}")
        } else {
            format!("/api/v1/me/days?from={from}&to={to}")
        };
        let row = Row { person: user.person.0, from, to };
        Self { call: Call::get(path, &user.token), row }
    }

    /// The same question to the floor, which does not find out who asks.
    fn bare(&self) -> Call {
        Call { path: format!("/{}", self.row.person), ..self.call.clone() }
    }
}

enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// An endpoint without a thought.
struct Floor {
    app: App,
    pool: Pool,
    sql: &'static str,
    answers: HashMap<String, (Row, Bytes)>,
}

impl Floor {
    /// Answers what the product answers now.
    async fn of(app: &App, product: &Door, asked: &[&Asked]) -> Result<Self, Fault> {
        let mut client = product.client().await?;
        let mut answers = HashMap::new();
        for a in asked {
            let body = client.send(&a.call).await?;
            answers.insert(a.bare().path, (a.row.clone(), body));
        }
        let read = app.db.points();
        let (pool, date) = if app.config.embedded() {
            (Pool::Sqlite(read.get_sqlite_connection_pool().clone()), "")
        } else {
            (Pool::Postgres(read.get_postgres_connection_pool().clone()), "::date")
        };
        let sql = format!(
            "SELECT {DAY_COLUMNS} FROM day_result d WHERE d.person_id = $1 \
             AND d.work_date BETWEEN $2{date} AND $3{date} ORDER BY d.work_date"
        );
        Ok(Self { app: app.clone(), pool, sql: sql.leak(), answers })
    }

    async fn select(&self, row: &Row) -> Result<usize, sqlx::Error> {
        let (from, to) = (row.from.to_string(), row.to.to_string());
        match &self.pool {
            Pool::Postgres(pool) => {
                let found = sqlx::query(self.sql).bind(row.person).bind(from).bind(to);
                Ok(found.fetch_all(pool).await?.len())
            }
            Pool::Sqlite(pool) => {
                let found = sqlx::query(self.sql).bind(row.person).bind(from).bind(to);
                Ok(found.fetch_all(pool).await?.len())
            }
        }
    }
}

impl Endpoint for Floor {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let refused = || poem::Error::from_status(StatusCode::UNAUTHORIZED);
        let sent = request.header(header::AUTHORIZATION).and_then(|h| h.strip_prefix("Bearer "));
        let token = sent.ok_or_else(refused)?;
        identity::claim(&self.app, token).map_err(|_| refused())?;
        let (row, body) = self
            .answers
            .get(request.uri().path())
            .ok_or_else(|| poem::Error::from_status(StatusCode::NOT_FOUND))?;
        let found = self.select(row).await.map_err(poem::error::InternalServerError)?;
        if found == 0 {
            return Err(poem::Error::from_status(StatusCode::NOT_FOUND));
        }
        let answer = Response::builder().content_type("application/json; charset=utf-8");
        Ok(answer.body(body.clone()))
    }
}
