//! How far a restore is, and its end.

use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::ledger::LedgerRefusal;
use crate::transfers::TransferRefusal;
use crate::transfers::store::{self, ChannelRow, Row};

use super::book::book;

/// Rows that are read at a time.
const PAGE: i64 = 500;

/// How far a restore is.
#[derive(Debug)]
pub struct Restore {
    /// When it began, unix seconds; none where none goes on.
    pub since: Option<i64>,
    /// Every channel.
    pub channels: Vec<ChannelRow>,
    /// Transfers that are not in the ledger yet.
    pub unbooked: Vec<Row>,
}

/// What became of it.
#[derive(Debug)]
pub struct Finished {
    /// Whether the registry books again.
    pub is_ended: bool,
    /// How many transfers were booked.
    pub booked: usize,
    /// Those that could not be, and why. What waits for an account or a scheme harms nobody and is booked when this is asked again; anything else keeps the
    /// registry from booking, until people have looked.
    pub left: Vec<(Row, LedgerRefusal)>,
}

/// How far the restore is.
///
/// # Errors
/// A fault.
pub fn status(conn: &mut Conn) -> Result<Restore, Error> {
    Ok(Restore { since: store::since(conn)?, channels: store::channels(conn)?, unbooked: unbooked(conn)? })
}

/// Books everything that was derived, and ends the restore.
///
/// # Errors
/// `transfers.not_restoring`, `transfers.not_handed_over` with the regions that are missing, or a fault.
pub fn finish(conn: &mut Conn, app: &App) -> Result<Finished, Error> {
    let waiting = store::resyncing(conn)?;
    if !waiting.is_empty() {
        let missing: Vec<String> = waiting.into_iter().map(|row| row.peer).collect();
        return Err(TransferRefusal::NotHandedOver.at("peer").got(missing.join(", ")).into());
    }
    if !store::is_restoring(conn)? && unbooked(conn)?.is_empty() {
        return Err(TransferRefusal::NotRestoring.at("restore").into());
    }
    let (booked, left) = book_all(conn, app)?;
    let is_ended = left.iter().all(|(_, why)| is_harmless(*why));
    if is_ended {
        store::end(conn, app.edge.now())?;
    }
    Ok(Finished { is_ended, booked, left })
}

/// Books what was derived, as far as that can be: how many transfers, and those that could not be.
///
/// # Errors
/// A fault.
pub(super) fn book_all(conn: &mut Conn, app: &App) -> Result<(usize, Vec<(Row, LedgerRefusal)>), Error> {
    let mut rows = unbooked(conn)?;
    rows.sort_by_key(turn);
    let (mut booked, mut left) = (0, Vec::new());
    for row in rows {
        let why = book(conn, app, &row)?;
        // Booking may have noted whose it is.
        let row = store::by_id(conn, &row.id)?.unwrap_or(row);
        let error = why.map(|why| why.reason().code.to_owned());
        store::update(conn, &Row { unbooked: why.is_some(), error, ..row.clone() })?;
        match why {
            None => booked += 1,
            Some(why) => left.push((row, why)),
        }
    }
    Ok((booked, left))
}

/// First what frees amounts, then what came, then what went and is back, then what went or waits, and at last what goes back to others.
fn turn(row: &Row) -> u8 {
    match (row.side.as_str(), row.kind.as_deref(), row.state.as_str()) {
        (_, _, "returned" | "rejected") => 0,
        ("destination", Some("move"), _) => 1,
        ("destination", _, _) => 2,
        (_, Some("move"), _) => 3,
        _ => 4,
    }
}

/// Whether nothing of a transfer can be spent here while it is not booked.
fn is_harmless(why: LedgerRefusal) -> bool {
    use LedgerRefusal::{LearnerClosed, NoCategory, NoLearner, NoLot, NoScheme};
    matches!(why, NoLearner | LearnerClosed | NoScheme | NoCategory | NoLot)
}

fn unbooked(conn: &mut Conn) -> Result<Vec<Row>, Error> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = store::unbooked(conn, &after, PAGE)?;
        match page.last() {
            Some(last) => after.clone_from(&last.id),
            None => return Ok(all),
        }
        all.extend(page);
    }
}
