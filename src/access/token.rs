//! Access tokens: JWTs after RFC 9068, signed with Ed25519 by the token key.
//!
//! The `jsonwebtoken` crate reads the claims. Around it stands what it leaves out: its own providers verify leniently and it ignores `crit`,
//! `b64` and duplicate members, so the header is read by the verifier's strict parser first, and every signature is checked by `verify_strict`.

use std::collections::HashMap;
use std::sync::{Mutex, Once, PoisonError};

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::signature::{Error as SignatureError, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use verifier::jws::{self, Compact, Header, PublicKey, Signer};

use super::Scope;
use crate::error::Fault;

/// Seconds a token lives.
pub const LIFETIME: i64 = 900;
/// Longest token, in bytes.
pub const TOKEN_MAX: usize = 4096;
/// Seconds by which the clocks of two servers of one registry may differ.
const LEEWAY: i64 = 5;
/// RFC 9068 section 2.1.
const TYP: &str = "at+jwt";

/// What a token says (RFC 9068 section 2.2). Unknown and duplicate members are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The registry's public URL.
    pub iss: String,
    /// The registry's public URL: no token for another service is good here.
    pub aud: String,
    /// Client id.
    pub sub: String,
    /// Client id again; RFC 9068 asks for both.
    pub client_id: String,
    /// Scopes, separated by spaces.
    pub scope: String,
    /// Names this token.
    pub jti: String,
    /// Unix seconds.
    pub iat: i64,
    /// Unix seconds; from here on the token is refused.
    pub exp: i64,
}

impl Claims {
    /// A token for `client_id`, good for [`LIFETIME`] seconds from `now`.
    pub fn new(url: &str, client_id: &str, scopes: &[Scope], jti: String, now: i64) -> Claims {
        let (url, client_id) = (url.to_owned(), client_id.to_owned());
        Claims {
            iss: url.clone(),
            aud: url,
            sub: client_id.clone(),
            client_id,
            scope: super::rules::join(scopes),
            jti,
            iat: now,
            exp: now + LIFETIME,
        }
    }
}

/// Why a token is refused. The words go into the problem document; they say nothing that the bearer does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Too long, not a JWS, or a header or claim that does not belong.
    Malformed,
    /// Not signed by a token key of this registry.
    Signature,
    /// Issued by or for somebody else.
    Audience,
    /// Its time is over, or has not come.
    Expired,
}

impl TokenError {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            TokenError::Malformed => "not an access token of this registry",
            TokenError::Signature => "not signed by this registry",
            TokenError::Audience => "issued for another service",
            TokenError::Expired => "expired",
        }
    }
}

/// Signs `claims`. The header is `{"typ":"at+jwt","alg":"EdDSA","kid":"<RFC 7638 thumbprint>"}`.
///
/// # Errors
/// A fault when the claims cannot be written as JSON.
pub fn sign(claims: &Claims, signer: &Signer) -> Result<String, Fault> {
    let header = format!(r#"{{"typ":"{TYP}","alg":"EdDSA","kid":"{}"}}"#, signer.public().thumbprint());
    Ok(jws::sign_compact(&header, &serde_json::to_vec(claims).map_err(Fault::new)?, signer))
}

/// Tokens that were good: two generations, so that memory is bounded and what is used often stays. A token comes with every request, and its signature
/// costs more to check than most requests cost besides.
#[derive(Default)]
pub struct Tokens {
    generations: Mutex<[HashMap<[u8; 32], Good>; 2]>,
}

/// A token whose signature and claims are good, and under which key.
#[derive(Clone)]
struct Good {
    kid: String,
    claims: Claims,
}

/// Tokens in one generation, of at most some hundred bytes each.
const GENERATION: usize = 4_096;

impl Tokens {
    /// Checks a token at the time `now` (unix seconds) against the token key that `key_of` knows under its `kid`, and returns its claims. Of a text that was
    /// good before, only its time and that its key is one still.
    ///
    /// # Errors
    /// The first rule that it breaks, in the order of [`TokenError`].
    pub fn verify(&self, text: &str, url: &str, now: i64, key_of: impl Fn(&str) -> Option<PublicKey>) -> Result<Claims, TokenError> {
        let digest = Sha256::digest(text.as_bytes()).into();
        let good = match self.known(&digest).filter(|good| key_of(&good.kid).is_some()) {
            Some(good) => good,
            None => {
                let good = read(text, url, key_of)?;
                self.remember(digest, good.clone());
                good
            }
        };
        if now >= good.claims.exp.saturating_add(LEEWAY) || good.claims.iat > now.saturating_add(LEEWAY) {
            return Err(TokenError::Expired);
        }
        Ok(good.claims)
    }

    fn known(&self, digest: &[u8; 32]) -> Option<Good> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).iter().find_map(|tokens| tokens.get(digest).cloned())
    }

    fn remember(&self, digest: [u8; 32], good: Good) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let [young, old] = &mut *generations;
        if young.len() >= GENERATION {
            *old = std::mem::take(young);
        }
        young.insert(digest, good);
    }
}

