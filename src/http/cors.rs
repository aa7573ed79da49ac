//! Which web pages of other origins may call: none, unless the setting `cors_origins` lists their origins exactly. The trust bundle alone is
//! for every page: it is public, says nothing about the caller, and a verifier page of another region fetches it.

use actix_cors::Cors;
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::config::Config;
use crate::error::Fault;

/// Most origins.
const ORIGINS_MAX: usize = 32;

/// The routes that every page may read, by the beginning of their pattern.
const OPEN: &str = "/v1/bundle";

/// Lets every page read the answer of an open route, refusals too. A listed origin gets its own header from [`layer`] instead. No preflight is
/// answered: a plain GET needs none.
pub(super) fn open(pattern: &str, headers: &mut HeaderMap) {
    if pattern.starts_with(OPEN) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag"));
    }
}

/// The origins of the setting.
///
/// # Errors
/// A fault when one is not `scheme://host` or `scheme://host:port` exactly as a browser sends it. There is no wildcard.
pub fn origins(config: &Config) -> Result<Vec<String>, Fault> {
    let origins: Vec<String> = config.text("cors_origins").split(',').map(str::trim).filter(|o| !o.is_empty()).map(str::to_owned).collect();
    if let Some(bad) = origins.iter().find(|o| !is_origin(o)) {
        return Err(Fault::text(format!("setting cors_origins: {bad:?} is not an origin such as https://www.example.cn or http://localhost:3000")));
    }
    if origins.len() > ORIGINS_MAX {
        return Err(Fault::text(format!("setting cors_origins has more than {ORIGINS_MAX} origins")));
    }
    Ok(origins)
}

fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:/[]".contains(&b));
    plain && format!("{scheme}://{authority}") == text
}

/// The middleware for these origins. No credentials: a token is sent by the page itself, never by the browser.
pub fn layer(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST"])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT_LANGUAGE, header::IF_NONE_MATCH])
        .allowed_header("idempotency-key")
        .expose_headers([header::ETAG, header::RETRY_AFTER, header::WWW_AUTHENTICATE])
        .expose_headers(["x-request-id", "idempotency-replayed"])
        .max_age(600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<Vec<String>, Fault> {
        origins(&Config::with(&[("cors_origins", value.to_owned())])?)
    }

    #[test]
    fn an_origin_is_listed_exactly_or_not_at_all() {
        assert!(of("").is_ok_and(|o| o.is_empty()));
        let two = of("https://www.example.cn, http://localhost:3000").expect("two origins");
        assert_eq!(two, ["https://www.example.cn", "http://localhost:3000"]);
        for bad in [
            "*",
            "null",
            "https://*.example.cn",
            "https://a.cn/",
            "https://A.cn",
            "https://u@a.cn",
            "a.cn",
            "ftp://a.cn",
            "https://a.cn?x",
            "https://",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
