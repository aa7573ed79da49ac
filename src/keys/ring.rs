//! The keys that are open: the master key, the data key, and every signing key that was needed so far.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use verifier::jws::{PublicKey, Signer};

use super::seal::SealKey;
use super::{Purpose, Row, master, service, store};
use crate::config::Config;
use crate::db::{Conn, Db};
use crate::edge::Edge;
use crate::error::{Error, Fault};

/// Open keys; shared by all workers.
pub struct Keyring {
    master: RwLock<SealKey>,
    data: SealKey,
    signers: RwLock<HashMap<String, Arc<Signer>>>,
    region: Arc<Signer>,
    token: Arc<Signer>,
}

impl Keyring {
    /// Opens the keys of this database, or makes them when it has none yet.
    ///
    /// # Errors
    /// A fault in plain words when the master key is missing or does not fit.
    pub fn open(config: &Config, db: &Db, edge: &Edge) -> Result<Keyring, Fault> {
        let sealed = db.read_now(store::data_key).map_err(Error::into_fault)?;
        let candidates = master::candidates(config)?;
        let (master, data) = match sealed {
            Some(sealed) => unseal(config, candidates, &sealed)?,
            None => create(config, db, edge, candidates).map_err(Error::into_fault)?,
        };
        let (region, token) = db
            .write_now(|conn| Ok((own(conn, edge, &master, Purpose::Region)?, own(conn, edge, &master, Purpose::Token)?)))
            .map_err(Error::into_fault)?;
        Ok(Keyring { master: RwLock::new(master), data, signers: RwLock::default(), region: Arc::new(region), token: Arc::new(token) })
    }

    /// Seals and finds what is personal.
    pub fn data(&self) -> &SealKey {
        &self.data
    }

    /// The key that signs access tokens.
    pub fn token_signer(&self) -> Arc<Signer> {
        self.token.clone()
    }

    /// The public half of the token key, when `kid` is its thumbprint.
    pub fn token_key(&self, kid: &str) -> Option<PublicKey> {
        Some(self.token.public()).filter(|key| key.thumbprint() == kid).copied()
    }

    /// The key that signs for the region.
    pub fn region_signer(&self) -> Arc<Signer> {
        self.region.clone()
    }

    /// The private half of `row`, opened once and then kept.
    ///
    /// # Errors
    /// A fault when it cannot be opened.
    pub fn signer(&self, row: &Row) -> Result<Arc<Signer>, Fault> {
        let known = self.signers.read().unwrap_or_else(PoisonError::into_inner).get(&row.kid).cloned();
        if let Some(signer) = known {
            return Ok(signer);
        }
        let signer = Arc::new(open_row(&self.master(), row)?);
        self.signers.write().unwrap_or_else(PoisonError::into_inner).insert(row.kid.clone(), signer.clone());
        Ok(signer)
    }

    /// The master key in force.
    pub(super) fn master(&self) -> SealKey {
        self.master.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on keys are sealed under `master`.
    pub(super) fn set_master(&self, master: SealKey) {
        *self.master.write().unwrap_or_else(PoisonError::into_inner) = master;
    }
}

/// What a sealed signing key is called in its associated data.
pub(super) fn label(kid: &str) -> String {
    format!("signing key {kid}")
}

/// What the sealed data key is called in its associated data.
pub(super) const DATA_LABEL: &str = "data key";

pub(super) fn open_row(master: &SealKey, row: &Row) -> Result<Signer, Fault> {
    let seed = master.open(&label(&row.kid), &row.sealed)?;
    let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| Fault::text(format!("signing key {} has another length than 32 bytes", row.kid)))?;
    Ok(Signer::from_seed(seed))
}

fn unseal(config: &Config, candidates: Vec<SealKey>, sealed: &[u8]) -> Result<(SealKey, SealKey), Fault> {
    if candidates.is_empty() {
        let file = config.data_dir().join(master::FILE);
        return Err(Fault::text(format!(
            "this registry has keys, but its master key is missing: set HUFU_MASTER_KEY or put the key file back at {}",
            file.display()
        )));
    }
    let from_file = config.optional("master_key").is_none();
    for (i, master) in candidates.into_iter().enumerate() {
        let Ok(data) = master.open(DATA_LABEL, sealed) else { continue };
        if from_file {
            // The first candidate is the key file itself: a change that left its successor behind never reached the database.
            if i == 0 {
                master::abandon_change(config)?;
            } else {
                master::finish_change(config)?;
            }
        }
        return Ok((master, SealKey::from_bytes(&data)?));
    }
    Err(Fault::text("the master key does not fit this registry: its keys were sealed under another one"))
}

fn create(config: &Config, db: &Db, edge: &Edge, candidates: Vec<SealKey>) -> Result<(SealKey, SealKey), Error> {
    let master = match candidates.into_iter().next() {
        Some(master) => master,
        None => master::create(config, edge)?,
    };
    let data = SealKey::generate(edge);
    let sealed = master.seal(edge, DATA_LABEL, data.as_bytes())?;
    db.write_now(|conn| store::insert_data_key(conn, &sealed, edge.now()))?;
    Ok((master, data))
}

/// The region's or the token key; made when there is none.
fn own(conn: &mut Conn, edge: &Edge, master: &SealKey, purpose: Purpose) -> Result<Signer, Error> {
    if let Some(row) = store::by_purpose(conn, purpose.as_str())?.first() {
        return Ok(open_row(master, row)?);
    }
    let now = edge.now();
    // These keys have no signing window of their own; revocation is what ends them.
    let plan = service::Plan { purpose, provider: None, slot: format!("{}/1", purpose.as_str()), from: now, until: i64::MAX };
    let row = service::make(conn, edge, master, &plan, service::REGISTRY)?;
    Ok(open_row(master, &row)?)
}
