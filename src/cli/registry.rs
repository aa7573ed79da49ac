//! The registry that is there already, as commands find it that must not make one.

use crate::access::{Role, store};
use crate::app::App;
use crate::config::Config;
use crate::db::{self, Db};
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::keys::{self, Purpose};
use crate::regions::{self, Region};
use verifier::jws::Fingerprint;

/// A registry with region, keys and operator.
pub(super) struct Existing {
    /// Opened for reading only.
    pub db: Db,
    /// The region.
    pub region: Region,
    /// Fingerprint of the region key, as people read it out.
    pub fingerprint: String,
}

/// The complete registry of the database in force, only read; none where there is no database, or one whose first start was cut short.
pub(super) fn find(config: &Config) -> Result<Option<Existing>, Fault> {
    let Some(db) = Db::open_read_only(&config.database())? else { return Ok(None) };
    if !db::is_current(&db)? {
        return Ok(None);
    }
    let read = db.read_now(|conn| {
        let region_key = keys::all(conn)?.into_iter().find(|row| row.purpose == Purpose::Region.as_str());
        Ok((regions::existing(conn)?, region_key, store::any_with_role(conn, Role::Operator)?))
    });
    Ok(match read.map_err(Error::into_fault)? {
        (Some(region), Some(key), true) => Some(Existing { db, region, fingerprint: Fingerprint::of(&key.public_key()?).to_string() }),
        _ => None,
    })
}

/// What [`find`] finds, or a fault in plain words.
pub(super) fn expect(config: &Config) -> Result<Existing, Fault> {
    let nothing = || match config.optional("database_url") {
        Some(_) => Fault::text("there is no registry in this database; make one with: hufu init"),
        None => Fault::text(format!("there is no registry in {}; make one with: hufu init", config.data_dir().display())),
    };
    find(config)?.ok_or_else(nothing)
}

/// Opens the registry for changes, if there is one.
pub(super) fn open(config: Config) -> Result<App, Fault> {
    expect(&config)?;
    App::open(config, Edge::default())
}
