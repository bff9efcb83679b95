use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use kaoqin::base::{Db, DbOptions};

/// Where tests find PostgreSQL: `KAOQIN_TEST_POSTGRES_URL`, else localhost, else a private server started
/// from the binaries of this machine. `None` where nothing can be had.
pub async fn postgres_url() -> Option<String> {
    if let Ok(url) = std::env::var("KAOQIN_TEST_POSTGRES_URL") {
        return Some(url);
    }
    let local = "postgres://postgres@127.0.0.1:5432/postgres";
    if reachable(local).await {
        return Some(local.to_owned());
    }
    static PRIVATE: OnceLock<Option<String>> = OnceLock::new();
    let url = tokio::task::spawn_blocking(|| PRIVATE.get_or_init(start_private).clone());
    url.await.ok().flatten()
}

async fn reachable(url: &str) -> bool {
    let options = DbOptions { pool: 1, ..DbOptions::default() };
    let wait = std::time::Duration::from_secs(2);
    matches!(tokio::time::timeout(wait, Db::connect(url, &options)).await, Ok(Ok(_)))
}

/// Starts a server on a free port in a temporary folder; it ends with this process.
fn start_private() -> Option<String> {
    let bin = binaries()?;
    let data = std::env::temp_dir().join(format!("kaoqin-test-pg-{}", std::process::id()));
    std::fs::create_dir_all(&data).ok()?;
    let root = Command::new("id").arg("-u").output().ok()?.stdout.starts_with(b"0\n");
    if root {
        Command::new("chown").args(["-R", "postgres"]).arg(&data).status().ok()?;
    }
    let run = |program: &Path, args: &[String]| -> Option<()> {
        let mut command = if root {
            let mut c = Command::new("runuser");
            c.args(["-u", "postgres", "--"]).arg(program);
            c
        } else {
            Command::new(program)
        };
        command.args(args).output().ok()?.status.success().then_some(())
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let dir = data.join("data");
    let text = |p: &Path| p.to_string_lossy().into_owned();
    run(
        &bin.join("initdb"),
        &["-D".into(), text(&dir), "-U".into(), "postgres".into(), "--auth=trust".into()],
    )?;
    let options = format!("-p {port} -k {} -c fsync=off -c max_connections=300", text(&data));
    run(
        &bin.join("pg_ctl"),
        &["-D".into(), text(&dir), "-o".into(), options, "-w".into(), "start".into()],
    )?;
    Some(format!("postgres://postgres@127.0.0.1:{port}/postgres"))
}

fn binaries() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut versions: Vec<PathBuf> =
        installed.filter_map(|e| e.ok().map(|e| e.path().join("bin"))).collect();
    versions.sort();
    versions.into_iter().rev().find(|p| p.join("initdb").exists())
}
