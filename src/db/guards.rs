//! The guards: triggers that keep history append-only. Making a trigger locks its table against every writer, and commands run beside a
//! working server, so the guards are made anew only where the database does not have them as this program last made them.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use sha2::{Digest, Sha256};

use super::schema::revisions;
use super::{Conn, transact};
use crate::error::{Error, Fault};
use crate::on_backend;

const SQLITE: &str = include_str!("../../migrations/guards_sqlite.sql");
const POSTGRES: &str = include_str!("../../migrations/guards_postgres.sql");

/// Every trigger as the database has it, in order of name; one that was disabled reads differently.
const FOUND_SQLITE: &str = "SELECT sql AS text FROM sqlite_master WHERE type = 'trigger' ORDER BY name";
const FOUND_POSTGRES: &str = "SELECT concat(t.tgenabled, ' ', pg_get_triggerdef(t.oid), ' ', pg_get_functiondef(t.tgfoid)) AS text \
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::text::regnamespace ORDER BY t.tgname, c.relname";

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Makes the guards, unless they are there as this program makes them.
pub(super) fn ensure(conn: &mut Conn) -> Result<(), Fault> {
    if is_in_force(conn).map_err(Error::into_fault)? {
        return Ok(());
    }
    // Of a server at work and this command, the database may pick this one to end a deadlock: it is tried again.
    transact(conn, &|conn| {
        conn.batch_execute(match conn {
            Conn::Sqlite(_) => SQLITE,
            Conn::Postgres(_) => POSTGRES,
        })?;
        let mark = mark(conn)?;
        Ok(conn
            .batch_execute(&format!("INSERT INTO revisions (name, n) VALUES ('guards', {mark}) ON CONFLICT (name) DO UPDATE SET n = excluded.n"))?)
    })
    .map_err(Error::into_fault)
}

fn is_in_force(conn: &mut Conn) -> Result<bool, Error> {
    let made: Option<i64> = revisions::table.find("guards").select(revisions::n).get_result(conn).optional()?;
    Ok(made.is_some() && made == Some(mark(conn)?))
}

/// The mark that is left behind when they are made: 63 bits of the SHA-256 of what this program would make and what the database has.
fn mark(conn: &mut Conn) -> Result<i64, Error> {
    let (wanted, found) = match conn {
        Conn::Sqlite(_) => (SQLITE, FOUND_SQLITE),
        Conn::Postgres(_) => (POSTGRES, FOUND_POSTGRES),
    };
    let mut hash = Sha256::new_with_prefix(wanted);
    for trigger in on_backend!(conn, c => diesel::sql_query(found).load::<Trigger>(c))? {
        hash.update([0]);
        hash.update(trigger.text);
    }
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hash.finalize());
    Ok(i64::from_be_bytes([a, b, c, d, e, f, g, h]) & i64::MAX)
}
