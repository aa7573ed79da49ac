//! Issuer keys over HTTP.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, KeyRefusal, Reason, Row, service};
use crate::app::App;
use crate::error::Refusal;
use crate::http::body::Body;
use crate::http::caller::{ManageRegion, Permit, ReadCertificates, WriteCertificates};
use crate::http::problem::{Document, HttpRefusal, Problem};

/// An issuer key, public half only.
#[derive(Serialize, ToSchema)]
pub struct Key {
    /// RFC 7638 thumbprint.
    #[schema(example = "o9qSm3c7pY0m2Qk1v5W3r4t6y8u0i2o4p6a8s0d2f4g")]
    kid: String,
    /// The kid that a card names: its first six bytes.
    #[schema(example = "o9qSm3c7")]
    short_kid: String,
    /// Public key, 32 bytes in base64url.
    public: String,
    /// First instant of the signing window, unix seconds.
    #[schema(example = 1767196800)]
    from_at: i64,
    /// End of the signing window, excluded.
    #[schema(example = 1798732800)]
    until_at: i64,
    /// When the key was made.
    created_at: i64,
    /// When a successor took over.
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<i64>,
    /// From when on its signatures do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<i64>,
    /// Why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoke_reason: Option<String>,
}

impl From<Row> for Key {
    fn from(row: Row) -> Key {
        Key {
            public: verifier::base64url::encode(&row.public),
            kid: row.kid,
            short_kid: row.short_kid,
            from_at: row.from_at,
            until_at: row.until_at,
            created_at: row.created_at,
            retired_at: row.retired_at,
            revoked_at: row.revoked_at,
            revoke_reason: row.revoke_reason,
        }
    }
}

/// The issuer keys of one provider.
#[derive(Serialize, ToSchema)]
pub struct Keys {
    /// Oldest first.
    items: Vec<Key>,
}

/// A signing window shorter than the calendar year.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First instant, unix seconds.
    #[schema(example = 1795276800)]
    from_at: i64,
    /// End, excluded; at most 366 days later.
    #[schema(example = 1795363200)]
    until_at: i64,
}

/// A revocation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Why.
    #[schema(example = "superseded")]
    reason: Reason,
    /// From when on; now if absent. Never in the future.
    #[schema(example = 1795276800)]
    at: Option<i64>,
}

/// The issuer keys of a provider, oldest first.
#[utoipa::path(get, path = "/v1/providers/{id}/keys", operation_id = "list_keys", tag = "providers", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Provider id")),
    responses((status = 200, description = "Its keys", body = Keys), (status = 403, description = "access.forbidden", body = Document)))]
#[get("/v1/providers/{id}/keys")]
pub async fn list(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = own(&permit.caller, id.into_inner())?;
    let rows = service::list(&app, id).await?;
    Ok(HttpResponse::Ok().json(Keys { items: rows.into_iter().map(Key::from).collect() }))
}

/// Opens a signing window of its own, for a batch or an exam, so that a stolen key reaches no further.
#[utoipa::path(post, path = "/v1/providers/{id}/keys", operation_id = "create_key", tag = "providers", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Provider id")), request_body = Window,
    responses((status = 201, description = "The key", body = Key), (status = 422, description = "keys.window", body = Document)))]
#[post("/v1/providers/{id}/keys")]
pub async fn create(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    body: Body<Window>,
) -> Result<HttpResponse, Problem> {
    let id = own(&permit.caller, id.into_inner())?;
    let row = service::open_window(&app, &permit.caller.client_id, &id, body.value.from_at, body.value.until_at).await?;
    Ok(HttpResponse::Created().json(Key::from(row)))
}

/// Rolls a key over: the next certificate gets a new one; what was signed stays good.
#[utoipa::path(post, path = "/v1/keys/{kid}/retire", operation_id = "retire_key", tag = "providers", security(("oauth" = ["region:manage"])),
    params(("kid" = String, Path, description = "RFC 7638 thumbprint")),
    responses((status = 200, description = "The retired key", body = Key), (status = 404, description = "keys.not_found", body = Document),
        (status = 409, description = "keys.retired, keys.revoked, keys.purpose", body = Document)))]
#[post("/v1/keys/{kid}/retire")]
pub async fn retire(app: web::Data<App>, permit: Permit<ManageRegion>, kid: web::Path<String>) -> Result<HttpResponse, Problem> {
    let row = service::change(&app, &permit.caller.client_id, &checked(&kid)?, Change::Retire).await?;
    Ok(HttpResponse::Ok().json(Key::from(row)))
}

/// Revokes a key from an instant on. A compromise takes back everything it signed.
#[utoipa::path(post, path = "/v1/keys/{kid}/revoke", operation_id = "revoke_key", tag = "providers", security(("oauth" = ["region:manage"])),
    params(("kid" = String, Path, description = "RFC 7638 thumbprint")), request_body = Revocation,
    responses((status = 200, description = "The revoked key", body = Key), (status = 404, description = "keys.not_found", body = Document),
        (status = 409, description = "keys.revoked, keys.purpose", body = Document), (status = 422, description = "keys.instant", body = Document)))]
#[post("/v1/keys/{kid}/revoke")]
pub async fn revoke(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    kid: web::Path<String>,
    body: Body<Revocation>,
) -> Result<HttpResponse, Problem> {
    let change = Change::Revoke { at: body.value.at.unwrap_or_else(|| app.edge.now()), reason: body.value.reason.as_str().to_owned() };
    let row = service::change(&app, &permit.caller.client_id, &checked(&kid)?, change).await?;
    Ok(HttpResponse::Ok().json(Key::from(row)))
}

fn own(caller: &crate::access::Caller, id: String) -> Result<String, Refusal> {
    if caller.acts_for(&id) { Ok(id) } else { Err(HttpRefusal::Forbidden.at("id")) }
}

/// A thumbprint is 32 bytes in base64url; anything else names no key.
fn checked(kid: &str) -> Result<String, Refusal> {
    verifier::base64url::decode_array::<32>(kid).map_err(|_| KeyRefusal::NotFound.at("kid"))?;
    Ok(kid.to_owned())
}
