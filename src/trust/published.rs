//! The documents that the world reads, as JSON or as JWTs. Formats: docs/formats/status.md, W3C DID Core, RFC 7517, W3C Bitstring Status List
//! v1.0, IETF Token Status List.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verifier::jws::{PublicKey, Signer, sign_compact};
use verifier::status::Purpose;

use super::{Did, List};
use crate::error::{Error, Fault};
use crate::keys::{self, Row};

/// Seconds for which a signed status list counts.
const LIST_LIFE: i64 = 86_400;
/// Signed lists are dated to the minute before, so that they are the same bytes, and cacheable, for as long.
pub const LIST_STEP: i64 = 60;

/// A verification method of a DID document.
fn method(did: &str, key: &PublicKey) -> Value {
    let id = format!("{did}#{}", key.thumbprint());
    json!({ "id": id, "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": jwk(key, &id) })
}

/// A key as it stands in a key set, under the name `kid`.
fn jwk(key: &PublicKey, kid: &str) -> Value {
    let jwk = key.jwk();
    json!({ "kty": jwk.kty, "crv": jwk.crv, "alg": jwk.alg, "use": jwk.usage, "kid": kid, "x": jwk.x })
}

/// A DID document for `did` with these keys, all of which may assert.
pub fn did_document(did: &str, keys: &[PublicKey]) -> Value {
    let methods: Vec<Value> = keys.iter().map(|key| method(did, key)).collect();
    let ids: Vec<&Value> = methods.iter().filter_map(|m| m.get("id")).collect();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": ids,
        "authentication": ids,
    })
}

/// The keys that may be published: everything but what may be in other hands.
///
/// # Errors
/// A fault when a stored key cannot be read.
pub fn publishable<'a>(rows: impl Iterator<Item = &'a Row>) -> Result<Vec<(&'a Row, PublicKey)>, Error> {
    rows.filter(|row| row.revoke_reason.as_deref() != Some("compromise")).map(|row| Ok((row, row.public_key()?))).collect()
}

/// The key set: each key under every name by which one of our documents calls it. The region's key signs status lists in the name of the
/// provider whose list it is, so it stands under each provider that has keys, too.
///
/// # Errors
/// A fault when a stored key cannot be read.
pub fn jwks(did: &Did, rows: &[Row]) -> Result<Value, Error> {
    let providers: BTreeSet<&String> = rows.iter().filter_map(|row| row.provider_id.as_ref()).collect();
    let mut keys = Vec::new();
    for (row, key) in publishable(rows.iter())? {
        let owner = row.provider_id.as_ref().map_or_else(|| did.region().to_owned(), |id| did.provider(id));
        let short = row.provider_id.is_some().then(|| row.short_kid.clone());
        let signs_lists = row.purpose == keys::Purpose::Region.as_str();
        let lists = providers.iter().filter(|_| signs_lists).map(|id| format!("{}#{}", did.provider(id), row.kid));
        let names = [row.kid.clone(), format!("{owner}#{}", row.kid)].into_iter().chain(short).chain(lists);
        keys.extend(names.map(|kid| jwk(&key, &kid)));
    }
    Ok(json!({ "keys": keys }))
}

/// What a signed list is about.
pub struct ListNames<'a> {
    /// DID of the provider, or of the region for its own receipts: verifiers want the list's issuer to be the credential's.
    pub issuer: &'a str,
    /// URL under which the list is served.
    pub url: &'a str,
    /// Unix seconds.
    pub now: i64,
}

impl ListNames<'_> {
    /// The time that the document bears.
    fn dated(&self) -> i64 {
        self.now - self.now.rem_euclid(LIST_STEP)
    }

    /// The registry signs with the region's key, which every provider's DID document lists.
    fn header(&self, typ: &str, extra: &str, signer: &Signer) -> String {
        format!(r#"{{"alg":"EdDSA","typ":"{typ}"{extra},"kid":"{}#{}"}}"#, self.issuer, signer.public().thumbprint())
    }
}

/// The W3C Bitstring Status List credential for one purpose, as `application/vc+jwt`.
///
/// # Errors
/// A fault when it cannot be written as JSON.
pub fn bitstring_credential(list: &List, purpose: Purpose, names: &ListNames<'_>, signer: &Signer) -> Result<String, Fault> {
    let from = names.dated();
    let word = match purpose {
        Purpose::Revocation => "revocation",
        Purpose::Suspension => "suspension",
    };
    let stamp = |at: i64| verifier::time::Instant(at).rfc3339();
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": names.url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": names.issuer,
        "validFrom": stamp(from),
        "validUntil": stamp(from + LIST_LIFE),
        "credentialSubject": {
            "id": format!("{}#list", names.url),
            "type": "BitstringStatusList",
            "statusPurpose": word,
            "encodedList": list.array.bitstring(purpose).encoded_list(),
        },
        "iss": names.issuer, "jti": names.url, "sub": format!("{}#list", names.url), "nbf": from, "iat": from, "exp": from + LIST_LIFE,
    });
    let payload = serde_json::to_vec(&credential).map_err(Fault::new)?;
    Ok(sign_compact(&names.header("vc+jwt", r#","cty":"vc""#, signer), &payload, signer))
}

/// The IETF Token Status List, as `application/statuslist+jwt`.
///
/// # Errors
/// A fault when it cannot be written as JSON.
pub fn token_status_list(list: &List, names: &ListNames<'_>, signer: &Signer) -> Result<String, Fault> {
    let from = names.dated();
    let tokens = list.array.token_list();
    let claims = json!({
        "iss": names.issuer, "sub": names.url, "iat": from, "exp": from + LIST_LIFE, "ttl": 300,
        "status_list": { "bits": tokens.bits(), "lst": tokens.lst() },
    });
    let payload = serde_json::to_vec(&claims).map_err(Fault::new)?;
    Ok(sign_compact(&names.header("statuslist+jwt", "", signer), &payload, signer))
}
