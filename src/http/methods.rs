//! What an address that did not answer could have meant: nothing (404), or another method (405 with Allow).

use actix_web::dev::ResourceDef;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;

use super::problem::{HttpRefusal, Problem};
use crate::error::Refusal;

/// The methods of every path in the route table.
pub struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    /// Reads them off the OpenAPI document, which is made from the routes.
    pub fn of(api: &OpenApi) -> Methods {
        let allowed = |item: &utoipa::openapi::PathItem| {
            let all = [("GET", item.get.is_some()), ("POST", item.post.is_some()), ("PUT", item.put.is_some()), ("DELETE", item.delete.is_some())];
            all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect::<Vec<_>>().join(", ")
        };
        Methods(api.paths.paths.iter().map(|(path, item)| (ResourceDef::new(path.as_str()), allowed(item))).collect())
    }
}

/// Answers what no route took.
///
/// # Errors
/// `http.no_route`, always; a known path with another method is answered with 405 and its `Allow`.
pub async fn no_route(req: HttpRequest, methods: web::Data<Methods>) -> Result<HttpResponse, Problem> {
    match methods.0.iter().find(|(path, _)| path.is_match(req.path())) {
        // The envelope gives it the words of `http.method`.
        Some((_, allowed)) => Ok(HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed.as_str())).finish()),
        None => Err(Refusal::from(HttpRefusal::NoRoute).into()),
    }
}
