//! Brings the ledger to what a transfer is. Each step is taken only if the ledger does not have it, so doing it again changes nothing.

use verifier::ids::RegionCode;
use verifier::transfer::{Message, Offer, OfferedLot};

use super::super::subjects::{Whose, whose};
use super::super::{booked, end, stored};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::service::Act;
use crate::ledger::{self, Destination, Facts, LedgerRefusal, LotKind, Mint, Outcome, Pick, Receive, Reserve, Void};
use crate::providers::service::today;
use crate::transfers::rules;
use crate::transfers::store::{self, Row};
use crate::{learners, providers};

/// Why a transfer is not booked: the ledger's reason.
pub(super) type Left = Option<LedgerRefusal>;

/// Books one transfer.
///
/// # Errors
/// A fault.
pub(super) fn book(conn: &mut Conn, app: &App, row: &Row) -> Result<Left, Error> {
    let peer = RegionCode::parse(&row.peer).map_err(Fault::new)?;
    match (row.side.as_str(), row.kind.as_deref(), row.state.as_str()) {
        ("source", Some(_), "returned") => Ok(done(release(conn, app, row)?, LedgerRefusal::HoldReleased)),
        ("source", Some(_), state) => match hold(conn, app, row)? {
            None if state == "settled" => {
                let settled = ledger::service::settle(conn, &act(app), &end(app, &row.id, cause(row)), &Destination::Out(peer))?;
                Ok(done(settled, LedgerRefusal::HoldSettled))
            }
            left => Ok(left),
        },
        ("destination", Some("move"), "accepted") => receive(conn, app, row, &peer),
        ("destination", Some("move"), _) => void(conn, app, row),
        ("destination", Some("return"), "accepted") => match store::by_id(conn, row.return_of.as_deref().unwrap_or_default())? {
            Some(original) => match book(conn, app, &original)? {
                None => {
                    let back = ledger::service::give_back(conn, &act(app), &end(app, &original.id, ask(row)), &peer)?;
                    Ok(done(back, LedgerRefusal::HoldReturned))
                }
                left => Ok(left),
            },
            None => Ok(Some(LedgerRefusal::NoHold)),
        },
        _ => Ok(None),
    }
}

fn act(app: &App) -> Act<'_> {
    Act { is_restoring: false, ..Act::of(app) }
}

fn ask(row: &Row) -> &str {
    row.ask.as_deref().unwrap_or_default()
}

fn cause(row: &Row) -> &str {
    row.decision.as_deref().unwrap_or_default()
}

/// Posted, or there `already`: the one reason that says so of this step.
fn done(outcome: Outcome, already: LedgerRefusal) -> Left {
    match outcome {
        Outcome::Posted(_) | Outcome::Exists(_) => None,
        Outcome::Refused(refused) => Some(refused.why).filter(|why| *why != already),
    }
}

/// What was never held here needs no release.
fn release(conn: &mut Conn, app: &App, row: &Row) -> Result<Outcome, Error> {
    let outcome = ledger::service::release(conn, &act(app), &end(app, &row.id, cause(row)))?;
    Ok(match outcome {
        Outcome::Refused(refused) if refused.why == LedgerRefusal::NoHold => Outcome::Refused(LedgerRefusal::HoldReleased.into()),
        outcome => outcome,
    })
}

/// Holds what was offered or given back, as of the day on which that was signed; lots that are not known any more are minted again as the OFFER has them.
fn hold(conn: &mut Conn, app: &App, row: &Row) -> Result<Left, Error> {
    let text = store::message(conn, ask(row))?.ok_or_else(|| Fault::text(format!("the message of {} is gone", row.id)))?.text;
    let message = stored(&text)?.message;
    let (picks, origin, answer_by) = match &message {
        Message::Offer(offer) => {
            for lot in &offer.lots {
                let left = mint(conn, app, offer, lot)?;
                if left.is_some() {
                    return Ok(left);
                }
            }
            let pick = |lot: &OfferedLot| Pick { lot: lot.facts.id.as_str().to_owned(), amount: lot.facts.amount.hundredths() };
            (offer.lots.iter().map(pick).collect(), app.region.code.clone(), offer.answer_by)
        }
        Message::Return(back) => {
            let lots = ledger::service::of_basis(conn, &back.offer.to_string(), today(app))?;
            let picks = lots.into_iter().map(|state| Pick { amount: state.lot.amount, lot: state.lot.id }).collect();
            (picks, back.aud.clone(), back.answer_by)
        }
        _ => return Err(Fault::text(format!("the message of {} asks for nothing", row.id)).into()),
    };
    let picks: Vec<Pick> = picks;
    let Some(lot) = picks.first().map(|pick| ledger::service::lot_row(conn, &pick.lot)).transpose()?.flatten() else {
        return Ok(Some(LedgerRefusal::NoLot));
    };
    let root = learners::service::find(conn, &lot.learner_id)?;
    note_learner(conn, row, &root.id)?;
    let asked = Reserve {
        entry: app.edge.id("ent"),
        cause: ask(row).to_owned(),
        family: &learners::store::family(conn, &root.id)?,
        picks,
        origin: &origin,
        hold: row.id.clone(),
        answer_by: answer_by.day_in(app.region.zone),
    };
    let then = Act { today: message.iat().day_in(app.region.zone), ..act(app) };
    Ok(done(ledger::service::reserve(conn, &then, &asked)?, LedgerRefusal::HoldExists))
}

