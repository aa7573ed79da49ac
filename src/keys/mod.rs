//! The registry's keys. Ed25519 everywhere: the region key (manifests, agreements, peer messages), issuer keys (one provider, one signing
//! window), the token key (access tokens). Private halves rest sealed, are wiped from memory, and never leave in an answer or a log line.

pub mod api;
pub mod master;
mod ring;
pub mod seal;
mod service;
mod store;

use serde::Deserialize;
use utoipa::ToSchema;
use verifier::jws::PublicKey;

pub use ring::Keyring;
pub use service::{Change, change, issuer, open, open_window, rewrap, signing};
pub use store::{Row, all, of_provider};

use crate::error::{Fault, Refusal};
use crate::refusals;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signs for the region as a whole.
    Region,
    /// Signs one provider's cards.
    Issuer,
    /// Signs access tokens.
    Token,
}

impl Purpose {
    /// As the row has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Region => "region",
            Purpose::Issuer => "issuer",
            Purpose::Token => "token",
        }
    }
}

/// Why a key was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Somebody else may have the key: nothing it signed counts any more.
    Compromise,
    /// Another key took its place.
    Superseded,
    /// The provider stopped issuing.
    Ceased,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 3] = [Reason::Compromise, Reason::Superseded, Reason::Ceased];

    /// As the verifier reads it.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Compromise => "compromise",
            Reason::Superseded => "superseded",
            Reason::Ceased => "ceased",
        }
    }
}

refusals! {
    /// Why something about a key is refused.
    pub enum KeyRefusal {
        NotFound = 404, "keys.not_found", "a key is named by its RFC 7638 thumbprint", "没有该密钥", "there is no such key";
        Window = 422, "keys.window", "a signing window has from < until, at most 366 days, and ends in the future", "签名时间窗不符合要求", "the signing window is not possible";
        Revoked = 409, "keys.revoked", "a revocation never un-happens", "该密钥已吊销", "the key is revoked already";
        Retired = 409, "keys.retired", "a key retires once", "该密钥已停用", "the key is retired already";
        Purpose = 409, "keys.purpose", "only issuer keys are revoked or retired here", "该密钥用途不允许此操作", "this is not done to a key of this purpose";
        Instant = 422, "keys.instant", "a revocation dates from the key's life, not from the future", "吊销时间不符合要求", "the instant of the revocation is outside the key's life";
    }
}

/// Longest signing window: a leap year.
pub const WINDOW_MAX: i64 = 366 * 86_400;

/// A key as the world may see it.
#[derive(Clone, Debug)]
pub struct Public {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The key.
    pub key: PublicKey,
}

impl Row {
    /// The public half, checked as at intake: small-order and non-canonical keys are refused.
    ///
    /// # Errors
    /// A fault: the stored bytes are no acceptable key.
    pub fn public_key(&self) -> Result<PublicKey, Fault> {
        let bytes: [u8; 32] =
            self.public.as_slice().try_into().map_err(|_| Fault::text(format!("key {} has another length than 32 bytes", self.kid)))?;
        PublicKey::from_bytes(&bytes).map_err(|e| Fault::text(format!("key {} is not acceptable: {e}", self.kid)))
    }

    /// Refuses what cannot be changed about this key.
    ///
    /// # Errors
    /// `keys.purpose`, `keys.revoked`.
    pub fn changeable(&self) -> Result<(), Refusal> {
        if self.purpose != Purpose::Issuer.as_str() {
            return Err(KeyRefusal::Purpose.into());
        }
        if self.revoked_at.is_some() {
            return Err(KeyRefusal::Revoked.into());
        }
        Ok(())
    }
}
