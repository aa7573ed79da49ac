//! `hufu serve` and `hufu migrate`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::exit;
use crate::access;
use crate::app::{App, lock_folder};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::{Error, Fault};

/// Starts the log, as text or as JSON, on standard error.
pub(super) fn start_log(config: &Config) -> Result<(), Fault> {
    let filter = EnvFilter::try_new(config.text("log")).map_err(|e| Fault::text(format!("setting log: {e}")))?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let done = match config.text("log_format") {
        "json" => registry.with(layer.json()).try_init(),
        _ => registry.with(layer.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))).try_init(),
    };
    done.map_err(Fault::new)
}

pub(super) fn serve(config: Config) -> Result<u8, Fault> {
    start_log(&config)?;
    let _lock = lock_folder(&config)?;
    let app = App::open(config, Edge::default())?;
    greet_operator(&app)?;
    actix_web::rt::System::new().block_on(async move {
        let running = crate::http::serve(&app)?;
        crate::jobs::start(&app);
        tracing::info!(address = %running.address, url = app.config.public_url(), "serving");
        running.ended().await
    })?;
    Ok(exit::OK)
}

/// On first start: makes the operator's client and prints its secret, once, to standard output and never to the log.
fn greet_operator(app: &App) -> Result<(), Fault> {
    if let Some((id, secret)) = access::service::bootstrap_operator(app).map_err(Error::into_fault)? {
        println!("Operator's client, shown this once:\n  client_id      {id}\n  client_secret  {secret}");
    }
    Ok(())
}

pub(super) fn migrate(config: &Config) -> Result<u8, Fault> {
    let db = crate::db::Db::open(&config.database(), 1, 1)?;
    let done = crate::db::migrate(&db)?;
    for version in &done.run {
        println!("ran migration {version}");
    }
    println!("the schema is up to date: {} migrations", done.total);
    Ok(exit::OK)
}
