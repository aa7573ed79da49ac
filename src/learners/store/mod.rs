//! The tables of learners.

mod sign_in;
mod trail;

use diesel::prelude::*;
use diesel::sql_types::{Array, Binary};

use super::State;
use crate::bulk_row;
use crate::db::schema::{clients, learner_views as views, learners};
use crate::db::{Column, Condition, Conn, Kept, is_id};
use crate::error::{Error, Fault};
pub(super) use sign_in::{Code, Session, codes, end_session, end_sessions, insert_code, insert_session, purge, session, sessions, use_code};
pub(super) use trail::{Event, Looked, events, looks, looks_before};

/// An account as it is stored.
#[derive(Clone, Queryable, QueryableByName)]
#[diesel(table_name = learners)]
pub struct Row {
    /// `lrn_...`
    pub id: String,
    /// Kind of the id document.
    pub id_kind: String,
    /// Its number, sealed.
    pub id_sealed: Vec<u8>,
    /// Keyed hash of kind and number.
    pub id_hash: Vec<u8>,
    /// Name, sealed.
    pub name_sealed: Vec<u8>,
    /// Unix seconds.
    pub opened_at: i64,
    /// Client id.
    pub opened_by: String,
    /// [`State::as_str`]
    pub state: String,
    /// The account that goes on for a merged one.
    pub merged_into: Option<String>,
    /// Unix seconds.
    pub closed_at: Option<i64>,
}

impl Row {
    /// The state.
    ///
    /// # Errors
    /// A fault for a state that this program does not know.
    pub fn state(&self) -> Result<State, Fault> {
        State::parse(&self.state).ok_or_else(|| Fault::text(format!("stored state of {}", self.id)))
    }
}

bulk_row!(Row => "learners" { id, id_kind, id_sealed, id_hash, name_sealed, opened_at, opened_by, state, merged_into, closed_at });

/// The accounts of these documents, which stay as they are until this transaction ends.
pub(super) fn keep_by_hash(conn: &mut Conn, hashes: &[Vec<u8>]) -> Result<Vec<Row>, Error> {
    let query = learners::table.filter(learners::id_hash.eq_any(hashes)).order(learners::id);
    Ok(match conn {
        // It has one writer.
        Conn::Sqlite(c) => query.load(c)?,
        Conn::Postgres(c) => query.for_share().load(c)?,
    })
}

/// The accounts of these documents.
pub(super) fn by_hashes(conn: &mut Conn, hashes: &[Vec<u8>]) -> Result<Vec<Row>, Error> {
    match conn {
        // Compared with an array, PostgreSQL would plan it anew each time, which takes longer than to find them.
        Conn::Postgres(c) => {
            let query = diesel::sql_query("SELECT * FROM learners WHERE id_hash IN (SELECT unnest($1))");
            Ok(Kept(query.bind::<Array<Binary>, _>(hashes)).load(c)?)
        }
        Conn::Sqlite(c) => Ok(learners::table.filter(learners::id_hash.eq_any(hashes)).load(c)?),
    }
}

/// That each of these accounts, of which no two are the same, is open, and stays so until the transaction ends.
pub(super) fn all_open(ids: Vec<String>) -> Condition {
    Condition {
        with: "kept AS (SELECT id FROM learners WHERE id = ANY({0}) AND state = 'open' ORDER BY id FOR SHARE)",
        so: "(SELECT COUNT(*) FROM kept) = cardinality({0})",
        values: vec![Column::Text(ids.into_iter().map(Some).collect())],
    }
}

/// The account that goes on for `row`, which stays as it is until this transaction ends.
pub(super) fn keep_root(conn: &mut Conn, mut row: Row) -> Result<Row, Error> {
    while let Some(next) = row.merged_into {
        let query = learners::table.find(next);
        row = match conn {
            Conn::Sqlite(c) => query.get_result(c)?,
            Conn::Postgres(c) => query.for_share().get_result(c)?,
        };
    }
    Ok(row)
}

/// One account by id, merged or not.
///
/// # Errors
/// A fault of the database.
pub fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(learners::table.find(id).get_result(conn).optional()?)
}

