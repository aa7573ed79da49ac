//! A transfer as its messages have it, its own and those that were handed over.

use std::collections::BTreeSet;

use verifier::transfer::protocol::destination::{self, Decided};
use verifier::transfer::protocol::source::{self, Source};
use verifier::transfer::{Message, Signed, TransferDecision};

use super::super::{Line, stored};
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::transfers::rules;
use crate::transfers::store::{self, Row};

/// What is known of one transfer.
#[derive(Default)]
struct Known {
    own_asks: Vec<Signed>,
    their_asks: Vec<Signed>,
    /// In order of epochs; what was handed over comes after what is only known here.
    own_decisions: Vec<(Signed, TransferDecision)>,
    their_decisions: Vec<(Signed, TransferDecision)>,
    is_cancelled: bool,
    /// When the first message was signed.
    began_at: i64,
}

/// Brings the row of a transfer to what its messages say, and marks it where the ledger does not have that yet. `handed` are the digests of what was handed over.
/// A DECISION that contradicts what was final here is the answer, and nothing changes.
///
/// # Errors
/// A fault.
pub(super) fn derive(conn: &mut Conn, line: &Line<'_>, id: &str, handed: &BTreeSet<String>) -> Result<Option<String>, Error> {
    let texts = store::about(conn, line.peer(), id)?;
    let (known, before) = (Known::read(line, &texts, handed)?, store::by_id(conn, id)?);
    let row = if known.own_asks.is_empty() && known.their_decisions.is_empty() {
        known.asked(conn, line, id)?
    } else {
        let is_final = before.as_ref().is_some_and(|row| matches!(rules::source(&row.state), Source::Settled | Source::Returned));
        let row = known.asks(conn, line, id)?;
        if is_final && before.as_ref().map(|row| row.state.as_str()) != Some(row.state.as_str()) {
            let counts = known.their_decisions.last().map(|(signed, _)| signed.digest.to_string()).unwrap_or_default();
            return Ok(store::message(conn, &counts)?.map(|message| message.text));
        }
        Some(row)
    };
    match (row, before) {
        (None, _) => {}
        (Some(row), None) => store::insert(conn, &Row { unbooked: is_booked_anywhere(&row), ..row })?,
        (Some(row), Some(before)) => {
            let unbooked = before.unbooked || before.state != row.state;
            // What was asked does not change. A DECISION on what never arrived names no OFFER, so the messages alone do not say it either.
            let kept = Row {
                state: row.state,
                ask: row.ask.or(before.ask),
                decision: row.decision,
                decided_epoch: row.decided_epoch,
                decided_on: row.decided_on,
                reason: row.reason,
                ended_at: row.ended_at,
                answer_by: row.answer_by.or(before.answer_by),
                cancelled: before.cancelled || row.cancelled,
                next_at: row.next_at,
                tries: row.tries,
                error: row.error,
                unbooked,
                ..before
            };
            store::update(conn, &kept)?;
        }
    }
    Ok(None)
}

/// Whether the ledger has to know of a transfer that was not known here.
fn is_booked_anywhere(row: &Row) -> bool {
    row.kind.is_some() && matches!(row.state.as_str(), "reserved" | "settled" | "accepted")
}

impl Known {
    fn read(line: &Line<'_>, texts: &[String], handed: &BTreeSet<String>) -> Result<Known, Fault> {
        let (mut known, own) = (Known { began_at: i64::MAX, ..Known::default() }, &line.app.region.code);
        for text in texts {
            let signed = stored(text)?;
            known.began_at = known.began_at.min(signed.message.iat().0);
            let is_own = signed.message.iss() == own;
            match &signed.message {
                Message::Offer(_) | Message::Return(_) if is_own => known.own_asks.push(signed),
                Message::Offer(_) | Message::Return(_) => known.their_asks.push(signed),
                Message::Decision(decision) => {
                    let decision = decision.clone();
                    let side = if is_own { &mut known.own_decisions } else { &mut known.their_decisions };
                    side.push((signed, decision));
                }
                Message::Cancel(_) => known.is_cancelled |= is_own,
                Message::Statement(_) | Message::Resync(_) | Message::Handover(_) => {}
            }
        }
        for side in [&mut known.own_decisions, &mut known.their_decisions] {
            side.sort_by_key(|(signed, decision)| (decision.epoch, handed.contains(&signed.digest.to_string())));
        }
        for side in [&mut known.own_asks, &mut known.their_asks] {
            side.sort_by_key(|signed| signed.message.epoch());
        }
        Ok(known)
    }

