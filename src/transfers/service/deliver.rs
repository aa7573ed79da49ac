//! Putting what is open to the region that decides, again and again until it has.

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use verifier::ids::RegionCode;
use verifier::time::Instant;
use verifier::transfer::protocol::source::{Source, SourceAction, SourceEvent, step};
use verifier::transfer::{Cancel, Message};

use super::{Line, Taken, stored, take, unfit};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners;
use crate::transfers::store::{self, Row};
use crate::transfers::{CARRIED_MAX, PUT_AT_ONCE, TRIES_MAX, TransferRefusal, rules};

/// Where another registry takes messages.
pub(super) const PATH: &str = "/peer/messages";

/// A message as it travels over HTTP.
#[derive(Serialize, Deserialize)]
pub(super) struct Carried {
    pub message: String,
}

/// Puts what is due to every region, and takes the answers: how many were put. What goes wrong with one holds up no other.
///
/// # Errors
/// A fault of the database.
pub async fn deliver(app: &App) -> Result<usize, Error> {
    let (mut tasks, mut many) = (JoinSet::new(), 0);
    for peer in due_peers(app).await? {
        let app = app.clone();
        tasks.spawn(async move { deliver_to(&app, &peer).await });
    }
    while let Some(done) = tasks.join_next().await {
        many += done.map_err(Fault::new)??;
    }
    Ok(many)
}

/// The regions for which something is due.
///
/// # Errors
/// A fault of the database.
pub async fn due_peers(app: &App) -> Result<Vec<String>, Error> {
    if app.is_restoring() {
        return Ok(Vec::new());
    }
    let now = app.edge.now();
    app.db.read(move |conn| store::due_peers(conn, now)).await
}

/// Puts what is due to one region, some at a time, until nothing is, or none of them was answered: how many were put.
///
/// # Errors
/// A fault of the database.
pub async fn deliver_to(app: &App, peer: &str) -> Result<usize, Error> {
    let mut many = 0;
    loop {
        let (now, region) = (app.edge.now(), peer.to_owned());
        let due = app.db.read(move |conn| store::due(conn, &region, now, PUT_AT_ONCE)).await?;
        many += due.len();
        let (mut tasks, mut answered) = (JoinSet::new(), false);
        for id in due {
            let (app, peer) = (app.clone(), peer.to_owned());
            tasks.spawn(async move {
                put(&app, &id, &peer).await.unwrap_or_else(|fault| {
                    tracing::warn!(%fault, transfer = id, peer, "a transfer could not be put");
                    false
                })
            });
        }
        while let Some(done) = tasks.join_next().await {
            answered |= done.map_err(Fault::new)?;
        }
        if !answered {
            return Ok(many);
        }
    }
}

/// Puts one transfer, and notes how that went: whether it was answered.
async fn put(app: &App, id: &str, peer: &str) -> Result<bool, Error> {
    let (this, name) = (app.clone(), id.to_owned());
    let Some((text, tries)) = app.db.write(move |conn| turn(conn, &this, &name)).await? else { return Ok(false) };
    let refusal = match asked(app, peer, text).await {
        Ok(()) => return Ok(true),
        Err(Error::Refusal(refusal)) => refusal,
        Err(fault) => return Err(fault),
    };
    let code = rules::told(refusal.reason.code, refusal.got.as_deref().unwrap_or_default()).to_owned();
    let is_aside = tries >= TRIES_MAX && rules::is_final(refusal.got.as_deref().unwrap_or_default());
    tracing::info!(transfer = id, peer, code, is_aside, "a transfer was not answered");
    let name = id.to_owned();
    app.db.write(move |conn| store::failed(conn, &name, &code, is_aside)).await?;
    Ok(false)
}

