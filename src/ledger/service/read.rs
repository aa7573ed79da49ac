//! What a learner has, had, and where it went.

use std::collections::BTreeMap;

use verifier::time::Day;

use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::rules;
use crate::ledger::store::{self, LeftRow, LotRow, PostingRow, SumRow};

/// Hundredths by where they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Minted or received.
    pub minted: i64,
    /// In the lot and spendable.
    pub available: i64,
    /// Set aside for transfers.
    pub held: i64,
    /// Gone to other regions.
    pub out: i64,
    /// Spent on programmes.
    pub redeemed: i64,
    /// Not spent in time, booked or not.
    pub expired: i64,
    /// Taken back.
    pub voided: i64,
}

impl Sums {
    /// Adds up movements. What is in a lot counts as available.
    pub fn of(rows: &[SumRow]) -> Sums {
        let mut sums = Sums::default();
        for row in rows {
            sums.take(&row.from, row.amount);
            sums.put(&row.to, row.amount);
            sums.minted += if row.from == "iss" || row.from == "in:" { row.amount } else { 0 };
        }
        sums
    }

    /// Counts what moved, but for what is in the lot: that is known.
    fn moved_on(&mut self, row: &SumRow) {
        let available = self.available;
        self.take(&row.from, row.amount);
        self.put(&row.to, row.amount);
        self.available = available;
    }

    fn take(&mut self, letters: &str, amount: i64) {
        self.put(letters, -amount);
    }

    fn put(&mut self, letters: &str, amount: i64) {
        if let Some(place) = self.place(letters) {
            *place += amount;
        }
    }

    fn place(&mut self, letters: &str) -> Option<&mut i64> {
        match letters {
            "lot" => Some(&mut self.available),
            "hol" => Some(&mut self.held),
            "out" => Some(&mut self.out),
            "red" => Some(&mut self.redeemed),
            "exp" => Some(&mut self.expired),
            "voi" => Some(&mut self.voided),
            _ => None,
        }
    }

    /// Counts what is in the lot as expired.
    fn expire(&mut self, amount: i64) {
        self.available -= amount;
        self.expired += amount;
    }
}

/// What a learner has of one scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Id of the scheme.
    pub scheme: String,
    /// By place.
    pub sums: Sums,
    /// The next day on which something expires, and how much.
    pub next_expiry: Option<(Day, i64)>,
}

/// A lot and where its amount is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotState {
    /// The lot.
    pub lot: LotRow,
    /// By place.
    pub sums: Sums,
}

impl LotState {
    /// A lot as it is when it has just been minted.
    pub(super) fn minted(lot: LotRow, today: Day) -> Result<LotState, Fault> {
        let mut sums = Sums { minted: lot.amount, available: lot.amount, ..Sums::default() };
        if rules::is_expired(lot.expires()?, today) {
            sums.expire(lot.amount);
        }
        Ok(LotState { lot, sums })
    }
}

/// What a family (the learner, then every account merged into this one) has now, scheme by scheme.
///
/// # Errors
/// A fault.
pub fn balances(conn: &mut Conn, family: &[String], today: Day) -> Result<Vec<Balance>, Error> {
    let mut all: BTreeMap<String, Balance> = BTreeMap::new();
    for (scheme, expires_on, minted, available) in store::by_expiry(conn, family)? {
        let empty = Balance { scheme: scheme.clone(), sums: Sums::default(), next_expiry: None };
        let balance = all.entry(scheme).or_insert(empty);
        balance.sums.minted += minted;
        balance.sums.available += available;
        let Some(expires) = expires_on.and_then(|day| Day::parse(&day).ok()) else { continue };
        if rules::is_expired(Some(expires), today) {
            balance.sums.expire(available);
        } else if available > 0 && balance.next_expiry.is_none_or(|(next, _)| expires < next) {
            balance.next_expiry = Some((expires, available));
        }
    }
    for row in store::sums_by_scheme(conn, family)? {
        if let Some(balance) = all.get_mut(&row.of) {
            balance.sums.moved_on(&row);
        }
    }
    Ok(all.into_values().collect())
}

/// A family's lots as they were at the end of `day`, after the id `after`, by id, at most `limit`.
///
/// # Errors
/// A fault.
pub fn lots(conn: &mut Conn, family: &[String], scheme: Option<&str>, day: Day, after: Option<&str>, limit: i64) -> Result<Vec<LotState>, Error> {
    let page = store::page(conn, family, scheme, &day.to_string(), after, limit)?;
    states(conn, page, day)
}

