//! The side that is asked: the destination of an OFFER, and of a RETURN the region that takes back.

use super::source::Source;
use crate::documents::Digest;
use crate::transfer::TransferOutcome;

/// What was decided of a transfer; there is nothing between not knowing it and this, and it is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decided {
    /// The answer.
    pub outcome: TransferOutcome,
    /// The terms that it answers; `None` in a tombstone.
    pub terms: Option<Digest>,
    /// The own epoch in which the DECISION was signed.
    pub epoch: u32,
}

/// What arrives, or follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DestinationEvent {
    /// An OFFER or RETURN of these terms that the channel admits.
    Asked(Digest),
    /// A CANCEL that the channel admits.
    Cancelled,
    /// What was decided on these terms.
    Ruled(Digest, TransferOutcome),
}

/// What the side does about it, in one transaction with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DestinationAction {
    /// Decide, and take the step `Ruled` in the same transaction.
    Decide,
    /// Book what is given, store the message, sign and store the DECISION.
    BookIn,
    /// Store the message, sign and store the DECISION that rejects it.
    Reject,
    /// Sign and store a DECISION that rejects what never arrived.
    Tombstone,
    /// Answer with the stored DECISION.
    Answer,
    /// Sign the stored answer in the present epoch, store and send that; book nothing.
    SignAnew,
    /// The same id with other terms: change nothing, answer `transfer.conflict`.
    Conflict,
}

/// One step, in the own epoch `own`.
pub fn step(state: Option<Decided>, event: DestinationEvent, own: u32) -> (Option<Decided>, DestinationAction) {
    use TransferOutcome::{Accepted, Rejected};
    let Some(decided) = state else {
        let (outcome, terms, action) = match event {
            DestinationEvent::Asked(_) => return (None, DestinationAction::Decide),
            DestinationEvent::Cancelled => (Rejected, None, DestinationAction::Tombstone),
            DestinationEvent::Ruled(terms, Accepted) => (Accepted, Some(terms), DestinationAction::BookIn),
            DestinationEvent::Ruled(terms, Rejected) => (Rejected, Some(terms), DestinationAction::Reject),
        };
        return (Some(Decided { outcome, terms, epoch: own }), action);
    };
    let asked = match event {
        DestinationEvent::Asked(terms) | DestinationEvent::Ruled(terms, _) => Some(terms),
        DestinationEvent::Cancelled => None,
    };
    match (decided.terms, asked) {
        (Some(terms), Some(asked)) if terms != asked => (state, DestinationAction::Conflict),
        _ if decided.epoch == own => (state, DestinationAction::Answer),
        _ => (Some(Decided { epoch: own, ..decided }), DestinationAction::SignAnew),
    }
}

/// What follows from messages, after a restore: the own DECISION of the latest epoch, of those that it held and those that were handed over.
pub fn derive(decisions: impl Iterator<Item = Decided>) -> Option<Decided> {
    decisions.max_by_key(|decided| decided.epoch)
}

/// What a region does with a RETURN of credit that it once offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GiveBack {
    /// Book it: what went out is spendable again, unless it has expired.
    Accept,
    /// The own transfer is not settled yet: answer nothing, and ask for its DECISION first.
    Later,
    /// There is nothing that could come back.
    Reject,
}

/// Whether a transfer can come back. `original` is its state here, `is_back` whether another RETURN of it was accepted.
pub const fn give_back(original: Source, is_back: bool) -> GiveBack {
    match (original, is_back) {
        (Source::Settled, false) => GiveBack::Accept,
        (Source::Reserved, _) => GiveBack::Later,
        (Source::None | Source::Returned | Source::Settled, _) => GiveBack::Reject,
    }
}
