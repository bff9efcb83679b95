use tracing_subscriber::EnvFilter;

use super::config::{LogFormat, Settings};

/// Starts the log on standard error. SQL text stays out of it unless asked for by name.
pub fn start(settings: &Settings) -> Result<(), String> {
    let wanted = settings.log.as_deref().unwrap_or("info");
    let filter = EnvFilter::try_new(format!("sqlx=warn,sea_orm=warn,{wanted}"))
        .map_err(|e| format!("log (KAOQIN_LOG): {e}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.log_format.unwrap_or(LogFormat::Text) {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|e| format!("log: {e}"))
}
