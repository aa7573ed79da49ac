//! What the snapshot is made of.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::Conn;
use crate::db::schema::{certificates, receipt_lists, receipts, status_lists};
use crate::error::Error;

/// A status list as it is stored.
#[derive(Clone, Queryable)]
pub(super) struct ListRow {
    pub id: i64,
    /// Whose certificates are in it; none where it is of the region's own receipts.
    pub provider_id: Option<String>,
    pub next_index: i64,
    pub version: i64,
    pub changed_at: i64,
    /// Civil year of issue; 0 of a list from before lists had one.
    pub year: i64,
}

/// Every list: of certificates, and of receipts.
pub(super) fn lists(conn: &mut Conn) -> Result<Vec<ListRow>, Error> {
    use receipt_lists as own;
    use status_lists as of;
    let columns = (of::id, of::provider_id.nullable(), of::next_index, of::version, of::changed_at, of::year);
    let mut lists: Vec<ListRow> = of::table.select(columns).order(of::id).load(conn)?;
    let columns = (own::id, own::next_index, own::version, own::changed_at, own::year);
    let rows: Vec<(i64, i64, i64, i64, i64)> = own::table.select(columns).order(own::id).load(conn)?;
    let row = |(id, next_index, version, changed_at, year)| ListRow { id, provider_id: None, next_index, version, changed_at, year };
    lists.extend(rows.into_iter().map(row));
    Ok(lists)
}

/// How many indices of a list were handed out.
pub(super) fn issued(conn: &mut Conn, list: i64) -> Result<Option<i64>, Error> {
    let of_certificates = status_lists::table.find(list).select(status_lists::next_index).get_result(conn).optional()?;
    if of_certificates.is_some() {
        return Ok(of_certificates);
    }
    Ok(receipt_lists::table.find(list).select(receipt_lists::next_index).get_result(conn).optional()?)
}

/// (index, state, number of the successor) of everything in a list that is not simply in force.
pub(super) fn exceptions(conn: &mut Conn, list: &ListRow) -> Result<Vec<(i64, String, Option<String>)>, Error> {
    if list.provider_id.is_none() {
        let revoked = receipts::table.filter(receipts::status_list.eq(list.id).and(receipts::state.eq("revoked")));
        let rows: Vec<(i64, String)> = revoked.select((receipts::status_index, receipts::state)).load(conn)?;
        return Ok(rows.into_iter().map(|(index, state)| (index, state, None)).collect());
    }
    // In the very words of the index, so that it finds them among a million others.
    let is_changed = diesel::dsl::sql::<Bool>("status <> 'issued'");
    let changed = certificates::table.filter(certificates::status_list.eq(list.id)).filter(is_changed);
    Ok(changed.select((certificates::status_index, certificates::status, certificates::replaced_by)).load(conn)?)
}
