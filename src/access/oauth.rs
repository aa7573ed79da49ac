//! The form of a token request (RFC 6749 section 4.4.2) and the words of its errors (section 5.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rules::AccessRefusal;
use crate::error::{Reason, Refusal};

/// Most bytes of a token request.
pub const FORM_MAX: usize = 8 * 1024;

/// A token request whose form is right. Nothing of it has been checked against a client.
#[derive(PartialEq, Eq)]
pub struct TokenRequest {
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub secret: String,
    /// The scopes that are asked for; all of the role's when absent.
    pub scope: Option<String>,
}

/// Reads a token request from its form and, where there is one, its Authorization header. Unknown parameters are ignored and empty ones count as
/// absent, as RFC 6749 section 3.2 asks.
///
/// # Errors
/// `access.token_request`, `access.grant_type` or `access.client_credentials`.
pub fn read(authorization: Option<&str>, form: &[u8]) -> Result<TokenRequest, Refusal> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(form).map_err(|_| AccessRefusal::TokenRequest.at("").got("not a form"))?;
    let field = |name: &'static str| {
        let mut values = fields.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value.map(str::to_owned)),
            _ => Err(AccessRefusal::TokenRequest.at(name).got("twice")),
        }
    };
    match field("grant_type")?.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(AccessRefusal::GrantType.at("grant_type")),
        None => return Err(AccessRefusal::TokenRequest.at("grant_type").got("missing")),
    }
    let scope = field("scope")?;
    match (authorization, field("client_id")?, field("client_secret")?) {
        (Some(_), _, Some(_)) => Err(AccessRefusal::TokenRequest.at("client_secret").got("beside HTTP Basic")),
        (Some(header), named, None) => {
            let (client_id, secret) = basic(header).ok_or_else(|| AccessRefusal::Credentials.at("authorization"))?;
            if named.is_some_and(|named| named != client_id) {
                return Err(AccessRefusal::TokenRequest.at("client_id").got("not the one of HTTP Basic"));
            }
            Ok(TokenRequest { client_id, secret, scope })
        }
        (None, Some(client_id), Some(secret)) => Ok(TokenRequest { client_id, secret, scope }),
        (None, None, _) => Err(AccessRefusal::Credentials.at("client_id")),
        (None, _, None) => Err(AccessRefusal::Credentials.at("client_secret")),
    }
}

/// Id and secret of `Basic <base64>` (RFC 7617); both are form-encoded inside (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, text) = header.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (id, secret) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Some((decode(id)?, decode(secret)?))
}

fn decode(text: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&format!("v={text}")).ok()?;
    match pairs.as_slice() {
        [(_, value)] => Some(value.clone()),
        _ => None,
    }
}

/// The `error` of a refusal, as RFC 6749 section 5.2 calls it.
pub fn error(reason: Reason) -> &'static str {
    const WORDS: [(AccessRefusal, &str); 4] = [
        (AccessRefusal::GrantType, "unsupported_grant_type"),
        (AccessRefusal::Credentials, "invalid_client"),
        (AccessRefusal::ClientDisabled, "invalid_client"),
        (AccessRefusal::ScopeNotGranted, "invalid_scope"),
    ];
    let known = WORDS.iter().find(|(refusal, _)| refusal.reason().code == reason.code).map(|(_, word)| *word);
    match reason.status {
        // RFC 6749 has no word for it at this endpoint; this is the one it has at the other.
        429 => "temporarily_unavailable",
        _ => known.unwrap_or("invalid_request"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(authorization: Option<&str>, form: &str) -> Result<(String, String, Option<String>), (&'static str, String)> {
        read(authorization, form.as_bytes()).map(|r| (r.client_id, r.secret, r.scope)).map_err(|e| (e.reason.code, e.field))
    }

    #[test]
    fn credentials_are_read_from_the_form_or_from_http_basic() {
        let both = Ok(("c_1".to_owned(), "hufu_s-1".to_owned(), None));
        assert_eq!(told(None, "grant_type=client_credentials&client_id=c_1&client_secret=hufu_s-1"), both);
        // c_1:hufu_s-1, and the same with every character that may be form-encoded.
        assert_eq!(told(Some("Basic Y18xOmh1ZnVfcy0x"), "grant_type=client_credentials"), both);
        assert_eq!(told(Some("basic YyU1RjE6aHVmdSU1RnMlMkQx"), "grant_type=client_credentials&client_id=c_1&later=x&scope="), both);
        let scoped = told(Some("Basic Y18xOmh1ZnVfcy0x"), "grant_type=client_credentials&scope=a%3Ab+c%3Ad").map(|r| r.2);
        assert_eq!(scoped, Ok(Some("a:b c:d".to_owned())));
    }

    #[test]
    fn a_form_that_is_not_as_the_standard_says_is_refused_with_the_field_at_fault() {
        const OK: &str = "grant_type=client_credentials&client_id=a&client_secret=b";
        for (authorization, form, code, field) in [
            (None, "", "access.token_request", "grant_type"),
            (None, "grant_type=password&client_id=a&client_secret=b", "access.grant_type", "grant_type"),
            (None, &format!("{OK}&grant_type=client_credentials"), "access.token_request", "grant_type"),
            (None, &format!("{OK}&client_id=a"), "access.token_request", "client_id"),
            (None, &format!("{OK}&scope=x&scope=y"), "access.token_request", "scope"),
            (None, "grant_type=client_credentials", "access.client_credentials", "client_id"),
            (None, "grant_type=client_credentials&client_id=a&client_secret=", "access.client_credentials", "client_secret"),
            (Some("Basic Y18xOmh1ZnVfcy0x"), OK, "access.token_request", "client_secret"),
            (Some("Basic Y18xOmh1ZnVfcy0x"), "grant_type=client_credentials&client_id=other", "access.token_request", "client_id"),
            (Some("Basic !"), "grant_type=client_credentials", "access.client_credentials", "authorization"),
            (Some("Basic YQ=="), "grant_type=client_credentials", "access.client_credentials", "authorization"),
            (Some("Bearer Y18xOmh1ZnVfcy0x"), "grant_type=client_credentials", "access.client_credentials", "authorization"),
        ] {
            assert_eq!(told(authorization, form).map(|_| ()), Err((code, field.to_owned())), "{authorization:?} {form}");
        }
    }
}
