//! JSON bodies and query strings, read strictly: limited in size, UTF-8, no unknown field, no duplicate member, and an error that names the field.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use super::caller::Gate;
use super::problem::{HttpRefusal, Problem};
use crate::error::Refusal;
pub use crate::messages::json::parse;
use crate::messages::json::quoted;

/// Most bytes of an ordinary request body.
pub const BODY_MAX: usize = 64 * 1024;

/// A JSON body of at most [`BODY_MAX`] bytes, or `MAX` where a route says so.
#[derive(Debug)]
pub struct Body<T, const MAX: usize = BODY_MAX> {
    /// What was read.
    pub value: T,
    /// The bytes as they came, for the hash of an Idempotency-Key.
    pub bytes: web::Bytes,
}

impl<T: DeserializeOwned + 'static, const MAX: usize> FromRequest for Body<T, MAX> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, gate) = (req.clone(), Gate::of(req));
        let payload = payload.take();
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.opened().await;
            }
            let bytes = read(&req, payload, MAX).await?;
            Ok(Body { value: parse(&bytes)?, bytes })
        })
    }
}

async fn read(req: &HttpRequest, payload: Payload, max: usize) -> Result<web::Bytes, Problem> {
    let declared = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let media = declared.split(';').next().unwrap_or("").trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(HttpRefusal::MediaType.at("content-type").into());
    }
    collect(req, payload, max).await
}

/// Collects a body of at most `max` bytes.
///
/// # Errors
/// `http.too_large`, or `http.malformed` when the connection breaks off.
pub async fn collect(req: &HttpRequest, mut payload: Payload, max: usize) -> Result<web::Bytes, Problem> {
    use futures_util::StreamExt;
    let declared = req.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if declared.is_some_and(|n| n > max) {
        return Err(Refusal::from(HttpRefusal::TooLarge).got(format!("more than {max} bytes")).into());
    }
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::from(HttpRefusal::Malformed))?;
        if bytes.len() + chunk.len() > max {
            return Err(Refusal::from(HttpRefusal::TooLarge).got(format!("more than {max} bytes")).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// A query string, read as strictly as a body.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(web::Query::<T>::from_query(req.query_string()).map(|q| Query(q.into_inner())).map_err(|e| {
            let words = e.to_string();
            let words = words.strip_prefix("Query deserialize error: ").unwrap_or(&words);
            let field = quoted(words, "unknown field `").or_else(|| quoted(words, "missing field `")).unwrap_or("");
            HttpRefusal::Query.at(field.chars().take(64).collect::<String>()).into()
        }))
    }
}
