//! What a learner moves to another region: asked for as a quote, or held and offered.

use verifier::documents::{AchievementKind, Amount, Category, CourseCode, Digest, LotId, SchemeId, TransferId};
use verifier::recognition::{Accord, CaseFacts, Context, CreditFacts, Decision, LotFacts, Recognition, Used};
use verifier::time::Instant;
use verifier::transfer::protocol::{Envelope, NotOffered, Proposal, offer, quote};
use verifier::transfer::{Message, Offer, OfferedLot, Subject, TransferRule};
use verifier::verdict::Check;

use super::{Line, act, answer_by, is_peer, refused, stored, unfit};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal, Unmet};
use crate::learners;
use crate::ledger::store::LotRow;
use crate::ledger::{self, LedgerRefusal, Pick, Reserve};
use crate::partners::Bundles;
use crate::providers::service::today;
use crate::recognition::{self, Accords, Answer};
use crate::transfers::store::{self, Row};
use crate::transfers::{TransferRefusal, Wanted, rules};

/// What the engine is asked with, as this region knows it.
struct Known<'a> {
    proposal: Proposal<'a>,
    providers: Vec<&'a verifier::verdict::Provider>,
    used: Vec<Used>,
}

/// What the other region would make of it, by what this one knows. Nothing changes.
///
/// # Errors
/// `transfers.agreement`, `ledger.no_lot`, `ledger.other_region`, or a fault.
pub fn quoted(conn: &mut Conn, app: &App, bundles: &Bundles, learner: &learners::store::Row, wanted: &Wanted) -> Result<Answer, Error> {
    let (accords, family) = (recognition::service::accords(conn, app)?, learners::store::family(conn, &learner.id)?);
    let known = known(conn, app, &accords, bundles, &family, wanted)?;
    let context = context(app, &known, wanted);
    let decision = quote(&known.proposal, &context).map_err(not_offered)?;
    let (day, title) = (context.day.to_string(), known.proposal.accord.agreement.title.clone());
    let outcome = recognition::rules::outcome(decision.outcome);
    let told = Recognition { place: wanted.to.clone(), outcome, decision: Some(decision), others: Vec::new() };
    Ok(Answer::of(told, day, Some(title))?)
}

/// Holds what the learner moves and signs the OFFER; `by` is who asks. The caller has seen that `learner`, an open account, is theirs to ask for.
///
/// # Errors
/// `transfers.no_peer`, `transfers.agreement`, `transfers.lots`, `transfers.checks` with every check that is not met, `transfer.stopped`,
/// `transfer.expires_too_soon`, `ledger.*`, or a fault.
pub fn propose(conn: &mut Conn, app: &App, bundles: &Bundles, by: &str, learner: &learners::store::Row, wanted: &Wanted) -> Result<String, Error> {
    if !is_peer(conn, wanted.to.as_str())? {
        return Err(TransferRefusal::NoPeer.at("to").into());
    }
    let mut line = Line::open(conn, app, &wanted.to)?;
    let channel = line.channel()?;
    channel.admit(channel.peer).map_err(refused)?;
    let (accords, family) = (recognition::service::accords(conn, app)?, learners::store::family(conn, &learner.id)?);
    let known = known(conn, app, &accords, bundles, &family, wanted)?;
    let (id, now) = (app.edge.id("trf"), app.edge.now());
    let document = learners::open_id(app, &learner.id, &learner.id_kind, &learner.id_sealed)?;
    let envelope = Envelope {
        jti: TransferId::parse(&id).map_err(Fault::new)?,
        subject: Subject::of(&document, line.salt()?),
        answer_by: answer_by(app),
        zone: app.region.zone,
        stamp: line.stamp()?,
    };
    let (offer, _) = offer(&known.proposal, &context(app, &known, wanted), &envelope).map_err(not_offered)?;
    let text = offer.sign(&app.keys.region_signer()).map_err(|e| unfit(&e))?;
    let ask = line.keep_sent(conn, &text)?;
    let hold = Reserve {
        entry: app.edge.id("ent"),
        cause: ask.clone(),
        family: &family,
        picks: wanted.lots.iter().map(|(lot, amount)| Pick { lot: lot.to_string(), amount: amount.hundredths() }).collect(),
        origin: &app.region.code,
        hold: id.clone(),
        answer_by: envelope.answer_by.day_in(app.region.zone),
    };
    ledger::service::reserve(conn, &act(app), &hold)?.posted().map_err(|refusal: Refusal| refusal.at("lots"))?;
    store::insert(conn, &row(&offer, &learner.id, by, ask, now))?;
    Ok(id)
}

fn row(offer: &Offer, learner: &str, by: &str, ask: String, now: i64) -> Row {
    Row {
        id: offer.jti.as_str().to_owned(),
        side: "source".to_owned(),
        kind: Some("move".to_owned()),
        peer: offer.aud.as_str().to_owned(),
        learner_id: Some(learner.to_owned()),
        state: "reserved".to_owned(),
        terms: Some(offer.terms().to_string()),
        ask: Some(ask),
        decision: None,
        decided_epoch: None,
        return_of: None,
        agreement: Some(offer.agreement.to_string()),
        grant_id: Some(offer.grant.as_str().to_owned()),
        reason: None,
        amount: offer.total(),
        began_at: now,
        began_by: by.to_owned(),
        ended_at: None,
        answer_by: Some(offer.answer_by.0),
        cancelled: false,
        next_at: Some(now),
        tries: 0,
        error: None,
        unbooked: false,
        decided_on: None,
    }
}

