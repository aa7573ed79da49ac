//! Handlers of access: the token endpoint, and the operator's clients.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::{self, CREDENTIAL_MAX};
use super::service::{self, Client, NewClient, WithSecret};
use super::{oauth, token};
use crate::app::App;
use crate::error::{Error, Refusal};
use crate::http::body::{self, Body, Query};
use crate::http::caller::{Audit, ManageRegion, Permit};
use crate::http::envelope::RequestId;
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::limits::Limited;
use crate::http::page::{self, Page};
use crate::http::problem::{Document, Problem};

/// Form of a token request.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the form; `oauth::read` reads it")]
pub struct TokenForm {
    /// `client_credentials`
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// Client id, unless HTTP Basic brings it.
    client_id: Option<String>,
    /// Client secret, unless HTTP Basic brings it.
    client_secret: Option<String>,
    /// The scopes that are wanted, separated by spaces; all of the role's when absent.
    #[schema(example = "certificates:read verify:many")]
    scope: Option<String>,
}

/// A token (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Sent back as `Authorization: Bearer <access_token>`.
    access_token: String,
    /// `Bearer`
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    #[schema(example = 900)]
    expires_in: i64,
    /// The scopes of the token, separated by spaces.
    #[schema(example = "certificates:read verify:many")]
    scope: String,
}

/// An error of the token endpoint (RFC 6749 section 5.2), with the registry's own code and request id beside it.
#[derive(Serialize, ToSchema)]
pub struct TokenError {
    /// The standard's word.
    #[schema(example = "invalid_client")]
    error: &'static str,
    /// For people, in English (the standard allows ASCII only).
    #[schema(example = "client id or secret is wrong")]
    error_description: &'static str,
    /// The registry's code.
    #[schema(example = "access.client_credentials")]
    code: &'static str,
    /// Names this request in the registry's log.
    request_id: String,
}

/// Signs a client in (OAuth 2.0 client credentials).
#[utoipa::path(post, path = "/oauth/token", operation_id = "create_token", tag = "access", security((), ("basic" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "An access token, good for 15 minutes", body = TokenAnswer),
        (status = 400, description = "`access.token_request`, `access.grant_type`, `access.scope`", body = TokenError),
        (status = 401, description = "`access.client_credentials`, `access.client_disabled`", body = TokenError),
        (status = 413, description = "`http.too_large`", body = TokenError),
        (status = 429, description = "`http.rate_limited`", body = TokenError)))]
#[post("/oauth/token")]
pub async fn create_token(app: web::Data<App>, req: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Problem> {
    match sign_in(&app, &req, payload).await {
        Ok(answer) => Ok(HttpResponse::Ok().insert_header((header::PRAGMA, "no-cache")).json(answer)),
        Err(Problem::Refusal(refusal)) => Ok(refused(&req, &refusal)),
        Err(fault) => Err(fault),
    }
}

async fn sign_in(app: &App, req: &HttpRequest, payload: web::Payload) -> Result<TokenAnswer, Problem> {
    let address = app.limits.address(req);
    app.limits.take(Limited::Public, &address)?;
    let media = req.content_type();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(rules::AccessRefusal::TokenRequest.at("content-type").into());
    }
    let form = body::collect(req, payload.into_inner(), oauth::FORM_MAX).await?;
    let mut headers = req.headers().get_all(header::AUTHORIZATION);
    let authorization = headers.next().map(|v| v.to_str().unwrap_or(""));
    if headers.next().is_some() {
        return Err(rules::AccessRefusal::TokenRequest.at("authorization").got("twice").into());
    }
    let asked = oauth::read(authorization, &form)?;
    let shortened: String = asked.client_id.chars().take(CREDENTIAL_MAX).collect();
    app.limits.take(Limited::Login, &format!("{address} {shortened}"))?;
    let granted = service::sign_in(app, asked.client_id, asked.secret, asked.scope).await?;
    Ok(TokenAnswer { access_token: granted.token, token_type: "Bearer", expires_in: token::LIFETIME, scope: rules::join(&granted.scopes) })
}

