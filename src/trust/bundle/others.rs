//! What partners' bundles add to the region's own: the one place where their slice is asked.

use verifier::bundle::{Contents, Manifest, PartName, Peer};

use crate::db::{self, Conn};
use crate::error::Error;
use crate::partners;

/// Rises when a partner is pinned or dropped.
pub(super) fn pins(conn: &mut Conn) -> Result<i64, Error> {
    db::revision(conn, "partners")
}

/// Rises when a partner is pinned, dropped, or fetched anew.
pub(super) fn revision(conn: &mut Conn) -> Result<i64, Error> {
    // Both only rise, so their sum tells every change.
    Ok(db::revisions(conn, ["partners", "partner_bundles"])?.iter().sum())
}

/// The partners whose key is pinned, by region.
pub(super) fn peers(conn: &mut Conn) -> Result<Vec<Peer>, Error> {
    partners::peers(conn)
}

/// Their manifests as they signed them, and the parts of those.
pub(super) fn bundles(conn: &mut Conn) -> Result<Contents, Error> {
    partners::contents(conn)
}

/// Of partners' bundles those that `own` vouches for, complete: a verifier refuses a file that holds anything else, and a partner may have been
/// pinned or dropped since `own` was signed.
pub(super) fn vouched(own: &Manifest, others: Contents) -> Contents {
    let mut kept = Contents::default();
    for (region, jws) in others.manifests {
        let peer = own.peers.iter().find(|peer| peer.region == region);
        let Some(manifest) = peer.and_then(|peer| Manifest::open(&jws, &peer.key).ok()).filter(|manifest| manifest.region == region) else {
            continue;
        };
        let held = |name: PartName| manifest.part(name).is_some_and(|part| others.parts.contains_key(&part.sha256));
        if PartName::REQUIRED.into_iter().all(held) {
            kept.parts.extend(manifest.parts.iter().filter_map(|part| Some((part.sha256, others.parts.get(&part.sha256)?.clone()))));
            kept.manifests.insert(region, jws);
        }
    }
    kept
}
