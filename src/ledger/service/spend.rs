//! Amounts leave their lots: redeeming at once, or reserving and then settling or releasing; what was settled to a region may come back.

use super::{Act, Head, Leg, Plan, Stop, entry, first_checks, open_learner, post, refuse};
use crate::db::Conn;
use crate::error::Error;
use crate::ledger::rules::{self, Known, Said};
use crate::ledger::store::{self, EntryRow, MovementRow};
use crate::ledger::{Destination, End, EntryKind, LedgerRefusal, Outcome, Pick, Place, Posted, Redeem, Reserve};
use verifier::ids::RegionCode;
use verifier::time::Day;

/// Sets amounts aside for a transfer. All that limits a transfer is checked here; settling it is never refused for want of credit.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn reserve(conn: &mut Conn, act: &Act<'_>, asked: &Reserve<'_>) -> Result<Outcome, Error> {
    let spending = Spending {
        kind: EntryKind::Reserve,
        id: &asked.entry,
        subject: Some(&asked.hold),
        cause: &asked.cause,
        family: asked.family,
        picks: in_order(&asked.picks),
        to: Place::Hold(asked.hold.clone()),
        place_fits: rules::is_hold(&asked.hold),
        origin: Some(asked.origin.as_str()),
        answer_by: Some(asked.answer_by),
    };
    post(conn, act, &asked.entry, |conn| plan_spending(conn, act, &spending))
}

/// Spends amounts on a programme, for good.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn redeem(conn: &mut Conn, act: &Act<'_>, asked: &Redeem<'_>) -> Result<Outcome, Error> {
    let spending = Spending {
        kind: EntryKind::Redeem,
        id: &asked.entry,
        subject: None,
        cause: &asked.cause,
        family: asked.family,
        picks: in_order(&asked.picks),
        to: Place::Redeemed(asked.programme.clone()),
        place_fits: rules::is_digest(&asked.programme),
        origin: None,
        answer_by: None,
    };
    post(conn, act, &asked.entry, |conn| plan_spending(conn, act, &spending))
}

/// Ends a hold: what was set aside has gone, or is spent.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn settle(conn: &mut Conn, act: &Act<'_>, asked: &End, to: &Destination) -> Result<Outcome, Error> {
    let (place, fits) = match to {
        Destination::Out(peer) => (Place::Out(peer.to_string()), is_peer(act, peer)),
        Destination::Redeemed(programme) => (Place::Redeemed(programme.clone()), rules::is_digest(programme)),
    };
    post(conn, act, &asked.entry, |conn| plan_end(conn, act, asked, &Ending::Settle(&place, fits)))
}

/// Ends a hold: what was set aside is back in its lots; of a lot that was voided meanwhile, it is voided too.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn release(conn: &mut Conn, act: &Act<'_>, asked: &End) -> Result<Outcome, Error> {
    post(conn, act, &asked.entry, |conn| plan_end(conn, act, asked, &Ending::Release))
}

/// What was settled to another region is back in its lots, whole; of a lot that was voided meanwhile, it is voided too.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn give_back(conn: &mut Conn, act: &Act<'_>, asked: &End, peer: &RegionCode) -> Result<Outcome, Error> {
    let (place, fits) = (Place::Out(peer.to_string()), is_peer(act, peer));
    post(conn, act, &asked.entry, |conn| plan_end(conn, act, asked, &Ending::Return(&place, fits)))
}

fn is_peer(act: &Act<'_>, peer: &RegionCode) -> bool {
    peer != act.region
}

fn in_order(picks: &[Pick]) -> Vec<Pick> {
    let mut picks = picks.to_vec();
    picks.sort_unstable();
    picks
}

/// What reserving and redeeming have in common.
struct Spending<'a> {
    kind: EntryKind,
    id: &'a str,
    subject: Option<&'a str>,
    cause: &'a str,
    family: &'a [String],
    picks: Vec<Pick>,
    to: Place,
    place_fits: bool,
    origin: Option<&'a str>,
    answer_by: Option<Day>,
}

fn plan_spending(conn: &mut Conn, act: &Act<'_>, asked: &Spending<'_>) -> Result<Plan, Stop> {
    let picks = &asked.picks;
    let said = Said {
        kind: asked.kind,
        cause: asked.cause.to_owned(),
        lots: picks.iter().map(|pick| pick.lot.clone()).collect(),
        amounts: picks.iter().map(|pick| pick.amount).collect(),
        place: asked.to.to_string(),
    };
    first_checks(conn, asked.id, &said, moved_in_all)?;
    if !asked.place_fits {
        return Err(refuse(LedgerRefusal::Place));
    }
    rules::picks(picks).map_err(refuse)?;
    // A merged account spends through the one that took it over, which stands first.
    open_learner(conn, asked.family.first().map_or("", String::as_str))?;
    let known = known(conn, &said.lots)?;
    rules::belongs(picks, &known, asked.family, asked.origin).map_err(refuse)?;
    if let Some(hold) = asked.subject
        && store::about(conn, hold, EntryKind::Reserve)?.is_some()
    {
        return Err(refuse(LedgerRefusal::HoldExists));
    }
    rules::spendable(picks, &known, act.today, asked.answer_by).map_err(refuse)?;
    let legs: Vec<Leg<'_>> = picks.iter().map(|pick| Leg { lot: &pick.lot, from: Place::Lot, to: asked.to.clone(), amount: pick.amount }).collect();
    let head = Head { id: asked.id, kind: asked.kind, subject: asked.subject, cause: asked.cause };
    let posted = Posted { amount: picks.iter().map(|pick| pick.amount).sum(), lot: None, kept: 0 };
    Ok(Plan { written: vec![entry(act, &head, &legs, None)?], posted })
}