/// One lot of a family as it was at the end of `day`; none where it is not theirs.
///
/// # Errors
/// A fault.
pub fn lot(conn: &mut Conn, family: &[String], id: &str, day: Day) -> Result<Option<LotState>, Error> {
    let own = store::lot(conn, id)?.filter(|lot| family.contains(&lot.learner_id));
    Ok(states(conn, own.into_iter().collect(), day)?.pop())
}

/// A lot, whosever it is.
///
/// # Errors
/// A fault.
pub fn lot_row(conn: &mut Conn, id: &str) -> Result<Option<LotRow>, Error> {
    store::lot(conn, id)
}

/// The credit of one achievement as it was at the end of `day`: of each scheme and part the lot that was minted last.
///
/// # Errors
/// A fault.
pub fn of_basis(conn: &mut Conn, basis: &str, day: Day) -> Result<Vec<LotState>, Error> {
    let mut lots = store::all_of_basis(conn, basis)?;
    lots.dedup_by(|later, kept| is_part_of(later, kept));
    states(conn, lots, day)
}

/// The same, each followed by the earlier evaluations of which something has gone or was spent: that was not granted again.
///
/// # Errors
/// A fault.
pub fn evaluations(conn: &mut Conn, basis: &str, day: Day) -> Result<Vec<LotState>, Error> {
    let lots = store::all_of_basis(conn, basis)?;
    let mut all = states(conn, lots, day)?;
    let mut before: Option<LotRow> = None;
    all.retain(|LotState { lot, sums }| {
        let is_last = before.replace(lot.clone()).is_none_or(|before| !is_part_of(lot, &before));
        is_last || sums.held + sums.out + sums.redeemed > 0
    });
    Ok(all)
}

/// Whether two lots are evaluations of the same part of an achievement.
fn is_part_of(one: &LotRow, other: &LotRow) -> bool {
    (&one.scheme, one.part) == (&other.scheme, other.part)
}

fn states(conn: &mut Conn, page: Vec<LotRow>, day: Day) -> Result<Vec<LotState>, Error> {
    let ids: Vec<String> = page.iter().map(|lot| lot.id.clone()).collect();
    let mut moved: BTreeMap<String, Vec<SumRow>> = BTreeMap::new();
    for row in store::sums(conn, &ids, &day.to_string())? {
        moved.entry(row.of.clone()).or_default().push(row);
    }
    let mut all = Vec::with_capacity(page.len());
    for lot in page {
        let mut sums = Sums::of(moved.get(&lot.id).map_or(&[], Vec::as_slice));
        if rules::is_expired(lot.expires()?, day) {
            sums.expire(sums.available);
        }
        all.push(LotState { lot, sums });
    }
    Ok(all)
}

/// What happened to a lot until the end of `day`, after one movement of an entry, in order, at most `limit`.
///
/// # Errors
/// A fault.
pub fn postings(conn: &mut Conn, lot: &str, day: Day, after: Option<(&str, i64)>, limit: i64) -> Result<Vec<PostingRow>, Error> {
    store::postings(conn, lot, &day.to_string(), after, limit)
}

/// What happened to a family's lots before one movement of an entry, each with its lot, the newest first, at most `limit`.
///
/// # Errors
/// A fault.
pub fn account_postings(conn: &mut Conn, family: &[String], before: Option<(&str, i64)>, limit: i64) -> Result<Vec<(PostingRow, LotRow)>, Error> {
    store::account_postings(conn, family, before, limit)
}

/// The lots of a family among these, by id, with what is left of each, expired or not.
///
/// # Errors
/// A fault.
pub fn picked(conn: &mut Conn, family: &[String], ids: &[String]) -> Result<Vec<LeftRow>, Error> {
    store::left(conn, family, ids)
}

/// What a family can spend of a scheme on `day` as things stand, with what is available of each lot: the first to expire first, at most `limit`
/// lots. Nothing where the account that stands first is not open.
///
/// # Errors
/// A fault.
pub fn spendable(conn: &mut Conn, family: &[String], scheme: &str, day: Day, limit: i64) -> Result<Vec<LeftRow>, Error> {
    let root = family.first().map_or("", String::as_str);
    if store::learner_state(conn, root)?.as_deref() != Some("open") {
        return Ok(Vec::new());
    }
    store::spendable(conn, family, scheme, &day.to_string(), limit)
}
