//! Punches and queries over HTTP while a rule for everybody is recomputed, beside the same on an idle machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::FromQueryResult;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use vocabulary::PersonId;

use super::data::World;
use super::http::{Call, Client, Door};
use super::report::{Report, median, percentile};
use super::users::{User, users};
use super::{broken, intake, recompute, single};
use crate::base::{App, Clock, Db, DbOptions, Failure, Fault, Query};
use crate::{dirty, house};

/// People who punch and ask, in turns.
const USERS: u32 = 200;
/// Connections of each kind of request.
const CONNECTIONS: usize = 8;
/// Time between two looks whether a result is committed, or all marks are worked off.
const LOOK: Duration = Duration::from_millis(1);
/// Turns of the floor of a single change.
const TURNS: u32 = 200;

/// The stream of requests.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct StreamArgs {
    /// Punches of a run, and as many queries
    #[arg(long, default_value_t = 200)]
    punches: u32,
    /// Punches a second
    #[arg(long, default_value_t = 20)]
    rate: u32,
}

/// Seconds of each request of a run.
#[derive(Default)]
struct Times {
    /// A punch until it is answered.
    punch: Vec<f64>,
    /// A punch until its result is committed.
    change: Vec<f64>,
    query: Vec<f64>,
}

/// One kind of them.
type Of = fn(&Times) -> &Vec<f64>;

pub async fn run(
    world: &World,
    report: &Report,
    rounds: u32,
    stream: StreamArgs,
) -> Result<(), Failure> {
    recompute::drain(&world.app).await?;
    let users: Arc<[User]> = users(world, USERS).await?.into();
    world.vacuum().await?;
    let mut floor = Vec::new();
    for n in 0..TURNS {
        floor.push(single::bare(world, PersonId(1), n).await?);
    }
    // Workers live by a clock that goes.
    let app = App { clock: Clock::starting_at(world.app.clock.now()), ..world.app.clone() };
    let door = Door::open(house::endpoint(&app)?).await?;
    let mut streamer = Streamer::open(&app, &door, users).await?;
    let workers = house::Workers::start(&app);
    let (mut idle, mut busy) = (Vec::new(), Vec::new());
    let mut published = 0;
    for _ in 0..rounds {
        idle.push(streamer.run(stream).await?);
        let (stop, stopped) = watch::channel(false);
        let mass = keep_busy(world, published, stopped);
        let during = async {
            let times = streamer.run(stream).await;
            stop.send_replace(true);
            times
        };
        let (mass, times) = tokio::join!(mass, during);
        published = mass?;
        busy.push(times?);
    }
    workers.stop().await;
    report.note(&format!("{published} rules for {} people were published", world.size.people));
    drop(streamer);
    door.close().await?;
    let ms = |runs: &[Times], of: Of, share: f64| {
        median(runs.iter().map(|t| percentile(of(t).clone(), share) * 1000.0).collect())
    };
    for (name, share) in [("p50", 0.5), ("p95", 0.95)] {
        let bare = percentile(floor.clone(), share) * 1000.0;
        world.line(
            report,
            &format!("change_http_{name}"),
            ms(&idle, |t| &t.change, share),
            bare,
            "ms",
        );
    }
    let kinds: [(&str, Of); 3] =
        [("change", |t| &t.change), ("punch", |t| &t.punch), ("query", |t| &t.query)];
    for (kind, of) in kinds {
        for (name, share) in [("p50", 0.5), ("p95", 0.95)] {
            let measure = format!("mixed_{kind}_{name}");
            world.line(report, &measure, ms(&busy, of, share), ms(&idle, of, share), "ms");
        }
    }
    Ok(())
}

