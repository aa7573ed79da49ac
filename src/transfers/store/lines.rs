//! What was decided, as a STATEMENT counts it.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::transfers;
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
    let decided =
        transfers::table.filter(transfers::peer.eq(peer)).filter(transfers::decided_on.le(through)).filter(transfers::decision.is_not_null());
    let ordered = decided.filter(transfers::id.gt(after)).order(transfers::id).limit(limit);
    Ok(ordered.select((transfers::id, transfers::decision.assume_not_null(), transfers::state, transfers::amount)).load(conn)?)
}
