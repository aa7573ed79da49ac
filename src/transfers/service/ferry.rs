//! Messages as a file: what waits for a region, and what was decided for it.

use verifier::ids::RegionCode;

use super::Line;
use super::deliver::text;
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::transfers::FERRY_MAX;
use crate::transfers::store;

/// The messages for a region, one a line, as they would be sent now: what waits for its DECISION, the longest first, then every DECISION for it, the
/// newest first; at most 10,000. Whoever takes them in any order, and again, comes to the same.
///
/// # Errors
/// A fault.
pub fn export(conn: &mut Conn, app: &App, peer: &RegionCode) -> Result<Vec<String>, Error> {
    let mut line = Line::open(conn, app, peer)?;
    let mut all = Vec::new();
    for row in store::reserved_to(conn, peer.as_str(), FERRY_MAX)? {
        let (row, text) = text(conn, &mut line, row, app.edge.now())?;
        store::update(conn, &row)?;
        all.push(text);
    }
    let left = FERRY_MAX.saturating_sub(all.len() as i64);
    all.extend(store::decisions_to(conn, peer.as_str(), left)?);
    Ok(all)
}