/// What is known of these lots, in order; nobody else spends of them until this transaction ends.
fn known(conn: &mut Conn, lots: &[String]) -> Result<Vec<Known>, Error> {
    let rows = store::lots_named(conn, lots)?;
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let balances = store::lock(conn, &ids)?;
    let mut known: Vec<Known> = Vec::with_capacity(rows.len());
    for row in rows {
        let (expires_on, available) = (row.expires()?, balances.get(&row.id).copied().unwrap_or(0));
        known.push(Known { lot: row.id, learner: row.learner_id, origin: row.origin, expires_on, available });
    }
    known.sort_unstable_by(|a, b| a.lot.cmp(&b.lot));
    Ok(known)
}

/// How a hold ends, or comes back after its end; whether the place is a possible one.
enum Ending<'a> {
    Settle(&'a Place, bool),
    Release,
    Return(&'a Place, bool),
}

fn plan_end(conn: &mut Conn, act: &Act<'_>, asked: &End, ending: &Ending<'_>) -> Result<Plan, Stop> {
    let (kind, place, fits) = match ending {
        Ending::Settle(to, fits) => (EntryKind::Settle, format!("{} {to}", asked.hold), *fits),
        Ending::Release => (EntryKind::Release, asked.hold.clone(), true),
        Ending::Return(from, fits) => (EntryKind::Return, format!("{} {from}", asked.hold), *fits),
    };
    let said = Said { kind, cause: asked.cause.clone(), lots: Vec::new(), amounts: Vec::new(), place };
    first_checks(conn, &asked.entry, &said, moved_in_all)?;
    if !rules::is_hold(&asked.hold) || !fits {
        return Err(refuse(LedgerRefusal::Place));
    }
    let reserved = store::about(conn, &asked.hold, EntryKind::Reserve)?.ok_or_else(|| refuse(LedgerRefusal::NoHold))?;
    let held = store::movements_of(conn, &reserved.id)?;
    let lots: Vec<String> = held.iter().map(|m| m.lot_id.clone()).collect();
    store::lock(conn, &lots)?;
    may_end(conn, &asked.hold, ending)?;
    let voided = store::voided(conn, &lots)?;
    let back = |lot: &String| if voided.contains(lot) { Place::Voided } else { Place::Lot };
    let hold = Place::Hold(asked.hold.clone());
    let ways = |lot: &String| match ending {
        Ending::Settle(to, _) => (hold.clone(), (*to).clone()),
        Ending::Release => (hold.clone(), back(lot)),
        Ending::Return(from, _) => ((*from).clone(), back(lot)),
    };
    let mut legs: Vec<Leg<'_>> = Vec::with_capacity(held.len());
    for m in &held {
        let (from, to) = ways(&m.lot_id);
        legs.push(Leg { lot: &m.lot_id, from, to, amount: m.amount });
    }
    let head = Head { id: &asked.entry, kind, subject: Some(&asked.hold), cause: &asked.cause };
    let posted = Posted { amount: held.iter().map(|m| m.amount).sum(), lot: None, kept: 0 };
    Ok(Plan { written: vec![entry(act, &head, &legs, None)?], posted })
}

/// A hold ends once; what has gone to a region comes back from there, once.
fn may_end(conn: &mut Conn, hold: &str, ending: &Ending<'_>) -> Result<(), Stop> {
    let Ending::Return(from, _) = ending else {
        for (ended, why) in [(EntryKind::Settle, LedgerRefusal::HoldSettled), (EntryKind::Release, LedgerRefusal::HoldReleased)] {
            if store::about(conn, hold, ended)?.is_some() {
                return Err(refuse(why));
            }
        }
        return Ok(());
    };
    let settled = store::about(conn, hold, EntryKind::Settle)?.ok_or_else(|| refuse(LedgerRefusal::HoldNotOut))?;
    let gone = store::movements_of(conn, &settled.id)?;
    if gone.iter().any(|m| m.to_place != from.to_string()) {
        return Err(refuse(LedgerRefusal::HoldNotOut));
    }
    if store::about(conn, hold, EntryKind::Return)?.is_some() { Err(refuse(LedgerRefusal::HoldReturned)) } else { Ok(()) }
}

fn moved_in_all(_: &mut Conn, _: &EntryRow, moved: &[MovementRow]) -> Result<Posted, Error> {
    Ok(Posted { amount: moved.iter().map(|m| m.amount).sum(), lot: None, kept: 0 })
}
