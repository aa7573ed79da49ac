//! Programmes and redemptions over HTTP.

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::ProgrammeId;

use super::{History, Input, Proposal, RedemptionInput, RedemptionView, View, service};
use crate::access::api::Paging;
use crate::app::App;
use crate::certificates::{self, Actor};
use crate::db::Conn;
use crate::error::Fault;
use crate::http::body::{Body, Query};
use crate::http::caller::{Account, ManageRegion, Permit, Public, ReadCertificates, WriteCertificates, WriteLearners};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::Page;
use crate::http::problem::{Document, HttpRefusal, Problem};

/// Most programmes of a page of proposals.
const PROPOSALS_MAX: i64 = 50;

/// Publishes a programme, or the next version of one: the region signs it, for good.
#[utoipa::path(post, path = "/v1/programmes", operation_id = "create_programme", tag = "programmes", security(("oauth" = ["region:manage"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = Input,
    responses((status = 201, description = "Published", body = View), (status = 404, description = "ledger.no_scheme, programmes.not_found", body = Document),
        (status = 409, description = "programmes.superseded, programmes.withdrawn", body = Document),
        (status = 422, description = "ledger.scheme_region, ledger.no_category, document.*, ids.*", body = Document)))]
#[post("/v1/programmes")]
pub async fn publish(app: web::Data<App>, permit: Permit<ManageRegion>, key: IdempotencyKey, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let programme = body.value.read(ProgrammeId::parse(&app.edge.id("prg")).map_err(Fault::new)?)?;
    let (ticket, this) = (key.ticket(&permit.caller, &body.bytes), app.clone());
    once(&app, ticket, move |conn| Ok(Answer::json(201, &service::publish(conn, &this, &permit.caller, &programme)?)?)).await
}

/// The current versions of programmes, in order of first publication; none that was withdrawn.
#[utoipa::path(get, path = "/v1/programmes", operation_id = "list_programmes", tag = "programmes", security(()), params(Paging),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/programmes")]
pub async fn list(app: web::Data<App>, _public: Public, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let ((limit, after), this) = (query.0.read()?, app.clone());
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::list(conn, &this, after.as_deref(), limit)).await?))
}

/// A programme with its versions.
#[utoipa::path(get, path = "/v1/programmes/{id}", operation_id = "get_programme", tag = "programmes", security(()),
    params(("id" = String, Path, description = "Programme id")),
    responses((status = 200, description = "The programme", body = History), (status = 404, description = "programmes.not_found", body = Document)))]
#[get("/v1/programmes/{id}")]
pub async fn read(app: web::Data<App>, _public: Public, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let this = app.clone();
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::history(conn, &this, &id)).await?))
}

/// Why a programme is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProgrammeWithdrawInput)]
pub struct WithdrawInput {
    /// 1 to 200 characters; never personal data, it is kept for good.
    #[schema(example = "the occupation was abolished")]
    reason: String,
}

/// Withdraws a programme for good: it takes no redemption and no new version.
#[utoipa::path(post, path = "/v1/programmes/{id}/withdraw", operation_id = "withdraw_programme", tag = "programmes", security(("oauth" = ["region:manage"])),
    params(("id" = String, Path, description = "Programme id"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = WithdrawInput,
    responses((status = 200, description = "The programme, withdrawn", body = History), (status = 404, description = "programmes.not_found", body = Document),
        (status = 409, description = "programmes.withdrawn", body = Document), (status = 422, description = "programmes.reason", body = Document)))]
#[post("/v1/programmes/{id}/withdraw")]
pub async fn withdraw(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<WithdrawInput>,
) -> Result<HttpResponse, Problem> {
    let (ticket, this, reason) = (key.ticket(&permit.caller, &body.bytes), app.clone(), body.value.reason);
    once(&app, ticket, move |conn| Ok(Answer::json(200, &service::withdraw(conn, &this, &permit.caller, &id, &reason)?)?)).await
}

/// For whom a proposal is made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestInput {
    /// Id of the learner's account.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    learner: String,
}

