//! What another region hands over after this one was restored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use verifier::ids::RegionCode;
use verifier::transfer::protocol::channel::Handed;
use verifier::transfer::{Handover, Message, Signed, TransferRule};

use super::super::deliver::{Carried, PATH};
use super::super::take::open;
use super::super::{Line, Taken, refused, stored, unfit};
use super::begin::ask as ask_anew;
use super::derive::derive;
use super::finish::book_all;
use crate::agreements::Keys;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners;
use crate::transfers::store;
use crate::transfers::{CARRIED_MAX, HANDED_MAX, PAGE_MAX, TransferRefusal};

/// Where another registry hands over.
const HANDOVER_PATH: &str = "/peer/handover";

#[derive(Serialize)]
struct Ask<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    handover: Option<String>,
    messages: Vec<String>,
    #[serde(default)]
    next: Option<String>,
}

/// Asks every region that has not handed over yet, and notes what is in force: how many did now. All are asked at once: one
/// that is slow holds up no other.
///
/// # Errors
/// A fault of the database.
pub async fn resync(app: &App) -> Result<usize, Error> {
    let (waiting, is_restoring) = app.db.read(|conn| Ok((store::resyncing(conn)?, store::is_restoring(conn)?))).await?;
    app.set_restoring(is_restoring);
    let mut asked = JoinSet::new();
    for row in waiting {
        let (app, peer) = (app.clone(), RegionCode::parse(&row.peer).map_err(Fault::new)?);
        asked.spawn(async move { (ask(&app, &peer).await, peer) });
    }
    let mut done = 0;
    while let Some(answered) = asked.join_next().await {
        match answered.map_err(Fault::new)? {
            (Ok(is_done), _) => done += usize::from(is_done),
            (Err(Error::Refusal(refusal)), peer) => tracing::info!(%peer, code = refusal.reason.code, "a region has not handed over"),
            (Err(Error::Fault(fault)), peer) => tracing::warn!(%fault, %peer, "what a region handed over could not be taken"),
        }
    }
    Ok(done)
}

