//! What recognition stands on, in memory: the agreements that every party has signed, and the bodies of this region. Read again when the
//! database says that either, or a partner's key, changed.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use verifier::agreement::{Life, SignedAgreement};
use verifier::documents::Digest;
use verifier::ids::{CreditCode, RegionCode};
use verifier::recognition::{Accord, CaseFacts};
use verifier::time::Instant;
use verifier::verdict::Provider;

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
}

/// The last ones that were read.
#[derive(Default)]
pub struct Held {
    accords: RwLock<Option<Arc<Accords>>>,
}

impl Held {
    /// Those that are current, read only where the database says that something changed.
    ///
    /// # Errors
    /// A fault of the database, or of a row that cannot be read.
    pub fn current(&self, conn: &mut Conn, app: &App) -> Result<Arc<Accords>, Error> {
        // The revisions are read first: what changes in between is read twice, never missed.
        let revisions = [db::revision(conn, "agreements")?, db::revision(conn, "partners")?, db::revision(conn, "trust")?];
        let held = self.accords.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(held) = held.filter(|held| held.revisions == revisions) {
            return Ok(held);
        }
        let mut known = BTreeMap::new();
        for (row, timeline) in providers::store::all(conn)? {
            let provider = row.provider(timeline)?;
            known.insert(provider.code.clone(), provider);
        }
        let read = Arc::new(Accords { revisions, agreements: agreements::agreed(conn, app)?, providers: known });
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

    /// The bodies of this region.
    pub fn own(&self) -> impl Iterator<Item = &Provider> {
        self.providers.values()
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

/// A body of a partner region. What stands in a bundle that has expired says nothing any more.
pub(super) fn abroad<'a>(bundles: &'a Bundles, region: &RegionCode, code: &CreditCode, now: Instant) -> Option<&'a Provider> {
    let held = bundles.of(region)?.region(region)?;
    let found = held.providers().binary_search_by(|provider| provider.code.cmp(code)).ok()?;
    held.providers().get(found).filter(|_| now < held.manifest().expires)
}

/// The bodies that a case names.
fn codes(facts: &CaseFacts) -> Vec<&CreditCode> {
    match facts {
        CaseFacts::Certificate(facts) => vec![&facts.provider],
        CaseFacts::Provider(facts) => vec![&facts.code],
        CaseFacts::Credit(facts) => facts.lots.iter().filter_map(|lot| lot.provider.as_ref()).collect(),
    }
}
