//! What a source offers.

use super::Stamp;
use crate::documents::{Digest, GrantId, LotId, TransferId};
use crate::ids::RegionCode;
use crate::recognition::{Accord, CaseFacts, Context, CreditFacts, Decision, Outcome, evaluate};
use crate::time::{Instant, Zone};
use crate::transfer::{Offer, OfferedLot, Subject};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What somebody wants to move.
#[derive(Debug, Clone)]
pub struct Proposal<'a> {
    /// The source.
    pub iss: &'a RegionCode,
    /// By which agreement.
    pub accord: Accord<'a>,
    /// By which grant of it.
    pub grant: GrantId,
    /// Which lots; `amount` of what is left of each.
    pub lots: Vec<OfferedLot>,
}

/// What goes into an OFFER beside what is moved.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The transfer; a new id.
    pub jti: TransferId,
    /// Whose credit it is.
    pub subject: Subject,
    /// When the source begins to cancel.
    pub answer_by: Instant,
    /// The zone of the source, in which its days begin.
    pub zone: Zone,
    /// Epoch, time and place.
    pub stamp: Stamp,
}

/// Why there is no OFFER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOffered {
    /// The agreement has no such grant.
    Grant,
    /// The engine does not recognise it; the decision says why.
    NotRecognised(Box<Decision>),
    /// This lot could expire before it is decided: `transfer.expires_too_soon`.
    ExpiresTooSoon(LotId),
}

/// What the destination would decide, by what the source knows. The place of the context is the destination.
///
/// # Errors
/// [`NotOffered::Grant`].
pub fn quote(proposal: &Proposal<'_>, context: &Context<'_>) -> Result<Decision, NotOffered> {
    let grant = proposal.accord.agreement.grant(&proposal.grant).ok_or(NotOffered::Grant)?;
    let lots = proposal.lots.iter().map(|lot| lot.facts.clone()).collect();
    let case = CaseFacts::Credit(CreditFacts { origin: proposal.iss.clone(), lots });
    Ok(evaluate(&proposal.accord, grant, &case, context))
}

/// The OFFER of what is recognised, and the decision that it names. That the amounts are there is for the ledger to say, and the rest for
/// [`Offer::sign`].
///
/// # Errors
/// [`NotOffered`].
pub fn offer(proposal: &Proposal<'_>, context: &Context<'_>, envelope: &Envelope) -> Result<(Offer, Decision), NotOffered> {
    let decision = quote(proposal, context)?;
    if decision.outcome != Outcome::Recognised {
        return Err(NotOffered::NotRecognised(Box::new(decision)));
    }
    let Envelope { jti, subject, answer_by, zone, stamp } = envelope;
    let last = answer_by.day_in(*zone);
    if let Some(lot) = proposal.lots.iter().find(|lot| lot.facts.expires.is_some_and(|expires| expires <= last)) {
        return Err(NotOffered::ExpiresTooSoon(lot.facts.id.clone()));
    }
    let offer = Offer {
        iss: proposal.iss.clone(),
        aud: context.place.clone(),
        jti: jti.clone(),
        epoch: stamp.epoch,
        iat: stamp.iat,
        answer_by: *answer_by,
        agreement: proposal.accord.digest,
        grant: proposal.grant.clone(),
        subject: *subject,
        lots: proposal.lots.clone(),
        gives: decision.gives.clone(),
        decision: Digest::of_bytes(&decision.to_bytes()),
        seq: stamp.seq,
    };
    Ok((offer, decision))
}
