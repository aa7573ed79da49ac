//! Lots come and go: mint, receive, void, and voiding with a mint in its place.

use verifier::documents::Scheme;
use verifier::ids::RegionCode;
use verifier::time::Day;

use super::read::{LotState, Sums};
use super::{Act, Head, Leg, Plan, Stop, entry, facts_text, first_checks, open_learner, post, refuse, refuse_lot};
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault};
use crate::ledger::rules::{self, Said};
use crate::ledger::store::{self, LotRow};
use crate::ledger::{EntryKind, LedgerRefusal, Mint, Outcome, Place, Posted, Receive, Void};

/// Mints a lot: once for each scheme, basis and part.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn mint(conn: &mut Conn, act: &Act<'_>, asked: &Mint) -> Result<Outcome, Error> {
    post(conn, act, &asked.entry, |conn| plan_new(conn, act, asked, &Source::Issued))
}

/// Whether an amount may be minted of a scheme in a category, to an account that is open.
///
/// # Errors
/// The first reason in order of precedence.
pub fn may_mint<'a>(amount: i64, scheme: Option<&'a Scheme>, category: Option<&str>) -> Result<&'a Scheme, LedgerRefusal> {
    rules::amount(amount)?;
    let scheme = scheme.ok_or(LedgerRefusal::NoScheme)?;
    if category.is_some_and(|category| !scheme.categories.iter().any(|own| own.as_str() == category)) {
        return Err(LedgerRefusal::NoCategory);
    }
    Ok(scheme)
}

/// Adds what mints a lot of which [`may_mint`] found that it may be, to an open account that stays so until this transaction ends, for a basis that is
/// made in this transaction and an entry whose id is drawn in it: so it cannot be there already.
///
/// # Errors
/// A fault.
pub fn mint_new(bulk: &mut Bulk, act: &Act<'_>, asked: &Mint, scheme: &Scheme) -> Result<LotState, Fault> {
    let row = row(act, asked, &Source::Issued, scheme);
    let leg = Leg { lot: &row.id, from: Place::Issued, to: Place::Lot, amount: asked.amount };
    let head = Head { id: &asked.entry, kind: EntryKind::Mint, subject: Some(&row.id), cause: &asked.cause };
    store::add(bulk, &entry(act, &head, &[leg], Some(row.clone()))?);
    LotState::minted(row, act.today)
}

/// Mints a lot that was minted before, after the backup that was restored, under the id that it had. If it had replaced another lot, that one is voided.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn mint_again(conn: &mut Conn, act: &Act<'_>, asked: &Mint, lot: &str) -> Result<Outcome, Error> {
    post(conn, act, &asked.entry, |conn| {
        let (mut written, old) = match store::latest(conn, &asked.facts)? {
            None => (Vec::new(), None),
            Some(old) => {
                let void = Void { entry: act.edge.id("ent"), cause: asked.cause.clone(), lot: old.id };
                let (plan, row) = plan_void(conn, act, &void)?;
                (plan.written, Some(row))
            }
        };
        let plan = plan_new(conn, act, asked, &Source::Again(lot, old.as_ref()))?;
        written.extend(plan.written);
        Ok(Plan { written, posted: plan.posted })
    })
}

/// Books a lot that another region has let go. Its basis is the offer, so that parts of one foreign lot can come one after the other.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn receive(conn: &mut Conn, act: &Act<'_>, asked: &Receive) -> Result<Outcome, Error> {
    post(conn, act, &asked.credit.entry, |conn| plan_new(conn, act, &asked.credit, &Source::Peer(&asked.peer, asked.expires_on)))
}

/// Takes back what is available of a lot. What is held, has gone or is spent stays where it is, and the answer says how much that is; what is released
/// later does not come back.
///
/// # Errors
/// A fault. What is refused is an outcome.
pub fn void(conn: &mut Conn, act: &Act<'_>, asked: &Void) -> Result<Outcome, Error> {
    post(conn, act, &asked.entry, |conn| plan_void(conn, act, asked).map(|(plan, _)| plan))
}

