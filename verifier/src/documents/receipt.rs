//! `receipt/1`: a region records that it recognises a certificate (直接备案). It mints nothing. Specified in `docs/formats/recognition.md`.

use super::{Digest, DocumentError, DocumentRule, ReceiptId, check_at, document};
use crate::base64url;
use crate::ids::{CertificateNumber, RegionCode};
use crate::recognition::{CaseFacts, Decision, Outcome};
use crate::time::{Day, Instant};
use alloc::string::String;
use serde::Serialize;

/// A receipt. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The region that recognises, and signs.
    pub region: RegionCode,
    /// The certificate's number.
    pub number: CertificateNumber,
    /// The region that issued it.
    pub origin: RegionCode,
    /// The digest of its card.
    pub card: Digest,
    /// base64url of the bytes of the decision, which recognises this certificate here on this day.
    pub decision: String,
    /// The day of the decision.
    pub day: Day,
    /// When it was signed.
    pub at: Instant,
    /// Its own place in the region's status lists, `[list, index]`.
    pub status: (u32, u32),
}

document!(Receipt, "receipt/1", "hufu-receipt+jwt" { id, region, number, origin, card, decision, day, at, status; });

impl Receipt {
    /// The decision.
    ///
    /// # Errors
    /// `document...`; not from a receipt that was opened or signed.
    pub fn decision(&self) -> Result<Decision, DocumentError> {
        let bytes = base64url::decode(&self.decision).map_err(|_| DocumentRule::Member.about("decision"))?;
        Decision::read(&bytes)
    }

    fn keeps_rules(&self) -> Result<(), DocumentError> {
        let decision = self.decision().map_err(|_| DocumentRule::Member.about("decision"))?;
        let is_of_it = matches!(&decision.case, CaseFacts::Certificate(facts) if facts.number == self.number && facts.origin == self.origin);
        if decision.outcome != Outcome::Recognised || !is_of_it || decision.to != self.region || decision.day != self.day {
            return Err(DocumentRule::Member.about("decision"));
        }
        check_at(self.at)
    }
}
