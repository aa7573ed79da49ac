//! The OpenAPI 3.1 document, made from the same handlers that serve.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use utoipa::openapi::security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme};
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
        (name = "certificates", description = "Issuing certificates and their life"),
        (name = "verification", description = "Checking a certificate"),
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

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, api) = actix_web::App::new().into_utoipa_app().openapi(Base::openapi()).configure(super::routes).split_for_parts();
    api
}

/// The document as the text that is checked in under openapi/.
pub fn text() -> String {
    document().to_pretty_json().unwrap_or_default() + "\n"
}
