//! Sealing at rest: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under the master key, or under the data key that the master key seals.
//!
//! A sealed value is `nonce (24) | ciphertext and tag`; the associated data says what it is, so that one sealed value cannot stand for another.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::edge::Edge;
use crate::error::Fault;

const NONCE: usize = 24;

/// A 32-byte symmetric key; wiped when dropped, never printed.
#[derive(Clone)]
pub struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// A fresh random key.
    pub fn generate(edge: &Edge) -> SealKey {
        SealKey(Zeroizing::new(edge.random::<32>()))
    }

    /// Reads 32 bytes in base64url, as the environment or a key file has them.
    ///
    /// # Errors
    /// A fault when it is anything else.
    pub fn parse(text: &str) -> Result<SealKey, Fault> {
        let mut bytes = verifier::base64url::decode_array::<32>(text.trim())
            .map_err(|_| Fault::text("the master key must be 32 bytes in base64url without padding (43 characters)"))?;
        let key = SealKey(Zeroizing::new(bytes));
        bytes.zeroize();
        Ok(key)
    }

    /// The text that [`SealKey::parse`] reads.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(verifier::base64url::encode(self.0.as_slice()))
    }

    /// Reads a key that was sealed under another.
    ///
    /// # Errors
    /// A fault when `bytes` are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<SealKey, Fault> {
        let array: [u8; 32] = bytes.try_into().map_err(|_| Fault::text("a sealed key has another length than 32 bytes"))?;
        Ok(SealKey(Zeroizing::new(array)))
    }

    /// The bytes, to be sealed under another key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `plain`, which is `what`.
    ///
    /// # Errors
    /// A fault when the cipher refuses (a plaintext of 256 GiB).
    pub fn seal(&self, edge: &Edge, what: &str, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let nonce = edge.random::<NONCE>();
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: what.as_bytes() });
        let sealed = sealed.map_err(|_| Fault::text("a value could not be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`SealKey::seal`] made for the same `what`.
    ///
    /// # Errors
    /// A fault when the key is another one, or the bytes were changed.
    pub fn open(&self, what: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let broken = || Fault::text(format!("{what} cannot be opened: the master key is another one, or the stored bytes were changed"));
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: what.as_bytes() });
        plain.map(Zeroizing::new).map_err(|_| broken())
    }

    /// HMAC-SHA-256 under a key derived for `what`: finds a row by a value without storing the value.
    pub fn keyed_hash(&self, what: &str, value: &[u8]) -> [u8; 32] {
        let derived = Zeroizing::new(hmac(self.0.as_slice(), &[b"hufu/derive/1\0", what.as_bytes()]));
        hmac(derived.as_slice(), &[value])
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so the error cannot occur; an all-zero answer would only make a look-up miss.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_as_what_it_is_and_only_unchanged() {
        let edge = Edge::default();
        let (key, other) = (SealKey::generate(&edge), SealKey::generate(&edge));
        let mut sealed = key.seal(&edge, "id of cert_1", b"11010519491231002X").unwrap();
        assert_eq!(key.open("id of cert_1", &sealed).unwrap().as_slice(), b"11010519491231002X");
        assert!(key.open("id of cert_2", &sealed).is_err());
        assert!(other.open("id of cert_1", &sealed).is_err());
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open("id of cert_1", &sealed).is_err());
        assert!(key.open("id of cert_1", &sealed[..10]).is_err());
    }

    #[test]
    fn a_keyed_hash_depends_on_the_key_and_on_what_it_is_for() {
        let edge = Edge::default();
        let (key, other) = (SealKey::generate(&edge), SealKey::generate(&edge));
        assert_eq!(key.keyed_hash("id", b"1"), key.keyed_hash("id", b"1"));
        assert_ne!(key.keyed_hash("id", b"1"), key.keyed_hash("name", b"1"));
        assert_ne!(key.keyed_hash("id", b"1"), other.keyed_hash("id", b"1"));
    }
}
