//! What a bundle makes of receipts.

use super::Bundle;
use crate::documents::Receipt;
use crate::time::Instant;
use crate::verdict::{PresentedReceipt, ReceiptFacts, ReceiptVerdict, StatusFact, judge_receipt};
use alloc::string::ToString;

impl Bundle {
    /// The facts about a receipt.
    pub fn receipt_facts(&self, receipt: &Receipt) -> ReceiptFacts<'_> {
        let nothing = self.nothing_known_of_receipts();
        let Some(held) = self.region(&receipt.region) else { return nothing };
        let manifest = held.manifest();
        let agreement = receipt.decision().map(|decision| decision.agreement);
        ReceiptFacts {
            as_of: manifest.iat,
            fresh_until: manifest.fresh_until,
            // A partner's key counts for as long as the manifest does that names it.
            expires: manifest.expires.min(nothing.expires),
            region: Some(held.region()),
            key: self.key_of(&receipt.region),
            accord: agreement.ok().and_then(|digest| self.accords().list().into_iter().find(|accord| accord.digest == digest)),
            status: held.status_at(receipt.status.into(), receipt.at),
        }
    }

    /// Judges a receipt at `now`.
    pub fn judge_receipt(&self, presented: &PresentedReceipt<'_>, now: Instant) -> ReceiptVerdict {
        let facts = presented.receipt().map_or_else(|| self.nothing_known_of_receipts(), |receipt| self.receipt_facts(receipt));
        judge_receipt(presented, &facts, now)
    }

    /// What is known of a receipt of a region that is not at hand, and of what cannot be read.
    fn nothing_known_of_receipts(&self) -> ReceiptFacts<'_> {
        let never = Instant(0);
        let (as_of, fresh_until, expires) = self.own().map_or((never, never, never), |own| (own.iat, own.fresh_until, own.expires));
        let status = StatusFact::Missing("status".to_string());
        ReceiptFacts { as_of, fresh_until, expires, region: None, key: None, accord: None, status }
    }
}
