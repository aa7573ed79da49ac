//! The tables of receipts.

use diesel::prelude::*;

use crate::certificates::store::LIST_MAX;
use crate::db::schema::{receipt_lists, receipt_revocations as revocations, receipts, revisions};
use crate::db::{self, Conn, Kept, is_id};
use crate::error::{Error, Fault, is_unique_violation};

/// A receipt as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0014_receipts")]
pub struct Row {
    pub id: String,
    pub number: String,
    pub origin: String,
    pub card: String,
    pub decision: String,
    pub status_list: i64,
    pub status_index: i64,
    pub state: String,
    pub signed_at: i64,
    pub signed_by: String,
    pub document: String,
}

/// The end of a receipt as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revocations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0014_receipts")]
pub struct Revocation {
    pub id: String,
    pub receipt_id: String,
    pub at: i64,
    pub reason: String,
    pub actor: String,
    pub document: String,
}

/// What a list is filtered by. All that are present must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Number of the certificate.
    pub number: Option<String>,
    /// The region that issued it.
    pub origin: Option<String>,
}

/// Stores a receipt. Where somebody gave one for the same certificate meanwhile, the transaction is to run again and finds it.
pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    match diesel::insert_into(receipts::table).values(row).execute(conn) {
        Ok(_) => Ok(()),
        Err(e) if is_unique_violation(&e) => Err(Fault::overtaken("somebody gave a receipt meanwhile; try again").into()),
        Err(e) => Err(e.into()),
    }
}

/// The receipt of a certificate that is in force, by its id.
pub(super) fn in_force(conn: &mut Conn, origin: &str, number: &str) -> Result<Option<String>, Error> {
    let of_it = receipts::table.filter(receipts::origin.eq(origin).and(receipts::number.eq(number)).and(receipts::state.eq("issued")));
    Ok(of_it.select(receipts::id).get_result(conn).optional()?)
}

/// One receipt.
pub(super) fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(receipts::table.find(id).select(Row::as_select()).get_result(conn).optional()?)
}

/// How a receipt ended, if it did.
pub(super) fn revocation(conn: &mut Conn, id: &str) -> Result<Option<Revocation>, Error> {
    Ok(revocations::table.filter(revocations::receipt_id.eq(id)).select(Revocation::as_select()).get_result(conn).optional()?)
}

/// How these ended that did.
pub(super) fn revocations(conn: &mut Conn, ids: &[String]) -> Result<Vec<Revocation>, Error> {
    Ok(revocations::table.filter(revocations::receipt_id.eq_any(ids)).select(Revocation::as_select()).load(conn)?)
}

/// One row more than `limit`, after `after`, in order of signing.
pub(super) fn page(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query = receipts::table.select(Row::as_select()).order(receipts::id).limit(limit + 1).into_boxed();
    query = query.filter(receipts::id.gt(after.unwrap_or_default().to_owned()));
    if let Some(number) = &filter.number {
        query = query.filter(receipts::number.eq(number.clone()));
    }
    if let Some(origin) = &filter.origin {
        query = query.filter(receipts::origin.eq(origin.clone()));
    }
    Ok(query.load(conn)?)
}

/// Takes a receipt out of force; false where it was so already. The row stays locked until the transaction ends.
pub(super) fn revoke(conn: &mut Conn, row: &Row, now: i64) -> Result<bool, Error> {
    let open = receipts::table.filter(receipts::id.eq(&row.id).and(receipts::state.eq("issued")));
    if diesel::update(open).set(receipts::state.eq("revoked")).execute(conn)? == 0 {
        return Ok(false);
    }
    let list = receipt_lists::table.find(row.status_list);
    diesel::update(list).set((receipt_lists::version.eq(receipt_lists::version + 1), receipt_lists::changed_at.eq(now))).execute(conn)?;
    Ok(true)
}

pub(super) fn insert_revocation(conn: &mut Conn, row: &Revocation) -> Result<(), Error> {
    diesel::insert_into(revocations::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes the next index of the list that is open for receipts which are signed in this civil year, or opens one. The row stays locked until the
/// transaction ends, so indices are dense.
pub(super) fn take_index(conn: &mut Conn, year: i64, now: i64) -> Result<(i64, i64), Error> {
    if let Some(place) = next_index(conn, year)? {
        return Ok(place);
    }
    new_list(conn, year, now)?;
    // None when other transactions filled the new list while this one waited for its lock.
    next_index(conn, year)?.ok_or_else(|| Fault::overtaken("the list of receipts filled up meanwhile; try again").into())
}

fn next_index(conn: &mut Conn, year: i64) -> Result<Option<(i64, i64)>, Error> {
    let Some(open) = open_list(conn, year)? else { return Ok(None) };
    let room = receipt_lists::table.filter(receipt_lists::id.eq(open).and(receipt_lists::next_index.lt(LIST_MAX)));
    let taken = diesel::update(room).set(receipt_lists::next_index.eq(receipt_lists::next_index + 1));
    let taken: Option<(i64, i64)> = Kept(taken.returning((receipt_lists::id, receipt_lists::next_index))).get_result(conn).optional()?;
    Ok(taken.map(|(list, next)| (list, next - 1)))
}

/// The newest list of a year that has room.
fn open_list(conn: &mut Conn, year: i64) -> Result<Option<i64>, Error> {
    let open = receipt_lists::table.filter(receipt_lists::year.eq(year).and(receipt_lists::next_index.lt(LIST_MAX)));
    Ok(open.select(receipt_lists::id).order(receipt_lists::id.desc()).first(conn).optional()?)
}

/// List numbers come from the counter of all status lists, whose lock keeps two openings apart.
fn new_list(conn: &mut Conn, year: i64, now: i64) -> Result<(), Error> {
    let counter = revisions::table.find("status_list");
    let id: i64 = diesel::update(counter).set(revisions::n.eq(revisions::n + 1)).returning(revisions::n).get_result(conn)?;
    // While this waited for the counter, another transaction may have opened the list.
    if open_list(conn, year)?.is_some() {
        return Ok(());
    }
    let row = (
        receipt_lists::id.eq(id),
        receipt_lists::year.eq(year),
        receipt_lists::next_index.eq(0),
        receipt_lists::version.eq(0),
        receipt_lists::changed_at.eq(now),
    );
    diesel::insert_into(receipt_lists::table).values(row).execute(conn)?;
    // Running servers hold the lists in memory; a list that they do not know answers nothing.
    db::bump(conn, "status")
}
