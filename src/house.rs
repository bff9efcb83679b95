//! The only wiring: mounts the APIs of the rooms, the health and metric routes, and starts workers.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use poem::endpoint::make_sync;
use poem::http::{StatusCode, header};
use poem::listener::TcpListener;
use poem::{Endpoint, EndpointExt, Response, Route, Server, get};
use poem_openapi::{OpenApi, OpenApiService};
use sea_orm_migration::MigratorTrait;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::alerts;
use crate::alerts::api::AlertsApi;
use crate::base::http::Front;
use crate::base::{App, Document, Failure, Fault, Query};
use crate::calendars::api::CalendarsApi;
use crate::demand::api::DemandApi;
use crate::dirty;
use crate::employment::{self, EmploymentApi};
use crate::identity::api::IdentityApi;
use crate::import::RosterFilesApi;
use crate::import::api::ImportsApi;
use crate::jobs;
use crate::jobs::api::JobsApi;
use crate::people::api::PeopleApi;
use crate::precompute::api::ResultsApi;
use crate::precompute::{self, BatchesApi};
use crate::profiles;
use crate::profiles::{
    ArchivesApi, AttachmentsApi, ProfileExportApi, ProfileItemsApi, ProfilesApi,
};
use crate::punches::api::PunchesApi;
use crate::requests::api::RequestsApi;
use crate::rules::api::RulesApi;
use crate::shifts::api::ShiftsApi;
use crate::shifts::{ChecksApi, GridApi};
use crate::{calendars, identity, import, people, requests, rules, shifts};

/// What works off jobs, by kind.
pub const JOBS: &[jobs::Handler] = &[
    jobs::Handler { kind: precompute::WHAT_IF_JOB, run: precompute::work_what_if },
    jobs::Handler { kind: precompute::WHAT_IF_REMOVAL, run: precompute::work_removal },
    jobs::Handler { kind: precompute::LOCK_JOB, run: precompute::work_lock },
    jobs::Handler { kind: alerts::NIGHTLY_JOB, run: alerts::work_nightly },
    jobs::Handler { kind: shifts::ROSTER_CHECK_JOB, run: alerts::work_roster_check },
    jobs::Handler { kind: import::IMPORT_JOB, run: import::work_import },
];

/// How long running requests may take after the signal to stop.
const SHUTDOWN: Duration = Duration::from_secs(10);

/// All operations of the document.
fn apis(app: &App) -> impl OpenApi + use<> {
    (
        (
            IdentityApi { app: app.clone() },
            identity::UsersApi { app: app.clone() },
            identity::RolesApi { app: app.clone() },
            identity::AuditApi { app: app.clone() },
        ),
        JobsApi { app: app.clone() },
        (
            PeopleApi { app: app.clone() },
            people::OrgApi { app: app.clone() },
            people::MastersApi { app: app.clone() },
            people::DimensionsApi { app: app.clone() },
            calendars::OrgCalendarsApi { app: app.clone() },
            rules::OrgSchemesApi { app: app.clone() },
            import::ExportsApi { app: app.clone() },
        ),
        (
            ProfilesApi { app: app.clone(), copy_scheme: rules::copy_scheme },
            ProfileItemsApi { app: app.clone() },
            ProfileExportApi { app: app.clone() },
            ArchivesApi { app: app.clone() },
            AttachmentsApi { app: app.clone() },
            ImportsApi { app: app.clone() },
        ),
        (CalendarsApi { app: app.clone() }, calendars::PeriodSetsApi { app: app.clone() }),
        rosters(app),
        RulesApi { app: app.clone() },
        PunchesApi { app: app.clone(), day_of_punch: precompute::api::day_of_punch },
        RequestsApi { app: app.clone() },
        ResultsApi { app: app.clone() },
        precompute::WhatIfApi { app: app.clone() },
        EmploymentApi { app: app.clone() },
        AlertsApi { app: app.clone() },
        BatchesApi { app: app.clone() },
        precompute::PeriodsApi { app: app.clone() },
    )
}

/// Shifts and rosters; a tuple of APIs holds at most sixteen.
fn rosters(app: &App) -> impl OpenApi + use<> {
    (
        ShiftsApi { app: app.clone() },
        shifts::RostersApi { app: app.clone() },
        shifts::TemplatesApi { app: app.clone(), scheme_by_code: rules::scheme_by_code },
        shifts::DraftsApi { app: app.clone() },
        requests::SwapsApi { app: app.clone(), locked: precompute::in_locked_period },
        identity::NoticesApi { app: app.clone() },
        GridApi { app: app.clone() },
        RosterFilesApi { app: app.clone() },
        ChecksApi { app: app.clone() },
        DemandApi { app: app.clone() },
    )
}

fn service(app: &App) -> OpenApiService<impl OpenApi + use<>, ()> {
    OpenApiService::new(apis(app), "Kaoqin 考勤", env!("CARGO_PKG_VERSION")).description(
        "Attendance of group companies: facts in, explained results out. \
             Sign in at `/api/v1/auth/sign-in` and send the access token as bearer token.",
    )
}

