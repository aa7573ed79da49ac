//! One store for two databases: SQLite where one machine is enough, PostgreSQL where it is not.
//!
//! Everything that touches diesel is here or in a slice's `store.rs`. Work runs on blocking threads, never more at a time than there
//! are connections, so that waiting for a connection never fills the thread pool.

mod bulk;
mod checkpoint;
mod condition;
mod conn;
mod counts;
mod group;
mod guards;
mod kept;
mod migrate;
mod pool;
pub mod schema;

use std::path::Path;
use std::sync::Arc;

use diesel::Connection;
use tokio::sync::Semaphore;

use crate::error::{Error, Fault};
pub use bulk::{Bulk, BulkRow, Cell, Numbered};
use checkpoint::Checkpointer;
pub use condition::{Column, Condition};
pub use conn::Conn;
use counts::Counts;
use group::Group;
pub use kept::Kept;
pub use migrate::{Migrated, is_current, migrate};
use pool::{Access, Pool};

/// IMMEDIATE takes the writer's lock at once; a transaction that read first and wrote later could not be upgraded.
const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";
/// How often a transaction is tried again after a deadlock or a serialisation failure.
const TRIES: u32 = 5;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool,
    writers: Pool,
    read_permits: Arc<Semaphore>,
    write_permits: Arc<Semaphore>,
    counts: Arc<Counts>,
    group: Option<Group>,
    kind: Kind,
}

/// Which database a URL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `postgres://` or `postgresql://`
    Postgres,
    /// Everything else: a path.
    Sqlite,
}

impl Kind {
    /// The database that `url` names.
    pub fn of(url: &str) -> Kind {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") { Kind::Postgres } else { Kind::Sqlite }
    }
}

impl Db {
    /// Opens pools on `url`, a `postgres://` URL or a path of an SQLite file, with at most `size` connections (SQLite: readers; it has one writer).
    /// On SQLite at most `group` transactions that wait for the writer share a commit; PostgreSQL shares them by itself.
    ///
    /// # Errors
    /// A fault that says in plain words why the database cannot be reached.
    pub fn open(url: &str, size: u32, group: u32) -> Result<Db, Fault> {
        let kind = Kind::of(url);
        let writers = match kind {
            Kind::Postgres => size,
            Kind::Sqlite => 1,
        };
        let write_pool = pool::open(url, kind, writers, Access::Full)?;
        let read_pool = match kind {
            Kind::Postgres => write_pool.clone(),
            Kind::Sqlite => pool::open(url, kind, size, Access::Full)?,
        };
        let write_permits = Arc::new(Semaphore::new(writers as usize));
        let read_permits = match kind {
            Kind::Postgres => write_permits.clone(),
            Kind::Sqlite => Arc::new(Semaphore::new(size as usize)),
        };
        let counts: Arc<Counts> = Arc::default();
        let group = match kind {
            Kind::Postgres => None,
            Kind::Sqlite => {
                let checkpointer = Checkpointer::start(url, checkpoint::PAGES)?;
                Some(Group::start(write_pool.clone(), group as usize, counts.clone(), checkpointer)?)
            }
        };
        Ok(Db { readers: read_pool, writers: write_pool, read_permits, write_permits, counts, group, kind })
    }

