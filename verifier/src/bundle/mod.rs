//! The trust bundle: everything that a verifier needs to judge certificates with no network, in one file that one pinned key vouches for.
//! Specified in `docs/formats/bundle.md`.
//!
//! A verifier pins the key of one region, its own. That region's manifest names the keys of its partners; each region's manifest names
//! its parts by digest. So nothing in the file counts that the pinned key did not sign, directly or by one step.

mod accords;
mod delta;
mod error;
mod file;
mod hash;
mod held;
mod manifest;
mod parts;
mod receipts;
mod rice;
mod small_map;
mod update;

pub use accords::Accords;
pub use delta::{Change, Delta, Step};
pub use error::{BundleError, BundleRule};
pub use file::{Contents, MAX_BYTES, MAX_JSON};
pub use hash::Hash;
pub use held::Held;
pub use manifest::{
    EXPIRES_SECONDS, FRESH_SECONDS, MAX_BYTES as MANIFEST_MAX_BYTES, Manifest, PartRef, Peer, TYP as MANIFEST_TYP, Version as ManifestVersion,
};
pub use parts::{
    AgreementsPart, Entry, KeyRow, KeysPart, MAX_BYTES as PART_MAX_BYTES, PartName, ProvidersPart, RevokedPart, RevokedRow, StatusChange, StatusPart,
};
pub use rice::RiceSet;

use self::parts::sorted;
use self::small_map::SmallMap;
use crate::card::Card;
use crate::ids::RegionCode;
use crate::jws::PublicKey;
use crate::status::gzip;
use crate::time::{Instant, Zone};
use crate::verdict::{Asked, Facts, NoMemo, Presented, SignatureMemo, StatusFact, Verdict, judge};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use once_cell::race::OnceBox;

/// What a verifier pins: its own region and that region's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The region.
    pub region: RegionCode,
    /// Its key.
    pub key: PublicKey,
}

/// A bundle in which everything that can be checked without a clock was found good.
#[derive(Debug, Clone)]
pub struct Bundle {
    anchor: Anchor,
    regions: SmallMap<RegionCode, Held>,
    alarms: Vec<BundleError>,
    /// Opened when first asked for: signatures are verified once.
    accords: Arc<OnceBox<Accords>>,
}

/// A part that a manifest names and that is not at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPart {
    /// Whose it is.
    pub region: RegionCode,
    /// Name, digest and length.
    pub part: PartRef,
}

/// What becomes of parts that no manifest names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strays {
    Refused,
    Dropped,
}

impl Bundle {
    /// Reads a file, gzipped or plain.
    ///
    /// # Errors
    /// A [`BundleError`] that names the rule which the file breaks.
    pub fn open(file: &[u8], anchor: &Anchor) -> Result<Bundle, BundleError> {
        Bundle::from_contents(Contents::read(file)?, anchor)
    }

    /// The same from what a file would hold.
    ///
    /// # Errors
    /// As [`Bundle::open`].
    pub fn from_contents(contents: Contents, anchor: &Anchor) -> Result<Bundle, BundleError> {
        for (hash, text) in &contents.parts {
            if Hash::of(text.as_bytes()) != *hash {
                return Err(BundleRule::PartDigest.about(hash));
            }
        }
        Bundle::assemble(anchor, contents.manifests, contents.parts, Strays::Refused)
    }

    /// Verifies the manifests, each by the key that vouches for it, and reads the parts that they name. Digests were compared.
    fn assemble(
        anchor: &Anchor,
        mut manifests: BTreeMap<RegionCode, String>,
        pool: BTreeMap<Hash, Arc<str>>,
        strays: Strays,
    ) -> Result<Bundle, BundleError> {
        let own_text = manifests.remove(&anchor.region).ok_or_else(|| BundleRule::NoOwnManifest.about(&anchor.region))?;
        let own = open_manifest(&anchor.region, &own_text, &anchor.key)?;
        let mut opened = Vec::new();
        for (region, text) in manifests {
            match (own.peers.iter().find(|peer| peer.region == region), strays) {
                (Some(peer), _) => opened.push((open_manifest(&region, &text, &peer.key)?, text)),
                (None, Strays::Refused) => return Err(BundleRule::NotAPeer.about(region)),
                // Its pin was taken back: it goes with its manifest.
                (None, Strays::Dropped) => {}
            }
        }
        opened.push((own, own_text));
        let named = sorted(opened.iter().flat_map(|(manifest, _)| &manifest.parts).map(|part| part.sha256).collect(), Ord::cmp);
        if strays == Strays::Refused
            && let Some(hash) = pool.keys().find(|hash| named.binary_search(hash).is_err())
        {
            return Err(BundleRule::PartUnnamed.about(hash));
        }
        let (mut regions, mut entries) = (SmallMap::new(), 0);
        for (manifest, text) in opened {
            let held = Held::new(&text, manifest, &pool)?;
            entries += held.entries();
            if entries > held::ENTRIES_MAX {
                return Err(BundleRule::TooLarge.about(&held.manifest().region));
            }
            regions.insert(held.manifest().region.clone(), held);
        }
        Ok(Bundle { anchor: anchor.clone(), regions, alarms: Vec::new(), accords: Arc::default() })
    }

