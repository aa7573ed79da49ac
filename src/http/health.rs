//! Whether the server lives, whether it can work, and what it counts.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{Document, Problem};
use crate::app::App;

/// Answer of the health probes.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    #[schema(example = "ok")]
    status: &'static str,
}

/// The process runs.
#[utoipa::path(get, path = "/health/live", operation_id = "get_liveness", tag = "health", security(()),
    responses((status = 200, description = "The process runs", body = Health)))]
#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// The database answers and the keys are open.
#[utoipa::path(get, path = "/health/ready", operation_id = "get_readiness", tag = "health", security(()),
    responses((status = 200, description = "Ready to work", body = Health), (status = 503, description = "The database cannot be reached", body = Document)))]
#[get("/health/ready")]
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    app.db.ping().await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}

/// Prometheus metrics.
#[utoipa::path(get, path = "/metrics", operation_id = "get_metrics", tag = "health", security(()),
    responses((status = 200, description = "Prometheus text format", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let (used, open) = app.db.pool_state();
    app.metrics.pool_used.set(i64::from(used));
    app.metrics.pool_open.set(i64::from(open));
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(app.metrics.text()?))
}