/// Re-evaluates: voids a lot and mints its next revision, both or neither. What had gone or was spent under earlier revisions is not granted again: the
/// new lot begins without it.
///
/// # Errors
/// A fault. What is refused is an outcome; the reasons of the voiding come first.
pub fn revalue(conn: &mut Conn, act: &Act<'_>, old: &Void, new: &Mint) -> Result<Outcome, Error> {
    post(conn, act, &new.entry, |conn| {
        let (mut written, row) = match plan_void(conn, act, old) {
            Ok((plan, row)) => (plan.written, row),
            // It was voided by this entry, so the mint is there too, or this answers why not.
            Err(Stop::Answer(Outcome::Exists(_))) => {
                (Vec::new(), store::lot(conn, &old.lot)?.ok_or_else(|| refuse_lot(LedgerRefusal::NoLot, &old.lot))?)
            }
            Err(stop) => return Err(stop),
        };
        let plan = plan_new(conn, act, new, &Source::Replacing(&row))?;
        written.extend(plan.written);
        Ok(Plan { written, posted: plan.posted })
    })
}

/// Where new credit comes from.
enum Source<'a> {
    /// This region, for the first time.
    Issued,
    /// This region, in the place of a lot.
    Replacing(&'a LotRow),
    /// This region, under the id that it had before a restore, in the place of a lot if there is one.
    Again(&'a str, Option<&'a LotRow>),
    /// Another region, which says when it expires.
    Peer(&'a RegionCode, Option<Day>),
}

impl<'a> Source<'a> {
    /// The lot in whose place it comes.
    fn replaces(&self) -> Option<&'a LotRow> {
        match self {
            Source::Replacing(old) => Some(*old),
            Source::Again(_, old) => *old,
            Source::Issued | Source::Peer(..) => None,
        }
    }
}

fn plan_new(conn: &mut Conn, act: &Act<'_>, asked: &Mint, source: &Source<'_>) -> Result<Plan, Stop> {
    let facts = &asked.facts;
    let (kind, from, besides) = match source {
        Source::Peer(peer, expires_on) => (EntryKind::Receive, Place::In(peer.to_string()), expires_on.map(|day| day.to_string())),
        Source::Issued | Source::Replacing(_) | Source::Again(..) => (EntryKind::Mint, Place::Issued, source.replaces().map(|old| old.id.clone())),
    };
    let lots = vec![facts_text(facts)?, besides.unwrap_or_default()];
    let said = Said { kind, cause: asked.cause.clone(), lots, amounts: vec![asked.amount], place: from.to_string() };
    first_checks(conn, &asked.entry, &said, |_, row, moved| {
        let kept = moved.iter().filter(|m| m.to_place == Place::Voided.to_string()).map(|m| m.amount).sum();
        Ok(Posted { amount: asked.amount, lot: row.subject.clone(), kept })
    })?;
    if !rules::is_digest(&facts.basis) {
        return Err(refuse(LedgerRefusal::Cause));
    }
    if matches!(source, Source::Peer(peer, _) if *peer == act.region) {
        return Err(refuse(LedgerRefusal::Place));
    }
    let scheme = super::scheme(conn, &facts.scheme)?;
    let scheme = may_mint(asked.amount, scheme.as_ref(), facts.category.as_deref()).map_err(refuse)?.clone();
    open_learner(conn, &facts.learner)?;
    let old = source.replaces();
    if let Some(other) = old.filter(|old| (&old.scheme, &old.basis, old.part) != (&facts.scheme, &facts.basis, i64::from(facts.part))) {
        return Err(refuse_lot(LedgerRefusal::OtherBasis, &other.id));
    }
    if let Some(lot) = store::latest(conn, facts)?.filter(|lot| old.is_none_or(|old| lot.id != old.id)) {
        return Err(refuse_lot(LedgerRefusal::AlreadyMinted, &lot.id));
    }
    let spent = old.map_or(Ok(0), |old| spent_before(conn, asked, old))?;
    let row = row(act, asked, source, &scheme);
    let mut legs = vec![Leg { lot: &row.id, from, to: Place::Lot, amount: asked.amount }];
    if spent > 0 {
        legs.push(Leg { lot: &row.id, from: Place::Lot, to: Place::Voided, amount: spent.min(asked.amount) });
    }
    let head = Head { id: &asked.entry, kind, subject: Some(&row.id), cause: &asked.cause };
    let posted = Posted { amount: asked.amount, lot: Some(row.id.clone()), kept: spent.min(asked.amount) };
    Ok(Plan { written: vec![entry(act, &head, &legs, Some(row.clone()))?], posted })
}

