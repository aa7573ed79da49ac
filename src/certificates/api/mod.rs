//! Certificates over HTTP.

mod desk;
mod queue;

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use verifier::ids::{CertificateNumber, Level, OccupationCode, OccupationPrefix};
use verifier::time::Day;

pub use self::desk::Desk;
use self::desk::Done;
use super::rules::{Status, Step};
use super::store::Filter;
use super::{Actor, Change, Draft, Input, Mine, Order, View, service};
use crate::access::api::Paging;
use crate::app::App;
use crate::db::{Conn, is_id};
use crate::error::Refusal;
use crate::http::body::{Body, Query};
use crate::http::caller::{Account, IssueCertificate, Permit, ReadCertificates, WriteCertificates};
use crate::http::idempotency::{Answer, IdempotencyKey, REPLAYED, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::learners::api::PersonInput;
use crate::qr;

type CertificatePage = Page<View>;

/// Issues one certificate.
#[utoipa::path(post, path = "/v1/certificates", operation_id = "create_certificate", tag = "certificates", security(("oauth" = ["certificates:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeat gets the first answer")),
    request_body = Input,
    responses((status = 201, description = "Issued; the card is signed and stored", body = View),
        (status = 403, description = "providers.barred, providers.class, providers.flag, providers.not_listed, access.forbidden", body = Document),
        (status = 409, description = "certificates.number_taken, http.idempotency_conflict", body = Document),
        (status = 422, description = "a field breaks a rule", body = Document)))]
#[post("/v1/certificates")]
pub async fn create(app: web::Data<App>, permit: Permit<IssueCertificate>, key: IdempotencyKey, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let actor = Actor { seen: permit.seen, ..Actor::new(&permit.caller, body.value.provider.as_deref(), "provider")? };
    let draft = Draft::parse(&body.value, "")?;
    let ticket = key.ticket(&permit.caller, &body.bytes);
    let response = match app.desk.issue(&app, Order { actor, draft, origin: None }, ticket).await? {
        Done::Issued(issued) => HttpResponse::Created().json(issued.view(&app)?),
        Done::Answered(answer, replayed) => answer.response(replayed)?,
    };
    count(&app, &response);
    Ok(response)
}

/// Counts a certificate that was issued; a replayed answer issued none.
pub fn count(app: &App, response: &HttpResponse) {
    if !response.headers().contains_key(REPLAYED) {
        app.metrics.issued.inc();
    }
}

/// One certificate.
#[utoipa::path(get, path = "/v1/certificates/{id}", operation_id = "get_certificate", tag = "certificates", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Certificate id")),
    responses((status = 200, description = "The certificate with its events", body = View), (status = 404, description = "certificates.not_found", body = Document)))]
#[get("/v1/certificates/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(service::read(&app, &permit.caller, id.into_inner()).await?))
}

/// What a list is filtered by; all that are given must hold.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Provider id. A provider's client sees only its own.
    provider: Option<String>,
    /// Occupation code, or the beginning of one such as `6-25-`.
    occupation: Option<String>,
    /// Rank 0..7.
    level: Option<u8>,
    /// `issued`, `suspended`, `revoked` or `replaced`.
    status: Option<String>,
    /// Assessed on or after this day.
    from: Option<String>,
    /// Assessed before this day.
    until: Option<String>,
    /// Exact number.
    number: Option<String>,
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Certificates in order of issue.
#[utoipa::path(get, path = "/v1/certificates", operation_id = "list_certificates", tag = "certificates", security(("oauth" = ["certificates:read"])),
    params(ListQuery),
    responses((status = 200, description = "A page", body = CertificatePage), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/certificates")]
pub async fn list(app: web::Data<App>, permit: Permit<ReadCertificates>, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let (limit, after) = (page::limit(query.limit)?, page::after(query.after.as_deref())?);
    let mut filter = filter(query)?;
    filter.provider = visible(&permit.caller, filter.provider)?;
    Ok(HttpResponse::Ok().json(service::list(&app, filter, after, limit).await?))
}

fn filter(query: ListQuery) -> Result<Filter, Refusal> {
    let bad = |field: &str| HttpRefusal::Query.at(field);
    let day = |field: &str, text: &str| Day::parse(text).map(|d| d.to_string()).map_err(|_| bad(field));
    if query.provider.as_deref().is_some_and(|id| !is_id(id)) {
        return Err(bad("provider"));
    }
    if query.number.as_deref().is_some_and(|number| CertificateNumber::parse(number).is_err()) {
        return Err(bad("number"));
    }
    let prefix = |text: &String| OccupationCode::parse(text).is_ok() || OccupationPrefix::parse(text).is_ok();
    if query.occupation.as_ref().is_some_and(|text| !prefix(text)) {
        return Err(bad("occupation"));
    }
    Ok(Filter {
        provider: query.provider,
        occupation: query.occupation,
        level: query.level.map(|l| Level::new(l).map(|l| i64::from(l.rank())).map_err(|_| bad("level"))).transpose()?,
        status: query.status.map(|s| Status::parse(&s).map(Status::as_str).ok_or_else(|| bad("status"))).transpose()?,
        from: query.from.map(|t| day("from", &t)).transpose()?,
        until: query.until.map(|t| day("until", &t)).transpose()?,
        number: query.number,
        ..Filter::default()
    })
}

/// A provider's client asks about its own, whether it says so or not.
fn visible(caller: &crate::access::Caller, asked: Option<String>) -> Result<Option<String>, Refusal> {
    match asked.or_else(|| caller.provider_id.clone()) {
        Some(id) if !caller.acts_for(&id) => Err(HttpRefusal::Forbidden.at("provider")),
        id => Ok(id),
    }
}

/// The certificates of one person, found by the keyed hash of the id number. A POST, so that no number lands in a URL.
#[utoipa::path(post, path = "/v1/certificates:search", operation_id = "search_certificates", tag = "certificates", security(("oauth" = ["certificates:read"])),
    request_body = PersonInput,
    responses((status = 200, description = "Up to 200 certificates", body = CertificatePage), (status = 422, description = "the id breaks a rule", body = Document)))]
