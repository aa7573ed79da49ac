//! Reading a learner's lots and sums. Every query begins at an index over the learner or the lot.

use diesel::dsl::{exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::LotRow;
use crate::db::schema::{entries, lot_balances, lots, movements};
use crate::db::{Conn, Kept};
use crate::error::Error;
use crate::ledger::{EntryKind, Facts};
use crate::on_backend;

/// The first three letters of a place say of which kind it is: `iss`, `in:`, `lot`, `hol`, `out`, `red`, `exp`, `voi`.
const LOT: &str = "movements.lot_id";
const SCHEME: &str = "lots.scheme";
const FROM: &str = "substr(movements.from_place, 1, 3)";
const TO: &str = "substr(movements.to_place, 1, 3)";
const SUM: &str = "CAST(SUM(movements.amount) AS BIGINT)";

/// What moved of a lot, or of all lots of a scheme, from one kind of place to another.
#[derive(Clone, Debug, Queryable)]
pub struct SumRow {
    /// Id of the lot or of the scheme.
    pub of: String,
    /// Three letters of the place.
    pub from: String,
    /// Three letters of the place.
    pub to: String,
    /// Hundredths.
    pub amount: i64,
}

/// What is left of a lot, and what decides where it can be spent: no more of it, because a learner may have ten thousand.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = lots)]
pub struct LeftRow {
    /// Id of the lot.
    pub id: String,
    /// Hundredths.
    #[diesel(select_expression = lot_balances::available)]
    pub available: i64,
    /// Scheme.
    pub scheme: String,
    /// One of the scheme's categories.
    pub category: Option<String>,
    /// Course code.
    pub course: Option<String>,
    /// Rank.
    pub level: Option<i64>,
    /// Civil day.
    pub earned_on: String,
    /// The first day on which it is no longer spendable.
    pub expires_on: Option<String>,
    /// Region that minted it.
    pub origin: String,
    /// Digest of the document that it was minted for.
    pub basis: String,
}

/// One movement of a lot with its entry.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct PostingRow {
    /// Id of the entry.
    pub entry: String,
    /// Place within the entry.
    pub n: i64,
    /// What the entry does.
    pub kind: String,
    /// Digest of the document behind it.
    pub cause: String,
    /// The civil day.
    pub on_day: String,
    /// Unix seconds.
    pub at: i64,
    /// Where it was.
    pub from: String,
    /// Where it went.
    pub to: String,
    /// Hundredths.
    pub amount: i64,
}

/// The columns of a [`PostingRow`].
const COLUMNS: (
    movements::entry_id,
    movements::n,
    entries::kind,
    entries::cause,
    entries::on_day,
    entries::at,
    movements::from_place,
    movements::to_place,
    movements::amount,
) = (
    movements::entry_id,
    movements::n,
    entries::kind,
    entries::cause,
    entries::on_day,
    entries::at,
    movements::from_place,
    movements::to_place,
    movements::amount,
);

/// One group for what is summed up and each pair of kinds of places.
fn grouping(of: &str) -> SqlLiteral<Text> {
    sql::<Text>(&[of, FROM, TO].join(", "))
}

