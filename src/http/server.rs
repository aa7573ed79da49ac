//! The server: binds, serves, and stops without dropping what it has accepted.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App as ActixApp, HttpServer, middleware, web};
use tokio::signal::unix::{SignalKind, signal};
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use super::{cors, envelope, methods, openapi, routes};
use crate::app::App;
use crate::error::Fault;

/// A server that has bound its port and runs in a task of the current runtime.
pub struct Running {
    /// Where it listens; the port is the real one when 0 was asked for.
    pub address: SocketAddr,
    handle: ServerHandle,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Stops taking connections, finishes what was accepted, returns when all is done.
    ///
    /// # Errors
    /// A fault when the server's task had failed.
    pub async fn stop(self) -> Result<(), Fault> {
        self.handle.stop(true).await;
        self.task.await.map_err(Fault::new)?.map_err(Fault::new)
    }

    /// Serves until SIGINT or SIGTERM, then stops as [`Running::stop`] does.
    ///
    /// # Errors
    /// A fault when the server's task failed.
    pub async fn ended(mut self) -> Result<(), Fault> {
        tokio::select! {
            told = told_to_end() => told?,
            failed = &mut self.task => return failed.map_err(Fault::new)?.map_err(Fault::new),
        }
        tracing::info!("stopping; what was accepted is finished first");
        self.stop().await
    }
}

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
/// A fault when the operating system takes no handler.
pub async fn told_to_end() -> Result<(), Fault> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Fault::new)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Fault::new),
        _ = terminate.recv() => Ok(()),
    }
}

/// Binds `listen` and starts serving. Signals are left to [`Running::ended`], so that a program with a server inside keeps its own.
///
/// # Errors
/// A fault when the address cannot be bound or the TLS files are wrong.
pub fn serve(app: &App) -> Result<Running, Fault> {
    let config = &app.config;
    let data = web::Data::new(app.clone());
    let origins = cors::origins(config)?;
    let mut server = HttpServer::new(move || {
        let (actix, api) = ActixApp::new()
            .into_utoipa_app()
            .openapi(openapi::Base::openapi())
            .map(|app| app.wrap(middleware::Compress::default()).wrap(middleware::from_fn(envelope::envelope)))
            // Outermost, so that a page may read the envelope's problems too.
            .map(|app| app.wrap(middleware::Condition::new(!origins.is_empty(), cors::layer(&origins))))
            .app_data(data.clone())
            .configure(routes)
            .split_for_parts();
        let methods = web::Data::new(methods::Methods::of(&api));
        actix.app_data(web::Data::new(openapi::Text::of(api))).app_data(methods).default_service(web::route().to(methods::no_route))
    })
    .disable_signals()
    .shutdown_timeout(u64::from(config.number("shutdown_seconds")))
    .client_request_timeout(Duration::from_secs(15))
    .keep_alive(Duration::from_secs(60))
    .max_connections(10_000);
    if config.number("workers") > 0 {
        server = server.workers(config.number("workers") as usize);
    }
    let listen = config.text("listen");
    let server = match super::tls::load(config)? {
        Some(tls) => server.bind_rustls_0_23(listen, tls),
        None => server.bind(listen),
    }
    .map_err(|e| Fault::text(format!("cannot listen on {listen}: {e}")))?;
    let address = server.addrs().first().copied().ok_or_else(|| Fault::text(format!("{listen} names no address")))?;
    let server = server.run();
    let handle = server.handle();
    Ok(Running { address, handle, task: tokio::task::spawn(server) })
}
