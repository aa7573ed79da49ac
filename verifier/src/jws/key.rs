//! Ed25519 keys: a public key that was checked once, and a signer with its public half at hand.

use crate::base64url;
use alloc::string::{String, ToString};
use core::fmt;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256, Sha512};

coded_error! {
    /// Why 32 bytes are not a public key that may enter a registry.
    KeyError {
        /// Not base64url of 32 bytes.
        Length = "key.length",
        /// The bytes encode no point of the curve.
        NotAPoint = "key.not_a_point",
        /// The point has another, canonical, encoding.
        NonCanonical = "key.non_canonical",
        /// A point of small order: signatures under it can be forged for any text.
        SmallOrder = "key.small_order",
        /// Not eight groups of five digits up to 65535, nor a thumbprint.
        Fingerprint = "key.fingerprint",
    }
}

/// An Ed25519 public key, neither of small order nor in a non-canonical encoding. Keeps the decompressed point and the thumbprint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    pub(super) thumbprint: [u8; 32],
}

/// The first six bytes of a key's RFC 7638 thumbprint: the `kid` of a card. Eight characters of base64url when written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortKid(pub [u8; 6]);

/// An Ed25519 key pair that signs, its seed expanded once. The public half always comes from the same seed, as it must: signing under
/// another one would give the private key away. Wiped from memory when dropped; debug output shows the public half only.
pub struct Signer {
    expanded: ExpandedSecretKey,
    public: PublicKey,
}

/// A public key as a JSON Web Key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// `OKP`.
    pub kty: &'static str,
    /// `Ed25519`.
    pub crv: &'static str,
    /// `EdDSA`.
    pub alg: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The RFC 7638 thumbprint, unless the publisher names the key otherwise.
    pub kid: String,
    /// base64url of the 32 bytes.
    pub x: String,
}

impl PublicKey {
    /// Checks 32 bytes (RFC 8032 section 5.1.2).
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<PublicKey, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::SmallOrder);
        }
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NonCanonical);
        }
        Ok(PublicKey::of(key))
    }

    /// Reads base64url of 32 bytes, the `x` of a JWK.
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        PublicKey::from_bytes(&base64url::decode_array(text).map_err(|_| KeyError::Length)?)
    }

    fn of(key: VerifyingKey) -> PublicKey {
        PublicKey { key, thumbprint: thumbprint(&base64url::encode(key.as_bytes())) }
    }

    /// Whether `signature` is this key's over `message`: RFC 8032 without cofactor, canonical, with R of full order.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The RFC 7638 thumbprint: base64url of SHA-256, 43 characters.
    pub fn thumbprint(&self) -> String {
        base64url::encode(&self.thumbprint)
    }

    /// The name under which a card refers to this key.
    pub fn short(&self) -> ShortKid {
        let [a, b, c, d, e, f, ..] = self.thumbprint;
        ShortKid([a, b, c, d, e, f])
    }

    /// The key as a JWK, its `kid` the thumbprint.
    pub fn jwk(&self) -> Jwk {
        Jwk { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid: self.thumbprint(), x: base64url::encode(self.as_bytes()) }
    }
}

/// The RFC 7638 thumbprint of the key whose 32 bytes are `x` in base64url; whether they are a good key is another question.
pub(crate) fn thumbprint(x: &str) -> [u8; 32] {
    Sha256::new().chain_update(br#"{"crv":"Ed25519","kty":"OKP","x":""#).chain_update(x).chain_update(br#""}"#).finalize().into()
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.short())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(self.as_bytes()))
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        PublicKey::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl ShortKid {
    /// Reads eight characters of base64url.
    pub fn parse(text: &str) -> Result<ShortKid, KeyError> {
        base64url::decode_array(text).map(ShortKid).map_err(|_| KeyError::Length)
    }
}

impl fmt::Display for ShortKid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for ShortKid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ShortKid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for ShortKid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ShortKid, D::Error> {
        ShortKid::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl Signer {
    /// The key pair of a 32-byte seed (RFC 8032 section 5.1.5). The caller wipes its own copy of the seed.
    pub fn from_seed(seed: &[u8; 32]) -> Signer {
        let expanded = ExpandedSecretKey::from(seed);
        let public = PublicKey::of(VerifyingKey::from(&expanded));
        Signer { expanded, public }
    }

    /// Signs; the same message always gets the same signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        raw_sign::<Sha512>(&self.expanded, message, &self.public.key).to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A: the key of its examples.
    const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

    #[test]
    fn the_key_and_thumbprint_of_rfc_8037_come_out() {
        let signer = Signer::from_seed(&base64url::decode_array(SEED).expect("a seed"));
        assert_eq!(signer.public().jwk().x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(signer.public().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(signer.public().short().to_string(), "kPrK_qmx");
        assert!(!alloc::format!("{signer:?}").contains("nWGx"));
    }

    #[test]
    fn weak_and_malformed_keys_are_refused() {
        let hex = |text: &str| -> [u8; 32] { core::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex")) };
        // The eight points of small order, and encodings of two of them that are not canonical.
        for weak in [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            assert_eq!(PublicKey::from_bytes(&hex(weak)), Err(KeyError::SmallOrder), "{weak}");
        }
        // y = 2^255 - 16 means y = 3, which is on the curve and of large order.
        let large = "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
        assert_eq!(PublicKey::from_bytes(&hex(large)), Err(KeyError::NonCanonical));
        let nowhere = "0200000000000000000000000000000000000000000000000000000000000000";
        assert_eq!(PublicKey::from_bytes(&hex(nowhere)), Err(KeyError::NotAPoint));
        assert_eq!(PublicKey::parse("AQ"), Err(KeyError::Length));
    }

    #[test]
    fn a_signature_that_only_lenient_verifiers_accept_is_refused() {
        // R is the neutral point, of small order, and S = k * a: it satisfies the equation, but binds nothing that was chosen at random.
        let text = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAC9bAaXm-_BdnsJKpCZ7hidDs96uQBXPGhpG5OCzCA";
        let signature: [u8; 64] = base64url::decode_array(text).expect("64 bytes");
        let key = *Signer::from_seed(&[7; 32]).public();
        let lenient = ed25519_dalek::Verifier::verify(&key.key, b"any text", &Signature::from_bytes(&signature));
        assert!(lenient.is_ok());
        assert!(!key.verify(b"any text", &signature));
    }
}
