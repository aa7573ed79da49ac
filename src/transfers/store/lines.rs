//! What was decided, as a STATEMENT counts it.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{transfer_messages as messages, transfers};
use crate::error::Error;

/// A DECISION that is kept, with what is known of its transfer.
#[derive(Clone, Debug, Queryable)]
pub struct LineRow {
    pub transfer_id: String,
    pub digest: String,
    pub state: String,
    pub amount: i64,
}

/// DECISIONs between this region and another for a day until `through`, in both directions, of transfers after the id `after`; those of one transfer
/// together, the last one last. What contradicts another message is none.
pub fn lines(conn: &mut Conn, peer: &str, through: &str, after: &str, limit: i64) -> Result<Vec<LineRow>, Error> {
    let counted = messages::peer.eq(peer).and(messages::kind.eq("decision")).and(messages::seq.is_not_null());
    let query =
        messages::table.inner_join(transfers::table).filter(counted).filter(messages::day.le(through)).filter(messages::transfer_id.gt(after));
    let ordered = query.order((messages::transfer_id, messages::epoch, messages::seq)).limit(limit);
    Ok(ordered.select((messages::transfer_id, messages::digest, transfers::state, transfers::amount)).load(conn)?)
}
