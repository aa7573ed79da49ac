//! Accounts over HTTP, for bodies and the operator; [`account`] is for the person.

pub mod account;

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::ids::{IdDocument, IdKind, PersonName};

use super::{Look, View, service};
use crate::app::App;
use crate::error::Refusal;
use crate::http::body::Body;
use crate::http::caller::{ManageRegion, Permit, WriteLearners};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::problem::{Document, Problem};
use crate::messages::from_verifier;

/// A person to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonInput {
    /// Kind of the id document.
    #[schema(value_type = String, example = "resident")]
    id_type: IdKind,
    /// Its number.
    #[schema(example = "11010519491231002X")]
    id_number: String,
}

impl PersonInput {
    /// The document.
    ///
    /// # Errors
    /// `ids.document_*`.
    pub fn read(&self) -> Result<IdDocument, Refusal> {
        IdDocument::parse(self.id_type, &self.id_number).map_err(|e| from_verifier("id_number", e.code()))
    }
}

/// A person for whom an account is opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerInput {
    /// Name, 1 to 100 characters.
    #[schema(example = "欧阳静")]
    name: String,
    /// Kind of the id document: `resident`, `hk_macau_permit`, `taiwan_permit`, `hk_id`, `macau_id`, `residence_permit`, `passport`.
    #[schema(value_type = String, example = "resident")]
    id_type: IdKind,
    /// Its number. Stored encrypted, never shown again but to the person.
    #[schema(example = "11010519491231002X")]
    id_number: String,
}

/// Opens an account, or finds the one that the person has: one account a document, however many bodies open it.
#[utoipa::path(post, path = "/v1/learners", operation_id = "open_learner", tag = "learners", security(("oauth" = ["learners:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeat gets the first answer")),
    request_body = LearnerInput,
    responses((status = 201, description = "Opened", body = View), (status = 200, description = "Known already; of a merged account, the one that goes on", body = View),
        (status = 409, description = "learners.name_differs, learners.closed, http.idempotency_conflict", body = Document),
        (status = 422, description = "ids.*, http.field, http.unknown_field", body = Document)))]
#[post("/v1/learners")]
pub async fn open(
    app: web::Data<App>,
    permit: Permit<WriteLearners>,
    key: IdempotencyKey,
    body: Body<LearnerInput>,
) -> Result<HttpResponse, Problem> {
    let LearnerInput { name, id_type, id_number } = &body.value;
    let name = PersonName::parse(name).map_err(|e| from_verifier("name", e.code()))?;
    let id = IdDocument::parse(*id_type, id_number).map_err(|e| from_verifier("id_number", e.code()))?;
    let (ticket, this) = (key.ticket(&permit.caller, &body.bytes), app.clone());
    once(&app, ticket, move |conn| {
        let (row, is_new) = service::open(conn, &this, &permit.caller.client_id, &id, &name)?;
        Ok(Answer::json(if is_new { 201 } else { 200 }, &View::of(&this, row)?)?)
    })
    .await
}

/// The account of a person, by the exact document. A POST, so that no number lands in a URL. The learner sees that somebody looked.
#[utoipa::path(post, path = "/v1/learners:query", operation_id = "query_learner", tag = "learners", security(("oauth" = ["learners:write"])),
    request_body = PersonInput,
    responses((status = 200, description = "The account", body = View), (status = 404, description = "learners.not_found", body = Document),
        (status = 422, description = "ids.document_*", body = Document)))]
#[post("/v1/learners:query")]
pub async fn query(app: web::Data<App>, permit: Permit<WriteLearners>, body: Body<PersonInput>) -> Result<HttpResponse, Problem> {
    let (this, id) = (app.clone(), body.value.read()?);
    let row = app
        .db
        .write(move |conn| {
            let row = service::by_document(conn, &this, &id)?;
            service::viewed(conn, &this.edge, &row.id, &permit.caller.client_id, Look::Query)?;
            Ok(row)
        })
        .await?;
    Ok(HttpResponse::Ok().json(View::of(&app, row)?))
}

/// An account, for the operator, and for a body that opened it or found it by the exact document. The learner sees that somebody looked.
#[utoipa::path(get, path = "/v1/learners/{id}", operation_id = "get_learner", tag = "learners", security(("oauth" = ["learners:write"])),
    params(("id" = String, Path, description = "Account id; of a merged account, the one that goes on is shown")),
    responses((status = 200, description = "The account", body = View), (status = 404, description = "learners.not_found", body = Document)))]