/// Sends a message and takes the answer to it.
pub(super) async fn asked(app: &App, peer: &str, message: String) -> Result<(), Error> {
    let json = serde_json::to_string(&Carried { message }).map_err(Fault::new)?;
    let Some(answer) = partners::post(app, peer, PATH, json, CARRIED_MAX).await? else {
        return Err(partners::PartnerRefusal::Status.at("url").got("202").into());
    };
    let carried: Carried = serde_json::from_slice(&answer).map_err(|_| TransferRefusal::Kind.at("message"))?;
    match take(app, carried.message).await? {
        Taken::Alarm(refusal) => Err(refusal.into()),
        Taken::Answer(_) | Taken::Done | Taken::Later | Taken::Expects(_) => Ok(()),
    }
}

/// Takes the turn to put a transfer, if it is due and nobody else has it: the text to be sent, and how often it was tried.
fn turn(conn: &mut Conn, app: &App, id: &str) -> Result<Option<(String, i64)>, Error> {
    let now = app.edge.now();
    let peer = match store::by_id(conn, id)? {
        Some(row) => RegionCode::parse(&row.peer).map_err(Fault::new)?,
        None => return Ok(None),
    };
    let mut line = Line::open(conn, app, &peer)?;
    // Under the channel nobody else changes it.
    let Some(row) = store::by_id(conn, id)?.filter(|row| row.state == "reserved" && row.next_at.is_some_and(|at| at <= now)) else {
        return Ok(None);
    };
    let [chance] = app.edge.random::<1>();
    let tries = row.tries + 1;
    let row = Row { tries, next_at: Some(now + rules::pause(row.tries, chance)), ..row };
    let channel = line.channel()?;
    if let Err(rule) = channel.admit(channel.peer) {
        store::update(conn, &Row { error: Some(rule.code().to_owned()), ..row })?;
        return Ok(None);
    }
    let (row, text) = text(conn, &mut line, row, now)?;
    store::update(conn, &row)?;
    Ok(Some((text, tries)))
}

/// What is sent now.
pub(super) fn text(conn: &mut Conn, line: &mut Line<'_>, row: Row, now: i64) -> Result<(Row, String), Error> {
    let lost = || Fault::text(format!("the message of {} is gone", row.id));
    let ask = store::message(conn, row.ask.as_deref().unwrap_or_default())?.ok_or_else(lost)?;
    let (own, asked) = (line.channel()?.own, stored(&ask.text)?.message);
    let is_due = row.cancelled || row.answer_by.is_some_and(|at| at <= now);
    let event = if is_due { SourceEvent::Due } else { SourceEvent::Put { signed_in: asked.epoch(), own } };
    let signer = line.app.keys.region_signer();
    match step(Source::Reserved, event).1 {
        SourceAction::Send => Ok((row, ask.text)),
        SourceAction::SignAnew => {
            let (answer_by, stamp) = (Instant(row.answer_by.unwrap_or(now)), line.stamp()?);
            let text = match &asked {
                Message::Offer(offer) => offer.anew(answer_by, stamp).sign(&signer),
                Message::Return(back) => back.anew(answer_by, stamp).sign(&signer),
                _ => return Err(lost().into()),
            };
            let text = text.map_err(|e| unfit(&e))?;
            let ask = Some(line.keep_sent(conn, &text)?);
            Ok((Row { ask, ..row }, text))
        }
        _ => {
            let text = cancel(conn, line, &asked)?;
            Ok((Row { cancelled: true, ..row }, text))
        }
    }
}

/// The CANCEL of a transfer in the present epoch, signed once.
pub(super) fn cancel(conn: &mut Conn, line: &mut Line<'_>, asked: &Message) -> Result<String, Error> {
    let (stamp, jti) = (line.stamp()?, asked.jti().ok_or_else(|| Fault::text("an OFFER without an id"))?);
    if let Some(before) = store::last_sent(conn, jti.as_str(), "cancel", stamp.epoch.into())? {
        return Ok(before.text);
    }
    let cancel = Cancel { iss: asked.iss().clone(), aud: asked.aud().clone(), jti: jti.clone(), epoch: stamp.epoch, iat: stamp.iat };
    let text = cancel.sign(&line.app.keys.region_signer()).map_err(|e| unfit(&e))?;
    line.keep_sent(conn, &text)?;
    Ok(text)
}
