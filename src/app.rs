//! Composition root: the one place where clock, database, keys and limits are put together.

use std::sync::Arc;

use crate::config::Config;
use crate::db::{self, Db};
use crate::edge::Edge;
use crate::error::Fault;
use crate::http::limits::Limits;
use crate::metrics::Metrics;

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
    /// Rate limits.
    pub limits: Limits,
    /// Counters for `/metrics`.
    pub metrics: Metrics,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens the database, brings it to this program's schema and puts the parts together.
    ///
    /// # Errors
    /// A fault in plain words: the data folder is locked or read-only, the database is unreachable or newer, the key file is wrong.
    pub fn open(config: Config, edge: Edge) -> Result<App, Fault> {
        let db = Db::open(&config.database(), config.number("pool_size"))?;
        db::migrate(&db)?;
        let limits = Limits::new(&config);
        let metrics = Metrics::new()?;
        Ok(App(Arc::new(Parts { config, edge, db, limits, metrics })))
    }
}
