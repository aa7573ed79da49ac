//! The same judgement without a server, for the command line: over the facts of a database that is only read, or over none.

use std::sync::Arc;

use verifier::jws::PublicKey;
use verifier::recognition::Accord;
use verifier::time::{Instant, Zone};
use verifier::verdict::{NoMemo, Presented, PresentedReceipt, ReceiptFacts, ReceiptVerdict, Verdict, judge, judge_receipt};

use super::service::{nothing_known, nothing_known_of_receipts, receipt_abroad};
use crate::agreements::{self, Keys};
use crate::db::{self, Conn, Db};
use crate::error::{Error, Fault};
use crate::keys::{self, Purpose};
use crate::partners::Bundles;
use crate::regions::{self, Region};
use crate::trust::{Snapshot, Trust};

/// The facts at hand, gathered once.
pub struct Local {
    facts: Option<(Trust, Arc<Snapshot>)>,
    partners: Bundles,
    registry: Option<(Db, Region)>,
}

impl Local {
    /// Gathers the facts of the registry whose database is at `url`, as of `now_ms`. Where there is none, nothing is known and nothing is made.
    ///
    /// # Errors
    /// A fault when the database is there but cannot be read, or has another schema than this program's.
    pub fn open(url: &str, now_ms: i64) -> Result<Local, Fault> {
        let nothing = Local { facts: None, partners: Bundles::default(), registry: None };
        let Some(db) = Db::open_read_only(url)? else { return Ok(nothing) };
        if !db::is_current(&db)? {
            return Ok(nothing);
        }
        let Some(region) = db.read_now(regions::existing).map_err(Error::into_fault)? else { return Ok(nothing) };
        let trust = Trust::open(&region, &db, now_ms).map_err(Error::into_fault)?;
        let snapshot = trust.held();
        let partners = db.read_now(|conn| Bundles::load(conn, &Bundles::default())).map_err(Error::into_fault)?;
        Ok(Local { facts: Some((trust, snapshot)), partners, registry: Some((db, region)) })
    }

    /// The zone of the region's civil days; China's where there is no registry.
    pub fn zone(&self) -> Zone {
        self.registry.as_ref().map_or(Zone::CHINA, |(_, region)| region.zone)
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

    /// Judges a receipt at `now`, unix seconds.
    ///
    /// # Errors
    /// A fault of the database, where keys and agreements are looked up.
    pub fn verify_receipt(&self, presented: &PresentedReceipt<'_>, now: i64) -> Result<ReceiptVerdict, Fault> {
        let now = Instant(now);
        let (Some(receipt), Some((db, region)), Some((trust, snapshot))) = (presented.receipt(), &self.registry, &self.facts) else {
            return Ok(judge_receipt(presented, &nothing_known_of_receipts(now), now));
        };
        let known = db.read_now(|conn| {
            let own = own_key(conn)?;
            let keys = Keys::beside(conn, region.code.clone(), own)?;
            Ok((own, agreements::agreed(conn, &keys)?))
        });
        let (own, agreed) = known.map_err(Error::into_fault)?;
        let named = receipt.decision().ok().map(|decision| decision.agreement);
        let of_it = agreed.iter().find(|(signed, _)| Some(signed.digest()) == named);
        let accord = of_it.map(|(signed, life)| Accord { agreement: signed.agreement(), digest: signed.digest(), life: *life });
        let facts = match receipt.region == region.code {
            true => trust.held_receipt_facts(snapshot, receipt, own),
            false => receipt_abroad(&self.partners, receipt, now),
        };
        Ok(judge_receipt(presented, &ReceiptFacts { accord: accord.or(facts.accord), ..facts }, now))
    }
}

/// The key of the region.
fn own_key(conn: &mut Conn) -> Result<PublicKey, Error> {
    let row = keys::all(conn)?.into_iter().find(|row| row.purpose == Purpose::Region.as_str());
    Ok(row.ok_or_else(|| Fault::text("the registry has no key of its region"))?.public_key()?)
}
