//! The manifest: what a region signs about all the parts of its bundle, and whom it has pinned.

use super::parts::version;
use super::{BundleError, BundleRule, Hash, PartName};
use crate::base64url;
use crate::ids::RegionCode;
use crate::json::{self, from_members};
use crate::jws::{Compact, PublicKey, Signer, sign_compact};
use crate::time::{Instant, Zone};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The `typ` of a manifest.
pub const TYP: &str = "hufu-manifest+jwt";
/// The most bytes of a manifest's JWS.
pub const MAX_BYTES: usize = 256 * 1024;
/// Seconds for which facts count as fresh.
pub const FRESH_SECONDS: i64 = 86_400;
/// Seconds after which facts say nothing any more.
pub const EXPIRES_SECONDS: i64 = 90 * 86_400;

/// The most parts of a manifest.
pub(super) const PARTS_MAX: usize = 1_000;
/// The end of the year 9999, up to which days can be written.
const IAT_MAX: i64 = 253_402_300_799;
const PEERS_MAX: usize = 200;
const TEXT_MAX: usize = 500;
/// The largest integer that every JSON parser reads exactly (RFC 8259 section 6).
const NUMBER_MAX: u64 = (1 << 53) - 1;

version!(
    /// The name of the format.
    pub Version = "manifest/1"
);

/// A region's manifest. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The format.
    pub hufu: Version,
    /// The region that signs.
    pub region: RegionCode,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The zone of its civil days, in minutes east of UTC.
    pub zone: Zone,
    /// Where its registry is.
    pub url: String,
    /// Rises by one after a restore from backup.
    pub epoch: u64,
    /// Rises by one with every manifest.
    pub seq: u64,
    /// Up to when the facts are known.
    pub iat: Instant,
    /// From here on they are old.
    pub fresh_until: Instant,
    /// From here on nothing that may have changed is known.
    pub expires: Instant,
    /// The digest of the manifest before this one; absent in the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<Hash>,
    /// The region's own key.
    pub keys: Vec<PublicKey>,
    /// Every part, by name.
    pub parts: Vec<PartRef>,
    /// The partners that it has pinned, by region.
    pub peers: Vec<Peer>,
}

/// A part as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartRef {
    /// What it is.
    pub name: PartName,
    /// The digest of its text.
    pub sha256: Hash,
    /// How many bytes its text has.
    pub bytes: u32,
}

/// A partner whose key a region has pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// The partner.
    pub region: RegionCode,
    /// The key of its manifests.
    pub key: PublicKey,
    /// Where its registry is.
    pub url: String,
}

from_members!(Manifest { hufu, region, name_zh, name_en, zone, url, epoch, seq, iat, fresh_until, expires, keys, parts, peers; prev });
from_members!(PartRef { name, sha256, bytes });
from_members!(Peer { region, key, url });

impl Manifest {
    /// Signs; the key must stand in `keys`.
    pub fn sign(&self, signer: &Signer) -> Result<String, BundleError> {
        self.check(signer.public())?;
        let payload = serde_json::to_vec(self).map_err(|_| BundleRule::ManifestForm)?;
        let text = sign_compact(&header_json(signer.public()), &payload, signer);
        if text.len() > MAX_BYTES { Err(BundleRule::TooLarge.into()) } else { Ok(text) }
    }

    /// The text that this manifest has under a signature in base64url. Nothing is verified.
    pub(super) fn text_with(&self, signature: &str) -> Option<String> {
        let mut text = base64url::encode(header_json(self.keys.first()?).as_bytes());
        text.push('.');
        base64url::encode_onto(&serde_json::to_vec(self).ok()?, &mut text);
        text.push('.');
        text.push_str(signature);
        Some(text)
    }

    /// Reads a manifest that must be signed by `key`.
    pub fn open(text: &str, key: &PublicKey) -> Result<Manifest, BundleError> {
        let compact = split(text)?;
        if compact.header != header_json(key).as_bytes() {
            return Err(unexpected_header(&compact.header).into());
        }
        if !compact.is_signed_by(key) {
            return Err(BundleRule::ManifestSignature.into());
        }
        let manifest = read(&compact)?;
        manifest.check(key)?;
        Ok(manifest)
    }

