//! The pages over HTTP. Everything comes out of the program itself; a browser that shows them asks nobody else.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get};

use super::files::{self, JS};
use super::{
    DOCS_HTML, DOCS_JS, Values, account_page, batches_page, coverage_page, errors_page, front_page, providers_page, service_worker, verdict_page,
    web_manifest,
};
use crate::app::App;
use crate::error::{Fault, Refusal};
use crate::http::cache::{self, Forms};
use crate::http::caller::Public;
use crate::http::problem::{HttpRefusal, Problem};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// Seconds for which a page and its files are used without asking: none, so that page and script of two releases never meet. A browser would
/// take a fresh file from its memory before it asks the service worker.
const PAGE_AGE: u32 = 0;
/// Seconds for which the files of Swagger UI are kept.
const LIBRARY_AGE: u32 = 3600;

/// What a page may do: talk to this registry and nobody else, and run and look like nothing but its own files.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What the verdict page may do besides: run the verifier, which is WebAssembly, keep itself, and be installed.
const VERDICT_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The camera is for the verdict page alone.
const VERDICT_PERMISSIONS: &str = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// Swagger UI brings its pictures as data: URLs and styles some elements in place.
const DOCS_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes of the pages. They are no part of the interface for programs, so the OpenAPI document does not list them.
pub fn routes(config: &mut ServiceConfig) -> &mut ServiceConfig {
    config
        .service(front)
        .service(providers)
        .service(coverage)
        .service(account)
        .service(batches)
        .service(verdict)
        .service(page_file)
        .service(worker)
        .service(manifest);
    config.service(errors).service(docs).service(docs_file);
    // The fragment outlives a redirect.
    config.service(web::redirect("/v/", "../v").permanent()).service(web::redirect("/docs/", "../docs").permanent())
}

/// The answer with the policy that belongs to it, on a 304 too: a browser takes over the headers of one.
fn page(req: &HttpRequest, content_type: &str, body: impl Into<web::Bytes>, age: u32, csp: &'static str) -> HttpResponse {
    with_policy(cache::respond(req, content_type, body, age), csp)
}

fn with_policy(mut response: HttpResponse, csp: &'static str) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp));
    response.headers_mut().insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    response
}

fn no_such_file() -> Problem {
    Refusal::from(HttpRefusal::NoRoute).into()
}

#[get("/")]
async fn front(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, front_page(&Values::of(&app)), PAGE_AGE, PAGE_CSP)
}

#[get("/providers")]
async fn providers(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, providers_page(&Values::of(&app)), PAGE_AGE, PAGE_CSP)
}

#[get("/coverage")]
async fn coverage(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, coverage_page(&Values::of(&app)), PAGE_AGE, PAGE_CSP)
}

#[get("/account")]
async fn account(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, account_page(&Values::of(&app)), PAGE_AGE, PAGE_CSP)
}

#[get("/batches")]
async fn batches(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, batches_page(&Values::of(&app)), PAGE_AGE, PAGE_CSP)
}

#[get("/v")]
async fn verdict(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    let mut response = page(&req, HTML, verdict_page(&Values::of(&app)), PAGE_AGE, VERDICT_CSP);
    response.headers_mut().insert(PERMISSIONS_POLICY, HeaderValue::from_static(VERDICT_PERMISSIONS));
    response
}

/// At the root, because a service worker serves no page above its own place.
#[get("/sw.js")]
async fn worker(app: web::Data<App>, req: HttpRequest, _public: Public) -> Result<HttpResponse, Problem> {
    Ok(page(&req, JS, service_worker(&Values::of(&app))?, PAGE_AGE, PAGE_CSP))
}

#[get("/manifest.webmanifest")]
async fn manifest(app: web::Data<App>, req: HttpRequest, _public: Public) -> Result<HttpResponse, Problem> {
    Ok(page(&req, "application/manifest+json", web_manifest(&Values::of(&app))?, PAGE_AGE, PAGE_CSP))
}

#[get("/v/{file}")]
async fn page_file(req: HttpRequest, _public: Public, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let file = files::find(&name).ok_or_else(no_such_file)?;
    let (plain, gzip) = (web::Bytes::from_static(&file.plain), web::Bytes::from_static(&file.gzip));
    let policy = format!("public, max-age={PAGE_AGE}");
    let response = cache::respond_in_form(&req, file.content_type, Forms { plain, gzip, tag: &file.digest }, &policy);
    Ok(with_policy(response, PAGE_CSP))
}

#[get("/docs/errors")]
async fn errors(app: web::Data<App>, req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, errors_page(&Values::of(&app)), PAGE_AGE, PAGE_CSP)
}

#[get("/docs")]
async fn docs(req: HttpRequest, _public: Public) -> HttpResponse {
    page(&req, HTML, web::Bytes::from_static(DOCS_HTML), PAGE_AGE, DOCS_CSP)
}

#[get("/docs/{file}")]
async fn docs_file(req: HttpRequest, _public: Public, file: web::Path<String>) -> Result<HttpResponse, Problem> {
    match file.as_str() {
        "docs.js" => Ok(page(&req, JS, web::Bytes::from_static(DOCS_JS), PAGE_AGE, DOCS_CSP)),
        "swagger-ui.css" => library(&req, CSS, &file),
        "swagger-ui-bundle.js" => library(&req, JS, &file),
        _ => Err(no_such_file()),
    }
}

fn library(req: &HttpRequest, content_type: &str, file: &str) -> Result<HttpResponse, Problem> {
    let found = utoipa_swagger_ui::serve(file, Arc::default()).map_err(|e| Fault::text(e.to_string()))?;
    let found = found.ok_or_else(|| Fault::text(format!("Swagger UI has no {file}")))?;
    Ok(page(req, content_type, found.bytes.into_owned(), LIBRARY_AGE, DOCS_CSP))
}