/// Proposes what a learner could redeem for a programme, or says what is missing; for the operator, and for a body that may see the account. The
/// learner sees that somebody looked.
#[utoipa::path(post, path = "/v1/programmes/{id}/suggest", operation_id = "suggest_redemption", tag = "programmes", security(("oauth" = ["learners:write"])),
    params(("id" = String, Path, description = "Programme id")),
    request_body = SuggestInput,
    responses((status = 200, description = "Picks that pass every check, or what is missing", body = Proposal),
        (status = 404, description = "programmes.not_found, learners.not_found", body = Document),
        (status = 409, description = "programmes.withdrawn, learners.closed", body = Document)))]
#[post("/v1/programmes/{id}/suggest")]
pub async fn suggest(
    app: web::Data<App>,
    permit: Permit<WriteLearners>,
    id: web::Path<String>,
    body: Body<SuggestInput>,
) -> Result<HttpResponse, Problem> {
    let (this, learner) = (app.clone(), body.value.learner);
    Ok(HttpResponse::Ok().json(app.db.write(move |conn| service::suggest(conn, &this, &permit.caller, &id, &learner)).await?))
}

/// Every programme that is open, with what the learner could redeem for it today, or what is missing.
#[utoipa::path(get, path = "/v1/account/programmes", operation_id = "list_account_programmes", tag = "account", security(("account" = [])), params(Paging),
    responses((status = 200, description = "A page of at most 50", body = Page<Proposal>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/programmes")]
pub async fn mine(app: web::Data<App>, account: Account, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let ((limit, after), this) = (query.0.read()?, app.clone());
    if limit > PROPOSALS_MAX {
        return Err(HttpRefusal::Query.at("limit").got(limit.to_string()).into());
    }
    let page = app.db.read(move |conn| service::mine(conn, &this, &account.learner.id, after.as_deref(), limit));
    Ok(HttpResponse::Ok().json(page.await?))
}

/// Redeems credit for what a programme awards: the lots are spent and the certificate is issued, both or neither.
#[utoipa::path(post, path = "/v1/programmes/{id}/redemptions", operation_id = "create_redemption", tag = "programmes", security(("oauth" = ["certificates:write"])),
    params(("id" = String, Path, description = "Programme id"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeat gets the first answer")),
    request_body = RedemptionInput,
    responses((status = 201, description = "Redeemed, and the certificate issued", body = RedemptionView),
        (status = 403, description = "providers.barred, providers.class, providers.flag, providers.not_listed, providers.scope, access.forbidden", body = Document),
        (status = 404, description = "programmes.not_found, learners.not_found, ledger.no_lot", body = Document),
        (status = 409, description = "programmes.checks with every check that is not met; programmes.superseded, programmes.withdrawn, learners.closed, http.idempotency_conflict", body = Document),
        (status = 422, description = "programmes.picks, certificates.provider, document.*", body = Document)))]
#[post("/v1/programmes/{id}/redemptions")]
pub async fn redeem(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<RedemptionInput, { 128 * 1024 }>,
) -> Result<HttpResponse, Problem> {
    let actor = Actor::new(&permit.caller, body.value.provider.as_deref(), "provider")?;
    let (wanted, ticket) = (body.value.read(id.into_inner())?, key.ticket(&permit.caller, &body.bytes));
    let this = app.clone();
    let work = move |conn: &mut Conn| Ok(Answer::json(201, &service::redeem(conn, &this, &permit.caller, &actor, &wanted)?)?);
    let response = once(&app, ticket, work).await?;
    certificates::api::count(&app, &response);
    Ok(response)
}

/// A redemption, for the body that issued its certificate and for those who see all certificates.
#[utoipa::path(get, path = "/v1/redemptions/{id}", operation_id = "get_redemption", tag = "programmes", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Redemption id")),
    responses((status = 200, description = "The redemption", body = RedemptionView), (status = 404, description = "programmes.no_redemption", body = Document)))]
#[get("/v1/redemptions/{id}")]
pub async fn redemption(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let this = app.clone();
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::redemption(conn, &this, &permit.caller, &id)).await?))
}
