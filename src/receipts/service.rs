//! The use cases of receipts. Each that changes something is one transaction with its evidence.

use std::sync::Arc;

use serde::Serialize;
use verifier::card::Card;
use verifier::documents::{Digest, Receipt, ReceiptId};
use verifier::recognition::{CaseFacts, Decision, Recognition, RecognitionOutcome};
use verifier::time::{Day, Instant};
use verifier::verdict::{Outcome, StepResult, Verdict};

use super::store::{self, Filter, Revocation, Row};
use super::{Asked, ReceiptRefusal, View};
use crate::access::Caller;
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::{Error, Fault, Refusal, Unmet};
use crate::http::page::Page;
use crate::learners::rules::is_reason;
use crate::messages::from_verifier;
use crate::partners::Bundles;
use crate::recognition::{self, Case, Terms};
use crate::{evidence, verification};

/// What is asked for, with what the registry makes of the card.
#[derive(Clone)]
pub struct Judged {
    card: Option<Card>,
    verdict: Verdict,
    bundles: Arc<Bundles>,
    terms: Option<Terms>,
}

/// Judges the card by the facts of the region that issued it.
pub async fn judged(app: &App, asked: Asked) -> Judged {
    let verdict = verification::judged(app, &asked.presented).await;
    Judged { card: asked.presented.card().cloned(), verdict, bundles: app.partners.current(app).await, terms: asked.terms }
}

/// Recognises a certificate today: keeps the decision and signs the receipt, inside the caller's transaction.
///
/// # Errors
/// `receipts.own`, `receipts.not_valid`, `receipts.in_force`, `receipts.not_covered`, `receipts.not_recognised` with the checks that are not met,
/// `recognition.no_agreement`, `recognition.no_grant`, `recognition.too_long`, or a fault.
pub fn issue(conn: &mut Conn, app: &App, caller: &Caller, judged: &Judged) -> Result<View, Error> {
    let card = acceptable(app, judged)?;
    let (claims, at) = (card.claims(), Instant(app.edge.now()));
    if let Some(id) = store::in_force(conn, claims.iss.as_str(), claims.num.as_str())? {
        return Err(ReceiptRefusal::InForce.at("text").got(id).into());
    }
    let day = at.day_in(app.region.zone);
    let case = Case { place: app.region.code.clone(), day, facts: CaseFacts::Certificate(claims.into()), terms: judged.terms.clone() };
    let decision = recognising(recognition::service::recognise(conn, app, caller, &judged.bundles, &case)?)?;
    let row = sign(conn, app, caller, card, &decision, (day, at))?;
    store::insert(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::Receipt, at.0, &row.id, row.document.as_bytes())?;
    Ok(View::of(row, None)?)
}

/// The card, if it is of another region and valid.
fn acceptable<'a>(app: &App, judged: &'a Judged) -> Result<&'a Card, Refusal> {
    let own = judged.card.as_ref().filter(|card| card.claims().iss == app.region.code);
    if own.is_some() {
        return Err(ReceiptRefusal::Own.at("text"));
    }
    match &judged.card {
        Some(card) if judged.verdict.outcome == Outcome::Valid => Ok(card),
        _ => Err(ReceiptRefusal::NotValid.at("text").got(told(&judged.verdict))),
    }
}

/// The outcome, and the first step of the worst kind: `invalid: status.revoked`.
fn told(verdict: &Verdict) -> String {
    let first = |result| verdict.steps.iter().find(|step| step.result == result).map(|step| step.code.as_ref());
    let note = verdict.notes.first().map(|note| note.code.as_ref());
    let word = match verdict.outcome {
        Outcome::Valid => "valid",
        Outcome::ValidAsOf => "valid-as-of",
        Outcome::Invalid => "invalid",
        Outcome::Undetermined => "undetermined",
    };
    let code = first(StepResult::Failed).or_else(|| first(StepResult::Unchecked)).or(note);
    code.map_or_else(|| word.to_owned(), |code| format!("{word}: {code}"))
}

/// The decision, if it recognises.
fn recognising(recognition: Recognition) -> Result<Decision, Refusal> {
    match (recognition.outcome, recognition.decision) {
        (RecognitionOutcome::Recognised, Some(decision)) => Ok(decision),
        (_, None) => Err(ReceiptRefusal::NotCovered.at("text")),
        (_, Some(decision)) => {
            let unmet =
                decision.failed().map(|check| Unmet { check: check.check.to_string(), want: check.want.to_string(), got: check.got.to_string() });
            let unmet = unmet.collect();
            Err(ReceiptRefusal::NotRecognised.at("text").got(format!("{}#{}", decision.agreement, decision.grant)).unmet(unmet))
        }
    }
}