/// A token whose signature and claims are good, whatever its time.
fn read(text: &str, url: &str, key_of: impl Fn(&str) -> Option<PublicKey>) -> Result<Good, TokenError> {
    install();
    let compact = Compact::split(text, TOKEN_MAX).map_err(|_| TokenError::Malformed)?;
    let header = Header::parse(&compact.header).map_err(|_| TokenError::Malformed)?;
    if header.typ.as_deref() != Some(TYP) || header.cty.is_some() || compact.payload.first() != Some(&b'{') {
        return Err(TokenError::Malformed);
    }
    let kid = header.kid.ok_or(TokenError::Signature)?;
    let key = key_of(&kid).ok_or(TokenError::Signature)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_issuer(&[url]);
    rules.set_audience(&[url]);
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // The crate would ask the system clock.
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(text, &DecodingKey::from_ed_der(key.as_bytes()), &rules).map_err(|e| explain(e.kind()))?.claims;
    if claims.sub != claims.client_id || claims.exp.checked_sub(claims.iat) != Some(LIFETIME) {
        return Err(TokenError::Malformed);
    }
    Ok(Good { kid, claims })
}

fn explain(kind: &ErrorKind) -> TokenError {
    match kind {
        ErrorKind::InvalidSignature | ErrorKind::InvalidKeyFormat => TokenError::Signature,
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => TokenError::Audience,
        _ => TokenError::Malformed,
    }
}

/// Makes [`PROVIDER`] the one that `jsonwebtoken` uses, which has none of its own here. Done once; nobody can take a token before.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if PROVIDER.install_default().is_err() {
            tracing::error!("another provider of cryptography was installed for access tokens");
        }
    });
}

