//! What people do when something does not go on by itself.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{channel_events, transfers};
use crate::error::Error;

/// What people decided about a channel.
#[derive(Debug, Insertable)]
#[diesel(table_name = channel_events)]
pub struct EventRow {
    pub id: String,
    pub peer: String,
    pub kind: String,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

pub fn insert_event(conn: &mut Conn, row: &EventRow) -> Result<(), Error> {
    diesel::insert_into(channel_events::table).values(row).execute(conn)?;
    Ok(())
}

/// Puts transfers to a region at once and as if for the first time: all that wait, or those that were set aside. How many.
pub fn retry(conn: &mut Conn, peer: &str, now: i64, aside_alone: bool) -> Result<usize, Error> {
    let open = transfers::table.filter(transfers::peer.eq(peer).and(transfers::state.eq("reserved")));
    let due = (transfers::next_at.eq(now), transfers::tries.eq(0));
    Ok(if aside_alone {
        diesel::update(open.filter(transfers::next_at.is_null())).set(due).execute(conn)?
    } else {
        diesel::update(open).set(due).execute(conn)?
    })
}
