//! Another region, made from plain facts that a test can change: what its registry publishes, and a card of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verifier::bundle::{
    EXPIRES_SECONDS, Entry, FRESH_SECONDS, Hash, KeyRow, KeysPart, Manifest, ManifestVersion, PartName, PartRef, Peer, ProvidersPart, RevokedPart,
    RevokedRow, StatusPart,
};
use verifier::card::{Card, Claims};
use verifier::ids::RegionCode;
use verifier::jws::{Fingerprint, Signer};
use verifier::status::{Status, gzip};
use verifier::time::{Instant, Zone};
use verifier::verdict::Provider;

use super::site::{Reply, Site};

const PROVIDER: &str = "91310000MA1FL0007C";
/// The key of its one provider.
const ISSUER: [u8; 32] = [77; 32];

/// The facts of one region.
#[derive(Clone)]
pub struct Abroad {
    pub code: &'static str,
    pub seed: [u8; 32],
    pub epoch: u64,
    pub seq: u64,
    pub iat: i64,
    pub issued: u32,
    pub entries: Vec<Entry>,
    pub revoked: Vec<RevokedRow>,
    pub peers: Vec<Peer>,
    /// When its card was issued.
    pub issued_at: i64,
}

impl Abroad {
    /// The region 320000 whose facts are known up to `now`, with one card in force.
    pub fn at(now: i64) -> Abroad {
        let (entries, revoked, peers) = (Vec::new(), Vec::new(), Vec::new());
        Abroad { code: "320000", seed: [32; 32], epoch: 1, seq: 7, iat: now, issued: 10, entries, revoked, peers, issued_at: now - 86_400 }
    }

    pub fn signer(&self) -> Signer {
        Signer::from_seed(&self.seed)
    }

    pub fn region(&self) -> RegionCode {
        RegionCode::parse(self.code).unwrap()
    }

    /// What it is called, in Chinese and English.
    pub fn name(&self) -> (&'static str, &'static str) {
        if self.code == "330000" { ("浙江省", "Zhejiang") } else { ("江苏省", "Jiangsu") }
    }

    /// As its operator reads it out.
    pub fn fingerprint(&self) -> String {
        Fingerprint::of(self.signer().public()).to_string()
    }

    /// One number on, `seconds` later.
    #[must_use]
    pub fn later(&self, seconds: i64) -> Abroad {
        Abroad { seq: self.seq + 1, iat: self.iat + seconds, ..self.clone() }
    }

    /// With its card (index 5) in another status.
    #[must_use]
    pub fn with_card(mut self, status: Status) -> Abroad {
        self.entries = if status == Status::Valid { Vec::new() } else { vec![Entry { list: 1, index: 5, status, successor: None }] };
        self
    }

    fn year(&self) -> u16 {
        Instant(self.issued_at).day_in(Zone::CHINA).year().try_into().unwrap()
    }

    /// Its card, as a JWS.
    pub fn card(&self) -> String {
        let day = Instant(self.issued_at).day_in(Zone::CHINA).to_string();
        let claims: Claims = serde_json::from_value(json!({
            "iss": self.code, "prv": PROVIDER, "num": "HF3200002026K7Q2M9X4TB4", "typ": "skill-level", "nam": "张三", "id4": "002X", "occ": "6-31-01-03",
            "ttl": "电工", "lvl": 3, "day": day, "iat": self.issued_at, "sts": [1, 5],
        }))
        .unwrap();
        Card::sign(&claims, &Signer::from_seed(&ISSUER)).unwrap().jws().to_owned()
    }

    /// The texts of its parts.
    pub fn parts(&self) -> BTreeMap<PartName, String> {
        let provider: Provider = serde_json::from_value(json!({
            "code": PROVIDER, "name_zh": "示例评价中心", "name_en": "Example Centre", "kind": "social",
            "timeline": [{"from": "2020-01-01", "cause": "评审", "standing": {"listed": {"class": "A", "flag": "green", "scope":
                {"occupations": ["6-31-"], "level_min": 1, "level_max": 5, "types": ["skill-level"]}}}}],
        }))
        .unwrap();
        let (from, until) = (Instant(self.issued_at - 86_400 * 30), Instant(self.issued_at + 86_400 * 30));
        let row = KeyRow { x: Signer::from_seed(&ISSUER).public().jwk().x, provider: provider.code.clone(), from, until };
        let year = self.year();
        BTreeMap::from([
            (PartName::Keys(year), KeysPart::new(year, vec![row]).to_text()),
            (PartName::Providers, ProvidersPart::new(vec![provider]).to_text()),
            (PartName::Revoked, RevokedPart::new(self.revoked.clone()).to_text()),
            (PartName::Status(year), StatusPart::of(year, vec![(1, self.issued)], self.entries.clone()).unwrap().to_text()),
        ])
    }

    pub fn manifest(&self) -> Manifest {
        let part = |(name, text): (&PartName, &String)| PartRef { name: *name, sha256: Hash::of(text.as_bytes()), bytes: text.len() as u32 };
        Manifest {
            hufu: ManifestVersion::V1,
            region: self.region(),
            name_zh: self.name().0.into(),
            name_en: self.name().1.into(),
            zone: Zone::CHINA,
            url: "https://registry.example".into(),
            epoch: self.epoch,
            seq: self.seq,
            iat: Instant(self.iat),
            fresh_until: Instant(self.iat + FRESH_SECONDS),
            expires: Instant(self.iat + EXPIRES_SECONDS),
            prev: None,
            keys: vec![*self.signer().public()],
            parts: self.parts().iter().map(part).collect(),
            peers: self.peers.clone(),
        }
    }

    pub fn signed(&self) -> String {
        self.manifest().sign(&self.signer()).unwrap()
    }

    /// Publishes its manifest and parts.
    pub fn publish(&self, site: &Site) {
        publish_manifests(site, &[(self.code, &self.signed())]);
        self.publish_parts(site);
    }

    /// Publishes its parts alone, gzipped.
    pub fn publish_parts(&self, site: &Site) {
        for text in self.parts().values() {
            let reply = Reply::ok(gzip(text.as_bytes())).header("content-encoding", "gzip");
            site.reply(&format!("/v1/bundle/parts/{}", Hash::of(text.as_bytes())), reply);
        }
    }
}

/// Publishes manifests, each under the name of a region, with an entity tag.
pub fn publish_manifests(site: &Site, manifests: &[(&str, &str)]) {
    let manifests: BTreeMap<&str, &str> = manifests.iter().copied().collect();
    let body = json!({ "manifests": manifests }).to_string();
    let tag = format!("\"{}\"", &Hash::of(body.as_bytes()).to_string()[..32]);
    site.reply("/v1/bundle/manifests", Reply::ok(body).header("etag", &tag));
}

/// A partner as an operator reads it.
pub fn pin_input(url: &str, fingerprint: &str) -> Value {
    json!({"url": url, "fingerprint": fingerprint})
}
