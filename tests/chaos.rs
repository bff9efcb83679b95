//! Processes that die: one serves and two work on PostgreSQL, and every few seconds one of them is killed, while everybody
//! is computed anew, punches come in and a period is locked. `KAOQIN_CHAOS_SECONDS` makes it longer.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kaoqin::base::{Clock, Db, DbOptions, Query};
use kaoqin::calendars::DEFAULT_PERIOD_SET;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::Client;
use serde_json::{Value, json};
use vocabulary::{LocalDate, Zone};

use crate::support::{postgres_url, skipped};

const SECRET: &str = "a secret for tests with more than 32 characters";
/// How long the processes live dangerously.
const SECONDS: u64 = 20;
/// One of them dies this often.
const KILL_EVERY: Duration = Duration::from_millis(2_500);
/// At least so many punches come for the locked period.
const LATE: u32 = 10;
/// Everything must be worked off within.
const CALM: Duration = Duration::from_secs(240);

/// The processes of an installation.
struct Processes {
    url: String,
    listen: String,
    folder: PathBuf,
    alive: Vec<Child>,
}

impl Processes {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut c = Command::new(env!("CARGO_BIN_EXE_kaoqin"));
        c.args(arguments)
            .args(["--database-url", &self.url, "--jwt-secret", SECRET])
            .current_dir(&self.folder)
            .env("KAOQIN_LOG", "warn")
            .stdout(Stdio::null());
        c
    }

    fn start(&mut self, nth: usize) -> Child {
        let arguments: Vec<&str> =
            if nth == 0 { vec!["serve", "--listen", &self.listen] } else { vec!["work"] };
        self.command(&arguments).spawn().unwrap()
    }

    fn start_all(&mut self) {
        for nth in 0..3 {
            let child = self.start(nth);
            self.alive.push(child);
        }
    }

    /// `kill -9`, and another one in its place.
    fn replace(&mut self, nth: usize) {
        self.alive[nth].kill().unwrap();
        self.alive[nth].wait().unwrap();
        self.alive[nth] = self.start(nth);
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.alive {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// A client that does not mind a server that is gone for a moment.
struct Hr {
    client: Client,
    base: String,
    token: String,
}

impl Hr {
    /// `None` if nobody answered.
    async fn send(
        &self,
        method: &str,
        path: &str,
        body: &Value,
        key: &str,
    ) -> Option<(u16, Value)> {
        let url = format!("{}/api/v1{path}", self.base);
        let request = self.client.request(method.parse().unwrap(), url).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", key).timeout(Duration::from_secs(10));
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        assert_ne!(status, 500, "{method} {path}");
        Some((status, answer.json().await.ok()?))
    }

    /// Until somebody answers.
    async fn insist(&self, method: &str, path: &str, body: &Value, key: &str) -> (u16, Value) {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.send(method, path, body, key).await {
                return answer;
            }
            assert!(begun.elapsed() < CALM, "nobody answers {method} {path}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[derive(sea_orm::FromQueryResult)]
struct One {
    n: i64,
}

async fn number(db: &Db, sql: &str) -> i64 {
    let sql = format!("SELECT CAST(({sql}) AS BIGINT) AS n");
    let row: Option<One> = db.read().row(&sql, vec![]).await.unwrap();
    row.unwrap().n
}

/// The month before, by name and with its last date.
fn month_before(today: LocalDate) -> (String, LocalDate) {
    let last = today.plus(-i32::try_from(today.day()).unwrap());
    (last.to_string()[..7].to_owned(), last)
}

async fn demo(processes: &Processes, tokens: &Path) -> Value {
    let tokens_text = tokens.display().to_string();
    let mut child =
        processes.command(&["demo", "--once", "--tokens", &tokens_text]).spawn().unwrap();
    assert!(tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap().success());
    serde_json::from_slice(&std::fs::read(tokens).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_are_killed_lose_no_punch_and_leave_what_the_facts_give() {
    let Some(server) = postgres_url().await else {
        return skipped("processes_that_are_killed_lose_no_punch_and_leave_what_the_facts_give");
    };
    let name = format!("kaoqin_chaos_{}", std::process::id());
    let admin = Db::connect(&server, &DbOptions { pool: 1, ..DbOptions::default() }).await.unwrap();
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    admin.for_migrations().run(&drop, vec![]).await.unwrap();
    admin.for_migrations().run(&format!("CREATE DATABASE {name}"), vec![]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut processes = Processes {
        url: format!("{}/{name}", server.rsplit_once('/').unwrap().0),
        listen: format!("127.0.0.1:{port}"),
        folder: folder.path().to_path_buf(),
        alive: Vec::new(),
    };
    let tokens = demo(&processes, &folder.path().join("tokens.json")).await;
    let db = Db::connect(&processes.url, &DbOptions { pool: 2, ..DbOptions::default() }).await;
    let db = db.unwrap();
    let hr = Hr {
        client: Client::new(),
        base: format!("http://{}", processes.listen),
        token: tokens["hr"].as_str().unwrap().to_owned(),
    };
    processes.start_all();

    let accepted = live_dangerously(&mut processes, &hr, &db).await;
    calm_down(&db).await;

    // Every accepted punch is there once.
    assert!(accepted.len() > 20, "only {} punches were accepted", accepted.len());
    for (person, wall) in &accepted {
        let sql = format!(
            "SELECT COUNT(*) FROM punch WHERE person_id = {person} AND wall = {}",
            wall.parse::<vocabulary::WallTime>().unwrap().seconds()
        );
        assert_eq!(number(&db, &sql).await, 1, "punch of {person} at {wall}");
    }
    // Nothing of the locked period was computed after its lock.
    assert_eq!(
        number(&db, "SELECT COUNT(*) FROM attendance_period WHERE state = 'locked'").await,
        1
    );
    let late = "SELECT COUNT(*) FROM day_result d JOIN period_archive a ON a.person_id = d.person_id \
                AND d.work_date BETWEEN a.from_date AND a.to_date \
                JOIN attendance_period p ON p.id = a.period_id AND p.state = 'locked' \
                WHERE d.computed_at > p.changed_at";
    assert_eq!(number(&db, late).await, 0);
    assert!(number(&db, "SELECT COUNT(*) FROM adjustment").await > 0, "no late fact was adjusted");
    drop_processes(processes, &db).await;
    db.close().await;
    admin.for_migrations().run(&drop, vec![]).await.unwrap();
}

/// Ends the processes and has everything compared with the facts.
async fn drop_processes(mut processes: Processes, db: &Db) {
    for child in &mut processes.alive {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    processes.alive.clear();
    let days = ["MIN", "MAX"].map(|f| format!("SELECT {f}(work_date) AS n FROM day_result"));
    let mut ends = Vec::new();
    for sql in days {
        let row: Option<Day> = db.read().row(&sql, vec![]).await.unwrap();
        ends.push(row.unwrap().n.to_string());
    }
    let arguments = ["rebuild", "--check", "--from", &ends[0], "--to", &ends[1]];
    let mut command = processes.command(&arguments);
    let output = command.stdout(Stdio::piped()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(!text.contains(" 0 locked"), "{text}");
}

#[derive(sea_orm::FromQueryResult)]
struct Day {
    n: LocalDate,
}

/// People and wall times of punches that were accepted.
async fn live_dangerously(processes: &mut Processes, hr: &Hr, db: &Db) -> HashSet<(i64, String)> {
    let seconds = std::env::var("KAOQIN_CHAOS_SECONDS").ok().and_then(|t| t.parse().ok());
    let length = Duration::from_secs(seconds.unwrap_or(SECONDS));
    let today = Zone::SHANGHAI.date(Clock::system().now());
    let (month, last) = month_before(today);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let people = number(db, "SELECT COUNT(*) FROM person").await;
    let mut accepted = HashSet::new();
    let (begun, mut killed) = (Instant::now(), Instant::now());
    let (mut published, mut locking, mut locked, mut n, mut late) = (false, None, false, 0, 0);
    let set = number(db, &format!("SELECT id FROM period_set WHERE code = '{DEFAULT_PERIOD_SET}'"))
        .await
        .to_string();
    while begun.elapsed() < length || late < LATE {
        assert!(begun.elapsed() < length + CALM, "the period was never locked");
        n += 1;
        if killed.elapsed() > KILL_EVERY && begun.elapsed() < length {
            killed = Instant::now();
            processes.replace(rng.random_range(0..3));
        }
        if !published {
            published = publish(hr, &month).await;
        }
        match &locking {
            None if begun.elapsed() > length / 4 => {
                let body = json!({ "period_set_id": set, "period": month });
                let (status, row) = hr.insist("POST", "/attendance-periods", &body, "close").await;
                assert_eq!(status, 200, "{row}");
                locking = Some(row["id"].as_str().unwrap().to_owned());
            }
            Some(id) if !locked => locked = lock(hr, id, n).await,
            _ => {}
        }
        // Before the lock of today and yesterday, afterwards also of what is locked.
        let is_late = locked && rng.random_range(0..3) == 0;
        let date = if is_late {
            last.plus(-rng.random_range(0..20))
        } else {
            today.plus(-rng.random_range(0..2))
        };
        let person = rng.random_range(1..=people);
        let wall = format!(
            "{date}T{:02}:{:02}:{:02}",
            rng.random_range(0..6),
            rng.random_range(0..60),
            rng.random_range(0..60)
        );
        if punch(hr, person, &wall, &format!("punch-{n}"), &mut rng).await {
            accepted.insert((person, wall));
            late += u32::from(is_late);
        }
    }
    accepted
}

/// A rule that makes everybody be computed anew.
async fn publish(hr: &Hr, month: &str) -> bool {
    let body = json!({ "code": "DEMO-L", "effective_from": format!("{month}-01"), "content": {
        "late_rule": { "items": [{ "code": "L", "limit_minutes": 600, "method": "ceil", "minutes": 10 }] } } });
    match hr.send("POST", "/rules", &body, "publish").await {
        Some((200, _)) => true,
        Some((409, _)) | None => false,
        Some((status, answer)) => panic!("{status} {answer}"),
    }
}

/// Asks for a lock, or looks how it gets on.
async fn lock(hr: &Hr, id: &str, n: i64) -> bool {
    let path = format!("/attendance-periods/{id}");
    let Some((200, row)) = hr.send("GET", &path, &Value::Null, "look").await else { return false };
    if row["state"] == "locked" {
        return true;
    }
    // 409: a job is under way.
    hr.send("POST", &format!("{path}/lock"), &Value::Null, &format!("lock-{n}")).await;
    false
}

/// Enters a punch and sends it again, with the same key, if nobody answers; whether it was accepted.
async fn punch(hr: &Hr, person: i64, wall: &str, key: &str, rng: &mut ChaCha8Rng) -> bool {
    let row = json!({ "person_id": person.to_string(), "local_time": wall, "reason": "chaos" });
    let (status, answer) = hr.insist("POST", "/punches", &json!({ "items": [row] }), key).await;
    tokio::time::sleep(Duration::from_millis(rng.random_range(5..60))).await;
    status == 200 && answer["items"][0]["outcome"] == "accepted"
}

async fn calm_down(db: &Db) {
    let begun = Instant::now();
    while number(db, "SELECT COUNT(*) FROM dirty_mark").await > 0 {
        assert!(begun.elapsed() < CALM, "marks are left");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
