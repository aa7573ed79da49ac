//! Use cases of the ledger. A posting runs inside the transaction of the use case that causes it, and is kept or lost with it; an answer other than
//! [`Outcome::Posted`] has changed nothing.

mod audit;
mod credit;
mod expire;
mod hours;
mod read;
mod schemes;
mod spend;

use sha2::{Digest, Sha256};
use verifier::ids::RegionCode;
use verifier::time::Day;

use super::rules::{self, Said};
use super::store::{self, EntryRow, LotRow, MovementRow, Written};
use super::{EntryKind, LedgerRefusal, Outcome, Place, Posted, Refused};
use crate::app::App;
use crate::db::Conn;
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::providers::service::today;
pub use audit::{Audit, TrialRow, Wrong, audit, trial_balance};
pub use credit::{may_mint, mint, mint_again, mint_new, receive, revalue, void};
pub use expire::{expire, sweep};
pub use hours::{Year, hours};
pub use read::{Balance, LotState, Sums, account_postings, balances, evaluations, lot, lot_row, lots, of_basis, picked, postings, spendable};
pub use schemes::{define, named, scheme, scheme_row, schemes};
pub use spend::{give_back, redeem, release, reserve, settle};

/// When and where something is booked.
pub struct Act<'a> {
    /// Clock and ids.
    pub edge: &'a Edge,
    /// The region's civil day.
    pub today: Day,
    /// The region.
    pub region: &'a RegionCode,
    /// Whether nothing may be booked, because the registry was restored and other regions know more than it does.
    pub is_restoring: bool,
}

impl<'a> Act<'a> {
    /// Here and now.
    pub fn of(app: &'a App) -> Act<'a> {
        Act { edge: &app.edge, today: today(app), region: &app.region.code, is_restoring: app.is_restoring() }
    }
}

/// Whether anything may be booked now. Every posting asks by itself; this is for what prepares many.
///
/// # Errors
/// `ledger.restoring`.
pub fn may_book(app: &App) -> Result<(), LedgerRefusal> {
    if app.is_restoring() { Err(LedgerRefusal::Restoring) } else { Ok(()) }
}

/// What a posting would write.
struct Plan {
    written: Vec<Written>,
    posted: Posted,
}

/// Why there is nothing to write.
enum Stop {
    /// The answer is known.
    Answer(Outcome),
    /// Something failed.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Error(fault.into())
    }
}

fn refuse(refused: impl Into<Refused>) -> Stop {
    Stop::Answer(Outcome::Refused(refused.into()))
}

fn refuse_lot(why: LedgerRefusal, lot: &str) -> Stop {
    refuse(Refused { why, lot: Some(lot.to_owned()) })
}

/// Plans a posting and writes it. Where another transaction takes its id, its basis or its hold meanwhile, the caller's transaction runs again and sees
/// that; where it did so between the look for the id and a later check, the plan is made anew, for what exists is not refused.
fn post(conn: &mut Conn, act: &Act<'_>, id: &str, plan: impl Fn(&mut Conn) -> Result<Plan, Stop>) -> Result<Outcome, Error> {
    if act.is_restoring {
        return Ok(Outcome::Refused(LedgerRefusal::Restoring.into()));
    }
    let mut planned = plan(conn);
    if matches!(planned, Err(Stop::Answer(Outcome::Refused(_)))) && rules::is_entry(id) && store::entry(conn, id)?.is_some() {
        planned = plan(conn);
    }
    match planned {
        Err(Stop::Answer(outcome)) => Ok(outcome),
        Err(Stop::Error(error)) => Err(error),
        Ok(plan) => {
            store::write(conn, &plan.written)?;
            Ok(Outcome::Posted(plan.posted))
        }
    }
}

/// The first checks of every posting: its id, and whether it is there already. `posted` says what a stored entry did.
fn first_checks(
    conn: &mut Conn,
    id: &str,
    asked: &Said,
    posted: impl FnOnce(&mut Conn, &EntryRow, &[MovementRow]) -> Result<Posted, Error>,
) -> Result<(), Stop> {
    if !rules::is_entry(id) {
        return Err(refuse(LedgerRefusal::EntryId));
    }
    if let Some(row) = store::entry(conn, id)? {
        let moved = store::movements_of(conn, id)?;
        if let Some(why) = rules::difference(asked, &said(conn, &row, &moved)?) {
            return Err(refuse(why));
        }
        return Err(Stop::Answer(Outcome::Exists(posted(conn, &row, &moved)?)));
    }
    if rules::is_digest(&asked.cause) { Ok(()) } else { Err(refuse(LedgerRefusal::Cause)) }
}

