//! What a destination makes of an OFFER.

use super::Channel;
use crate::recognition::{Accord, Booking, CheckName, Context, Decision, Outcome, evaluate};
use crate::transfer::{Offer, Reason, TransferRule};
use alloc::vec::Vec;

/// What the destination knows.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The channel to the source.
    pub channel: Channel,
    /// The agreement that the OFFER names, if it is known here; of another digest it counts as unknown.
    pub accord: Option<Accord<'a>>,
    /// Here, today, the providers of the source as they are known here, what this learner has received already.
    pub context: Context<'a>,
    /// Whether exactly one account here is that of the subject.
    pub has_account: bool,
}

/// The answer: accepted where there is no reason against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Why it is rejected.
    pub reason: Option<Reason>,
    /// The engine's decision, if it came so far.
    pub evaluated: Option<Decision>,
    /// What is booked; empty where it is rejected.
    pub lots: Vec<Booking>,
}

/// Decides. Pure: the same inputs give the same ruling. In this order: audience and epoch, agreement, grant, subject, the engine on the facts with
/// this region's own limits and holdings, and that both regions computed the same.
///
/// # Errors
/// What is not to be answered with a DECISION: `transfer.audience`, or as [`Channel::admit`].
pub fn decide(offer: &Offer, desk: &Desk<'_>) -> Result<Ruling, TransferRule> {
    if offer.aud != *desk.context.place {
        return Err(TransferRule::Audience);
    }
    desk.channel.admit(offer.epoch)?;
    let rejected = |reason| Ok(Ruling { reason: Some(reason), evaluated: None, lots: Vec::new() });
    let Some(accord) = desk.accord.filter(|accord| accord.digest == offer.agreement) else {
        return rejected(Reason::Agreement);
    };
    let Some(grant) = accord.agreement.grant(&offer.grant) else {
        return rejected(Reason::Grant);
    };
    if !desk.has_account {
        return rejected(Reason::Subject);
    }
    let evaluated = evaluate(&accord, grant, &offer.case(), &desk.context);
    let reason = match evaluated.outcome {
        Outcome::Recognised if evaluated.gives == offer.gives => None,
        Outcome::Recognised => Some(Reason::Gives),
        Outcome::Refused | Outcome::Undetermined => Some(reason(&evaluated)),
    };
    let lots = if reason.is_none() { evaluated.gives.clone() } else { Vec::new() };
    Ok(Ruling { reason, evaluated: Some(evaluated), lots })
}

/// The first of these that the engine found: agreement, grant, a condition, expiry, a limit.
fn reason(evaluated: &Decision) -> Reason {
    match evaluated.failed().next().map(|check| check.check) {
        Some(CheckName::Signed | CheckName::InForce) => Reason::Agreement,
        Some(CheckName::Parties | CheckName::Moves) => Reason::Grant,
        Some(CheckName::Unexpired) => Reason::Expired,
        Some(CheckName::LimitLearnerYear | CheckName::LimitLearnerSource) => Reason::Limits,
        _ => Reason::Checks,
    }
}
