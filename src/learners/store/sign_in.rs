//! One-time codes and sessions.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{learner_codes as codes, learner_sessions as sessions, learners};
use crate::error::Error;
use crate::learners::{KEPT, State};

/// A one-time code.
#[derive(Queryable, Insertable)]
#[diesel(table_name = codes, treat_none_as_default_value = false)]
pub(in crate::learners) struct Code {
    pub code_hash: Vec<u8>,
    pub learner_id: String,
    pub made_at: i64,
    pub expires_at: i64,
    pub made_by: String,
    pub used_at: Option<i64>,
}

/// A token of a signed-in learner.
#[derive(Queryable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub(in crate::learners) struct Session {
    pub token_hash: Vec<u8>,
    pub learner_id: String,
    pub made_at: i64,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
}

pub(in crate::learners) fn insert_code(conn: &mut Conn, code: &Code) -> Result<(), Error> {
    diesel::insert_into(codes::table).values(code).execute(conn)?;
    Ok(())
}

/// Uses a code that is good at `now`: whose it is. Of two who try at once, one gets it.
pub(in crate::learners) fn use_code(conn: &mut Conn, code_hash: &[u8], now: i64) -> Result<Option<String>, Error> {
    let good = codes::table.find(code_hash).filter(codes::used_at.is_null().and(codes::expires_at.gt(now)));
    Ok(diesel::update(good).set(codes::used_at.eq(now)).returning(codes::learner_id).get_result(conn).optional()?)
}

pub(in crate::learners) fn insert_session(conn: &mut Conn, session: &Session) -> Result<(), Error> {
    diesel::insert_into(sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// The open account of a session that is good at `now`.
pub(in crate::learners) fn session(conn: &mut Conn, token_hash: &[u8], now: i64) -> Result<Option<String>, Error> {
    let good = sessions::table.find(token_hash).filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now)));
    let Some(id) = good.select(sessions::learner_id).first::<String>(conn).optional()? else { return Ok(None) };
    let open = learners::table.find(id).filter(learners::state.eq(State::Open.as_str()));
    Ok(open.select(learners::id).get_result(conn).optional()?)
}

pub(in crate::learners) fn end_session(conn: &mut Conn, token_hash: &[u8], now: i64) -> Result<(), Error> {
    let mine = sessions::table.find(token_hash).filter(sessions::ended_at.is_null());
    diesel::update(mine).set(sessions::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Ends every session of an account.
pub(in crate::learners) fn end_sessions(conn: &mut Conn, learner: &str, now: i64) -> Result<(), Error> {
    let mine = sessions::table.filter(sessions::learner_id.eq(learner).and(sessions::ended_at.is_null()));
    diesel::update(mine).set(sessions::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

pub(in crate::learners) fn codes(conn: &mut Conn, family: &[String], after: &[u8], limit: i64) -> Result<Vec<Code>, Error> {
    Ok(codes::table.filter(codes::learner_id.eq_any(family).and(codes::code_hash.gt(after))).order(codes::code_hash).limit(limit).load(conn)?)
}

pub(in crate::learners) fn sessions(conn: &mut Conn, family: &[String], after: &[u8], limit: i64) -> Result<Vec<Session>, Error> {
    let mine = sessions::table.filter(sessions::learner_id.eq_any(family).and(sessions::token_hash.gt(after)));
    Ok(mine.order(sessions::token_hash).limit(limit).load(conn)?)
}

/// Forgets codes and sessions that ended [`KEPT`] seconds before `now`; tells how many.
pub(in crate::learners) fn purge(conn: &mut Conn, now: i64) -> Result<usize, Error> {
    let before = now - KEPT;
    let gone = diesel::delete(codes::table.filter(codes::expires_at.lt(before))).execute(conn)?;
    Ok(gone + diesel::delete(sessions::table.filter(sessions::expires_at.lt(before))).execute(conn)?)
}
