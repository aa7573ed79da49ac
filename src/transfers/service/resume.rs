//! What people do when something does not go on by itself: putting transfers again, and opening a channel that was stopped.

use serde::Serialize;
use verifier::ids::RegionCode;

use super::Line;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::evidence;
use crate::learners::rules::is_reason;
use crate::transfers::TransferRefusal;
use crate::transfers::store::{self, EventRow, Row};
use crate::transfers::views::ChannelView;

/// What the evidence commits to.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    peer: &'a str,
    /// Why it had been stopped.
    alarm: Option<&'a str>,
    at: i64,
    reason: &'a str,
    by: &'a str,
}

/// Puts a transfer again, now and as if for the first time, whether it was set aside or waits.
///
/// # Errors
/// `transfers.ended`, or a fault.
pub fn retry(conn: &mut Conn, app: &App, row: &Row) -> Result<(), Error> {
    Line::open(conn, app, &RegionCode::parse(&row.peer).map_err(Fault::new)?)?;
    // Under the channel nobody else changes it.
    let row = store::by_id(conn, &row.id)?.filter(|row| row.state == "reserved").ok_or_else(|| TransferRefusal::Ended.at("id"))?;
    store::update(conn, &Row { next_at: Some(app.edge.now()), tries: 0, ..row })
}

/// Puts again everything for a region that was set aside: how many.
///
/// # Errors
/// `transfers.no_channel`, or a fault.
pub fn retry_all(conn: &mut Conn, app: &App, peer: &RegionCode) -> Result<usize, Error> {
    let line = existing(conn, app, peer)?;
    store::retry(conn, line.peer(), app.edge.now(), true)
}

/// Opens a channel that was stopped, because people have looked; `by` is who says so. What waits for the region is put at once.
///
/// # Errors
/// `transfers.reason`, `transfers.no_channel`, `transfers.not_stopped`, or a fault.
pub fn reopen(conn: &mut Conn, app: &App, by: &str, peer: &RegionCode, reason: &str) -> Result<ChannelView, Error> {
    if !is_reason(reason) {
        return Err(TransferRefusal::Reason.at("reason").into());
    }
    let mut line = existing(conn, app, peer)?;
    let (alarm, at) = (line.alarm().map(str::to_owned), app.edge.now());
    if !line.go_on(conn)? {
        return Err(TransferRefusal::NotStopped.at("region").into());
    }
    let document = Document { hufu: "channel-event/1", event: "reopened", peer: line.peer(), alarm: alarm.as_deref(), at, reason, by };
    let event = EventRow {
        id: app.edge.id("che"),
        peer: line.peer().to_owned(),
        kind: "reopened".to_owned(),
        at,
        actor: by.to_owned(),
        document: serde_json::to_string(&document).map_err(Fault::new)?,
    };
    store::insert_event(conn, &event)?;
    evidence::record(conn, &app.edge, evidence::Kind::ChannelEvent, at, &event.id, event.document.as_bytes())?;
    store::retry(conn, line.peer(), at, false)?;
    tracing::warn!(peer = line.peer(), by, "a channel that was stopped goes on");
    let waiting = store::waiting(conn, line.peer())?;
    Ok(ChannelView::of(line.into_row(), &waiting))
}

/// The channel to a region with which messages were exchanged.
fn existing<'a>(conn: &mut Conn, app: &'a App, peer: &RegionCode) -> Result<Line<'a>, Error> {
    if store::channel(conn, peer.as_str())?.is_none() {
        return Err(TransferRefusal::NoChannel.at("region").into());
    }
    Line::open(conn, app, peer)
}
