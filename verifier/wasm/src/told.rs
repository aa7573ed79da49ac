//! What the caller says and is told, besides verdicts.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::str;
use serde::Serialize;
use verifier::bundle::{Anchor, Bundle, BundleError, BundleRule, Held, PartRef};
use verifier::ids::RegionCode;
use verifier::jws::{Fingerprint, PublicKey};
use verifier::messages;
use verifier::time::Instant;

/// Reads a pin, `<region> <key>`.
///
/// # Errors
/// `bundle.no_own_manifest`, `bundle.manifest_key`: nobody has a manifest of what is no region, or signed by what is no key.
pub fn pin(text: &[u8]) -> Result<Anchor, BundleError> {
    let (region, key) = str::from_utf8(text).ok().and_then(|text| text.split_once(' ')).ok_or(BundleRule::ManifestKey)?;
    let region = RegionCode::parse(region).map_err(|_| BundleRule::NoOwnManifest)?;
    Ok(Anchor { region, key: PublicKey::parse(key).map_err(|_| BundleRule::ManifestKey)? })
}

/// Why something was refused, in words.
#[derive(Serialize)]
pub struct Why<'a> {
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
}

impl<'a> From<&'a BundleError> for Why<'a> {
    fn from(error: &'a BundleError) -> Why<'a> {
        let (zh, en) = messages::find_offline(error.code()).map_or(("", ""), |message| (message.zh, message.en));
        Why { code: error.code(), zh, en, about: error.about.as_deref() }
    }
}

/// What a page says about the bundle that is held.
#[derive(Serialize)]
pub struct Summary<'a> {
    /// The pinned region first, then its partners.
    regions: Vec<RegionSummary<'a>>,
    /// The parts that are named and not at hand.
    missing: Vec<Missing>,
    /// What partners did in the last step that no region may do: what was held of them stays.
    alarms: Vec<Why<'a>>,
}

#[derive(Serialize)]
struct RegionSummary<'a> {
    region: &'a RegionCode,
    name_zh: &'a str,
    name_en: &'a str,
    zone: verifier::time::Zone,
    url: &'a str,
    fingerprint: String,
    epoch: u64,
    seq: u64,
    iat: Instant,
    fresh_until: Instant,
    expires: Instant,
    parts: &'a [PartRef],
    peers: Vec<PeerSummary<'a>>,
}

#[derive(Serialize)]
struct PeerSummary<'a> {
    region: &'a RegionCode,
    url: &'a str,
    fingerprint: String,
}

#[derive(Serialize)]
struct Missing {
    region: RegionCode,
    #[serde(flatten)]
    part: PartRef,
}

impl<'a> Summary<'a> {
    /// Of one bundle.
    pub fn of(bundle: &'a Bundle) -> Summary<'a> {
        let is_own = |held: &&Held| held.manifest().region == bundle.anchor().region;
        let (own, partners): (Vec<&Held>, Vec<&Held>) = bundle.regions().partition(is_own);
        let missing = bundle.missing().map(|missing| Missing { region: missing.region, part: missing.part });
        Summary {
            regions: own.into_iter().chain(partners).map(RegionSummary::of).collect(),
            missing: missing.collect(),
            alarms: bundle.alarms().iter().map(Why::from).collect(),
        }
    }
}

impl<'a> RegionSummary<'a> {
    fn of(held: &'a Held) -> RegionSummary<'a> {
        let manifest = held.manifest();
        let peer = |peer: &'a verifier::bundle::Peer| PeerSummary { region: &peer.region, url: &peer.url, fingerprint: fingerprint(&peer.key) };
        RegionSummary {
            region: &manifest.region,
            name_zh: &manifest.name_zh,
            name_en: &manifest.name_en,
            zone: manifest.zone,
            url: &manifest.url,
            fingerprint: manifest.keys.first().map_or_else(String::new, fingerprint),
            epoch: manifest.epoch,
            seq: manifest.seq,
            iat: manifest.iat,
            fresh_until: manifest.fresh_until,
            expires: manifest.expires,
            parts: &manifest.parts,
            peers: manifest.peers.iter().map(peer).collect(),
        }
    }
}

fn fingerprint(key: &PublicKey) -> String {
    Fingerprint::of(key).to_string()
}
