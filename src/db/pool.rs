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

/// Opens a pool. The first connection is made directly, because the enum would only say "invalid connection url".
pub(super) fn open(url: &str, kind: Kind, size: u32) -> Result<Pool, Fault> {
    match kind {
        Kind::Postgres => drop(PgConnection::establish(url).map_err(|e| Fault::text(format!("cannot connect to PostgreSQL: {e}")))?),
        Kind::Sqlite => drop(SqliteConnection::establish(url).map_err(|e| Fault::text(format!("cannot open the SQLite file {url}: {e}")))?),
    }
    diesel::r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(WAIT)
        .test_on_check_out(kind == Kind::Postgres)
        .connection_customizer(Box::new(Settings))
        .build(ConnectionManager::new(url))
        .map(Pool)
        .map_err(|e| Fault::text(format!("cannot open the database: {e}")))
}

/// What each new connection is told before it is used.
#[derive(Debug)]
struct Settings;

const SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                      PRAGMA cache_size = -16384;";
const POSTGRES: &str = "SET client_encoding TO 'UTF8'; SET statement_timeout TO '60s'; SET lock_timeout TO '20s'; \
                        SET idle_in_transaction_session_timeout TO '60s';";

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        let sql = match conn {
            Conn::Sqlite(_) => SQLITE,
            Conn::Postgres(_) => POSTGRES,
        };
        conn.batch_execute(sql).map_err(diesel::r2d2::Error::QueryError)
    }
}