/// Publishes a rule for everybody whenever the last one is worked off, until `stop` turns true; then waits for
/// the rest. How many rules there are then.
async fn keep_busy(
    world: &World,
    mut published: u32,
    stop: watch::Receiver<bool>,
) -> Result<u32, Failure> {
    loop {
        published += 1;
        world.publish(published).await?;
        while dirty::is_waiting(world.app.db.read()).await? {
            tokio::time::sleep(LOOK * 10).await;
        }
        if *stop.borrow() {
            return Ok(published);
        }
    }
}

/// Sends punches and queries at their time, whether the ones before are answered or not.
struct Streamer {
    users: Arc<[User]>,
    punchers: Vec<Arc<Mutex<Client>>>,
    askers: Vec<Arc<Mutex<Client>>>,
    /// Sees what is committed without taking a connection of the product.
    watcher: Db,
    date: String,
    sent: u32,
}

impl Streamer {
    async fn open(app: &App, door: &Door, users: Arc<[User]>) -> Result<Self, Fault> {
        let (mut punchers, mut askers) = (Vec::new(), Vec::new());
        for _ in 0..CONNECTIONS {
            punchers.push(Arc::new(Mutex::new(door.client().await?)));
            askers.push(Arc::new(Mutex::new(door.client().await?)));
        }
        let options = DbOptions { pool: 4, ..app.config.db.clone() };
        let watcher = Db::connect(&app.config.database_url, &options).await?;
        let date = app.today().plus(-1).to_string();
        Ok(Self { users, punchers, askers, watcher, date, sent: 0 })
    }

    async fn run(&mut self, stream: StreamArgs) -> Result<Times, Fault> {
        let mut tick = tokio::time::interval(Duration::from_secs(1) / stream.rate.max(1));
        let (mut changes, mut queries) = (JoinSet::new(), JoinSet::new());
        for n in 0..stream.punches as usize {
            tick.tick().await;
            self.sent += 1;
            let pick =
                |list: &[Arc<Mutex<Client>>]| list.iter().cycle().nth(n % CONNECTIONS).cloned();
            let (Some(puncher), Some(asker)) = (pick(&self.punchers), pick(&self.askers)) else {
                continue;
            };
            let at = self.sent as usize % self.users.len();
            let Some(user) = self.users.get(at) else { continue };
            let call = intake::punch(user, self.sent);
            let (person, watcher) = (user.person, self.watcher.clone());
            changes.spawn(async move { change(&puncher, &call, &watcher, person).await });
            let path = format!("/api/v1/me/days/{}", self.date);
            let call = Call::get(path, &user.token);
            queries.spawn(async move { timed(&asker, &call).await });
        }
        let mut times = Times::default();
        while let Some(done) = changes.join_next().await {
            let (punch, change) = done.map_err(|e| broken("a client ended", e))??;
            times.punch.push(punch);
            times.change.push(change);
        }
        while let Some(done) = queries.join_next().await {
            times.query.push(done.map_err(|e| broken("a client ended", e))??);
        }
        Ok(times)
    }
}

async fn timed(client: &Mutex<Client>, call: &Call) -> Result<f64, Fault> {
    let started = Instant::now();
    client.lock().await.send(call).await?;
    Ok(started.elapsed().as_secs_f64())
}

#[derive(FromQueryResult)]
struct Waits {
    n: i64,
}

/// How long a punch takes to be answered, and until its result is committed: the drain that commits it deletes
/// its mark.
async fn change(
    client: &Mutex<Client>,
    call: &Call,
    watcher: &Db,
    person: PersonId,
) -> Result<(f64, f64), Fault> {
    let started = Instant::now();
    client.lock().await.send(call).await?;
    let answered = started.elapsed().as_secs_f64();
    let sql = "SELECT COUNT(*) AS n FROM dirty_mark WHERE person_id = $1 AND cause = 'punch'";
    loop {
        let waits: Option<Waits> = watcher.read().row(sql, vec![person.into()]).await?;
        if waits.is_none_or(|w| w.n == 0) {
            return Ok((answered, started.elapsed().as_secs_f64()));
        }
        tokio::time::sleep(LOOK).await;
    }
}