/// Lots of a family that were there on `day`, after the id `after`, by id.
pub(in crate::ledger) fn page(
    conn: &mut Conn,
    family: &[String],
    scheme: Option<&str>,
    day: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<LotRow>, Error> {
    let made = entries::subject.eq(lots::id.nullable()).and(entries::kind.eq_any([EntryKind::Mint.as_str(), EntryKind::Receive.as_str()]));
    let there = lots::table.inner_join(entries::table.on(made.assume_not_null()));
    let mut query = there
        .filter(lots::learner_id.eq_any(family.to_vec()).and(lots::id.gt(after.unwrap_or("").to_owned())))
        .filter(entries::on_day.le(day.to_owned()))
        .select(LotRow::as_select())
        .order(lots::id)
        .limit(limit)
        .into_boxed();
    if let Some(scheme) = scheme {
        query = query.filter(lots::scheme.eq(scheme.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// What moved of each of these lots until `day`, that day included.
pub(in crate::ledger) fn sums(conn: &mut Conn, lots: &[String], day: &str) -> Result<Vec<SumRow>, Error> {
    let until = movements::table.inner_join(entries::table).filter(movements::lot_id.eq_any(lots).and(entries::on_day.le(day)));
    let grouped = until.group_by(grouping(LOT));
    Ok(Kept(grouped.select((sql::<Text>(LOT), sql::<Text>(FROM), sql::<Text>(TO), sql::<BigInt>(SUM)))).load(conn)?)
}

/// What moved of a family's lots after it was minted or received, scheme by scheme.
pub(in crate::ledger) fn sums_by_scheme(conn: &mut Conn, family: &[String]) -> Result<Vec<SumRow>, Error> {
    let later = sql::<Bool>("substr(movements.from_place, 1, 3) NOT IN ('iss', 'in:')");
    let own = movements::table.inner_join(lots::table).filter(lots::learner_id.eq_any(family)).filter(later);
    let grouped = own.group_by(grouping(SCHEME));
    Ok(grouped.select((sql::<Text>(SCHEME), sql::<Text>(FROM), sql::<Text>(TO), sql::<BigInt>(SUM))).load(conn)?)
}

/// What is there of a family's lots of one scheme that expire on one day: scheme, day, minted, available.
pub(in crate::ledger) type ByExpiry = (String, Option<String>, i64, i64);

/// What was minted of a family's lots and what is available, by scheme and by the day on which it expires.
pub(in crate::ledger) fn by_expiry(conn: &mut Conn, family: &[String]) -> Result<Vec<ByExpiry>, Error> {
    let own = lot_balances::table.inner_join(lots::table).filter(lots::learner_id.eq_any(family));
    let minted = sql::<BigInt>("CAST(SUM(lots.amount) AS BIGINT)");
    let available = sql::<BigInt>("CAST(SUM(lot_balances.available) AS BIGINT)");
    Ok(own.group_by((lots::scheme, lots::expires_on)).select((lots::scheme, lots::expires_on, minted, available)).load(conn)?)
}

/// What was earned of one scheme in one category: scheme, category, hundredths.
pub(in crate::ledger) type ByCategory = (String, Option<String>, i64);

/// What a family earned from one day to another, by scheme and category, of what stands: a lot that is evaluated anew is voided too.
pub(in crate::ledger) fn earned(conn: &mut Conn, family: &[String], from: &str, through: &str) -> Result<Vec<ByCategory>, Error> {
    let void = entries::table.filter(entries::subject.eq(lots::id.nullable()).and(entries::kind.eq(EntryKind::Void.as_str())));
    let own = lots::table.filter(lots::learner_id.eq_any(family).and(lots::earned_on.between(from, through)));
    let standing = own.filter(not(exists(void))).group_by((lots::scheme, lots::category));
    Ok(standing.select((lots::scheme, lots::category, sql::<BigInt>("CAST(SUM(lots.amount) AS BIGINT)"))).load(conn)?)
}

/// What is spendable of a family's lots of a scheme on `day`, the first to expire first.
pub(in crate::ledger) fn spendable(conn: &mut Conn, family: &[String], scheme: &str, day: &str, limit: i64) -> Result<Vec<LeftRow>, Error> {
    let in_time = lots::expires_on.is_null().or(lots::expires_on.gt(day).assume_not_null());
    let own = lot_balances::table.inner_join(lots::table).filter(lots::learner_id.eq_any(family).and(lots::scheme.eq(scheme)));
    let left = own.filter(lot_balances::available.gt(0).and(in_time));
    let ordered = left.order((lots::expires_on.is_null(), lots::expires_on, lots::id)).limit(limit);
    // Thousands of rows: on the connection itself, which reads them in half the time of the enum.
    Ok(on_backend!(conn, c => ordered.select(LeftRow::as_select()).load(c))?)
}

/// The lots of a family among these, by id, with what is left of each.
pub(in crate::ledger) fn left(conn: &mut Conn, family: &[String], ids: &[String]) -> Result<Vec<LeftRow>, Error> {
    let own = lot_balances::table.inner_join(lots::table).filter(lots::id.eq_any(ids).and(lots::learner_id.eq_any(family)));
    Ok(own.order(lots::id).select(LeftRow::as_select()).load(conn)?)
}

/// Movements of a lot until `day` after one of an entry, by entry and place within it.
pub(in crate::ledger) fn postings(conn: &mut Conn, lot: &str, day: &str, after: Option<(&str, i64)>, limit: i64) -> Result<Vec<PostingRow>, Error> {
    let (entry, n) = after.unwrap_or(("", 0));
    let later = movements::entry_id.gt(entry).or(movements::entry_id.eq(entry).and(movements::n.gt(n)));
    let own = movements::table.inner_join(entries::table).filter(movements::lot_id.eq(lot).and(entries::on_day.le(day)).and(later));
    Ok(own.order((movements::entry_id, movements::n)).limit(limit).select(COLUMNS).load(conn)?)
}

/// Movements of a family's lots before one of an entry, each with its lot: the newest first, for ids of entries sort by time.
pub(in crate::ledger) fn account_postings(
    conn: &mut Conn,
    family: &[String],
    before: Option<(&str, i64)>,
    limit: i64,
) -> Result<Vec<(PostingRow, LotRow)>, Error> {
    let own = movements::table.inner_join(lots::table).filter(lots::learner_id.eq_any(family.to_vec()));
    // Which entries these are is read from indexes alone. An expression, so that no database walks the entries of everybody in their order until
    // it has met enough of these. Of the entry before which the page begins, nothing may be left: so one more.
    let entry_id = || sql::<Text>("movements.entry_id || ''");
    let mut last = own.select(entry_id()).distinct().order(entry_id().desc()).limit(limit + 1).into_boxed();
    if let Some((entry, _)) = before {
        last = last.filter(entry_id().le(entry.to_owned()));
    }
    let last: Vec<String> = last.load(conn)?;
    let rows = movements::table.inner_join(lots::table).inner_join(entries::table);
    let mut rows = rows.filter(lots::learner_id.eq_any(family).and(movements::entry_id.eq_any(last))).into_boxed();
    if let Some((entry, n)) = before {
        rows = rows.filter(movements::entry_id.ne(entry.to_owned()).or(movements::n.lt(n)));
    }
    let ordered = rows.order((movements::entry_id.desc(), movements::n.desc())).limit(limit);
    Ok(ordered.select((COLUMNS, LotRow::as_select())).load(conn)?)
}

/// What moved of every revision of a part of a basis.
pub(in crate::ledger) fn spent_of_basis(conn: &mut Conn, facts: &Facts) -> Result<Vec<SumRow>, Error> {
    let same = lots::scheme.eq(&facts.scheme).and(lots::basis.eq(&facts.basis)).and(lots::part.eq(i64::from(facts.part)));
    let moved = movements::table.inner_join(lots::table).filter(same);
    let grouped = moved.group_by(grouping(SCHEME));
    Ok(grouped.select((sql::<Text>(SCHEME), sql::<Text>(FROM), sql::<Text>(TO), sql::<BigInt>(SUM))).load(conn)?)
}

/// Lots of which something is available although they have expired by `day`: the longest ago first, at most `limit`.
pub(in crate::ledger) fn to_expire(conn: &mut Conn, day: &str, limit: i64) -> Result<Vec<String>, Error> {
    // As text, so that the planner knows the index of just these rows.
    let left = lot_balances::table.filter(sql::<Bool>("available > 0")).filter(lot_balances::expires_on.le(day));
    Ok(left.order((lot_balances::expires_on, lot_balances::lot_id)).limit(limit).select(lot_balances::lot_id).load(conn)?)
}
