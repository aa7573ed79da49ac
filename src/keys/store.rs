//! The tables of keys.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{data_keys, key_events, keys};
use crate::error::Error;

/// A key as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = keys, treat_none_as_default_value = false)]
pub struct Row {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// First six bytes of it, in base64url.
    pub short_kid: String,
    /// [`super::Purpose::as_str`]
    pub purpose: String,
    /// Provider of an issuer key.
    pub provider_id: Option<String>,
    /// What the key is for; unique.
    pub slot: String,
    /// 32 bytes.
    pub public: Vec<u8>,
    /// The seed, sealed under the master key.
    pub sealed: Vec<u8>,
    /// The window in which it signs, unix seconds; included.
    pub from_at: i64,
    /// Excluded.
    pub until_at: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// A successor signs from here on.
    pub retired_at: Option<i64>,
    /// Nothing signed at or after this instant counts.
    pub revoked_at: Option<i64>,
    /// Why.
    pub revoke_reason: Option<String>,
}

impl Row {
    /// Whether its window holds `now`.
    pub(super) fn is_open(&self, now: i64) -> bool {
        (self.from_at..self.until_at).contains(&now)
    }
}

/// What happened to a key.
#[derive(Insertable)]
#[diesel(table_name = key_events, treat_none_as_default_value = false)]
pub(super) struct Event<'a> {
    pub id: &'a str,
    pub kid: &'a str,
    pub kind: &'a str,
    pub at: i64,
    pub document: &'a str,
}

/// Every key, oldest first.
///
/// # Errors
/// A fault of the database.
pub fn all(conn: &mut Conn) -> Result<Vec<Row>, Error> {
    Ok(keys::table.order((keys::created_at, keys::kid)).select(Row::as_select()).load(conn)?)
}

/// One key.
///
/// # Errors
/// A fault of the database.
pub fn by_kid(conn: &mut Conn, kid: &str) -> Result<Option<Row>, Error> {
    Ok(keys::table.find(kid).select(Row::as_select()).get_result(conn).optional()?)
}

/// The keys of a provider, oldest first.
///
/// # Errors
/// A fault of the database.
pub fn of_provider(conn: &mut Conn, provider: &str) -> Result<Vec<Row>, Error> {
    let mine = keys::table.filter(keys::provider_id.eq(provider));
    Ok(mine.order((keys::created_at, keys::kid)).select(Row::as_select()).load(conn)?)
}

/// The keys of these providers that may still sign; the narrowest window first, then the newest.
pub(super) fn signing(conn: &mut Conn, providers: &[&str]) -> Result<Vec<Row>, Error> {
    let open = keys::table
        .filter(keys::provider_id.eq_any(providers).and(keys::retired_at.is_null()).and(keys::revoked_at.is_null()))
        .order(((keys::until_at - keys::from_at), keys::created_at.desc()));
    Ok(open.select(Row::as_select()).load(conn)?)
}

/// How many keys were ever made for slots that begin with `prefix`.
pub(super) fn count_slots(conn: &mut Conn, prefix: &str) -> Result<i64, Error> {
    Ok(keys::table.filter(keys::slot.like(format!("{prefix}%"))).count().get_result(conn)?)
}

pub(super) fn by_purpose(conn: &mut Conn, purpose: &str) -> Result<Vec<Row>, Error> {
    let mine = keys::table.filter(keys::purpose.eq(purpose).and(keys::revoked_at.is_null()));
    Ok(mine.order(keys::created_at.desc()).select(Row::as_select()).load(conn)?)
}

/// Inserts; the unique violation is the caller's to read.
pub(super) fn insert(conn: &mut Conn, row: &Row) -> diesel::QueryResult<usize> {
    diesel::insert_into(keys::table).values(row).execute(conn)
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event<'_>) -> Result<(), Error> {
    diesel::insert_into(key_events::table).values(event).execute(conn)?;
    Ok(())
}

pub(super) fn retire(conn: &mut Conn, kid: &str, at: i64) -> Result<usize, Error> {
    let open = keys::table.filter(keys::kid.eq(kid).and(keys::retired_at.is_null()));
    Ok(diesel::update(open).set(keys::retired_at.eq(at)).execute(conn)?)
}

pub(super) fn revoke(conn: &mut Conn, kid: &str, at: i64, reason: &str) -> Result<usize, Error> {
    let good = keys::table.filter(keys::kid.eq(kid).and(keys::revoked_at.is_null()));
    Ok(diesel::update(good).set((keys::revoked_at.eq(at), keys::revoke_reason.eq(reason))).execute(conn)?)
}

pub(super) fn reseal(conn: &mut Conn, kid: &str, sealed: &[u8]) -> Result<(), Error> {
    diesel::update(keys::table.find(kid)).set(keys::sealed.eq(sealed)).execute(conn)?;
    Ok(())
}

pub(super) fn data_key(conn: &mut Conn) -> Result<Option<Vec<u8>>, Error> {
    Ok(data_keys::table.find("personal").select(data_keys::sealed).get_result(conn).optional()?)
}

pub(super) fn insert_data_key(conn: &mut Conn, sealed: &[u8], now: i64) -> Result<(), Error> {
    let row = (data_keys::name.eq("personal"), data_keys::sealed.eq(sealed), data_keys::created_at.eq(now));
    diesel::insert_into(data_keys::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn reseal_data_key(conn: &mut Conn, sealed: &[u8]) -> Result<(), Error> {
    diesel::update(data_keys::table.find("personal")).set(data_keys::sealed.eq(sealed)).execute(conn)?;
    Ok(())
}
