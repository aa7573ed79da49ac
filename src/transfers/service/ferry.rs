//! Messages as a file: what waits for a region, and what was decided for it.

use verifier::ids::RegionCode;

use super::Line;
use super::deliver::text;
use super::restore::{asked, messages};
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::transfers::FERRY_MAX;
use crate::transfers::store;

/// The messages for a region, one a line, as they would be sent now: what waits for its DECISION, the longest first, then every DECISION for it, the
/// newest first; at most 10,000. Where this region was restored, its RESYNC alone; to one that was, and has not said anything since, the HANDOVER with all that it
/// names comes first: what waits may have to be signed anew for it. Whoever takes them in any order, and again, comes to the same.
///
/// # Errors
/// A fault.
pub fn export(conn: &mut Conn, app: &App, peer: &RegionCode) -> Result<Vec<String>, Error> {
    let mut line = Line::open(conn, app, peer)?;
    if let Some(resync) = asked(conn, peer)? {
        return Ok(vec![resync]);
    }
    let mut all = Vec::new();
    let handover = line.handover().filter(|_| matches!(line.places(), Ok((_, 0)))).map(str::to_owned);
    let is_handed_over = handover.is_some();
    if let Some(handover) = handover {
        all.push(handover);
        all.extend(everything(conn, peer.as_str())?);
    }
    for row in store::reserved_to(conn, peer.as_str(), FERRY_MAX)? {
        let (row, text) = text(conn, &mut line, row, app.edge.now())?;
        store::update(conn, &row)?;
        all.push(text);
    }
    // A HANDOVER has brought every DECISION.
    if !is_handed_over {
        let left = FERRY_MAX.saturating_sub(all.len() as i64);
        all.extend(store::decisions_to(conn, peer.as_str(), left)?);
    }
    Ok(all)
}

/// Every message that a HANDOVER names.
fn everything(conn: &mut Conn, peer: &str) -> Result<Vec<String>, Error> {
    let (mut all, mut after) = (Vec::new(), Some(String::new()));
    while let Some(from) = after {
        let page = messages(conn, peer, &from)?;
        all.extend(page.messages);
        after = page.next;
    }
    Ok(all)
}
