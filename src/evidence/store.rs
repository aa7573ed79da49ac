//! The evidence table.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};

use super::Kind;
use crate::db::Conn;
use crate::db::schema::evidence;
use crate::error::Error;
use crate::on_backend;

/// One row as it is stored.
#[derive(Queryable, Debug)]
pub struct Row {
    /// Position; rises by at least one.
    pub seq: i64,
    /// [`Kind::as_str`]
    pub kind: String,
    /// Unix seconds.
    pub at: i64,
    /// The row that keeps the document.
    pub subject: String,
    /// 32 random bytes.
    pub salt: Vec<u8>,
    /// 32 bytes.
    pub commitment: Vec<u8>,
}

/// SQLite has one writer, so the next number is the highest and one. PostgreSQL has many, so a sequence hands them out.
const NEXT_SQLITE: &str = "INSERT INTO evidence (seq, kind, at, subject, salt, commitment) \
                           SELECT COALESCE(MAX(seq), 0) + 1, ?, ?, ?, ?, ? FROM evidence";
const NEXT_POSTGRES: &str = "INSERT INTO evidence (seq, kind, at, subject, salt, commitment) VALUES (nextval('evidence_seq'), $1, $2, $3, $4, $5)";

pub(super) fn append(conn: &mut Conn, kind: Kind, at: i64, subject: &str, salt: &[u8], commitment: &[u8]) -> Result<(), Error> {
    let sql = match conn {
        Conn::Sqlite(_) => NEXT_SQLITE,
        Conn::Postgres(_) => NEXT_POSTGRES,
    };
    on_backend!(conn, c => diesel::sql_query(sql)
        .bind::<Text, _>(kind.as_str())
        .bind::<BigInt, _>(at)
        .bind::<Text, _>(subject)
        .bind::<Binary, _>(salt)
        .bind::<Binary, _>(commitment)
        .execute(c))?;
    Ok(())
}

/// Rows after `after`, in order, at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn page(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Row>, Error> {
    Ok(evidence::table.filter(evidence::seq.gt(after)).order(evidence::seq).limit(limit).load(conn)?)
}
