//! A small world of trust bundles: one region (310000) with one partner (320000), made from plain facts, each of which a case can change.

use super::world::{DAY, ISSUED, World};
use super::{claims, signer};
use std::collections::BTreeMap;
use verifier::bundle::{
    Anchor, Contents, Entry, Hash, KeyRow, KeysPart, Manifest, ManifestVersion, PartName, PartRef, Peer, ProvidersPart, RevokedPart, RevokedRow,
    StatusPart,
};
use verifier::ids::RegionCode;
use verifier::jws::{PublicKey, Signer};
use verifier::status::{Status, gzip};
use verifier::time::{Instant, Zone};
use verifier::verdict::Provider;

/// The facts of one region.
#[derive(Clone)]
pub struct RegionFacts {
    pub code: &'static str,
    pub epoch: u64,
    pub seq: u64,
    pub iat: Instant,
    pub prev: Option<Hash>,
    pub keys: BTreeMap<u16, Vec<KeyRow>>,
    pub providers: Vec<Provider>,
    pub revoked: Vec<RevokedRow>,
    pub lists: BTreeMap<u16, Vec<(u32, u32)>>,
    pub entries: BTreeMap<u16, Vec<Entry>>,
    pub peers: Vec<Peer>,
}

/// The key of a region: its seed is the first two digits of its code, 32 times.
pub fn region_signer(code: &str) -> Signer {
    Signer::from_seed(&[code[..2].parse().expect("digits"); 32])
}

/// The region 310000, pinned.
pub fn anchor() -> Anchor {
    anchor_of("310000")
}

/// Any region, pinned.
pub fn anchor_of(code: &str) -> Anchor {
    Anchor { region: RegionCode::parse(code).expect("a region"), key: *region_signer(code).public() }
}

/// A row for a key of the test provider, for the calendar year 2026 in China.
pub fn key_row(public: &PublicKey) -> KeyRow {
    let key = super::world::key(*public);
    KeyRow { x: public.jwk().x, provider: claims().prv, from: key.from, until: key.until }
}

impl RegionFacts {
    /// Facts gathered ten days after the test card was issued, by which it is valid: provider, key, list 2026 with 5,000 entries.
    pub fn good() -> RegionFacts {
        RegionFacts {
            code: "310000",
            epoch: 1,
            seq: 7,
            iat: ISSUED.plus_seconds(10 * DAY),
            prev: Some(Hash::of(b"the one before")),
            keys: BTreeMap::from([(2026, vec![key_row(signer().public())])]),
            providers: World::good().provider.into_iter().collect(),
            revoked: Vec::new(),
            lists: BTreeMap::from([(2026, vec![(2026, 5_000)])]),
            entries: BTreeMap::from([(2026, Vec::new())]),
            peers: Vec::new(),
        }
    }

    /// A partner with nothing but a manifest of its own.
    pub fn partner() -> RegionFacts {
        let (keys, lists, entries) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        RegionFacts { code: "320000", keys, providers: Vec::new(), lists, entries, ..RegionFacts::good() }
    }

    /// With an entry of list 2026 in some status; a replaced one names its successor.
    pub fn with_entry(self, index: u32, status: Status) -> RegionFacts {
        self.with_entry_of(2026, index, status)
    }

    /// The same in any list of 2026.
    pub fn with_entry_of(mut self, list: u32, index: u32, status: Status) -> RegionFacts {
        let successor = (status == Status::Replaced).then(|| "HF3100002026ZZZZZZZZZZD".to_owned());
        self.entries.entry(2026).or_default().push(Entry { list, index, status, successor });
        self
    }

    /// With a partner pinned.
    pub fn with_peer(mut self, code: &str) -> RegionFacts {
        let Anchor { region, key } = anchor_of(code);
        self.peers.push(Peer { region, key, url: format!("https://{code}.example") });
        self
    }

    /// One day later, one number on.
    pub fn next(&self) -> RegionFacts {
        RegionFacts { seq: self.seq + 1, iat: self.iat.plus_seconds(DAY), prev: Some(Hash::of(self.manifest_text().as_bytes())), ..self.clone() }
    }

    /// The same with no entry that is not simply in force.
    pub fn next_without_entries(&self) -> RegionFacts {
        RegionFacts { entries: BTreeMap::new(), ..self.next() }
    }

    /// The texts of all parts.
    pub fn parts(&self) -> BTreeMap<PartName, String> {
        let keys = self.keys.iter().map(|(year, rows)| (PartName::Keys(*year), KeysPart::new(*year, rows.clone()).to_text()));
        let status = self.lists.iter().map(|(year, lists)| {
            let entries = self.entries.get(year).cloned().unwrap_or_default();
            (PartName::Status(*year), StatusPart::of(*year, lists.clone(), entries).expect("entries inside their lists").to_text())
        });
        let providers = (PartName::Providers, ProvidersPart::new(self.providers.clone()).to_text());
        let revoked = (PartName::Revoked, RevokedPart::new(self.revoked.clone()).to_text());
        keys.chain(status).chain([providers, revoked]).collect()
    }

    /// The manifest over them.
    pub fn manifest(&self) -> Manifest {
        let part = |(name, text): (&PartName, &String)| PartRef { name: *name, sha256: Hash::of(text.as_bytes()), bytes: text.len() as u32 };
        let (name_zh, name_en) = if self.code == "310000" { ("上海市", "Shanghai") } else { ("江苏省", "Jiangsu") };
        Manifest {
            hufu: ManifestVersion::V1,
            region: RegionCode::parse(self.code).expect("a region"),
            name_zh: name_zh.into(),
            name_en: name_en.into(),
            zone: Zone::CHINA,
            url: format!("https://{}.example", self.code),
            epoch: self.epoch,
            seq: self.seq,
            iat: self.iat,
            fresh_until: self.iat.plus_seconds(verifier::bundle::FRESH_SECONDS),
            expires: self.iat.plus_seconds(verifier::bundle::EXPIRES_SECONDS),
            prev: self.prev,
            keys: vec![*region_signer(self.code).public()],
            parts: self.parts().iter().map(part).collect(),
            peers: self.peers.clone(),
        }
    }

    /// The manifest, signed by the region's key.
    pub fn manifest_text(&self) -> String {
        self.manifest_under(self.code)
    }

    /// The manifest, signed by the key of any region.
    pub fn manifest_under(&self, code: &str) -> String {
        let signer = region_signer(code);
        Manifest { keys: vec![*signer.public()], ..self.manifest() }.sign(&signer).expect("a good manifest")
    }
}

/// Manifests and parts of several regions.
pub fn contents(regions: &[&RegionFacts]) -> Contents {
    let manifests = regions.iter().map(|facts| (RegionCode::parse(facts.code).expect("a region"), facts.manifest_text())).collect();
    let parts = regions.iter().flat_map(|facts| facts.parts().into_values()).map(|text| (Hash::of(text.as_bytes()), text.into())).collect();
    Contents { manifests, parts }
}

/// The file of several regions.
pub fn file(regions: &[&RegionFacts]) -> Vec<u8> {
    gzip(&contents(regions).to_json())
}
