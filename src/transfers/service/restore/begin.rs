//! The beginning: a RESYNC to every other region.

use std::collections::BTreeMap;

use verifier::ids::RegionCode;
use verifier::time::Instant;
use verifier::transfer::{Resync, Salt};

use super::super::{Line, stored, unfit};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners;
use crate::transfers::store;

/// A region that is asked, and with which epoch this one wants to go on.
pub struct Asked {
    /// The other region.
    pub peer: RegionCode,
    /// The epoch.
    pub wanted: u32,
}

/// Says that a backup was restored: signs a RESYNC for every pinned region and every other one with a channel. From now on nothing is booked. `floors` are the
/// highest epochs that were noted down outside of the database.
///
/// # Errors
/// A fault.
pub fn begin(conn: &mut Conn, app: &App, floors: &BTreeMap<RegionCode, u32>) -> Result<Vec<Asked>, Error> {
    if !store::is_restoring(conn)? {
        store::begin(conn, &app.edge.id("rst"), app.edge.now())?;
    }
    let mut peers: Vec<RegionCode> = partners::peers(conn)?.into_iter().map(|peer| peer.region).collect();
    for row in store::channels(conn)? {
        peers.push(RegionCode::parse(&row.peer).map_err(Fault::new)?);
    }
    peers.sort_unstable();
    peers.dedup();
    let asked = peers.into_iter().map(|peer| {
        let mut line = Line::open(conn, app, &peer)?;
        let wanted = ask(conn, &mut line, &peer, floors.get(&peer).copied().unwrap_or_default())?;
        Ok(Asked { peer, wanted })
    });
    asked.collect()
}

/// Signs a RESYNC that wants an epoch above `floor`, and waits for the answer: the epoch.
pub(super) fn ask(conn: &mut Conn, line: &mut Line<'_>, peer: &RegionCode, floor: u32) -> Result<u32, Error> {
    let (app, channel) = (line.app, line.channel()?);
    let (wanted, salt) = (channel.wanted(floor), Salt(app.edge.random::<16>()));
    let resync = Resync { iss: app.region.code.clone(), aud: peer.clone(), epoch: wanted, iat: Instant(app.edge.now()), salt };
    let text = resync.sign(&app.keys.region_signer()).map_err(|e| unfit(&e))?;
    let signed = stored(&text)?;
    line.keep_epoch(conn, &signed, &text, true)?;
    line.set(conn, channel.asks(signed.digest, wanted))?;
    Ok(wanted)
}
