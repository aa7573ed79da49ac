//! The HTTP surface: the route table, the server, and what all handlers share.

pub mod body;
pub mod cache;
pub mod caller;
pub mod envelope;
mod health;
pub mod idempotency;
pub mod limits;
pub mod openapi;
pub mod page;
pub mod problem;
mod server;
mod tls;

pub use server::{Running, serve};

use utoipa_actix_web::service_config::ServiceConfig;

use crate::providers::api as providers;

/// THE route table. Everything the registry answers is listed here, slice by slice.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(health::live).service(health::ready).service(health::metrics);
    config.service(openapi::read);
    config.service(providers::create).service(providers::change).service(providers::list).service(providers::read);
}
