//! Booking what has expired. Expired credit is unspendable by arithmetic; this only moves it to where the books show it.

use super::{Act, Head, Leg, entry, schemes::digest};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::store;
use crate::ledger::{EntryKind, Place};

/// Lots of one transaction of the sweep.
const BATCH: i64 = 500;

/// Books as expired what is available of at most `limit` lots that have expired by today; how many there were. The cause of each entry is the scheme.
///
/// # Errors
/// A fault.
pub fn expire(conn: &mut Conn, act: &Act<'_>, limit: i64) -> Result<usize, Error> {
    if act.is_restoring {
        return Ok(0);
    }
    let lots = store::to_expire(conn, &act.today.to_string(), limit)?;
    // Read again under the lock: something may have been spent of them meanwhile, by somebody whose day is earlier.
    let balances = store::lock(conn, &lots)?;
    let mut written = Vec::new();
    for row in store::lots_named(conn, &lots)? {
        let amount = balances.get(&row.id).copied().unwrap_or(0);
        if amount == 0 {
            continue;
        }
        let scheme = store::scheme(conn, &row.scheme)?.ok_or_else(|| Fault::text(format!("the scheme of {} is gone", row.id)))?;
        let (id, cause) = (act.edge.id("ent"), digest(&scheme.document));
        let head = Head { id: &id, kind: EntryKind::Expire, subject: None, cause: &cause };
        written.push(entry(act, &head, &[Leg { lot: &row.id, from: Place::Lot, to: Place::Expired, amount }], None)?);
    }
    store::write(conn, &written)?;
    Ok(lots.len())
}

/// Books everything that has expired, in transactions of bounded size; how many lots there were.
///
/// # Errors
/// A fault; what was booked before it stays.
pub async fn sweep(app: &App) -> Result<usize, Error> {
    let mut all = 0;
    loop {
        let work = app.clone();
        let done = app.db.write(move |conn| {
            let act = Act::of(&work);
            expire(conn, &act, BATCH)
        });
        let done = done.await?;
        all += done;
        if done == 0 {
            return Ok(all);
        }
    }
}
