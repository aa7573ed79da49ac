//! The side that asks: the source of an OFFER, and of a RETURN the region that gives back.

use crate::transfer::TransferOutcome;

/// A transfer at the side that asked for it. Nothing leads from [`Source::Reserved`] to another state but a DECISION.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Not known.
    None,
    /// The amounts are held.
    Reserved,
    /// Accepted: the amounts have gone out. Final.
    Settled,
    /// Rejected: the amounts are back. Final.
    Returned,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceEvent {
    /// Somebody wants it.
    Wanted,
    /// It is time to put it, for the first time or again: it was signed in one epoch, and this is the present one.
    Put {
        /// The epoch in which the text that is stored was signed.
        signed_in: u32,
        /// The present epoch.
        own: u32,
    },
    /// `answer_by` has passed, or nobody wants it any more. Only a wish: whatever the clock says, it releases nothing.
    Due,
    /// A DECISION on it that the channel admits.
    Decided {
        /// The answer.
        outcome: TransferOutcome,
        /// Whether it names an OFFER or RETURN that this side signed for this transfer, or, being a tombstone, none.
        is_ours: bool,
    },
}

/// What the side does about it, in one transaction with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceAction {
    /// Hold the amounts, sign and store the message.
    Hold,
    /// Send the stored text.
    Send,
    /// Sign the same terms in the present epoch, store and send that.
    SignAnew,
    /// Send a CANCEL.
    Cancel,
    /// Store the DECISION; the hold goes out.
    BookOut,
    /// Store the DECISION; the hold goes back.
    Release,
    /// Nothing.
    Nothing,
    /// It contradicts what is known: change nothing, stop the channel.
    Alarm,
}

/// One step.
pub const fn step(state: Source, event: SourceEvent) -> (Source, SourceAction) {
    use TransferOutcome::{Accepted, Rejected};
    match (state, event) {
        (Source::None, SourceEvent::Wanted) => (Source::Reserved, SourceAction::Hold),
        (Source::Reserved, SourceEvent::Put { signed_in, own }) if signed_in == own => (state, SourceAction::Send),
        (Source::Reserved, SourceEvent::Put { .. }) => (state, SourceAction::SignAnew),
        (Source::Reserved, SourceEvent::Due) => (state, SourceAction::Cancel),
        (_, SourceEvent::Wanted | SourceEvent::Put { .. } | SourceEvent::Due) => (state, SourceAction::Nothing),
        (Source::None, SourceEvent::Decided { .. }) | (_, SourceEvent::Decided { is_ours: false, .. }) => (state, SourceAction::Alarm),
        (Source::Reserved, SourceEvent::Decided { outcome: Accepted, .. }) => (Source::Settled, SourceAction::BookOut),
        (Source::Reserved, SourceEvent::Decided { outcome: Rejected, .. }) => (Source::Returned, SourceAction::Release),
        (Source::Settled, SourceEvent::Decided { outcome: Accepted, .. }) => (state, SourceAction::Nothing),
        (Source::Returned, SourceEvent::Decided { outcome: Rejected, .. }) => (state, SourceAction::Nothing),
        (Source::Settled | Source::Returned, SourceEvent::Decided { .. }) => (state, SourceAction::Alarm),
    }
}

/// The state that follows from messages, after a restore: whether there is an OFFER or RETURN of this side, and the DECISIONs on it with their
/// epochs, those that it held and those that were handed over. The latest epoch counts.
pub fn derive(is_asked: bool, decisions: impl Iterator<Item = (u32, TransferOutcome)>) -> Source {
    match decisions.max_by_key(|(epoch, _)| *epoch) {
        Some((_, TransferOutcome::Accepted)) => Source::Settled,
        Some((_, TransferOutcome::Rejected)) => Source::Returned,
        None if is_asked => Source::Reserved,
        None => Source::None,
    }
}
