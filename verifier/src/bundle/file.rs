//! The bundle as one file: gzip of `{"manifests":{"<region>":"<JWS>"},"parts":{"<sha256>":"<text>"}}`, or that JSON as it is.

use super::{BundleError, BundleRule, Hash, Manifest, sorted};
use crate::ids::RegionCode;
use crate::json::{self, FromJson, Members, Value};
use crate::status::{StatusError, gunzip};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Serialize, Serializer};

/// The most bytes of a file or delta as it comes.
pub const MAX_BYTES: usize = 16 << 20;
/// The most bytes of its JSON.
pub const MAX_JSON: usize = 64 << 20;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Manifests and parts, nothing of them verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The JWS of each region.
    pub manifests: BTreeMap<RegionCode, String>,
    /// The texts of parts by digest.
    pub parts: BTreeMap<Hash, Arc<str>>,
}

#[derive(Serialize)]
struct Written<'a> {
    manifests: &'a BTreeMap<RegionCode, String>,
    #[serde(serialize_with = "texts")]
    parts: &'a BTreeMap<Hash, Arc<str>>,
}

fn texts<S: Serializer>(parts: &BTreeMap<Hash, Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parts.iter().map(|(hash, text)| (hash, &**text)))
}

impl Contents {
    /// Reads `{"manifests":{"<region>":"<JWS>"}}`, gzipped or plain: contents without parts.
    pub fn read_manifests(bytes: &[u8]) -> Result<Contents, BundleError> {
        let plain = plain(bytes)?;
        let read = || {
            let mut members = Members::of(json::tree(&plain)?)?;
            let manifests = manifests(members.take("manifests")?)?;
            members.end()?;
            Some(Contents { manifests, parts: BTreeMap::new() })
        };
        read().ok_or_else(|| BundleRule::File.into())
    }

    /// Reads a file.
    pub fn read(file: &[u8]) -> Result<Contents, BundleError> {
        let plain = plain(file)?;
        let read = || {
            let mut members = Members::of(json::tree(&plain)?)?;
            let manifests = manifests(members.take("manifests")?)?;
            let parts = parts(members.take("parts")?)?;
            members.end()?;
            Some(Contents { manifests, parts })
        };
        read().ok_or_else(|| BundleRule::File.into())
    }

    /// The same without the parts of years before `year`.
    #[must_use]
    pub fn since(mut self, year: u16) -> Contents {
        let manifests = self.manifests.values().filter_map(|jws| Manifest::introduce(jws).ok()).flat_map(|(manifest, _)| manifest.parts);
        let recent = manifests.filter(|part| part.name.year().is_none_or(|own| own >= year));
        let kept = sorted(recent.map(|part| part.sha256).collect(), Ord::cmp);
        self.parts.retain(|hash, _| kept.binary_search(hash).is_ok());
        self
    }

    /// The JSON of the file.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and maps of strings are always written.
        serde_json::to_vec(&Written { manifests: &self.manifests, parts: &self.parts }).unwrap_or_default()
    }
}

fn manifests(value: Value<'_>) -> Option<BTreeMap<RegionCode, String>> {
    let Value::Object(members) = value else { return None };
    let mut manifests = BTreeMap::new();
    for (region, text) in members {
        let is_twice = manifests.insert(RegionCode::parse(&region).ok()?, String::from_json(text)?).is_some();
        if is_twice {
            return None;
        }
    }
    Some(manifests)
}

fn parts(value: Value<'_>) -> Option<BTreeMap<Hash, Arc<str>>> {
    let Value::Object(members) = value else { return None };
    let mut parts = BTreeMap::new();
    for (hash, text) in members {
        let Value::Text(text) = text else { return None };
        let is_twice = parts.insert(Hash::parse(&hash)?, Arc::from(text)).is_some();
        if is_twice {
            return None;
        }
    }
    Some(parts)
}

/// What a gzip stream holds, or the bytes themselves where they are none.
pub(super) fn plain(bytes: &[u8]) -> Result<Cow<'_, [u8]>, BundleError> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return if bytes.len() > MAX_JSON { Err(BundleRule::TooLarge.into()) } else { Ok(Cow::Borrowed(bytes)) };
    }
    if bytes.len() > MAX_BYTES {
        return Err(BundleRule::TooLarge.into());
    }
    match gunzip(bytes, MAX_JSON) {
        Ok(plain) => Ok(Cow::Owned(plain)),
        Err(StatusError::TooLarge) => Err(BundleRule::TooLarge.into()),
        Err(_) => Err(BundleRule::Compression.into()),
    }
}
