//! The tables of partners.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{partner_events, partner_parts, partners};
use crate::error::Error;
use crate::on_backend;

/// A partner as it is stored; the columns are explained in the migration.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = partners, primary_key(region), treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub region: String,
    pub url: String,
    pub key: String,
    pub pin: String,
    pub pinned_at: i64,
    pub manifest: Option<String>,
    pub epoch: Option<i64>,
    pub seq: Option<i64>,
    pub etag: Option<String>,
    pub fetched_at: Option<i64>,
    pub next_at: i64,
    pub failures: i64,
    pub error: Option<String>,
    pub error_detail: Option<String>,
    pub alarm: Option<String>,
    pub claim: String,
    pub claimed_until: i64,
}

/// What happened with a partner.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = partner_events, treat_none_as_default_value = false)]
pub(super) struct Event {
    pub id: String,
    pub region: String,
    pub kind: String,
    pub code: Option<String>,
    pub at: i64,
    pub document: String,
}

pub(super) fn all(conn: &mut Conn) -> Result<Vec<Row>, Error> {
    Ok(partners::table.order(partners::region).load(conn)?)
}

pub(super) fn find(conn: &mut Conn, region: &str) -> Result<Option<Row>, Error> {
    Ok(partners::table.find(region).get_result(conn).optional()?)
}

pub(super) fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(partners::table.count().get_result(conn)?)
}

/// How many have an alarm that stands.
pub(super) fn count_alarms(conn: &mut Conn) -> Result<i64, Error> {
    Ok(partners::table.filter(partners::alarm.is_not_null()).count().get_result(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(partners::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes every column.
pub(super) fn update(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::update(partners::table.find(&row.region)).set(row).execute(conn)?;
    Ok(())
}

pub(super) fn delete(conn: &mut Conn, region: &str) -> Result<(), Error> {
    diesel::delete(partner_parts::table.filter(partner_parts::region.eq(region))).execute(conn)?;
    diesel::delete(partners::table.find(region)).execute(conn)?;
    Ok(())
}

/// Regions whose time has come and whom nobody is asking.
pub(super) fn due(conn: &mut Conn, now: i64) -> Result<Vec<String>, Error> {
    let open = partners::table.filter(partners::next_at.le(now).and(partners::claimed_until.le(now)));
    Ok(open.select(partners::region).order(partners::next_at).load(conn)?)
}

/// Takes the turn to ask a partner, if nobody else has it; when `only_due`, if its time has come too.
pub(super) fn claim(conn: &mut Conn, region: &str, claim: &str, now: i64, until: i64, only_due: bool) -> Result<bool, Error> {
    let due_before = if only_due { now } else { i64::MAX };
    let open = partners::table.find(region).filter(partners::claimed_until.le(now).and(partners::next_at.le(due_before)));
    let taken = diesel::update(open).set((partners::claim.eq(claim), partners::claimed_until.eq(until))).execute(conn)?;
    Ok(taken == 1)
}

/// Takes the turn from whoever has it, and with it the lock on the row until the transaction ends.
pub(super) fn take(conn: &mut Conn, region: &str) -> Result<(), Error> {
    diesel::update(partners::table.find(region)).set((partners::claim.eq(""), partners::claimed_until.eq(0))).execute(conn)?;
    Ok(())
}

/// Gives the turn back; false where it was lost meanwhile.
pub(super) fn release(conn: &mut Conn, region: &str, claim: &str) -> Result<bool, Error> {
    let mine = partners::table.find(region).filter(partners::claim.eq(claim));
    Ok(diesel::update(mine).set((partners::claim.eq(""), partners::claimed_until.eq(0))).execute(conn)? == 1)
}

/// (digest of the text, gzip stream) of every part of a partner.
pub(super) fn parts(conn: &mut Conn, region: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mine = partner_parts::table.filter(partner_parts::region.eq(region));
    Ok(mine.select((partner_parts::sha256, partner_parts::body)).load(conn)?)
}

pub(super) fn part_names(conn: &mut Conn, region: &str) -> Result<Vec<String>, Error> {
    Ok(partner_parts::table.filter(partner_parts::region.eq(region)).select(partner_parts::sha256).load(conn)?)
}

pub(super) fn insert_part(conn: &mut Conn, region: &str, sha256: &str, body: &[u8]) -> Result<(), Error> {
    let row = (partner_parts::region.eq(region), partner_parts::sha256.eq(sha256), partner_parts::body.eq(body));
    on_backend!(conn, c => diesel::insert_into(partner_parts::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Deletes the parts whose digests are not in `kept`.
pub(super) fn delete_other_parts(conn: &mut Conn, region: &str, kept: &[String]) -> Result<(), Error> {
    let others = partner_parts::table.filter(partner_parts::region.eq(region).and(partner_parts::sha256.ne_all(kept)));
    diesel::delete(others).execute(conn)?;
    Ok(())
}

pub(super) fn record(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(partner_events::table).values(event).execute(conn)?;
    Ok(())
}

pub(super) fn event(conn: &mut Conn, id: &str) -> Result<Option<Event>, Error> {
    Ok(partner_events::table.find(id).get_result(conn).optional()?)
}
