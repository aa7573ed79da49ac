//! The compact serialization (RFC 7515 section 7.1).

use super::{Header, JwsError, PublicKey, Signer};
use crate::base64url;
use alloc::string::String;
use alloc::vec::Vec;

/// A compact JWS taken apart; every part is strict base64url. Nothing has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compact<'a> {
    /// What the signature is over: header and payload as they were written, joined by a dot.
    pub signing_input: &'a str,
    /// The decoded protected header.
    pub header: Vec<u8>,
    /// The decoded payload.
    pub payload: Vec<u8>,
    /// The signature.
    pub signature: [u8; 64],
}

impl<'a> Compact<'a> {
    /// Splits a text of at most `limit` bytes.
    pub fn split(text: &'a str, limit: usize) -> Result<Compact<'a>, JwsError> {
        if text.len() > limit {
            return Err(JwsError::TooLong);
        }
        let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::Parts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Parts)?;
        if payload.contains('.') {
            return Err(JwsError::Parts);
        }
        let decode = |part| base64url::decode(part).map_err(|_| JwsError::Base64);
        let signature = decode(signature)?.try_into().map_err(|_| JwsError::SignatureLength)?;
        Ok(Compact { signing_input, header: decode(header)?, payload: decode(payload)?, signature })
    }

    /// Whether the signature is this key's.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(self.signing_input.as_bytes(), &self.signature)
    }
}

/// Signs `payload` under a header that is written exactly as given.
pub fn sign_compact(header_json: &str, payload: &[u8], signer: &Signer) -> String {
    sign_parts(header_json, payload, signer).0
}

/// The same, with the signature that ends the text.
pub(crate) fn sign_parts(header_json: &str, payload: &[u8], signer: &Signer) -> (String, [u8; 64]) {
    let mut text = String::with_capacity((header_json.len() + payload.len()) * 4 / 3 + 96);
    base64url::encode_onto(header_json.as_bytes(), &mut text);
    text.push('.');
    base64url::encode_onto(payload, &mut text);
    let signature = signer.sign(text.as_bytes());
    text.push('.');
    base64url::encode_onto(&signature, &mut text);
    (text, signature)
}

/// Verifies a JWS of at most `limit` bytes and a given `typ` under a key that the caller already trusts, and returns its payload.
pub fn open(text: &str, limit: usize, typ: &str, key: &PublicKey) -> Result<Vec<u8>, JwsError> {
    let compact = Compact::split(text, limit)?;
    if Header::parse(&compact.header)?.typ.as_deref() != Some(typ) {
        return Err(JwsError::Typ);
    }
    if !compact.is_signed_by(key) {
        return Err(JwsError::Signature);
    }
    Ok(compact.payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"alg":"EdDSA","typ":"note"}"#;

    #[test]
    fn the_signature_of_rfc_8037_comes_out() {
        let seed = base64url::decode_array("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").expect("a seed");
        let text = sign_compact(r#"{"alg":"EdDSA"}"#, b"Example of Ed25519 signing", &Signer::from_seed(&seed));
        assert_eq!(
            text,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
             hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
    }

    #[test]
    fn only_the_right_key_typ_and_text_open() {
        let (ours, theirs) = (Signer::from_seed(&[1; 32]), Signer::from_seed(&[2; 32]));
        let text = sign_compact(HEADER, b"hello", &ours);
        assert_eq!(open(&text, 400, "note", ours.public()), Ok(b"hello".to_vec()));
        assert_eq!(open(&text, 400, "note", theirs.public()), Err(JwsError::Signature));
        assert_eq!(open(&text, 400, "other", ours.public()), Err(JwsError::Typ));
        assert_eq!(open(&text, 20, "note", ours.public()), Err(JwsError::TooLong));
    }

    #[test]
    fn what_is_not_three_strict_parts_is_refused() {
        let good = sign_compact(HEADER, b"hello", &Signer::from_seed(&[1; 32]));
        for (text, error) in [
            ("", JwsError::Parts),
            ("a.b", JwsError::Parts),
            (&alloc::format!("{good}.e30"), JwsError::Parts),
            (&good.replace('.', ".="), JwsError::Base64),
            (&good[..good.len() - 1], JwsError::Base64),
            (&good[..good.len() - 2], JwsError::SignatureLength),
        ] {
            assert_eq!(Compact::split(text, 1000).map(|_| ()), Err(error), "{text}");
        }
    }
}