    /// Opens one connection on a database that is there already; no statement on it can change a row. None where there is no such SQLite file:
    /// none is created.
    ///
    /// # Errors
    /// A fault that says in plain words why the database cannot be reached.
    pub fn open_read_only(url: &str) -> Result<Option<Db>, Fault> {
        let kind = Kind::of(url);
        if kind == Kind::Sqlite && !Path::new(url).exists() {
            return Ok(None);
        }
        let pool = pool::open(url, kind, 1, Access::ReadOnly)?;
        let permits = Arc::new(Semaphore::new(1));
        Ok(Some(Db {
            readers: pool.clone(),
            writers: pool,
            read_permits: permits.clone(),
            write_permits: permits,
            counts: Arc::default(),
            group: None,
            kind,
        }))
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Connections in use and in all, for the metrics.
    pub fn pool_state(&self) -> (u32, u32) {
        let (r, w) = (self.readers.state(), self.writers.state());
        match self.kind {
            Kind::Postgres => (w.connections - w.idle_connections, w.connections),
            Kind::Sqlite => (r.connections + w.connections - r.idle_connections - w.idle_connections, r.connections + w.connections),
        }
    }

    /// Runs `f` on a connection for reading.
    ///
    /// # Errors
    /// What `f` returns, or a fault when no connection can be had.
    pub async fn read<T, F>(&self, f: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let permit = self.read_permits.clone().acquire_owned().await.map_err(Fault::new)?;
        let pool = self.readers.clone();
        blocking(move || {
            let _permit = permit;
            f(&mut *pool.get()?)
        })
        .await
    }

    /// Runs `f` on a connection for reading, every statement of it over the same state of the database.
    ///
    /// # Errors
    /// What `f` returns, or a fault.
    pub async fn read_one_state<T, F>(&self, f: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        self.read(move |conn| match conn {
            // A reader of the write-ahead log sees what was there at its first statement.
            Conn::Sqlite(_) => once(conn, "BEGIN", &f),
            Conn::Postgres(_) => once(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", &f),
        })
        .await
    }

    /// Runs `f` in one transaction: all of it is kept, or nothing. After a deadlock `f` runs again, so it must have no other effect.
    ///
    /// # Errors
    /// What `f` returns (and then nothing is kept), or a fault.
    pub async fn write<T, F>(&self, f: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        if let Some(group) = &self.group {
            return group.write(f)?.await.map_err(Fault::new)?;
        }
        let permit = self.write_permits.clone().acquire_owned().await.map_err(Fault::new)?;
        let (pool, counts) = (self.writers.clone(), self.counts.clone());
        blocking(move || {
            let _permit = permit;
            let done = transact(&mut *pool.get()?, &f);
            counts.ended();
            done
        })
        .await
    }

    /// [`Db::write`] for a thread that has no async runtime and takes its turn with all others.
    ///
    /// # Errors
    /// What `f` returns (and then nothing is kept), or a fault.
    pub fn write_in_turn<T, F>(&self, f: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        match &self.group {
            Some(group) => group.write(f)?.blocking_recv().map_err(Fault::new)?,
            None => self.write_now(f),
        }
    }

    /// Runs `f` on a connection without opening a transaction: the one statement by which it writes is one. None where it wrote nothing, and on SQLite,
    /// where everything is written in turn.
    ///
    /// # Errors
    /// What `f` returns, or a fault when no connection can be had.
    pub fn write_by_one<T>(&self, f: impl FnOnce(&mut Conn) -> Result<Option<T>, Error>) -> Result<Option<T>, Error> {
        if self.kind == Kind::Sqlite {
            return Ok(None);
        }
        let done = f(&mut *self.writers.get()?)?;
        if done.is_some() {
            self.counts.ended();
        }
        Ok(done)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// A fault when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        use diesel::connection::SimpleConnection;
        self.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await
    }

    /// [`Db::read`] for a caller that has no async runtime (the command line).
    ///
    /// # Errors
    /// What `f` returns, or a fault.
    pub fn read_now<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
        f(&mut *self.readers.get()?)
    }

    /// [`Db::write`] for a caller that has no async runtime and the database for itself (the command line).
    ///
    /// # Errors
    /// What `f` returns, or a fault.
    pub fn write_now<T>(&self, f: impl Fn(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
        let done = transact(&mut *self.writers.get()?, &f);
        self.counts.ended();
        done
    }

    /// Durable commits of this process.
    pub fn commits(&self) -> u64 {
        self.counts.commits()
    }

    /// Rises with every transaction of this process that raised a revision, before whoever asked for it hears that it was kept: what was read under
    /// revisions before may be old. Issuing raises none, unless it makes a provider's key.
    pub fn changes(&self) -> u64 {
        self.counts.changes()
    }
}

/// Longest id that is looked for, in bytes.
const ID_MAX: usize = 64;

/// Whether `text` may be an id; what is none is not looked for, and PostgreSQL takes no NUL in a text.
pub fn is_id(text: &str) -> bool {
    (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Raises a named revision, inside a transaction, so that every running server learns that what it holds in memory is old.
///
/// # Errors
/// A fault of the database.
pub fn bump(conn: &mut Conn, name: &str) -> Result<(), Error> {
    use diesel::prelude::*;
    use schema::revisions;
    diesel::update(revisions::table.find(name)).set(revisions::n.eq(revisions::n + 1)).execute(conn)?;
    counts::raised();
    Ok(())
}

/// The value of a named revision.
///
/// # Errors
/// A fault of the database.
pub fn revision(conn: &mut Conn, name: &str) -> Result<i64, Error> {
    use diesel::prelude::*;
    Ok(schema::revisions::table.find(name).select(schema::revisions::n).get_result(conn)?)
}

/// The values of named revisions, in one round trip.
///
/// # Errors
/// A fault of the database.
pub fn revisions<const N: usize>(conn: &mut Conn, names: [&str; N]) -> Result<[i64; N], Error> {
    use diesel::prelude::*;
    use schema::revisions;
    // There are fewer than ten, and a statement whose text is always the same stays prepared.
    let all: Vec<(String, i64)> = revisions::table.select((revisions::name, revisions::n)).load(conn)?;
    let mut values = [0; N];
    for (value, name) in values.iter_mut().zip(names) {
        *value = all.iter().find(|(found, _)| found == name).map(|(_, n)| *n).ok_or(diesel::result::Error::NotFound)?;
    }
    Ok(values)
}

/// That named revisions still have these values.
pub fn unchanged<const N: usize>(names: [&str; N], values: [i64; N]) -> Condition {
    let names = names.iter().map(|name| Some((*name).to_owned())).collect();
    Condition {
        with: "",
        so: "NOT EXISTS (SELECT 1 FROM unnest({0}, {1}) AS held (name, n) LEFT JOIN revisions AS r USING (name) WHERE r.n IS DISTINCT FROM held.n)",
        values: vec![Column::Text(names), Column::Number(values.map(Some).to_vec())],
    }
}

/// Runs `f` within a transaction so that, where it is refused, what it wrote is taken back and nothing else.
///
/// # Errors
/// What `f` returns; after a fault the whole transaction has to end.
pub fn apart<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    use diesel::connection::SimpleConnection;
    conn.batch_execute("SAVEPOINT apart")?;
    let done = f(conn);
    match &done {
        Ok(_) => conn.batch_execute("RELEASE SAVEPOINT apart")?,
        Err(Error::Refusal(_)) => conn.batch_execute("ROLLBACK TO SAVEPOINT apart; RELEASE SAVEPOINT apart")?,
        Err(Error::Fault(_)) => {}
    }
    done
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(f).await.map_err(Fault::new)?
}

/// One transaction, tried again a bounded number of times when the database asks for it.
fn transact<T>(conn: &mut Conn, f: &impl Fn(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    let begin = match conn {
        Conn::Sqlite(_) => BEGIN_SQLITE,
        Conn::Postgres(_) => "BEGIN",
    };
    let mut tries = 1;
    loop {
        match once(conn, begin, f) {
            Err(Error::Fault(fault)) if tries < TRIES && fault.is_retryable() => tries += 1,
            other => return other,
        }
    }
}

/// One transaction that `begin` opens.
fn once<T>(conn: &mut Conn, begin: &str, f: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, begin)?,
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, begin)?,
    }
    let done = f(conn);
    let ended = match done {
        Ok(value) => <Conn as Connection>::TransactionManager::commit_transaction(conn).map(|()| value).map_err(Error::from),
        Err(error) => Err(error),
    };
    if ended.is_err() {
        // A commit that failed has often rolled back already, so a complaint here says nothing new; the pool drops a broken connection.
        if let Err(e) = <Conn as Connection>::TransactionManager::rollback_transaction(conn) {
            tracing::debug!(error = %e, "nothing to roll back");
        }
    }
    ended
}
