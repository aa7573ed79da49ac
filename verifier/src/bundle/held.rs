//! One region of a bundle, its parts read and ready for questions.

use super::parts::{AgreementsPart, KeyRow, KeysPart, ProvidersPart, RevokedPart, StatusPart, sorted};
use super::small_map::SmallMap;
use super::{BundleError, BundleRule, Hash, Manifest, PartName};
use crate::base64url;
use crate::card::{Card, StatusRef};
use crate::ids::RegionCode;
use crate::jws::{PublicKey, ShortKid, thumbprint};
use crate::time::Instant;
use crate::verdict::{Facts, IssuerKey, Provider, Region, StatusFact};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use once_cell::race::OnceBox;

/// The most entries of a bundle that are not simply in force. Each takes eight bytes in memory, and in a text perhaps one bit.
pub(super) const ENTRIES_MAX: usize = 1 << 24;

/// A region's manifest and the parts that are at hand.
#[derive(Debug, Clone)]
pub struct Held {
    pub(super) jws: Arc<str>,
    manifest: Manifest,
    region: Region,
    pub(super) texts: SmallMap<PartName, Arc<str>>,
    /// Sorted by short name: more than one where six bytes of two thumbprints are the same.
    keys: Vec<(ShortKid, Arc<HeldKey>)>,
    providers: Vec<Provider>,
    pub(super) revoked: RevokedPart,
    pub(super) status: SmallMap<u16, StatusPart>,
}

/// An issuer key that becomes a point of the curve when a card first needs it: thousands are held, few are asked for.
#[derive(Debug)]
struct HeldKey {
    row: KeyRow,
    revoked: Option<crate::verdict::KeyRevocation>,
    opened: OnceBox<Option<IssuerKey>>,
}

impl HeldKey {
    /// The key; none where its bytes are no good key, so that nothing is ever verified under it.
    fn open(&self, region: &RegionCode) -> Option<&IssuerKey> {
        let open = || {
            let public = PublicKey::parse(&self.row.x).ok()?;
            let row = &self.row;
            let provider = row.provider.clone();
            Some(IssuerKey { public, region: region.clone(), provider, from: row.from, until: row.until, revoked: self.revoked })
        };
        self.opened.get_or_init(|| Box::new(open())).as_ref()
    }
}

impl Held {
    /// Reads the parts out of `pool`. Those that the manifest requires must be there.
    pub(super) fn new(jws: &str, manifest: Manifest, pool: &BTreeMap<Hash, Arc<str>>) -> Result<Held, BundleError> {
        let region =
            Region { code: manifest.region.clone(), name_zh: manifest.name_zh.clone(), name_en: manifest.name_en.clone(), zone: manifest.zone };
        let mut held = Held {
            jws: jws.into(),
            region,
            texts: SmallMap::new(),
            keys: Vec::new(),
            providers: Vec::new(),
            revoked: RevokedPart::new(Vec::new()),
            status: SmallMap::new(),
            manifest,
        };
        // Revocations first: keys take theirs in as they come.
        let rank = |name: &PartName| *name != PartName::Revoked;
        let named = held.manifest.parts.iter().filter_map(|part| Some((part.name, pool.get(&part.sha256)?.clone()))).collect();
        let named: Vec<(PartName, Arc<str>)> = sorted(named, |(a, _), (b, _)| rank(a).cmp(&rank(b)));
        if let Some(name) = PartName::REQUIRED.into_iter().find(|name| named.iter().all(|(held, _)| held != name)) {
            return Err(BundleRule::PartMissing.about(about(&held.manifest.region, name)));
        }
        for (name, text) in named {
            let length = held.manifest.part(name).map_or(0, |part| part.bytes);
            if text.len() as u64 != u64::from(length) {
                return Err(BundleRule::PartUnnamed.about(about(&held.manifest.region, name)));
            }
            held.put(name, text).map_err(|error| error.or_about(about(&held.manifest.region, name)))?;
        }
        Ok(held)
    }

    /// The manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The providers, by credit code.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// How many issuer keys are at hand.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// The status lists of a year of issue.
    pub fn status(&self, year: u16) -> Option<&StatusPart> {
        self.status.get(&year)
    }

