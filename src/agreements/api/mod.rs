//! Agreements over HTTP: for operators, for those who may read, and for other registries.

mod words;

pub use words::{diff, lint, print};

use actix_web::http::header;
use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;
use verifier::agreement::FILE_MAX_BYTES;
use verifier::documents::Digest;

use super::{AgreementRefusal, ImportView, View, service};
use crate::access::api::Paging;
use crate::app::App;
use crate::http::body::{Body, Query};
use crate::http::caller::{Permit, Public, ReadAgreements, WriteAgreements};
use crate::http::page::Page;
use crate::http::problem::{Document, Problem};

/// Most bytes of a body with agreements as texts: in a JSON text a byte may take two.
pub const TEXT_MAX: usize = 1024 * 1024;

/// An agreement to be kept, or looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementInput)]
pub struct Input {
    /// `agreement/1`, a JSON text of at most 256 KiB, byte for byte as parties are to sign it.
    agreement: String,
}

/// When an agreement ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementNoticeInput)]
pub struct NoticeInput {
    /// The first day that is no longer in force, `YYYY-MM-DD`: at least `offer_days` ahead.
    #[schema(example = "2027-06-01")]
    effective: String,
}

/// `agreement-file/1`: an agreement with its signatures and notices, at most 512 KiB. The verifier reads it, strictly, from the bytes.
#[derive(Debug, ToSchema)]
#[schema(as = AgreementFile)]
pub struct File {
    /// The format.
    #[schema(example = "agreement-file/1")]
    pub hufu: String,
    /// base64url of the bytes that are signed.
    pub agreement: String,
    /// Compact JWS of parties, in the order of regions.
    pub signatures: Vec<String>,
    /// Compact JWS of parties, in the order of their times.
    pub notices: Vec<String>,
}

/// Keeps an agreement, so that this region and others can sign it. The same bytes again change nothing.
#[utoipa::path(post, path = "/v1/agreements", operation_id = "propose_agreement", tag = "agreements", security(("oauth" = ["agreements:write"])),
    request_body = Input,
    responses((status = 201, description = "Kept", body = View), (status = 200, description = "It was here already", body = View),
        (status = 409, description = "agreements.version_taken", body = Document),
        (status = 422, description = "agreement.* with the path of the fault, agreements.supersedes, agreements.too_many", body = Document)))]
#[post("/v1/agreements")]
pub async fn propose(app: web::Data<App>, permit: Permit<WriteAgreements>, body: Body<Input, TEXT_MAX>) -> Result<HttpResponse, Problem> {
    let (this, text) = (app.clone(), body.value.agreement);
    let (view, is_new) = app.db.write(move |conn| service::propose(conn, &this, &permit.caller.client_id, &text)).await?;
    Ok(if is_new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(view))
}

/// The agreements that are kept here, as they are today; the first that came first.
#[utoipa::path(get, path = "/v1/agreements", operation_id = "list_agreements", tag = "agreements", security(("oauth" = ["agreements:read"])), params(Paging),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/agreements")]
pub async fn list(app: web::Data<App>, _: Permit<ReadAgreements>, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let ((limit, after), this) = (query.0.read()?, app.clone());
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::list(conn, &this, after.as_deref(), limit)).await?))
}

/// One agreement: who has signed, what it is today, what it says.
#[utoipa::path(get, path = "/v1/agreements/{digest}", operation_id = "get_agreement", tag = "agreements", security(("oauth" = ["agreements:read"])),
    params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex")),
    responses((status = 200, description = "The agreement", body = View), (status = 404, description = "agreements.not_found", body = Document)))]
#[get("/v1/agreements/{digest}")]
pub async fn read(app: web::Data<App>, _: Permit<ReadAgreements>, digest: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (digest, this) = (name(&digest)?, app.clone());
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::show(conn, &this, &digest)).await?))
}

/// The file that gathers an agreement with its signatures and notices, for other parties and for anyone who wants to check it.
#[utoipa::path(get, path = "/v1/agreements/{digest}/file", operation_id = "get_agreement_file", tag = "agreements",
    security(("oauth" = ["agreements:read"])), params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex")),
    responses((status = 200, description = "The file", body = File), (status = 404, description = "agreements.not_found", body = Document)))]
#[get("/v1/agreements/{digest}/file")]
pub async fn file(app: web::Data<App>, _: Permit<ReadAgreements>, digest: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (digest, this) = (name(&digest)?, app.clone());
    let text = app.db.read(move |conn| Ok(service::file(conn, &this, &digest)?.to_text())).await?;
    Ok(json_text(text))
}

/// Signs an agreement with the region's key, for good. A repeat changes nothing.
#[utoipa::path(post, path = "/v1/agreements/{digest}/signature", operation_id = "sign_agreement", tag = "agreements",
    security(("oauth" = ["agreements:write"])), params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex")),
    responses((status = 200, description = "Signed", body = View), (status = 404, description = "agreements.not_found", body = Document),
        (status = 422, description = "agreements.not_a_party", body = Document)))]
