//! The table `idempotency`.

use diesel::prelude::*;

use super::Ticket;
use crate::db::Conn;
use crate::db::schema::idempotency as t;
use crate::error::{Error, Fault};
use crate::on_backend;

/// Inserts the key with an answer yet to come; false when it is there already. PostgreSQL waits for a transaction that has just inserted it.
pub(super) fn claim(conn: &mut Conn, ticket: &Ticket, now: i64) -> Result<bool, Error> {
    let row = (
        t::client_id.eq(&ticket.client_id),
        t::key.eq(&ticket.key),
        t::input_hash.eq(ticket.input_hash.as_slice()),
        t::status.eq(0),
        t::body.eq(""),
        t::created_at.eq(now),
    );
    let done = on_backend!(conn, c => diesel::insert_into(t::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(done == 1)
}

/// The input hash, status and body under the ticket's key.
pub(super) fn stored(conn: &mut Conn, ticket: &Ticket) -> Result<(Vec<u8>, i64, String), Error> {
    Ok(t::table.find((&ticket.client_id, &ticket.key)).select((t::input_hash, t::status, t::body)).get_result(conn)?)
}

pub(super) fn keep(conn: &mut Conn, ticket: &Ticket, status: i64, body: &str) -> Result<(), Error> {
    let done = diesel::update(t::table.find((&ticket.client_id, &ticket.key))).set((t::status.eq(status), t::body.eq(body))).execute(conn)?;
    if done == 1 { Ok(()) } else { Err(Fault::text("an answer was to be stored under an idempotency key that was not claimed").into()) }
}

/// Forgets the answers from before `before` (unix seconds); tells how many.
///
/// # Errors
/// A fault of the database.
pub fn purge(conn: &mut Conn, before: i64) -> Result<usize, Error> {
    Ok(diesel::delete(t::table.filter(t::created_at.lt(before))).execute(conn)?)
}
