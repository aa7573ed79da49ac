//! The use cases of recognition. Those that change something run inside the caller's transaction and write their evidence there.

mod coverage;
mod listing;
mod record;
mod trial;
mod waive;

use std::sync::Arc;

use verifier::card::Card;
use verifier::ids::RegionCode;
use verifier::recognition::{self, CaseFacts, CertificateFacts, Context, Recognition, RecognitionOutcome};
use verifier::time::Instant;
use verifier::verdict::{self, Verdict};

use super::{Accords, Answer, Ask, Asked, Case, RecognitionRefusal, Terms, rules};
use crate::access::Caller;
use crate::app::App;
use crate::certificates;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners::Bundles;
use crate::providers::service::today;
pub use coverage::{coverage, covered};
pub use listing::{Wanted, listing, recognised_providers};
pub use record::{Inputs, Replay, UsedView, kept, replay};
pub use trial::{Line, Trial, trial};
pub use waive::{list, of_case, waive};

/// What this region recognises by, as it is now: held in memory, and read again where the database says that it changed.
///
/// # Errors
/// A fault.
pub fn accords(conn: &mut Conn, app: &App) -> Result<Arc<Accords>, Error> {
    app.recognition.current(conn, app)
}

/// The verdict with what `place` makes of the card today, by the agreements, bodies and waivers that this region knows.
///
/// # Errors
/// A fault.
pub fn recognised(conn: &mut Conn, app: &App, bundles: &Bundles, verdict: Verdict, card: &Card, place: &RegionCode) -> Result<Verdict, Error> {
    let (accords, facts) = (accords(conn, app)?, CaseFacts::Certificate(CertificateFacts::from(card.claims())));
    let waivers = if *place == app.region.code { waive::of_case(conn, &facts)? } else { Vec::new() };
    let providers = accords.providers_of(&app.region.code, bundles, &facts, Instant(app.edge.now()));
    let provider = providers.first().copied();
    let asked = verdict::Asked { place, day: today(app), accords: &accords.all(), waivers: &waivers, provider };
    Ok(verdict.with_recognition(card, &asked))
}

/// Answers questions in their order. With `keep` the decisions are stored, in the caller's transaction.
///
/// # Errors
/// `recognition.no_certificate`, `recognition.not_in_force`, `recognition.no_agreement`, `recognition.no_grant`, `recognition.too_long` with the
/// path of the question, or a fault.
pub fn evaluate(conn: &mut Conn, app: &App, caller: &Caller, bundles: &Bundles, asked: &[Asked], keep: bool) -> Result<Vec<Answer>, Error> {
    let accords = accords(conn, app)?;
    let mut answers = Vec::with_capacity(asked.len());
    for (n, asked) in asked.iter().enumerate() {
        let answer = known(conn, app, caller, asked).and_then(|case| answer(conn, app, &accords, bundles, &case, keep.then_some(caller)));
        answers.push(answer.map_err(|error| within(error, &format!("cases[{n}]")))?);
    }
    Ok(answers)
}

fn within(error: Error, parent: &str) -> Error {
    match error {
        Error::Refusal(refusal) => refusal.within(parent).into(),
        fault => fault,
    }
}

/// The question with its facts.
fn known(conn: &mut Conn, app: &App, caller: &Caller, asked: &Asked) -> Result<Case, Error> {
    let (facts, terms) = match &asked.ask {
        Ask::Any(facts) => (facts.clone(), None),
        Ask::By(terms, facts) => (facts.clone(), Some(terms.clone())),
        Ask::Number(number) => {
            let row = certificates::store::by_number(conn, number.as_str())?.filter(|row| caller.acts_for(&row.provider_id));
            let row = row.ok_or_else(|| RecognitionRefusal::NoCertificate.at("certificate.number"))?;
            if row.status != "issued" {
                return Err(RecognitionRefusal::NotInForce.at("certificate.number").got(row.status).into());
            }
            let card = Card::parse(&row.card).map_err(|e| Fault::text(format!("stored card of {}: {e}", row.id)))?;
            (CaseFacts::Certificate(CertificateFacts::from(card.claims())), None)
        }
    };
    let place = asked.place.clone().unwrap_or_else(|| app.region.code.clone());
    Ok(Case { place, day: asked.day.unwrap_or_else(|| today(app)), facts, terms })
}

fn answer(conn: &mut Conn, app: &App, accords: &Accords, bundles: &Bundles, case: &Case, keep: Option<&Caller>) -> Result<Answer, Error> {
    let (recognition, inputs) = decide(conn, app, accords, bundles, case)?;
    let accord = recognition.decision.as_ref().and_then(|decision| accords.find(&decision.agreement));
    let kept = match (keep, &recognition.decision, inputs) {
        (Some(caller), Some(decision), Some(inputs)) => {
            record::keep(conn, app, caller, decision, inputs)?;
            true
        }
        _ => false,
    };
    let title = accord.map(|accord| accord.agreement.title.clone());
    Ok(Answer { kept, ..Answer::of(recognition, case.day.to_string(), title)? })
}

/// What a place makes of a case. A decision that recognises it is kept, in the caller's transaction.
///
/// # Errors
/// `recognition.no_agreement`, `recognition.no_grant`, `recognition.too_long`, or a fault.
pub fn recognise(conn: &mut Conn, app: &App, caller: &Caller, bundles: &Bundles, case: &Case) -> Result<Recognition, Error> {
    let accords = accords(conn, app)?;
    let (recognition, inputs) = decide(conn, app, &accords, bundles, case)?;
    if let (RecognitionOutcome::Recognised, Some(decision), Some(inputs)) = (recognition.outcome, &recognition.decision, inputs) {
        record::keep(conn, app, caller, decision, inputs)?;
    }
    Ok(recognition)
}

/// The answer of the engine, and where there is a decision, what it was made from.
fn decide(conn: &mut Conn, app: &App, accords: &Accords, bundles: &Bundles, case: &Case) -> Result<(Recognition, Option<Inputs>), Error> {
    let waivers = if case.place == app.region.code { waive::of_case(conn, &case.facts)? } else { Vec::new() };
    let providers = accords.providers_of(&app.region.code, bundles, &case.facts, Instant(app.edge.now()));
    let used = case.terms.as_ref().map_or(&[][..], |terms| &terms.used);
    let context = Context { place: &case.place, day: case.day, providers: &providers, used, waivers: &waivers };
    let recognition = match &case.terms {
        None => recognition::recognise(&accords.all(), &case.facts, &context),
        Some(terms) => by(accords, terms, &case.facts, &context)?,
    };
    let accord = recognition.decision.as_ref().and_then(|decision| accords.find(&decision.agreement));
    Ok((recognition, accord.map(|accord| Inputs::of(accord.life, used, &waivers))))
}

/// The decision of the grant that is named.
fn by(accords: &Accords, terms: &Terms, facts: &CaseFacts, context: &Context<'_>) -> Result<Recognition, Error> {
    let accord = accords.find(&terms.agreement).ok_or_else(|| RecognitionRefusal::NoAgreement.at("agreement"))?;
    let grant = accord.agreement.grant(&terms.grant).ok_or_else(|| RecognitionRefusal::NoGrant.at("grant"))?;
    let decision = recognition::evaluate(&accord, grant, facts, context);
    Ok(Recognition { place: context.place.clone(), outcome: rules::outcome(decision.outcome), decision: Some(decision), others: Vec::new() })
}
