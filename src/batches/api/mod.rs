//! Batches over HTTP.

mod fetch;
mod upload;

use actix_web::{HttpResponse, get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

pub use fetch::{marked, progress, results, template};
pub use upload::create;

use super::Rule;
use super::service::{self, find};
use super::views::{ErrorView, View};
use crate::access::Caller;
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::http::body::{Body, Query};
use crate::http::caller::{Permit, ReadCertificates, WriteCertificates};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};

/// Which batches.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Provider id. A provider's client sees only its own.
    provider: Option<String>,
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Batches, the newest first.
#[utoipa::path(get, path = "/v1/batches", operation_id = "list_batches", tag = "batches", security(("oauth" = ["certificates:read"])), params(ListQuery),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/batches")]
pub async fn list(app: web::Data<App>, permit: Permit<ReadCertificates>, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let (limit, after) = (page::limit(query.limit)?, page::after(query.after.as_deref())?);
    let provider = query.provider.or_else(|| permit.caller.provider_id.clone());
    if provider.as_deref().is_some_and(|id| !permit.caller.acts_for(id)) {
        return Err(HttpRefusal::Forbidden.at("provider").into());
    }
    let now = app.edge.now();
    let page = app.db.read(move |conn| service::list(conn, provider.as_deref(), after.as_deref(), limit, now)).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// A batch and how far it is.
#[utoipa::path(get, path = "/v1/batches/{id}", operation_id = "get_batch", tag = "batches", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Batch id")),
    responses((status = 200, description = "The batch", body = View), (status = 404, description = "batches.not_found", body = Document)))]
#[get("/v1/batches/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(stands(&app, permit.caller, id.into_inner()).await?))
}

async fn stands(app: &App, caller: Caller, id: String) -> Result<View, Error> {
    let now = app.edge.now();
    app.db.read(move |conn| service::show(conn, &caller, &id, now)).await
}

/// Changes a batch, and says how it stands then.
async fn change<F>(app: &App, caller: Caller, id: String, change: F) -> Result<HttpResponse, Problem>
where
    F: Fn(&mut Conn, &App, &Caller, &str) -> Result<(), Error> + Send + 'static,
{
    let (this, now) = (app.clone(), app.edge.now());
    let work = move |conn: &mut Conn| {
        change(conn, &this, &caller, &id)?;
        service::show(conn, &caller, &id, now)
    };
    let view = app.db.write(work).await?;
    app.batches_due.notify_one();
    Ok(HttpResponse::Ok().json(view))
}

/// That a batch is to be issued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchApproval)]
pub struct Approval {
    /// How many rows are to be issued, as the one who approves has seen it: `valid` of the batch.
    #[schema(example = 9_998)]
    rows: i64,
}

/// Has the rows issued in which nothing is wrong.
#[utoipa::path(post, path = "/v1/batches/{id}/approve", operation_id = "approve_batch", tag = "batches", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Batch id")), request_body = Approval,
    responses((status = 200, description = "It is being issued", body = View), (status = 404, description = "batches.not_found", body = Document),
        (status = 403, description = "batches.second_person", body = Document),
        (status = 409, description = "batches.state, batches.rows_differ, batches.nothing_valid", body = Document)))]
#[post("/v1/batches/{id}/approve")]
pub async fn approve(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    body: Body<Approval>,
) -> Result<HttpResponse, Problem> {
    let rows = body.value.rows;
    change(&app, permit.caller, id.into_inner(), move |conn, app, caller, id| service::approve(conn, app, caller, id, rows).map(drop)).await
}

/// Why a batch ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchCancellation)]
pub struct Cancellation {
    /// 1 to 200 characters.
    #[schema(example = "wrong file")]
    reason: String,
}

/// Ends a batch. What is issued of it stays.
#[utoipa::path(post, path = "/v1/batches/{id}/cancel", operation_id = "cancel_batch", tag = "batches", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Batch id")), request_body = Cancellation,
    responses((status = 200, description = "It has ended", body = View), (status = 404, description = "batches.not_found", body = Document),
        (status = 409, description = "batches.state", body = Document), (status = 422, description = "batches.reason", body = Document)))]
