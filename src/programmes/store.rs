//! The tables of programmes and redemptions.

use diesel::prelude::*;

use crate::db::schema::{programme_events, programme_versions as versions, programmes, redemptions};
use crate::db::{Conn, is_id};
use crate::error::Error;

/// A programme as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = programmes, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0011_programmes")]
pub struct Head {
    pub id: String,
    pub version: i64,
    pub state: String,
}

/// A version of a programme.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = versions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0011_programmes")]
pub struct Version {
    pub id: String,
    pub programme_id: String,
    pub version: i64,
    pub digest: String,
    pub document: String,
    pub published_at: i64,
    pub published_by: String,
}

/// What happened to a programme besides its versions.
#[derive(Insertable)]
#[diesel(table_name = programme_events, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0011_programmes")]
pub struct Event {
    pub id: String,
    pub programme_id: String,
    pub kind: &'static str,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

/// A redemption as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = redemptions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0011_programmes")]
pub struct Redeemed {
    pub id: String,
    pub programme_id: String,
    pub programme: String,
    pub learner_id: String,
    pub provider_id: String,
    pub certificate_id: String,
    pub entry_id: String,
    pub redeemed_at: i64,
    pub redeemed_by: String,
    pub digest: String,
    pub document: String,
}

pub(super) fn insert(conn: &mut Conn, head: &Head) -> Result<(), Error> {
    diesel::insert_into(programmes::table).values(head).execute(conn)?;
    Ok(())
}

pub(super) fn insert_version(conn: &mut Conn, version: &Version) -> Result<(), Error> {
    diesel::insert_into(versions::table).values(version).execute(conn)?;
    Ok(())
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(programme_events::table).values(event).execute(conn)?;
    Ok(())
}

pub(super) fn insert_redeemed(conn: &mut Conn, row: &Redeemed) -> Result<(), Error> {
    diesel::insert_into(redemptions::table).values(row).execute(conn)?;
    Ok(())
}

/// One programme.
pub(super) fn head(conn: &mut Conn, id: &str) -> Result<Option<Head>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(programmes::table.find(id).select(Head::as_select()).get_result(conn).optional()?)
}

/// One programme, of which the current version then stays until this transaction ends.
pub(super) fn keep(conn: &mut Conn, id: &str) -> Result<Option<Head>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    let query = programmes::table.find(id);
    Ok(match conn {
        // It has one writer.
        Conn::Sqlite(c) => query.get_result(c).optional()?,
        Conn::Postgres(c) => query.for_share().get_result(c).optional()?,
    })
}

/// Goes from version `from` to the next; false when the programme is no longer open at that version. The row stays locked until the transaction ends.
pub(super) fn advance(conn: &mut Conn, id: &str, from: i64) -> Result<bool, Error> {
    let current = programmes::table.filter(programmes::id.eq(id).and(programmes::version.eq(from)).and(programmes::state.eq("open")));
    Ok(diesel::update(current).set(programmes::version.eq(from + 1)).execute(conn)? == 1)
}

/// Withdraws a programme; false when it had been already.
pub(super) fn withdraw(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    let open = programmes::table.filter(programmes::id.eq(id).and(programmes::state.eq("open")));
    Ok(diesel::update(open).set(programmes::state.eq("withdrawn")).execute(conn)? == 1)
}

/// A version by its digest.
pub(super) fn by_digest(conn: &mut Conn, digest: &str) -> Result<Option<Version>, Error> {
    Ok(versions::table.filter(versions::digest.eq(digest)).select(Version::as_select()).get_result(conn).optional()?)
}

/// Versions of a programme, the newest first, at most `limit`.
pub(super) fn newest(conn: &mut Conn, id: &str, limit: i64) -> Result<Vec<Version>, Error> {
    let own = versions::table.filter(versions::programme_id.eq(id));
    Ok(own.order(versions::version.desc()).limit(limit).select(Version::as_select()).load(conn)?)
}

/// The current versions of programmes that were not withdrawn, one more than `limit`, after the programme `after`, in order of first publication.
pub(super) fn page(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Version>, Error> {
    let current = versions::table.inner_join(programmes::table).filter(versions::version.eq(programmes::version));
    let open = current.filter(programmes::state.eq("open").and(programmes::id.gt(after.unwrap_or(""))));
    Ok(open.order(programmes::id).limit(limit + 1).select(Version::as_select()).load(conn)?)
}

/// Redemptions of these accounts, one more than `limit`, after the id `after`, in order.
pub(super) fn redeemed_of(conn: &mut Conn, family: &[String], after: Option<&str>, limit: i64) -> Result<Vec<Redeemed>, Error> {
    let own = redemptions::table.filter(redemptions::learner_id.eq_any(family).and(redemptions::id.gt(after.unwrap_or(""))));
    Ok(own.order(redemptions::id).limit(limit + 1).select(Redeemed::as_select()).load(conn)?)
}

/// One redemption.
pub(super) fn redeemed(conn: &mut Conn, id: &str) -> Result<Option<Redeemed>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(redemptions::table.find(id).select(Redeemed::as_select()).get_result(conn).optional()?)
}