/// What had gone or was spent of a part of a basis before it is evaluated anew.
fn spent_before(conn: &mut Conn, asked: &Mint, old: &LotRow) -> Result<i64, Stop> {
    let sums = Sums::of(&store::spent_of_basis(conn, &asked.facts)?);
    if sums.held > 0 {
        return Err(refuse_lot(LedgerRefusal::LotHeld, &old.id));
    }
    Ok(sums.out + sums.redeemed)
}

fn row(act: &Act<'_>, asked: &Mint, source: &Source<'_>, scheme: &Scheme) -> LotRow {
    let facts = &asked.facts;
    let (origin, expires_on) = match source {
        Source::Peer(peer, expires_on) => (*peer, *expires_on),
        Source::Issued | Source::Replacing(_) | Source::Again(..) => (act.region, scheme.expires_on(facts.earned_on)),
    };
    let replaces = source.replaces();
    LotRow {
        id: if let Source::Again(id, _) = source { (*id).to_owned() } else { act.edge.id("lot") },
        learner_id: facts.learner.clone(),
        scheme: facts.scheme.clone(),
        amount: asked.amount,
        kind: facts.kind.as_str().to_owned(),
        category: facts.category.clone(),
        course: facts.course.clone(),
        title: facts.title.as_ref().map(ToString::to_string),
        occupation: facts.occupation.as_ref().map(ToString::to_string),
        level: facts.level.map(|level| i64::from(level.rank())),
        grade: facts.grade.map(|grade| grade.as_str().to_owned()),
        provider_id: facts.provider.clone(),
        earned_on: facts.earned_on.to_string(),
        expires_on: expires_on.map(|day| day.to_string()),
        origin: origin.to_string(),
        basis: facts.basis.clone(),
        part: i64::from(facts.part),
        revision: replaces.map_or(0, |old| old.revision + 1),
        replaces: replaces.map(|old| old.id.clone()),
        minted_at: act.edge.now(),
    }
}

fn plan_void(conn: &mut Conn, act: &Act<'_>, asked: &Void) -> Result<(Plan, LotRow), Stop> {
    let said = Said { kind: EntryKind::Void, cause: asked.cause.clone(), lots: vec![asked.lot.clone()], amounts: Vec::new(), place: String::new() };
    first_checks(conn, &asked.entry, &said, |conn, _, moved| {
        Ok(Posted { amount: moved.iter().map(|m| m.amount).sum(), lot: Some(asked.lot.clone()), kept: kept(conn, &asked.lot)? })
    })?;
    let row = store::lot(conn, &asked.lot)?.ok_or_else(|| refuse_lot(LedgerRefusal::NoLot, &asked.lot))?;
    let balances = store::lock(conn, std::slice::from_ref(&row.id))?;
    if store::about(conn, &row.id, EntryKind::Void)?.is_some() {
        return Err(refuse_lot(LedgerRefusal::AlreadyVoided, &row.id));
    }
    let available = balances.get(&row.id).copied().unwrap_or(0);
    let leg = Leg { lot: &row.id, from: Place::Lot, to: Place::Voided, amount: available };
    let legs = if available > 0 { vec![leg] } else { Vec::new() };
    let head = Head { id: &asked.entry, kind: EntryKind::Void, subject: Some(&row.id), cause: &asked.cause };
    let posted = Posted { amount: available, lot: Some(row.id.clone()), kept: kept(conn, &row.id)? };
    Ok((Plan { written: vec![entry(act, &head, &legs, None)?], posted }, row))
}

/// What a voiding leaves where it is.
fn kept(conn: &mut Conn, lot: &str) -> Result<i64, Error> {
    let sums = Sums::of(&store::sums(conn, &[lot.to_owned()], &Day::MAX.to_string())?);
    Ok(sums.held + sums.out + sums.redeemed)
}
