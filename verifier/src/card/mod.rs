//! The card: the certificate of record, a compact JWS of at most 2,048 bytes. The signed bytes are the truth; nothing is ever
//! canonicalised. Specified in `docs/formats/card.md`.

mod claims;
mod error;

pub use claims::{Claims, StatusRef};
pub use error::CardError;

use crate::base64url;
use crate::jws::{Compact, Header, JwsError, PublicKey, ShortKid, Signer, sign_parts};
use alloc::string::String;
use alloc::vec::Vec;

/// The most bytes a card may have.
pub const MAX_BYTES: usize = 2_048;

/// The `typ` of a card.
pub const TYP: &str = "hf1+jwt";

/// A well-formed card: its claims are valid, its header is the template. Whether its signature is good is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    claims: Claims,
    kid: ShortKid,
    jws: String,
    signature: [u8; 64],
}

impl Card {
    /// Signs claims. Refuses claims that contradict each other, with the same codes as [`Card::parse`].
    pub fn sign(claims: &Claims, signer: &Signer) -> Result<Card, CardError> {
        claims.check()?;
        let payload = serde_json::to_vec(claims).map_err(|_| CardError::PAYLOAD_JSON)?;
        let kid = signer.public().short();
        let (jws, signature) = sign_parts(&header_json(kid), &payload, signer);
        if jws.len() > MAX_BYTES {
            return Err(JwsError::TooLong.into());
        }
        Ok(Card { claims: claims.clone(), kid, signature, jws })
    }

    /// Reads a card: size, strict base64url, header byte for byte the template, every claim by its own rule.
    pub fn parse(text: &str) -> Result<Card, CardError> {
        let compact = Compact::split(text, MAX_BYTES)?;
        let kid = read_header(&compact.header)?;
        let claims = Claims::from_payload(&compact.payload)?;
        Ok(Card { claims, kid, signature: compact.signature, jws: text.into() })
    }

    /// Whether the signature is this key's.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let end = self.jws.rfind('.').unwrap_or_default();
        key.verify(self.jws.as_bytes().get(..end).unwrap_or_default(), &self.signature)
    }

    /// What the card says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Which key the card names.
    pub fn kid(&self) -> ShortKid {
        self.kid
    }

    /// The exact text that was signed, a compact JWS.
    pub fn jws(&self) -> &str {
        &self.jws
    }

    /// The JSON object as it was signed.
    pub fn payload(&self) -> Vec<u8> {
        let part = self.jws.split('.').nth(1).unwrap_or_default();
        base64url::decode(part).unwrap_or_default()
    }

    /// The 64 bytes of the signature.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }
}

/// The header of every card, but for the key.
pub(crate) fn header_json(kid: ShortKid) -> String {
    [r#"{"alg":"EdDSA","kid":""#, &base64url::encode(&kid.0), r#"","typ":""#, TYP, r#""}"#].concat()
}

/// Takes the key's name out of the template; if the bytes are no instance of it, says what is wrong with them.
fn read_header(bytes: &[u8]) -> Result<ShortKid, CardError> {
    let kid = bytes
        .strip_prefix(br#"{"alg":"EdDSA","kid":""#)
        .and_then(|rest| rest.strip_suffix(br#"","typ":"hf1+jwt"}"#))
        .and_then(|kid| core::str::from_utf8(kid).ok())
        .and_then(|kid| base64url::decode_array(kid).ok());
    match kid {
        Some(kid) => Ok(ShortKid(kid)),
        None if Header::parse(bytes)?.typ.as_deref() != Some(TYP) => Err(JwsError::Typ.into()),
        None => Err(CardError::HEADER_TEMPLATE),
    }
}
