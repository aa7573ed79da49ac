//! From what is held to what is newer. A region's manifests only go forward, and what was revoked stays revoked.

use super::held::{Held, about};
use super::{Bundle, BundleError, BundleRule, Contents, Hash, Manifest, PartName};
use crate::ids::RegionCode;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;

impl Bundle {
    /// The bundle that follows when a newer file came. The file may leave out manifests and parts that are held. Of partners whose manifest in
    /// it is older than the held one, the held one stays. So does that of a partner which breaks a rule of update; see [`Bundle::alarms`].
    ///
    /// # Errors
    /// What [`Bundle::open`] refuses, and `bundle.rollback`, `equivocation`, `unrevoked`, `key_unrevoked`, `shrunk`, `part_missing`.
    pub fn update(&self, file: &[u8]) -> Result<Bundle, BundleError> {
        self.advance(Contents::read(file)?)
    }

    /// The same with what a file would hold.
    pub fn advance(&self, newer: Contents) -> Result<Bundle, BundleError> {
        let mut pool: BTreeMap<Hash, Arc<str>> = self.contents().parts;
        for (hash, text) in newer.parts {
            // Said here and not by `assemble`, which would not miss a part that nobody names.
            if Hash::of(text.as_bytes()) != hash {
                return Err(BundleRule::PartDigest.about(hash));
            }
            pool.insert(hash, text);
        }
        let mut manifests = newer.manifests;
        let own = match manifests.get(&self.anchor.region) {
            Some(text) => Some(super::open_manifest(&self.anchor.region, text, &self.anchor.key)?),
            None => None,
        };
        for (region, held) in self.regions.iter() {
            let peer = own.as_ref().and_then(|own| own.peers.iter().find(|peer| peer.region == *region));
            // Pinned anew under another key: what the old one signed counts no more.
            if peer.is_some_and(|peer| held.manifest().keys != [peer.key]) {
                continue;
            }
            let text = manifests.entry(region.clone()).or_insert_with(|| held.jws.as_ref().into());
            let is_own = *region == self.anchor.region;
            // A partner's older manifest is nobody's attack: its registry took a copy earlier than this verifier did.
            if !is_own && **text != *held.jws && self.is_older(region, text) {
                *text = held.jws.as_ref().into();
            }
        }
        let mut next = Bundle::assemble(&self.anchor, manifests, pool, super::Strays::Dropped)?;
        for (region, held) in self.regions.iter() {
            let followed = next.regions.get(region).map_or(Ok(()), |newer| follows(region, held, newer));
            match followed {
                Ok(()) => {}
                Err(error) if *region == self.anchor.region => return Err(error),
                // A partner that contradicts itself must not keep the pinned region from being brought up to date.
                Err(error) => {
                    next.alarms.push(error);
                    next.regions.insert(region.clone(), held.clone());
                }
            }
        }
        Ok(next)
    }

    /// Whether a manifest is signed by the same key as the held one and stands before it.
    fn is_older(&self, region: &RegionCode, text: &str) -> bool {
        let held = self.regions.get(region).map(Held::manifest);
        held.is_some_and(|held| {
            let key = held.keys.first();
            key.and_then(|key| Manifest::open(text, key).ok()).is_some_and(|other| other.place() < held.place())
        })
    }
}

impl Held {
    /// Whether a manifest of the same region and key may follow the held one, by its number, time and past alone. The text `jws` is what `manifest`
    /// was read from. To be asked before any part of it is fetched; [`Bundle::advance`] asks it too.
    ///
    /// # Errors
    /// `bundle.equivocation`, `bundle.rollback`.
    pub fn precedes(&self, jws: &str, manifest: &Manifest) -> Result<(), BundleError> {
        let before = self.manifest();
        if *self.jws == *jws {
            return Ok(());
        }
        if manifest.place() == before.place() {
            return Err(BundleRule::Equivocation.about(&before.region));
        }
        if manifest.place() < before.place() || manifest.iat < before.iat {
            return Err(BundleRule::Rollback.about(&before.region));
        }
        // The next number on top of another past: somewhere a manifest of the held number says something else.
        let is_next = manifest.epoch == before.epoch && manifest.seq == before.seq + 1;
        if is_next && manifest.prev.is_some_and(|prev| prev != Hash::of(self.jws.as_bytes())) {
            return Err(BundleRule::Equivocation.about(&before.region));
        }
        Ok(())
    }

    /// The manifest as it was signed.
    pub fn jws(&self) -> &str {
        &self.jws
    }
}

/// Whether `newer` may follow `held`.
fn follows(region: &RegionCode, held: &Held, newer: &Held) -> Result<(), BundleError> {
    let (before, after) = (held.manifest(), newer.manifest());
    // A partner that was pinned anew under another key begins anew.
    if held.jws == newer.jws || before.keys != after.keys {
        return Ok(());
    }
    held.precedes(&newer.jws, after)?;
    for name in held.part_names() {
        if after.part(name).is_none() {
            return Err(BundleRule::Shrunk.about(about(region, name)));
        }
        if newer.text(name).is_none() {
            return Err(BundleRule::PartMissing.about(about(region, name)));
        }
    }
    keys_stay_revoked(region, held, newer)?;
    held.status.iter().try_for_each(|(year, _)| entries_stay(region, *year, held, newer))
}

fn keys_stay_revoked(region: &RegionCode, held: &Held, newer: &Held) -> Result<(), BundleError> {
    use crate::verdict::KeyRevocationReason::Compromise;
    for row in &held.revoked.keys {
        let stays = newer.revoked.find(&row.kid).is_some_and(|now| now.at <= row.at && (row.reason != Compromise || now.reason == Compromise));
        if !stays {
            return Err(BundleRule::KeyUnrevoked.about([region.as_str(), &row.kid].join("/")));
        }
    }
    Ok(())
}

fn entries_stay(region: &RegionCode, year: u16, held: &Held, newer: &Held) -> Result<(), BundleError> {
    let name = about(region, PartName::Status(year));
    let (Some(before), Some(after)) = (held.status(year), newer.status(year)) else { return Ok(()) };
    for (list, issued) in before.lists() {
        if after.issued(*list).is_none_or(|now| now < *issued) {
            return Err(BundleRule::Shrunk.about(name));
        }
    }
    let undone = before.finals().find(|(list, index)| !after.is_final(*list, *index));
    match undone {
        Some((list, index)) => Err(BundleRule::Unrevoked.about([&name, super::parts::place(list, index).as_str()].join(": "))),
        None => Ok(()),
    }
}