/// Asks one region that has not handed over yet; whether it has now.
///
/// # Errors
/// `partners.*`, `transfer.*`, `transfers.handover`, `jws.*`, `document.*`, or a fault.
pub async fn ask(app: &App, peer: &RegionCode) -> Result<bool, Error> {
    let region = peer.clone();
    let Some(resync) = app.db.read(move |conn| asked(conn, &region)).await? else { return Ok(false) };
    let (mut handover, mut messages, mut after) = (String::new(), Vec::new(), None::<String>);
    loop {
        let json = serde_json::to_string(&Ask { message: &resync, after: after.as_deref() }).map_err(Fault::new)?;
        let body = partners::post(app, peer.as_str(), HANDOVER_PATH, json, PAGE_MAX).await?.unwrap_or_default();
        let page: Page = serde_json::from_slice(&body).map_err(|_| TransferRefusal::Handover.at("message"))?;
        handover = page.handover.unwrap_or(handover);
        messages.extend(page.messages);
        let is_stuck = page.next.is_some() && page.next == after;
        if messages.len() > HANDED_MAX || is_stuck {
            return Err(TransferRefusal::Handover.at("message").into());
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let this = app.clone();
    let taken = app.db.write(move |conn| handed(conn, &this, &handover, &messages)).await?;
    match taken {
        Taken::Answer(message) => {
            let json = serde_json::to_string(&Carried { message }).map_err(Fault::new)?;
            partners::post(app, peer.as_str(), PATH, json, CARRIED_MAX).await?;
            Ok(false)
        }
        Taken::Done => Ok(true),
        Taken::Later | Taken::Expects(_) => Ok(false),
        Taken::Alarm(refusal) => {
            app.metrics.transfer_alarms.inc();
            Err(refusal.into())
        }
    }
}

/// The RESYNC that a region has not answered.
pub(in crate::transfers::service) fn asked(conn: &mut Conn, peer: &RegionCode) -> Result<Option<String>, Error> {
    let waiting = store::resyncing(conn)?.into_iter().find(|row| row.peer == peer.as_str());
    let digest = waiting.and_then(|row| row.asked);
    Ok(digest.map(|digest| store::message(conn, &digest)).transpose()?.flatten().map(|message| message.text))
}

/// Takes a HANDOVER with the messages that it names: they are stored, every transfer that they are about is derived anew, and the channel goes on. `Answer` is for
/// a region that has not learned of a restore here.
///
/// # Errors
/// `transfers.handover`, `transfer.*`, `jws.*`, `document.*`, or a fault.
pub fn handed(conn: &mut Conn, app: &App, text: &str, messages: &[String]) -> Result<Taken, Error> {
    let signed = open(conn, app, text)?;
    let Message::Handover(handover) = &signed.message else { return Err(TransferRefusal::Kind.at("message").into()) };
    let mut line = Line::open(conn, app, &handover.iss)?;
    match line.channel()?.handed(handover.resync, handover.for_epoch, handover.epoch) {
        Handed::Derive(channel) => {
            let all = read(conn, &line, handover, messages)?;
            let is_restoring = store::is_restoring(conn)?;
            if !is_restoring && has_forgotten(conn, app, &all)? {
                line.stop(conn, &signed, text, "forgotten")?;
                return Ok(Taken::Alarm(refused(TransferRule::EpochUnannounced).got("forgotten")));
            }
            line.keep_epoch(conn, &signed, text, false)?;
            for (signed, text) in &all {
                line.keep_handed(conn, signed, text)?;
            }
            line.set(conn, channel)?;
            let digests: BTreeSet<String> = all.iter().map(|(signed, _)| signed.digest.to_string()).collect();
            let transfers: BTreeSet<&str> = all.iter().filter_map(|(signed, _)| signed.message.jti()).map(|id| id.as_str()).collect();
            // All of them, also where one contradicts what was final: what is not derived would be spent again.
            let mut contradicting = None;
            for id in &transfers {
                contradicting = derive(conn, &line, id, &digests)?.or(contradicting);
            }
            if !is_restoring {
                book_all(conn, app)?;
            }
            if let Some(text) = contradicting {
                line.stop(conn, &stored(&text)?, &text, "decision")?;
                return Ok(Taken::Alarm(TransferRefusal::Contradiction.at("message").got("decision")));
            }
            tracing::info!(peer = line.peer(), epoch = channel.own, messages = all.len(), transfers = transfers.len(), "a region has handed over");
            Ok(Taken::Done)
        }
        Handed::Raise(channel) => line.set(conn, channel).map(|()| Taken::Later),
        Handed::Stale => Ok(line.handover().map_or(Taken::Later, |own| Taken::Answer(own.to_owned()))),
        // A RESYNC of its own that came late: the other takes nothing of this epoch any more. Whether anything was forgotten shows what it hands over.
        Handed::AskAnew => {
            ask_anew(conn, &mut line, &handover.iss, handover.for_epoch)?;
            Ok(Taken::Later)
        }
        Handed::Nothing => Ok(Taken::Later),
    }
}

/// Whether this region signed something of what was handed over and does not know it: it was put back to a backup, and nobody said so.
fn has_forgotten(conn: &mut Conn, app: &App, handed: &[(Signed, String)]) -> Result<bool, Error> {
    for (signed, _) in handed.iter().filter(|(signed, _)| signed.message.iss() == &app.region.code) {
        if store::message(conn, &signed.digest.to_string())?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The messages that a HANDOVER names, if these are they. What the other region signed itself it vouches for by naming it; what this one is to
/// have signed it has to have signed.
fn read(conn: &mut Conn, line: &Line<'_>, handover: &Handover, messages: &[String]) -> Result<Vec<(Signed, String)>, Error> {
    let (keys, own, peer) = (Keys::of(conn, line.app)?, &line.app.region.code, &handover.iss);
    let wrong = |n: usize| TransferRefusal::Handover.at(format!("messages[{n}]"));
    if messages.len() > HANDED_MAX {
        return Err(TransferRefusal::Handover.at("messages").got(format!("{} messages", messages.len())).into());
    }
    let mut all = Vec::with_capacity(messages.len());
    for (n, text) in messages.iter().enumerate() {
        let signed = stored(text).map_err(|_| wrong(n))?;
        let message = &signed.message;
        if message.jti().is_none() || ![(own, peer), (peer, own)].contains(&(message.iss(), message.aud())) {
            return Err(wrong(n).into());
        }
        if message.iss() == own {
            Message::open(text, &|region, _| keys.find(region)).map_err(|e| unfit(&e).at(format!("messages[{n}]")))?;
        }
        all.push((signed, text.clone()));
    }
    if handover.names(all.iter().map(|(signed, _)| signed.digest).collect()) { Ok(all) } else { Err(TransferRefusal::Handover.at("messages").into()) }
}
