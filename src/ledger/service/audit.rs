//! The audit: every entry is held against what it wrote, every lot against its movements, every balance against their sum.

use verifier::documents::Scheme;
use verifier::time::Day;

use super::read::Sums;
use super::schemes::scheme;
use super::{content, rules};
use crate::db::Conn;
use crate::error::Error;
pub use crate::ledger::store::TrialRow;
use crate::ledger::store::{self, BalanceRow, Counts, EntryRow, LotRow, MovementRow, SumRow};
use crate::ledger::{EntryKind, Place};

/// Rows that are looked at together.
const PAGE: i64 = 500;

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// How much was looked at.
    pub counts: Counts,
    /// The first thing that is wrong; none when all is well.
    pub wrong: Option<Wrong>,
}

/// Something that does not belong together. Entries come before lots, each in order of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// An entry, a movement of it or the lot that it made is not what it was when it was booked.
    Content(String),
    /// An entry moves amounts in a way in which its kind never does.
    Kind(String),
    /// An entry ends a hold that was not made, or not with what was in it.
    Hold(String),
    /// An entry spends credit on a day on which it had expired.
    Expired(String),
    /// A lot was not made by exactly one entry.
    Mint(String),
    /// A lot expires on another day than its scheme says.
    Expiry(String),
    /// More went from a place of a lot than was there.
    Conservation(String),
    /// The balance of a lot is not what its movements leave.
    Balance(String),
    /// Two lots have one scheme, basis, part and revision, or a revision does not follow the one before it.
    Twice(String),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::Content(id) => write!(f, "entry {id} is not what was booked"),
            Wrong::Kind(id) => write!(f, "entry {id} moves amounts as its kind never does"),
            Wrong::Hold(id) => write!(f, "entry {id} does not end a hold whole"),
            Wrong::Expired(id) => write!(f, "entry {id} spends expired credit"),
            Wrong::Mint(id) => write!(f, "lot {id} was not made by exactly one entry"),
            Wrong::Expiry(id) => write!(f, "lot {id} expires on another day than its scheme says"),
            Wrong::Conservation(id) => write!(f, "of lot {id} more was moved than there was"),
            Wrong::Balance(id) => write!(f, "the balance of lot {id} is not what its movements leave"),
            Wrong::Twice(id) => write!(f, "lot {id} was minted twice, or does not follow the lot that it replaces"),
        }
    }
}

/// Derives everything from movements and documents. Inside one transaction it sees one state; outside, what is booked meanwhile may look wrong.
///
/// # Errors
/// A fault of the database. What is wrong with the ledger is no error but the answer.
pub fn audit(conn: &mut Conn) -> Result<Audit, Error> {
    let counts = store::counts(conn)?;
    let mut wrong = first_wrong_entry(conn)?;
    if wrong.is_none() {
        wrong = first_wrong_lot(conn)?;
    }
    if wrong.is_none() {
        wrong = store::first_minted_twice(conn)?.map(Wrong::Twice);
    }
    Ok(Audit { counts, wrong })
}

/// What went to and came from each place, scheme by scheme. Over all places of a scheme both are the same.
///
/// # Errors
/// A fault of the database.
pub fn trial_balance(conn: &mut Conn) -> Result<Vec<TrialRow>, Error> {
    store::trial_balance(conn)
}

fn first_wrong_entry(conn: &mut Conn) -> Result<Option<Wrong>, Error> {
    let mut after = String::new();
    loop {
        let page = store::all_entries(conn, &after, PAGE)?;
        for (entry, moved) in &page {
            let wrong = wrong_entry(conn, entry, moved)?;
            if wrong.is_some() {
                return Ok(wrong);
            }
        }
        match page.last() {
            Some((last, _)) => after.clone_from(&last.id),
            None => return Ok(None),
        }
    }
}

fn wrong_entry(conn: &mut Conn, entry: &EntryRow, moved: &[MovementRow]) -> Result<Option<Wrong>, Error> {
    let id = || entry.id.clone();
    let Some(kind) = entry.kind() else { return Ok(Some(Wrong::Kind(id()))) };
    let makes = matches!(kind, EntryKind::Mint | EntryKind::Receive);
    let made = if makes { store::lot(conn, entry.subject.as_deref().unwrap_or(""))? } else { None };
    if content(entry, moved, made.as_ref())? != entry.content {
        return Ok(Some(Wrong::Content(id())));
    }
    if !moves_like(kind, entry, moved, made.as_ref()) {
        return Ok(Some(Wrong::Kind(id())));
    }
    if matches!(kind, EntryKind::Settle | EntryKind::Release | EntryKind::Return) && !ends_whole(conn, entry, moved)? {
        return Ok(Some(Wrong::Hold(id())));
    }
    let expires = matches!(kind, EntryKind::Reserve | EntryKind::Redeem | EntryKind::Expire);
    if expires && !is_timely(conn, kind, entry, moved)? {
        return Ok(Some(Wrong::Expired(id())));
    }
    Ok(None)
}