fn context<'a>(app: &App, known: &'a Known<'_>, wanted: &'a Wanted) -> Context<'a> {
    Context { place: &wanted.to, day: today(app), providers: &known.providers, used: &known.used, waivers: &[] }
}

fn known<'a>(
    conn: &mut Conn,
    app: &'a App,
    accords: &'a Accords,
    bundles: &'a Bundles,
    family: &[String],
    wanted: &Wanted,
) -> Result<Known<'a>, Error> {
    let accord = accords.find(&wanted.agreement).ok_or_else(|| TransferRefusal::Agreement.at("agreement"))?;
    let mut lots = Vec::with_capacity(wanted.lots.len());
    for (n, (lot, amount)) in wanted.lots.iter().enumerate() {
        let found = ledger::service::lot(conn, family, lot.as_str(), today(app))?.map(|state| state.lot);
        let row = found.ok_or_else(|| LedgerRefusal::NoLot.at(format!("lots[{n}].lot")))?;
        if row.origin != app.region.code.as_str() {
            return Err(LedgerRefusal::OtherRegion.at(format!("lots[{n}].lot")).into());
        }
        lots.push(offered(accords, &row, *amount)?);
    }
    let facts = lots.iter().map(|lot| lot.facts.clone()).collect();
    let case = CaseFacts::Credit(CreditFacts { origin: app.region.code.clone(), lots: facts });
    let providers = accords.providers_of(&app.region.code, bundles, &case, Instant(app.edge.now()));
    let used = used(conn, app, family, &accord, wanted)?;
    let proposal = Proposal { iss: &app.region.code, accord, grant: wanted.grant.clone(), lots };
    Ok(Known { proposal, providers, used })
}

/// What this region has offered of the learner's to the other and did not get back, where the grant has a limit.
fn used(conn: &mut Conn, app: &App, family: &[String], accord: &Accord<'_>, wanted: &Wanted) -> Result<Vec<Used>, Error> {
    if !rules::is_limited(accord, &wanted.grant) {
        return Ok(Vec::new());
    }
    let digests: Vec<String> = store::counted(conn, family, wanted.to.as_str(), "source")?.into_iter().filter_map(|(_, ask, _)| ask).collect();
    let mut offers = Vec::with_capacity(digests.len());
    for text in store::texts(conn, &digests)? {
        if let Message::Offer(offer) = stored(&text)?.message {
            offers.push(offer);
        }
    }
    let day = |offer: &Offer| offer.iat.day_in(app.region.zone);
    Ok(rules::used(offers.iter().flat_map(|offer| offer.gives.iter().map(move |booking| (day(offer), booking))), today(app)))
}

/// A lot as it is offered.
fn offered(accords: &Accords, row: &LotRow, amount: Amount) -> Result<OfferedLot, Fault> {
    let damaged = || Fault::text(format!("{} in lots is damaged", row.id));
    let (own, provider) = (row.facts()?, row.provider_id.as_deref().and_then(|id| accords.code_of(id)).cloned());
    let facts = LotFacts {
        id: LotId::parse(&row.id).map_err(|_| damaged())?,
        scheme: SchemeId::parse(&row.scheme).map_err(|_| damaged())?,
        amount,
        kind: AchievementKind::parse(&row.kind).map_err(|_| damaged())?,
        category: row.category.as_deref().map(Category::parse).transpose().map_err(|_| damaged())?,
        course: row.course.as_deref().map(CourseCode::parse).transpose().map_err(|_| damaged())?,
        occupation: own.occupation,
        level: own.level,
        grade: own.grade,
        provider,
        earned: own.earned_on,
        expires: row.expires()?,
        basis: Digest::parse(&row.basis).map_err(|_| damaged())?,
    };
    Ok(OfferedLot { facts, minted: Amount::new(row.amount).map_err(|_| damaged())?, part: u16::try_from(row.part).map_err(|_| damaged())? })
}

/// Why there is no OFFER.
fn not_offered(why: NotOffered) -> Refusal {
    match why {
        NotOffered::Grant => TransferRefusal::Agreement.at("grant"),
        NotOffered::NotRecognised(decision) => TransferRefusal::Checks.at("lots").unmet(unmet(&decision)),
        NotOffered::ExpiresTooSoon(lot) => refused(TransferRule::ExpiresTooSoon).at("lots").got(lot.to_string()),
    }
}

fn unmet(decision: &Decision) -> Vec<Unmet> {
    let told = |check: &verifier::recognition::Check| Check {
        check: check.check.to_string(),
        want: check.want.to_string(),
        got: check.got.to_string(),
        ok: check.ok,
    };
    Unmet::of(decision.checks.iter().map(told).collect())
}