#[post("/v1/certificates:search")]
pub async fn search(app: web::Data<App>, permit: Permit<ReadCertificates>, body: Body<PersonInput>) -> Result<HttpResponse, Problem> {
    let id = body.value.read()?;
    let filter = Filter { provider: visible(&permit.caller, None)?, ..service::person(&app, &id) };
    Ok(HttpResponse::Ok().json(service::list(&app, filter, None, page::LIMIT_MAX).await?))
}

/// The own certificates, oldest first: those of every document that the account was opened with.
#[utoipa::path(get, path = "/v1/account/certificates", operation_id = "list_account_certificates", tag = "account", security(("account" = [])), params(Paging),
    responses((status = 200, description = "A page", body = Page<Mine>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/certificates")]
pub async fn mine(app: web::Data<App>, account: Account, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let (limit, after) = query.0.read()?;
    Ok(HttpResponse::Ok().json(service::mine(&app, account.learner, after, limit).await?))
}

/// Why a state is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonInput {
    /// 1 to 200 characters; never personal data, it is kept for good.
    #[schema(example = "records under review")]
    reason: String,
}

macro_rules! change_of_state {
    ($name:ident, $path:literal, $id:literal, $step:expr, $doc:literal) => {
        #[doc = $doc]
        #[utoipa::path(post, path = $path, operation_id = $id, tag = "certificates", security(("oauth" = ["certificates:write"])),
            params(("id" = String, Path, description = "Certificate id"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
            request_body = ReasonInput,
            responses((status = 200, description = "The certificate in its new state", body = View),
                (status = 404, description = "certificates.not_found", body = Document),
                (status = 409, description = "certificates.final, certificates.already_suspended, certificates.not_suspended", body = Document),
                (status = 422, description = "certificates.reason", body = Document)))]
        #[post($path)]
        pub async fn $name(
            app: web::Data<App>,
            permit: Permit<WriteCertificates>,
            id: web::Path<String>,
            key: IdempotencyKey,
            body: Body<ReasonInput>,
        ) -> Result<HttpResponse, Problem> {
            let ticket = key.ticket(&permit.caller, &body.bytes);
            let (id, this, change) = (id.into_inner(), app.get_ref().clone(), Change { step: $step, reason: body.value.reason });
            once(&app, ticket, move |conn| Ok(Answer::json(200, &service::change(conn, &this, &permit.caller, &id, &change)?)?)).await
        }
    };
}

change_of_state!(suspend, "/v1/certificates/{id}/suspend", "suspend_certificate", Step::Suspend, "Takes a certificate out of force for now.");
change_of_state!(
    reinstate,
    "/v1/certificates/{id}/reinstate",
    "reinstate_certificate",
    Step::Reinstate,
    "Puts a suspended certificate back in force."
);
change_of_state!(
    revoke,
    "/v1/certificates/{id}/revoke",
    "revoke_certificate",
    Step::Revoke,
    "Takes a certificate out of force for good, and what is left of its credit back: `lots` says of each lot what was voided, and what is held, has gone or was spent and stays so."
);

/// A certificate that takes the place of another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceInput {
    /// Why; 1 to 200 characters.
    #[schema(example = "name corrected")]
    reason: String,
    /// The new certificate, complete.
    certificate: Input,
}

