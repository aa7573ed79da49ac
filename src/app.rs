//! Composition root: the one place where clock, database, keys and limits are put together.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::access::remembered::Remembered;
use crate::access::token::Tokens;
use crate::batches::{FILES_AT_ONCE, Turns, UPLOADS_AT_ONCE};
use crate::certificates::api::Desk;
use crate::certificates::{Ahead, Known};
use crate::config::Config;
use crate::db::{self, Db};
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::http::limits::Limits;
use crate::keys::Keyring;
use crate::metrics::Metrics;
use crate::partners::Partners;
use crate::recognition::Held;
use crate::regions::{self, Region};
use crate::transfers;
use crate::trust::{Did, Trust};
use crate::verification::Memo;
use crate::webhooks::Sender;

/// Everything a use case may need. Shared by all workers; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// Settings in force.
    pub config: Config,
    /// Clock and random source.
    pub edge: Edge,
    /// The database.
    pub db: Db,
    /// Open keys.
    pub keys: Keyring,
    /// The region that is served.
    pub region: Region,
    /// Its DIDs.
    pub did: Did,
    /// The facts in memory, from which it verifies online.
    pub trust: Trust,
    /// What is held of partner regions.
    pub partners: Partners,
    /// What is recognised, and by which agreements.
    pub recognition: Held,
    /// Signatures that were checked before.
    pub memo: Memo,
    /// Where certificates are asked for.
    pub desk: Desk,
    /// What issuing looks up each time and what seldom changes.
    pub known: Known,
    /// Where the next certificates of a provider go, as far as this server knows.
    pub ahead: Ahead,
    /// Access tokens that were good.
    pub tokens: Tokens,
    /// Clients that were looked at a moment ago.
    pub clients: Remembered,
    /// Rate limits.
    pub limits: Limits,
    /// Counters for `/metrics`.
    pub metrics: Metrics,
    /// The way to endpoints that hear of events.
    pub webhooks: Sender,
    /// Whether nothing may be booked.
    restoring: AtomicBool,
    /// Told when a transfer is to be put: the job need not wait for its next look.
    pub transfers_due: Notify,
    /// Told when a batch has something to do.
    pub batches_due: Notify,
    /// Turns to upload a file of a batch: each takes disk until its rows are kept.
    pub uploads: Turns,
    /// Turns to fetch one.
    pub downloads: Turns,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Whether a backup was restored and other regions have not said yet what they hold: nothing is booked then.
    pub fn is_restoring(&self) -> bool {
        self.restoring.load(Ordering::Relaxed)
    }

    /// Notes what the database says of that.
    pub fn set_restoring(&self, is_restoring: bool) {
        self.restoring.store(is_restoring, Ordering::Relaxed);
    }

    /// What stands before the digits of a QR of this registry.
    pub fn qr_prefix(&self) -> String {
        format!("{}/v#", self.config.public_url())
    }

    /// Opens the database, brings it to this program's schema, opens the keys (or makes region and keys on first start).
    ///
    /// # Errors
    /// A fault in plain words: the data folder is read-only, the database is unreachable or newer, the key file is wrong.
    pub fn open(config: Config, edge: Edge) -> Result<App, Fault> {
        make_folder(config.data_dir())?;
        let db = Db::open(&config.database(), config.number("pool_size"), config.number("group_max"))?;
        db::migrate(&db)?;
        let region = regions::open(&config, &db, &edge).map_err(Error::into_fault)?;
        let keys = Keyring::open(&config, &db, &edge)?;
        let trust = Trust::open(&region, &db, edge.now_ms()).map_err(Error::into_fault)?;
        let limits = Limits::new(&config);
        let metrics = Metrics::new()?;
        let partners = Partners::open(&config)?;
        let webhooks = Sender::open(&config)?;
        let desk = Desk::open(config.number("group_max") as usize, db.kind())?;
        let restoring = AtomicBool::new(db.read_now(transfers::is_restoring).map_err(Error::into_fault)?);
        let did = Did::new(&config.public_url());
        Ok(App(Arc::new(Parts {
            config,
            edge,
            db,
            keys,
            region,
            did,
            trust,
            partners,
            recognition: Held::default(),
            memo: Memo::default(),
            desk,
            known: Known::default(),
            ahead: Ahead::default(),
            tokens: Tokens::default(),
            clients: Remembered::default(),
            limits,
            metrics,
            webhooks,
            restoring,
            transfers_due: Notify::new(),
            batches_due: Notify::new(),
            uploads: Turns::new(UPLOADS_AT_ONCE),
            downloads: Turns::new(FILES_AT_ONCE),
        })))
    }
}

fn make_folder(path: &Path) -> Result<(), Fault> {
    // It holds personal data and a key: nobody else on the machine looks in.
    std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700)
        .create(path)
        .map_err(|e| Fault::text(format!("cannot create the data folder {}: {e}", path.display())))
}

/// Held by the one server of a data folder. The operating system lets go of it when the process ends, however it ends.
pub struct FolderLock(#[expect(dead_code, reason = "the lock lasts as long as the open file")] File);

/// Takes the lock of the data folder.
///
/// # Errors
/// A fault when another server holds it, or the folder cannot be written.
pub fn lock_folder(config: &Config) -> Result<FolderLock, Fault> {
    let folder = config.data_dir();
    make_folder(folder)?;
    let path = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| Fault::text(format!("cannot write to the data folder {}: {e}", folder.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock(file)),
        Err(TryLockError::WouldBlock) => Err(Fault::text(format!(
            "the data folder {} is locked: another hufu server runs there; stop it, or give this one its own --data-dir",
            folder.display()
        ))),
        Err(TryLockError::Error(e)) => Err(Fault::text(format!("cannot lock {}: {e}", path.display()))),
    }
}