/// Accounts that are not closed, merged ones too, after an id, in the order in which they were opened; at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn after(conn: &mut Conn, id: &str, limit: i64) -> Result<Vec<Row>, Error> {
    Ok(learners::table.filter(learners::id.gt(id).and(learners::closed_at.is_null())).order(learners::id).limit(limit).load(conn)?)
}

pub(super) fn by_hash(conn: &mut Conn, id_hash: &[u8]) -> Result<Option<Row>, Error> {
    Ok(learners::table.filter(learners::id_hash.eq(id_hash)).get_result(conn).optional()?)
}

/// The account that goes on for `row`: itself, unless it was merged.
///
/// # Errors
/// A fault of the database.
pub fn root(conn: &mut Conn, mut row: Row) -> Result<Row, Error> {
    // One step, as a rule; another merge may come between two reads. No chain closes: whatever was merged into goes on.
    while let Some(next) = row.merged_into {
        row = learners::table.find(next).get_result(conn)?;
    }
    Ok(row)
}

/// The ids of one person: `root`, the account that goes on, first; then every account that was merged into it.
///
/// # Errors
/// A fault of the database.
pub fn family(conn: &mut Conn, root: &str) -> Result<Vec<String>, Error> {
    Ok(of_family(root).select(learners::id).order((learners::id.ne(root), learners::id)).load(conn)?)
}

/// The keyed hashes of one person's documents.
///
/// # Errors
/// A fault of the database.
pub fn id_hashes(conn: &mut Conn, root: &str) -> Result<Vec<Vec<u8>>, Error> {
    Ok(of_family(root).select(learners::id_hash).order(learners::id).load(conn)?)
}

pub(super) fn rows(conn: &mut Conn, root: &str, after: &str, limit: i64) -> Result<Vec<Row>, Error> {
    Ok(of_family(root).filter(learners::id.gt(after)).order(learners::id).limit(limit).load(conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_family<'a>(root: &'a str) -> _ {
    learners::table.filter(learners::id.eq(root).or(learners::merged_into.eq(root).assume_not_null()))
}

/// Locks accounts until the transaction ends, in an order that is the same for all, and reads them; what is not there is left out.
pub(super) fn lock(conn: &mut Conn, ids: [&str; 2]) -> Result<Vec<Row>, Error> {
    let mut ids = ids;
    ids.sort_unstable();
    for id in ids {
        diesel::update(learners::table.find(id)).set(learners::state.eq(learners::state)).execute(conn)?;
    }
    Ok(learners::table.filter(learners::id.eq_any(ids)).load(conn)?)
}

/// Closes an open account; false when it was not open.
pub(super) fn close(conn: &mut Conn, id: &str, now: i64) -> Result<bool, Error> {
    let open = learners::table.find(id).filter(learners::state.eq(State::Open.as_str()));
    let done = diesel::update(open).set((learners::state.eq(State::Closed.as_str()), learners::closed_at.eq(now))).execute(conn)?;
    Ok(done == 1)
}

/// Merges an account, and with it what was merged into it before. The caller holds its lock.
pub(super) fn merge(conn: &mut Conn, from: &str, into: &str) -> Result<(), Error> {
    diesel::update(learners::table.filter(learners::merged_into.eq(from))).set(learners::merged_into.eq(into)).execute(conn)?;
    let merged = (learners::state.eq(State::Merged.as_str()), learners::merged_into.eq(into));
    diesel::update(learners::table.find(from)).set(merged).execute(conn)?;
    Ok(())
}

/// Whether a client of this provider has looked at one of these accounts, which takes the exact document the first time.
pub(super) fn is_known_to(conn: &mut Conn, family: &[String], provider: &str) -> Result<bool, Error> {
    let own = clients::table.filter(clients::provider_id.eq(provider)).select(clients::id);
    let seen = views::table.filter(views::learner_id.eq_any(family).and(views::actor.eq_any(own)));
    Ok(diesel::select(diesel::dsl::exists(seen)).get_result(conn)?)
}
