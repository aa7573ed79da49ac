//! The tables of waivers and kept decisions.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{recognition_decisions as decisions, waivers};
use crate::error::Error;
use crate::on_backend;

/// A waiver as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = waivers, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0013_recognition")]
pub struct WaiverRow {
    pub id: String,
    pub digest: String,
    pub subject: String,
    pub document: String,
    pub signed_at: i64,
    pub signed_by: String,
}

/// A decision that was kept.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0013_recognition")]
pub struct DecisionRow {
    pub id: String,
    pub digest: String,
    pub decision: Vec<u8>,
    pub document: String,
    pub kept_at: i64,
    pub kept_by: String,
}

pub(super) fn insert_waiver(conn: &mut Conn, row: &WaiverRow) -> Result<(), Error> {
    diesel::insert_into(waivers::table).values(row).execute(conn)?;
    Ok(())
}

/// Waivers for any of these cases, in order of signing.
pub(super) fn waivers_for(conn: &mut Conn, subjects: &[String]) -> Result<Vec<WaiverRow>, Error> {
    let mine = waivers::table.filter(waivers::subject.eq_any(subjects)).order(waivers::id);
    Ok(mine.select(WaiverRow::as_select()).load(conn)?)
}

/// Waivers of these digests, in order of signing.
pub(super) fn waivers_named(conn: &mut Conn, digests: &[String]) -> Result<Vec<WaiverRow>, Error> {
    let named = waivers::table.filter(waivers::digest.eq_any(digests)).order(waivers::id);
    Ok(named.select(WaiverRow::as_select()).load(conn)?)
}

/// Waivers after the id `after`, at most `limit` and one, in order of signing.
pub(super) fn waivers_page(conn: &mut Conn, subject: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<WaiverRow>, Error> {
    let mut query = waivers::table.select(WaiverRow::as_select()).order(waivers::id).limit(limit + 1).into_boxed();
    query = query.filter(waivers::id.gt(after.unwrap_or("").to_owned()));
    if let Some(subject) = subject {
        query = query.filter(waivers::subject.eq(subject.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Keeps a decision; false where it was kept before.
pub(super) fn keep(conn: &mut Conn, row: &DecisionRow) -> Result<bool, Error> {
    let insert = diesel::insert_into(decisions::table).values(row).on_conflict(decisions::digest).do_nothing();
    Ok(on_backend!(conn, c => insert.execute(c))? == 1)
}

/// A decision by the digest of its bytes.
pub(super) fn decision(conn: &mut Conn, digest: &str) -> Result<Option<DecisionRow>, Error> {
    Ok(decisions::table.filter(decisions::digest.eq(digest)).select(DecisionRow::as_select()).get_result(conn).optional()?)
}
