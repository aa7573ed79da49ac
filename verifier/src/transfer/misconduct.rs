//! Two signed messages that no honest region would both have signed, unless it was restored and did not say so.

use super::{Message, Offer, Signed};
use crate::documents::LotId;

/// What two messages of one region prove. Whoever holds both can show them to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misconduct {
    /// Two messages have one place in one epoch.
    SameSeq,
    /// Two DECISIONs of one transfer in one epoch.
    TwoDecisions,
    /// Two OFFERs, or RETURNs, of one transfer in one epoch.
    TwoOffers,
    /// More of a lot than was minted is offered to two regions. It stands unless the region shows that one of the two was rejected or came
    /// back before the other was made.
    BeyondMinted(LotId),
}

/// What two messages prove, if anything. Both must have been opened, so that it is known who signed them.
pub fn proof(one: &Signed, other: &Signed) -> Option<Misconduct> {
    let (a, b) = (&one.message, &other.message);
    if one.digest == other.digest || a.iss() != b.iss() {
        return None;
    }
    if let (Message::Offer(first), Message::Offer(second)) = (a, b)
        && let Some(lot) = beyond_minted(first, second)
    {
        return Some(Misconduct::BeyondMinted(lot));
    }
    if a.aud() != b.aud() || a.epoch() != b.epoch() {
        return None;
    }
    let is_one_transfer = a.jti().is_some() && a.jti() == b.jti();
    match (a, b) {
        (Message::Decision(_), Message::Decision(_)) if is_one_transfer => Some(Misconduct::TwoDecisions),
        (Message::Offer(_) | Message::Return(_), Message::Offer(_) | Message::Return(_)) if is_one_transfer => Some(Misconduct::TwoOffers),
        _ if a.seq().is_some() && a.seq() == b.seq() => Some(Misconduct::SameSeq),
        _ => None,
    }
}

/// The first lot of which two OFFERs to two regions offer more than was minted, by either's word.
fn beyond_minted(one: &Offer, other: &Offer) -> Option<LotId> {
    if one.aud == other.aud {
        return None;
    }
    let is_beyond = |lot: &&super::OfferedLot| {
        let same = other.lots.iter().find(|own| own.facts.id == lot.facts.id);
        same.is_some_and(|same| {
            let offered = lot.facts.amount.hundredths() + same.facts.amount.hundredths();
            offered > lot.minted.min(same.minted).hundredths()
        })
    };
    one.lots.iter().find(is_beyond).map(|lot| lot.facts.id.clone())
}
