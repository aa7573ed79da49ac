//! Verdicts over the current facts.

use serde::Serialize;
use verifier::card::Card;
use verifier::documents::Receipt;
use verifier::ids::{CertificateNumber, RegionCode};
use verifier::time::Instant;
use verifier::verdict::{Facts, Outcome, Presented, PresentedReceipt, ReceiptFacts, ReceiptVerdict, StatusFact, Verdict, judge, judge_receipt};

use crate::access::Caller;
use crate::app::App;
use crate::error::Error;
use crate::partners::Bundles;
use crate::{certificates, recognition};

/// What is said of a text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Said {
    /// Of a certificate, and of what cannot be read.
    Certificate(Box<Verdict>),
    /// Of a receipt.
    Receipt(Box<ReceiptVerdict>),
}

/// Judges what a person has: a QR's text, a URL, a JWS of a certificate or of a receipt, or for a caller who may, a bare number.
///
/// # Errors
/// A fault, when the database cannot be reached and a number or an agreement has to be looked up, or `place` is to say whether it recognises the
/// certificate. Everything else is a verdict.
pub async fn verify(app: &App, caller: Option<&Caller>, text: &str, place: Option<&RegionCode>) -> Result<Said, Error> {
    match PresentedReceipt::from_text(text) {
        Some(receipt) => Ok(Said::Receipt(Box::new(judged_receipt(app, &receipt).await?))),
        None => Ok(Said::Certificate(Box::new(certificate(app, caller, text, place).await?))),
    }
}

async fn certificate(app: &App, caller: Option<&Caller>, text: &str, place: Option<&RegionCode>) -> Result<Verdict, Error> {
    let mut presented = Presented::from_text(text);
    if let (Presented::Unreadable(_), Some(caller)) = (&presented, caller)
        && let Some(card) = card_by_number(app, caller, text.trim()).await?
    {
        presented = Presented::from_text(&card);
    }
    let verdict = judged(app, &presented).await;
    match (presented.card(), place) {
        (Some(card), Some(place)) => recognised(app, verdict, card, place).await,
        _ => Ok(verdict),
    }
}

async fn recognised(app: &App, verdict: Verdict, card: &Card, place: &RegionCode) -> Result<Verdict, Error> {
    let bundles = app.partners.current(app).await;
    let (this, card, place) = (app.clone(), card.clone(), place.clone());
    app.db.read(move |conn| recognition::service::recognised(conn, &this, &bundles, verdict, &card, &place)).await
}

/// The card of a bare number, if the caller may know: a partner any, a body its own.
async fn card_by_number(app: &App, caller: &Caller, text: &str) -> Result<Option<String>, Error> {
    let Ok(number) = CertificateNumber::parse(text) else { return Ok(None) };
    let row = app.db.read(move |conn| certificates::store::by_number(conn, number.as_str())).await?;
    Ok(row.filter(|row| caller.acts_for(&row.provider_id)).map(|row| row.card))
}

/// Judges what was read, by the facts of this registry or of a partner's bundle.
pub async fn judged(app: &App, presented: &Presented) -> Verdict {
    let verdict = match presented.card() {
        Some(card) if card.claims().iss != app.region.code => judged_abroad(app, presented, &card.claims().iss).await,
        Some(card) => {
            let snapshot = app.trust.current(app).await;
            let facts = app.trust.facts(app, &snapshot, card).await;
            judge(presented, &facts, Instant(app.edge.now()), &app.memo)
        }
        // What cannot be read needs no facts.
        None => by_nothing(app, presented),
    };
    app.metrics.verdicts.with_label_values(&[outcome(verdict.outcome)]).inc();
    verdict
}

/// A card of another region is judged by what is held of that region, if it is a partner.
async fn judged_abroad(app: &App, presented: &Presented, region: &RegionCode) -> Verdict {
    match app.partners.current(app).await.of(region) {
        Some(bundle) => bundle.judge_with(presented, Instant(app.edge.now()), &app.memo),
        None => by_nothing(app, presented),
    }
}

/// A receipt is judged by what is held of its region, and by the agreements of this registry, then by those of the region's bundle.
async fn judged_receipt(app: &App, presented: &PresentedReceipt<'_>) -> Result<ReceiptVerdict, Error> {
    let now = Instant(app.edge.now());
    let Some(receipt) = presented.receipt() else { return Ok(judge_receipt(presented, &nothing_known_of_receipts(now), now)) };
    let this = app.clone();
    let accords = app.db.read(move |conn| recognition::service::accords(conn, &this)).await?;
    let accord = receipt.decision().ok().and_then(|decision| accords.find(&decision.agreement));
    let bundles = app.partners.current(app).await;
    let snapshot = app.trust.current(app).await;
    let facts = if receipt.region == app.region.code {
        app.trust.receipt_facts(app, &snapshot, receipt, *app.keys.region_signer().public()).await
    } else {
        receipt_abroad(&bundles, receipt, now)
    };
    Ok(judge_receipt(presented, &ReceiptFacts { accord: accord.or(facts.accord), ..facts }, now))
}

/// What is held of the region of a receipt, if it is a partner.
pub(super) fn receipt_abroad<'a>(bundles: &'a Bundles, receipt: &Receipt, now: Instant) -> ReceiptFacts<'a> {
    bundles.of(&receipt.region).map_or_else(|| nothing_known_of_receipts(now), |bundle| bundle.receipt_facts(receipt))
}

pub(super) fn nothing_known_of_receipts(now: Instant) -> ReceiptFacts<'static> {
    let (later, status) = (now.plus_seconds(60), StatusFact::Missing("status".to_owned()));
    ReceiptFacts { as_of: now, fresh_until: later, expires: later, region: None, key: None, accord: None, status }
}

fn by_nothing(app: &App, presented: &Presented) -> Verdict {
    let now = Instant(app.edge.now());
    judge(presented, &nothing_known(now), now, &app.memo)
}

/// No facts, and none out of date either: nothing was looked up.
pub(super) fn nothing_known(now: Instant) -> Facts<'static> {
    let later = now.plus_seconds(60);
    let status = StatusFact::Missing("status".to_owned());
    Facts { as_of: now, fresh_until: later, expires: later, region: None, key: None, provider: None, status, missing_part: None }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "valid",
        Outcome::ValidAsOf => "valid-as-of",
        Outcome::Invalid => "invalid",
        Outcome::Undetermined => "undetermined",
    }
}

/// What the public look-up answers. A wrong name and a number that does not exist look the same.
#[derive(Debug)]
pub struct Looked {
    /// The verdict, when number and name belong together.
    pub verdict: Option<Verdict>,
}

/// Looks a certificate up by its number and its holder's name (证书查询); both must match.
///
/// # Errors
/// A fault of the database.
pub async fn look_up(app: &App, number: &str, name: &str) -> Result<Looked, Error> {
    let hash = certificates::name_hash(app, name);
    let number = number.trim().to_ascii_uppercase();
    let found = app.db.read(move |conn| certificates::store::by_number_and_name(conn, &number, &hash)).await?;
    let verdict = match found {
        Some(row) => Some(judged(app, &Presented::from_text(&row.card)).await),
        None => None,
    };
    Ok(Looked { verdict })
}
