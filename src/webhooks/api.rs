//! Webhooks over HTTP: for a provider's clients those of the provider, for operators all.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Delivery, NewWebhook, State, Wanted, Webhook, WithSecret, service};
use crate::app::App;
use crate::error::Refusal;
use crate::http::body::{Body, Query};
use crate::http::caller::{ManageWebhooks, Permit};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, Problem};

/// Adds an endpoint. Its secret is shown in this answer only: a replay under the same Idempotency-Key shows the endpoint without it.
#[utoipa::path(post, path = "/v1/webhooks", operation_id = "create_webhook", tag = "webhooks", security(("oauth" = ["webhooks:manage"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeated request gets the first answer, without the secret")),
    request_body = NewWebhook,
    responses((status = 201, description = "The endpoint and its secret", body = WithSecret),
        (status = 409, description = "`http.idempotency_conflict`", body = Document),
        (status = 422, description = "`webhooks.provider`, `webhooks.url`, `webhooks.address`, `webhooks.events`, `webhooks.too_many`", body = Document)))]
#[post("/v1/webhooks")]
pub async fn create(
    app: web::Data<App>,
    permit: Permit<ManageWebhooks>,
    key: IdempotencyKey,
    body: Body<NewWebhook>,
) -> Result<HttpResponse, Problem> {
    let ticket = key.ticket(&permit.caller, &body.bytes);
    let (work, caller, new) = (app.clone(), permit.caller, body.value);
    once(&app, ticket, move |conn| {
        let added = service::add(conn, &work, &caller, &new)?;
        Ok(Answer::json(201, &added)?.replayed_as(&added.webhook)?)
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

/// Lists endpoints, oldest first, without their secrets.
#[utoipa::path(get, path = "/v1/webhooks", operation_id = "list_webhooks", tag = "webhooks", security(("oauth" = ["webhooks:manage"])), params(Paging),
    responses((status = 200, description = "One page", body = Page<Webhook>), (status = 400, description = "`http.query`", body = Document)))]
#[get("/v1/webhooks")]
pub async fn list(app: web::Data<App>, permit: Permit<ManageWebhooks>, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page::limit(query.0.limit)?, page::after(query.0.after.as_deref())?);
    let rows = app.db.read(move |conn| service::list(conn, &permit.caller, after.as_deref(), limit + 1)).await?;
    Ok(HttpResponse::Ok().json(Page::new(rows, limit, |row| row.id.clone(), |row| row)))
}

/// One endpoint.
#[utoipa::path(get, path = "/v1/webhooks/{id}", operation_id = "get_webhook", tag = "webhooks", security(("oauth" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "Id")),
    responses((status = 200, description = "The endpoint", body = Webhook), (status = 404, description = "`webhooks.not_found`", body = Document)))]
#[get("/v1/webhooks/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<ManageWebhooks>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = app.db.read(move |conn| service::show(conn, &permit.caller, &id)).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Changes an endpoint: where events are sent, which, and whether.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", operation_id = "change_webhook", tag = "webhooks", security(("oauth" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "Id")), request_body = Wanted,
    responses((status = 200, description = "The endpoint", body = Webhook), (status = 404, description = "`webhooks.not_found`", body = Document),
        (status = 422, description = "`webhooks.url`, `webhooks.address`, `webhooks.events`", body = Document)))]
#[patch("/v1/webhooks/{id}")]
pub async fn change(app: web::Data<App>, permit: Permit<ManageWebhooks>, id: web::Path<String>, body: Body<Wanted>) -> Result<HttpResponse, Problem> {
    let (work, wanted) = (app.clone(), body.value);
    let changed = app.db.write(move |conn| service::change(conn, &work, &permit.caller, &id, &wanted)).await?;
    Ok(HttpResponse::Ok().json(changed))
}

