//! The side that is asked: it decides, once, and repeats what it has decided.

use verifier::documents::TransferId;
use verifier::ids::RegionCode;
use verifier::recognition::{Booking, Context};
use verifier::time::Instant;
use verifier::transfer::protocol::destination::{DestinationAction, DestinationEvent, GiveBack, give_back, step};
use verifier::transfer::protocol::source::Source;
use verifier::transfer::protocol::{Desk, Ruling, decide};
use verifier::transfer::{Cancel, Message, Offer, Reason, Return, Signed, TransferDecision, TransferOutcome, TransferRule};

use super::subjects::{Whose, whose};
use super::{Line, Taken, act, booked, end, refused, stored, unfit};
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::{self, Mint, Receive};
use crate::partners::Bundles;
use crate::providers::service::today;
use crate::transfers::rules;
use crate::transfers::store::{self, Row};
use crate::{learners, recognition};

/// A message with its text.
type Came<'a> = (&'a Signed, &'a str);

/// What is noted of a transfer besides the answer.
#[derive(Default)]
struct About {
    kind: Option<&'static str>,
    learner: Option<String>,
    terms: Option<String>,
    return_of: Option<String>,
    agreement: Option<(String, String)>,
    amount: i64,
}

/// Answers an OFFER: books what it gives, or rejects it.
pub(super) fn offered(conn: &mut Conn, line: &mut Line<'_>, bundles: &Bundles, came: Came<'_>, offer: &Offer) -> Result<Taken, Error> {
    let terms = offer.terms();
    if let Some(taken) = again(conn, line, came, &offer.jti, DestinationEvent::Asked(terms))? {
        return Ok(taken);
    }
    let Some((ruling, learner)) = rule(conn, line, bundles, offer)? else { return Ok(Taken::Later) };
    let outcome = if ruling.reason.is_none() { TransferOutcome::Accepted } else { TransferOutcome::Rejected };
    let (_, action) = step(None, DestinationEvent::Ruled(terms, outcome), line.channel()?.own);
    let digest = line.keep_taken(conn, came.0, came.1)?;
    if let (DestinationAction::BookIn, Some(learner)) = (action, &learner) {
        book_in(conn, line, offer, came.0, learner, &ruling.lots)?;
    }
    let about = About {
        kind: Some("move"),
        learner,
        terms: Some(terms.to_string()),
        return_of: None,
        agreement: Some((offer.agreement.to_string(), offer.grant.as_str().to_owned())),
        amount: offer.total(),
    };
    let decision = TransferDecision::on(offer, came.0.digest, ruling, today(line.app), line.stamp()?);
    answer(conn, line, decision, about, Some(digest))
}

/// What this region makes of an OFFER, and whose account it is; none where that is to be asked again.
fn rule(conn: &mut Conn, line: &Line<'_>, bundles: &Bundles, offer: &Offer) -> Result<Option<(Ruling, Option<String>)>, Error> {
    let app = line.app;
    let learner = match whose(conn, app, line.peer(), &offer.subject)? {
        Whose::Later => return Ok(None),
        Whose::Found(id) => Some(id),
        Whose::Nobody => None,
    };
    let (accords, day) = (recognition::service::accords(conn, app)?, today(app));
    let case = offer.case();
    let providers = accords.providers_of(&app.region.code, bundles, &case, Instant(app.edge.now()));
    let (accord, mut before) = (accords.find(&offer.agreement), Vec::new());
    if let (Some(id), Some(true)) = (&learner, accord.as_ref().map(|accord| rules::is_limited(accord, &offer.grant))) {
        let family = learners::store::family(conn, id)?;
        let digests: Vec<String> =
            store::counted(conn, &family, line.peer(), "destination")?.into_iter().filter_map(|(.., decision)| decision).collect();
        before = store::texts(conn, &digests)?.iter().map(|text| booked(text)).collect::<Result<_, _>>()?;
    }
    let used = rules::used(before.iter().flat_map(|(day, lots)| lots.iter().map(move |lot| (*day, lot))), day);
    let waivers = recognition::service::of_case(conn, &case)?;
    let context = Context { place: &app.region.code, day, providers: &providers, used: &used, waivers: &waivers };
    let desk = Desk { channel: line.channel()?, accord, context, has_account: learner.is_some() };
    let mut ruling = decide(offer, &desk).map_err(refused)?;
    if ruling.reason.is_none() && !may_be_booked(conn, &ruling.lots)? {
        ruling = Ruling { reason: Some(Reason::Checks), lots: Vec::new(), ..ruling };
    }
    Ok(Some((ruling, learner)))
}

