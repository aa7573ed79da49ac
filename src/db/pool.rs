//! Connection pools: settings that every connection gets, and honest words when there is none.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, ManageConnection};
use diesel::{Connection, PgConnection, SqliteConnection};

use super::{Conn, Kind};
use crate::error::Fault;

/// How long a request waits for a connection: longer than a database's fail-over takes to be noticed, shorter than a client's patience.
const WAIT: Duration = Duration::from_secs(15);

/// For how long a connection that was tested is taken to be good: under load each use would else cost a round trip more.
const TRUSTED: Duration = Duration::from_secs(1);

/// A pool of connections to one database.
#[derive(Clone)]
pub struct Pool(diesel::r2d2::Pool<Manager>);

impl Pool {
    /// A tested connection.
    ///
    /// # Errors
    /// A fault when none is free or none can be opened in time.
    pub fn get(&self) -> Result<impl DerefMut<Target = Conn> + use<>, Fault> {
        self.0.get().map(Taken).map_err(|e| Fault::unavailable(format!("no database connection: {e}")))
    }

    pub(super) fn state(&self) -> diesel::r2d2::State {
        self.0.state()
    }
}

/// Makes connections, and tests them.
struct Manager(ConnectionManager<Conn>);

/// A connection of the pool.
struct Pooled {
    conn: Conn,
    tested: Instant,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        Ok(Pooled { conn: self.0.connect()?, tested: Instant::now() })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        if pooled.tested.elapsed() >= TRUSTED {
            self.0.is_valid(&mut pooled.conn)?;
            pooled.tested = Instant::now();
        }
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        self.0.has_broken(&mut pooled.conn)
    }
}

/// A connection in use; it goes back to its pool when dropped.
struct Taken(diesel::r2d2::PooledConnection<Manager>);

impl Deref for Taken {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0.conn
    }
}

impl DerefMut for Taken {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0.conn
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
        .build(Manager(ConnectionManager::new(url)))
        .map(Pool)
        .map_err(|e| Fault::text(format!("cannot open the database: {e}")))
}

pub(super) const SQLITE: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                      PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 64000; PRAGMA temp_store = MEMORY;";
const SQLITE_READ_ONLY: &str = "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;";
const POSTGRES: &str = "SET client_encoding TO 'UTF8'; SET statement_timeout TO '60s'; SET lock_timeout TO '20s'; \
                        SET idle_in_transaction_session_timeout TO '60s';";
const POSTGRES_READ_ONLY: &str = "SET default_transaction_read_only TO on;";

/// What each new connection is told before it is used.
impl CustomizeConnection<Pooled, diesel::r2d2::Error> for Access {
    fn on_acquire(&self, pooled: &mut Pooled) -> Result<(), diesel::r2d2::Error> {
        let texts: &[&str] = match (&pooled.conn, self) {
            (Conn::Sqlite(_), Access::Full) => &[SQLITE],
            (Conn::Sqlite(_), Access::ReadOnly) => &[SQLITE_READ_ONLY],
            (Conn::Postgres(_), Access::Full) => &[POSTGRES],
            (Conn::Postgres(_), Access::ReadOnly) => &[POSTGRES, POSTGRES_READ_ONLY],
        };
        let sql = texts.concat();
        pooled.conn.batch_execute(&sql).map_err(diesel::r2d2::Error::QueryError)
    }
}