/// Whether the movements are such as an entry of this kind makes.
fn moves_like(kind: EntryKind, entry: &EntryRow, moved: &[MovementRow], made: Option<&LotRow>) -> bool {
    let subject = entry.subject.as_deref().unwrap_or("");
    let Some(places) = moved.iter().map(MovementRow::places).collect::<Option<Vec<_>>>() else { return false };
    let all = |fits: &dyn Fn(&Place, &Place) -> bool| places.iter().all(|(from, to)| fits(from, to));
    match kind {
        EntryKind::Mint | EntryKind::Receive => {
            let source = |place: &Place| if kind == EntryKind::Mint { *place == Place::Issued } else { matches!(place, Place::In(_)) };
            let whole = made.is_some_and(|lot| moved.first().is_some_and(|m| m.amount == lot.amount));
            let first = places.first().is_some_and(|(from, to)| source(from) && *to == Place::Lot);
            whole && first && places.iter().skip(1).all(|leg| *leg == (Place::Lot, Place::Voided)) && moved.iter().all(|m| m.lot_id == subject)
        }
        EntryKind::Void => all(&|from, to| (from, to) == (&Place::Lot, &Place::Voided)) && moved.iter().all(|m| m.lot_id == subject),
        EntryKind::Reserve => all(&|from, to| *from == Place::Lot && *to == Place::Hold(subject.to_owned())),
        EntryKind::Settle => all(&|from, to| *from == Place::Hold(subject.to_owned()) && matches!(to, Place::Out(_) | Place::Redeemed(_))),
        EntryKind::Release => all(&|from, to| *from == Place::Hold(subject.to_owned()) && matches!(to, Place::Lot | Place::Voided)),
        EntryKind::Return => all(&|from, to| matches!(from, Place::Out(_)) && matches!(to, Place::Lot | Place::Voided)),
        EntryKind::Redeem => all(&|from, to| *from == Place::Lot && matches!(to, Place::Redeemed(_))),
        EntryKind::Expire => all(&|from, to| (from, to) == (&Place::Lot, &Place::Expired)),
    }
}

/// Whether an entry takes out of its hold exactly what was put in, and nothing else ends that hold; or brings back exactly what went out of it.
fn ends_whole(conn: &mut Conn, entry: &EntryRow, moved: &[MovementRow]) -> Result<bool, Error> {
    let hold = entry.subject.as_deref().unwrap_or("");
    let (settled, released) = (store::about(conn, hold, EntryKind::Settle)?, store::about(conn, hold, EntryKind::Release)?);
    let Some(reserved) = store::about(conn, hold, EntryKind::Reserve)? else { return Ok(false) };
    if entry.kind() == Some(EntryKind::Return) {
        let gone = settled.as_ref().map_or(Ok(Vec::new()), |settled| store::movements_of(conn, &settled.id))?;
        if !gone.iter().map(|m| &m.to_place).eq(moved.iter().map(|m| &m.from_place)) {
            return Ok(false);
        }
    }
    let amounts = |moved: &[MovementRow]| moved.iter().map(|m| (m.lot_id.clone(), m.amount)).collect::<Vec<_>>();
    Ok(amounts(&store::movements_of(conn, &reserved.id)?) == amounts(moved) && (settled.is_none() || released.is_none()))
}

/// Whether what is spent had not expired, and what is booked as expired had.
fn is_timely(conn: &mut Conn, kind: EntryKind, entry: &EntryRow, moved: &[MovementRow]) -> Result<bool, Error> {
    let Ok(day) = Day::parse(&entry.on_day) else { return Ok(false) };
    let ids: Vec<String> = moved.iter().map(|m| m.lot_id.clone()).collect();
    for lot in store::lots_named(conn, &ids)? {
        if rules::is_expired(lot.expires()?, day) != (kind == EntryKind::Expire) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn first_wrong_lot(conn: &mut Conn) -> Result<Option<Wrong>, Error> {
    let mut after = String::new();
    loop {
        let page = store::all_lots(conn, &after, PAGE)?;
        for (lot, balance, moved) in &page {
            let wrong = wrong_lot(conn, lot, balance.as_ref(), moved)?;
            if wrong.is_some() {
                return Ok(wrong);
            }
        }
        match page.last() {
            Some((last, ..)) => after.clone_from(&last.id),
            None => return Ok(None),
        }
    }
}

fn wrong_lot(conn: &mut Conn, lot: &LotRow, balance: Option<&BalanceRow>, moved: &[MovementRow]) -> Result<Option<Wrong>, Error> {
    let id = || lot.id.clone();
    let (minted, received) = (store::about(conn, &lot.id, EntryKind::Mint)?, store::about(conn, &lot.id, EntryKind::Receive)?);
    let brief = |text: &str| text.chars().take(3).collect::<String>();
    let row = |m: &MovementRow| SumRow { of: lot.id.clone(), from: brief(&m.from_place), to: brief(&m.to_place), amount: m.amount };
    let sums = Sums::of(&moved.iter().map(row).collect::<Vec<_>>());
    if minted.is_some() == received.is_some() || sums.minted != lot.amount {
        return Ok(Some(Wrong::Mint(id())));
    }
    if minted.is_some() && scheme(conn, &lot.scheme)?.is_none_or(|scheme| !expires_as_defined(lot, &scheme)) {
        return Ok(Some(Wrong::Expiry(id())));
    }
    if [sums.available, sums.held, sums.out, sums.redeemed, sums.expired, sums.voided].iter().any(|amount| *amount < 0) {
        return Ok(Some(Wrong::Conservation(id())));
    }
    if balance != Some(&(sums.available, lot.expires_on.clone())) {
        return Ok(Some(Wrong::Balance(id())));
    }
    let before = lot.replaces.as_deref().map(|id| store::lot(conn, id)).transpose()?.flatten();
    let follows = match before {
        None => lot.revision == 0 && lot.replaces.is_none(),
        Some(old) => {
            let same = (&old.scheme, &old.basis, old.part, old.revision + 1) == (&lot.scheme, &lot.basis, lot.part, lot.revision);
            same && store::about(conn, &old.id, EntryKind::Void)?.is_some()
        }
    };
    Ok(if follows { None } else { Some(Wrong::Twice(id())) })
}

fn expires_as_defined(lot: &LotRow, scheme: &Scheme) -> bool {
    let earned = Day::parse(&lot.earned_on);
    earned.is_ok_and(|earned| scheme.expires_on(earned).map(|day| day.to_string()) == lot.expires_on)
}
