//! Taking a message of another region, in whatever way it came.

use verifier::transfer::protocol::channel::Handed;
use verifier::transfer::{Handover, Message, Signed, TransferRule, proof};

use super::restore::{hand_over, handed};
use super::{Line, answered, asked, refused, statement, stored, unfit};
use crate::agreements::Keys;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Refusal};
use crate::partners::Bundles;
use crate::transfers::store;
use crate::transfers::{TransferRefusal, rules};

/// What became of a message.
#[derive(Debug)]
pub enum Taken {
    /// It is answered by this DECISION, or own STATEMENT, a compact JWS.
    Answer(String),
    /// It is a DECISION, and was taken.
    Done,
    /// It is to be sent again later.
    Later,
    /// It is a HANDOVER that was waited for: the messages that it names, so many, are to be taken with it.
    Expects(u32),
    /// It contradicts what is known, so the channel was stopped.
    Alarm(Refusal),
}

/// Takes a message: reads it under the pinned key of its sender, and does what the protocol says, in one transaction.
///
/// # Errors
/// `transfer.*`, `transfers.*`, `jws.*`, `document.*`, or a fault.
pub async fn take(app: &App, text: String) -> Result<Taken, Error> {
    let (this, bundles) = (app.clone(), app.partners.current(app).await);
    // A stranger takes no turn of the writer's.
    let (signed, text) = app.db.read(move |conn| open(conn, &this, &text).map(|signed| (signed, text))).await?;
    let this = app.clone();
    let taken = app.db.write(move |conn| taken(conn, &this, &bundles, &signed, &text)).await?;
    if matches!(taken, Taken::Alarm(_)) {
        app.metrics.transfer_alarms.inc();
    }
    Ok(taken)
}

/// Reads a message for this region under the pinned key of its sender.
pub(super) fn open(conn: &mut Conn, app: &App, text: &str) -> Result<Signed, Error> {
    let keys = Keys::of(conn, app)?;
    let signed = Message::open(text, &|region, _| keys.find(region)).map_err(|e| unfit(&e))?;
    if *signed.message.aud() == app.region.code { Ok(signed) } else { Err(refused(TransferRule::Audience).into()) }
}

fn taken(conn: &mut Conn, app: &App, bundles: &Bundles, signed: &Signed, text: &str) -> Result<Taken, Error> {
    let message = &signed.message;
    let mut line = Line::open(conn, app, message.iss())?;
    match message {
        Message::Resync(resync) => return hand_over(conn, &mut line, (signed, text), resync).map(Taken::Answer),
        Message::Handover(handover) => return announced(conn, &line, (signed, text), handover),
        _ => {}
    }
    if app.is_restoring() {
        return Err(refused(TransferRule::Resyncing).into());
    }
    match line.channel()?.admit(message.epoch()) {
        Ok(()) => {}
        // The other goes on in an epoch that it has forgotten: this tells it.
        Err(TransferRule::Epoch) if line.handover().is_some() => return Ok(Taken::Answer(line.handover().unwrap_or_default().to_owned())),
        Err(TransferRule::EpochUnannounced) => {
            line.stop(conn, signed, text, "epoch_unannounced")?;
            return Ok(Taken::Alarm(refused(TransferRule::EpochUnannounced)));
        }
        Err(rule) => return Err(refused(rule).into()),
    }
    if let Some(alarm) = contradiction(conn, &line, signed)? {
        line.stop(conn, signed, text, alarm)?;
        return Ok(Taken::Alarm(TransferRefusal::Contradiction.at("message").got(alarm)));
    }
    match message {
        Message::Offer(offer) => asked::offered(conn, &mut line, bundles, (signed, text), offer),
        Message::Return(back) => asked::given_back(conn, &mut line, (signed, text), back),
        Message::Cancel(cancel) => asked::cancelled(conn, &mut line, (signed, text), cancel),
        Message::Decision(decision) => answered::decided(conn, &mut line, (signed, text), decision),
        Message::Statement(theirs) => statement::answer(conn, &mut line, (signed, text), theirs),
        Message::Resync(_) | Message::Handover(_) => Err(TransferRefusal::Kind.at("message").into()),
    }
}

/// A HANDOVER without the messages that it names: where they are waited for, they are to come with it; anything else is done at once.
fn announced(conn: &mut Conn, line: &Line<'_>, came: (&Signed, &str), handover: &Handover) -> Result<Taken, Error> {
    match line.channel()?.handed(handover.resync, handover.for_epoch, handover.epoch) {
        Handed::Derive(_) => Ok(Taken::Expects(handover.n)),
        Handed::Nothing => Ok(Taken::Done),
        _ => handed(conn, line.app, came.1, &[]),
    }
}

/// What the message proves together with one that came before.
fn contradiction(conn: &mut Conn, line: &Line<'_>, signed: &Signed) -> Result<Option<&'static str>, Error> {
    let (message, transfer) = (&signed.message, signed.message.jti().map_or("", |id| id.as_str()));
    let place = (i64::from(message.epoch()), message.seq().map(i64::from));
    for text in store::beside(conn, line.peer(), place, transfer)? {
        if let Some(misconduct) = proof(&stored(&text)?, signed) {
            return Ok(Some(rules::alarm(&misconduct)));
        }
    }
    Ok(None)
}
