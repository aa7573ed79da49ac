//! Pure decisions of access: which scopes a token gets, what a secret looks like, what a client may be.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use verifier::base64url;

use super::{Role, Scope};
use crate::error::Refusal;
use crate::refusals;

refusals! {
    /// Refusals of access, in order of precedence.
    pub enum AccessRefusal {
        TokenRequest = 400, "access.token_request", "RFC 6749 4.4.2: a form with grant_type, at most 8 KiB, no parameter twice, one way to authenticate", "令牌请求不符合 RFC 6749", "the token request is not as RFC 6749 says";
        GrantType = 400, "access.grant_type", "grant_type is client_credentials", "仅支持 client_credentials", "only client_credentials is supported";
        Credentials = 401, "access.client_credentials", "a client id and its secret, by HTTP Basic or in the form", "客户端编号或密钥不正确", "client id or secret is wrong";
        ClientDisabled = 401, "access.client_disabled", "a disabled client may do nothing", "该客户端已停用", "this client is disabled";
        ScopeNotGranted = 400, "access.scope", "scopes are known and among those of the client's role", "申请的权限超出该客户端的角色", "a scope is unknown or not of this client's role";
        ClientProvider = 422, "access.client_provider", "role provider names a registered provider, no other role names one", "机构角色须指定已登记的机构，其他角色不得指定", "role provider needs a registered provider, and no other role has one";
        ClientNotFound = 404, "access.client_not_found", "the id of a client", "没有此客户端", "there is no such client";
        AlreadyDisabled = 409, "access.already_disabled", "disabled is final; add a new client instead", "该客户端已停用且不可恢复", "this client is disabled already, which is final";
    }
}

/// How a secret begins, so that scanners find one that leaked.
const SECRET_PREFIX: &str = "hufu_";
/// Longest id and longest secret worth looking at, in bytes.
pub const CREDENTIAL_MAX: usize = 128;

/// Whether a text may be an id or a secret. PostgreSQL takes no NUL in a text, so what cannot be an id is not even looked up.
pub fn is_credential(text: &str) -> bool {
    text.len() <= CREDENTIAL_MAX && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The text of a secret made of 256 random bits.
pub fn secret(random: &[u8; 32]) -> String {
    format!("{SECRET_PREFIX}{}", base64url::encode(random))
}

/// What is stored of a secret. A slow hash makes guessable passwords costly to guess; 256 random bits cannot be guessed at any speed, so SHA-256
/// is enough, and a token request costs the server microseconds rather than a tenth of a second.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether `presented` is the secret behind `stored`; without a stored hash it takes the same path and is never right.
pub fn secret_matches(presented: &str, stored: Option<&[u8]>) -> bool {
    let reference = stored.unwrap_or(&[0; 32]);
    let equal = secret_hash(presented).ct_eq(reference);
    bool::from(equal) & stored.is_some()
}

/// The scopes of a token: all of the role's, or the subset that was asked for.
///
/// # Errors
/// `access.scope` for a scope that is unknown or not the role's.
pub fn grant(role: Role, asked: Option<&str>) -> Result<Vec<Scope>, Refusal> {
    let Some(asked) = asked else { return Ok(role.scopes().to_vec()) };
    let wanted: Vec<&str> = asked.split(' ').collect();
    match wanted.iter().all(|name| role.scopes().iter().any(|s| s.as_str() == *name)) {
        true => Ok(role.scopes().iter().copied().filter(|s| wanted.contains(&s.as_str())).collect()),
        false => Err(AccessRefusal::ScopeNotGranted.at("scope")),
    }
}

/// Whether `scope`, as a token carries it, holds `needed`.
pub fn has(scope: &str, needed: Scope) -> bool {
    scope.split(' ').any(|name| name == needed.as_str())
}

/// Scopes as a token carries them.
pub fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gets_the_subset_that_was_asked_for_and_never_more_than_the_role_has() {
        assert_eq!(grant(Role::Partner, None), Ok(vec![Scope::VerifyMany, Scope::AgreementsRead, Scope::RecognitionRead]));
        assert_eq!(grant(Role::Auditor, Some("audit:read verify:many")), Ok(vec![Scope::VerifyMany, Scope::Audit]));
        for asked in ["region:manage", "audit:read region:manage", "", " ", "audit:read  verify:many", "AUDIT:READ"] {
            assert_eq!(grant(Role::Auditor, Some(asked)), Err(AccessRefusal::ScopeNotGranted.at("scope")), "{asked:?}");
        }
    }

    #[test]
    fn a_scope_is_matched_as_a_whole_word() {
        assert!(has("audit:read verify:many", Scope::Audit));
        for scope in ["", "verify:many", "audit:readonly", "xaudit:read", "audit:read,verify:many"] {
            assert!(!has(scope, Scope::Audit), "{scope}");
        }
    }

    #[test]
    fn only_the_very_secret_matches_and_no_secret_matches_nothing() {
        let text = secret(&[9; 32]);
        assert_eq!((text.len(), &text[..5]), (48, "hufu_"));
        assert!(secret_matches(&text, Some(&secret_hash(&text))));
        assert!(!secret_matches(&text, Some(&secret_hash("hufu_other"))));
        assert!(!secret_matches(&text, None));
        assert!(!secret_matches(&text, Some(&[])));
    }
}
