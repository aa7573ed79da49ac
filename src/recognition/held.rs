//! What recognition stands on, in memory: the agreements that every party has signed, and the bodies of this region. Read again when the
//! database says that either, or a partner's key, changed.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use verifier::agreement::{Life, SignedAgreement};
use verifier::bundle;
use verifier::documents::Digest;
use verifier::ids::{CreditCode, RegionCode};
use verifier::recognition::{Accord, CaseFacts};
use verifier::time::Instant;
use verifier::verdict::{Names, Provider};

use super::rules;
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::Error;
use crate::partners::Bundles;
use crate::{agreements, providers};

/// Agreements and own providers as of some revisions.
pub struct Accords {
    /// Of agreements, of pinned partners, of keys and providers.
    revisions: [i64; 3],
    agreements: Vec<(SignedAgreement, Life)>,
    providers: BTreeMap<CreditCode, Provider>,
    /// Their codes by their ids.
    codes: BTreeMap<String, CreditCode>,
}

/// The last ones that were read.
#[derive(Default)]
pub struct Held {
    accords: RwLock<Option<Arc<Accords>>>,
    /// When the coverage was counted last, and what was answered.
    pub(super) coverage: tokio::sync::Mutex<Option<(i64, Arc<[u8]>)>>,
}

impl Held {
    /// Those that are current, read only where the database says that something changed.
    ///
    /// # Errors
    /// A fault of the database, or of a row that cannot be read.
    pub fn current(&self, conn: &mut Conn, app: &App) -> Result<Arc<Accords>, Error> {
        // The revisions are read first: what changes in between is read twice, never missed.
        let revisions = db::revisions(conn, ["agreements", "partners", "trust"])?;
        let held = self.accords.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(held) = held.filter(|held| held.revisions == revisions) {
            return Ok(held);
        }
        let (mut known, mut codes) = (BTreeMap::new(), BTreeMap::new());
        for (row, timeline) in providers::store::all(conn)? {
            let provider = row.provider(timeline)?;
            codes.insert(row.id, provider.code.clone());
            known.insert(provider.code.clone(), provider);
        }
        let keys = agreements::Keys::of(conn, app)?;
        let read = Arc::new(Accords { revisions, agreements: agreements::agreed(conn, &keys)?, providers: known, codes });
        *self.accords.write().unwrap_or_else(PoisonError::into_inner) = Some(read.clone());
        Ok(read)
    }
}

impl Accords {
    /// Each agreement as the engine takes it.
    pub fn all(&self) -> Vec<Accord<'_>> {
        self.agreements.iter().map(|(signed, life)| accord(signed, *life)).collect()
    }

    /// The agreement of a digest.
    pub fn find(&self, digest: &Digest) -> Option<Accord<'_>> {
        self.agreements.iter().find(|(signed, _)| signed.digest() == *digest).map(|(signed, life)| accord(signed, *life))
    }

    /// The other parties of this region's agreements, in ascending order.
    pub fn others(&self, own: &RegionCode) -> Vec<RegionCode> {
        rules::others(&self.all(), own)
    }

    /// The credit code of a body of this region, by its id.
    pub fn code_of(&self, id: &str) -> Option<&CreditCode> {
        self.codes.get(id)
    }

    /// A body of this region.
    pub fn own_provider(&self, code: &CreditCode) -> Option<&Provider> {
        self.providers.get(code)
    }

    /// The bodies of a case, as far as they are known: own ones, and those in the bundle that is held of the region of origin.
    pub fn providers_of<'a>(&'a self, own: &RegionCode, bundles: &'a Bundles, facts: &CaseFacts, now: Instant) -> Vec<&'a Provider> {
        let mut codes = codes(facts);
        codes.sort_unstable();
        codes.dedup();
        codes
            .into_iter()
            .filter_map(|code| if facts.origin() == own { self.own_provider(code) } else { abroad(bundles, facts.origin(), code, now) })
            .collect()
    }
}

fn accord(signed: &SignedAgreement, life: Life) -> Accord<'_> {
    Accord { agreement: signed.agreement(), digest: signed.digest(), life }
}

/// A body of a partner region.
pub(super) fn abroad<'a>(bundles: &'a Bundles, region: &RegionCode, code: &CreditCode, now: Instant) -> Option<&'a Provider> {
    let all = all_abroad(bundles, region, now);
    all.get(all.binary_search_by(|provider| provider.code.cmp(code)).ok()?)
}

/// The bodies of a partner region, by credit code. What stands in a bundle that has expired says nothing any more.
pub(super) fn all_abroad<'a>(bundles: &'a Bundles, region: &RegionCode, now: Instant) -> &'a [Provider] {
    let held = bundles.of(region).and_then(|bundle| bundle.region(region)).filter(|held| now < held.manifest().expires);
    held.map_or(&[], bundle::Held::providers)
}

/// What a region is called: this one, or one whose bundle is held.
pub fn name_of(app: &App, bundles: &Bundles, region: &RegionCode) -> Option<Names> {
    if *region == app.region.code {
        return Some(Names { zh: app.region.name_zh.clone().into(), en: app.region.name_en.clone().into() });
    }
    let manifest = bundles.of(region)?.region(region)?.manifest();
    Some(Names { zh: manifest.name_zh.clone().into(), en: manifest.name_en.clone().into() })
}

/// The bodies that a case names.
fn codes(facts: &CaseFacts) -> Vec<&CreditCode> {
    match facts {
        CaseFacts::Certificate(facts) => vec![&facts.provider],
        CaseFacts::Provider(facts) => vec![&facts.code],
        CaseFacts::Credit(facts) => facts.lots.iter().filter_map(|lot| lot.provider.as_ref()).collect(),
    }
}
