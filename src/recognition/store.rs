//! The tables of waivers and kept decisions.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{certificates, lot_balances, lots, recognition_decisions as decisions, waivers};
use crate::error::Error;
use crate::ledger::store::LotRow;
use crate::on_backend;

/// A waiver as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = waivers, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0013_recognition")]
pub struct WaiverRow {
    pub id: String,
    pub digest: String,
    pub subject: String,
    pub document: String,
    pub signed_at: i64,
    pub signed_by: String,
}

/// A decision that was kept.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0013_recognition")]
pub struct DecisionRow {
    pub id: String,
    pub digest: String,
    pub decision: Vec<u8>,
    pub document: String,
    pub kept_at: i64,
    pub kept_by: String,
}

pub(super) fn insert_waiver(conn: &mut Conn, row: &WaiverRow) -> Result<(), Error> {
    diesel::insert_into(waivers::table).values(row).execute(conn)?;
    Ok(())
}

/// Waivers for any of these cases, in order of signing.
pub(super) fn waivers_for(conn: &mut Conn, subjects: &[String]) -> Result<Vec<WaiverRow>, Error> {
    let mine = waivers::table.filter(waivers::subject.eq_any(subjects)).order(waivers::id);
    Ok(mine.select(WaiverRow::as_select()).load(conn)?)
}

/// Waivers of these digests, in order of signing.
pub(super) fn waivers_named(conn: &mut Conn, digests: &[String]) -> Result<Vec<WaiverRow>, Error> {
    let named = waivers::table.filter(waivers::digest.eq_any(digests)).order(waivers::id);
    Ok(named.select(WaiverRow::as_select()).load(conn)?)
}

/// Waivers after the id `after`, at most `limit` and one, in order of signing.
pub(super) fn waivers_page(conn: &mut Conn, subject: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<WaiverRow>, Error> {
    let mut query = waivers::table.select(WaiverRow::as_select()).order(waivers::id).limit(limit + 1).into_boxed();
    query = query.filter(waivers::id.gt(after.unwrap_or("").to_owned()));
    if let Some(subject) = subject {
        query = query.filter(waivers::subject.eq(subject.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Keeps a decision; false where it was kept before.
pub(super) fn keep(conn: &mut Conn, row: &DecisionRow) -> Result<bool, Error> {
    let insert = diesel::insert_into(decisions::table).values(row).on_conflict(decisions::digest).do_nothing();
    Ok(on_backend!(conn, c => insert.execute(c))? == 1)
}

/// A decision by the digest of its bytes.
pub(super) fn decision(conn: &mut Conn, digest: &str) -> Result<Option<DecisionRow>, Error> {
    Ok(decisions::table.filter(decisions::digest.eq(digest)).select(DecisionRow::as_select()).get_result(conn).optional()?)
}

/// Certificates of the same facts.
#[derive(Queryable)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0005_certificates")]
pub struct GroupRow {
    pub provider_id: String,
    pub kind: String,
    pub occupation: Option<String>,
    pub level: Option<i64>,
    pub grade: Option<String>,
    pub assessed_on: String,
    /// How many.
    pub count: i64,
}

/// The states of certificates that do not count: gone, or counted as their successor.
const GONE: [&str; 2] = ["revoked", "replaced"];

/// The first day from `from` on on which a certificate was assessed.
pub(super) fn first_assessed(conn: &mut Conn, from: &str) -> Result<Option<String>, Error> {
    Ok(certificates::table.filter(certificates::assessed_on.ge(from)).select(diesel::dsl::min(certificates::assessed_on)).get_result(conn)?)
}

/// Certificates assessed from one day to before another that stand, in groups of the same facts.
pub(super) fn groups(conn: &mut Conn, from: &str, until: &str) -> Result<Vec<GroupRow>, Error> {
    let facts = (
        certificates::provider_id,
        certificates::kind,
        certificates::occupation,
        certificates::level,
        certificates::grade,
        certificates::assessed_on,
    );
    let standing = certificates::table.filter(certificates::assessed_on.ge(from).and(certificates::assessed_on.lt(until)));
    let grouped = standing.filter(certificates::status.ne_all(GONE)).group_by(facts);
    let (a, b, c, d, e, f) = facts;
    Ok(grouped.select((a, b, c, d, e, f, diesel::dsl::count_star())).load(conn)?)
}

/// How many certificates there are, and how many lots of which something is left.
pub(super) fn sizes(conn: &mut Conn) -> Result<(i64, i64), Error> {
    let certificates = certificates::table.filter(certificates::status.ne_all(GONE)).count().get_result(conn)?;
    Ok((certificates, lot_balances::table.filter(lot_balances::available.gt(0)).count().get_result(conn)?))
}

/// Lots that this region minted and of which something is left, learner by learner, after one of a learner, at most `limit`.
pub(super) fn lots_after(conn: &mut Conn, origin: &str, after: (&str, &str), limit: i64) -> Result<Vec<(LotRow, i64)>, Error> {
    let (learner, lot) = after;
    let later = lots::learner_id.gt(learner).or(lots::learner_id.eq(learner).and(lots::id.gt(lot)));
    let left = lots::table.inner_join(lot_balances::table).filter(lots::origin.eq(origin).and(lot_balances::available.gt(0)).and(later));
    Ok(left.order((lots::learner_id, lots::id)).limit(limit).select((LotRow::as_select(), lot_balances::available)).load(conn)?)
}