#[get("/v1/learners/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<WriteLearners>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (this, id) = (app.clone(), id.into_inner());
    let row = app
        .db
        .write(move |conn| {
            let row = service::visible(conn, &permit.caller, &id)?;
            service::viewed(conn, &this.edge, &row.id, &permit.caller.client_id, Look::Account)?;
            Ok(row)
        })
        .await?;
    Ok(HttpResponse::Ok().json(View::of(&app, row)?))
}

/// A one-time code, shown this once.
#[derive(Serialize, ToSchema)]
pub struct CodeAnswer {
    /// Twelve characters of Crockford's base 32 in three groups; read in either case, with O for 0, I and L for 1.
    #[schema(example = "7K3M-0Q9X-V2BD")]
    code: String,
    /// Unix seconds; good before this, once.
    #[schema(example = 1_795_363_200)]
    expires_at: i64,
}

/// Makes a one-time code, with which the person signs in. Hand it over to the person and nobody else; the learner sees who made it.
#[utoipa::path(post, path = "/v1/learners/{id}/codes", operation_id = "create_learner_code", tag = "learners", security(("oauth" = ["learners:write"])),
    params(("id" = String, Path, description = "Account id")),
    responses((status = 201, description = "The code, shown this once", body = CodeAnswer), (status = 404, description = "learners.not_found", body = Document),
        (status = 409, description = "learners.closed", body = Document)))]
#[post("/v1/learners/{id}/codes")]
pub async fn make_code(app: web::Data<App>, permit: Permit<WriteLearners>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (this, id) = (app.clone(), id.into_inner());
    let made = app.db.write(move |conn| {
        let row = service::visible(conn, &permit.caller, &id)?;
        service::make_code(conn, &this, &row, &permit.caller.client_id)
    });
    let (code, expires_at) = made.await?;
    Ok(HttpResponse::Created().json(CodeAnswer { code, expires_at }))
}

/// Why an account is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseInput {
    /// 1 to 200 characters; never personal data, it is kept for good.
    #[schema(example = "opened by mistake")]
    reason: String,
}

/// Closes an account for good.
#[utoipa::path(post, path = "/v1/learners/{id}/close", operation_id = "close_learner", tag = "learners", security(("oauth" = ["region:manage"])),
    params(("id" = String, Path, description = "Account id"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = CloseInput,
    responses((status = 200, description = "The account, closed", body = View), (status = 404, description = "learners.not_found", body = Document),
        (status = 409, description = "learners.closed", body = Document), (status = 422, description = "learners.reason", body = Document)))]
#[post("/v1/learners/{id}/close")]
pub async fn close(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<CloseInput>,
) -> Result<HttpResponse, Problem> {
    let (ticket, this) = (key.ticket(&permit.caller, &body.bytes), app.clone());
    once(&app, ticket, move |conn| {
        let row = service::close(conn, &this.edge, &id, Some(&body.value.reason), &permit.caller.client_id)?;
        Ok(Answer::json(200, &View::of(&this, row)?)?)
    })
    .await
}

/// Into which account, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    /// Id of the account that goes on.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    into: String,
    /// 1 to 200 characters; never personal data, it is kept for good.
    #[schema(example = "one person, a passport and a permit")]
    reason: String,
}

/// Merges an account into another of the same person, for good. The region signs it; from then on either id names the account that goes on.
#[utoipa::path(post, path = "/v1/learners/{id}/merge", operation_id = "merge_learner", tag = "learners", security(("oauth" = ["region:manage"])),
    params(("id" = String, Path, description = "Id of the account that ends"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = MergeInput,
    responses((status = 200, description = "The account that goes on", body = View), (status = 404, description = "learners.not_found", body = Document),
        (status = 409, description = "learners.merged, learners.closed", body = Document),
        (status = 422, description = "learners.merge_self, learners.reason", body = Document)))]
#[post("/v1/learners/{id}/merge")]
pub async fn merge(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<MergeInput>,
) -> Result<HttpResponse, Problem> {
    let (ticket, this) = (key.ticket(&permit.caller, &body.bytes), app.clone());
    once(&app, ticket, move |conn| {
        let row = service::merge(conn, &this, &id, &body.value.into, &body.value.reason, &permit.caller.client_id)?;
        Ok(Answer::json(200, &View::of(&this, row)?)?)
    })
    .await
}
