//! Brings a database to the schema that this program knows, and refuses one that is newer.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db, guards};
use crate::error::Fault;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Lock of PostgreSQL that lets only one server migrate at a time ("hufu" in ASCII).
const ADVISORY_LOCK: i64 = 0x6875_6675;

/// What a migration did.
#[derive(Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Versions that were run just now, in order.
    pub run: Vec<String>,
    /// How many versions the schema has now.
    pub total: usize,
}

/// Runs what is pending, each migration in its own transaction, and sees that the guards (append-only triggers) are there.
///
/// # Errors
/// A fault when the schema is newer than this program, or a statement fails.
pub fn migrate(db: &Db) -> Result<Migrated, Fault> {
    let conn = &mut *db.writers.get()?;
    if let Conn::Sqlite(_) = conn {
        return run(conn);
    }
    conn.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})")).map_err(Fault::new)?;
    let done = run(conn);
    let unlocked = conn.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})")).map_err(Fault::new);
    done.and_then(|migrated| unlocked.map(|()| migrated))
}

fn run(conn: &mut Conn) -> Result<Migrated, Fault> {
    let migrated = match conn {
        Conn::Sqlite(c) => pending::<Sqlite>(c),
        Conn::Postgres(c) => pending::<Pg>(c),
    }?;
    guards::ensure(conn)?;
    Ok(migrated)
}

fn pending<DB: Backend>(conn: &mut impl MigrationHarness<DB>) -> Result<Migrated, Fault>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known = versions(&MigrationSource::<DB>::migrations(&MIGRATIONS).map_err(Fault::boxed)?);
    refuse_newer(&known, &conn.applied_migrations().map_err(Fault::boxed)?)?;
    let run = conn.run_pending_migrations(MIGRATIONS).map_err(Fault::boxed)?;
    Ok(Migrated { run: run.iter().map(ToString::to_string).collect(), total: known.len() })
}

/// Whether a database has exactly the schema of this program; false when it has none at all. Changes nothing.
///
/// # Errors
/// A fault when the schema is newer or older than this program.
pub fn is_current(db: &Db) -> Result<bool, Fault> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let conn = &mut *db.readers.get()?;
    let found = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load::<Applied>(conn);
    let applied: Vec<MigrationVersion<'_>> = match found {
        Ok(rows) => rows.into_iter().map(|row| MigrationVersion::from(row.version)).collect(),
        Err(DieselError::DatabaseError(_, info)) if is_missing_table(info.message()) => return Ok(false),
        Err(e) => return Err(Fault::new(e)),
    };
    let known = versions(&MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(Fault::boxed)?);
    refuse_newer(&known, &applied)?;
    match applied.len() {
        0 => Ok(false),
        n if n < known.len() => Err(Fault::text("the database has the schema of an older version of hufu; run: hufu migrate")),
        _ => Ok(true),
    }
}

/// The words of SQLite and of PostgreSQL.
fn is_missing_table(message: &str) -> bool {
    message.contains("no such table") || message.contains("does not exist")
}

fn versions<DB: Backend>(migrations: &[Box<dyn Migration<DB>>]) -> BTreeSet<String> {
    migrations.iter().map(|m| m.name().version().to_string()).collect()
}

fn refuse_newer(known: &BTreeSet<String>, applied: &[MigrationVersion<'_>]) -> Result<(), Fault> {
    let unknown: Vec<String> = applied.iter().map(ToString::to_string).filter(|v| !known.contains(v)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Fault::text(format!(
        "the database was made by a newer version of hufu: it has migration {} that this program does not know; start the newer program",
        unknown.join(", ")
    )))
}
