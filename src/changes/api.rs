//! Changes over HTTP.

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::filter::FilterInput;
use super::service::{self, Source, Wanted};
use super::views::{RefusalView, View};
use super::{ChangeRefusal, NUMBERS_MAX};
use crate::access::Caller;
use crate::app::App;
use crate::certificates::Actor;
use crate::certificates::rules::Step;
use crate::db::Conn;
use crate::error::Error;
use crate::http::body::{Body, Query};
use crate::http::caller::{Permit, ReadCertificates, WriteCertificates};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};

/// Most bytes of a proposal: ten thousand numbers of 40 characters, and what is said of them.
const INPUT_MAX: usize = NUMBERS_MAX * 44 + 8 * 1024;

/// What many certificates are to do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateChangeInput)]
pub struct Input {
    /// Id of the provider. An operator must say; a provider's client may leave it out.
    provider: Option<String>,
    /// `suspend`, `reinstate` or `revoke`.
    #[schema(example = "revoke")]
    step: String,
    /// Why, 1 to 200 characters.
    #[schema(example = "records of the assessment were forged")]
    reason: String,
    /// Id of a batch: all certificates of it.
    #[schema(example = "bat_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    batch: Option<String>,
    /// Numbers, at most 10,000.
    numbers: Option<Vec<String>>,
    /// Those that are like this; all that is given must hold.
    filter: Option<FilterInput>,
}

impl Input {
    fn read(self) -> Result<Wanted, Error> {
        let step = match self.step.as_str() {
            "suspend" => Step::Suspend,
            "reinstate" => Step::Reinstate,
            "revoke" => Step::Revoke,
            _ => return Err(ChangeRefusal::Step.at("step").into()),
        };
        let source = match (self.batch, self.numbers, self.filter) {
            (Some(batch), None, None) => Source::Batch(batch),
            (None, Some(numbers), None) => Source::Numbers(numbers),
            (None, None, Some(filter)) => filter.source()?,
            _ => return Err(ChangeRefusal::Source.at("").into()),
        };
        Ok(Wanted { step, reason: self.reason, source })
    }
}

/// Proposes one step for many certificates. They are fixed; what it would do is counted; nothing is done before somebody approves.
#[utoipa::path(post, path = "/v1/certificate-changes", operation_id = "create_certificate_change", tag = "changes", security(("oauth" = ["certificates:write"])),
    request_body = Input,
    responses((status = 201, description = "What it would do is being counted", body = View), (status = 404, description = "batches.not_found", body = Document),
        (status = 409, description = "changes.nothing", body = Document),
        (status = 422, description = "changes.* with the field, certificates.provider", body = Document)))]
#[post("/v1/certificate-changes")]
pub async fn create(app: web::Data<App>, permit: Permit<WriteCertificates>, body: Body<Input, INPUT_MAX>) -> Result<HttpResponse, Problem> {
    let actor = Actor::new(&permit.caller, body.value.provider.as_deref(), "provider")?;
    let (this, wanted, caller) = (app.clone(), body.value.read()?, permit.caller);
    let work = move |conn: &mut Conn| {
        let row = service::propose(conn, &this, &caller, &actor, &wanted)?;
        service::show(conn, &caller, &row.id)
    };
    let view = app.db.write(work).await?;
    app.batches_due.notify_one();
    Ok(HttpResponse::Created().json(view))
}

/// Which changes.
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

/// Changes, the newest first.
#[utoipa::path(get, path = "/v1/certificate-changes", operation_id = "list_certificate_changes", tag = "changes", security(("oauth" = ["certificates:read"])),
    params(ListQuery),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/certificate-changes")]
pub async fn list(app: web::Data<App>, permit: Permit<ReadCertificates>, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page::limit(query.0.limit)?, page::after(query.0.after.as_deref())?);
    let provider = query.0.provider.or_else(|| permit.caller.provider_id.clone());
    if provider.as_deref().is_some_and(|id| !permit.caller.acts_for(id)) {
        return Err(HttpRefusal::Forbidden.at("provider").into());
    }
    let page = app.db.read(move |conn| service::list(conn, provider.as_deref(), after.as_deref(), limit)).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// A change, what it would do, how far it is, and its receipt.
