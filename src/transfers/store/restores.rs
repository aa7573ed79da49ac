//! Restores, and everything between this region and another that is handed over after one.

use diesel::prelude::*;

use super::{ChannelRow, Row};
use crate::db::Conn;
use crate::db::schema::{peer_channels as channels, restores, transfer_messages as messages, transfers};
use crate::error::Error;

/// When the restore that goes on began.
pub fn since(conn: &mut Conn) -> Result<Option<i64>, Error> {
    let open = restores::table.filter(restores::ended_at.is_null());
    Ok(open.order(restores::id).select(restores::began_at).first(conn).optional()?)
}

/// Whether a restore goes on.
pub fn is_restoring(conn: &mut Conn) -> Result<bool, Error> {
    Ok(since(conn)?.is_some())
}

pub fn begin(conn: &mut Conn, id: &str, now: i64) -> Result<(), Error> {
    diesel::insert_into(restores::table).values((restores::id.eq(id), restores::began_at.eq(now))).execute(conn)?;
    Ok(())
}

pub fn end(conn: &mut Conn, now: i64) -> Result<(), Error> {
    diesel::update(restores::table.filter(restores::ended_at.is_null())).set(restores::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Channels whose RESYNC is not answered yet, by region.
pub fn resyncing(conn: &mut Conn) -> Result<Vec<ChannelRow>, Error> {
    Ok(channels::table.filter(channels::state.eq("resync")).order(channels::peer).load(conn)?)
}

/// What is handed over: every message about a transfer, but for what contradicts another one. (id, digest) after an id, in order.
pub fn digests_between(conn: &mut Conn, peer: &str, after: &str, limit: i64) -> Result<Vec<(String, String)>, Error> {
    let about = messages::kind.eq_any(["offer", "return", "decision"]).and(messages::seq.is_not_null()).or(messages::kind.eq("cancel"));
    let query = messages::table.filter(messages::peer.eq(peer)).filter(about).filter(messages::id.gt(after));
    Ok(query.order(messages::id).limit(limit).select((messages::id, messages::digest)).load(conn)?)
}

/// The texts of these digests, by digest.
pub fn texts_by_digest(conn: &mut Conn, digests: &[String]) -> Result<Vec<(String, String)>, Error> {
    Ok(messages::table.filter(messages::digest.eq_any(digests)).select((messages::digest, messages::text)).load(conn)?)
}

/// The messages about a transfer, in the order in which they came to be known.
pub fn about(conn: &mut Conn, peer: &str, transfer: &str) -> Result<Vec<String>, Error> {
    let query = messages::table.filter(messages::peer.eq(peer).and(messages::transfer_id.eq(transfer)));
    Ok(query.order(messages::id).select(messages::text).load(conn)?)
}

/// Whether a place of what was sent or taken in an epoch is known to be taken.
pub fn is_placed(conn: &mut Conn, peer: &str, sent: bool, epoch: i64, seq: i64) -> Result<bool, Error> {
    let place = messages::epoch.eq(epoch).and(messages::seq.eq(seq).assume_not_null());
    let query = messages::table.filter(messages::peer.eq(peer).and(messages::sent.eq(sent))).filter(place);
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// The message of another region that has this place.
pub fn taken_at(conn: &mut Conn, peer: &str, epoch: i64, seq: i64) -> Result<Option<String>, Error> {
    let place = messages::epoch.eq(epoch).and(messages::seq.eq(seq).assume_not_null());
    let query = messages::table.filter(messages::peer.eq(peer).and(messages::sent.eq(false))).filter(place);
    Ok(query.select(messages::text).first(conn).optional()?)
}

/// The highest place of what was sent or taken in an epoch; 0 for none.
pub fn last_place(conn: &mut Conn, peer: &str, sent: bool, epoch: i64) -> Result<i64, Error> {
    let query = messages::table.filter(messages::peer.eq(peer).and(messages::sent.eq(sent)).and(messages::epoch.eq(epoch)));
    let last: Option<i64> = query.select(diesel::dsl::max(messages::seq)).get_result(conn)?;
    Ok(last.unwrap_or_default())
}

/// Transfers that were learned after a restore and are not in the ledger yet, after an id, in order.
pub fn unbooked(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Row>, Error> {
    let query = transfers::table.filter(transfers::unbooked.eq(true)).filter(transfers::id.gt(after));
    Ok(query.order(transfers::id).limit(limit).load(conn)?)
}