/// Mints a lot that was minted after the backup, as this region itself had offered it.
fn mint(conn: &mut Conn, app: &App, offer: &Offer, lot: &OfferedLot) -> Result<Left, Error> {
    let facts = &lot.facts;
    if ledger::service::lot_row(conn, facts.id.as_str())?.is_some() {
        return Ok(None);
    }
    let Whose::Found(learner) = whose(conn, app, app.region.code.as_str(), &offer.subject)? else { return Ok(Some(LedgerRefusal::NoLearner)) };
    let provider = facts.provider.as_ref().map(|code| providers::store::find(conn, code.as_str())).transpose()?.flatten();
    let asked = Mint {
        entry: app.edge.id("ent"),
        cause: facts.basis.to_string(),
        amount: lot.minted.hundredths(),
        facts: Facts {
            learner,
            scheme: facts.scheme.as_str().to_owned(),
            kind: LotKind::parse(facts.kind.as_str()).ok_or_else(|| Fault::text("a kind that was offered"))?,
            category: facts.category.as_ref().map(|category| category.as_str().to_owned()),
            course: facts.course.as_ref().map(|course| course.as_str().to_owned()),
            title: None,
            occupation: facts.occupation.clone(),
            level: facts.level,
            grade: facts.grade,
            provider: provider.map(|provider| provider.id),
            earned_on: facts.earned,
            basis: facts.basis.to_string(),
            part: lot.part.into(),
        },
    };
    Ok(done(ledger::service::mint_again(conn, &act(app), &asked, facts.id.as_str())?, LedgerRefusal::AlreadyMinted))
}

/// Books what this region had accepted.
fn receive(conn: &mut Conn, app: &App, row: &Row, peer: &RegionCode) -> Result<Left, Error> {
    let text = |conn: &mut Conn, digest: &str| Ok::<_, Error>(store::message(conn, digest)?.map(|message| message.text));
    let lost = || Fault::text(format!("a message of {} is gone", row.id));
    let (offer, decision) = (text(conn, ask(row))?.ok_or_else(lost)?, text(conn, cause(row))?.ok_or_else(lost)?);
    let Message::Offer(offer) = stored(&offer)?.message else { return Err(lost().into()) };
    let learner = match whose(conn, app, &row.peer, &offer.subject)? {
        Whose::Found(learner) => learner,
        Whose::Nobody | Whose::Later => return Ok(Some(LedgerRefusal::NoLearner)),
    };
    let basis = verifier::documents::Digest::parse(ask(row)).map_err(Fault::new)?;
    let (_, lots) = booked(&decision)?;
    for (n, lot) in lots.iter().enumerate() {
        let facts = rules::received(&offer, &basis, &learner, n, lot).ok_or_else(|| Fault::text("a booking without its lot"))?;
        let credit = Mint { entry: app.edge.id("ent"), cause: basis.to_string(), amount: lot.amount.hundredths(), facts };
        let received = ledger::service::receive(conn, &act(app), &Receive { credit, peer: peer.clone(), expires_on: lot.expires })?;
        let left = done(received, LedgerRefusal::AlreadyMinted);
        if left.is_some() {
            return Ok(left);
        }
    }
    note_learner(conn, row, &learner)?;
    Ok(None)
}

/// Takes back what is available of what was booked for an OFFER that counts as rejected.
fn void(conn: &mut Conn, app: &App, row: &Row) -> Result<Left, Error> {
    for state in ledger::service::of_basis(conn, ask(row), today(app))? {
        let asked = Void { entry: app.edge.id("ent"), cause: cause(row).to_owned(), lot: state.lot.id };
        let left = done(ledger::service::void(conn, &act(app), &asked)?, LedgerRefusal::AlreadyVoided);
        if left.is_some() {
            return Ok(left);
        }
    }
    Ok(None)
}

fn note_learner(conn: &mut Conn, row: &Row, learner: &str) -> Result<(), Error> {
    match store::by_id(conn, &row.id)?.filter(|row| row.learner_id.is_none()) {
        Some(row) => store::update(conn, &Row { learner_id: Some(learner.to_owned()), ..row }),
        None => Ok(()),
    }
}
