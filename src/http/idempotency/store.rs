//! The table `idempotency`.

use diesel::prelude::*;

use super::Ticket;
use crate::db::Conn;
use crate::db::schema::idempotency as t;
use crate::error::{Error, Fault};
use crate::{bulk_row, on_backend};

/// A key with its answer.
#[derive(Queryable)]
pub(super) struct Row {
    pub client_id: String,
    pub key: String,
    pub input_hash: Vec<u8>,
    pub status: i64,
    pub body: String,
    pub created_at: i64,
}
bulk_row!(Row => "idempotency" { client_id, key, input_hash, status, body, created_at });

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

/// What is under the ticket's key.
pub(super) fn stored(conn: &mut Conn, ticket: &Ticket) -> Result<Row, Error> {
    Ok(t::table.find((&ticket.client_id, &ticket.key)).get_result(conn)?)
}

/// What is under the keys of these tickets, and perhaps under the same keys of other clients.
pub(super) fn stored_all(conn: &mut Conn, tickets: &[&Ticket]) -> Result<Vec<Row>, Error> {
    let clients = tickets.iter().map(|ticket| &ticket.client_id);
    let keys = tickets.iter().map(|ticket| &ticket.key);
    Ok(t::table.filter(t::client_id.eq_any(clients).and(t::key.eq_any(keys))).load(conn)?)
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
