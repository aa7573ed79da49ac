//! Answers that anyone may keep for a while: a strong entity tag over the bytes, and 304 to whoever holds them already (RFC 9110 sections 8.8.3, 13.1.2).

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// Bytes of the digest that make the tag: 128 bits, so that no two bodies share one.
const TAG_BYTES: usize = 16;
/// How the tag of a gzip stream ends.
const GZIP_MARK: &str = "-gzip\"";

/// Answers `body` with `ETag` and `Cache-Control: public, max-age=<max_age_seconds>`, or 304 without a body when `If-None-Match` names it.
/// The tag is the first 16 bytes of the body's SHA-256 in lower-case hex.
pub fn respond(req: &HttpRequest, content_type: &str, body: impl Into<Bytes>, max_age_seconds: u32) -> HttpResponse {
    let body = body.into();
    let tag = tag(&body);
    let held = holds(req.headers(), &tag);
    let mut builder = if held { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder.insert_header((header::ETAG, tag));
    builder.insert_header((header::CACHE_CONTROL, format!("public, max-age={max_age_seconds}")));
    if held {
        return builder.finish();
    }
    builder.content_type(content_type).body(body)
}

/// A body that is kept in both forms.
pub struct Forms<'a> {
    /// As it is.
    pub plain: Bytes,
    /// Its gzip stream.
    pub gzip: Bytes,
    /// Names it among all bodies.
    pub tag: &'a str,
}

/// Answers in the form that the caller accepts, under a strong tag of that form, or 304. `policy` is the `Cache-Control`.
pub fn respond_in_form(req: &HttpRequest, content_type: &str, forms: Forms<'_>, policy: &str) -> HttpResponse {
    let is_gzip = accepts_gzip(req.headers());
    let tag = if is_gzip { format!("\"{}{GZIP_MARK}", forms.tag) } else { format!("\"{}\"", forms.tag) };
    let is_held = holds(req.headers(), &tag);
    let mut builder = if is_held { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, policy)).insert_header((header::VARY, "accept-encoding"));
    if is_held {
        return builder.finish();
    }
    builder.content_type(content_type);
    if is_gzip {
        return builder.insert_header((header::CONTENT_ENCODING, "gzip")).body(forms.gzip);
    }
    builder.body(forms.plain)
}

/// Whether `Accept-Encoding` names gzip, or everything, with a weight above zero (RFC 9110 section 12.5.3).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let weighed: Vec<(String, bool)> = named
        .map(|item| {
            let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
            let digits = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=');
            (coding.trim().to_ascii_lowercase(), weight.is_empty() || digits.bytes().any(|b| (b'1'..=b'9').contains(&b)))
        })
        .collect();
    let of = |wanted: &str| weighed.iter().find(|(coding, _)| coding == wanted).map(|(_, wants)| *wants);
    of("gzip").or_else(|| of("*")).unwrap_or(false)
}

/// Makes the tag of an answer that was compressed on its way weak: a strong one promises the same bytes, and these differ from the plain ones.
pub(super) fn weaken(headers: &mut HeaderMap) {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return;
    }
    let Some(strong) = headers.get(header::ETAG).and_then(|v| v.to_str().ok()).filter(|v| v.starts_with('"') && !v.ends_with(GZIP_MARK)) else {
        return;
    };
    if let Ok(weak) = HeaderValue::from_str(&format!("W/{strong}")) {
        headers.insert(header::ETAG, weak);
    }
}

fn tag(body: &[u8]) -> String {
    let hex: String = Sha256::digest(body).iter().take(TAG_BYTES).map(|b| format!("{b:02x}")).collect();
    format!("\"{hex}\"")
}

/// Whether `If-None-Match` names `tag`, compared weakly. Our tags hold no comma, so splitting at commas cannot cut one in two.
fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).map(str::trim);
    named.map(|t| t.strip_prefix("W/").unwrap_or(t)).any(|t| t == tag || t == "*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::MessageBody;
    use actix_web::http::StatusCode;
    use actix_web::test::TestRequest;

    /// First 16 bytes of SHA-256("abc") (FIPS 180-2, appendix B.1).
    const ABC: &str = "\"ba7816bf8f01cfea414140de5dae2223\"";

    fn answer(held: &[&str]) -> HttpResponse {
        let mut req = TestRequest::get();
        for tag in held {
            req = req.append_header((header::IF_NONE_MATCH, *tag));
        }
        respond(&req.to_http_request(), "text/plain", "abc", 60)
    }

    #[test]
    fn a_first_answer_carries_body_tag_and_age() {
        let response = answer(&[]);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers().get(header::ETAG).expect("a tag"), ABC);
        assert_eq!(response.headers().get(header::CACHE_CONTROL).expect("an age"), "public, max-age=60");
        assert_eq!(response.into_body().try_into_bytes().expect("bytes"), "abc");
    }

    #[test]
    fn who_holds_the_bytes_gets_304_with_the_same_tag_and_no_body() {
        let weak = format!("W/{ABC}");
        let list = format!("\"other\", {ABC}");
        for held in [&[ABC][..], &[weak.as_str()], &[list.as_str()], &["\"other\"", ABC], &["*"]] {
            let response = answer(held);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{held:?}");
            assert_eq!(response.headers().get(header::ETAG).expect("a tag"), ABC);
            assert_eq!(response.headers().get(header::CACHE_CONTROL).expect("an age"), "public, max-age=60");
            assert!(response.into_body().try_into_bytes().expect("bytes").is_empty());
        }
    }

    #[test]
    fn who_holds_other_bytes_gets_the_body() {
        for held in [&["\"ba7816bf\""][..], &["ba7816bf8f01cfea414140de5dae2223"], &[""], &["\"other\", W/\"more\""]] {
            assert_eq!(answer(held).status(), StatusCode::OK, "{held:?}");
        }
    }

    #[test]
    fn the_tag_of_compressed_bytes_is_weak() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, HeaderValue::from_static("\"a\""));
        weaken(&mut headers);
        assert_eq!(headers.get(header::ETAG).expect("a tag"), "\"a\"");
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        weaken(&mut headers);
        weaken(&mut headers);
        assert_eq!(headers.get(header::ETAG).expect("a tag"), "W/\"a\"");
    }
}
