//! The protocol as pure functions: what each side does with what arrives. No I/O, no clock: a step takes a state and an event and gives the
//! next state and one action of a closed list, which the caller executes in one transaction with the message that it stores.
//!
//! What holds, whatever the network, the clocks and the backups do, is proved by `tests/transfer_model.rs`, which explores these functions:
//! the amount is spendable in at most one region, and is lost in none; a released hold was rejected, a settled one accepted.

pub mod channel;
mod decide;
pub mod destination;
mod offer;
pub mod source;

pub use channel::Channel;
pub use decide::{Desk, Ruling, decide};
pub use offer::{Envelope, NotOffered, Proposal, offer, quote};

use super::{Cancel, Offer, Reason, Return, TransferDecision, TransferOutcome};
use crate::documents::{Digest, TransferId};
use crate::ids::RegionCode;
use crate::recognition::{Booking, Decision};
use crate::time::{Day, Instant};
use alloc::vec::Vec;

/// What a message is stamped with when it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The epoch of the sender.
    pub epoch: u32,
    /// Now.
    pub iat: Instant,
    /// The next of its counted messages in this epoch.
    pub seq: u32,
}

impl Offer {
    /// The same OFFER, put again in another epoch.
    #[must_use]
    pub fn anew(&self, answer_by: Instant, stamp: Stamp) -> Offer {
        Offer { epoch: stamp.epoch, iat: stamp.iat, answer_by, seq: stamp.seq, ..self.clone() }
    }

    /// What is offered, whenever it is put: its digest with epoch, instants and place taken out. The same id with other terms is a conflict.
    pub fn terms(&self) -> Digest {
        let plain = Offer { epoch: 0, iat: Instant(0), answer_by: Instant(0), seq: 0, ..self.clone() };
        terms(&plain)
    }
}

impl Return {
    /// The same RETURN, put again in another epoch.
    #[must_use]
    pub fn anew(&self, answer_by: Instant, stamp: Stamp) -> Return {
        Return { epoch: stamp.epoch, iat: stamp.iat, answer_by, seq: stamp.seq, ..self.clone() }
    }

    /// What is given back, whenever it is put; as of an OFFER.
    pub fn terms(&self) -> Digest {
        terms(&Return { epoch: 0, iat: Instant(0), answer_by: Instant(0), seq: 0, ..self.clone() })
    }

    /// The DECISION on it: `booked` is what is spendable again, in the units in which it was offered; nothing where it is rejected.
    pub fn answer(&self, own: Digest, booked: Vec<Booking>, day: Day, stamp: Stamp) -> TransferDecision {
        let reason = if booked.is_empty() { Some(Reason::Unknown) } else { None };
        decision(&self.aud, &self.iss, &self.jti, stamp, Answer { offer: Some(own), day, reason, evaluated: None, lots: booked })
    }
}

impl Cancel {
    /// The tombstone of a transfer that never arrived: it is rejected now, so a late OFFER finds it rejected.
    pub fn tombstone(&self, day: Day, stamp: Stamp) -> TransferDecision {
        let reason = Some(Reason::Cancelled);
        decision(&self.aud, &self.iss, &self.jti, stamp, Answer { offer: None, day, reason, evaluated: None, lots: Vec::new() })
    }
}

impl TransferDecision {
    /// The DECISION on an OFFER whose text has the digest `own`.
    pub fn on(offer: &Offer, own: Digest, ruling: Ruling, day: Day, stamp: Stamp) -> TransferDecision {
        let Ruling { reason, evaluated, lots } = ruling;
        decision(&offer.aud, &offer.iss, &offer.jti, stamp, Answer { offer: Some(own), day, reason, evaluated, lots })
    }

    /// The same answer, told again in another epoch. Nothing is decided again and nothing is booked again.
    #[must_use]
    pub fn anew(&self, stamp: Stamp) -> TransferDecision {
        TransferDecision { epoch: stamp.epoch, iat: stamp.iat, seq: stamp.seq, ..self.clone() }
    }
}

/// What a DECISION says beside its head.
struct Answer {
    offer: Option<Digest>,
    day: Day,
    reason: Option<Reason>,
    evaluated: Option<Decision>,
    lots: Vec<Booking>,
}

fn decision(iss: &RegionCode, aud: &RegionCode, jti: &TransferId, stamp: Stamp, answer: Answer) -> TransferDecision {
    let Answer { offer, day, reason, evaluated, lots } = answer;
    TransferDecision {
        iss: iss.clone(),
        aud: aud.clone(),
        jti: jti.clone(),
        offer,
        epoch: stamp.epoch,
        iat: stamp.iat,
        outcome: if reason.is_none() { TransferOutcome::Accepted } else { TransferOutcome::Rejected },
        day,
        reason,
        decision: evaluated.as_ref().map(|evaluated| Digest::of_bytes(&evaluated.to_bytes())),
        checks: evaluated.map(|evaluated| evaluated.checks).unwrap_or_default(),
        lots,
        seq: stamp.seq,
    }
}

fn terms(content: &impl serde::Serialize) -> Digest {
    Digest::of_bytes(&serde_json::to_vec(content).unwrap_or_default())
}
