//! Verdicts over the current facts.

use verifier::card::Card;
use verifier::ids::{CertificateNumber, RegionCode};
use verifier::time::Instant;
use verifier::verdict::{Facts, Outcome, Presented, StatusFact, Verdict, judge};

use crate::access::Caller;
use crate::app::App;
use crate::error::Error;
use crate::{certificates, recognition};

/// Judges what a person has: a QR's text, a URL, a JWS, or for a caller who may, a bare number.
///
/// # Errors
/// A fault, when the database cannot be reached and a number has to be looked up, or `place` is to say whether it recognises the certificate. Everything
/// else is a verdict.
pub async fn verify(app: &App, caller: Option<&Caller>, text: &str, place: Option<&RegionCode>) -> Result<Verdict, Error> {
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
