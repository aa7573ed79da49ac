//! The agreements of a bundle: what all its regions publish, put together. Whoever publishes them, only the parties' signatures count.

use super::{AgreementsPart, Bundle, PartName};
use crate::agreement::{Life, RegionKey, SignedAgreement};
use crate::documents::Digest;
use crate::ids::RegionCode;
use crate::jws::PublicKey;
use crate::recognition::Accord;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Agreements, every signature verified. No waivers are among them: those are about single cases, and no business of everybody.
#[derive(Debug, Default)]
pub struct Accords {
    signed: Vec<(SignedAgreement, Life)>,
}

impl Accords {
    fn new(signed: Vec<SignedAgreement>) -> Accords {
        let lives: Vec<Life> = signed.iter().map(|own| Life::of(own, signed.iter())).collect();
        Accords { signed: signed.into_iter().zip(lives).collect() }
    }

    /// As the rules of recognition take them.
    pub fn list(&self) -> Vec<Accord<'_>> {
        self.signed.iter().map(|(signed, life)| Accord { agreement: signed.agreement(), digest: signed.digest(), life: *life }).collect()
    }

    /// What is not written as it must be counts for nothing, as if it were not there.
    pub(super) fn of(bundle: &Bundle) -> Accords {
        let known = |region: &RegionCode, _: &str| bundle.key_of(region).map(|public| RegionKey { public, revoked: None });
        let mut signed: BTreeMap<Digest, SignedAgreement> = BTreeMap::new();
        for held in bundle.regions() {
            let Some(part) = held.text(PartName::Agreements).and_then(|text| AgreementsPart::parse(text).ok()) else { continue };
            for file in &part.files {
                let Ok(copy) = SignedAgreement::open(file.as_bytes(), &known) else { continue };
                let whole = signed.get(&copy.digest()).and_then(|before| before.merged(&copy, &known).ok()).unwrap_or(copy);
                signed.insert(whole.digest(), whole);
            }
        }
        Accords::new(signed.into_values().collect())
    }
}

impl Bundle {
    /// The agreements that it knows, each signature verified under the keys that the pinned region vouches for.
    pub fn accords(&self) -> &Accords {
        self.accords.get_or_init(|| alloc::boxed::Box::new(Accords::of(self)))
    }

    /// The key of a region: of the own one what is pinned, of another what the own one has pinned.
    pub(super) fn key_of(&self, region: &RegionCode) -> Option<PublicKey> {
        if *region == self.anchor().region {
            return Some(self.anchor().key);
        }
        self.own()?.peers.iter().find(|peer| peer.region == *region).map(|peer| peer.key)
    }
}