fn refused(req: &HttpRequest, refusal: &Refusal) -> HttpResponse {
    let reason = refusal.reason;
    let request_id = req.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let status = actix_web::http::StatusCode::from_u16(reason.status).unwrap_or(actix_web::http::StatusCode::BAD_REQUEST);
    let mut builder = HttpResponseBuilder::new(status);
    if let Some(seconds) = refusal.retry_after {
        builder.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if reason.status == 401 {
        builder.insert_header((header::WWW_AUTHENTICATE, r#"Basic realm="hufu""#));
    }
    builder.json(TokenError { error: oauth::error(reason), error_description: reason.en, code: reason.code, request_id })
}

/// Adds a client. The secret is shown in this answer only: a replay under the same Idempotency-Key shows the client without it.
#[utoipa::path(post, path = "/v1/clients", operation_id = "create_client", tag = "access", security(("oauth" = ["region:manage"])),
    request_body(content = NewClient),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeated request gets the first answer, without the secret")),
    responses(
        (status = 201, description = "The client and its secret", body = WithSecret),
        (status = 400, description = "`http.malformed`, `http.header`", body = Document),
        (status = 401, description = "`access.unauthenticated`, `access.client_disabled`", body = Document),
        (status = 403, description = "`access.forbidden`", body = Document),
        (status = 409, description = "`http.idempotency_conflict`", body = Document),
        (status = 413, description = "`http.too_large`", body = Document),
        (status = 415, description = "`http.media_type`", body = Document),
        (status = 422, description = "`http.field`, `http.unknown_field`, `ids.text_length`, `ids.text_space`, `ids.text_character`, `access.client_provider`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[post("/v1/clients")]
pub async fn create_client(
    permit: Permit<ManageRegion>,
    app: web::Data<App>,
    key: IdempotencyKey,
    body: Body<NewClient>,
) -> Result<HttpResponse, Problem> {
    let ticket = key.ticket(&permit.caller, &body.bytes);
    let (edge, new, actor) = (app.edge.clone(), body.value, permit.caller.client_id);
    once(&app, ticket, move |conn| {
        let added = service::add(conn, &edge, &actor, &new)?;
        Ok(Answer::json(201, &added)?.replayed_as(&added.client)?)
    })
    .await
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Rows of a page, 1 to 200; 50 when absent.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

impl Paging {
    /// Limit and cursor.
    ///
    /// # Errors
    /// `http.query`.
    pub fn read(&self) -> Result<(i64, Option<String>), Refusal> {
        Ok((page::limit(self.limit)?, page::after(self.after.as_deref())?))
    }
}

/// Lists clients, oldest first, without their secrets.
#[utoipa::path(get, path = "/v1/clients", operation_id = "list_clients", tag = "access", security(("oauth" = ["audit:read"])), params(Paging),
    responses(
        (status = 200, description = "One page of clients", body = Page<Client>),
        (status = 400, description = "`http.query`", body = Document),
        (status = 401, description = "`access.unauthenticated`, `access.client_disabled`", body = Document),
        (status = 403, description = "`access.forbidden`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[get("/v1/clients")]
pub async fn list_clients(_: Permit<Audit>, app: web::Data<App>, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let (limit, after) = query.0.read()?;
    let rows = app.db.read(move |conn| service::list(conn, after.as_deref(), limit + 1)).await?;
    Ok(HttpResponse::Ok().json(Page::new(rows, limit, |client| client.id.clone(), |client| client)))
}

/// Gives a client a new secret, shown in this answer only. Tokens made with the old one stay good until they expire (15 minutes at most).
#[utoipa::path(post, path = "/v1/clients/{id}/rotate", operation_id = "rotate_client", tag = "access", security(("oauth" = ["region:manage"])),
    params(("id" = String, Path, description = "Client id")),
    responses(
        (status = 200, description = "The client and its new secret", body = WithSecret),
        (status = 401, description = "`access.unauthenticated`, `access.client_disabled`", body = Document),
        (status = 403, description = "`access.forbidden`", body = Document),
        (status = 404, description = "`access.client_not_found`", body = Document),
        (status = 409, description = "`access.already_disabled`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[post("/v1/clients/{id}/rotate")]
pub async fn rotate_client(permit: Permit<ManageRegion>, app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (edge, actor, id) = (app.edge.clone(), permit.caller.client_id, checked_id(id)?);
    let rotated = app.db.write(move |conn| service::rotate(conn, &edge, &actor, &id)).await?;
    Ok(HttpResponse::Ok().json(rotated))
}

/// Disables a client for good. Its tokens are refused from the next request on.
#[utoipa::path(post, path = "/v1/clients/{id}/disable", operation_id = "disable_client", tag = "access", security(("oauth" = ["region:manage"])),
    params(("id" = String, Path, description = "Client id")),
    responses(
        (status = 200, description = "The client, disabled", body = Client),
        (status = 401, description = "`access.unauthenticated`, `access.client_disabled`", body = Document),
        (status = 403, description = "`access.forbidden`", body = Document),
        (status = 404, description = "`access.client_not_found`", body = Document),
        (status = 409, description = "`access.already_disabled`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[post("/v1/clients/{id}/disable")]
pub async fn disable_client(permit: Permit<ManageRegion>, app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (edge, actor, id) = (app.edge.clone(), permit.caller.client_id, checked_id(id)?);
    let disabled = app.db.write(move |conn| service::disable(conn, &edge, &actor, &id)).await?;
    Ok(HttpResponse::Ok().json(disabled))
}

fn checked_id(id: web::Path<String>) -> Result<String, Error> {
    let id = id.into_inner();
    if rules::is_credential(&id) { Ok(id) } else { Err(rules::AccessRefusal::ClientNotFound.at("id").into()) }
}
