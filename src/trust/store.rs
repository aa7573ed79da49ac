//! What the snapshot is made of.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{certificates, status_lists};
use crate::error::Error;

/// A status list as it is stored.
#[derive(Clone, Queryable)]
pub(super) struct ListRow {
    pub id: i64,
    pub provider_id: String,
    pub next_index: i64,
    pub version: i64,
    pub changed_at: i64,
    /// Civil year of issue; 0 of a list from before lists had one.
    pub year: i64,
}

pub(super) fn lists(conn: &mut Conn) -> Result<Vec<ListRow>, Error> {
    Ok(status_lists::table.order(status_lists::id).load(conn)?)
}

pub(super) fn list(conn: &mut Conn, id: i64) -> Result<Option<ListRow>, Error> {
    Ok(status_lists::table.find(id).get_result(conn).optional()?)
}

/// (index, state, number of the successor) of everything in a list that is not simply in force.
pub(super) fn exceptions(conn: &mut Conn, list: i64) -> Result<Vec<(i64, String, Option<String>)>, Error> {
    // Named one by one, so that the index finds them among a million others.
    let changed =
        certificates::table.filter(certificates::status_list.eq(list).and(certificates::status.eq_any(["suspended", "revoked", "replaced"])));
    Ok(changed.select((certificates::status_index, certificates::status, certificates::replaced_by)).load(conn)?)
}
