//! JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037), and nothing else of them.
//!
//! Strict where libraries are lenient: one algorithm, no `crit`, no `b64`, no duplicate or unknown header members, strict base64url,
//! `verify_strict` only, and a size limit that the caller must give.

mod compact;
mod fingerprint;
mod header;
mod key;

pub(crate) use compact::sign_parts;
pub use compact::{Compact, open, sign_compact};
pub use fingerprint::Fingerprint;
pub use header::Header;
pub(crate) use key::thumbprint;
pub use key::{Jwk, KeyError, PublicKey, ShortKid, Signer};

coded_error! {
    /// Why a text is not a JWS that this crate accepts.
    JwsError {
        /// Longer than the caller's limit.
        TooLong = "jws.too_long",
        /// Not three parts joined by dots.
        Parts = "jws.parts",
        /// A part is not strict base64url.
        Base64 = "jws.base64",
        /// The signature is not 64 bytes.
        SignatureLength = "jws.signature_length",
        /// The header is not a JSON object of strings with an `alg`.
        HeaderJson = "jws.header_json",
        /// A header member occurs twice.
        HeaderDuplicate = "jws.header_duplicate",
        /// A header member other than `alg`, `typ`, `kid` and `cty`.
        HeaderUnknown = "jws.header_unknown",
        /// The algorithm is not `EdDSA`.
        Alg = "jws.alg",
        /// The header has `crit`: an extension that must be understood, and none is.
        Crit = "jws.crit",
        /// The header has `b64`: an unencoded payload (RFC 7797).
        B64 = "jws.b64",
        /// The `typ` is not the one that belongs here.
        Typ = "jws.typ",
        /// The signature does not belong to this text and this key.
        Signature = "jws.signature",
    }
}
