//! Which key vouches for a bundle: `FILE.pin` beside it, or a fingerprint that was given.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use verifier::bundle::{Anchor, Manifest};
use verifier::ids::RegionCode;
use verifier::jws::{Fingerprint, PublicKey};
use verifier::messages::Message;

use super::file;
use crate::cli::stop::Stop;
use crate::cli::words;

/// Most bytes of a pin.
const PIN_MAX: u64 = 4096;

/// What rests beside a bundle: whose key vouches for it, and where newer ones are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    pub region: RegionCode,
    pub key: PublicKey,
    pub url: String,
}

impl Pin {
    /// `FILE.pin`.
    pub(super) fn path(bundle: &Path) -> PathBuf {
        file::beside(bundle, "pin")
    }

    /// The pin beside a bundle, if there is one.
    pub(super) fn read(bundle: &Path) -> Result<Option<Pin>, Stop> {
        let path = Pin::path(bundle);
        if !path.exists() {
            return Ok(None);
        }
        let wrong = || Stop::refused(words::BUNDLE_PIN_FILE).about(path.display());
        serde_json::from_slice(&file::read(&path, PIN_MAX)?).map(Some).map_err(|_| wrong())
    }

    pub(super) fn anchor(&self) -> Anchor {
        Anchor { region: self.region.clone(), key: self.key }
    }

    /// Its text.
    pub(super) fn to_json(&self) -> String {
        serde_json::json!({"region": self.region, "key": self.key, "url": self.url}).to_string() + "\n"
    }
}

/// The argument `--pin`.
pub(in crate::cli) fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::parse(text).map_err(|error| error.to_string())
}

/// The anchor for the manifests in a file: the pin beside it, the fingerprint given, and where there are both, both.
///
/// # Errors
/// `cli.bundle.not_pinned` and `cli.bundle.wrong_pin`, each with the fingerprints that were found.
pub(super) fn anchor(beside: Option<&Pin>, given: Option<Fingerprint>, manifests: &BTreeMap<RegionCode, String>) -> Result<Anchor, Stop> {
    let refused = |message: Message| Err(Stop::refused(message).about(listed(&introduced(manifests))));
    match (beside, given) {
        (None, None) => refused(words::BUNDLE_NOT_PINNED),
        (Some(pin), None) => Ok(pin.anchor()),
        (Some(pin), Some(given)) if Fingerprint::of(&pin.key) == given => Ok(pin.anchor()),
        (Some(pin), Some(_)) => Err(Stop::refused(words::BUNDLE_WRONG_PIN).about(named(&pin.region, &pin.key))),
        (None, Some(given)) => match introduced(manifests).into_iter().find(|(_, key)| Fingerprint::of(key) == given) {
            Some((manifest, key)) => Ok(Anchor { region: manifest.region, key }),
            None => refused(words::BUNDLE_WRONG_PIN),
        },
    }
}

/// The manifests that are signed by the key which they bring themselves. Nothing vouches for those keys yet.
pub(super) fn introduced(manifests: &BTreeMap<RegionCode, String>) -> Vec<(Manifest, PublicKey)> {
    manifests.values().filter_map(|text| Manifest::introduce(text).ok()).collect()
}

fn listed(found: &[(Manifest, PublicKey)]) -> String {
    if found.is_empty() { "-".to_owned() } else { found.iter().map(|(manifest, key)| named(&manifest.region, key)).collect::<Vec<_>>().join("; ") }
}

fn named(region: &RegionCode, key: &PublicKey) -> String {
    format!("{}: {}", region.as_str(), Fingerprint::of(key))
}