    /// Reads a manifest by the key that it brings itself. Proves only that whoever made it has that key: for a first contact, where a person
    /// then compares the fingerprint.
    pub fn introduce(text: &str) -> Result<(Manifest, PublicKey), BundleError> {
        let key = *read(&split(text)?)?.keys.first().ok_or(BundleRule::ManifestForm)?;
        Ok((Manifest::open(text, &key)?, key))
    }

    /// The part of this name.
    pub fn part(&self, name: PartName) -> Option<&PartRef> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Where it stands in the order of its region's manifests.
    pub const fn place(&self) -> (u64, u64) {
        (self.epoch, self.seq)
    }

    fn check(&self, key: &PublicKey) -> Result<(), BundleError> {
        let rising = |place: u64| (1..=NUMBER_MAX).contains(&place);
        let short = |text: &String| !text.is_empty() && text.len() <= TEXT_MAX && !text.chars().any(char::is_control);
        let is_link = |url: &String| short(url) && (url.starts_with("https://") || url.starts_with("http://"));
        let mut links = self.peers.iter().map(|peer| &peer.url).chain([&self.url]);
        let named = short(&self.name_zh) && short(&self.name_en);
        if self.keys != [*key] || !rising(self.epoch) || !rising(self.seq) || !named || !links.all(is_link) {
            return Err(BundleRule::ManifestForm.into());
        }
        if self.parts.len() > PARTS_MAX || self.peers.len() > PEERS_MAX {
            return Err(BundleRule::TooLarge.into());
        }
        let (fresh, expires) = (self.iat.plus_seconds(FRESH_SECONDS), self.iat.plus_seconds(EXPIRES_SECONDS));
        let in_order = self.iat <= self.fresh_until && self.fresh_until <= self.expires;
        // How long facts say anything is for the verifier to decide, not for whoever signs them.
        if !(0..=IAT_MAX).contains(&self.iat.0) || !in_order || self.fresh_until > fresh || self.expires > expires {
            return Err(BundleRule::Times.into());
        }
        if let Some([first, _]) = self.parts.array_windows().find(|[first, second]| first.name >= second.name) {
            return Err(BundleRule::PartTwice.about(first.name));
        }
        let mut pairs = self.peers.array_windows();
        if pairs.any(|[first, second]| first.region >= second.region) || self.peers.iter().any(|peer| peer.region == self.region) {
            return Err(BundleRule::ManifestForm.about("peers"));
        }
        match PartName::REQUIRED.into_iter().find(|name| self.part(*name).is_none()) {
            Some(name) => Err(BundleRule::PartRequired.about(name)),
            None => Ok(()),
        }
    }
}

fn header_json(key: &PublicKey) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{TYP}"}}"#, key.thumbprint())
}

/// A header that is the template but for the key names another key; anything else is no header of a manifest.
fn unexpected_header(header: &[u8]) -> BundleRule {
    let ours = |header: &[u8]| header.starts_with(br#"{"alg":"EdDSA","kid":""#) && header.ends_with(format!(r#"","typ":"{TYP}"}}"#).as_bytes());
    if ours(header) { BundleRule::ManifestKey } else { BundleRule::ManifestForm }
}

fn split(text: &str) -> Result<Compact<'_>, BundleError> {
    if text.len() > MAX_BYTES {
        return Err(BundleRule::TooLarge.into());
    }
    Compact::split(text, MAX_BYTES).map_err(|error| BundleRule::ManifestForm.about(error.code()))
}

/// Exactly one text stands for a manifest: what is written again must be what was read.
fn read(compact: &Compact<'_>) -> Result<Manifest, BundleError> {
    let manifest: Manifest = json::object(&compact.payload).ok_or(BundleRule::ManifestForm)?;
    let again = serde_json::to_vec(&manifest).map_err(|_| BundleRule::ManifestForm)?;
    if again == compact.payload { Ok(manifest) } else { Err(BundleRule::ManifestForm.into()) }
}