    /// The transfer of which this region is the one that asks.
    fn asks(&self, conn: &mut Conn, line: &Line<'_>, id: &str) -> Result<Row, Error> {
        let outcomes = self.their_decisions.iter().map(|(_, decision)| (decision.epoch, decision.outcome));
        let state = match source::derive(!self.own_asks.is_empty(), outcomes) {
            Source::Settled => "settled",
            Source::Returned => "returned",
            Source::None | Source::Reserved => "reserved",
        };
        let decision = self.their_decisions.last();
        let row = self.row(conn, line, id, &self.own_asks, decision)?;
        let next_at = if state == "reserved" { Some(line.app.edge.now()) } else { None };
        Ok(Row { side: "source".to_owned(), state: state.to_owned(), cancelled: self.is_cancelled, next_at, ..row })
    }

    /// The transfer of which this region is the one that is asked; none where it has not decided.
    fn asked(&self, conn: &mut Conn, line: &Line<'_>, id: &str) -> Result<Option<Row>, Error> {
        let decided = self.own_decisions.iter().map(|(_, decision)| Decided { outcome: decision.outcome, terms: None, epoch: decision.epoch });
        let Some(decided) = destination::derive(decided) else { return Ok(None) };
        let row = self.row(conn, line, id, &self.their_asks, self.own_decisions.last())?;
        Ok(Some(Row { side: "destination".to_owned(), state: decided.outcome.as_str().to_owned(), began_by: line.peer().to_owned(), ..row }))
    }

    /// What both sides note alike.
    fn row(&self, conn: &mut Conn, line: &Line<'_>, id: &str, asks: &[Signed], decision: Option<&(Signed, TransferDecision)>) -> Result<Row, Error> {
        let named = decision.and_then(|(_, decision)| decision.offer);
        let ask = asks.iter().find(|ask| Some(ask.digest) == named).or_else(|| asks.last().filter(|_| decision.is_none()));
        let row = Row {
            id: id.to_owned(),
            side: String::new(),
            kind: None,
            peer: line.peer().to_owned(),
            learner_id: None,
            state: String::new(),
            terms: None,
            ask: ask.map(|ask| ask.digest.to_string()),
            decision: decision.map(|(signed, _)| signed.digest.to_string()),
            decided_epoch: decision.map(|(_, decision)| decision.epoch.into()),
            return_of: None,
            agreement: None,
            grant_id: None,
            reason: decision.and_then(|(_, decision)| decision.reason).map(|reason| reason.as_str().to_owned()),
            amount: 0,
            began_at: self.began_at,
            began_by: line.app.region.code.as_str().to_owned(),
            ended_at: decision.map(|(_, decision)| decision.iat.0),
            answer_by: None,
            cancelled: false,
            next_at: None,
            tries: 0,
            error: None,
            unbooked: false,
            decided_on: decision.map(|(_, decision)| decision.day.to_string()),
        };
        Ok(match ask.map(|ask| &ask.message) {
            Some(Message::Offer(offer)) => Row {
                kind: Some("move".to_owned()),
                terms: Some(offer.terms().to_string()),
                agreement: Some(offer.agreement.to_string()),
                grant_id: Some(offer.grant.as_str().to_owned()),
                amount: offer.total(),
                answer_by: Some(offer.answer_by.0),
                ..row
            },
            Some(Message::Return(back)) => Row {
                kind: Some("return".to_owned()),
                terms: Some(back.terms().to_string()),
                return_of: Some(back.of.as_str().to_owned()),
                amount: offered(conn, &back.offer.to_string())?,
                answer_by: Some(back.answer_by.0),
                ..row
            },
            _ => row,
        })
    }
}

/// What an OFFER offered, in hundredths.
fn offered(conn: &mut Conn, digest: &str) -> Result<i64, Error> {
    let Some(message) = store::message(conn, digest)? else { return Ok(0) };
    match stored(&message.text)?.message {
        Message::Offer(offer) => Ok(offer.total()),
        _ => Ok(0),
    }
}
