//! A delta: the few entries that changed, and the manifest that says what must come out. It needs no signature of its own.

use super::file::plain;
use super::parts::{Entry, KeyRow, KeysPart, ProvidersPart, RevokedPart, RevokedRow, StatusPart};
use super::{Bundle, BundleError, BundleRule, Contents, Hash, PartName};
use crate::ids::RegionCode;
use crate::json;
use crate::status::Status;
use crate::verdict::Provider;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Version {
    #[serde(rename = "delta/1")]
    V1,
}

/// From one manifest of a region to another. May name more than what changed; the result decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delta {
    hufu: Version,
    /// The region.
    pub region: RegionCode,
    /// The `seq` of the manifest that it starts from.
    pub from_seq: u64,
    /// The manifest that it leads to.
    pub manifest: String,
    /// What to change in each part.
    pub changes: Vec<Change>,
}

/// What to change in one part. A part that is not held is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The part.
    pub part: PartName,
    /// Its whole new text, instead of anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of a keys part: rows to put in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyRow>,
    /// Of the providers: rows to put in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<Provider>,
    /// Of the revoked keys: rows to put in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<RevokedRow>,
    /// Of a status part: (list, how many indices were handed out).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<(u32, u32)>,
    /// Of a status part: (list, index, status) of entries that are revoked, suspended or in force again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<(u32, u32, Status)>,
    /// Of a status part: (list, index, number of the successor).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<(u32, u32, String)>,
}

impl Change {
    /// No change of a part yet.
    pub fn of(part: PartName) -> Change {
        let (keys, providers, revoked) = (Vec::new(), Vec::new(), Vec::new());
        Change { part, text: None, keys, providers, revoked, lists: Vec::new(), changed: Vec::new(), replaced: Vec::new() }
    }

    /// The text after the change.
    fn apply(self, held: &str) -> Result<String, BundleError> {
        if let Some(text) = self.text {
            return Ok(text);
        }
        Ok(match self.part {
            PartName::Keys(_) => KeysPart::parse(held)?.put(self.keys).to_text(),
            PartName::Providers => ProvidersPart::parse(held)?.put(self.providers).to_text(),
            PartName::Revoked => RevokedPart::parse(held)?.put(self.revoked).to_text(),
            PartName::Status(_) => {
                let mut part = StatusPart::parse(held)?;
                part.grow(&self.lists)?;
                let changed = self.changed.into_iter().map(|(list, index, status)| Entry { list, index, status, successor: None });
                let replaced = self.replaced.into_iter().map(|(list, index, successor)| {
                    let successor = Some(successor);
                    Entry { list, index, status: Status::Replaced, successor }
                });
                part.change(changed.chain(replaced))?;
                part.to_text()
            }
        })
    }
}

impl Delta {
    /// A delta of these changes.
    pub fn new(region: RegionCode, from_seq: u64, manifest: String, changes: Vec<Change>) -> Delta {
        Delta { hufu: Version::V1, region, from_seq, manifest, changes }
    }

    /// Its JSON.
    pub fn to_json(&self) -> Vec<u8> {
        // Nothing in a delta fails to be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads JSON, gzipped or as it is.
    pub fn parse(bytes: &[u8]) -> Result<Delta, BundleError> {
        json::object(&plain(bytes)?).ok_or_else(|| BundleRule::DeltaForm.into())
    }
}

impl Bundle {
    /// The bundle that follows by a delta, gzipped or not.
    ///
    /// # Errors
    /// What [`Bundle::update`] refuses, and `bundle.delta_form`, `delta_base`, `delta_place`, `delta_result`.
    pub fn apply(&self, delta: &[u8]) -> Result<Bundle, BundleError> {
        let delta = Delta::parse(delta)?;
        let held = self.regions.get(&delta.region).ok_or_else(|| BundleRule::DeltaBase.about(&delta.region))?;
        if delta.from_seq != held.manifest().seq {
            return Err(BundleRule::DeltaBase.about(delta.from_seq));
        }
        let key = held.manifest().keys.first().ok_or(BundleRule::ManifestForm)?;
        let manifest = super::Manifest::open(&delta.manifest, key)?;
        let mut newer = Contents::default();
        for change in delta.changes {
            let name = change.part;
            let named = manifest.part(name).ok_or_else(|| BundleRule::DeltaPlace.about(name))?;
            let text = match (held.text(name), &change.text) {
                (Some(held), _) => change.apply(held).map_err(|error| error.or_about(name))?,
                // A new part comes whole; one of an older year that is not held stays away.
                (None, Some(_)) => change.text.unwrap_or_default(),
                (None, None) => continue,
            };
            let hash = Hash::of(text.as_bytes());
            if hash != named.sha256 {
                return Err(BundleRule::DeltaResult.about(name));
            }
            newer.parts.insert(hash, Arc::from(text));
        }
        newer.manifests.insert(delta.region, delta.manifest);
        self.advance(newer)
    }
}
