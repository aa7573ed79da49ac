//! What every answer is wrapped in: a request id, one line in the log, counters, security headers, and problems rendered in the caller's language.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error as ActixError, HttpMessage, HttpResponse, HttpResponseBuilder, web};

use super::problem::{Document, HttpRefusal, Problem};
use crate::app::App;
use crate::messages::Lang;

/// Headers that every answer carries; a handler may set its own.
const SECURITY: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Names a request in the log; among the request's extensions for the one handler that writes errors of its own shape.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The middleware.
///
/// # Errors
/// Only what another middleware could not turn into a response; handlers' errors become problem documents.
pub async fn envelope(mut req: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let Some(app) = req.app_data::<web::Data<App>>().cloned() else {
        return Err(actix_web::error::ErrorInternalServerError("no application"));
    };
    let started = Instant::now();
    let id = app.edge.id("req");
    req.extensions_mut().insert(RequestId(id.clone()));
    let lang = Lang::accepted(req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    // RFC 9110 section 9.3.2: HEAD is GET without the body, which the protocol layer leaves out by itself.
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
    }
    let response = next.call(req).await?.map_into_boxed_body();
    let mut response = match problem_of(&response) {
        Some(problem) => {
            let allow = response.headers().get(header::ALLOW).cloned();
            let mut rendered = render(&problem, lang, &id);
            if let Some(methods) = allow {
                rendered.headers_mut().insert(header::ALLOW, methods);
            }
            response.into_response(rendered)
        }
        None => response,
    };
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    super::cors::open(&route, response.headers_mut());
    finish(response.headers_mut(), &id, app.config.optional("tls_cert").is_some());
    observe(&app, &response, &route, started, &id);
    Ok(response)
}

/// The problem that a response stands for: ours, or actix's own (no such route, wrong method) by its status.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    if let Some(problem) = response.response().error().and_then(|e| e.as_error::<Problem>()) {
        return Some(problem.clone());
    }
    let refusal = match response.status().as_u16() {
        // A handler that wrote a body of its own meant it.
        _ if has_body(response) && response.response().error().is_none() => return None,
        404 => HttpRefusal::NoRoute,
        405 => HttpRefusal::Method,
        413 => HttpRefusal::TooLarge,
        400 if response.response().error().is_some() => HttpRefusal::Malformed,
        _ => return None,
    };
    Some(refusal.into())
}

fn has_body(response: &ServiceResponse<BoxBody>) -> bool {
    response.response().headers().contains_key(header::CONTENT_TYPE)
}

fn render(problem: &Problem, lang: Lang, id: &str) -> HttpResponse {
    if let Problem::Fault(fault) = problem {
        tracing::error!(request_id = id, fault = %fault, "request failed");
    }
    let document = problem.document(lang, id);
    let mut builder = HttpResponseBuilder::new(actix_web::ResponseError::status_code(problem));
    if let Some(seconds) = problem.retry_after() {
        builder.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if let Some(challenge) = challenge(&document) {
        builder.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    builder.insert_header((header::CONTENT_LANGUAGE, lang.pick("zh-CN", "en")));
    builder.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    match serde_json::to_vec(&document) {
        Ok(body) => builder.body(body),
        Err(_) => builder.finish(),
    }
}

/// What RFC 6750 section 3 adds to a 401 and a 403. A request without a token gets no error code.
fn challenge(document: &Document) -> Option<&'static str> {
    match (document.status, &document.got) {
        (401, None) if document.code == HttpRefusal::Unauthenticated.reason().code => Some(r#"Bearer realm="hufu""#),
        (401, _) => Some(r#"Bearer realm="hufu", error="invalid_token""#),
        (403, _) => Some(r#"Bearer realm="hufu", error="insufficient_scope""#),
        _ => None,
    }
}

fn finish(headers: &mut HeaderMap, id: &str, tls: bool) {
    for (name, value) in SECURITY {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    super::cache::weaken(headers);
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// Counts and logs by route pattern: a path may hold an id, a query may hold worse.
fn observe(app: &App, response: &ServiceResponse<BoxBody>, route: &str, started: Instant, id: &str) {
    let (method, status) = (response.request().method().as_str(), response.status().as_u16());
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = if known.contains(&method) { method } else { "OTHER" };
    let took = started.elapsed();
    app.metrics.requests.with_label_values(&[route, method, status.to_string().as_str()]).inc();
    app.metrics.latency.with_label_values(&[route]).observe(took.as_secs_f64());
    tracing::info!(request_id = id, method, route, status, micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "request");
}
