//! What the world reads, cacheable and signed.

pub mod bundle;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::Value;
use verifier::status::Purpose;

use super::published::{self, ListNames};
use super::{List, TrustRefusal};
use crate::app::App;
use crate::error::{Error, Fault};
use crate::http::cache;
use crate::http::caller::Public;
use crate::http::problem::{Document, Problem};
use crate::keys;
use std::sync::Arc;

/// How long a DID document or a key set may be kept: keys are made long before they are needed elsewhere.
const KEYS_AGE: u32 = 300;
/// How long a status list may be kept: as long as its signature bears the same minute.
const LIST_AGE: u32 = published::LIST_STEP as u32;

fn json(req: &HttpRequest, content_type: &str, value: &Value) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(value).map_err(Fault::new)?;
    Ok(cache::respond(req, content_type, body, KEYS_AGE))
}

/// The region's DID document.
#[utoipa::path(get, path = "/.well-known/did.json", operation_id = "get_region_did", tag = "published", security(()),
    responses((status = 200, description = "did:web document of the region", body = Value, content_type = "application/did+json")))]
#[get("/.well-known/did.json")]
pub async fn region_did(app: web::Data<App>, req: HttpRequest, _public: Public) -> Result<HttpResponse, Problem> {
    let key = *app.keys.region_signer().public();
    json(&req, "application/did+json", &published::did_document(app.did.region(), &[key]))
}

/// A provider's DID document: its issuer keys, and the region's key, which signs its status lists.
#[utoipa::path(get, path = "/providers/{id}/did.json", operation_id = "get_provider_did", tag = "published", security(()),
    params(("id" = String, Path, description = "Provider id")),
    responses((status = 200, description = "did:web document of the provider", body = Value, content_type = "application/did+json"),
        (status = 404, description = "trust.no_provider", body = Document)))]
#[get("/providers/{id}/did.json")]
pub async fn provider_did(app: web::Data<App>, req: HttpRequest, _public: Public, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let wanted = id.clone();
    let rows = app
        .db
        .read(move |conn| match crate::providers::store::find(conn, &wanted)? {
            Some(row) if row.id == wanted => keys::of_provider(conn, &wanted),
            _ => Err(TrustRefusal::NoProvider.at("id").into()),
        })
        .await?;
    let mut keys: Vec<_> = published::publishable(rows.iter())?.into_iter().map(|(_, key)| key).collect();
    keys.push(*app.keys.region_signer().public());
    json(&req, "application/did+json", &published::did_document(&app.did.provider(&id), &keys))
}

/// Every published key, under every name by which a document calls it (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "get_jwks", tag = "published", security(()),
    responses((status = 200, description = "JSON Web Key Set", body = Value, content_type = "application/jwk-set+json")))]
#[get("/.well-known/jwks.json")]
pub async fn jwks(app: web::Data<App>, req: HttpRequest, _public: Public) -> Result<HttpResponse, Problem> {
    let rows = app.db.read(keys::all).await?;
    json(&req, "application/jwk-set+json", &published::jwks(&app.did, &rows)?)
}

/// The W3C Bitstring Status List credential of a list for a purpose, `revocation` or `suspension`.
#[utoipa::path(get, path = "/status/{list}/{purpose}", operation_id = "get_status_list", tag = "published", security(()),
    params(("list" = u32, Path, description = "Number of the list"), ("purpose" = String, Path, description = "`revocation`, `suspension`, or `token` for the IETF Token Status List")),
    responses((status = 200, description = "W3C: `application/vc+jwt`; IETF: `application/statuslist+jwt`", body = String, content_type = "application/vc+jwt"),
        (status = 404, description = "trust.no_list", body = Document)))]
#[get("/status/{list}/{purpose}")]
pub async fn status_list(app: web::Data<App>, req: HttpRequest, _public: Public, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (number, purpose) = path.into_inner();
    let list = find(&app, &number).await?;
    let issuer = list.provider_id.as_ref().map_or_else(|| app.did.region().to_owned(), |id| app.did.provider(id));
    let url = format!("{}/status/{number}/{purpose}", app.config.public_url());
    let now = app.edge.now();
    let this = app.clone();
    // Deflating a million bits takes milliseconds: not on an event loop.
    let signed = web::block(move || {
        let (names, signer) = (ListNames { issuer: &issuer, url: &url, now }, this.keys.region_signer());
        match purpose.as_str() {
            "revocation" => published::bitstring_credential(&list, Purpose::Revocation, &names, &signer).map(|t| (t, "application/vc+jwt")),
            "suspension" => published::bitstring_credential(&list, Purpose::Suspension, &names, &signer).map(|t| (t, "application/vc+jwt")),
            "token" => published::token_status_list(&list, &names, &signer).map(|t| (t, "application/statuslist+jwt")),
            _ => return Err(Error::from(TrustRefusal::NoList.at("purpose"))),
        }
        .map_err(Error::from)
    });
    let (text, content_type) = signed.await.map_err(Fault::new)??;
    Ok(cache::respond(&req, content_type, text, LIST_AGE))
}

async fn find(app: &App, number: &str) -> Result<Arc<List>, Error> {
    let unknown = || Error::from(TrustRefusal::NoList.at("list"));
    let id: u32 = number.parse().map_err(|_| unknown())?;
    // "007" would be another URL for the same list.
    if id.to_string() != number {
        return Err(unknown());
    }
    app.trust.current(app).await.list(id).cloned().ok_or_else(unknown)
}