/// Removes an endpoint with all that waits for it.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", operation_id = "delete_webhook", tag = "webhooks", security(("oauth" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "Id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "`webhooks.not_found`", body = Document)))]
#[delete("/v1/webhooks/{id}")]
pub async fn remove(app: web::Data<App>, permit: Permit<ManageWebhooks>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let work = app.clone();
    app.db.write(move |conn| service::remove(conn, &work, &permit.caller, &id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives an endpoint a new secret, shown in this answer only. For a day events are signed by the one before too.
#[utoipa::path(post, path = "/v1/webhooks/{id}/secret", operation_id = "roll_webhook_secret", tag = "webhooks", security(("oauth" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "Id")),
    responses((status = 200, description = "The endpoint and its new secret", body = WithSecret),
        (status = 404, description = "`webhooks.not_found`", body = Document)))]
#[post("/v1/webhooks/{id}/secret")]
pub async fn roll(app: web::Data<App>, permit: Permit<ManageWebhooks>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let work = app.clone();
    let rolled = app.db.write(move |conn| service::roll(conn, &work, &permit.caller, &id)).await?;
    Ok(HttpResponse::Ok().json(rolled))
}

/// Sends an event of the type `webhook.test` to an endpoint, within a second or so.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", operation_id = "test_webhook", tag = "webhooks", security(("oauth" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "Id")),
    responses((status = 202, description = "On its way", body = Delivery), (status = 404, description = "`webhooks.not_found`", body = Document),
        (status = 409, description = "`webhooks.disabled`", body = Document)))]
#[post("/v1/webhooks/{id}/test")]
pub async fn test(app: web::Data<App>, permit: Permit<ManageWebhooks>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let work = app.clone();
    let sent = app.db.write(move |conn| service::test(conn, &work, &permit.caller, &id)).await?;
    Ok(HttpResponse::Accepted().json(sent))
}

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `waiting`, `done` or `dead`; any when absent.
    #[param(value_type = Option<String>, example = "dead")]
    state: Option<State>,
    /// Rows of a page, 1 to 200; 50 when absent.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

impl Asked {
    fn read(&self) -> Result<(i64, Option<String>), Refusal> {
        Ok((page::limit(self.limit)?, page::after(self.after.as_deref())?))
    }
}

/// Lists deliveries to an endpoint, the newest event first; with `state=dead` those that are tried no more.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", operation_id = "list_webhook_deliveries", tag = "webhooks",
    security(("oauth" = ["webhooks:manage"])), params(("id" = String, Path, description = "Id"), Asked),
    responses((status = 200, description = "One page", body = Page<Delivery>), (status = 400, description = "`http.query`", body = Document),
        (status = 404, description = "`webhooks.not_found`", body = Document)))]
#[get("/v1/webhooks/{id}/deliveries")]
pub async fn deliveries(
    app: web::Data<App>,
    permit: Permit<ManageWebhooks>,
    id: web::Path<String>,
    query: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let ((limit, after), state) = (query.0.read()?, query.0.state);
    let rows = app.db.read(move |conn| service::deliveries(conn, &permit.caller, &id, state, after.as_deref(), limit + 1)).await?;
    Ok(HttpResponse::Ok().json(Page::new(rows, limit, |row| row.event.clone(), |row| row)))
}

/// Sends an event again, under the same id and byte for byte: one that was given up, one that was taken, or one that the endpoint was not told of.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{event}/replay", operation_id = "replay_webhook_delivery", tag = "webhooks",
    security(("oauth" = ["webhooks:manage"])),
    params(("id" = String, Path, description = "Id"), ("event" = String, Path, description = "Id of the event")),
    responses((status = 202, description = "On its way", body = Delivery),
        (status = 404, description = "`webhooks.not_found`, `webhooks.no_event`", body = Document),
        (status = 409, description = "`webhooks.disabled`", body = Document)))]
#[post("/v1/webhooks/{id}/deliveries/{event}/replay")]
pub async fn replay(app: web::Data<App>, permit: Permit<ManageWebhooks>, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (work, (id, event)) = (app.clone(), path.into_inner());
    let sent = app.db.write(move |conn| service::replay(conn, &work, &permit.caller, &id, &event)).await?;
    Ok(HttpResponse::Accepted().json(sent))
}
