//! The same judgement without a server, for the command line: over the facts of a database that is only read, or over none.

use std::sync::Arc;

use verifier::time::{Instant, Zone};
use verifier::verdict::{NoMemo, Presented, Verdict, judge};

use super::service::nothing_known;
use crate::db::{self, Db};
use crate::error::{Error, Fault};
use crate::partners::Bundles;
use crate::regions;
use crate::trust::{Snapshot, Trust};

/// The facts at hand, gathered once.
pub struct Local {
    facts: Option<(Trust, Arc<Snapshot>)>,
    partners: Bundles,
    zone: Zone,
}

impl Local {
    /// Gathers the facts of the registry whose database is at `url`, as of `now_ms`. Where there is none, nothing is known and nothing is made.
    ///
    /// # Errors
    /// A fault when the database is there but cannot be read, or has another schema than this program's.
    pub fn open(url: &str, now_ms: i64) -> Result<Local, Fault> {
        let nothing = Local { facts: None, partners: Bundles::default(), zone: Zone::CHINA };
        let Some(db) = Db::open_read_only(url)? else { return Ok(nothing) };
        if !db::is_current(&db)? {
            return Ok(nothing);
        }
        let Some(region) = db.read_now(regions::existing).map_err(Error::into_fault)? else { return Ok(nothing) };
        let trust = Trust::open(&region, &db, now_ms).map_err(Error::into_fault)?;
        let snapshot = trust.held();
        let partners = db.read_now(|conn| Bundles::load(conn, &Bundles::default())).map_err(Error::into_fault)?;
        Ok(Local { facts: Some((trust, snapshot)), partners, zone: region.zone })
    }

    /// The zone of the region's civil days; China's where there is no registry.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Whether there is a registry.
    pub fn knows_a_region(&self) -> bool {
        self.facts.is_some()
    }

    /// Judges a QR's text, a URL or a JWS at `now`, unix seconds.
    pub fn verify(&self, text: &str, now: i64) -> Verdict {
        let (presented, now) = (Presented::from_text(text), Instant(now));
        if let Some(bundle) = presented.card().and_then(|card| self.partners.of(&card.claims().iss)) {
            return bundle.judge_with(&presented, now, &NoMemo);
        }
        let held = presented.card().zip(self.facts.as_ref()).map(|(card, (trust, snapshot))| trust.held_facts(snapshot, card));
        // As online and by a bundle: nothing is known of a card of a region that is neither the own one nor a partner.
        let facts = held.filter(|facts| facts.region.is_some()).unwrap_or_else(|| nothing_known(now));
        judge(&presented, &facts, now, &NoMemo)
    }
}
