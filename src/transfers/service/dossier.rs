//! What proves a transfer to anybody, and what two messages prove of the region that signed both.

use verifier::documents::Digest;
use verifier::transfer::{DOSSIER_MAX_BYTES, Dossier, Message, Misconduct, Offer, Reason, proof};

use super::{stored, unfit};
use crate::agreements::{self, Keys};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::transfers::TransferRefusal;
use crate::transfers::store::{self, Row};
use crate::{achievements, certificates, learners};

/// The dossier of a move on whose OFFER there is a DECISION: with the documents that its lots are based on, as far as this region recorded them, and with
/// what gave it back.
///
/// # Errors
/// `transfers.not_decided`, `agreements.not_found`, or a fault.
pub fn dossier(conn: &mut Conn, app: &App, row: &Row) -> Result<Vec<u8>, Error> {
    let answered = row.reason.as_deref() != Some(Reason::Cancelled.as_str());
    let (true, Some(agreement), Some(decision)) = (answered, &row.agreement, &row.decision) else {
        return Err(TransferRefusal::NotDecided.at("id").into());
    };
    let decision = text(conn, decision)?;
    let Message::Decision(decided) = stored(&decision)?.message else { return Err(Fault::text("a stored DECISION is none").into()) };
    let asked = decided.offer.ok_or_else(|| TransferRefusal::NotDecided.at("id"))?;
    let offer = text(conn, &asked.to_string())?;
    let Message::Offer(terms) = stored(&offer)?.message else { return Err(Fault::text("a stored OFFER is none").into()) };
    let agreement = Digest::parse(agreement).map_err(Fault::new)?;
    let (returned, returned_decision) = came_back(conn, &row.id)?.unzip();
    let mut dossier = Dossier {
        agreement: agreements::file(conn, app, &agreement)?.to_text(),
        offer,
        decision,
        basis: basis(conn, row, &terms)?,
        returned,
        returned_decision,
    };
    let mut file = dossier.to_bytes();
    // A reader says of each document that is not shown that it is not.
    while file.len() > DOSSIER_MAX_BYTES && dossier.basis.pop().is_some() {
        file = dossier.to_bytes();
    }
    Ok(file)
}

/// The achievements and cards of this region that lots are based on, once each.
fn basis(conn: &mut Conn, row: &Row, offer: &Offer) -> Result<Vec<String>, Error> {
    let mut digests: Vec<String> = offer.lots.iter().map(|lot| lot.facts.basis.to_string()).collect();
    digests.sort_unstable();
    digests.dedup();
    let mut documents = achievements::store::documents(conn, &digests)?;
    if let Some(learner) = row.learner_id.as_ref().filter(|_| documents.len() < digests.len()) {
        let root = learners::service::find(conn, learner)?;
        documents.extend(certificates::cards(conn, &root.id, &digests)?);
    }
    Ok(documents)
}

/// The RETURN of a transfer that was accepted, with its DECISION.
fn came_back(conn: &mut Conn, id: &str) -> Result<Option<(String, String)>, Error> {
    let Some(Row { decision: Some(decision), .. }) = store::back(conn, id)? else { return Ok(None) };
    let decision = text(conn, &decision)?;
    let Message::Decision(decided) = stored(&decision)?.message else { return Err(Fault::text("a stored DECISION is none").into()) };
    let asked = decided.offer.ok_or_else(|| Fault::text("an accepted DECISION without its RETURN"))?;
    Ok(Some((text(conn, &asked.to_string())?, decision)))
}

fn text(conn: &mut Conn, digest: &str) -> Result<String, Error> {
    let found = store::message(conn, digest)?;
    Ok(found.ok_or_else(|| Fault::text(format!("the message {digest} is gone")))?.text)
}

/// What two messages of one region prove, if anything; each is read under the pinned key of its sender.
///
/// # Errors
/// `transfer.*`, `jws.*`, `document.*` with the message to blame, or a fault.
pub fn conflict(conn: &mut Conn, app: &App, one: &str, other: &str) -> Result<Option<Misconduct>, Error> {
    let keys = Keys::of(conn, app)?;
    let open = |text: &str| Message::open(text, &|region, _| keys.find(region)).map_err(|e| unfit(&e));
    Ok(proof(&open(one)?, &open(other)?))
}
