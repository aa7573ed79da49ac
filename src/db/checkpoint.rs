//! On SQLite, what was committed is written from the write-ahead log on into the file by a thread of its own, while the writer goes on.
//!
//! Only the last pages of a long log are left to the writer: a log begins again when all of it is in the file, which it never is while somebody writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use super::Conn;
use super::pool::SQLITE;
use crate::error::{Error, Fault};

/// Pages that gather in the log before they are written into the file.
pub(super) const PAGES: i32 = 16_000;
/// How often the log is looked at while somebody writes.
const PAUSE: Duration = Duration::from_millis(200);

/// The thread; it ends when this is gone.
pub(super) struct Checkpointer {
    committed: SyncSender<()>,
    is_nearly_done: Arc<AtomicBool>,
}

/// The state of the log, in pages; both -1 where there is none.
#[derive(QueryableByName)]
struct Log {
    #[diesel(sql_type = Integer)]
    log: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Checkpointer {
    /// Starts it for the file at `path`.
    ///
    /// # Errors
    /// A fault when no thread can be started.
    pub(super) fn start(path: &str, pages: i32) -> Result<Checkpointer, Fault> {
        let (committed, woken) = sync_channel(1);
        let (path, is_nearly_done) = (path.to_owned(), Arc::new(AtomicBool::new(false)));
        let ready = is_nearly_done.clone();
        let work = move || write_on(&path, pages, &woken, &ready);
        std::thread::Builder::new().name("checkpointer".to_owned()).spawn(work).map_err(Fault::new)?;
        Ok(Checkpointer { committed, is_nearly_done })
    }

    /// Says that something was committed on `conn`, the writer's, and writes the last pages where the others are written.
    pub(super) fn committed(&self, conn: &mut Conn) {
        // Where it is full, it is woken already.
        let _ = self.committed.try_send(());
        if self.is_nearly_done.swap(false, Ordering::Acquire)
            && let Err(error) = conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
        {
            tracing::warn!(%error, "the end of the write-ahead log was not written into the file; it will be tried again");
        }
    }
}

fn write_on(path: &str, pages: i32, woken: &Receiver<()>, is_nearly_done: &Arc<AtomicBool>) {
    let mut conn = None;
    while woken.recv().is_ok() {
        std::thread::sleep(PAUSE);
        // Whoever closes the last connection writes the log into the file.
        if Arc::strong_count(is_nearly_done) == 1 {
            return;
        }
        match round(path, &mut conn, pages) {
            Ok(done) => is_nearly_done.store(done, Ordering::Release),
            Err(error) => {
                let error = error.into_fault();
                tracing::warn!(%error, "the write-ahead log was not written into the file; it will be tried again");
                conn = None;
            }
        }
    }
}

/// Writes the log into the file where it is long; whether it did, so that the writer has the rest of it to write.
fn round(path: &str, conn: &mut Option<SqliteConnection>, pages: i32) -> Result<bool, Error> {
    let conn = match conn {
        Some(conn) => conn,
        None => {
            let mut opened = SqliteConnection::establish(path).map_err(Fault::new)?;
            opened.batch_execute(SQLITE)?;
            conn.insert(opened)
        }
    };
    let before = checkpoint(conn, "NOOP")?;
    if before.log - before.checkpointed < pages {
        return Ok(false);
    }
    // What was committed meanwhile is not in the file, and is not counted either.
    checkpoint(conn, "PASSIVE")?;
    Ok(true)
}

fn checkpoint(conn: &mut SqliteConnection, mode: &str) -> QueryResult<Log> {
    diesel::sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_somebody_always_writes_to_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute(SQLITE).unwrap();
        conn.batch_execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE blobs (blob BLOB)").unwrap();
        let mut conn = Conn::Sqlite(conn);
        let checkpointer = Checkpointer::start(path.to_str().unwrap(), 100).unwrap();
        let log = folder.path().join("db-wal");
        let (mut written, mut longest) = (0, 0);
        while written < 20 * longest.max(1_000_000) {
            conn.batch_execute("INSERT INTO blobs VALUES (randomblob(100000))").unwrap();
            checkpointer.committed(&mut conn);
            written += 100_000;
            longest = std::fs::metadata(&log).unwrap().len();
            assert!(written < 2_000_000_000, "the log was never written into the file");
            std::thread::sleep(Duration::from_millis(2));
        }
        let rows: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("count(*) FROM blobs")).get_result(&mut conn).unwrap();
        assert_eq!(u64::try_from(rows).unwrap() * 100_000, written);
    }
}
