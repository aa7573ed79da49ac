//! The use cases of transfers. Each is one transaction that holds the channel to the other region, and keeps its messages and their evidence there.

mod answered;
mod asked;
mod deliver;
mod destinations;
mod dossier;
mod ending;
mod ferry;
mod line;
mod propose;
mod reading;
mod reconcile;
mod restore;
mod resume;
mod statement;
mod subjects;
mod take;

use verifier::documents::DocumentError;
use verifier::time::{Day, Instant};
use verifier::transfer::{Message, Signed, TransferRule};

use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::ledger::service::Act;
use crate::messages::from_verifier;
use crate::partners;
pub use deliver::{deliver, deliver_to, due_peers};
pub use destinations::destinations;
pub use dossier::{conflict, dossier};
pub use ending::{give_back, withdraw};
pub use ferry::export;
use line::Line;
pub use propose::{propose, quoted};
pub use reading::{Asker, account, channels, commitments, find, held, list, show};
pub use reconcile::{monthly, reconcile};
pub use restore::{Asked, Finished, HandedOver, Restore, begin, finish, handed, page as handover_page, resync, status};
pub use resume::{reopen, retry, retry_all};
pub use statement::{compared, page};
pub use take::{Taken, take};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What the verifier refused in a message, or in what was to be one.
fn unfit(error: &DocumentError) -> Refusal {
    from_verifier(error.about().unwrap_or("message"), error.code())
}

/// What the protocol does not answer with a DECISION.
fn refused(rule: TransferRule) -> Refusal {
    from_verifier("message", rule.code())
}

/// A message that was stored, read again.
fn stored(text: &str) -> Result<Signed, Fault> {
    Message::stored(text).map_err(|e| Fault::text(format!("a stored message: {e}")))
}

/// When and where the ledger books.
fn act(app: &App) -> Act<'_> {
    Act::of(app)
}

/// When a transfer that begins now is cancelled.
fn answer_by(app: &App) -> Instant {
    Instant(app.edge.now() + i64::from(app.config.number("transfer_answer_days")) * DAY)
}

/// What the ledger is told of a message that ends a hold.
fn end(app: &App, hold: &str, cause: &str) -> crate::ledger::End {
    crate::ledger::End { entry: app.edge.id("ent"), cause: cause.to_owned(), hold: hold.to_owned() }
}

/// Whether the key of a region is pinned.
fn is_peer(conn: &mut Conn, region: &str) -> Result<bool, Error> {
    Ok(partners::peers(conn)?.iter().any(|peer| peer.region.as_str() == region))
}

/// The day on which a DECISION counts, and what it says is booked.
fn booked(text: &str) -> Result<(Day, Vec<verifier::recognition::Booking>), Fault> {
    match stored(text)?.message {
        Message::Decision(decision) => Ok((decision.day, decision.lots)),
        _ => Err(Fault::text("a stored DECISION is none")),
    }
}