/// The document as it is committed in `openapi/kaoqin.json`. Needs no database, but a running runtime.
pub fn document() -> Result<String, Fault> {
    let value: serde_json::Value = serde_json::from_str(&service(&App::idle()).spec())?;
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

/// Everything that answers HTTP.
pub fn endpoint(app: &App) -> Result<impl Endpoint<Output = Response> + use<>, Fault> {
    prepare();
    let metrics = recorder()?;
    let text = document()?;
    let document = Arc::new(Document::parse(&text)?);
    let service = service(app);
    let docs = service.swagger_ui_html();
    let (ready, gauged) = (app.clone(), app.clone());
    let routes = Route::new()
        .at("/openapi.json", get(make_sync(move |_| typed("application/json", text.clone()))))
        .at("/docs", get(make_sync(move |_| typed("text/html; charset=utf-8", docs.clone()))))
        .at("/healthz", get(make_sync(|_| typed("text/plain", "ok".to_owned()))))
        .at("/readyz", get(poem::endpoint::make(move |_| is_ready(ready.clone()))))
        .at(
            "/metrics",
            get(poem::endpoint::make(move |_| measured(gauged.clone(), metrics.clone()))),
        )
        .nest("/", service);
    Ok(Front { routes: routes.data(app.clone()), document, load: app.load.clone() })
}

fn typed(kind: &str, body: String) -> Response {
    Response::builder().header(header::CONTENT_TYPE, kind).body(body)
}

async fn measured(app: App, metrics: PrometheusHandle) -> poem::Result<Response> {
    // What cannot be asked now stays as it was.
    if let Err(e) = precompute::gauges(&app).await {
        tracing::error!(error = %e, "the gauges failed");
    }
    Ok(typed("text/plain; version=0.0.4", metrics.render()))
}

async fn is_ready(app: App) -> poem::Result<Response> {
    let answers = app.db.read().run("SELECT 1", vec![]).await.is_ok();
    let pending = migrations::Migrator::get_pending_migrations(app.db.read()).await;
    if answers && pending.is_ok_and(|p| p.is_empty()) {
        return Ok(typed("text/plain", "ready".to_owned()));
    }
    Ok(Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body("not ready"))
}

/// One recorder per process, whoever asks first.
fn recorder() -> Result<PrometheusHandle, Fault> {
    static RECORDER: std::sync::OnceLock<Option<PrometheusHandle>> = std::sync::OnceLock::new();
    let handle = RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
    handle.clone().ok_or_else(|| Fault::text("another metrics recorder is installed"))
}

/// What every command that writes must know before it starts.
pub fn prepare() {
    dirty::register(precompute::select);
    people::register(employment::follow);
}

/// What every installation has from the start: roles, the national calendar, the seed rules. Repeating it changes
/// nothing.
pub async fn seed(app: &App) -> Result<(), Failure> {
    let tx = app.db.begin().await?;
    identity::ensure_roles(&tx).await?;
    people::ensure_positions(&tx, app.clock.now()).await?;
    calendars::ensure_defaults(&tx).await?;
    rules::ensure_seeds(&tx, app.clock.now()).await?;
    tx.commit().await?;
    people::ensure_tokens(app).await?;
    Ok(())
}

/// Serves and computes until `stop` completes, then lets running requests and drains end.
pub async fn serve(
    app: &App,
    listener: TcpListener<String>,
    stop: impl Future<Output = ()>,
) -> Result<(), Fault> {
    let endpoint = endpoint(app)?;
    let workers = Workers::start(app);
    Server::new(listener).run_with_graceful_shutdown(endpoint, stop, Some(SHUTDOWN)).await?;
    workers.stop().await;
    Ok(())
}

/// Computes results until `stop` completes.
pub async fn work(app: &App, stop: impl Future<Output = ()>) {
    let workers = Workers::start(app);
    stop.await;
    workers.stop().await;
}

/// The tasks that keep results fresh.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Workers {
    pub fn start(app: &App) -> Self {
        prepare();
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let pulse = Arc::new(precompute::Pulse::new(app));
        for task in 0..app.config.workers {
            // Of several tasks one is always free for urgent changes.
            let urgent = task == 0 && app.config.workers > 1;
            tasks.spawn(precompute::run(app.clone(), pulse.clone(), urgent, stopped.clone()));
        }
        if app.config.workers > 0 {
            tasks.spawn(precompute::run_clock(app.clone(), stopped.clone()));
            tasks.spawn(jobs::run(app.clone(), JOBS, stopped.clone()));
            tasks.spawn(alerts::run_nightly(app.clone(), stopped.clone()));
            tasks.spawn(employment::run_reminders(app.clone(), stopped.clone()));
            tasks.spawn(profiles::run_sweeper(app.clone(), stopped.clone()));
        }
        tasks.spawn(precompute::run_pulse(app.clone(), pulse, stopped));
        Self { stop, tasks }
    }

    /// Lets every task finish what it has begun.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Completes at Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await.ok();
}