    /// The names of the parts that are at hand.
    pub fn part_names(&self) -> impl Iterator<Item = PartName> + '_ {
        self.texts.iter().map(|(name, _)| *name)
    }

    /// The text of a part that is at hand.
    pub fn text(&self, name: PartName) -> Option<&str> {
        self.texts.get(&name).map(|text| &**text)
    }

    /// Reads a part in. Its digest was compared by the caller.
    pub(super) fn put(&mut self, name: PartName, text: Arc<str>) -> Result<(), BundleError> {
        match name {
            // The files in it are opened when somebody asks about recognition: most verifiers never do.
            PartName::Agreements => drop(AgreementsPart::parse(&text)?),
            PartName::Keys(year) => {
                let part = KeysPart::parse(&text)?;
                same_year(year, part.year)?;
                self.put_keys(part.keys)?;
            }
            PartName::Providers => self.providers = ProvidersPart::parse(&text)?.providers,
            PartName::Revoked => self.revoked = RevokedPart::parse(&text)?,
            PartName::Status(year) => {
                let part = StatusPart::parse(&text)?;
                same_year(year, part.year)?;
                if self.entries() + part.entry_count() > ENTRIES_MAX {
                    return Err(BundleRule::TooLarge.into());
                }
                self.status.insert(year, part);
            }
        }
        self.texts.insert(name, text);
        Ok(())
    }

    /// Takes keys in. One whose window touches two years stands in both parts, and must say the same in both.
    fn put_keys(&mut self, rows: Vec<KeyRow>) -> Result<(), BundleError> {
        let mut named = Vec::with_capacity(rows.len());
        for row in rows {
            let digest = thumbprint(&row.x);
            let [a, b, c, d, e, f, ..] = digest;
            let kid = ShortKid([a, b, c, d, e, f]);
            match self.named(kid).find(|held| held.row.x == row.x) {
                Some(held) if held.row == row => {}
                Some(_) => return Err(BundleRule::PartForm.into()),
                None => {
                    let revoked = self.revoked.find(&base64url::encode(&digest)).map(super::RevokedRow::revocation);
                    named.push((kid, HeldKey { row, revoked, opened: OnceBox::new() }));
                }
            }
        }
        let mut keys = core::mem::take(&mut self.keys);
        keys.extend(named.into_iter().map(|(kid, key)| (kid, Arc::new(key))));
        self.keys = sorted(keys, |(a, _), (b, _)| a.cmp(b));
        Ok(())
    }

    /// The keys of a short name.
    fn named(&self, kid: ShortKid) -> impl Iterator<Item = &Arc<HeldKey>> {
        let from = self.keys.partition_point(|(own, _)| *own < kid);
        self.keys.iter().skip(from).take_while(move |(own, _)| *own == kid).map(|(_, key)| key)
    }

    /// How many entries of all years are not simply in force.
    pub(super) fn entries(&self) -> usize {
        self.status.values().map(StatusPart::entry_count).sum()
    }

    /// The key that a card names. Where two keys have one short name, that of the card's provider.
    fn key(&self, card: &Card) -> Option<&IssuerKey> {
        let own = self.named(card.kid()).find(|key| key.row.provider == card.claims().prv);
        own.or_else(|| self.named(card.kid()).next()).and_then(|key| key.open(&self.region.code))
    }

    /// The region as its manifest describes it.
    pub(super) const fn region(&self) -> &Region {
        &self.region
    }

    /// The civil year of an instant, by which parts are named.
    fn year(&self, at: Instant) -> u16 {
        u16::try_from(at.day_in(self.region.zone).year()).unwrap_or(0)
    }

    /// The facts about a card of this region. `expires` is the earlier end of this manifest and of the one that vouches for its key.
    pub(super) fn facts(&self, card: &Card, expires: Instant) -> Facts<'_> {
        let claims = card.claims();
        let provider = self.providers.binary_search_by(|provider| provider.code.cmp(&claims.prv)).ok().and_then(|at| self.providers.get(at));
        let key = self.key(card);
        let lacks = |name: PartName| self.manifest.part(name).is_some() && self.texts.get(&name).is_none();
        let of_keys = PartName::Keys(self.year(claims.iat));
        Facts {
            as_of: self.manifest.iat,
            fresh_until: self.manifest.fresh_until,
            expires,
            region: Some(&self.region),
            key,
            provider,
            status: self.status_at(claims.sts, claims.iat),
            missing_part: (key.is_none() && lacks(of_keys)).then(|| about(&self.region.code, of_keys)),
        }
    }

    /// The status of the entry of what was signed at an instant.
    pub(super) fn status_at(&self, place: StatusRef, signed: Instant) -> StatusFact {
        let year = self.year(signed);
        let fact = self.status.get(&year).and_then(|part| part.fact(place));
        let is_newer = signed > self.manifest.iat;
        let missing = || StatusFact::Missing(about(&self.region.code, PartName::Status(year)));
        fact.unwrap_or_else(|| if is_newer { StatusFact::Beyond } else { missing() })
    }
}

fn same_year(named: u16, own: u16) -> Result<(), BundleError> {
    if named == own { Ok(()) } else { Err(BundleRule::PartForm.into()) }
}

/// A part of a region as it is named outside its manifest: `310000/keys/2026`.
pub(super) fn about(region: &RegionCode, name: PartName) -> String {
    [region.as_str(), &name.to_string()].join("/")
}
