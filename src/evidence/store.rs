//! The evidence table.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

use super::Kind;
use crate::db::schema::evidence;
use crate::db::{Conn, Numbered};
use crate::error::Error;
use crate::{bulk_row, on_backend};

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
const SEQ: Numbered = Numbered { column: "seq", postgres: "nextval('evidence_seq')", sqlite: "(SELECT COALESCE(MAX(seq), 0) + 1 FROM evidence)" };

/// A row that is not yet numbered.
pub(super) struct New {
    pub kind: String,
    pub at: i64,
    pub subject: String,
    pub salt: Vec<u8>,
    pub commitment: Vec<u8>,
}
bulk_row!(New => "evidence" { kind, at, subject, salt, commitment }, numbered SEQ);

/// Rows after `after`, in order, at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn page(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Row>, Error> {
    Ok(evidence::table.filter(evidence::seq.gt(after)).order(evidence::seq).limit(limit).load(conn)?)
}

/// A row beside the document that it commits to.
#[derive(QueryableByName, Debug)]
pub(super) struct WithDocument {
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Binary)]
    pub salt: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub commitment: Vec<u8>,
    #[diesel(sql_type = Nullable<Text>)]
    pub document: Option<String>,
}

/// Rows of a kind after `after`, in order, at most `limit`, each with its document. Table and column are names of ours, never input.
pub(super) fn with_documents(conn: &mut Conn, kind: Kind, after: i64, limit: i64) -> Result<Vec<WithDocument>, Error> {
    let (table, column) = kind.documents();
    let [kind_is, seq_is, limit_is] = match conn {
        Conn::Sqlite(_) => ["?", "?", "?"],
        Conn::Postgres(_) => ["$1", "$2", "$3"],
    };
    let sql = format!(
        "SELECT e.seq, e.subject, e.salt, e.commitment, d.{column} AS document FROM evidence e LEFT JOIN {table} d ON d.id = e.subject \
         WHERE e.kind = {kind_is} AND e.seq > {seq_is} ORDER BY e.seq LIMIT {limit_is}"
    );
    let rows = on_backend!(conn, c => diesel::sql_query(sql)
        .bind::<Text, _>(kind.as_str())
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(limit)
        .load(c))?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Text)]
    id: String,
}

/// The first document of a kind without evidence of that kind.
pub(super) fn first_without_evidence(conn: &mut Conn, kind: Kind) -> Result<Option<String>, Error> {
    let (table, _) = kind.documents();
    let sql = format!(
        "SELECT id FROM {table} d WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e.subject = d.id AND e.kind = '{}') ORDER BY id LIMIT 1",
        kind.as_str()
    );
    let found: Option<Id> = on_backend!(conn, c => diesel::sql_query(sql).get_result(c).optional())?;
    Ok(found.map(|row| row.id))
}

/// The number of the first row of a kind that this program does not know.
pub(super) fn first_unknown(conn: &mut Conn) -> Result<Option<i64>, Error> {
    let unknown = evidence::table.filter(evidence::kind.ne_all(Kind::ALL.map(Kind::as_str)));
    Ok(unknown.select(evidence::seq).order(evidence::seq).first(conn).optional()?)
}

/// How many rows there are.
pub(super) fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(evidence::table.count().get_result(conn)?)
}