/// Ed25519 by `verify_strict`, under keys that are neither weak nor oddly encoded, and no other algorithm.
static PROVIDER: CryptoProvider = CryptoProvider {
    // A private key never leaves its `Signer`, so the crate has nothing to sign with; see `sign`.
    signer_factory: |_, _: &EncodingKey| -> jsonwebtoken::errors::Result<Box<dyn JwtSigner>> { Err(ErrorKind::UnsupportedAlgorithm.into()) },
    verifier_factory: |algorithm, key| match (algorithm, key.family()) {
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => Ok(Box::new(Strict::new(key.try_get_as_bytes()?)?)),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Strict(PublicKey);

impl Strict {
    fn new(bytes: &[u8]) -> jsonwebtoken::errors::Result<Strict> {
        let bytes = bytes.try_into().map_err(|_| ErrorKind::InvalidKeyFormat)?;
        Ok(Strict(PublicKey::from_bytes(bytes).map_err(|_| ErrorKind::InvalidKeyFormat)?))
    }
}

impl Verifier<Vec<u8>> for Strict {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        let signature = signature.as_slice().try_into().map_err(|_| SignatureError::new())?;
        if self.0.verify(message, signature) { Ok(()) } else { Err(SignatureError::new()) }
    }
}

impl JwtVerifier for Strict {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://registry.example";
    const NOW: i64 = 1_790_000_000;

    fn signer() -> Signer {
        Signer::from_seed(&[7; 32])
    }

    fn claims() -> Claims {
        Claims::new(URL, "client_1", &[Scope::VerifyMany, Scope::Audit], "tok_1".to_owned(), NOW)
    }

    fn check(text: &str, now: i64) -> Result<Claims, TokenError> {
        Tokens::default().verify(text, URL, now, key)
    }

    fn key(kid: &str) -> Option<PublicKey> {
        Some(*signer().public()).filter(|key| key.thumbprint() == kid)
    }

    /// A token whose header and claims are written exactly so, signed by the right key.
    fn raw(header: &str, payload: &str) -> String {
        jws::sign_compact(&header.replace("KID", &signer().public().thumbprint()), payload.as_bytes(), &signer())
    }

    const HEADER: &str = r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID"}"#;

    #[test]
    fn a_token_is_good_for_its_time_and_no_longer() {
        let text = sign(&claims(), &signer()).expect("a token");
        assert_eq!(check(&text, NOW), Ok(claims()));
        assert_eq!(check(&text, NOW + LIFETIME + LEEWAY - 1), Ok(claims()));
        assert_eq!(check(&text, NOW + LIFETIME + LEEWAY), Err(TokenError::Expired));
        assert_eq!(check(&text, NOW - LEEWAY), Ok(claims()));
        assert_eq!(check(&text, NOW - LEEWAY - 1), Err(TokenError::Expired));
    }

    #[test]
    fn a_token_that_was_good_before_has_its_time_and_its_key_looked_at_again() {
        let (tokens, text) = (Tokens::default(), sign(&claims(), &signer()).expect("a token"));
        assert_eq!(tokens.verify(&text, URL, NOW, key), Ok(claims()));
        let known = |text: &str| tokens.known(&Sha256::digest(text.as_bytes()).into());
        let good = known(&text).expect("it is kept");
        assert_eq!(tokens.verify(&text, URL, NOW, key), Ok(claims()));
        assert_eq!(tokens.verify(&text, URL, NOW + LIFETIME + LEEWAY, key), Err(TokenError::Expired));
        assert_eq!(tokens.verify(&text, URL, NOW, |_| None), Err(TokenError::Signature), "a key that is none any more");
        let (head, signature) = text.rsplit_once('.').expect("three parts");
        let changed = format!("{head}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
        assert_eq!(tokens.verify(&changed, URL, NOW, key), Err(TokenError::Signature));
        assert!(known(&changed).is_none(), "what is refused is not kept");
        for n in 0..3 * GENERATION {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&n.to_le_bytes());
            tokens.remember(digest, good.clone());
        }
        assert!(tokens.generations.lock().expect("a lock").iter().all(|tokens| tokens.len() <= GENERATION));
        assert!(known(&text).is_none(), "what was not used for long is forgotten");
    }

    #[test]
    fn only_the_exact_header_is_accepted_even_under_the_right_key() {
        let payload = serde_json::to_string(&claims()).expect("claims");
        assert!(check(&raw(HEADER, &payload), NOW).is_ok());
        for header in [
            r#"{"typ":"at+jwt","alg":"none","kid":"KID"}"#,
            r#"{"typ":"at+jwt","alg":"HS256","kid":"KID"}"#,
            r#"{"typ":"at+jwt","alg":"ES256","kid":"KID"}"#,
            r#"{"typ":"JWT","alg":"EdDSA","kid":"KID"}"#,
            r#"{"typ":"hf1+jwt","alg":"EdDSA","kid":"KID"}"#,
            r#"{"alg":"EdDSA","kid":"KID"}"#,
            r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID","crit":["exp"]}"#,
            r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID","b64":true}"#,
            r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID","jwk":{}}"#,
            r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID","cty":"JWT"}"#,
            r#"{"typ":"at+jwt","alg":"EdDSA","alg":"EdDSA","kid":"KID"}"#,
        ] {
            assert_eq!(check(&raw(header, &payload), NOW), Err(TokenError::Malformed), "{header}");
        }
        assert_eq!(check(&raw(r#"{"typ":"at+jwt","alg":"EdDSA"}"#, &payload), NOW), Err(TokenError::Signature));
        assert_eq!(check(&raw(r#"{"typ":"at+jwt","alg":"EdDSA","kid":"other"}"#, &payload), NOW), Err(TokenError::Signature));
    }

    #[test]
    fn only_the_exact_claims_are_accepted_even_under_the_right_key() {
        let good = serde_json::to_string(&claims()).expect("claims");
        let edit = |from: &str, to: &str| {
            assert!(good.contains(from), "{from}");
            check(&raw(HEADER, &good.replacen(from, to, 1)), NOW)
        };
        assert_eq!(edit(r#""iss":"https://registry.example""#, r#""iss":"https://other.example""#), Err(TokenError::Audience));
        assert_eq!(edit(r#""aud":"https://registry.example""#, r#""aud":"https://other.example""#), Err(TokenError::Audience));
        assert_eq!(edit(r#""sub":"client_1""#, r#""sub":"client_2""#), Err(TokenError::Malformed));
        assert_eq!(edit(r#""sub":"client_1","#, ""), Err(TokenError::Malformed));
        assert_eq!(edit(r#""jti""#, r#""admin":true,"jti""#), Err(TokenError::Malformed));
        assert_eq!(edit(r#""sub":"client_1""#, r#""sub":"client_1","sub":"client_1""#), Err(TokenError::Malformed));
        assert_eq!(edit(&format!(r#""exp":{}"#, NOW + LIFETIME), r#""exp":9007199254740991"#), Err(TokenError::Malformed));
        assert_eq!(edit(&format!(r#","exp":{}"#, NOW + LIFETIME), ""), Err(TokenError::Malformed));
        let array = format!(r#"["{URL}","{URL}","client_1","client_1","audit:read","tok_1",{NOW},{}]"#, NOW + LIFETIME);
        assert_eq!(check(&raw(HEADER, &array), NOW), Err(TokenError::Malformed));
    }

    #[test]
    fn a_foreign_key_a_changed_text_and_a_long_text_are_refused() {
        let text = sign(&claims(), &signer()).expect("a token");
        let foreign = jws::sign_compact(
            &HEADER.replace("KID", &signer().public().thumbprint()),
            &serde_json::to_vec(&claims()).expect("claims"),
            &Signer::from_seed(&[8; 32]),
        );
        assert_eq!(check(&foreign, NOW), Err(TokenError::Signature));
        let (head, signature) = text.rsplit_once('.').expect("three parts");
        let flipped: String = signature.chars().map(|c| if c == 'A' { 'B' } else { 'A' }).take(84).chain(signature.chars().skip(84)).collect();
        assert_eq!(check(&format!("{head}.{flipped}"), NOW), Err(TokenError::Signature));
        assert_eq!(check(&format!("{head}."), NOW), Err(TokenError::Malformed));
        assert_eq!(check(&"a".repeat(TOKEN_MAX + 1), NOW), Err(TokenError::Malformed));
        let mut long = claims();
        long.jti = "j".repeat(TOKEN_MAX);
        assert_eq!(check(&sign(&long, &signer()).expect("a token"), NOW), Err(TokenError::Malformed));
    }

    #[test]
    fn the_provider_takes_no_weak_key_and_no_other_algorithm() {
        let weak = DecodingKey::from_ed_der(&[0; 32]);
        let short = DecodingKey::from_ed_der(&[1; 5]);
        let shared = DecodingKey::from_secret(signer().public().as_bytes());
        assert!((PROVIDER.verifier_factory)(&Algorithm::EdDSA, &weak).is_err());
        assert!((PROVIDER.verifier_factory)(&Algorithm::EdDSA, &short).is_err());
        assert!((PROVIDER.verifier_factory)(&Algorithm::HS256, &shared).is_err());
        assert!((PROVIDER.verifier_factory)(&Algorithm::EdDSA, &shared).is_err());
    }
}
