//! The side that asked: what a DECISION does.

use verifier::ids::RegionCode;
use verifier::transfer::protocol::source::{Source, SourceAction, SourceEvent, step};
use verifier::transfer::{Signed, TransferDecision};

use super::{Line, Taken, act, end};
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::{self, Destination};
use crate::transfers::store::{self, Row};
use crate::transfers::{TransferRefusal, rules};
use crate::webhooks::{self, Event};

/// Takes a DECISION: the hold goes out or comes back, once.
pub(super) fn decided(conn: &mut Conn, line: &mut Line<'_>, came: (&Signed, &str), decision: &TransferDecision) -> Result<Taken, Error> {
    let (signed, text) = came;
    let row = store::by_id(conn, decision.jti.as_str())?.filter(|row| row.side == "source" && row.peer == line.peer());
    let is_ours = match &decision.offer {
        None => true,
        Some(offer) => store::is_asked(conn, decision.jti.as_str(), &offer.to_string())?,
    };
    let state = row.as_ref().map_or(Source::None, |row| rules::source(&row.state));
    let (next, action) = step(state, SourceEvent::Decided { outcome: decision.outcome, is_ours });
    match (action, row.clone()) {
        (SourceAction::BookOut | SourceAction::Release, Some(row)) => book(conn, line, came, decision, row, next),
        (SourceAction::Nothing, _) => {
            if store::message(conn, &signed.digest.to_string())?.is_none() {
                let digest = line.keep_taken(conn, signed, text)?;
                // The same answer, signed in a later epoch: that one counts.
                if let Some(row) = row.filter(|row| row.decided_epoch < Some(decision.epoch.into())) {
                    let (decided_epoch, decided_on) = (Some(decision.epoch.into()), Some(decision.day.to_string()));
                    store::update(conn, &Row { decision: Some(digest), decided_epoch, decided_on, ..row })?;
                }
            }
            Ok(Taken::Done)
        }
        _ => {
            line.stop(conn, signed, text, "decision")?;
            Ok(Taken::Alarm(TransferRefusal::Contradiction.at("message").got("decision")))
        }
    }
}

fn book(conn: &mut Conn, line: &mut Line<'_>, came: (&Signed, &str), decision: &TransferDecision, row: Row, next: Source) -> Result<Taken, Error> {
    let (signed, text) = came;
    let digest = line.keep_taken(conn, signed, text)?;
    let (act, end) = (act(line.app), end(line.app, &row.id, &digest));
    let (outcome, state) = if next == Source::Settled {
        let peer = RegionCode::parse(&row.peer).map_err(Fault::new)?;
        (ledger::service::settle(conn, &act, &end, &Destination::Out(peer))?, "settled")
    } else {
        (ledger::service::release(conn, &act, &end)?, "returned")
    };
    outcome.posted().map_err(|refusal| Fault::text(format!("the hold of {}: {refusal}", row.id)))?;
    let ended = Row {
        state: state.to_owned(),
        decision: Some(digest),
        decided_epoch: Some(decision.epoch.into()),
        decided_on: Some(decision.day.to_string()),
        reason: decision.reason.map(|reason| reason.as_str().to_owned()),
        ended_at: Some(line.app.edge.now()),
        next_at: None,
        error: None,
        ..row
    };
    store::update(conn, &ended)?;
    let settled = Event::TransferSettled { transfer: &ended.id, kind: ended.kind.as_deref(), peer: &ended.peer, state };
    webhooks::tell(conn, &line.app.edge, &settled)?;
    Ok(Taken::Done)
}
