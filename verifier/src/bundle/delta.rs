//! A delta: the few entries that changed, and the manifest that says what must come out. It needs no signature of its own.

use super::file::plain;
use super::manifest::PARTS_MAX;
use super::parts::{KeyRow, KeysPart, ProvidersPart, RevokedPart, RevokedRow, StatusChange, StatusPart, sorted, version};
use super::{Bundle, BundleError, BundleRule, Contents, Hash, Manifest, PartName, PartRef};
use crate::ids::RegionCode;
use crate::json::{self, from_members};
use crate::time::Instant;
use crate::verdict::Provider;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::Serialize;

version!(Version = "delta/1");

/// From one manifest of a region to another. May name more than what changed; the result decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delta {
    hufu: Version,
    /// The region.
    pub region: RegionCode,
    /// The `seq` of the manifest that it starts from.
    pub from_seq: u64,
    /// The JWS of the manifest that it leads to; absent where there is a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// That manifest by what differs from the held one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// What to change in each part.
    pub changes: Vec<Change>,
}

/// What a manifest has that the one before had not. The rest is the same: put together, it must be what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Of the new manifest, as are the following.
    pub seq: u64,
    /// See [`Manifest::iat`].
    pub iat: Instant,
    /// See [`Manifest::fresh_until`].
    pub fresh_until: Instant,
    /// See [`Manifest::expires`].
    pub expires: Instant,
    /// See [`Manifest::prev`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<Hash>,
    /// The parts that differ or are new.
    pub parts: Vec<PartRef>,
    /// The signature of the new manifest, base64url.
    pub signature: String,
}

/// What to change in one part. A part that is not held is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The part.
    pub part: PartName,
    /// Its whole new text, instead of anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of a keys part: rows to put in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyRow>,
    /// Of the providers: rows to put in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<Provider>,
    /// Of the revoked keys: rows to put in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revoked_keys: Vec<RevokedRow>,
    /// Of a status part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusChange>,
}

from_members!(Delta { hufu, region, from_seq, changes; manifest, step });
from_members!(Step { seq, iat, fresh_until, expires, parts, signature; prev });
from_members!(Change { part; text, keys, providers, revoked_keys, status });

impl Change {
    /// No change of a part yet.
    pub fn of(part: PartName) -> Change {
        Change { part, text: None, keys: Vec::new(), providers: Vec::new(), revoked_keys: Vec::new(), status: None }
    }

    /// The text after the change.
    fn apply(self, held: &str) -> Result<String, BundleError> {
        if let Some(text) = self.text {
            return Ok(text);
        }
        Ok(match self.part {
            // It comes whole: it is small, and changes seldom.
            PartName::Agreements => return Err(BundleRule::DeltaForm.about(self.part)),
            PartName::Keys(_) => KeysPart::parse(held)?.put(self.keys).to_text(),
            PartName::Providers => ProvidersPart::parse(held)?.put(self.providers).to_text(),
            PartName::Revoked => RevokedPart::parse(held)?.put(self.revoked_keys).to_text(),
            PartName::Status(_) => {
                let mut part = StatusPart::parse(held)?;
                part.apply(self.status.unwrap_or_default())?;
                part.to_text()
            }
        })
    }
}

impl Delta {
    /// A delta of these changes to the manifest whose JWS is `to`; short where `from` is at hand and differs in little.
    pub fn new(from_seq: u64, from: Option<&Manifest>, to: &str, changes: Vec<Change>) -> Result<Delta, BundleError> {
        let (manifest, _) = Manifest::introduce(to)?;
        let step = from.and_then(|from| Step::between(from, &manifest, to));
        let whole = step.is_none().then(|| to.into());
        Ok(Delta { hufu: Version::V1, region: manifest.region, from_seq, manifest: whole, step, changes })
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

impl Step {
    /// The step, if it leads to exactly this text.
    fn between(from: &Manifest, to: &Manifest, text: &str) -> Option<Step> {
        let parts = to.parts.iter().filter(|part| !from.parts.contains(part)).cloned().collect();
        let (seq, iat, fresh_until, expires, prev) = (to.seq, to.iat, to.fresh_until, to.expires, to.prev);
        let signature = text.rsplit_once('.')?.1.into();
        let step = Step { seq, iat, fresh_until, expires, prev, parts, signature };
        (step.to_text(from).as_deref() == Some(text)).then_some(step)
    }

    /// The JWS of the new manifest, put together from the held one. Nothing of it is verified.
    fn to_text(&self, held: &Manifest) -> Option<String> {
        if self.parts.len() > PARTS_MAX {
            return None;
        }
        let mut next = held.clone();
        (next.seq, next.iat, next.fresh_until, next.expires, next.prev) = (self.seq, self.iat, self.fresh_until, self.expires, self.prev);
        next.parts.retain(|part| self.parts.iter().all(|new| new.name != part.name));
        next.parts.extend(self.parts.iter().cloned());
        next.parts = sorted(next.parts, |a, b| a.name.cmp(&b.name));
        next.text_with(&self.signature)
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
        let text = match (delta.manifest, delta.step) {
            (Some(text), None) => text,
            (None, Some(step)) => step.to_text(held.manifest()).ok_or(BundleRule::DeltaForm)?,
            (Some(_), Some(_)) | (None, None) => return Err(BundleRule::DeltaForm.into()),
        };
        let manifest = Manifest::open(&text, key)?;
        let (mut newer, mut seen) = (Contents::default(), Vec::new());
        if delta.changes.len() > PARTS_MAX {
            return Err(BundleRule::DeltaForm.into());
        }
        for change in delta.changes {
            let name = change.part;
            // Twice would be no harm to the result, but work without end.
            if seen.contains(&name) {
                return Err(BundleRule::DeltaForm.about(name));
            }
            seen.push(name);
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
        newer.manifests.insert(delta.region, text);
        let next = self.advance(newer)?;
        // Only this region moved, so whatever raised an alarm is this delta.
        match next.alarms.first() {
            Some(alarm) => Err(alarm.clone()),
            None => Ok(next),
        }
    }
}