/// Issues a certificate in the place of another, which becomes final in the same transaction.
#[utoipa::path(post, path = "/v1/certificates/{id}/replace", operation_id = "replace_certificate", tag = "certificates", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Id of the certificate to be replaced"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = ReplaceInput,
    responses((status = 201, description = "The new certificate", body = View), (status = 404, description = "certificates.not_found", body = Document),
        (status = 409, description = "certificates.final, certificates.number_taken", body = Document), (status = 422, description = "a field breaks a rule", body = Document)))]
#[post("/v1/certificates/{id}/replace")]
pub async fn replace(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<ReplaceInput>,
) -> Result<HttpResponse, Problem> {
    let input = body.value;
    let actor = Actor::new(&permit.caller, input.certificate.provider.as_deref(), "certificate.provider")?;
    let order = Order { actor, draft: Draft::parse(&input.certificate, "certificate.")?, origin: None };
    let ticket = key.ticket(&permit.caller, &body.bytes);
    let this = app.clone();
    let work = move |conn: &mut Conn| Ok(Answer::json(201, &service::replace(conn, &this, &permit.caller, &order, &id, &input.reason)?)?);
    let response = once(&app, ticket, work).await?;
    count(&app, &response);
    Ok(response)
}

/// How a QR is drawn.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QrQuery {
    /// Error correction: `M` for screens (default), `Q` for paper.
    level: Option<String>,
    /// Pixels a module of the PNG, 1..32; 8 if absent.
    pixels: Option<u8>,
}

/// The QR of a certificate, as SVG.
#[utoipa::path(get, path = "/v1/certificates/{id}/qr.svg", operation_id = "get_certificate_qr_svg", tag = "certificates",
    security(("oauth" = ["certificates:read"])), params(("id" = String, Path, description = "Certificate id"), QrQuery),
    responses((status = 200, description = "The QR", body = String, content_type = "image/svg+xml"), (status = 404, description = "certificates.not_found", body = Document)))]
#[get("/v1/certificates/{id}/qr.svg")]
pub async fn qr_svg(
    app: web::Data<App>,
    permit: Permit<ReadCertificates>,
    id: web::Path<String>,
    query: Query<QrQuery>,
) -> Result<HttpResponse, Problem> {
    let view = service::read(&app, &permit.caller, id.into_inner()).await?;
    let svg = draw(&view, &query.0)?.to_svg(&view.number);
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

/// The QR of one of the own certificates, as SVG, for a screen.
#[utoipa::path(get, path = "/v1/account/certificates/{id}/qr.svg", operation_id = "get_account_certificate_qr_svg", tag = "account",
    security(("account" = [])), params(("id" = String, Path, description = "Certificate id"), QrQuery),
    responses((status = 200, description = "The QR", body = String, content_type = "image/svg+xml"), (status = 404, description = "certificates.not_found", body = Document)))]
#[get("/v1/account/certificates/{id}/qr.svg")]
pub async fn own_qr_svg(app: web::Data<App>, account: Account, id: web::Path<String>, query: Query<QrQuery>) -> Result<HttpResponse, Problem> {
    let view = service::own(&app, account.learner, id.into_inner()).await?;
    let svg = draw(&view, &query.0)?.to_svg(&view.number);
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

/// The QR of a certificate, as PNG.
#[utoipa::path(get, path = "/v1/certificates/{id}/qr.png", operation_id = "get_certificate_qr_png", tag = "certificates",
    security(("oauth" = ["certificates:read"])), params(("id" = String, Path, description = "Certificate id"), QrQuery),
    responses((status = 200, description = "The QR", body = Vec<u8>, content_type = "image/png"), (status = 404, description = "certificates.not_found", body = Document)))]
#[get("/v1/certificates/{id}/qr.png")]
pub async fn qr_png(
    app: web::Data<App>,
    permit: Permit<ReadCertificates>,
    id: web::Path<String>,
    query: Query<QrQuery>,
) -> Result<HttpResponse, Problem> {
    let view = service::read(&app, &permit.caller, id.into_inner()).await?;
    let pixels = query.0.pixels.unwrap_or(8);
    let png = draw(&view, &query.0)?.to_png(pixels)?;
    Ok(HttpResponse::Ok().content_type("image/png").body(png))
}

fn draw(view: &View, query: &QrQuery) -> Result<qr::Matrix, Problem> {
    let level = match query.level.as_deref() {
        None | Some("M") => qr::Level::M,
        Some("Q") => qr::Level::Q,
        Some(_) => return Err(HttpRefusal::Query.at("level").into()),
    };
    let (prefix, digits) = view.qr_text.split_at(view.qr_text.find('#').map_or(0, |at| at + 1));
    qr::Matrix::encode(prefix, digits, level).map_err(|e| crate::error::Error::from(e).into())
}
