//! The trust bundle over HTTP: whole, by parts, and what changed. Anybody may fetch it, from any web page.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use verifier::bundle::Hash;

use crate::app::App;
use crate::http::body::Query;
use crate::http::cache::{self, Forms};
use crate::http::caller::Public;
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::trust::TrustRefusal;
use crate::trust::bundle::{Body, Wanted};

const FILE: &str = "application/vnd.hufu.bundle+json";
const JSON: &str = "application/json";
/// What changes with every manifest.
const SHORT: &str = "public, max-age=10";
/// What is named by its own digest.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Most years that may be asked for.
const YEARS_MAX: u16 = 100;

/// How much of the bundle.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BundleQuery {
    /// Keys and status of this many civil years alone, the current one being the last, 1 to 100; without it, of all.
    #[param(example = 3, minimum = 1, maximum = 100)]
    years: Option<u16>,
}

/// The trust bundle of the region as one file: its own manifest and its partners', and their parts.
#[utoipa::path(get, path = "/v1/bundle", operation_id = "get_bundle", tag = "published", security(()), params(BundleQuery),
    responses((status = 200, description = "The file, gzipped for whoever accepts that", body = serde_json::Value, content_type = "application/vnd.hufu.bundle+json"),
        (status = 304, description = "The caller has it"),
        (status = 400, description = "http.query", body = Document)))]
#[get("/v1/bundle")]
pub async fn file(app: web::Data<App>, req: HttpRequest, _public: Public, query: Query<BundleQuery>) -> Result<HttpResponse, Problem> {
    if let Some(years) = query.0.years.filter(|years| !(1..=YEARS_MAX).contains(years)) {
        return Err(HttpRefusal::Query.at("years").got(years.to_string()).into());
    }
    respond(&app, &req, Wanted::File(query.0.years), FILE, SHORT).await
}

/// The manifests alone: who has these has the newest facts there are.
#[utoipa::path(get, path = "/v1/bundle/manifests", operation_id = "get_bundle_manifests", tag = "published", security(()),
    responses((status = 200, description = "`{\"manifests\":{\"<region>\":\"<JWS>\"}}`", body = serde_json::Value),
        (status = 304, description = "The caller has them")))]
#[get("/v1/bundle/manifests")]
pub async fn manifests(app: web::Data<App>, req: HttpRequest, _public: Public) -> Result<HttpResponse, Problem> {
    respond(&app, &req, Wanted::Manifests, JSON, SHORT).await
}

/// The text of one part, by the digest that a manifest names. A part is there for two days after no manifest names it any more.
#[utoipa::path(get, path = "/v1/bundle/parts/{sha256}", operation_id = "get_bundle_part", tag = "published", security(()),
    params(("sha256" = String, Path, description = "SHA-256 of the text, 64 digits of lower-case hex")),
    responses((status = 200, description = "The text", body = serde_json::Value), (status = 304, description = "The caller has it"),
        (status = 404, description = "trust.no_part", body = Document)))]
#[get("/v1/bundle/parts/{sha256}")]
pub async fn part(app: web::Data<App>, req: HttpRequest, _public: Public, sha256: web::Path<String>) -> Result<HttpResponse, Problem> {
    let hash = Hash::parse(&sha256).ok_or_else(|| TrustRefusal::NoPart.at("sha256"))?;
    respond(&app, &req, Wanted::Part(hash), JSON, FOREVER).await
}

/// What changed in the region's own parts from one of its manifests to the current one.
#[utoipa::path(get, path = "/v1/bundle/deltas/{seq}", operation_id = "get_bundle_delta", tag = "published", security(()),
    params(("seq" = u64, Path, description = "Number of the manifest that the caller holds")),
    responses((status = 200, description = "A delta: the current manifest, and what changed", body = serde_json::Value),
        (status = 304, description = "The caller has it"), (status = 404, description = "trust.no_delta", body = Document),
        (status = 410, description = "trust.delta_too_old: fetch the whole file", body = Document)))]
#[get("/v1/bundle/deltas/{seq}")]
pub async fn delta(app: web::Data<App>, req: HttpRequest, _public: Public, seq: web::Path<String>) -> Result<HttpResponse, Problem> {
    // "007" would be another URL for the same delta.
    let number = seq.parse().ok().filter(|number: &u64| number.to_string() == *seq).ok_or_else(|| TrustRefusal::NoDelta.at("seq"))?;
    respond(&app, &req, Wanted::Delta(number), JSON, SHORT).await
}

async fn respond(app: &App, req: &HttpRequest, wanted: Wanted, content_type: &str, policy: &str) -> Result<HttpResponse, Problem> {
    let current = app.trust.bundle.current(app).await?;
    let Body { plain, gzip, tag } = current.body(app, wanted).await?;
    let bytes = |bytes: Arc<[u8]>| web::Bytes::from_owner(bytes);
    Ok(cache::respond_in_form(req, content_type, Forms { plain: bytes(plain), gzip: bytes(gzip), tag: &tag }, policy))
}
