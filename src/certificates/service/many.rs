//! Many certificates at once: finding them, what their credit is, and one step that all take.

use super::{Change, checked_reason, status, step, visible};
use crate::access::Caller;
use crate::app::App;
use crate::certificates::store::{self, Filter};
use crate::certificates::{credit, rules};
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::ledger;
use crate::ledger::service::LotState;

/// Id and number of the certificates that fit, in one of these states, in order of issue, at most `limit`.
///
/// # Errors
/// A fault.
pub fn named(conn: &mut Conn, filter: &Filter, states: &[&str], limit: usize) -> Result<Vec<(String, String)>, Error> {
    store::named(conn, filter, states, i64::try_from(limit).map_err(Fault::new)?)
}

/// The lots that a revocation of these certificates would take back.
///
/// # Errors
/// A fault.
pub fn credit_of(conn: &mut Conn, app: &App, ids: &[String]) -> Result<Vec<LotState>, Error> {
    let mut lots = Vec::new();
    for row in store::by_ids(conn, ids)? {
        lots.extend(credit::current(conn, app, &row)?.into_values());
    }
    Ok(lots)
}

/// The number of a certificate, and whether it could take a step.
pub type Stepped = (String, Result<(), Refusal>);

/// Has each take the step, inside the caller's transaction: its number, and whether it could.
///
/// # Errors
/// `certificates.reason`, `ledger.restoring`, or a fault; then nothing may be kept.
pub fn change_all(conn: &mut Conn, app: &App, caller: &Caller, ids: &[String], change: &Change) -> Result<Vec<Stepped>, Error> {
    let reason = checked_reason(&change.reason)?;
    if change.step == rules::Step::Revoke {
        ledger::service::may_book(app)?;
    }
    let mut done = Vec::with_capacity(ids.len());
    for id in ids {
        let row = visible(conn, caller, id)?;
        // What it is now decides, before anything is written.
        let outcome = match rules::next(status(&row)?, change.step) {
            Ok(_) => {
                step(conn, app, &row, change.step, &reason, &caller.client_id, None)?;
                Ok(())
            }
            Err(refused) => Err(refused.into()),
        };
        done.push((row.number, outcome));
    }
    Ok(done)
}
