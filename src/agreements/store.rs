//! The tables of agreements.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{agreement_notices as notices, agreement_publications as publications, agreement_signatures as signatures, agreements};
use crate::error::Error;

/// An agreement as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = agreements, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0012_agreements")]
pub struct Row {
    pub id: String,
    pub digest: String,
    pub urn: String,
    pub version: i64,
    pub document: String,
    pub received_at: i64,
    pub received_by: String,
}

/// The consent of a party as it is stored.
#[derive(Clone, Insertable)]
#[diesel(table_name = signatures, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0012_agreements")]
pub struct Signature {
    pub id: String,
    pub digest: String,
    pub region: String,
    pub at: i64,
    pub document: String,
    pub actor: String,
}

/// The notice of a party as it is stored.
#[derive(Clone, Insertable)]
#[diesel(table_name = notices, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0012_agreements")]
pub struct NoticeRow {
    pub id: String,
    pub digest: String,
    pub region: String,
    pub at: i64,
    pub effective: String,
    pub document: String,
    pub actor: String,
}

/// That an agreement is passed on, as it is stored.
#[derive(Clone, Insertable)]
#[diesel(table_name = publications, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0012_agreements")]
pub struct Publication {
    pub id: String,
    pub digest: String,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(agreements::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn insert_signature(conn: &mut Conn, row: &Signature) -> Result<(), Error> {
    diesel::insert_into(signatures::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn insert_notice(conn: &mut Conn, row: &NoticeRow) -> Result<(), Error> {
    diesel::insert_into(notices::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn insert_publication(conn: &mut Conn, row: &Publication) -> Result<(), Error> {
    diesel::insert_into(publications::table).values(row).execute(conn)?;
    Ok(())
}

/// The agreement of a digest.
pub(super) fn find(conn: &mut Conn, digest: &str) -> Result<Option<Row>, Error> {
    Ok(agreements::table.filter(agreements::digest.eq(digest)).select(Row::as_select()).get_result(conn).optional()?)
}

/// Every version of an agreement, the first first.
pub(super) fn versions(conn: &mut Conn, urn: &str) -> Result<Vec<Row>, Error> {
    Ok(agreements::table.filter(agreements::urn.eq(urn)).order(agreements::version).select(Row::as_select()).load(conn)?)
}

/// Agreements after the one with the id `after`, oldest first, at most `limit` and one.
pub(super) fn page(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let all = agreements::table.filter(agreements::id.gt(after.unwrap_or_default()));
    Ok(all.order(agreements::id).limit(limit + 1).select(Row::as_select()).load(conn)?)
}

/// How many there are.
pub(super) fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(agreements::table.count().get_result(conn)?)
}

/// What the parties of an agreement signed, in the order of regions.
pub(super) fn signatures_of(conn: &mut Conn, digest: &str) -> Result<Vec<String>, Error> {
    Ok(signatures::table.filter(signatures::digest.eq(digest)).order(signatures::region).select(signatures::document).load(conn)?)
}

/// The notices of an agreement, in the order of their times.
pub(super) fn notices_of(conn: &mut Conn, digest: &str) -> Result<Vec<String>, Error> {
    let mine = notices::table.filter(notices::digest.eq(digest)).order((notices::at, notices::region));
    Ok(mine.select(notices::document).load(conn)?)
}

/// The notice that a region gave.
pub(super) fn notice_of(conn: &mut Conn, digest: &str, region: &str) -> Result<Option<String>, Error> {
    let mine = notices::table.filter(notices::digest.eq(digest).and(notices::region.eq(region)));
    Ok(mine.select(notices::document).get_result(conn).optional()?)
}

/// The signature that a region gave.
pub(super) fn signature_of(conn: &mut Conn, digest: &str, region: &str) -> Result<Option<String>, Error> {
    let mine = signatures::table.filter(signatures::digest.eq(digest).and(signatures::region.eq(region)));
    Ok(mine.select(signatures::document).get_result(conn).optional()?)
}

/// Every version of the agreements of which one is published, by digest.
pub(super) fn published(conn: &mut Conn) -> Result<Vec<Row>, Error> {
    let named = agreements::digest.eq_any(publications::table.select(publications::digest));
    let urns: Vec<String> = agreements::table.filter(named).select(agreements::urn).distinct().load(conn)?;
    Ok(agreements::table.filter(agreements::urn.eq_any(urns)).order(agreements::digest).select(Row::as_select()).load(conn)?)
}

/// When an agreement was published.
pub(super) fn published_at(conn: &mut Conn, digest: &str) -> Result<Option<i64>, Error> {
    Ok(publications::table.filter(publications::digest.eq(digest)).select(publications::at).get_result(conn).optional()?)
}