#[post("/v1/batches/{id}/cancel")]
pub async fn cancel(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    body: Body<Cancellation>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason;
    change(&app, permit.caller, id.into_inner(), move |conn, app, caller, id| service::cancel(conn, app, caller, id, &reason).map(drop)).await
}

/// Has all rows looked at again, as things are today.
#[utoipa::path(post, path = "/v1/batches/{id}/validate", operation_id = "validate_batch", tag = "batches", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Batch id")),
    responses((status = 200, description = "They are being looked at", body = View), (status = 404, description = "batches.not_found", body = Document),
        (status = 409, description = "batches.state", body = Document)))]
#[post("/v1/batches/{id}/validate")]
pub async fn validate(app: web::Data<App>, permit: Permit<WriteCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    change(&app, permit.caller, id.into_inner(), |conn, _, caller, id| service::check_again(conn, caller, id).map(drop)).await
}

/// Tries the rows again that were refused when they were to be issued.
#[utoipa::path(post, path = "/v1/batches/{id}/retry", operation_id = "retry_batch", tag = "batches", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Batch id")),
    responses((status = 200, description = "They are being issued", body = View), (status = 404, description = "batches.not_found", body = Document),
        (status = 409, description = "batches.state, batches.nothing_valid", body = Document)))]
#[post("/v1/batches/{id}/retry")]
pub async fn retry(app: web::Data<App>, permit: Permit<WriteCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    change(&app, permit.caller, id.into_inner(), |conn, app, caller, id| service::retry(conn, app, caller, id).map(drop)).await
}

/// Which errors.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ErrorQuery {
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// What is wrong, by row.
#[utoipa::path(get, path = "/v1/batches/{id}/errors", operation_id = "list_batch_errors", tag = "batches", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Batch id"), ErrorQuery),
    responses((status = 200, description = "A page", body = Page<ErrorView>), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "batches.not_found", body = Document)))]
#[get("/v1/batches/{id}/errors")]
pub async fn errors(
    app: web::Data<App>,
    permit: Permit<ReadCertificates>,
    id: web::Path<String>,
    query: Query<ErrorQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = page::limit(query.0.limit)?;
    let after = query.0.after.as_deref().map(|after| after.split_once('_').and_then(|(line, n)| Some((line.parse().ok()?, n.parse().ok()?))));
    let after = after.map(|place| place.ok_or_else(|| HttpRefusal::Query.at("after"))).transpose()?;
    let (caller, id) = (permit.caller, id.into_inner());
    let page = app.db.read(move |conn| service::errors(conn, &caller, &id, after, limit)).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Above how many rows a second client has to approve.
#[utoipa::path(get, path = "/v1/providers/{id}/approval", operation_id = "get_approval_rule", tag = "batches", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Provider id")),
    responses((status = 200, description = "The rule", body = Rule), (status = 403, description = "access.forbidden", body = Document)))]
#[get("/v1/providers/{id}/approval")]
pub async fn rule(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = own(&permit.caller, id.into_inner())?;
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::rule(conn, &id)).await?))
}

/// Says above how many rows a second client has to approve. Only an operator makes it laxer.
#[utoipa::path(put, path = "/v1/providers/{id}/approval", operation_id = "set_approval_rule", tag = "batches", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Provider id")), request_body = Rule,
    responses((status = 200, description = "The rule", body = Rule), (status = 403, description = "batches.rule, access.forbidden", body = Document),
        (status = 404, description = "providers.not_found", body = Document)))]
#[put("/v1/providers/{id}/approval")]
pub async fn set_rule(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    body: Body<Rule>,
) -> Result<HttpResponse, Problem> {
    let (id, this, wanted) = (own(&permit.caller, id.into_inner())?, app.clone(), body.value);
    let done = app.db.write(move |conn| service::set_rule(conn, &this, &permit.caller, &id, wanted)).await?;
    Ok(HttpResponse::Ok().json(done))
}

fn own(caller: &Caller, id: String) -> Result<String, Problem> {
    if caller.acts_for(&id) { Ok(id) } else { Err(HttpRefusal::Forbidden.at("id").into()) }
}

/// The batch of a caller, to be written into a file.
async fn found(app: &App, caller: Caller, id: String) -> Result<super::store::Row, Error> {
    app.db.read(move |conn| find(conn, &caller, &id)).await
}
