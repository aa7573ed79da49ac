//! Connection pools: settings that every connection gets, and honest words when there is none.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, PooledConnection};
use diesel::{Connection, PgConnection, SqliteConnection};

use super::{Conn, Kind};
use crate::error::Fault;

/// How long a request waits for a connection: longer than a database's fail-over takes to be noticed, shorter than a client's patience.
const WAIT: Duration = Duration::from_secs(15);

/// A pool of connections to one database.
#[derive(Clone)]
pub struct Pool(diesel::r2d2::Pool<ConnectionManager<Conn>>);

impl Pool {
    /// A tested connection.
    ///
    /// # Errors
    /// A fault when none is free or none can be opened in time.
    pub fn get(&self) -> Result<PooledConnection<ConnectionManager<Conn>>, Fault> {
        self.0.get().map_err(|e| Fault::unavailable(format!("no database connection: {e}")))
    }

    pub(super) fn state(&self) -> diesel::r2d2::State {
        self.0.state()
    }
}

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everything.
    Full,
    /// Nothing that changes a row.
    ReadOnly,
}

/// Opens a pool. The first connection is made directly, because the enum would only say "invalid connection url".
pub(super) fn open(url: &str, kind: Kind, size: u32, access: Access) -> Result<Pool, Fault> {
    match kind {
        Kind::Postgres => drop(PgConnection::establish(url).map_err(|e| Fault::text(format!("cannot connect to PostgreSQL: {e}")))?),
        Kind::Sqlite => drop(SqliteConnection::establish(url).map_err(|e| Fault::text(format!("cannot open the SQLite file {url}: {e}")))?),
    }
    diesel::r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(WAIT)
        .test_on_check_out(kind == Kind::Postgres)
        .connection_customizer(Box::new(access))
        .build(ConnectionManager::new(url))
        .map(Pool)
        .map_err(|e| Fault::text(format!("cannot open the database: {e}")))
}

const SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                      PRAGMA cache_size = -16384;";
const SQLITE_READ_ONLY: &str = "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;";
const POSTGRES: &str = "SET client_encoding TO 'UTF8'; SET statement_timeout TO '60s'; SET lock_timeout TO '20s'; \
                        SET idle_in_transaction_session_timeout TO '60s';";
const POSTGRES_READ_ONLY: &str = "SET default_transaction_read_only TO on;";

/// What each new connection is told before it is used.
impl CustomizeConnection<Conn, diesel::r2d2::Error> for Access {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        let texts: &[&str] = match (&*conn, self) {
            (Conn::Sqlite(_), Access::Full) => &[SQLITE],
            (Conn::Sqlite(_), Access::ReadOnly) => &[SQLITE_READ_ONLY],
            (Conn::Postgres(_), Access::Full) => &[POSTGRES],
            (Conn::Postgres(_), Access::ReadOnly) => &[POSTGRES, POSTGRES_READ_ONLY],
        };
        let sql = texts.concat();
        conn.batch_execute(&sql).map_err(diesel::r2d2::Error::QueryError)
    }
}
