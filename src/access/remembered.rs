//! Clients that were looked at a moment ago, for requests whose own transaction looks again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Caller, service, store};
use crate::app::App;
use crate::db;
use crate::error::Error;

/// Milliseconds for which one is remembered: another server may disable it.
const LOOK_AGAIN: i64 = 1000;
/// Most that are remembered; then all are forgotten.
const CLIENTS_MAX: usize = 10_000;

/// Clients that may call, as they were read last.
#[derive(Default)]
pub struct Remembered(Mutex<HashMap<String, Held>>);

struct Held {
    caller: Caller,
    revision: i64,
    read_ms: i64,
    changes: u64,
}

/// The client behind a token whose claims were checked, and the revision `clients` of the database under which it was not disabled: as this process knows
/// it, which misses what others did within the last second. Who writes for it compares the revision in the transaction.
///
/// # Errors
/// As [`service::caller`].
pub async fn caller(app: &App, client_id: String) -> Result<(Caller, i64), Error> {
    // Read before the database is: what is committed later makes this old.
    let (now_ms, changes) = (app.edge.now_ms(), app.db.changes());
    if let Some(held) = app.clients.held().get(&client_id)
        && held.changes == changes
        && (now_ms - held.read_ms).abs() < LOOK_AGAIN
    {
        return Ok((held.caller.clone(), held.revision));
    }
    let read = app.db.read(move |conn| {
        // The revision is read first: what changes in between is read twice, never missed.
        let revision = db::revision(conn, "clients")?;
        Ok((service::admitted(store::find(conn, &client_id)?)?, revision))
    });
    let (caller, revision) = read.await?;
    let mut clients = app.clients.held();
    if clients.len() >= CLIENTS_MAX {
        clients.clear();
    }
    clients.insert(caller.client_id.clone(), Held { caller: caller.clone(), revision, read_ms: now_ms, changes });
    Ok((caller, revision))
}

impl Remembered {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
