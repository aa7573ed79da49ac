//! Agreements in words over HTTP: what is odd about a draft, what a newer version changes, and a page to be printed.

use actix_web::http::header;
use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Input, TEXT_MAX, name};
use crate::agreements::page::page;
use crate::agreements::words::{self, ChangeList, FindingList};
use crate::app::App;
use crate::http::body::{Body, Query};
use crate::http::caller::{Permit, ReadAgreements};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::messages::Lang;

/// It runs nothing and loads nothing.
const PAGE_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Two versions to be compared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementDiffInput)]
pub struct DiffInput {
    /// `agreement/1`, a JSON text.
    before: String,
    /// The same, newer.
    after: String,
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Language {
    /// `zh` or `en`; `zh` when absent.
    lang: Option<String>,
}

/// What is odd about a draft though it keeps every rule. Asks the scopes of this region's providers and of what is held of partners.
#[utoipa::path(post, path = "/v1/agreements:lint", operation_id = "lint_agreement", tag = "agreements", security(("oauth" = ["agreements:read"])),
    request_body = Input,
    responses((status = 200, description = "What was found, perhaps nothing", body = FindingList),
        (status = 422, description = "agreement.* with the path of the fault", body = Document)))]
#[post("/v1/agreements:lint")]
pub async fn lint(app: web::Data<App>, _: Permit<ReadAgreements>, body: Body<Input, TEXT_MAX>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(words::lint(&app, body.value.agreement).await?))
}

/// What a newer version changes, article by article and member by member.
#[utoipa::path(post, path = "/v1/agreements:diff", operation_id = "diff_agreements", tag = "agreements", security(("oauth" = ["agreements:read"])),
    request_body = DiffInput,
    responses((status = 200, description = "The changes, perhaps none", body = ChangeList),
        (status = 422, description = "agreement.* with the path of the fault", body = Document)))]
#[post("/v1/agreements:diff")]
pub async fn diff(_: Permit<ReadAgreements>, body: Body<DiffInput, TEXT_MAX>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(words::diff(&body.value.before, &body.value.after)?))
}

/// The whole agreement as numbered clauses, with who has signed: a page to be read and printed.
#[utoipa::path(get, path = "/v1/agreements/{digest}/print", operation_id = "print_agreement", tag = "agreements",
    security(("oauth" = ["agreements:read"])), params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex"), Language),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "agreements.not_found", body = Document)))]
#[get("/v1/agreements/{digest}/print")]
pub async fn print(
    app: web::Data<App>,
    _: Permit<ReadAgreements>,
    digest: web::Path<String>,
    query: Query<Language>,
) -> Result<HttpResponse, Problem> {
    let lang = match query.0.lang.as_deref() {
        None | Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        Some(_) => return Err(HttpRefusal::Query.at("lang").into()),
    };
    let (digest, this) = (name(&digest)?, app.clone());
    let view = app.db.read(move |conn| super::service::show(conn, &this, &digest)).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, PAGE_CSP)).insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    Ok(response.body(page(&view, &digest, lang)))
}