#[post("/v1/agreements/{digest}/signature")]
pub async fn sign(app: web::Data<App>, permit: Permit<WriteAgreements>, digest: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (digest, this) = (name(&digest)?, app.clone());
    Ok(HttpResponse::Ok().json(app.db.write(move |conn| service::sign(conn, &this, &permit.caller.client_id, &digest)).await?))
}

/// Gives notice, for good: the agreement ends on a day. The same notice again changes nothing.
#[utoipa::path(post, path = "/v1/agreements/{digest}/notice", operation_id = "end_agreement", tag = "agreements",
    security(("oauth" = ["agreements:write"])), params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex")),
    request_body = NoticeInput,
    responses((status = 200, description = "Notice is given", body = View), (status = 404, description = "agreements.not_found", body = Document),
        (status = 409, description = "agreements.not_agreed, agreements.notice_given", body = Document),
        (status = 422, description = "agreement.notice_too_short with the earliest day, agreements.not_a_party, time.*", body = Document)))]
#[post("/v1/agreements/{digest}/notice")]
pub async fn end(
    app: web::Data<App>,
    permit: Permit<WriteAgreements>,
    digest: web::Path<String>,
    body: Body<NoticeInput>,
) -> Result<HttpResponse, Problem> {
    let (digest, this, effective) = (name(&digest)?, app.clone(), body.value.effective);
    let done = app.db.write(move |conn| service::end(conn, &this, &permit.caller.client_id, &digest, &effective));
    Ok(HttpResponse::Ok().json(done.await?))
}

/// Publishes an agreement that every party has signed, and with it every other version of it that is. A repeat changes nothing.
#[utoipa::path(post, path = "/v1/agreements/{digest}/publication", operation_id = "publish_agreement", tag = "agreements",
    security(("oauth" = ["agreements:write"])), params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex")),
    responses((status = 200, description = "Published", body = View), (status = 404, description = "agreements.not_found", body = Document),
        (status = 409, description = "agreements.not_agreed", body = Document), (status = 422, description = "agreements.not_a_party", body = Document)))]
#[post("/v1/agreements/{digest}/publication")]
pub async fn publish(app: web::Data<App>, permit: Permit<WriteAgreements>, digest: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (digest, this) = (name(&digest)?, app.clone());
    Ok(HttpResponse::Ok().json(app.db.write(move |conn| service::publish(conn, &this, &permit.caller.client_id, &digest)).await?))
}

/// Takes a file: the agreement, if it is new, and the signatures and notices that are new and good. The others are told, party by party.
#[utoipa::path(post, path = "/v1/agreements:import", operation_id = "import_agreement", tag = "agreements", security(("oauth" = ["agreements:write"])),
    request_body = File,
    responses((status = 200, description = "Taken; what was not is said", body = ImportView), (status = 409, description = "agreements.version_taken", body = Document),
        (status = 422, description = "agreement.*, document.* or jws.* with the path of the fault, agreements.supersedes", body = Document)))]
#[post("/v1/agreements:import")]
pub async fn import(app: web::Data<App>, permit: Permit<WriteAgreements>, body: Body<IgnoredAny, FILE_MAX_BYTES>) -> Result<HttpResponse, Problem> {
    let this = app.clone();
    let done = app.db.write(move |conn| service::import(conn, &this, &permit.caller.client_id, &body.bytes)).await?;
    Ok(HttpResponse::Ok().json(ImportView::from(done)))
}

/// For other registries: takes a file that a pinned partner has signed and in which both are parties, and answers with what is known here.
#[utoipa::path(post, path = "/peer/agreements", operation_id = "exchange_agreement", tag = "agreements", security(()), request_body = File,
    responses((status = 200, description = "The file with the signatures and notices that are here", body = File),
        (status = 403, description = "agreements.stranger", body = Document), (status = 409, description = "agreements.version_taken", body = Document),
        (status = 422, description = "agreement.*, document.* or jws.* with the path of the fault, agreements.not_a_party, agreements.supersedes", body = Document)))]
#[post("/peer/agreements")]
pub async fn exchange(app: web::Data<App>, _public: Public, body: Body<IgnoredAny, FILE_MAX_BYTES>) -> Result<HttpResponse, Problem> {
    let (this, bytes) = (app.clone(), body.bytes.clone());
    // A stranger takes no turn of the writer's.
    app.db.read(move |conn| service::greet(conn, &this, &bytes).map(drop)).await?;
    let this = app.clone();
    let held = app.db.write(move |conn| service::exchange(conn, &this, &body.bytes)).await?;
    Ok(json_text(held.to_text()))
}

fn json_text(text: String) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(text)
}

/// What is no digest names no agreement.
fn name(text: &str) -> Result<Digest, Problem> {
    Ok(Digest::parse(text).map_err(|_| AgreementRefusal::NotFound.at("digest"))?)
}