    /// What is pinned.
    pub const fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// What partners did, in the last step, that no region may do: their newer facts were not taken over, the held ones stay and age.
    pub fn alarms(&self) -> &[BundleError] {
        &self.alarms
    }

    /// Every region at hand, the own one among them.
    pub fn regions(&self) -> impl Iterator<Item = &Held> {
        self.regions.values()
    }

    /// One region.
    pub fn region(&self, code: &RegionCode) -> Option<&Held> {
        self.regions.get(code)
    }

    /// The manifest of the pinned region.
    pub fn own(&self) -> Option<&Manifest> {
        self.regions.get(&self.anchor.region).map(Held::manifest)
    }

    /// The parts that manifests name and that are not at hand.
    pub fn missing(&self) -> impl Iterator<Item = MissingPart> + '_ {
        self.regions.iter().flat_map(|(region, held)| {
            let absent = held.manifest().parts.iter().filter(|part| held.text(part.name).is_none());
            absent.map(|part| MissingPart { region: region.clone(), part: part.clone() })
        })
    }

    /// Reads in a part that was missing.
    ///
    /// # Errors
    /// `bundle.part_unnamed` where no manifest names it, `bundle.part_form`.
    pub fn add_part(&mut self, text: &str) -> Result<(), BundleError> {
        let hash = Hash::of(text.as_bytes());
        let text: Arc<str> = text.into();
        let mut is_named = false;
        self.accords = Arc::default();
        for held in self.regions.values_mut() {
            let named = held.manifest().parts.iter().find(|part| part.sha256 == hash && part.bytes as usize == text.len());
            if let Some(name) = named.map(|part| part.name) {
                held.put(name, text.clone()).map_err(|error| error.or_about(name))?;
                is_named = true;
            }
        }
        if is_named { Ok(()) } else { Err(BundleRule::PartUnnamed.about(hash)) }
    }

    /// Manifests and parts as a file has them.
    pub fn contents(&self) -> Contents {
        let mut contents = Contents::default();
        for (region, held) in self.regions.iter() {
            contents.manifests.insert(region.clone(), held.jws.to_string());
            for part in &held.manifest().parts {
                if let Some(text) = held.texts.get(&part.name) {
                    contents.parts.insert(part.sha256, text.clone());
                }
            }
        }
        contents
    }

    /// The file as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        self.contents().to_json()
    }

    /// The file, gzipped.
    pub fn to_file(&self) -> Vec<u8> {
        gzip(&self.to_json())
    }

    /// The facts about a card.
    pub fn facts(&self, card: &Card) -> Facts<'_> {
        let own_expires = self.own().map_or(Instant(i64::MIN), |own| own.expires);
        match self.regions.get(&card.claims().iss) {
            // A partner's key counts for as long as the manifest does that names it.
            Some(held) => held.facts(card, held.manifest().expires.min(own_expires)),
            None => self.nothing_known(),
        }
    }

    /// What is known of a card of a region that is not at hand, and of what is no card.
    fn nothing_known(&self) -> Facts<'_> {
        let status = StatusFact::Missing("status".to_string());
        let never = Instant(0);
        let (as_of, fresh_until, expires) = self.own().map_or((never, never, never), |own| (own.iat, own.fresh_until, own.expires));
        Facts { as_of, fresh_until, expires, region: None, key: None, provider: None, status, missing_part: None }
    }

    /// Judges the text of a QR, a link, digits or a JWS at `now`.
    pub fn judge(&self, text: &str, now: Instant) -> Verdict {
        self.judge_with(&Presented::from_text(text), now, &NoMemo)
    }

    /// Judges what somebody held up, and says whether a place recognises it on the day that it is there at `now`.
    pub fn judge_for(&self, presented: &Presented, place: &RegionCode, now: Instant, memo: &dyn SignatureMemo) -> Verdict {
        let Some(card) = presented.card() else { return self.judge_with(presented, now, memo) };
        let facts = self.facts(card);
        let verdict = judge(presented, &facts, now, memo);
        let of_place = self.regions.get(place).or_else(|| self.regions.get(&self.anchor.region));
        let zone = of_place.map_or(Zone::CHINA, |held| held.manifest().zone);
        let (day, accords) = (now.max(verdict.as_of).day_in(zone), self.accords().list());
        verdict.with_recognition(card, &Asked { place, day, accords: &accords, waivers: &[], provider: facts.provider })
    }

    /// Judges what somebody held up, with a memory for signatures.
    pub fn judge_with(&self, presented: &Presented, now: Instant, memo: &dyn SignatureMemo) -> Verdict {
        let facts = presented.card().map_or_else(|| self.nothing_known(), |card| self.facts(card));
        judge(presented, &facts, now, memo)
    }
}

fn open_manifest(region: &RegionCode, text: &str, key: &PublicKey) -> Result<Manifest, BundleError> {
    let manifest = Manifest::open(text, key).map_err(|error| error.or_about(region))?;
    if manifest.region == *region { Ok(manifest) } else { Err(BundleRule::ManifestRegion.about(region)) }
}
