//! Stored agreements, read again under the keys that this region trusts today.

use std::collections::BTreeMap;

use verifier::agreement::{Life, RegionKey, SignedAgreement, Standing};
use verifier::ids::RegionCode;
use verifier::jws::PublicKey;

use super::AGREEMENTS_MAX;
use super::store::{self, Row};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners;

/// The keys of regions: the own one, and those of pinned partners.
pub struct Keys(BTreeMap<RegionCode, PublicKey>);

impl Keys {
    /// As they are pinned now.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn of(conn: &mut Conn, app: &App) -> Result<Keys, Error> {
        Keys::beside(conn, app.region.code.clone(), *app.keys.region_signer().public())
    }

    /// The same, beside the own region and its key.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn beside(conn: &mut Conn, own: RegionCode, key: PublicKey) -> Result<Keys, Error> {
        let mut keys: BTreeMap<_, _> = partners::peers(conn)?.into_iter().map(|peer| (peer.region, peer.key)).collect();
        keys.insert(own, key);
        Ok(Keys(keys))
    }

    /// The key of a region.
    pub fn find(&self, region: &RegionCode) -> Option<RegionKey> {
        self.0.get(region).map(|public| RegionKey { public: *public, revoked: None })
    }
}

/// A stored agreement with what its parties said.
///
/// # Errors
/// A fault of the database, or of a row that cannot be read.
pub fn open(conn: &mut Conn, keys: &Keys, row: &Row) -> Result<SignedAgreement, Error> {
    let (signatures, notices) = (store::signatures_of(conn, &row.digest)?, store::notices_of(conn, &row.digest)?);
    let opened = SignedAgreement::gather(row.document.clone().into_bytes(), signatures, notices, &|region, _| keys.find(region));
    opened.map_err(|error| Fault::text(format!("the stored agreement {}: {error}", row.digest)).into())
}

/// The files of the agreements that this region publishes: with a version every other one that all of its parties have signed, because a version
/// counts until the next one does. Their signatures were good when they were taken, and whatever became of a key since, nothing goes out again.
///
/// # Errors
/// A fault of the database, or of a row that cannot be read.
pub fn published(conn: &mut Conn, app: &App) -> Result<Vec<String>, Error> {
    let (keys, mut files) = (Keys::of(conn, app)?, Vec::new());
    for row in store::published(conn)? {
        let signed = open(conn, &keys, &row)?;
        if signed.parties().iter().all(|party| party.standing != Standing::Missing) {
            files.push(signed.to_text());
        }
    }
    Ok(files)
}

/// Every version of an agreement, with what its parties said.
///
/// # Errors
/// A fault of the database, or of a row that cannot be read.
pub fn held(conn: &mut Conn, keys: &Keys, urn: &str) -> Result<Vec<SignedAgreement>, Error> {
    store::versions(conn, urn)?.iter().map(|row| open(conn, keys, row)).collect()
}

/// Every agreement that all of its parties have signed, with what became of it; the first that came first.
///
/// # Errors
/// A fault of the database, or of a row that cannot be read.
pub fn agreed(conn: &mut Conn, keys: &Keys) -> Result<Vec<(SignedAgreement, Life)>, Error> {
    let mut all = Vec::new();
    for row in store::page(conn, None, AGREEMENTS_MAX)? {
        all.push(open(conn, keys, &row)?);
    }
    all.retain(SignedAgreement::is_agreed);
    let lives: Vec<Life> = all.iter().map(|signed| Life::of(signed, all.iter())).collect();
    Ok(all.into_iter().zip(lives).collect())
}
