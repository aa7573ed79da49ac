//! Accounts by what another region calls them.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::bulk_row;
use crate::db::schema::{subject_commits as commits, subject_salts as salts};
use crate::db::{Bulk, Conn};
use crate::error::Error;

/// How far accounts were looked at under a salt.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = salts, treat_none_as_default_value = false)]
pub struct SaltRow {
    pub salt: String,
    pub peer: String,
    pub through: String,
}

/// What an account is called under a salt.
pub struct Commit {
    pub salt: String,
    pub commitment: String,
    pub learner_id: String,
}

bulk_row!(Commit => "subject_commits" { salt, commitment, learner_id });

pub fn salt(conn: &mut Conn, salt: &str) -> Result<Option<SaltRow>, Error> {
    Ok(salts::table.find(salt).get_result(conn).optional()?)
}

pub fn count_salts(conn: &mut Conn, peer: &str) -> Result<i64, Error> {
    Ok(salts::table.filter(salts::peer.eq(peer)).count().get_result(conn)?)
}

pub fn insert_salt(conn: &mut Conn, row: &SaltRow) -> Result<(), Error> {
    diesel::insert_into(salts::table).values(row).execute(conn)?;
    Ok(())
}

/// Every account until `through` was looked at.
pub fn move_on(conn: &mut Conn, salt: &str, through: &str) -> Result<(), Error> {
    diesel::update(salts::table.find(salt)).set(salts::through.eq(through)).execute(conn)?;
    Ok(())
}

/// Accounts after one that are called something under a salt already.
pub fn commits_of(conn: &mut Conn, salt: &str, after: &str) -> Result<HashSet<String>, Error> {
    let named: Vec<String> =
        commits::table.filter(commits::salt.eq(salt).and(commits::learner_id.gt(after))).select(commits::learner_id).load(conn)?;
    Ok(named.into_iter().collect())
}

pub fn insert_commits(conn: &mut Conn, rows: Vec<Commit>) -> Result<(), Error> {
    let mut bulk = Bulk::default();
    rows.into_iter().for_each(|row| bulk.add(row));
    bulk.write(conn)
}

/// The account of a commitment.
pub fn found(conn: &mut Conn, salt: &str, commitment: &str) -> Result<Option<String>, Error> {
    Ok(commits::table.find((salt, commitment)).select(commits::learner_id).get_result(conn).optional()?)
}

/// What these accounts are called under the salts of other regions: (region, salt, commitment, account).
pub fn names_of(conn: &mut Conn, family: &[String]) -> Result<Vec<(String, String, String, String)>, Error> {
    let own = commits::table.inner_join(salts::table.on(salts::salt.eq(commits::salt))).filter(commits::learner_id.eq_any(family));
    let named = own.order((salts::peer, commits::salt, commits::commitment));
    Ok(named.select((salts::peer, commits::salt, commits::commitment, commits::learner_id)).load(conn)?)
}
