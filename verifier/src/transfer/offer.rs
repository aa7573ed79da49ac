//! `offer/1` and `return/1`: credit that is to move, and credit that is to go back.

use super::{MAX_BYTES, Subject, TransferRule, check_head};
use crate::documents::{Amount, Digest, DocumentError, DocumentRule, GrantId, TransferId, check_list, document};
use crate::ids::RegionCode;
use crate::json::{FromJson, Value};
use crate::recognition::{Booking, CaseFacts, CreditFacts, LotFacts};
use crate::time::Instant;
use alloc::vec::Vec;
use serde::Serialize;

/// The most lots of an OFFER.
pub const LOTS_MAX: usize = 100;

/// An OFFER: the source holds these amounts and asks the destination to book them. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// The source, which minted the lots.
    pub iss: RegionCode,
    /// The destination.
    pub aud: RegionCode,
    /// The transfer, named by the source.
    pub jti: TransferId,
    /// The epoch of the source, from 1.
    pub epoch: u32,
    /// When it was signed.
    pub iat: Instant,
    /// When the source begins to cancel; after `iat`. It ends no right of the destination.
    pub answer_by: Instant,
    /// The agreement, by its digest.
    pub agreement: Digest,
    /// The grant.
    pub grant: GrantId,
    /// Whose credit it is, for whoever knows the person.
    pub subject: Subject,
    /// The lots, 1 to 100, each once.
    pub lots: Vec<OfferedLot>,
    /// What the source computed that the destination books.
    pub gives: Vec<Booking>,
    /// The digest of the source's `decision/1`.
    pub decision: Digest,
    /// Its place among the source's counted messages of this epoch, from 1.
    pub seq: u32,
}

/// A lot on offer: what the rules look at, written with the two other members as one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfferedLot {
    /// What the rules look at; its `amount` is what is offered.
    #[serde(flatten)]
    pub facts: LotFacts,
    /// What was minted in all; at least what is offered.
    pub minted: Amount,
    /// Which part of its basis it is: the place in the achievement's list of credits.
    pub part: u16,
}

/// A RETURN: what was accepted is held again, whole, and goes back. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Return {
    /// The region that gives back: the destination of the OFFER.
    pub iss: RegionCode,
    /// The region that offered.
    pub aud: RegionCode,
    /// This transfer.
    pub jti: TransferId,
    /// The epoch of the sender, from 1.
    pub epoch: u32,
    /// When it was signed.
    pub iat: Instant,
    /// When the sender begins to cancel; after `iat`.
    pub answer_by: Instant,
    /// The transfer that is given back; another one.
    pub of: TransferId,
    /// The digest of its OFFER.
    pub offer: Digest,
    /// Its place among the sender's counted messages of this epoch, from 1.
    pub seq: u32,
}

document!(Offer, "offer/1", "hufu-offer+jwt", MAX_BYTES, { iss, aud, jti, epoch, iat, answer_by, agreement, grant, subject, lots, gives, decision, seq; });
document!(Return, "return/1", "hufu-return+jwt", MAX_BYTES, { iss, aud, jti, epoch, iat, answer_by, of, offer, seq; });

impl Offer {
    /// What the engine is asked about.
    pub fn case(&self) -> CaseFacts {
        CaseFacts::Credit(CreditFacts { origin: self.iss.clone(), lots: self.lots.iter().map(|lot| lot.facts.clone()).collect() })
    }

    /// What is offered in all, in hundredths of whatever the lots are counted in.
    pub fn total(&self) -> i64 {
        self.lots.iter().map(|lot| lot.facts.amount.hundredths()).sum()
    }

    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, Some(self.seq))?;
        check_answer_by(self.iat, self.answer_by)?;
        for (name, is_empty) in [("lots", self.lots.is_empty()), ("gives", self.gives.is_empty())] {
            if is_empty {
                return Err(DocumentRule::Member.about(name));
            }
        }
        check_list("lots", LOTS_MAX, &self.lots, |lot| lot.facts.id.as_str())?;
        if self.gives.len() > LOTS_MAX {
            return Err(DocumentRule::TooMany.about("gives"));
        }
        // Only the region where something was achieved mints credit for it, and only minted credit moves.
        if self.lots.iter().any(|lot| lot.facts.scheme.region() != self.iss.as_str()) {
            return Err(DocumentRule::OtherRegion.about("lots"));
        }
        if self.lots.iter().any(|lot| lot.facts.amount > lot.minted) {
            return Err(TransferRule::MoreThanMinted.about("lots"));
        }
        Ok(())
    }
}

impl Return {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, Some(self.seq))?;
        check_answer_by(self.iat, self.answer_by)?;
        if self.jti == self.of { Err(DocumentRule::Twice.about("of")) } else { Ok(()) }
    }
}

fn check_answer_by(iat: Instant, answer_by: Instant) -> Result<(), DocumentError> {
    crate::documents::check_instant("answer_by", answer_by)?;
    if answer_by > iat { Ok(()) } else { Err(TransferRule::AnswerBy.about("answer_by")) }
}

impl FromJson for OfferedLot {
    fn from_json(value: Value<'_>) -> Option<OfferedLot> {
        let Value::Object(mut members) = value else { return None };
        let mut own = |name: &str| members.iter().position(|(member, _)| member == name).map(|at| members.remove(at).1);
        let minted = Amount::from_json(own("minted")?)?;
        let part = u16::from_json(own("part")?)?;
        Some(OfferedLot { facts: LotFacts::from_json(Value::Object(members))?, minted, part })
    }
}
