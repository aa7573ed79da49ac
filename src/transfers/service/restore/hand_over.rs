//! What another region gets that was restored: the epoch with which it goes on, and every message between the two.

use verifier::documents::Digest;
use verifier::time::Instant;
use verifier::transfer::{Handover, Message, Resync, Signed, digests_root};

use super::super::take::open;
use super::super::{Line, unfit};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::transfers::store;
use crate::transfers::{MESSAGES_AT_ONCE, PAGE_MAX, TransferRefusal};

/// Digests that are read at a time.
const DIGESTS_AT_ONCE: i64 = 5_000;

/// A page of what is handed over.
pub struct HandedOver {
    /// The HANDOVER; with the first page only.
    pub handover: Option<String>,
    /// Messages.
    pub messages: Vec<String>,
    /// After which the next page begins, if there is one.
    pub next: Option<String>,
}

/// Answers a RESYNC: with `after`, the page after that; without, the first one, with a HANDOVER of now.
///
/// # Errors
/// `transfer.*`, `transfers.kind`, `transfers.resync_spent`, `jws.*`, `document.*`, or a fault.
pub async fn page(app: &App, text: String, after: Option<String>) -> Result<HandedOver, Error> {
    let this = app.clone();
    app.db
        .write(move |conn| {
            let signed = open(conn, &this, &text)?;
            let Message::Resync(resync) = &signed.message else { return Err(TransferRefusal::Kind.at("message").into()) };
            let (peer, mut line) = (resync.iss.as_str(), Line::open(conn, &this, &resync.iss)?);
            // What was asked for once is not for whoever finds the RESYNC later, and an epoch is never begun twice.
            if store::message(conn, &signed.digest.to_string())?.is_some() && line.places()?.1 > 0 {
                return Err(TransferRefusal::Spent.at("message").into());
            }
            match &after {
                Some(after) => messages(conn, peer, after),
                None => {
                    let handover = hand_over(conn, &mut line, (&signed, &text), resync)?;
                    Ok(HandedOver { handover: Some(handover), ..messages(conn, peer, "")? })
                }
            }
        })
        .await
}

/// Signs the HANDOVER that answers a RESYNC. From now on nothing older of that region counts.
pub fn hand_over(conn: &mut Conn, line: &mut Line<'_>, came: (&Signed, &str), resync: &Resync) -> Result<String, Error> {
    let (signed, text) = came;
    let before = line.channel()?;
    let is_repeated = store::message(conn, &signed.digest.to_string())?.is_some();
    let (channel, granted) = before.grant(resync.epoch, is_repeated);
    line.keep_epoch(conn, signed, text, false)?;
    if channel != before {
        tracing::warn!(peer = line.peer(), epoch = granted, "a region was restored from a backup and is told what is known here");
        line.set(conn, channel)?;
    }
    let digests = digests(conn, line.peer())?;
    let handover = Handover {
        iss: resync.aud.clone(),
        aud: resync.iss.clone(),
        epoch: channel.hands_over_in(),
        for_epoch: granted,
        resync: signed.digest,
        iat: Instant(line.app.edge.now()),
        n: u32::try_from(digests.len()).map_err(Fault::new)?,
        root: digests_root(digests),
    };
    let text = handover.sign(&line.app.keys.region_signer()).map_err(|e| unfit(&e))?;
    line.note_handover(conn, &text)?;
    Ok(text)
}

/// The digests of all that is handed over to a region.
fn digests(conn: &mut Conn, peer: &str) -> Result<Vec<Digest>, Error> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let found = store::digests_between(conn, peer, &after, DIGESTS_AT_ONCE)?;
        for (_, digest) in &found {
            all.push(Digest::parse(digest).map_err(Fault::new)?);
        }
        match found.last() {
            Some((id, _)) => after.clone_from(id),
            None => return Ok(all),
        }
    }
}

/// The messages after an id, as many as fit into a page.
pub(in crate::transfers::service) fn messages(conn: &mut Conn, peer: &str, after: &str) -> Result<HandedOver, Error> {
    let found = store::digests_between(conn, peer, after, MESSAGES_AT_ONCE)?;
    let is_full = found.len() as i64 == MESSAGES_AT_ONCE;
    let names: Vec<String> = found.iter().map(|(_, digest)| digest.clone()).collect();
    let texts = store::texts_by_digest(conn, &names)?;
    let (mut messages, mut next, mut bytes) = (Vec::new(), None, 0);
    for (id, digest) in found {
        let text = texts.iter().find(|(own, _)| *own == digest).map(|(_, text)| text.clone()).ok_or_else(|| Fault::text("a message is gone"))?;
        bytes += text.len() + 3;
        if bytes > PAGE_MAX - 4_096 {
            return Ok(HandedOver { handover: None, messages, next });
        }
        messages.push(text);
        next = Some(id);
    }
    Ok(HandedOver { handover: None, messages, next: next.filter(|_| is_full) })
}