/// The signed receipt with a place of its own in the region's list of the year.
fn sign(conn: &mut Conn, app: &App, caller: &Caller, card: &Card, decision: &Decision, (day, at): (Day, Instant)) -> Result<Row, Error> {
    let (id, claims, bytes) = (app.edge.id("rcp"), card.claims(), decision.to_bytes());
    let (list, index) = store::take_index(conn, i64::from(day.year()), at.0)?;
    let receipt = Receipt {
        id: ReceiptId::parse(&id).map_err(Fault::new)?,
        region: app.region.code.clone(),
        number: claims.num.clone(),
        origin: claims.iss.clone(),
        card: Digest::of(card.jws()),
        decision: verifier::base64url::encode(&bytes),
        day,
        at,
        status: (u32::try_from(list).map_err(Fault::new)?, u32::try_from(index).map_err(Fault::new)?),
    };
    let document = receipt.sign(&app.keys.region_signer()).map_err(|e| from_verifier(e.about().unwrap_or("text"), e.code()))?;
    Ok(Row {
        id,
        number: receipt.number.to_string(),
        origin: receipt.origin.to_string(),
        card: receipt.card.to_string(),
        decision: Digest::of_bytes(&bytes).to_string(),
        status_list: list,
        status_index: index,
        state: "issued".to_owned(),
        signed_at: at.0,
        signed_by: caller.client_id.clone(),
        document,
    })
}

/// One receipt.
///
/// # Errors
/// `receipts.not_found`, or a fault.
pub fn read(conn: &mut Conn, id: &str) -> Result<View, Error> {
    let row = find(conn, id)?;
    let revocation = store::revocation(conn, id)?;
    Ok(View::of(row, revocation)?)
}

fn find(conn: &mut Conn, id: &str) -> Result<Row, Error> {
    Ok(store::by_id(conn, id)?.ok_or_else(|| ReceiptRefusal::NotFound.at("id"))?)
}

/// A page of receipts in order of signing.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Page<View>, Error> {
    let page = Page::new(store::page(conn, filter, after, limit)?, limit, |row| row.id.clone(), |row| row);
    let ids: Vec<String> = page.items.iter().map(|row| row.id.clone()).collect();
    let mut ended = store::revocations(conn, &ids)?;
    let view = |row: Row| {
        let own = ended.iter().position(|end| end.receipt_id == row.id).map(|at| ended.swap_remove(at));
        View::of(row, own)
    };
    Ok(Page { items: page.items.into_iter().map(view).collect::<Result<_, _>>()?, next: page.next })
}

/// What the evidence commits to when a receipt is revoked.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    receipt: &'a str,
    number: &'a str,
    origin: &'a str,
    at: i64,
    reason: &'a str,
    by: &'a str,
}

/// Takes a receipt out of force for good, inside the caller's transaction.
///
/// # Errors
/// `receipts.reason`, `receipts.not_found`, `receipts.revoked`, or a fault.
pub fn revoke(conn: &mut Conn, app: &App, caller: &Caller, id: &str, reason: &str) -> Result<View, Error> {
    if !is_reason(reason) {
        return Err(ReceiptRefusal::Reason.at("reason").into());
    }
    let (row, at, by) = (find(conn, id)?, app.edge.now(), &caller.client_id);
    if !store::revoke(conn, &row, at)? {
        return Err(ReceiptRefusal::Revoked.at("id").into());
    }
    let document = Document { hufu: "receipt-revocation/1", receipt: id, number: &row.number, origin: &row.origin, at, reason, by };
    let end = Revocation {
        id: app.edge.id("rrv"),
        receipt_id: row.id.clone(),
        at,
        reason: reason.to_owned(),
        actor: by.clone(),
        document: serde_json::to_string(&document).map_err(Fault::new)?,
    };
    store::insert_revocation(conn, &end)?;
    evidence::record(conn, &app.edge, evidence::Kind::ReceiptRevocation, at, &end.id, end.document.as_bytes())?;
    db::bump(conn, "status")?;
    read(conn, id)
}
