//! The bundle as one file: gzip of `{"manifests":{"<region>":"<JWS>"},"parts":{"<sha256>":"<text>"}}`, or that JSON as it is.

use super::{BundleError, BundleRule, Hash};
use crate::ids::RegionCode;
use crate::json;
use crate::status::{StatusError, gunzip};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize, Serializer};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    #[serde(deserialize_with = "json::members")]
    manifests: Vec<(RegionCode, String)>,
    #[serde(borrow, deserialize_with = "json::members")]
    parts: Vec<(Hash, Text<'a>)>,
}

/// A text that is borrowed where JSON has it without escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The manifests of a file alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestsWire {
    #[serde(deserialize_with = "json::members")]
    manifests: Vec<(RegionCode, String)>,
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
        let wire: ManifestsWire = json::object(&plain(bytes)?).ok_or(BundleRule::File)?;
        Contents::of(wire.manifests, Vec::new())
    }

    /// Reads a file.
    pub fn read(file: &[u8]) -> Result<Contents, BundleError> {
        let plain = plain(file)?;
        let read: Read<'_> = json::object(&plain).ok_or(BundleRule::File)?;
        Contents::of(read.manifests, read.parts)
    }

    fn of(manifests: Vec<(RegionCode, String)>, parts: Vec<(Hash, Text<'_>)>) -> Result<Contents, BundleError> {
        let mut contents = Contents::default();
        let mut is_twice = false;
        for (region, manifest) in manifests {
            is_twice |= contents.manifests.insert(region, manifest).is_some();
        }
        for (hash, text) in parts {
            is_twice |= contents.parts.insert(hash, Arc::from(text.0)).is_some();
        }
        if is_twice { Err(BundleRule::File.into()) } else { Ok(contents) }
    }

    /// The JSON of the file.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and maps of strings are always written.
        serde_json::to_vec(&Written { manifests: &self.manifests, parts: &self.parts }).unwrap_or_default()
    }
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