/// What a stored entry was asked for.
fn said(conn: &mut Conn, row: &EntryRow, moved: &[MovementRow]) -> Result<Said, Error> {
    let damaged = || Fault::text(format!("{} in entries is damaged", row.id));
    let kind = row.kind().ok_or_else(damaged)?;
    let subject = row.subject.clone().unwrap_or_default();
    let (mut lots, mut amounts, mut place) = (Vec::new(), Vec::new(), String::new());
    match kind {
        EntryKind::Mint | EntryKind::Receive => {
            let (lot, first) = (store::lot(conn, &subject)?.ok_or_else(damaged)?, moved.first().ok_or_else(damaged)?);
            lots.push(facts_text(&lot.facts()?)?);
            amounts.push(lot.amount);
            place.clone_from(&first.from_place);
            // A replacement is another lot than a first mint of the same facts, and so is what another region lets expire on another day.
            let besides = if kind == EntryKind::Mint { lot.replaces } else { lot.expires_on };
            lots.push(besides.unwrap_or_default());
        }
        EntryKind::Void => lots.push(subject),
        EntryKind::Release => place = subject,
        EntryKind::Return => place = format!("{subject} {}", moved.first().ok_or_else(damaged)?.from_place),
        EntryKind::Settle => place = format!("{subject} {}", moved.first().ok_or_else(damaged)?.to_place),
        EntryKind::Reserve | EntryKind::Redeem | EntryKind::Expire => {
            lots.extend(moved.iter().map(|m| m.lot_id.clone()));
            amounts.extend(moved.iter().map(|m| m.amount));
            place.clone_from(&moved.first().ok_or_else(damaged)?.to_place);
        }
    }
    Ok(Said { kind, cause: row.cause.clone(), lots, amounts, place })
}

fn facts_text(facts: &super::Facts) -> Result<String, Fault> {
    serde_json::to_string(facts).map_err(Fault::new)
}

/// Whether an account may gain and spend.
fn open_learner(conn: &mut Conn, id: &str) -> Result<(), Stop> {
    match store::keep_learner(conn, id)?.as_deref() {
        Some("open") => Ok(()),
        Some(_) => Err(refuse(LedgerRefusal::LearnerClosed)),
        None => Err(refuse(LedgerRefusal::NoLearner)),
    }
}

/// How one entry is named, caused and about what.
struct Head<'a> {
    id: &'a str,
    kind: EntryKind,
    subject: Option<&'a str>,
    cause: &'a str,
}

/// One leg of an entry.
struct Leg<'a> {
    lot: &'a str,
    from: Place,
    to: Place,
    amount: i64,
}

/// An entry with its movements, sealed by its content.
fn entry(act: &Act<'_>, head: &Head<'_>, legs: &[Leg<'_>], lot: Option<LotRow>) -> Result<Written, Fault> {
    let movements: Vec<MovementRow> = legs
        .iter()
        .zip(0..)
        .map(|(leg, n)| MovementRow {
            entry_id: head.id.to_owned(),
            n,
            lot_id: leg.lot.to_owned(),
            from_place: leg.from.to_string(),
            to_place: leg.to.to_string(),
            amount: leg.amount,
        })
        .collect();
    let mut entry = EntryRow {
        id: head.id.to_owned(),
        kind: head.kind.as_str().to_owned(),
        subject: head.subject.map(str::to_owned),
        cause: head.cause.to_owned(),
        on_day: act.today.to_string(),
        at: act.edge.now(),
        content: Vec::new(),
    };
    entry.content = content(&entry, &movements, lot.as_ref())?;
    Ok(Written { entry, movements, lot })
}

/// SHA-256 of all that an entry says: its own columns, its movements in order, and the lot that it makes.
fn content(entry: &EntryRow, movements: &[MovementRow], lot: Option<&LotRow>) -> Result<Vec<u8>, Fault> {
    let head = (&entry.id, &entry.kind, &entry.subject, &entry.cause, &entry.on_day, entry.at);
    let text = serde_json::to_vec(&("hufu/entry/1", head, movements, lot)).map_err(Fault::new)?;
    Ok(Sha256::digest(text).to_vec())
}
