//! Partners over HTTP, for operators.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::service;
use super::state::State;
use crate::app::App;
use crate::http::body::Body;
use crate::http::caller::{Permit, ReadPartners, WritePartners};
use crate::http::problem::{Document, Problem};

/// A region to be pinned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinInput {
    /// Where its registry is.
    #[schema(example = "https://skills.js.example")]
    url: String,
    /// The fingerprint of its key, as its operator reads it out: forty digits in groups, or the thumbprint of 43 characters.
    #[schema(example = "53412 00817 20113 65001 00042 31377 12000 47110")]
    fingerprint: String,
}

/// How a partner is asked now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FetchInput {
    /// Takes an alarm down first. What is held stays, and what the partner says is still measured by it.
    #[serde(default)]
    #[schema(example = false)]
    acknowledge: bool,
}

/// All partners.
#[derive(Serialize, ToSchema)]
pub struct PartnerList {
    /// By region.
    items: Vec<State>,
}

/// Pins a partner region: asks its registry for its manifest, compares the fingerprint of the key, and looks at its bundle. Pinning again moves it
/// to another address; under another key, or while an alarm stands, it drops what was held and begins anew.
#[utoipa::path(post, path = "/v1/partners", operation_id = "pin_partner", tag = "partners", security(("oauth" = ["partners:write"])), request_body = PinInput,
    responses((status = 201, description = "Pinned; the state says how the first look went", body = State),
        (status = 200, description = "Pinned again", body = State),
        (status = 422, description = "partners.url, key.fingerprint, partners.fingerprint, partners.own_region, partners.too_many, partners.unreachable, partners.timeout, partners.redirect, partners.status, partners.not_a_bundle, bundle.*", body = Document)))]
#[post("/v1/partners")]
pub async fn pin(app: web::Data<App>, permit: Permit<WritePartners>, body: Body<PinInput>) -> Result<HttpResponse, Problem> {
    let PinInput { url, fingerprint } = &body.value;
    let (state, is_new) = service::pin(&app, &permit.caller.client_id, url, fingerprint).await?;
    Ok(if is_new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(state))
}

/// The partners, each with what is held of it, how old that is, and how asking goes.
#[utoipa::path(get, path = "/v1/partners", operation_id = "list_partners", tag = "partners", security(("oauth" = ["partners:read"])),
    responses((status = 200, description = "All of them, at most 100", body = PartnerList)))]
#[get("/v1/partners")]
pub async fn list(app: web::Data<App>, _: Permit<ReadPartners>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(PartnerList { items: service::list(&app).await? }))
}

/// One partner.
#[utoipa::path(get, path = "/v1/partners/{region}", operation_id = "get_partner", tag = "partners", security(("oauth" = ["partners:read"])),
    params(("region" = String, Path, description = "Region code")),
    responses((status = 200, description = "The partner", body = State), (status = 404, description = "partners.not_found", body = Document)))]
#[get("/v1/partners/{region}")]
pub async fn read(app: web::Data<App>, _: Permit<ReadPartners>, region: web::Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(service::show(&app, &code(&region)?).await?))
}

/// Looks at a partner now, whenever it would be its turn.
#[utoipa::path(post, path = "/v1/partners/{region}/fetch", operation_id = "fetch_partner", tag = "partners", security(("oauth" = ["partners:write"])),
    params(("region" = String, Path, description = "Region code")), request_body = FetchInput,
    responses((status = 200, description = "The partner; the state says how the look went", body = State),
        (status = 404, description = "partners.not_found", body = Document), (status = 409, description = "partners.busy", body = Document)))]
#[post("/v1/partners/{region}/fetch")]
pub async fn fetch(
    app: web::Data<App>,
    permit: Permit<WritePartners>,
    region: web::Path<String>,
    body: Body<FetchInput>,
) -> Result<HttpResponse, Problem> {
    let state = service::fetch(&app, &permit.caller.client_id, &code(&region)?, body.value.acknowledge).await?;
    Ok(HttpResponse::Ok().json(state))
}

/// Takes a pin back. The partner and its certificates are gone from this region's next manifest.
#[utoipa::path(delete, path = "/v1/partners/{region}", operation_id = "unpin_partner", tag = "partners", security(("oauth" = ["partners:write"])),
    params(("region" = String, Path, description = "Region code")),
    responses((status = 204, description = "Unpinned"), (status = 404, description = "partners.not_found", body = Document)))]
#[delete("/v1/partners/{region}")]
pub async fn unpin(app: web::Data<App>, permit: Permit<WritePartners>, region: web::Path<String>) -> Result<HttpResponse, Problem> {
    service::unpin(&app, &permit.caller.client_id, &code(&region)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is no region code names no partner.
fn code(text: &str) -> Result<String, Problem> {
    let code = verifier::ids::RegionCode::parse(text).map_err(|_| super::PartnerRefusal::NotFound.at("region"))?;
    Ok(code.as_str().to_owned())
}