#[utoipa::path(get, path = "/v1/certificate-changes/{id}", operation_id = "get_certificate_change", tag = "changes", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Change id")),
    responses((status = 200, description = "The change", body = View), (status = 404, description = "changes.not_found", body = Document)))]
#[get("/v1/certificate-changes/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, id) = (permit.caller, id.into_inner());
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::show(conn, &caller, &id)).await?))
}

/// Decides about a change, and says how it stands then.
async fn decide<F>(app: &App, caller: Caller, id: String, decide: F) -> Result<HttpResponse, Problem>
where
    F: Fn(&mut Conn, &App, &Caller, &str) -> Result<(), Error> + Send + 'static,
{
    let this = app.clone();
    let work = move |conn: &mut Conn| {
        decide(conn, &this, &caller, &id)?;
        service::show(conn, &caller, &id)
    };
    let view = app.db.write(work).await?;
    app.batches_due.notify_one();
    Ok(HttpResponse::Ok().json(view))
}

/// That a change is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateChangeApproval)]
pub struct Approval {
    /// How many certificates that is, as the one who approves has seen it.
    #[schema(example = 1_203)]
    certificates: i64,
}

/// Has the certificates take the step.
#[utoipa::path(post, path = "/v1/certificate-changes/{id}/approve", operation_id = "approve_certificate_change", tag = "changes",
    security(("oauth" = ["certificates:write"])), params(("id" = String, Path, description = "Change id")), request_body = Approval,
    responses((status = 200, description = "They are taking it", body = View), (status = 403, description = "changes.second_person", body = Document),
        (status = 404, description = "changes.not_found", body = Document), (status = 409, description = "changes.state, changes.count_differs", body = Document)))]
#[post("/v1/certificate-changes/{id}/approve")]
pub async fn approve(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    body: Body<Approval>,
) -> Result<HttpResponse, Problem> {
    let certificates = body.value.certificates;
    let approve = move |conn: &mut Conn, app: &App, caller: &Caller, id: &str| service::approve(conn, app, caller, id, certificates).map(drop);
    decide(&app, permit.caller, id.into_inner(), approve).await
}

/// Why a change ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateChangeCancellation)]
pub struct Cancellation {
    /// 1 to 200 characters.
    #[schema(example = "wrong batch")]
    reason: String,
}

/// Ends a change. What was done stays done.
#[utoipa::path(post, path = "/v1/certificate-changes/{id}/cancel", operation_id = "cancel_certificate_change", tag = "changes",
    security(("oauth" = ["certificates:write"])), params(("id" = String, Path, description = "Change id")), request_body = Cancellation,
    responses((status = 200, description = "It has ended", body = View), (status = 404, description = "changes.not_found", body = Document),
        (status = 409, description = "changes.state", body = Document), (status = 422, description = "changes.reason", body = Document)))]
#[post("/v1/certificate-changes/{id}/cancel")]
pub async fn cancel(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    body: Body<Cancellation>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason;
    decide(&app, permit.caller, id.into_inner(), move |conn, app, caller, id| service::cancel(conn, app, caller, id, &reason).map(drop)).await
}

/// Which refusals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RefusalQuery {
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Certificates that could not take the step any more, by number.
#[utoipa::path(get, path = "/v1/certificate-changes/{id}/refusals", operation_id = "list_certificate_change_refusals", tag = "changes",
    security(("oauth" = ["certificates:read"])), params(("id" = String, Path, description = "Change id"), RefusalQuery),
    responses((status = 200, description = "A page", body = Page<RefusalView>), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "changes.not_found", body = Document)))]
#[get("/v1/certificate-changes/{id}/refusals")]
pub async fn refusals(
    app: web::Data<App>,
    permit: Permit<ReadCertificates>,
    id: web::Path<String>,
    query: Query<RefusalQuery>,
) -> Result<HttpResponse, Problem> {
    let limit = page::limit(query.0.limit)?;
    let (caller, id, after) = (permit.caller, id.into_inner(), query.0.after);
    let page = app.db.read(move |conn| service::refusals(conn, &caller, &id, after.as_deref(), limit)).await?;
    Ok(HttpResponse::Ok().json(page))
}