/// Whether the ledger has the schemes and categories of what would be booked.
fn may_be_booked(conn: &mut Conn, lots: &[Booking]) -> Result<bool, Error> {
    for lot in lots {
        let scheme = ledger::service::scheme(conn, lot.scheme.as_str())?;
        let category = lot.category.as_ref().map(|category| category.as_str());
        if ledger::service::may_mint(lot.amount.hundredths(), scheme.as_ref(), category).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn book_in(conn: &mut Conn, line: &Line<'_>, offer: &Offer, signed: &Signed, learner: &str, lots: &[Booking]) -> Result<(), Error> {
    for (n, lot) in lots.iter().enumerate() {
        let facts = rules::received(offer, &signed.digest, learner, n, lot).ok_or_else(|| Fault::text("a booking without its lot"))?;
        let credit = Mint { entry: line.app.edge.id("ent"), cause: signed.digest.to_string(), amount: lot.amount.hundredths(), facts };
        let received = Receive { credit, peer: offer.iss.clone(), expires_on: lot.expires };
        // It was asked whether this may be booked: only an account that closes meanwhile can refuse it now, and the next look finds it closed.
        let posted = ledger::service::receive(conn, &act(line.app), &received)?.posted();
        posted.map_err(|refusal| Fault::overtaken(format!("{} cannot be booked: {refusal}; try again", offer.jti)))?;
    }
    Ok(())
}

/// Answers a RETURN: what went out is back in its lots, once.
pub(super) fn given_back(conn: &mut Conn, line: &mut Line<'_>, came: Came<'_>, back: &Return) -> Result<Taken, Error> {
    let terms = back.terms();
    if let Some(taken) = again(conn, line, came, &back.jti, DestinationEvent::Asked(terms))? {
        return Ok(taken);
    }
    let own = store::by_id(conn, back.of.as_str())?.filter(|row| row.side == "source" && row.peer == line.peer());
    let named = store::is_asked(conn, back.of.as_str(), &back.offer.to_string())?;
    let original = own.filter(|row| named && row.kind.as_deref() == Some("move"));
    let state = original.as_ref().map_or(Source::None, |row| rules::source(&row.state));
    let is_back = !store::returned(conn, &[back.of.as_str()])?.is_empty();
    let may = give_back(state, is_back);
    if may == GiveBack::Later {
        return Ok(Taken::Later);
    }
    let digest = line.keep_taken(conn, came.0, came.1)?;
    let mut lots = Vec::new();
    if may == GiveBack::Accept {
        let peer = RegionCode::parse(line.peer()).map_err(Fault::new)?;
        let posted = ledger::service::give_back(conn, &act(line.app), &end(line.app, back.of.as_str(), &digest), &peer)?.posted();
        posted.map_err(|refusal| Fault::text(format!("the return of {}: {refusal}", back.of)))?;
        lots = went_out(conn, back)?;
    }
    let about = About {
        kind: Some("return"),
        learner: original.as_ref().and_then(|row| row.learner_id.clone()),
        terms: Some(terms.to_string()),
        return_of: Some(back.of.as_str().to_owned()),
        agreement: None,
        amount: original.map_or(0, |row| row.amount),
    };
    answer(conn, line, back.answer(came.0.digest, lots, today(line.app), line.stamp()?), about, Some(digest))
}

/// What had gone out with the OFFER that a RETURN names.
fn went_out(conn: &mut Conn, back: &Return) -> Result<Vec<Booking>, Error> {
    let text = store::message(conn, &back.offer.to_string())?.ok_or_else(|| Fault::text("an OFFER that was just found is gone"))?.text;
    match stored(&text)?.message {
        Message::Offer(offer) => Ok(rules::offered(&offer)),
        _ => Err(Fault::text("what is given back is no OFFER").into()),
    }
}

/// Answers a CANCEL: what was not decided is rejected, so that an OFFER which comes later finds that.
pub(super) fn cancelled(conn: &mut Conn, line: &mut Line<'_>, came: Came<'_>, cancel: &Cancel) -> Result<Taken, Error> {
    if let Some(taken) = again(conn, line, came, &cancel.jti, DestinationEvent::Cancelled)? {
        return Ok(taken);
    }
    line.keep_taken(conn, came.0, came.1)?;
    answer(conn, line, cancel.tombstone(today(line.app), line.stamp()?), About::default(), None)
}

/// The answer to what was decided before; none where it is to be decided now.
fn again(conn: &mut Conn, line: &mut Line<'_>, came: Came<'_>, id: &TransferId, event: DestinationEvent) -> Result<Option<Taken>, Error> {
    let damaged = || Fault::text(format!("the stored decision of {id}"));
    let conflict = || Error::from(refused(TransferRule::Conflict));
    let row = store::by_id(conn, id.as_str())?;
    if row.as_ref().is_some_and(|row| row.side != "destination" || row.peer != line.peer()) {
        return Err(conflict());
    }
    let known = row.as_ref().map(|row| rules::decided(&row.state, row.terms.as_deref(), row.decided_epoch).ok_or_else(damaged)).transpose()?;
    let (_, action) = step(known, event, line.channel()?.own);
    let (Some(row), false) = (row, matches!(action, DestinationAction::Decide | DestinationAction::Tombstone)) else { return Ok(None) };
    if action == DestinationAction::Conflict {
        return Err(conflict());
    }
    // A CANCEL of what was decided changes nothing and is not counted.
    if came.0.message.seq().is_some() && store::message(conn, &came.0.digest.to_string())?.is_none() {
        line.keep_taken(conn, came.0, came.1)?;
    }
    let digest = row.decision.clone().ok_or_else(damaged)?;
    let text = store::message(conn, &digest)?.ok_or_else(damaged)?.text;
    if action == DestinationAction::Answer {
        return Ok(Some(Taken::Answer(text)));
    }
    let Message::Decision(before) = stored(&text)?.message else { return Err(damaged().into()) };
    let stamp = line.stamp()?;
    let text = before.anew(stamp).sign_fitting(&line.app.keys.region_signer()).map_err(|e| unfit(&e))?;
    let decision = Some(line.keep_sent(conn, &text)?);
    store::update(conn, &Row { decision, decided_epoch: Some(stamp.epoch.into()), ..row })?;
    Ok(Some(Taken::Answer(text)))
}

/// Signs the DECISION and stores it with the transfer.
fn answer(conn: &mut Conn, line: &mut Line<'_>, decision: TransferDecision, about: About, ask: Option<String>) -> Result<Taken, Error> {
    let (id, epoch, at) = (decision.jti.as_str().to_owned(), decision.epoch, line.app.edge.now());
    let (outcome, reason, day) = (decision.outcome, decision.reason, decision.day.to_string());
    let text = decision.sign_fitting(&line.app.keys.region_signer()).map_err(|e| unfit(&e))?;
    let digest = line.keep_sent(conn, &text)?;
    let (agreement, grant_id) = about.agreement.unzip();
    let row = Row {
        id,
        side: "destination".to_owned(),
        kind: about.kind.map(str::to_owned),
        peer: line.peer().to_owned(),
        learner_id: about.learner,
        state: outcome.as_str().to_owned(),
        terms: about.terms,
        ask,
        decision: Some(digest),
        decided_epoch: Some(epoch.into()),
        return_of: about.return_of,
        agreement,
        grant_id,
        reason: reason.map(|reason| reason.as_str().to_owned()),
        amount: about.amount,
        began_at: at,
        began_by: line.peer().to_owned(),
        ended_at: Some(at),
        answer_by: None,
        cancelled: reason == Some(Reason::Cancelled),
        next_at: None,
        tries: 0,
        error: None,
        unbooked: false,
        decided_on: Some(day),
    };
    store::insert(conn, &row)?;
    Ok(Taken::Answer(text))
}
