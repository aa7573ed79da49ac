//! Signing and storing one manifest. Everything is made before the transaction, so that it holds no lock for longer than a few inserts take.

use std::collections::BTreeMap;
use std::sync::Arc;

use verifier::bundle::{EXPIRES_SECONDS, FRESH_SECONDS, Hash, Manifest, ManifestVersion, PartRef, Peer};
use verifier::status::gzip;
use verifier::time::Instant;

use super::facts::Facts;
use super::parts;
use super::store::{self, Row};
use crate::app::App;
use crate::db::Conn;
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::evidence;

/// What a manifest is to be made from.
pub(super) struct Plan {
    /// Unix seconds before the facts were read.
    pub now: i64,
    pub facts: Arc<Facts>,
    pub peers: Vec<Peer>,
    pub basis: String,
    /// The manifest before, and its parts.
    pub last: Option<Row>,
    pub stored: Vec<Hash>,
}

/// A manifest with its parts, signed and not yet stored.
pub(super) struct Made {
    pub row: Row,
    pub manifest: Manifest,
    pub texts: BTreeMap<Hash, Arc<str>>,
    /// Digest and gzip stream of the parts that the manifest before did not name.
    fresh: Vec<(String, Vec<u8>)>,
}

/// Makes parts and manifest.
///
/// # Errors
/// A fault where the format refuses them.
pub(super) fn make(app: &App, plan: &Plan) -> Result<Made, Error> {
    let (mut named, mut texts, mut fresh) = (Vec::new(), BTreeMap::new(), Vec::new());
    for (name, text) in parts::texts(&plan.facts, app.region.zone).map_err(Fault::new)? {
        let sha256 = Hash::of(text.as_bytes());
        named.push(PartRef { name, sha256, bytes: u32::try_from(text.len()).map_err(Fault::new)? });
        if !plan.stored.contains(&sha256) {
            fresh.push((sha256.to_string(), gzip(text.as_bytes())));
        }
        texts.insert(sha256, Arc::from(text));
    }
    let manifest = manifest(app, plan, named)?;
    let jws = manifest.sign(&app.keys.region_signer()).map_err(Fault::new)?;
    let row = Row {
        id: app.edge.id("man"),
        seq: i64::try_from(manifest.seq).map_err(Fault::new)?,
        epoch: app.region.epoch,
        iat: manifest.iat.0,
        basis: plan.basis.clone(),
        sha256: Hash::of(jws.as_bytes()).to_string(),
        jws,
    };
    Ok(Made { row, manifest, texts, fresh })
}

fn manifest(app: &App, plan: &Plan, parts: Vec<PartRef>) -> Result<Manifest, Error> {
    let (region, last) = (&app.region, plan.last.as_ref());
    let prev = last.map(|row| Hash::parse(&row.sha256).ok_or_else(|| Fault::text(format!("stored digest of manifest {}", row.seq)))).transpose()?;
    // Another server's clock may be ahead. Time in manifests never runs backwards, or verifiers would refuse them.
    let iat = Instant(last.map_or(plan.now, |row| plan.now.max(row.iat)));
    Ok(Manifest {
        hufu: ManifestVersion::V1,
        region: region.code.clone(),
        name_zh: region.name_zh.clone(),
        name_en: region.name_en.clone(),
        zone: region.zone,
        url: app.config.public_url(),
        epoch: u64::try_from(region.epoch).map_err(Fault::new)?,
        seq: u64::try_from(last.map_or(0, |row| row.seq) + 1).map_err(Fault::new)?,
        iat,
        fresh_until: iat.plus_seconds(FRESH_SECONDS),
        expires: iat.plus_seconds(EXPIRES_SECONDS),
        prev,
        keys: vec![*app.keys.region_signer().public()],
        parts,
        peers: plan.peers.clone(),
    })
}

/// Stores what was made, inside the caller's transaction. False, and nothing changed, when another server has taken the number.
pub(super) fn store(conn: &mut Conn, edge: &Edge, made: &Made) -> Result<bool, Error> {
    if !store::insert(conn, &made.row)? {
        return Ok(false);
    }
    for (sha256, gzip) in &made.fresh {
        store::put_part(conn, sha256, gzip)?;
    }
    let named: Vec<String> = made.texts.keys().map(Hash::to_string).collect();
    store::supersede(conn, &named, made.row.iat)?;
    evidence::record(conn, edge, evidence::Kind::Bundle, made.row.iat, &made.row.id, made.row.jws.as_bytes())?;
    Ok(true)
}
