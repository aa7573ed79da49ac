//! What somebody wants of a transfer that is there: to withdraw it, or to give back what came.

use verifier::documents::{Digest, TransferId};
use verifier::ids::RegionCode;
use verifier::time::Instant;
use verifier::transfer::Return;

use super::deliver::cancel;
use super::{Line, act, answer_by, is_peer, refused, stored, unfit};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::learners;
use crate::ledger::{self, Pick, Reserve};
use crate::providers::service::today;
use crate::transfers::TransferRefusal;
use crate::transfers::store::{self, Row};

/// Signs the CANCEL of a transfer that is in transit; from now on that is sent. Only a DECISION ends it.
///
/// # Errors
/// `transfers.ended`, or a fault.
pub fn withdraw(conn: &mut Conn, app: &App, row: &Row) -> Result<(), Error> {
    let mut line = Line::open(conn, app, &RegionCode::parse(&row.peer).map_err(Fault::new)?)?;
    // Under the channel nobody else changes it.
    let row = store::by_id(conn, &row.id)?.filter(|row| row.state == "reserved").ok_or_else(|| TransferRefusal::Ended.at("id"))?;
    let ask = store::message(conn, row.ask.as_deref().unwrap_or_default())?.ok_or_else(|| Fault::text("a transfer without its message"))?;
    cancel(conn, &mut line, &stored(&ask.text)?.message)?;
    store::update(conn, &Row { cancelled: true, next_at: Some(app.edge.now()), tries: 0, ..row })
}

/// Holds all that came with a transfer and signs the RETURN; `by` is who asks. Of what was spent of it, or has expired, nothing goes back: it goes
/// back whole.
///
/// # Errors
/// `transfers.not_accepted`, `transfers.no_peer`, `transfer.stopped`, `ledger.*`, or a fault.
pub fn give_back(conn: &mut Conn, app: &App, by: &str, original: &Row) -> Result<String, Error> {
    let is_here = original.side == "destination" && original.kind.as_deref() == Some("move") && original.state == "accepted";
    let (Some(offer), Some(learner), true) = (&original.ask, &original.learner_id, is_here) else {
        return Err(TransferRefusal::NotAccepted.at("id").into());
    };
    if !is_peer(conn, &original.peer)? {
        return Err(TransferRefusal::NoPeer.at("id").into());
    }
    let peer = RegionCode::parse(&original.peer).map_err(Fault::new)?;
    let mut line = Line::open(conn, app, &peer)?;
    let channel = line.channel()?;
    channel.admit(channel.peer).map_err(refused)?;
    let (id, stamp) = (app.edge.id("trf"), line.stamp()?);
    let back = Return {
        iss: app.region.code.clone(),
        aud: peer.clone(),
        jti: TransferId::parse(&id).map_err(Fault::new)?,
        epoch: stamp.epoch,
        iat: stamp.iat,
        answer_by: answer_by(app),
        of: TransferId::parse(&original.id).map_err(Fault::new)?,
        offer: Digest::parse(offer).map_err(Fault::new)?,
        seq: stamp.seq,
    };
    let text = back.sign(&app.keys.region_signer()).map_err(|e| unfit(&e))?;
    let ask = line.keep_sent(conn, &text)?;
    let root = learners::service::find(conn, learner)?;
    let family = learners::store::family(conn, &root.id)?;
    let lots = ledger::service::of_basis(conn, offer, today(app))?;
    let hold = Reserve {
        entry: app.edge.id("ent"),
        cause: ask.clone(),
        family: &family,
        picks: lots.into_iter().map(|state| Pick { amount: state.lot.amount, lot: state.lot.id }).collect(),
        origin: &peer,
        hold: id.clone(),
        answer_by: back.answer_by.day_in(app.region.zone),
    };
    ledger::service::reserve(conn, &act(app), &hold)?.posted().map_err(|refusal: Refusal| refusal.at("id"))?;
    store::insert(conn, &row(&back, original, root.id, by, ask))?;
    Ok(id)
}

fn row(back: &Return, original: &Row, learner: String, by: &str, ask: String) -> Row {
    let Instant(now) = back.iat;
    Row {
        id: back.jti.as_str().to_owned(),
        side: "source".to_owned(),
        kind: Some("return".to_owned()),
        learner_id: Some(learner),
        state: "reserved".to_owned(),
        terms: Some(back.terms().to_string()),
        ask: Some(ask),
        decision: None,
        decided_epoch: None,
        return_of: Some(original.id.clone()),
        agreement: None,
        grant_id: None,
        reason: None,
        began_at: now,
        began_by: by.to_owned(),
        ended_at: None,
        answer_by: Some(back.answer_by.0),
        cancelled: false,
        next_at: Some(now),
        tries: 0,
        error: None,
        unbooked: false,
        decided_on: None,
        ..original.clone()
    }
}
