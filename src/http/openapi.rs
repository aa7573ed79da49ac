//! The OpenAPI 3.1 document, made from the same handlers that serve.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use utoipa::openapi::security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;

use super::caller::Public;

/// What no handler says: title, tags, security schemes.
#[derive(OpenApi)]
#[openapi(
    info(title = "Hufu 虎符", description = "A registry that issues signed skill certificates and learning credits that other regions verify offline."),
    modifiers(&Security),
    tags(
        (name = "access", description = "Tokens for programs (OAuth 2.0 client credentials)"),
        (name = "providers", description = "Bodies that issue, and what they may issue when"),
        (name = "learners", description = "Persons with an account: opening, one-time codes, merging"),
        (name = "achievements", description = "Courses, trainings and awards: recording, evaluating anew, voiding"),
        (name = "credit", description = "Schemes of credit"),
        (name = "programmes", description = "What credit can be redeemed for: publishing, proposals, redemptions"),
        (name = "account", description = "What a learner sees and does with the own account"),
        (name = "certificates", description = "Issuing certificates and their life"),
        (name = "verification", description = "Checking a certificate"),
        (name = "partners", description = "Other regions whose key is pinned, and what is held of them"),
        (name = "agreements", description = "What regions recognise of each other: proposing, signing, ending, exchanging"),
        (name = "recognition", description = "Whether a region recognises something of another, by which grant, and why"),
        (name = "transfers", description = "Moving credit to other regions and back"),
        (name = "batches", description = "Files of certificates: looked at row by row, approved, issued, each row once"),
        (name = "changes", description = "One step that many certificates take: seen first, approved, then taken by each once"),
        (name = "webhooks", description = "Telling others' systems what happened, signed as Standard Webhooks says"),
        (name = "published", description = "What the world reads: keys, status lists, the region"),
        (name = "health", description = "Running the registry")
    )
)]
pub struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scopes = Scopes::from_iter(crate::access::Scope::ALL.iter().map(|s| (s.as_str(), s.describe())));
        let flow = Flow::ClientCredentials(ClientCredentials::new("/oauth/token", scopes));
        if let Some(components) = openapi.components.as_mut() {
            components.add_security_scheme("oauth", SecurityScheme::OAuth2(OAuth2::new([flow])));
            components.add_security_scheme("account", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
            components.add_security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
        }
    }
}

/// The OpenAPI document of this server.
#[utoipa::path(get, path = "/openapi.json", operation_id = "get_openapi", tag = "published", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
#[get("/openapi.json")]
pub async fn read(_: Public, text: web::Data<Text>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((header::CACHE_CONTROL, "public, max-age=300")).body(text.0.clone())
}

/// The document as text, rendered once a worker.
pub struct Text(pub web::Bytes);

impl Text {
    /// The text of what the routes say.
    pub fn of(api: utoipa::openapi::OpenApi) -> Text {
        Text(web::Bytes::from(complete(api).to_pretty_json().unwrap_or_default() + "\n"))
    }
}

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, api) = actix_web::App::new().into_utoipa_app().openapi(Base::openapi()).configure(super::routes).split_for_parts();
    complete(api)
}

/// Adds what is true of every operation and would be noise on each: the media type of problems, and the refusals of the layers around a handler.
fn complete(mut api: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for item in api.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            let guarded = operation.security.iter().flatten().any(|s| *s != SecurityRequirement::default());
            let scoped = guarded && !operation.security.iter().flatten().any(|s| *s == SecurityRequirement::new("account", [""; 0]));
            let body = operation.request_body.is_some();
            let common = [
                ("401", scoped, "access.unauthenticated, access.client_disabled"),
                ("401", guarded, "access.unauthenticated"),
                ("403", scoped, "access.forbidden"),
                ("413", body, "http.too_large"),
                ("415", body, "http.media_type"),
                ("422", body, "http.field, http.unknown_field"),
                ("429", guarded || body, "http.rate_limited"),
                ("503", guarded || body, "http.unavailable: nothing was half done"),
            ];
            let responses = &mut operation.responses.responses;
            for (status, _, codes) in common.into_iter().filter(|(_, applies, _)| *applies) {
                responses.entry(status.to_owned()).or_insert_with(|| problem(codes));
            }
            responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])).for_each(|(_, response)| say_media_type(response));
        }
    }
    api
}

fn problem(codes: &str) -> RefOr<Response> {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(codes).content("application/problem+json", content).build().into()
}

/// Where a handler says that the body is a Problem, it is sent as `application/problem+json` (RFC 9457).
fn say_media_type(response: &mut RefOr<Response>) {
    let RefOr::T(response) = response else { return };
    let is_problem = |content: &RefOr<Content>| match content {
        RefOr::T(content) => matches!(&content.schema, Some(RefOr::Ref(r)) if r.ref_location.ends_with("/Problem")),
        RefOr::Ref(_) => false,
    };
    if let Some(content) = response.content.get("application/json").filter(|c| is_problem(c)).cloned() {
        response.content = [("application/problem+json".to_owned(), content)].into_iter().collect();
    }
}

/// The document as the text that is checked in under openapi/.
pub fn text() -> String {
    document().to_pretty_json().unwrap_or_default() + "\n"
}
