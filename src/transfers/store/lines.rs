//! What was decided, as a STATEMENT counts it.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{transfer_messages as messages, transfers};
use crate::error::Error;

/// The DECISION that counts, with what is known of its transfer.
#[derive(Clone, Debug, Queryable)]
pub struct LineRow {
    pub transfer_id: String,
    pub digest: String,
    pub state: String,
    pub amount: i64,
}

/// Transfers between this region and another, in both directions, with the DECISION that counts, for a day until `through`; after the id `after`, in order.
pub fn lines(conn: &mut Conn, peer: &str, through: &str, after: &str, limit: i64) -> Result<Vec<LineRow>, Error> {
    let decided = transfers::table.inner_join(messages::table.on(messages::digest.nullable().eq(transfers::decision)));
    let query = decided.filter(transfers::peer.eq(peer)).filter(messages::day.le(through)).filter(transfers::id.gt(after));
    let ordered = query.order(transfers::id).limit(limit);
    Ok(ordered.select((transfers::id, messages::digest, transfers::state, transfers::amount)).load(conn)?)
}
