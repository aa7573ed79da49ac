//! Receipts over HTTP.

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use verifier::ids::{CertificateNumber, RegionCode};

use super::store::Filter;
use super::{Input, View, service};
use crate::app::App;
use crate::http::body::{Body, Query};
use crate::http::caller::{Permit, ReadRecognition, WriteRecognition};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};

/// Recognises a certificate of another region, today and in this region: its card must be valid, and a grant must accept it. The receipt is signed, with
/// the decision inside, so that anybody can verify it offline. It mints nothing.
#[utoipa::path(post, path = "/v1/recognition/receipts", operation_id = "create_receipt", tag = "recognition", security(("oauth" = ["recognition:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")), request_body = Input,
    responses((status = 201, description = "Signed; the decision is kept", body = View),
        (status = 404, description = "recognition.no_agreement, recognition.no_grant", body = Document),
        (status = 409, description = "receipts.not_valid, receipts.not_covered, receipts.not_recognised with the checks that are not met, receipts.in_force with the id of that receipt", body = Document),
        (status = 422, description = "receipts.own, receipts.terms, recognition.too_long, document.*", body = Document)))]
#[post("/v1/recognition/receipts")]
pub async fn issue(app: web::Data<App>, permit: Permit<WriteRecognition>, key: IdempotencyKey, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let asked = body.value.read()?;
    let (ticket, this) = (key.ticket(&permit.caller, &body.bytes), app.clone());
    let judged = service::judged(&app, asked).await;
    once(&app, ticket, move |conn| Ok(Answer::json(201, &service::issue(conn, &this, &permit.caller, &judged)?)?)).await
}

/// A receipt, with its signed text.
#[utoipa::path(get, path = "/v1/recognition/receipts/{id}", operation_id = "get_receipt", tag = "recognition", security(("oauth" = ["recognition:read"])),
    params(("id" = String, Path, description = "Receipt id")),
    responses((status = 200, description = "The receipt", body = View), (status = 404, description = "receipts.not_found", body = Document)))]
#[get("/v1/recognition/receipts/{id}")]
pub async fn read(app: web::Data<App>, _: Permit<ReadRecognition>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::read(conn, &id)).await?))
}

/// Which receipts; all that are given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReceiptsQuery {
    /// Number of the certificate.
    #[param(example = "HF3200002026K7Q2M9X4TB4")]
    number: Option<String>,
    /// The region that issued it.
    #[param(example = "320000")]
    origin: Option<String>,
    /// 1 to 200; 50 by default.
    #[param(example = 50)]
    limit: Option<i64>,
    /// Cursor of the page before.
    after: Option<String>,
}

/// Receipts in order of signing.
#[utoipa::path(get, path = "/v1/recognition/receipts", operation_id = "list_receipts", tag = "recognition", security(("oauth" = ["recognition:read"])),
    params(ReceiptsQuery),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/recognition/receipts")]
pub async fn list(app: web::Data<App>, _: Permit<ReadRecognition>, query: Query<ReceiptsQuery>) -> Result<HttpResponse, Problem> {
    let ReceiptsQuery { number, origin, limit, after } = query.0;
    if number.as_deref().is_some_and(|number| CertificateNumber::parse(number).is_err()) {
        return Err(HttpRefusal::Query.at("number").into());
    }
    if origin.as_deref().is_some_and(|origin| RegionCode::parse(origin).is_err()) {
        return Err(HttpRefusal::Query.at("origin").into());
    }
    let (limit, after, filter) = (page::limit(limit)?, page::after(after.as_deref())?, Filter { number, origin });
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::list(conn, &filter, after.as_deref(), limit)).await?))
}

/// Why a receipt is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeReceiptInput {
    /// 1 to 200 characters; never personal data, it is kept for good.
    #[schema(example = "granted by mistake")]
    reason: String,
}

/// Takes a receipt out of force for good. Another may be given for the certificate then.
#[utoipa::path(post, path = "/v1/recognition/receipts/{id}/revoke", operation_id = "revoke_receipt", tag = "recognition", security(("oauth" = ["recognition:write"])),
    params(("id" = String, Path, description = "Receipt id"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = RevokeReceiptInput,
    responses((status = 200, description = "The receipt as it is now", body = View), (status = 404, description = "receipts.not_found", body = Document),
        (status = 409, description = "receipts.revoked", body = Document), (status = 422, description = "receipts.reason", body = Document)))]
#[post("/v1/recognition/receipts/{id}/revoke")]
pub async fn revoke(
    app: web::Data<App>,
    permit: Permit<WriteRecognition>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<RevokeReceiptInput>,
) -> Result<HttpResponse, Problem> {
    let (ticket, this, id, reason) = (key.ticket(&permit.caller, &body.bytes), app.clone(), id.into_inner(), body.value.reason);
    once(&app, ticket, move |conn| Ok(Answer::json(200, &service::revoke(conn, &this, &permit.caller, &id, &reason)?)?)).await
}
